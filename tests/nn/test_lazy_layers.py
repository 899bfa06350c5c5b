"""Layers that learn the number of features from their first input, beside PyTorch's."""

import numpy as np
import pytest

import autograd
import nn
from autograd.errors import AssertedError
from tests.nn.parity_case import same

torch = pytest.importorskip("torch")

LAYERS = [
    ("LazyLinear", (3,), {}, (5, 4)),
    ("LazyLinear", (3, False), {}, (2, 5, 4)),
    ("LazyBatchNorm1d", (), {}, (5, 4)),
    ("LazyBatchNorm1d", (), {"affine": False}, (5, 4, 3)),
    ("LazyBatchNorm2d", (0.1, 0.3), {"bias": False}, (2, 3, 4, 5)),
    ("LazyBatchNorm3d", (), {"track_running_stats": False}, (2, 3, 2, 2, 2)),
    ("LazyInstanceNorm1d", (), {}, (5, 4, 3)),
    ("LazyInstanceNorm2d", (), {"track_running_stats": False}, (2, 3, 4, 5)),
    ("LazyInstanceNorm3d", (), {"affine": False}, (2, 3, 2, 2, 2)),
]


@pytest.mark.parametrize(("name", "args", "kwargs", "shape"), LAYERS)
def test_layers(name, args, kwargs, shape):
    ours, theirs = getattr(nn, name)(*args, **kwargs), getattr(torch.nn, name)(*args, **kwargs)
    assert repr(ours) == repr(theirs)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    with torch.no_grad():
        theirs(torch.tensor(x))
    ours(autograd.tensor(x))
    assert repr(ours) == repr(theirs)
    assert type(ours).__name__ == type(theirs).__name__
    for (key, a), (other, b) in zip(ours.state_dict().items(), theirs.state_dict().items(), strict=True):
        assert (key, tuple(a.shape), str(a.dtype).split(".")[1]) == (
            other,
            tuple(b.shape),
            str(b.dtype).split(".")[1],
        )
    ours.load_state_dict(theirs.state_dict())
    for step in range(2):
        same(ours(autograd.tensor(x + step)), theirs(torch.tensor(x + step)), np.float32)


def test_a_state_dict_completes_a_layer():
    whole = nn.Linear(4, 3)
    layer = nn.LazyLinear(3)
    layer.load_state_dict(whole.state_dict())
    x = autograd.randn(5, 4)
    np.testing.assert_array_equal(layer(x).detach().numpy(), whole(x).detach().numpy())
    assert (type(layer), layer.in_features) == (nn.Linear, 4)
    other = nn.LazyLinear(3)
    other.load_state_dict(whole.state_dict())
    with pytest.raises(AssertedError, match="inferred from input: 5"):
        other(autograd.randn(2, 5))


def test_how_a_lazy_linear_starts():
    autograd.manual_seed(0)
    layer = nn.LazyLinear(200)
    layer(autograd.zeros(1, 100))
    for values in (layer.weight, layer.bias):
        assert 0.09 < values.abs().max().item() <= 0.1
        assert abs(values.mean().item()) < 0.02
