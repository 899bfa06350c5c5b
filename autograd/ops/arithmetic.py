"""Arithmetic: the primitives behind Python's operators, and the small powers.

`add`, `sub` and `div` are here as the operators use them, of two arguments; the functions of those names with
PyTorch's options are in options.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.composite import composite
from autograd.errors import DTypeError
from autograd.layout import in_c_order, order_like
from autograd.primitive import Array, implements, primitive

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = [
    "add",
    "sub",
    "mul",
    "div",
    "neg",
    "pow",
    "abs",
    "sign",
    "square",
    "sqrt",
    "rsqrt",
    "reciprocal",
    "absolute",
    "negative",
]


@primitive(np.add, cast="promote", quiet=False, x=lambda g: g, y=lambda g: g)
def add(x: Array, y: Array) -> Array:
    """x + y, elementwise with broadcasting.  dx = g, dy = g.

    >>> import autograd
    >>> autograd.tensor([1.0, 2.0]) + autograd.tensor([[10.0], [20.0]])
    tensor([[11., 12.],
            [21., 22.]])
    """


@primitive(np.subtract, cast="promote", quiet=False, x=lambda g: g, y=lambda g: -g)
def sub(x: Array, y: Array) -> Array:
    """x - y, elementwise with broadcasting.  dx = g, dy = -g.

    >>> import autograd
    >>> 1 - autograd.tensor([1.0, 2.0])
    tensor([ 0., -1.])
    """


@primitive(np.multiply, cast="promote", quiet=False, x=lambda g, y: g * y, y=lambda g, x: g * x)
def mul(x: Array, y: Array) -> Array:
    """x * y, elementwise with broadcasting.  dx = g * y, dy = g * x.

    >>> import autograd
    >>> mul(autograd.tensor([1, 2]), 0.5)
    tensor([0.5000, 1.0000])
    """


@primitive(np.divide, cast="float", x=lambda g, y: g / y, y=lambda g, x, y: -g * (x / y / y))
def div(x: Array, y: Array) -> Array:
    """x / y, elementwise with broadcasting; integers become floating point.  dx = g / y, dy = -g * x / y².

    >>> import autograd
    >>> autograd.tensor([1, -1, 0]) / 0
    tensor([inf, -inf, nan])
    """


@primitive(np.negative, x=lambda g: -g)
def neg(x: Array) -> Array:
    """-x, elementwise.  dx = -g.

    >>> import autograd
    >>> -autograd.tensor([1.0, -2.0])
    tensor([-1.,  2.])
    """


# ------------------------------------------------------------------------------------------------ powers

# The powers that have a cheaper form than np.power, which takes ten to a hundred times as long.
_POWERS: dict[float, Callable[[Array], Array]] = {
    0: lambda x: np.ones_like(x, order=order_like(x)),
    1: np.positive,
    2: np.square,
    3: lambda x: x * x * x,
    4: lambda x: np.square(x * x),
    0.5: np.sqrt,
    -0.5: lambda x: 1 / np.sqrt(x),
    -1: lambda x: 1 / x,
    -2: lambda x: 1 / (x * x),
    -3: lambda x: 1 / (x * x * x),
}


def _power_dx(g: Array, x: Array, y: Array) -> Array:
    """g y xʸ⁻¹; where y is 0 it is 0 at every x."""
    if isinstance(y, (float, int)) and y == 2:  # nearly every power
        return g * (2 * x)
    return g * (y * pow_(x, y - (y != 0)))


def _power_dy(g: Array, out: Array, x: Array, y: Array) -> Array:
    """g xʸ log x; where x is 0 and y is not negative it is 0."""
    if isinstance(x, (float, int)):
        if x > 0:
            return g * (out * math.log(x))
        x = np.zeros_like(y) + x
    return g * (out * np.log(x + (x == 0) * (y >= 0)))  # log 1 = 0


@primitive(
    cast="promote",
    x=_power_dx,
    y=_power_dy,
)
def pow_(x: Array, y: Array) -> Array:
    """x ** y, elementwise with broadcasting; see `pow`.  dx = g * y * x**(y-1), dy = g * x**y * log x."""
    if isinstance(y, (float, int)):
        small = _POWERS.get(y)
        if small is not None:
            return small(x)
    elif y.dtype.kind == "i" and (y < 0).any():
        positive = np.power(x, np.maximum(y, 0))
        return np.where(y < 0, np.where(np.absolute(x) == 1, np.where(y % 2, x, 1), 0), positive)
    elif y.dtype.kind == "b":
        return x | ~y  # False ** True alone is False
    out = np.power(x, y)
    return out if type(x) is np.ndarray else in_c_order(out)


@implements(np.power)
@composite
def pow(input: Any, exponent: Any) -> Tensor:
    """input ** exponent, elementwise with broadcasting.

    dinput = g * exponent * input**(exponent - 1), dexponent = g * input**exponent * log input.

    input**0 is 1 with derivative 0, also at 0. A fractional power of a negative number is nan. Integers to a tensor of
    negative integers are cut to integers: 0, or ±1 for those of 1 and -1.

    Raises:
        DTypeError: for integers to a negative whole number.

    >>> import autograd
    >>> autograd.tensor([0.0, 2.0, 3.0]) ** 2
    tensor([0., 4., 9.])
    """
    check_power(input, exponent)
    return pow_(input, exponent)


def check_power(input: Any, exponent: Any) -> None:
    """Raise DTypeError for integers to a negative whole number."""
    if type(exponent) is int and exponent < 0 and np.dtype(getattr(input, "dtype", float)).kind != "f":
        raise DTypeError(
            "pow: integers to negative integer powers are not allowed; convert with .float() first"
        )


@primitive(x=lambda g, x: g * (2 * x), numpy=np.square)
def square(x: Array) -> Array:
    """x², elementwise; of bools as int64.  dx = g * 2x.

    >>> import autograd
    >>> square(autograd.tensor([-2.0, 3.0]))
    tensor([4., 9.])
    """
    return x.astype(np.int64) if x.dtype.kind == "b" else np.square(x)


@primitive(np.sqrt, cast="float", x=lambda g, out: g / (2 * out))
def sqrt(x: Array) -> Array:
    """√x, elementwise: nan below 0.  dx = g / (2 √x), inf at 0.

    >>> import autograd
    >>> sqrt(autograd.tensor([4.0, 0.0, -1.0]))
    tensor([2., 0., nan])
    """


@primitive(cast="float", x=lambda g, out: g * (-0.5 * (out * out * out)))
def rsqrt(x: Array) -> Array:
    """1 / √x, elementwise: inf at 0, nan below.  dx = -g / (2 x √x).

    >>> import autograd
    >>> rsqrt(autograd.tensor([4.0, 0.0]))
    tensor([0.5000,    inf])
    """
    return 1 / np.sqrt(x)


@primitive(cast="float", x=lambda g, out: -g * (out * out), numpy=np.reciprocal)
def reciprocal(x: Array) -> Array:
    """1 / x, elementwise: ±inf at ±0.  dx = -g / x².

    >>> import autograd
    >>> reciprocal(autograd.tensor([4, 0]))
    tensor([0.2500,    inf])
    """
    return 1 / x


# ------------------------------------------------------------------------------------------------ sign


@primitive(x=lambda g, x: g * np.sign(x), numpy=(np.absolute, np.fabs))
def abs(x: Array) -> Array:
    """|x|, elementwise.  dx = g * sign(x), 0 at 0.

    >>> import autograd
    >>> abs(autograd.tensor([-2, 0, 3]))
    tensor([2, 0, 3])
    """
    if x.dtype.kind == "b":
        raise DTypeError("abs: not defined for bool tensors; convert with .int() first")
    return np.absolute(x)


@primitive(x=lambda g: np.zeros_like(g), numpy=np.sign)
def sign(x: Array) -> Array:
    """-1, 0 or 1 by the sign of x, elementwise; nan stays nan, where PyTorch returns 0.  dx = 0.

    >>> import autograd
    >>> sign(autograd.tensor([-2.0, 0.0, 3.0, float("nan")]))
    tensor([-1.,  0.,  1., nan])
    """
    return x.copy() if x.dtype.kind == "b" else np.sign(x)


absolute, negative = abs, neg
