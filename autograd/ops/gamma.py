"""The gamma function and its kin: log Γ, its derivatives, the incomplete ones, zeta. SciPy computes them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.composite import composite
from autograd.errors import ArgumentError, GradientError
from autograd.ops import arithmetic, single
from autograd.ops.forms import floating, in_dtype_of
from autograd.ops.identity import contiguous
from autograd.ops.special import xlogy
from autograd.primitive import Array, primitive

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["lgamma", "digamma", "polygamma", "mvlgamma", "igamma", "igammac", "zeta"]


def _gamma_slope(n: int, x: Array) -> Array:
    """The derivative of order n + 1 of log Γ."""
    return polygamma(n, x)


@primitive(cast="float", x=lambda g, x: g * _gamma_slope(0, x))
def lgamma(x: Array) -> Array:
    """log |Γ(x)|, elementwise: inf at 0, -1, -2, … and ±inf.  dx = g * digamma(x).

    >>> import autograd
    >>> lgamma(autograd.tensor([1.0, 5.0, 0.0]))
    tensor([0.0000, 3.1781,    inf])
    """
    from scipy import special

    return in_dtype_of(x, special.gammaln(np.where(x == -np.inf, np.inf, x)))  # SciPy's is -inf at -inf


@primitive(cast="float", x=lambda g, x: g * _gamma_slope(1, x))
def digamma(x: Array) -> Array:
    """Γ'(x) / Γ(x), elementwise: -inf at 0, nan at -1, -2, …  dx = g * polygamma(1, x).

    >>> import autograd
    >>> digamma(autograd.tensor([1.0, 0.5]))
    tensor([-0.5772, -1.9635])
    """
    from scipy import special

    return single.digamma(x, special.digamma) if single.is_single(x) else in_dtype_of(x, special.digamma(x))


@primitive(cast="float", x=lambda g, x, n: g * _gamma_slope(n + 1, x))
def polygamma_(x: Array, n: int) -> Array:
    """The n-th derivative of digamma, elementwise.  dx = g * polygamma(n + 1, x)."""
    from scipy import special

    if n == 1 and single.is_single(x):
        return single.trigamma(x, lambda v: special.zeta(2.0, v))
    sign = 1 if n % 2 else -1
    return in_dtype_of(x, special.zeta(n + 1.0, x)) * (sign * math.factorial(n))


@composite
def polygamma(n: int, input: Any) -> Tensor:
    """The n-th derivative of digamma at the input.

    Raises:
        ArgumentError: if n is negative.

    >>> import autograd
    >>> polygamma(1, autograd.tensor([1.0, 2.0]))
    tensor([1.6449, 0.6449])
    """
    if n < 0:
        raise ArgumentError(f"polygamma: n must not be negative, got {n}")
    return polygamma_(input, n) if n else digamma(input)


@composite
def mvlgamma(input: Any, p: int) -> Tensor:
    """The logarithm of the gamma function of p dimensions: p (p - 1) / 4 log π + Σ lgamma(input - i / 2), i < p.

    Raises:
        ArgumentError: if p is less than 1.

    >>> import autograd
    >>> mvlgamma(autograd.tensor([2.0, 3.0]), 2)
    tensor([0.4516, 1.5502])
    """
    if p < 1:
        raise ArgumentError(f"mvlgamma: p has to be greater than or equal to 1, got {p}")
    out: Any = lgamma(input)
    for i in range(1, p):
        out = arithmetic.add(out, lgamma(arithmetic.sub(input, i / 2)))
    return contiguous(arithmetic.add(out, p * (p - 1) / 4 * math.log(math.pi)))


# ------------------------------------------------------------------------------------------------ incomplete


def _unknown(op: str, argument: str) -> Callable[[Array], Array]:
    """The formula of a derivative that has no closed form."""

    def formula(g: Array) -> Array:  # noqa: ARG001  # a formula takes g
        raise GradientError(
            f"{op}: the derivative by '{argument}' is not implemented, as it has no closed form; detach() that argument"
        )

    return formula


def _log_density(a: Array, x: Array) -> Array:
    """The logarithm of x^(a-1) e^(-x) / Γ(a), the density of the gamma distribution."""
    return xlogy(a - 1, x) - x - lgamma(a)


@primitive(cast="promote", a=_unknown("igamma", "input"), x=lambda g, a, x: g * np.exp(_log_density(a, x)))
def igamma(a: Array, x: Array) -> Array:
    """The regularised lower incomplete gamma function 1/Γ(a) ∫₀ˣ t^(a-1) e^(-t) dt, elementwise.

    dx = g * x^(a-1) e^(-x) / Γ(a). The derivative by a is not implemented, as in PyTorch.

    >>> import autograd
    >>> igamma(autograd.tensor([1.0, 2.0]), autograd.tensor([1.0, 1.0]))
    tensor([0.6321, 0.2642])
    """
    from scipy import special

    like = a if isinstance(a, np.ndarray) else x
    floating("igamma", like)
    return in_dtype_of(like, special.gammainc(a, x))


@primitive(cast="promote", a=_unknown("igammac", "input"), x=lambda g, a, x: -g * np.exp(_log_density(a, x)))
def igammac(a: Array, x: Array) -> Array:
    """The regularised upper incomplete gamma function 1/Γ(a) ∫ₓ^∞ t^(a-1) e^(-t) dt = 1 - igamma(a, x), elementwise.

    dx = -g * x^(a-1) e^(-x) / Γ(a). The derivative by a is not implemented, as in PyTorch.

    >>> import autograd
    >>> igammac(autograd.tensor([1.0, 2.0]), autograd.tensor([1.0, 1.0]))
    tensor([0.3679, 0.7358])
    """
    from scipy import special

    like = a if isinstance(a, np.ndarray) else x
    floating("igammac", like)
    return in_dtype_of(like, special.gammaincc(a, x))


def _zeta_dq(g: Array, x: Array, q: Array) -> Array:
    """-g x zeta(x + 1, q)."""
    return -g * (x * zeta(x + 1, q))


@primitive(cast="float", x=_unknown("zeta", "input"), q=_zeta_dq)
def zeta(x: Array, q: Array) -> Array:
    """The Hurwitz zeta function Σ 1 / (k + q)ˣ over k = 0, 1, 2, …, elementwise with broadcasting.

    dq = -g * x * zeta(x + 1, q). The derivative by x is not implemented, as in PyTorch.

    >>> import autograd
    >>> zeta(autograd.tensor([2.0, 4.0]), 1.0)
    tensor([1.6449, 1.0823])
    """
    from scipy import special

    return in_dtype_of(x if isinstance(x, np.ndarray) else q, special.zeta(x, q))
