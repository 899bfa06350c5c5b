"""Elementwise functions: exponentials, logarithms, trigonometry."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.composite import composite
from autograd.layout import order_like
from autograd.ops import arithmetic, single
from autograd.primitive import Array, primitive

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = [
    "cast", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "logaddexp", "logaddexp2",
    "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "arcsin", "arccos", "arctan", "arctan2", "hypot",
    "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "arcsinh", "arccosh", "arctanh", "deg2rad", "rad2deg",
]  # fmt: skip

_LN2 = math.log(2)
_LN10 = math.log(10)


@primitive(x=lambda g, x_dtype: g.astype(x_dtype))
def cast(x: Array, dtype: Any) -> Array:
    """x in another dtype.  dx = g in the dtype of x."""
    return x.astype(dtype, order_like(x))


# ------------------------------------------------------------------------------------------------ exponentials


@primitive(np.exp, cast="float", x=lambda g, out: g * out)
def exp(x: Array) -> Array:
    """eˣ, elementwise: inf where it is too large.  dx = g * eˣ.

    >>> import autograd
    >>> exp(autograd.tensor([0.0, 1.0, 1000.0]))
    tensor([1.0000, 2.7183,    inf])
    """


@primitive(cast="float", x=lambda g, out: g * (out * _LN2), numpy=np.exp2)
def exp2(x: Array) -> Array:
    """2ˣ, elementwise.  dx = g * 2ˣ log 2.

    >>> import autograd
    >>> exp2(autograd.tensor([3, -1]))
    tensor([8.0000, 0.5000])
    """
    return single.exp2(x)


@primitive(cast="float", x=lambda g, out: g * (out + 1), numpy=np.expm1)
def expm1(x: Array) -> Array:
    """eˣ - 1, elementwise, exact near 0.  dx = g * eˣ.

    >>> import autograd
    >>> expm1(autograd.tensor([0.0, 1e-10])).tolist()
    [0.0, 1.000000013351432e-10]
    """
    return single.expm1(x)


@primitive(np.log, cast="float", x=lambda g, x: g / x)
def log(x: Array) -> Array:
    """The natural logarithm, elementwise: -inf at 0, nan below.  dx = g / x.

    >>> import autograd
    >>> log(autograd.tensor([1.0, 0.0, -1.0]))
    tensor([0., -inf, nan])
    """


@primitive(np.log2, cast="float", x=lambda g, x: g / (x * _LN2))
def log2(x: Array) -> Array:
    """The logarithm to base 2, elementwise.  dx = g / (x log 2).

    >>> import autograd
    >>> log2(autograd.tensor([10, 3]))
    tensor([3.3219, 1.5850])
    """


@primitive(cast="float", x=lambda g, x: g / (x * _LN10), numpy=np.log10)
def log10(x: Array) -> Array:
    """The logarithm to base 10, elementwise.  dx = g / (x log 10).

    >>> import autograd
    >>> log10(autograd.tensor([0.5, 0.0]))
    tensor([-0.3010,    -inf])
    """
    return single.log10(x)


@primitive(cast="float", x=lambda g, x: g / (1 + x), numpy=np.log1p)
def log1p(x: Array) -> Array:
    """log(1 + x), elementwise, exact near 0.  dx = g / (1 + x).

    >>> import autograd
    >>> log1p(autograd.tensor([0.0, -1.0]))
    tensor([0., -inf])
    """
    return single.log1p(x)


# A primitive, because composing it would give nan gradients at infinities.
@primitive(
    cast="promote",
    x=lambda g, x, y: g / (1 + np.exp(y - x)),
    y=lambda g, x, y: g / (1 + np.exp(x - y)),
    numpy=np.logaddexp,
)
def logaddexp(x: Array, y: Array) -> Array:
    """log(eˣ + eʸ), elementwise with broadcasting, without overflow.  dx = g / (1 + exp(y - x)), dy likewise.

    >>> import autograd
    >>> logaddexp(autograd.tensor([0.0, 90.0]), autograd.tensor([0.0, 90.0]))
    tensor([ 0.6931, 90.6931])
    """
    return single.logaddexp(x, y)


@primitive(
    cast="promote",
    x=lambda g, x, y: g / (1 + np.exp2(y - x)),
    y=lambda g, x, y: g / (1 + np.exp2(x - y)),
    numpy=np.logaddexp2,
)
def logaddexp2(x: Array, y: Array) -> Array:
    """log₂(2ˣ + 2ʸ), elementwise with broadcasting.  dx = g / (1 + 2**(y - x)), dy likewise.

    >>> import autograd
    >>> logaddexp2(autograd.tensor(3.0), autograd.tensor(2.0))
    tensor(3.5850)
    """
    return np.logaddexp2(x, y)


# ------------------------------------------------------------------------------------------------ trigonometry


@primitive(np.sin, cast="float", x=lambda g, x: g * np.cos(x))
def sin(x: Array) -> Array:
    """The sine of x radians, elementwise.  dx = g * cos x.

    >>> import autograd
    >>> sin(autograd.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8415])
    """


@primitive(np.cos, cast="float", x=lambda g, x: -g * np.sin(x))
def cos(x: Array) -> Array:
    """The cosine of x radians, elementwise.  dx = -g * sin x.

    >>> import autograd
    >>> cos(autograd.tensor([0.0, 1.0]))
    tensor([1.0000, 0.5403])
    """


@primitive(cast="float", x=lambda g, out: g * (1 + out * out), numpy=np.tan)
def tan(x: Array) -> Array:
    """The tangent of x radians, elementwise.  dx = g * (1 + tan² x).

    >>> import autograd
    >>> tan(autograd.tensor([0.0, 1.0]))
    tensor([0.0000, 1.5574])
    """
    return single.tan(x)


@primitive(cast="float", x=lambda g, x: g / np.sqrt(1 - x * x), numpy=np.arcsin)
def asin(x: Array) -> Array:
    """The angle in [-π/2, π/2] with sine x, elementwise; nan outside [-1, 1].  dx = g / √(1 - x²).

    >>> import autograd
    >>> asin(autograd.tensor([0.0, 1.0, 2.0]))
    tensor([0.0000, 1.5708,    nan])
    """
    return single.asin(x)


@primitive(cast="float", x=lambda g, x: -g / np.sqrt(1 - x * x), numpy=np.arccos)
def acos(x: Array) -> Array:
    """The angle in [0, π] with cosine x, elementwise; nan outside [-1, 1].  dx = -g / √(1 - x²).

    >>> import autograd
    >>> acos(autograd.tensor([1.0, 0.0]))
    tensor([0.0000, 1.5708])
    """
    return single.acos(x)


@primitive(cast="float", x=lambda g, x: g / (1 + x * x), numpy=np.arctan)
def atan(x: Array) -> Array:
    """The angle in (-π/2, π/2) with tangent x, elementwise.  dx = g / (1 + x²).

    >>> import autograd
    >>> atan(autograd.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7854])
    """
    return single.atan(x)


def _square_radius(x: Array, y: Array) -> Array:
    """x² + y², 1 at (0, 0)."""
    square = x * x + y * y
    return square + (square == 0)


@primitive(
    cast="float",
    x=lambda g, x, y: g * (y / _square_radius(x, y)),
    y=lambda g, x, y: -g * (x / _square_radius(x, y)),
    numpy=np.arctan2,
)
def atan2(x: Array, y: Array) -> Array:
    """The angle of the point (y, x), in (-π, π], elementwise.  dx = g * y / (x² + y²), dy = -g * x / (x² + y²).

    The derivative at (0, 0) is 0.

    >>> import autograd
    >>> atan2(autograd.tensor([1.0, -1.0]), autograd.tensor([0.0, -1.0]))
    tensor([ 1.5708, -2.3562])
    """
    return single.atan2(x, y)


# A primitive, because composing it would overflow where x² does.
@primitive(
    cast="promote",
    x=lambda g, out, x: g * (x / (out + (out == 0))),
    y=lambda g, out, y: g * (y / (out + (out == 0))),
    numpy=np.hypot,
)
def hypot(x: Array, y: Array) -> Array:
    """√(x² + y²), elementwise with broadcasting, without overflow.  dx = g * x / out, dy = g * y / out.

    The derivative at (0, 0) is 0, where PyTorch's is nan.

    >>> import autograd
    >>> hypot(autograd.tensor([3.0, 3e30]), autograd.tensor([4.0, 4e30]))
    tensor([5.0000e+00, 5.0000e+30])
    """
    return single.hypot(x, y)


# ------------------------------------------------------------------------------------------------ hyperbolic


def _sinh_slope(x: Array) -> Array:
    return cosh(x)


@primitive(cast="float", x=lambda g, x: g * _sinh_slope(x), numpy=np.sinh)
def sinh(x: Array) -> Array:
    """(eˣ - e⁻ˣ) / 2, elementwise.  dx = g * cosh x.

    >>> import autograd
    >>> sinh(autograd.tensor([0.0, 1.0]))
    tensor([0.0000, 1.1752])
    """
    return single.sinh(x)


@primitive(cast="float", x=lambda g, x: g * sinh(x), numpy=np.cosh)
def cosh(x: Array) -> Array:
    """(eˣ + e⁻ˣ) / 2, elementwise.  dx = g * sinh x.

    >>> import autograd
    >>> cosh(autograd.tensor([0.0, 1.0]))
    tensor([1.0000, 1.5431])
    """
    return single.cosh(x)


@primitive(np.tanh, cast="float", x=lambda g, out: g * (1 - out * out))
def tanh(x: Array) -> Array:
    """(eˣ - e⁻ˣ) / (eˣ + e⁻ˣ), elementwise.  dx = g * (1 - tanh² x).

    >>> import autograd
    >>> tanh(autograd.tensor([0.0, 1.0, 100.0]))
    tensor([0.0000, 0.7616, 1.0000])
    """


@primitive(np.arcsinh, cast="float", x=lambda g, x: g / np.sqrt(x * x + 1))
def asinh(x: Array) -> Array:
    """log(x + √(x² + 1)), elementwise.  dx = g / √(x² + 1).

    >>> import autograd
    >>> asinh(autograd.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8814])
    """


@primitive(np.arccosh, cast="float", x=lambda g, x: g / np.sqrt(x * x - 1))
def acosh(x: Array) -> Array:
    """log(x + √(x² - 1)), elementwise; nan below 1.  dx = g / √(x² - 1).

    >>> import autograd
    >>> acosh(autograd.tensor([1.0, 2.0]))
    tensor([0.0000, 1.3170])
    """


@primitive(cast="float", x=lambda g, x: g / (1 - x * x), numpy=np.arctanh)
def atanh(x: Array) -> Array:
    """log((1 + x) / (1 - x)) / 2, elementwise; ±inf at ±1, nan beyond.  dx = g / (1 - x²).

    >>> import autograd
    >>> atanh(autograd.tensor([0.0, 0.5, 1.0]))
    tensor([0.0000, 0.5493,    inf])
    """
    return single.atanh(x)


@composite
def deg2rad(input: Any) -> Tensor:
    """Degrees as radians: input * π / 180.

    >>> import autograd
    >>> deg2rad(autograd.tensor([180.0, 90.0]))
    tensor([3.1416, 1.5708])
    """
    return arithmetic.mul(input, math.pi / 180)


@composite
def rad2deg(input: Any) -> Tensor:
    """Radians as degrees: input * 180 / π.

    >>> import autograd
    >>> rad2deg(autograd.tensor([math.pi]))
    tensor([180.])
    """
    return arithmetic.mul(input, 180 / math.pi)


arcsin, arccos, arctan, arctan2 = asin, acos, atan, atan2
arcsinh, arccosh, arctanh = asinh, acosh, atanh
