"""Softmax and what belongs to it: exponentials that add up to one, without overflow.

Where the exponential could overflow, or digits would be lost, the largest element is subtracted first: e to the
difference is at most 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import dtypes
from autograd.composite import composite
from autograd.dims import checked_dims
from autograd.errors import ArgumentError
from autograd.ops.arithmetic import neg
from autograd.ops.forms import (
    add_reduce,
    axes,
    dots,
    floating,
    largest,
    maximum_reduce,
    minimum_reduce,
    spread,
    sums,
)
from autograd.ops.reduce import converted
from autograd.primitive import Array, primitive
from autograd.tape import raw

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["softmax", "log_softmax", "softmin", "logsumexp"]


def shifted(op: str, x: Array, dim: Any) -> Array:
    """x minus its largest element along `dim`."""
    floating(op, x)
    return np.asarray(x - largest(x, dim))


def _normal_dim(op: str, x: Array, dim: int | Sequence[int]) -> Any:
    """`dim` as NumPy takes it; () for a 0-d tensor."""
    if isinstance(dim, int) and -x.ndim <= dim < x.ndim:
        return dim
    wrapped = checked_dims(op, dim, x.shape)
    return wrapped if x.ndim else ()


def _single(op: str, dim: Any) -> Any:
    """The dimension; raise if there are several, which the primitive would take."""
    if isinstance(dim, (tuple, list)):
        raise ArgumentError(f"{op}: dim is an integer, got {dim!r}")
    return dim


def softmax_dx(g: Array, out: Array, dim: int) -> Array:
    """out * (g - Σ g * out)."""
    d = g - dots(g, out, dim if out.ndim else ())
    if type(d) is not np.ndarray:
        return out * d
    d *= out
    return d


@primitive(c_order=True, x=softmax_dx)
def softmax_(x: Array, dim: Any) -> Array:
    """exp(x) / Σ exp(x) along `dim`.  dx = out * (g - Σ g * out)."""
    dim = _normal_dim("softmax", x, dim)
    if x.size and isinstance(dim, int) and x.dtype.char in "fd" and maximum_reduce(x, None) < 60:
        out = np.exp(x)  # cannot overflow: perhaps no shift is needed
        total = sums(out, dim)
        if minimum_reduce(total, None) > 1e-20:  # nor has a row vanished
            return np.divide(out, total, out=out)
    out = shifted("softmax", x, dim)
    np.exp(out, out=out)
    return np.divide(out, out.sum(axis=dim, keepdims=True), out=out)


@composite
def softmax(input: Any, dim: int, *, dtype: Any = None) -> Tensor:
    """exp(x) / Σ exp(x) along `dim`: positive numbers that add up to 1.  dx = out * (g - Σ g * out).

    Raises:
        DTypeError: for integers, unless dtype is given.
        ArgumentError: if dim is not one integer.
        DimensionError: if it is out of range.

    >>> import autograd
    >>> softmax(autograd.tensor([1.0, 2.0, 3.0]), 0)
    tensor([0.0900, 0.2447, 0.6652])
    """
    return softmax_(input if dtype is None else converted(input, dtype), _single("softmax", dim))


@composite
def softmin(input: Any, dim: int, *, dtype: Any = None) -> Tensor:
    """The softmax of -input.

    >>> import autograd
    >>> softmin(autograd.tensor([1.0, 2.0, 3.0]), 0)
    tensor([0.6652, 0.2447, 0.0900])
    """
    return softmax(neg(input), dim, dtype=dtype)


def _log_softmax_dx(g: Array, out: Array, dim: int) -> Array:
    p = np.exp(out)
    if type(p) is not np.ndarray or type(g) is not np.ndarray:
        return g - p * g.sum(axis=dim if out.ndim else None, keepdims=True)
    p *= sums(g, dim)
    return np.subtract(g, p, out=p)


@primitive(c_order=True, x=_log_softmax_dx)
def log_softmax_(x: Array, dim: Any) -> Array:
    """x - log Σ exp(x) along `dim`.  dx = g - exp(out) Σ g."""
    dim = _normal_dim("log_softmax", x, dim)
    out = shifted("log_softmax", x, dim)
    e = np.exp(out)
    out -= np.log(sums(e, dim) if isinstance(dim, int) else e.sum(axis=dim, keepdims=True))
    return out


@composite
def log_softmax(input: Any, dim: int, *, dtype: Any = None) -> Tensor:
    """log(softmax(x)) along `dim`, also where the softmax is too small for a number.  dx = g - exp(out) Σ g.

    Raises:
        DTypeError: for integers, unless dtype is given.
        ArgumentError: if dim is not one integer.
        DimensionError: if it is out of range.

    >>> import autograd
    >>> log_softmax(autograd.tensor([1e4, 0.0]), 0)
    tensor([     0., -10000.])
    """
    return log_softmax_(input if dtype is None else converted(input, dtype), _single("log_softmax", dim))


def _level(x: Array, axis: Any) -> Array:
    """What to subtract before taking the exponential: the largest element along `axis`, 0 where that is infinite."""
    largest = np.asarray(maximum_reduce(x, axis, None, None, True, -np.inf))
    return np.where(np.isfinite(largest), largest, np.zeros((), x.dtype))


def _logsumexp_dx(g: Array, x: Array, dim: int | Sequence[int] | None, keepdim: bool) -> Array:
    """g * softmax(x), which does not depend on the level; g * exp(x - out) would lose digits where out is large."""
    e = np.exp(x - _level(raw(x), axes("logsumexp", x, dim)))
    return spread(g, x.shape, dim, keepdim) * (e / e.sum(axis=dim if e.ndim else None, keepdims=True))


# A primitive, because composing it would overflow.
@primitive(c_order=True, x=_logsumexp_dx)
def logsumexp_(x: Array, dim: int | Sequence[int] | None, keepdim: bool) -> Array:
    """log Σ exp(x) over `dim`.  dx = g * softmax(x)."""
    if x.dtype.kind != "f":
        x = x.astype(dtypes.default_dtype())
    axis = axes("logsumexp", x, dim)
    level = _level(x, axis)
    out = np.log(add_reduce(np.exp(x - level), axis, None, None, True)) + level
    return out if keepdim else out.squeeze(axis)


@composite
def logsumexp(input: Any, dim: int | Sequence[int] | None, keepdim: bool = False) -> Tensor:
    """log Σ exp(x) over `dim`, without overflow; -inf of nothing.  dx = g * softmax(x).

    Integers are converted to the default dtype.

    Raises:
        DimensionError: if a dimension is out of range.

    >>> import autograd
    >>> logsumexp(autograd.tensor([1000.0, 1000.0]), 0)
    tensor(1000.6932)
    """
    return logsumexp_(input, dim, keepdim)
