"""Orthogonal polynomials of degree n, for a tensor of degrees as well: one recurrence, and its derivatives.

All of them obey  p₀ = 1,  p₁ = c₀ x + c₁,  pₖ₊₁ = (aₖ x + bₖ) pₖ - cₖ pₖ₋₁.  Differentiating that m times gives
the recurrence of the m-th derivatives, so one primitive has every order:

    pₖ₊₁⁽ᵐ⁾ = (aₖ x + bₖ) pₖ⁽ᵐ⁾ + m aₖ pₖ⁽ᵐ⁻¹⁾ - cₖ pₖ₋₁⁽ᵐ⁾

Source: Abramowitz and Stegun, Handbook of Mathematical Functions, chapter 22.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd.composite import composite
from autograd.layout import order_like
from autograd.primitive import Array, primitive

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = [
    "chebyshev_polynomial_t", "chebyshev_polynomial_u", "chebyshev_polynomial_v", "chebyshev_polynomial_w",
    "shifted_chebyshev_polynomial_t", "shifted_chebyshev_polynomial_u", "shifted_chebyshev_polynomial_v",
    "shifted_chebyshev_polynomial_w", "hermite_polynomial_h", "hermite_polynomial_he", "laguerre_polynomial_l",
    "legendre_polynomial_p",
]  # fmt: skip


class Family(NamedTuple):
    """p₁ = first[0] x + first[1], and step(k) = (aₖ, bₖ, cₖ)."""

    first: tuple[float, float]
    step: Callable[[int], tuple[float, float, float]]


def _chebyshev(k: int) -> tuple[float, float, float]:  # noqa: ARG001  # the same for all degrees
    return 2, 0, 1


def _shifted(k: int) -> tuple[float, float, float]:  # noqa: ARG001  # the same for all degrees
    return 4, -2, 1


_T = Family((1, 0), _chebyshev)
_U = Family((2, 0), _chebyshev)
_V = Family((2, -1), _chebyshev)
_W = Family((2, 1), _chebyshev)
_SHIFTED_T = Family((2, -1), _shifted)
_SHIFTED_U = Family((4, -2), _shifted)
_SHIFTED_V = Family((4, -3), _shifted)
_SHIFTED_W = Family((4, -1), _shifted)
_H = Family((2, 0), lambda k: (2, 0, 2 * k))
_HE = Family((1, 0), lambda k: (1, 0, k))
_L = Family((-1, 1), lambda k: (-1 / (k + 1), (2 * k + 1) / (k + 1), k / (k + 1)))
_P = Family((1, 0), lambda k: ((2 * k + 1) / (k + 1), 0, k / (k + 1)))


def _next_order(g: Array, x: Array, n: Array, family: Family, order: int) -> Array:
    return g * orthogonal(x, n, family, order + 1)


@primitive(cast="float", x=_next_order, n=None)
def orthogonal(x: Array, n: Array, family: Family, order: int) -> Array:
    """The derivative of that order of the family's polynomial of degree n (cut to an integer); 0 for n < 0.

    dx = g * the derivative of the next order.
    """
    kind = x.dtype if isinstance(x, np.ndarray) else np.asarray(n).dtype
    if np.ndim(n) == 0:
        return _of_degree(np.asarray(x, kind), int(n), family, order).astype(kind, copy=False)
    x, degree = np.broadcast_arrays(np.asarray(x, kind), np.asarray(n).astype(np.int64))
    zero = np.zeros(x.shape, kind)
    first, slope = family.first[0] * x + family.first[1], zero + family.first[0]
    before = [zero + 1, *[zero] * order]  # of p₀: its derivatives of order 0, 1, …, order
    now = [first, slope, *[zero] * order][: order + 1]  # of p₁
    out = np.where(degree == 0, before[order], np.where(degree == 1, now[order], zero))
    for k in range(1, int(degree.max(initial=0))):
        a, b, c = family.step(k)
        factor = a * x + b
        after = [factor * now[m] - c * before[m] + (m * a * now[m - 1] if m else 0) for m in range(order + 1)]
        before, now = now, after
        out = np.where(degree == k + 1, now[order], out)
    return out.astype(kind, copy=False)


def _of_degree(x: Array, n: int, family: Family, order: int) -> Array:
    """`orthogonal` of a single degree."""
    if n < order:
        return np.zeros_like(x, order=order_like(x))
    before: list[Any] = [1.0, *[0.0] * order]  # of p₀; numbers as long as they can be
    if n == 0:
        return np.ones_like(x, order=order_like(x))
    p, q = family.first
    now: list[Any] = [p * x + q if q else p * x, p, *[0.0] * order][: order + 1]  # of p₁
    last, factor = None, x
    for k in range(1, n):
        a, b, c = family.step(k)
        if (a, b) != last:
            last, factor = (a, b), a * x + b if b else a * x
        after = []
        for m in range(order + 1):
            value = factor * now[m]
            value -= before[m] if c == 1 else c * before[m]
            if m:
                value += m * a * now[m - 1]
            after.append(value)
        before, now = now, after
    out: Array = np.asarray(now[order])
    return out if out.shape == x.shape else np.full_like(x, out)


@composite
def chebyshev_polynomial_t(input: Any, n: Any) -> Tensor:
    """The Chebyshev polynomial of the first kind, Tₙ(x): Tₙ₊₁ = 2x Tₙ - Tₙ₋₁ from 1 and x.

    >>> import autograd
    >>> chebyshev_polynomial_t(autograd.tensor([0.5, 2.0]), 3)
    tensor([-1., 26.])
    """
    return orthogonal(input, n, _T, 0)


@composite
def chebyshev_polynomial_u(input: Any, n: Any) -> Tensor:
    """The Chebyshev polynomial of the second kind, Uₙ(x): Uₙ₊₁ = 2x Uₙ - Uₙ₋₁ from 1 and 2x."""
    return orthogonal(input, n, _U, 0)


@composite
def chebyshev_polynomial_v(input: Any, n: Any) -> Tensor:
    """The Chebyshev polynomial of the third kind, Vₙ(x): Vₙ₊₁ = 2x Vₙ - Vₙ₋₁ from 1 and 2x - 1."""
    return orthogonal(input, n, _V, 0)


@composite
def chebyshev_polynomial_w(input: Any, n: Any) -> Tensor:
    """The Chebyshev polynomial of the fourth kind, Wₙ(x): Wₙ₊₁ = 2x Wₙ - Wₙ₋₁ from 1 and 2x + 1."""
    return orthogonal(input, n, _W, 0)


@composite
def shifted_chebyshev_polynomial_t(input: Any, n: Any) -> Tensor:
    """Tₙ(2x - 1), on [0, 1]."""
    return orthogonal(input, n, _SHIFTED_T, 0)


@composite
def shifted_chebyshev_polynomial_u(input: Any, n: Any) -> Tensor:
    """Uₙ(2x - 1), on [0, 1]."""
    return orthogonal(input, n, _SHIFTED_U, 0)


@composite
def shifted_chebyshev_polynomial_v(input: Any, n: Any) -> Tensor:
    """Vₙ(2x - 1), on [0, 1]."""
    return orthogonal(input, n, _SHIFTED_V, 0)


@composite
def shifted_chebyshev_polynomial_w(input: Any, n: Any) -> Tensor:
    """Wₙ(2x - 1), on [0, 1]."""
    return orthogonal(input, n, _SHIFTED_W, 0)


@composite
def hermite_polynomial_h(input: Any, n: Any) -> Tensor:
    """The physicist's Hermite polynomial Hₙ(x): Hₙ₊₁ = 2x Hₙ - 2n Hₙ₋₁ from 1 and 2x.

    >>> import autograd
    >>> hermite_polynomial_h(autograd.tensor([1.0, 2.0]), 2)
    tensor([ 2., 14.])
    """
    return orthogonal(input, n, _H, 0)


@composite
def hermite_polynomial_he(input: Any, n: Any) -> Tensor:
    """The probabilist's Hermite polynomial Heₙ(x): Heₙ₊₁ = x Heₙ - n Heₙ₋₁ from 1 and x."""
    return orthogonal(input, n, _HE, 0)


@composite
def laguerre_polynomial_l(input: Any, n: Any) -> Tensor:
    """The Laguerre polynomial Lₙ(x): (n + 1) Lₙ₊₁ = (2n + 1 - x) Lₙ - n Lₙ₋₁ from 1 and 1 - x."""
    return orthogonal(input, n, _L, 0)


@composite
def legendre_polynomial_p(input: Any, n: Any) -> Tensor:
    """The Legendre polynomial Pₙ(x): (n + 1) Pₙ₊₁ = (2n + 1) x Pₙ - n Pₙ₋₁ from 1 and x."""
    return orthogonal(input, n, _P, 0)
