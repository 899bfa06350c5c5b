"""Modules beside PyTorch's: a pair with the same weights, and the comparison of all that they compute."""

import numpy as np
import pytest

import autograd
import nn

torch = pytest.importorskip("torch")

PRECISION = {np.float64: 1e-10, np.float32: 1e-5}
ROUNDED = ("CELU", "Hardsigmoid")  # PyTorch computes them with constants rounded to float32


def case(name, *args, shape=(5, 4), **kwargs):
    text = ", ".join([*map(repr, args), *(f"{k}={v!r}" for k, v in kwargs.items())])
    return pytest.param(name, args, kwargs, shape, id=f"{name}({text})")


def pair(name, args, kwargs, dtype):
    """Our module and PyTorch's, with its weights."""
    theirs = getattr(torch.nn, name)(*args, **kwargs)
    ours = getattr(nn, name)(*args, **kwargs)
    theirs.to(getattr(torch, np.dtype(dtype).name))
    ours.to(dtype)
    assert repr(ours) == repr(theirs)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    assert ours.load_state_dict(theirs.state_dict()) == ([], [])
    return ours, theirs


def random_input(shape, dtype, seed=0):
    """Numbers away from the kinks of piecewise functions, at 0, ±0.1, ±0.3, ±0.5, 1 and so on."""
    x = np.random.default_rng(seed).standard_normal(shape) * 2
    return np.where(np.abs(x * 10 - np.round(x * 10)) < 0.05, x + 0.02, x).astype(dtype)


def same(ours, theirs, dtype, tolerance=None):
    tolerance = tolerance or PRECISION[dtype]
    if theirs is None or ours is None:
        assert ours is None
        assert theirs is None
        return
    assert ours.shape == tuple(theirs.shape)
    assert ours.array.dtype == dtype
    np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), rtol=tolerance, atol=tolerance)


def compare(ours, theirs, inputs, dtype, differentiable=None):
    """Outputs and all gradients, for a random cotangent."""
    differentiable = differentiable or [a.dtype.kind == "f" for a in inputs]
    mine = [autograd.tensor(a, requires_grad=d) for a, d in zip(inputs, differentiable, strict=True)]
    other = [torch.tensor(a, requires_grad=d) for a, d in zip(inputs, differentiable, strict=True)]
    out, expected = ours(*mine), theirs(*other)
    tolerance = 1e-7 if type(ours).__name__ in ROUNDED and dtype == np.float64 else None
    same(out, expected, dtype, tolerance)
    cotangent = np.asarray(np.random.default_rng(9).standard_normal(out.shape), dtype)
    out.backward(autograd.tensor(cotangent))
    expected.backward(torch.tensor(cotangent))
    for a, b in zip(mine, other, strict=True):
        same(a.grad, b.grad, dtype, tolerance)
    for (name, p), (other_name, q) in zip(ours.named_parameters(), theirs.named_parameters(), strict=True):
        assert name == other_name
        same(p.grad, q.grad, dtype)
