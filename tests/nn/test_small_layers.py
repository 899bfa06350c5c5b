"""Bilinear, Softmax2d and distances of all pairs, beside PyTorch's."""

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from autograd.errors import ArgumentError, ShapeError
from tests.nn.parity_case import PRECISION, compare, pair, random_input, same

torch = pytest.importorskip("torch")


@pytest.mark.parametrize("dtype", PRECISION)
@pytest.mark.parametrize(
    ("args", "kwargs", "lead"),
    [((3, 4, 2), {}, (5,)), ((3, 4, 2), {"bias": False}, (2, 5)), ((1, 1, 1), {}, (3,)), ((3, 4, 2), {}, ())],
)
def test_bilinear(args, kwargs, lead, dtype):
    ours, theirs = pair("Bilinear", args, kwargs, dtype)
    compare(ours, theirs, [random_input((*lead, args[i]), dtype, i) for i in range(2)], dtype)


def test_how_a_bilinear_layer_starts():
    autograd.manual_seed(0)
    layer = nn.Bilinear(100, 30, 40)
    assert 0.09 < layer.weight.abs().max().item() <= 0.1
    assert layer.bias.abs().max().item() <= 0.1
    with pytest.raises(ArgumentError, match="in1_features must be > 0"):
        nn.Bilinear(0, 3, 4)
    with pytest.raises(ShapeError):
        layer(autograd.zeros(2, 100), autograd.zeros(3, 30))


@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (3, 4, 5)])
def test_softmax_over_channels(shape):
    ours, theirs = pair("Softmax2d", (), {}, np.float64)
    compare(ours, theirs, [random_input(shape, np.float64)], np.float64)
    with pytest.raises(ShapeError, match="3D or 4D"):
        ours(autograd.zeros(2, 3))


@pytest.mark.parametrize("p", [0.0, 1.0, 1.5, 2.0, 3.0, float("inf")])
def test_distances_of_all_pairs(p):
    x = np.random.default_rng(0).normal(size=(6, 3))
    x[3] = x[1]  # no distance
    a, b = autograd.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    ours, theirs = F.pdist(a, p), torch.nn.functional.pdist(b, p)
    same(ours, theirs, np.float64)
    if p:
        g = np.random.default_rng(1).normal(size=ours.shape)
        ours.backward(autograd.tensor(g))
        theirs.backward(torch.tensor(g))
        same(a.grad, b.grad, np.float64)
    with pytest.raises(ShapeError):
        F.pdist(a[0])
    with pytest.raises(ArgumentError):
        F.pdist(a, -1.0)
