"""Dropout: how much is dropped, what becomes of the rest, and of the gradient."""

import math

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from autograd.errors import ArgumentError


@pytest.mark.parametrize("dtype", [autograd.float32, autograd.float64])
@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_share_scale_and_mean(p, dtype):
    n = 40_000
    x = autograd.ones(n, dtype=dtype, requires_grad=True)
    out = nn.Dropout(p)(x)
    dropped = (out == 0).double().mean().item()
    assert dropped == pytest.approx(p, abs=5 * math.sqrt(p * (1 - p) / n))
    kept = out.detach().numpy()[out.numpy(force=True) != 0]
    np.testing.assert_allclose(kept, 1 / (1 - p), rtol=1e-6)
    assert out.dtype == dtype
    out.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), out.detach().numpy())


def test_elements_are_independent_and_draws_new():
    layer = nn.Dropout(0.5)
    x = autograd.ones(200, 200)
    a, b = (layer(x).numpy() != 0 for _ in range(2))
    for other in (b, np.roll(a, 1, 0), np.roll(a, 1, 1)):
        assert np.mean(a == other) == pytest.approx(0.5, abs=0.02)
    autograd.manual_seed(3)
    first = layer(x)
    autograd.manual_seed(3)
    assert (first == layer(x)).all()


def test_evaluation_and_bounds():
    x = autograd.randn(3)
    assert nn.Dropout(0.5).eval()(x) is x
    assert nn.Dropout(0)(x) is x
    assert (nn.Dropout(1)(autograd.tensor([1.0, 2.0])) == 0).all()
    assert F.dropout(x, 0.7, training=False) is x
    for p in (-0.1, 1.1, math.nan):
        with pytest.raises(ArgumentError, match="probability of being dropped"):
            nn.Dropout(p)
        with pytest.raises(ArgumentError, match="dropout: p"):
            F.dropout(x, p)


def test_in_place():
    x = autograd.ones(1000, requires_grad=True)
    h = x * 2
    out = nn.Dropout(0.5, inplace=True)(h)
    assert out is h
    out.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), out.detach().numpy())


def test_gradients_of_gradients():
    x = autograd.randn(10, dtype=autograd.float64, requires_grad=True)

    def f(x):
        autograd.manual_seed(1)
        return (F.dropout(x * x, 0.3) ** 2).sum()

    assert autograd.gradcheck(f, (x,))
    assert autograd.gradgradcheck(f, (x,))
