"""Rounding, and division with a remainder. Rounded results are constant between steps: their derivative is 0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.composite import composite
from autograd.errors import ArgumentError, DTypeError
from autograd.ops import arithmetic, single
from autograd.ops.forms import floating
from autograd.primitive import Array, primitive

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = [
    "floor",
    "ceil",
    "trunc",
    "fix",
    "round",
    "frac",
    "floor_divide",
    "trunc_divide",
    "remainder",
    "fmod",
]


def _whole(op: str, x: Array) -> Array:
    """Integers are rounded already; bools are no numbers."""
    if x.dtype.kind == "b":
        raise DTypeError(f"{op}: not defined for bool tensors; convert with .int() first")
    return x.copy()


@primitive(x=lambda g: np.zeros_like(g), numpy=np.floor)
def floor(x: Array) -> Array:
    """The largest integer not above x, elementwise.  dx = 0.

    >>> import autograd
    >>> floor(autograd.tensor([1.7, -1.2]))
    tensor([ 1., -2.])
    """
    return np.floor(x) if x.dtype.kind == "f" else _whole("floor", x)


@primitive(x=lambda g: np.zeros_like(g), numpy=np.ceil)
def ceil(x: Array) -> Array:
    """The smallest integer not below x, elementwise.  dx = 0.

    >>> import autograd
    >>> ceil(autograd.tensor([1.2, -1.7]))
    tensor([ 2., -1.])
    """
    return np.ceil(x) if x.dtype.kind == "f" else _whole("ceil", x)


@primitive(x=lambda g: np.zeros_like(g), numpy=(np.trunc, np.fix))
def trunc(x: Array) -> Array:
    """x without its fraction, elementwise: rounded towards zero.  dx = 0.

    >>> import autograd
    >>> trunc(autograd.tensor([1.7, -1.7]))
    tensor([ 1., -1.])
    """
    return np.trunc(x) if x.dtype.kind == "f" else _whole("trunc", x)


@primitive(x=lambda g: np.zeros_like(g), numpy=(np.rint, np.round))
def round(x: Array, decimals: int = 0) -> Array:
    """x to the nearest integer, or to `decimals` places, elementwise; halves go to the even neighbour.  dx = 0.

    >>> import autograd
    >>> round(autograd.tensor([0.5, 1.5, 2.5])), round(autograd.tensor([1234.567]), decimals=-2)
    (tensor([0., 2., 2.]), tensor([1200.]))
    """
    if x.dtype.kind != "f":
        return _whole("round", x)
    return np.rint(x) if decimals == 0 else np.round(x, decimals)


@composite
def frac(input: Any) -> Tensor:
    """The fraction of the input with its sign: input - trunc(input).

    Raises:
        DTypeError: for integers, which have none.

    >>> import autograd
    >>> frac(autograd.tensor([1.25, -1.25]))
    tensor([ 0.2500, -0.2500])
    """
    floating("frac", input)
    return arithmetic.sub(input, trunc(input))


def _divisible(op: str, x: Array, y: Array) -> None:
    """Integers have no infinity, so dividing them by zero is an error, as in Python; bools have no remainder."""
    kind = np.result_type(x, y).kind
    if kind == "b":
        raise DTypeError(f"{op}: not defined for bool tensors; convert with .int() first")
    if kind in "iu" and not np.all(y):
        raise ArgumentError(
            f"{op}: integer division by zero; convert to a floating-point dtype for inf and nan"
        )


@primitive(cast="promote", x=lambda g: np.zeros_like(g), y=lambda g: np.zeros_like(g), numpy=np.floor_divide)
def floor_divide(x: Array, y: Array) -> Array:
    """x / y rounded down, elementwise with broadcasting.  dx = 0, dy = 0.

    Raises:
        ArgumentError: for integers divided by zero.
        DTypeError: for bools.

    >>> import autograd
    >>> autograd.tensor([-7, 7]) // 2
    tensor([-4,  3])
    """
    _divisible("floor_divide", x, y)
    return single.floor_divide(x, y)


@primitive(cast="promote", x=lambda g: np.zeros_like(g), y=lambda g: np.zeros_like(g))
def trunc_divide(x: Array, y: Array) -> Array:
    """x / y rounded towards zero, elementwise with broadcasting.  dx = 0, dy = 0.

    Raises:
        ArgumentError: for integers divided by zero.
        DTypeError: for bools.

    >>> import autograd
    >>> trunc_divide(autograd.tensor([-7, 7]), 2)
    tensor([-3,  3])
    """
    _divisible("div", x, y)
    if np.result_type(x, y).kind == "f":
        return np.trunc(np.true_divide(x, y))
    return np.floor_divide(x - np.fmod(x, y), y)


@primitive(
    cast="promote",
    x=lambda g: g,
    y=lambda g, x, y: -g * floor_divide(x, y),
    numpy=(np.remainder, np.mod),
)
def remainder(x: Array, y: Array) -> Array:
    """x - y * floor(x / y), elementwise with broadcasting: it has the sign of y.  dx = g, dy = -g * floor(x / y).

    Raises:
        ArgumentError: for integers divided by zero.
        DTypeError: for bools.

    >>> import autograd
    >>> autograd.tensor([-5.0, 5.0]) % 3
    tensor([1., 2.])
    """
    _divisible("remainder", x, y)
    return single.remainder(x, y)


@primitive(cast="promote", x=lambda g: g, y=lambda g, x, y: -g * np.trunc(x / y), numpy=np.fmod)
def fmod(x: Array, y: Array) -> Array:
    """x - y * trunc(x / y), elementwise with broadcasting: it has the sign of x.  dx = g, dy = -g * trunc(x / y).

    Raises:
        ArgumentError: for integers divided by zero.
        DTypeError: for bools.

    >>> import autograd
    >>> fmod(autograd.tensor([-5.0, 5.0]), 3)
    tensor([-2.,  2.])
    """
    _divisible("fmod", x, y)
    return single.fmod(x, y)


fix = trunc
