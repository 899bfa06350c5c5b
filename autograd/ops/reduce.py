"""Reductions: sums and what is made of them, over all dimensions, one, or several.

Every `dim` may be None (all dimensions), an integer, or a tuple; `keepdim=True` keeps reduced dimensions with size 1.
`axis` and `keepdims` are accepted for NumPy's sake. The primitives end in an underscore where the function users call
has PyTorch's signature.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import dtypes
from autograd.errors import ArgumentError, ShapeError
from autograd.ops import arithmetic, selection
from autograd.ops.forms import (
    add_reduce,
    all_reduce,
    any_reduce,
    axes,
    drop,
    floating,
    keep,
    maximum_reduce,
    minimum_reduce,
    multiply_reduce,
    spread,
    squares,
    sums,
    total,
)
from autograd.primitive import Array, implements, primitive

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = [
    "sum", "mean", "prod", "nansum", "nanmean", "var", "std", "var_mean", "std_mean",
    "all", "any", "count_nonzero",
]  # fmt: skip

Dim = int | Sequence[int] | None


# ------------------------------------------------------------------------------------------------ sum and mean


def _total(op: str, x: Array, dim: Dim, keepdim: bool) -> Array:
    """The sum, in at least int64 or, for float16, with float32 on the way."""
    axis = axes(op, x, dim)
    kind = x.dtype.kind
    if kind != "f":
        return add_reduce(x, axis, np.int64, None, keepdim)
    if x.dtype.char == "e":
        return np.asarray(add_reduce(x, axis, np.float32, None, keepdim)).astype(x.dtype)
    if isinstance(axis, int) and x.size > 512:
        return sums(x, axis, keepdim)
    if axis is None and x.size > 4096 and not keepdim:
        return total(x)
    return add_reduce(x, axis, None, None, keepdim)


@primitive(x=lambda g, x_shape, dim, keepdim: spread(g, x_shape, dim, keepdim))
def sum_(x: Array, dim: Dim, keepdim: bool) -> Array:
    """The sum over `dim`.  dx = g, repeated."""
    return _total("sum", x, dim, keepdim)


@implements(np.sum)
def sum(
    input: Any,
    dim: Dim = None,
    keepdim: bool = False,
    *,
    dtype: Any = None,
    axis: Dim = None,
    keepdims: bool = False,
) -> Tensor:
    """The sum of the elements: of all, or over `dim`. Integers and bools add up to int64. The sum of nothing is 0.

    dx = g, repeated along the dimensions that were summed.

    Args:
        dtype: convert to this dtype first.

    Raises:
        DimensionError: if a dimension is out of range.

    >>> import autograd
    >>> x = autograd.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> sum(x), sum(x, dim=0), sum(x, 1, keepdim=True)
    (tensor(10.), tensor([4., 6.]), tensor([[3.],
            [7.]]))
    """
    if dtype is not None:
        input = converted(input, dtype)
    return sum_(input, dim if axis is None else axis, keepdim or keepdims)


def converted(x: Any, dtype: Any) -> Any:
    """A tensor or array in another dtype."""
    return x.astype(dtypes.numpy_dtype(dtype))


def count(shape: Sequence[int], dim: Dim) -> int:
    """How many elements of an array of `shape` each element of its reduction stands for.

    >>> count((2, 3, 4), (0, -1))
    8
    """
    if dim is None or not shape or (not isinstance(dim, int) and len(dim) == 0):
        return math.prod(shape)
    return math.prod(shape[d] for d in ((dim,) if isinstance(dim, int) else dim))


def _per(n: float) -> float:
    """1 / n, inf for n <= 0: times zero it is nan, as the statistics of too few elements are."""
    return 1 / n if n > 0 else math.inf


@primitive(x=lambda g, x_shape, dim, keepdim: spread(g * _per(count(x_shape, dim)), x_shape, dim, keepdim))
def mean_(x: Array, dim: Dim, keepdim: bool) -> Array:
    """The mean over `dim`.  dx = g / n, repeated."""
    floating("mean", x)
    if x.dtype.char == "e":
        return np.mean(x, axes("mean", x, dim), keepdims=keepdim)
    return _total("mean", x, dim, keepdim) / float(count(x.shape, dim))


@implements(np.mean)
def mean(
    input: Any,
    dim: Dim = None,
    keepdim: bool = False,
    *,
    dtype: Any = None,
    axis: Dim = None,
    keepdims: bool = False,
) -> Tensor:
    """The mean of the elements: of all, or over `dim`. The mean of nothing is nan.  dx = g / n, repeated.

    Raises:
        DTypeError: for integers, unless dtype is given.
        DimensionError: if a dimension is out of range.

    >>> import autograd
    >>> mean(autograd.tensor([[1.0, 2.0], [3.0, 4.0]]), dim=1)
    tensor([1.5000, 3.5000])
    """
    if dtype is not None:
        input = converted(input, dtype)
    return mean_(input, dim if axis is None else axis, keepdim or keepdims)


def nansum(input: Any, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum of the elements that are not nan.

    >>> import autograd
    >>> nansum(autograd.tensor([1.0, math.nan, 2.0]))
    tensor(3.)
    """
    if dtype is not None:
        input = converted(input, dtype)
    missing = np.isnan(selection.raw(input))
    return sum_(selection.masked_fill(input, missing, 0) if missing.any() else input, dim, keepdim)


def nanmean(input: Any, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean of the elements that are not nan; nan if there is none.

    Raises:
        DTypeError: for integers, unless dtype is given.

    >>> import autograd
    >>> nanmean(autograd.tensor([1.0, math.nan, 2.0]))
    tensor(1.5000)
    """
    if dtype is not None:
        input = converted(input, dtype)
    x = selection.raw(input)
    floating("nanmean", x)
    n = _total("nanmean", ~np.isnan(x), dim, keepdim)
    return arithmetic.div(nansum(input, dim, keepdim), np.asarray(n, x.dtype))


# ------------------------------------------------------------------------------------------------ products


@primitive(x=lambda g, out, x, dim, keepdim: _prod_dx(g, out, x, dim, keepdim))
def prod_(x: Array, dim: int | None, keepdim: bool) -> Array:
    """The product over `dim`.  dx = g * the product of the others."""
    kind = None if x.dtype.kind == "f" else np.int64
    return multiply_reduce(x, axes("prod", x, dim), kind, None, keepdim)


def _prod_dx(g: Array, out: Array, x: Array, dim: int | None, keepdim: bool) -> Array:
    """g times the product of the other elements: out / x, unless there are zeros."""
    g, out = (spread(a, x.shape, dim, keepdim) for a in (g, out))
    if (selection.raw(x) != 0).all() and np.isfinite(selection.raw(out)).all():
        return g * out / x
    return g * _products_of_others(x, dim)


def _products_of_others(x: Array, dim: int | None) -> Array:
    """For each element the product of all others along `dim`: of those before it times those after it."""
    if dim is None:
        return _products_of_others(x.reshape(-1), 0).reshape(x.shape)
    if not x.shape:
        return x * 0 + 1
    n = x.shape[dim]
    first, rest = [slice(None)] * len(x.shape), [slice(None)] * len(x.shape)
    first[dim], rest[dim] = slice(0, 1), slice(0, n - 1)
    head = x[tuple(first)] * 0 + 1
    before = np.cumprod(np.concatenate((head, x[tuple(rest)]), axis=dim), axis=dim)
    back = np.flip(x, dim)
    after = np.flip(np.cumprod(np.concatenate((head, back[tuple(rest)]), axis=dim), axis=dim), dim)
    return before * after


@implements(np.prod)
def prod(
    input: Any, dim: int | None = None, keepdim: bool = False, *, dtype: Any = None, axis: int | None = None,
    keepdims: bool = False,
) -> Tensor:  # fmt: skip
    """The product of the elements: of all, or over `dim`. Integers multiply to int64. The product of nothing is 1.

    dx = g * the product of all other elements, also where elements are 0.

    Raises:
        DimensionError: if the dimension is out of range.

    >>> import autograd
    >>> x = autograd.tensor([0.0, 2.0, 3.0], requires_grad=True)
    >>> prod(x).backward()
    >>> x.grad
    tensor([6., 0., 0.])
    """
    if dtype is not None:
        input = converted(input, dtype)
    return prod_(input, dim if axis is None else axis, keepdim or keepdims)


# ------------------------------------------------------------------------------------------------ spread of values


def _deviations(x: Array, dim: Dim) -> Array:
    """x - its mean over dim."""
    return x - mean_(x, dim, True)


def _variance(op: str, x: Array, dim: Dim, correction: float, keepdim: bool) -> Array:
    floating(op, x)
    y = x if x.dtype.char != "e" else x.astype(np.float32)
    n = count(x.shape, dim)
    d = np.asarray(y - _total(op, y, dim, True) * _per(n))
    np.multiply(d, d, out=d)
    variance = _total(op, d, dim, keepdim) * _per(n - correction)
    return np.asarray(variance).astype(x.dtype, copy=False)


@primitive(
    x=lambda g, x, dim, correction, keepdim: (
        spread(g, x.shape, dim, keepdim) * (2 * _per(count(x.shape, dim) - correction)) * _deviations(x, dim)
    )
)
def var_(x: Array, dim: Dim, correction: float, keepdim: bool) -> Array:
    """The variance over `dim`.  dx = g * 2 (x - mean) / (n - correction)."""
    return _variance("var", x, dim, correction, keepdim)


# A primitive, because sqrt(var) would have a nan gradient where the variance is 0.
@primitive(x=lambda g, out, x, dim, correction, keepdim: _std_dx(g, out, x, dim, correction, keepdim))
def std_(x: Array, dim: Dim, correction: float, keepdim: bool) -> Array:
    """The standard deviation over `dim`.  dx = g * (x - mean) / ((n - correction) std), 0 where std is 0."""
    return np.sqrt(_variance("std", x, dim, correction, keepdim))


def _std_dx(g: Array, out: Array, x: Array, dim: Dim, correction: float, keepdim: bool) -> Array:
    slope = drop(g / (out + (out == 0)), out == 0) * _per(count(x.shape, dim) - correction)
    return spread(slope, x.shape, dim, keepdim) * _deviations(x, dim)


def _statistics(
    op: str, dim: Any, correction: float | None, unbiased: bool | None, axis: Dim
) -> tuple[Dim, float]:
    """PyTorch's two signatures: (dim, correction), and (unbiased) or (dim, unbiased)."""
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    if unbiased is not None:
        if correction is not None:
            raise ArgumentError(f"{op}: give correction or unbiased, not both")
        correction = int(unbiased)
    return (dim if axis is None else axis), (1 if correction is None else correction)


def var(
    input: Any, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *,
    correction: float | None = None, axis: Dim = None,
) -> Tensor:  # fmt: skip
    """The variance: Σ (x - mean)² / (n - correction), of all elements or over `dim`.

    correction is 1 unless given (`unbiased=False` means 0). nan where n <= correction.
    dx = g * 2 (x - mean) / (n - correction).

    Raises:
        DTypeError: for integers.
        DimensionError: if a dimension is out of range.

    >>> import autograd
    >>> x = autograd.tensor([1.0, 2.0, 3.0, 4.0])
    >>> var(x), var(x, correction=0)
    (tensor(1.6667), tensor(1.2500))
    """
    dim, correction = _statistics("var", dim, correction, unbiased, axis)
    return var_(input, dim, correction, keepdim)


def std(
    input: Any, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *,
    correction: float | None = None, axis: Dim = None,
) -> Tensor:  # fmt: skip
    """The standard deviation √var; see `var`. Its derivative where it is 0 is 0.

    >>> import autograd
    >>> std(autograd.tensor([1.0, 2.0, 3.0, 4.0]))
    tensor(1.2910)
    """
    dim, correction = _statistics("std", dim, correction, unbiased, axis)
    return std_(input, dim, correction, keepdim)


def var_mean(
    input: Any, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *,
    correction: float | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """The variance and the mean, with the arguments of `var`.

    >>> import autograd
    >>> var_mean(autograd.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """
    dim, correction = _statistics("var_mean", dim, correction, unbiased, None)
    return var_(input, dim, correction, keepdim), mean_(input, dim, keepdim)


def std_mean(
    input: Any, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *,
    correction: float | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """The standard deviation and the mean, with the arguments of `var`.

    >>> import autograd
    >>> std_mean(autograd.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """
    dim, correction = _statistics("std_mean", dim, correction, unbiased, None)
    return std_(input, dim, correction, keepdim), mean_(input, dim, keepdim)


# ------------------------------------------------------------------------------------------------ norms


# A primitive, because (Σ |x|ᵖ)^(1/p) would have a nan gradient where the norm is 0.
@primitive(x=lambda g, out, x, p, dim, keepdim: _norm_dx(g, out, x, p, dim, keepdim))
def norm_(x: Array, p: float, dim: Dim, keepdim: bool) -> Array:
    """(Σ |x|ᵖ)^(1/p) over `dim`; its derivative beside it."""
    floating("norm", x)
    if x.dtype.char == "e":  # the powers overflow long before the norm does
        return np.asarray(norm_(x.astype(np.float32), p, dim, keepdim)).astype(x.dtype)
    axis = axes("norm", x, dim)
    size = np.absolute(x)
    if math.isinf(p):
        if size.size == 0 and count(x.shape, dim) == 0:
            raise ShapeError(f"norm: an infinity norm of nothing, for shape {x.shape}, has no value")
        return (maximum_reduce if p > 0 else minimum_reduce)(size, axis, None, None, keepdim)
    if p == 0:
        return add_reduce(size != 0, axis, x.dtype, None, keepdim)
    if p == 1:
        return add_reduce(size, axis, None, None, keepdim)
    if p == 2:
        if axis is None and not keepdim and x.flags.c_contiguous and x.dtype.char in "fd":
            return np.sqrt(squares(x))
        return np.sqrt(_total("norm", np.square(x), dim, keepdim))
    return add_reduce(size**p, axis, None, None, keepdim) ** (1 / p)


def shared(g: Array, winners: Array, dim: Dim) -> Array:
    """g / (number of winners along `dim`) for each winner, 0 elsewhere."""
    number = winners.sum(axis=dim if winners.ndim else None, keepdims=True)
    return keep(g / number.astype(g.dtype), winners)


def _norm_dx(g: Array, out: Array, x: Array, p: float, dim: Dim, keepdim: bool) -> Array:
    if p == 0:
        return 0 * x
    if p == 2:
        return spread(drop(g / (out + (out == 0)), out == 0), x.shape, dim, keepdim) * x
    g, out = (spread(a, x.shape, dim, keepdim) for a in (g, out))
    if p == 1:
        return g * np.sign(x)
    size = np.abs(x)
    if math.isinf(p):
        return shared(g * np.sign(x), (size == out) | np.isnan(x), dim)
    safe = size + (size == 0)  # 0 to a negative power is inf: there the derivative is 0
    return drop(g * np.sign(x) * (safe / (out + (out == 0))) ** (p - 1), (size == 0) | (out == 0))


# ------------------------------------------------------------------------------------------------ truth and counting


def _truth(found: Array, x: Array) -> Array:
    """PyTorch answers in uint8 for uint8."""
    return found.astype(x.dtype) if x.dtype == np.uint8 else found


@primitive(x=None, numpy=np.all)
def all(x: Array, dim: Dim = None, keepdim: bool = False) -> Array:
    """Whether all elements are nonzero, of all or over `dim`; True of nothing.

    >>> import autograd
    >>> all(autograd.tensor([[True, False], [True, True]]), dim=1)
    tensor([False,  True])
    """
    return _truth(all_reduce(x, axes("all", x, dim), None, None, keepdim), x)


@primitive(x=None, numpy=np.any)
def any(x: Array, dim: Dim = None, keepdim: bool = False) -> Array:
    """Whether some element is nonzero, of all or over `dim`; False of nothing.

    >>> import autograd
    >>> any(autograd.tensor([[True, False], [False, False]]), dim=1)
    tensor([ True, False])
    """
    return _truth(any_reduce(x, axes("any", x, dim), None, None, keepdim), x)


@primitive(x=None, numpy=np.count_nonzero)
def count_nonzero(x: Array, dim: Dim = None) -> Array:
    """How many elements are nonzero, of all or over `dim`, as int64.

    >>> import autograd
    >>> count_nonzero(autograd.tensor([[1, 0], [2, 3]]), dim=0)
    tensor([2, 1])
    """
    return add_reduce(x != 0, axes("count_nonzero", x, dim), np.int64)
