"""The adaptive softmax: PyTorch's numbers with PyTorch's weights."""

from __future__ import annotations

import numpy as np
import pytest

import autograd
import nn
from autograd.errors import AutogradError

torch = pytest.importorskip("torch")


def pair(dtype, *args, **kwargs):
    theirs = torch.nn.AdaptiveLogSoftmaxWithLoss(*args, **kwargs).to(getattr(torch, dtype))
    ours = nn.AdaptiveLogSoftmaxWithLoss(*args, **kwargs).to(getattr(autograd, dtype))
    assert repr(ours) == repr(theirs)
    ours.load_state_dict({k: v.numpy() for k, v in theirs.state_dict().items()})
    return ours, theirs


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    ("cutoffs", "options", "target"),
    [
        ([4, 10], {}, [0, 3, 4, 9, 10, 19, 7]),
        ([4, 10], {"head_bias": True, "div_value": 2.0}, [1, 2, 0, 3, 3, 2, 1]),
        ([2], {"head_bias": True}, [19, 2, 5, 7, 8, 9, 10]),
        ([1, 2, 19], {"div_value": 2.0}, [0, 1, 2, 18, 19, 5, 0]),
        ([4, 10], {}, 12),
    ],
)
def test_numbers(cutoffs, options, target, dtype):
    ours, theirs = pair(dtype, 16, 20, cutoffs, **options)
    tolerance = 1e-10 if dtype == "float64" else 1e-5
    x = np.random.default_rng(0).standard_normal((*np.shape(target), 16)).astype(dtype)
    mine, other = autograd.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    out, expected = ours(mine, autograd.tensor(target)), theirs(other, torch.tensor(target))
    assert out._fields == expected._fields
    np.testing.assert_allclose(out.output.detach().numpy(), expected.output.detach().numpy(), tolerance)
    np.testing.assert_allclose(out.loss.item(), expected.loss.item(), tolerance)
    g = np.random.default_rng(1).standard_normal(np.shape(target)).astype(dtype)
    ((out.output * autograd.tensor(g)).sum() + out.loss).backward()
    ((expected.output * torch.tensor(g)).sum() + expected.loss).backward()
    np.testing.assert_allclose(mine.grad.numpy(), other.grad.numpy(), tolerance, tolerance)
    for (name, p), q in zip(ours.named_parameters(), theirs.parameters(), strict=True):
        assert (p.grad is None) == (q.grad is None), name
        if q.grad is not None:
            np.testing.assert_allclose(p.grad.numpy(), q.grad.numpy(), tolerance, tolerance)


def test_all_probabilities_and_predictions():
    ours, theirs = pair("float64", 16, 20, [4, 10])
    x = np.random.default_rng(0).standard_normal((30, 16)) * 3
    mine, other = autograd.tensor(x), torch.tensor(x)
    found = ours.log_prob(mine)
    np.testing.assert_allclose(found.detach().numpy(), theirs.log_prob(other).detach().numpy(), 1e-10)
    np.testing.assert_allclose(found.exp().sum(1).detach().numpy(), 1, 1e-12)
    picked = ours(mine, found.argmax(1)).output
    np.testing.assert_allclose(picked.detach().numpy(), found.detach().numpy().max(1), 1e-10)
    predicted = theirs.predict(other).numpy()
    np.testing.assert_array_equal(ours.predict(mine).numpy(), predicted)
    shortlisted = predicted < 4
    assert 0 < shortlisted.sum() < 30
    for rows in (shortlisted, ~shortlisted):
        np.testing.assert_array_equal(ours.predict(mine[rows]).numpy(), predicted[rows])


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda layer: nn.AdaptiveLogSoftmaxWithLoss(16, 20, []), ValueError, "length larger than 0"),
        (lambda layer: nn.AdaptiveLogSoftmaxWithLoss(16, 20, [5, 5]), ValueError, "unique, positive"),
        (lambda layer: nn.AdaptiveLogSoftmaxWithLoss(16, 20, [5, 20]), ValueError, "between 1 and n_classes-1"),
        (lambda layer: nn.AdaptiveLogSoftmaxWithLoss(16, 20, [2.5]), ValueError, "integers"),
        (lambda layer: layer(autograd.zeros(3, 16), autograd.tensor([0, 1])), RuntimeError, "same size in the batch"),
        (lambda layer: layer(autograd.zeros(2), autograd.tensor([0, 1])), RuntimeError, "expects 2D input"),
        (lambda layer: layer(autograd.zeros(2, 16), autograd.tensor(1)), RuntimeError, "expects 1D input"),
        (lambda layer: layer(autograd.zeros(2, 16), autograd.tensor([[1]])), RuntimeError, "0D or 1D target"),
        (lambda layer: layer(autograd.zeros(2, 16), autograd.tensor([1, 20])), RuntimeError, r"should be in \[0, 19\]"),
    ],
)  # fmt: skip
def test_mistakes(call, kind, message):
    with pytest.raises(AutogradError, match=message) as found:
        call(nn.AdaptiveLogSoftmaxWithLoss(16, 20, [4, 10]))
    assert isinstance(found.value, kind)
