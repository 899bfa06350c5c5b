"""Arithmetic with PyTorch's options: `alpha` and `value` to scale by, a rounding mode, a weight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import dtypes
from autograd.composite import composite
from autograd.errors import ArgumentError, DTypeError
from autograd.ops import arithmetic, rounding
from autograd.ops.forms import floating, pick, same_dtype
from autograd.primitive import Array, implements, primitive
from autograd.tape import Variable, raw

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = [
    "add", "sub", "rsub", "subtract", "multiply", "div", "divide", "true_divide", "positive", "float_power", "ldexp",
    "addcmul", "addcdiv", "lerp",
]  # fmt: skip


def _kind(value: Any) -> str:
    """The kind of numbers in a tensor, an array or a number: "f", "i", "u" or "b"."""
    return np.dtype(getattr(value, "dtype", type(value))).kind


def _scaled(op: str, input: Any, other: Any, alpha: float) -> Any:
    """alpha * other, to be added to the input.

    Raises:
        DTypeError: if alpha is a float and both are integers, or a bool and they are not.
    """
    if type(alpha) is int and alpha == 1:
        return other
    kind = dtypes.common_dtype(map(raw, (input, other)))
    if (isinstance(alpha, bool) and kind.kind != "b") or (type(alpha) is float and kind.kind != "f"):
        raise DTypeError(f"{op}: alpha={alpha} does not fit tensors of {kind}; use an alpha of their kind")
    return arithmetic.mul(other, alpha)


@composite
def add(input: Any, other: Any, *, alpha: float = 1) -> Tensor:
    """input + alpha * other.

    Raises:
        DTypeError: if alpha is a float and the tensors are integers.

    >>> import autograd
    >>> add(autograd.tensor([1.0, 2.0]), autograd.tensor([1.0, 1.0]), alpha=10)
    tensor([11., 12.])
    """
    return arithmetic.add(input, _scaled("add", input, other, alpha))


@composite
def sub(input: Any, other: Any, *, alpha: float = 1) -> Tensor:
    """input - alpha * other.

    Raises:
        DTypeError: if alpha is a float and the tensors are integers, or for bools.

    >>> import autograd
    >>> sub(autograd.tensor([1.0, 2.0]), 1, alpha=2)
    tensor([-1.,  0.])
    """
    return arithmetic.sub(input, _scaled("sub", input, other, alpha))


@composite
def rsub(input: Any, other: Any, *, alpha: float = 1) -> Tensor:
    """other - alpha * input.

    >>> import autograd
    >>> rsub(autograd.tensor([1.0, 2.0]), 1)
    tensor([ 0., -1.])
    """
    return arithmetic.sub(other, _scaled("rsub", other, input, alpha))


@composite
def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Tensor:
    """input / other; with a rounding mode, the quotient rounded down ("floor") or towards zero ("trunc").

    Raises:
        ArgumentError: for another rounding mode.

    >>> import autograd
    >>> x = autograd.tensor([-7.0, 7.0])
    >>> div(x, 2), div(x, 2, rounding_mode="floor"), div(x, 2, rounding_mode="trunc")
    (tensor([-3.5000,  3.5000]), tensor([-4.,  3.]), tensor([-3.,  3.]))
    """
    if rounding_mode is None:
        return arithmetic.div(input, other)
    if rounding_mode == "floor":
        return rounding.floor_divide(input, other)
    if rounding_mode == "trunc":
        return rounding.trunc_divide(input, other)
    raise ArgumentError(f"div: rounding_mode is None, 'floor' or 'trunc', got {rounding_mode!r}")


@composite
def true_divide(input: Any, other: Any) -> Tensor:
    """input / other.

    >>> import autograd
    >>> true_divide(autograd.tensor([1, 2]), 2)
    tensor([0.5000, 1.0000])
    """
    return arithmetic.div(input, other)


@composite
def positive(input: Any) -> Tensor:
    """The input itself.

    Raises:
        DTypeError: for bools.

    >>> import autograd
    >>> positive(autograd.tensor([-1.0]))
    tensor([-1.])
    """
    if input.dtype == dtypes.bool_:
        raise DTypeError("positive: not defined for bool tensors; convert with .int() first")
    return input  # type: ignore[no-any-return]  # a tensor


@composite
def float_power(input: Any, exponent: Any) -> Tensor:
    """input ** exponent, computed in float64.

    >>> import autograd
    >>> float_power(autograd.tensor([2, 4]), -1)
    tensor([0.5000, 0.2500], dtype=autograd.float64)
    """
    x, y = (v.astype(np.float64) if hasattr(v, "astype") else float(v) for v in (input, exponent))
    return arithmetic.pow(x, y)


@primitive(x=lambda g, n: np.ldexp(g, n), n=None)
def shifted_exponent(x: Array, n: Array) -> Array:
    """x * 2**n for integers n, exact where 2**n itself overflows.  dx = g * 2**n."""
    return np.ldexp(x, n)


@implements(np.ldexp)
@composite
def ldexp(input: Any, other: Any) -> Tensor:
    """input * 2**other.

    >>> import autograd
    >>> ldexp(autograd.tensor([1.0, 3.0]), autograd.tensor([1, 2]))
    tensor([ 2., 12.])
    """
    if _kind(input) == "f" and _kind(other) in "iu":
        return shifted_exponent(input, other)
    return arithmetic.mul(input, arithmetic.pow(2.0, other))


@composite
def addcmul(input: Any, tensor1: Any, tensor2: Any, *, value: float = 1) -> Tensor:
    """input + value * tensor1 * tensor2.

    >>> import autograd
    >>> addcmul(autograd.zeros(2), autograd.tensor([1.0, 2.0]), autograd.tensor([3.0, 4.0]), value=0.5)
    tensor([1.5000, 4.0000])
    """
    return add(input, arithmetic.mul(tensor1, tensor2), alpha=value)


@composite
def addcdiv(input: Any, tensor1: Any, tensor2: Any, *, value: float = 1) -> Tensor:
    """input + value * tensor1 / tensor2.

    Raises:
        DTypeError: if both tensors hold integers: say which division is meant.

    >>> import autograd
    >>> addcdiv(autograd.ones(2), autograd.tensor([1.0, 2.0]), autograd.tensor([2.0, 4.0]))
    tensor([1.5000, 1.5000])
    """
    if "f" not in (_kind(tensor1), _kind(tensor2)):
        raise DTypeError(
            "addcdiv: one of the two tensors must be floating point; convert one with .float() for true division, or "
            "use div(..., rounding_mode='trunc') and add"
        )
    return add(input, arithmetic.div(tensor1, tensor2), alpha=value)


# A primitive, because composing it would not give `end` exactly at weight 1.
@primitive(
    cast="promote",
    start=lambda g, weight: g * (1 - weight),
    end=lambda g, weight: g * weight,
    weight=lambda g, start, end: g * (end - start),
)
def lerp_(start: Array, end: Array, weight: Array) -> Array:
    """start + weight * (end - start), with broadcasting; see `lerp`.

    dstart = g * (1 - weight), dend = g * weight, dweight = g * (end - start).
    """
    floating("lerp", start if isinstance(start, np.ndarray) else end)
    way = end - start
    if isinstance(weight, (float, int)):
        return start + weight * way if weight < 0.5 else end - way * (1 - weight)
    return pick(weight < 0.5, start + weight * way, end - way * (1 - weight))


@composite
def lerp(input: Any, end: Any, weight: Any) -> Tensor:
    """input + weight * (end - input), with broadcasting; exact at both ends.

    dinput = g * (1 - weight), dend = g * weight, dweight = g * (end - input).

    Raises:
        DTypeError: if the tensors are not floating point, or of several dtypes.

    >>> import autograd
    >>> lerp(autograd.tensor([0.0, 10.0]), autograd.tensor([10.0, 20.0]), 0.25)
    tensor([ 2.5000, 12.5000])
    """
    for other in (end, weight):
        if isinstance(input, Variable) and isinstance(other, Variable):
            same_dtype("lerp", input.array, other.array)
    return lerp_(input, end, weight)


subtract, multiply, divide = sub, arithmetic.mul, div
