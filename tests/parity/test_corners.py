"""Corners of PyTorch's behaviour, each looked at in both libraries."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import autograd  # noqa: E402  # after the check that torch is there


def test_heaviside_has_no_derivative() -> None:
    """As in PyTorch, the result requires a gradient, and asking for it is an error."""
    for lib in (torch, autograd):
        x = lib.tensor([1.0, float("nan")], requires_grad=True)
        y = lib.heaviside(x, lib.ones(2))
        assert y.tolist() == [1, 0]
        assert y.requires_grad
        with pytest.raises(RuntimeError, match="not implemented"):
            y.sum().backward()


@pytest.mark.parametrize("name", ["bernoulli", "poisson", "normal_mean", "normal_std", "normal_both"])
def test_draws_have_gradients_of_0(name: str) -> None:
    """What numbers are drawn from gets a gradient of 0, as in PyTorch."""
    draws = {
        "bernoulli": lambda lib, x: lib.bernoulli(x),
        "poisson": lambda lib, x: lib.poisson(x),
        "normal_mean": lambda lib, x: lib.normal(x, 1.0),
        "normal_std": lambda lib, x: lib.normal(0.0, x),
        "normal_both": lambda lib, x: lib.normal(x, x),
    }
    for lib in (torch, autograd):
        x = lib.tensor([0.25, 0.75], requires_grad=True)
        out = draws[name](lib, x)
        assert out.requires_grad
        out.sum().backward()
        assert x.grad.tolist() == [0, 0]
