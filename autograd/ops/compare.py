"""Comparisons, logic and bits. Their results are bool or integer: nothing here is differentiable."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.composite import composite
from autograd.errors import ArgumentError, DTypeError
from autograd.ops.forms import same_dtype
from autograd.primitive import Array, primitive
from autograd.tape import raw

__all__ = [
    "eq", "ne", "lt", "le", "gt", "ge", "equal", "not_equal", "less", "less_equal", "greater", "greater_equal",
    "isclose", "allclose", "isnan", "isinf", "isfinite", "isposinf", "isneginf", "isreal", "signbit",
    "logical_and", "logical_or", "logical_xor", "logical_not",
    "bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_not", "bitwise_left_shift", "bitwise_right_shift",
]  # fmt: skip


@primitive(np.equal, cast="promote", x=None, y=None)
def eq(x: Array, y: Array) -> Array:
    """x == y, elementwise with broadcasting.

    >>> import autograd
    >>> autograd.tensor([1, 2]) == 2
    tensor([False,  True])
    """


@primitive(np.not_equal, cast="promote", x=None, y=None)
def ne(x: Array, y: Array) -> Array:
    """x != y, elementwise with broadcasting; nan differs from itself."""


@primitive(np.less, cast="promote", x=None, y=None)
def lt(x: Array, y: Array) -> Array:
    """x < y, elementwise with broadcasting."""


@primitive(np.less_equal, cast="promote", x=None, y=None)
def le(x: Array, y: Array) -> Array:
    """x <= y, elementwise with broadcasting."""


@primitive(np.greater, cast="promote", x=None, y=None)
def gt(x: Array, y: Array) -> Array:
    """x > y, elementwise with broadcasting."""


@primitive(np.greater_equal, cast="promote", x=None, y=None)
def ge(x: Array, y: Array) -> Array:
    """x >= y, elementwise with broadcasting."""


@composite
def equal(input: Any, other: Any) -> bool:
    """Whether both have the same shape and the same elements: one bool.

    >>> import autograd
    >>> equal(autograd.tensor([1, 2]), autograd.tensor([1, 2]))
    True
    """
    return bool(np.array_equal(raw(input), raw(other)))


@primitive(x=None, y=None, numpy=np.isclose)
def isclose(x: Array, y: Array, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Array:
    """|x - y| <= atol + rtol * |y|, elementwise with broadcasting; infinities equal themselves.

    Raises:
        ArgumentError: if rtol or atol is negative.
        DTypeError: if the dtypes differ.

    >>> import autograd
    >>> isclose(autograd.tensor([1.0, 2.0]), autograd.tensor([1.000001, 2.1]))
    tensor([ True, False])
    """
    for name, tolerance in (("rtol", rtol), ("atol", atol)):
        if tolerance < 0:
            raise ArgumentError(f"isclose: {name} must not be negative, got {tolerance}")
    same_dtype("isclose", x, y)
    return np.isclose(x, y, rtol, atol, equal_nan)


@composite
def allclose(
    input: Any, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> bool:
    """Whether every element is close, as `isclose` says: one bool.

    >>> import autograd
    >>> allclose(autograd.tensor([1.0, 2.0]), autograd.tensor([1.000001, 2.0]))
    True
    """
    return bool(np.all(raw(isclose(input, other, rtol, atol, equal_nan))))


@primitive(np.isnan, x=None)
def isnan(x: Array) -> Array:
    """Whether each element is nan.

    >>> import autograd
    >>> isnan(autograd.tensor([1.0, float("nan")]))
    tensor([False,  True])
    """


@primitive(np.isinf, x=None)
def isinf(x: Array) -> Array:
    """Whether each element is inf or -inf."""


@primitive(np.isfinite, x=None)
def isfinite(x: Array) -> Array:
    """Whether each element is neither infinite nor nan."""


@primitive(x=None, numpy=np.isposinf)
def isposinf(x: Array) -> Array:
    """Whether each element is inf."""
    return np.isinf(x) & (x > 0)


@primitive(x=None, numpy=np.isneginf)
def isneginf(x: Array) -> Array:
    """Whether each element is -inf."""
    return np.isinf(x) & (x < 0)


@primitive(x=None, numpy=np.isreal)
def isreal(x: Array) -> Array:
    """Whether each element is a real number: True, since there are no complex ones."""
    return np.ones(x.shape, np.bool_)


@primitive(x=None, numpy=np.signbit)
def signbit(x: Array) -> Array:
    """Whether each element has its sign bit set; -0.0 has.

    >>> import autograd
    >>> signbit(autograd.tensor([-1.0, -0.0, 0.0]))
    tensor([ True,  True, False])
    """
    return np.signbit(x) if x.dtype.kind == "f" else x < 0


@primitive(np.logical_and, x=None, y=None)
def logical_and(x: Array, y: Array) -> Array:
    """Whether both are nonzero, elementwise with broadcasting.

    >>> import autograd
    >>> logical_and(autograd.tensor([1, 0]), autograd.tensor([True, True]))
    tensor([ True, False])
    """


@primitive(np.logical_or, x=None, y=None)
def logical_or(x: Array, y: Array) -> Array:
    """Whether either is nonzero, elementwise with broadcasting."""


@primitive(np.logical_xor, x=None, y=None)
def logical_xor(x: Array, y: Array) -> Array:
    """Whether exactly one is nonzero, elementwise with broadcasting."""


@primitive(np.logical_not, x=None)
def logical_not(x: Array) -> Array:
    """Whether each element is zero."""


@primitive(np.bitwise_and, cast="promote", x=None, y=None)
def bitwise_and(x: Array, y: Array) -> Array:
    """x & y: the bits that both integers, or bools, have.

    >>> import autograd
    >>> autograd.tensor([6, 5]) & 3
    tensor([2, 1])
    """


@primitive(np.bitwise_or, cast="promote", x=None, y=None)
def bitwise_or(x: Array, y: Array) -> Array:
    """x | y: the bits that either integer, or bool, has."""


@primitive(np.bitwise_xor, cast="promote", x=None, y=None)
def bitwise_xor(x: Array, y: Array) -> Array:
    """x ^ y: the bits that exactly one of two integers, or bools, has."""


@primitive(np.invert, x=None)
def bitwise_not(x: Array) -> Array:
    """~x: every bit of an integer, or a bool, the other way."""


def _shiftable(op: str, x: Array) -> None:
    if np.asarray(x).dtype.kind not in "iu":
        raise DTypeError(f"{op}: needs integers, got {np.asarray(x).dtype}; convert with .long()")


@primitive(cast="promote", x=None, y=None, numpy=np.left_shift)
def bitwise_left_shift(x: Array, y: Array) -> Array:
    """x << y: the bits of an integer, y places up.

    Raises:
        DTypeError: if the arguments are not integers.

    >>> import autograd
    >>> bitwise_left_shift(autograd.tensor([1, 3]), 2)
    tensor([ 4, 12])
    """
    _shiftable("bitwise_left_shift", x)
    return np.left_shift(x, y)


@primitive(cast="promote", x=None, y=None, numpy=np.right_shift)
def bitwise_right_shift(x: Array, y: Array) -> Array:
    """x >> y: the bits of an integer, y places down.

    Raises:
        DTypeError: if the arguments are not integers.
    """
    _shiftable("bitwise_right_shift", x)
    return np.right_shift(x, y)


not_equal, less, less_equal, greater, greater_equal = ne, lt, le, gt, ge
