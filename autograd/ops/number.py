"""Numbers as they are stored and as integers: signs, mantissas, neighbours, common divisors; and one number for all."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import dtypes, return_types
from autograd.composite import composite
from autograd.errors import ArgumentError, DTypeError
from autograd.ops import arithmetic, single
from autograd.ops.compare import isnan
from autograd.ops.forms import drop, floating
from autograd.ops.selection import where
from autograd.primitive import Array, implements, primitive
from autograd.storing import stored_if_number
from autograd.tape import raw

__all__ = ["sgn", "angle", "frexp", "nextafter", "gcd", "lcm", "fill"]


@implements(np.angle)
@composite
def angle(input: Any) -> Any:
    """The angle of a real number in the complex plane: 0, or pi where it is negative, or nan.  Its derivative is 0.

    >>> import autograd
    >>> angle(autograd.tensor([-2.0, 0.0, 5.0]))
    tensor([3.1416, 0.0000, 0.0000])
    """
    x = input if np.dtype(raw(input).dtype).kind == "f" else input.astype(dtypes.default_dtype())
    return where(isnan(x), fill(x, math.nan), where(x < 0, fill(x, math.pi), fill(x, 0.0)))


@primitive(several=True, x=lambda g, out: np.ldexp(g[0], -out[1]))
def frexp_(x: Array) -> tuple[Array, Array]:
    """The mantissa and the exponent of x.  dx = g / 2**exponent, for the mantissa."""
    floating("frexp", x)
    mantissa, exponent = np.frexp(x)
    return mantissa, np.asarray(exponent, np.int32)


@implements(np.frexp)
@composite
def frexp(input: Any) -> return_types.frexp:
    """The parts of each number, input = mantissa * 2**exponent with 1/2 <= |mantissa| < 1, or both 0.

    The derivative of the mantissa is 2**-exponent. inf and nan are mantissas, with exponent 0.

    Raises:
        DTypeError: if the input is not floating point.

    >>> import autograd
    >>> frexp(autograd.tensor([3.0, 0.25])).mantissa, frexp(autograd.tensor([3.0, 0.25])).exponent
    (tensor([0.7500, 0.5000]), tensor([ 2, -1], dtype=autograd.int32))
    """
    mantissa, exponent = frexp_(input)
    return return_types.frexp(mantissa, exponent)


@primitive(
    cast="promote",
    x=lambda g, x, y: drop(g, x == y),
    y=lambda g: np.zeros_like(g),
    numpy=np.nextafter,
)
def nextafter(x: Array, y: Array) -> Array:
    """The number next to x towards y, elementwise with broadcasting; y where they are equal.

    dx = g where they differ, 0 where they are equal; dy = 0.

    Raises:
        DTypeError: if neither argument is floating point.

    >>> import autograd
    >>> (nextafter(autograd.tensor(1.0), autograd.tensor(2.0)) - 1) == autograd.finfo("float32").eps
    tensor(True)
    """
    floating("nextafter", x if isinstance(x, np.ndarray) else y)
    return single.nextafter(x, y)


# ------------------------------------------------------------------------------------------------ of integers


def _integers(op: str, *values: Any) -> None:
    for v in values:
        if np.asarray(v).dtype.kind not in "iu":
            raise DTypeError(f"{op}: needs integers, got {np.asarray(v).dtype}; convert with .long()")


@primitive(cast="promote", x=None, y=None, numpy=np.gcd)
def gcd(x: Array, y: Array) -> Array:
    """The greatest common divisor of integers, elementwise with broadcasting; 0 of 0 and 0.

    Raises:
        DTypeError: if the arguments are not integers.

    >>> import autograd
    >>> gcd(autograd.tensor([6, -4, 0]), autograd.tensor([4, 6, 5]))
    tensor([2, 2, 5])
    """
    _integers("gcd", x, y)
    return np.gcd(x, y)


@primitive(cast="promote", x=None, y=None, numpy=np.lcm)
def lcm(x: Array, y: Array) -> Array:
    """The least common multiple of integers, elementwise with broadcasting; 0 where either is 0.

    Raises:
        DTypeError: if the arguments are not integers.

    >>> import autograd
    >>> lcm(autograd.tensor([6, 0]), autograd.tensor([4, 5]))
    tensor([12,  0])
    """
    _integers("lcm", x, y)
    return np.lcm(x, y)


@implements(np.isin)
# ------------------------------------------------------------------------------------------------ one number for all


@primitive(x=lambda g: np.zeros_like(g), value=lambda g, value_dtype: g.astype(value_dtype))
def fill(x: Array, value: Array) -> Array:
    """`value`, a number or 0-d, for every element, in the shape and the dtype of x.  dx = 0, dvalue = the sum of g.

    Raises:
        ArgumentError: if the value has dimensions.
        DTypeError: if it is a number out of the dtype's range.

    >>> import autograd
    >>> fill(autograd.zeros(2), 3)
    tensor([3., 3.])
    """
    if np.ndim(value):
        raise ArgumentError(
            f"fill: the value must be a number or 0-d, got shape {np.shape(value)} for {x.dtype} {x.shape}; "
            "use copy_() to broadcast"
        )
    return np.full(x.shape, stored_if_number("fill", value, x.dtype, half=True), x.dtype)


sgn = arithmetic.sign
