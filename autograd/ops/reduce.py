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
from autograd.composite import composite
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
from autograd.tape import raw

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = [
    "sum", "sum_to_size", "mean", "prod", "nansum", "nanmean", "all", "any", "count_nonzero",
]  # fmt: skip

Dim = int | Sequence[int] | None


# ------------------------------------------------------------------------------------------------ sum and mean


def total_over(op: str, x: Array, dim: Dim, keepdim: bool) -> Array:
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


@primitive(c_order=True, x=lambda g, x_shape, dim, keepdim: spread(g, x_shape, dim, keepdim))
def sum_(x: Array, dim: Dim, keepdim: bool) -> Array:
    """The sum over `dim`.  dx = g, repeated."""
    return total_over("sum", x, dim, keepdim)


@implements(np.sum)
@composite
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
        dtype: convert to this dtype first; the result has it, too.

    Raises:
        DimensionError: if a dimension is out of range.

    >>> import autograd
    >>> x = autograd.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> sum(x), sum(x, dim=0), sum(x, 1, keepdim=True)
    (tensor(10.), tensor([4., 6.]), tensor([[3.],
            [7.]]))
    """
    dim, keepdim = dim if axis is None else axis, keepdim or keepdims
    if dtype is not None:
        return converted(sum_(converted(input, dtype), dim, keepdim), dtype)  # type: ignore[no-any-return]  # a tensor
    return sum_(input, dim, keepdim)


@composite
def sum_to_size(input: Any, *size: Any) -> Tensor:
    """The sum over the dimensions in which a shape that broadcasts to the input's has size 1, or that it lacks.

    Raises:
        ShapeError: if the shape does not broadcast to the input's.

    >>> import autograd
    >>> sum_to_size(autograd.ones(2, 3), (1, 3))
    tensor([[2., 2., 2.]])
    """
    wanted = tuple(size[0]) if len(size) == 1 and not isinstance(size[0], int) else size
    shape = tuple(input.shape)
    extra = len(shape) - len(wanted)
    fits = {w in (1, n) for w, n in zip(wanted, shape[max(extra, 0) :], strict=False)}
    if extra < 0 or False in fits:
        raise ShapeError(f"sum_to_size: shape {wanted} does not broadcast to {shape}")
    dims = [d for d, n in enumerate(shape) if d >= extra and wanted[d - extra] == 1 != n]
    kept = sum_(input, dims, True) if dims or not shape else input
    return sum_(kept, list(range(extra)), False) if extra else kept


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


def per(n: float) -> float:
    """1 / n, inf for n <= 0: times zero it is nan, as the statistics of too few elements are."""
    return 1 / n if n > 0 else math.inf


@primitive(
    c_order=True,
    x=lambda g, x_shape, dim, keepdim: spread(g * per(count(x_shape, dim)), x_shape, dim, keepdim),
)
def mean_(x: Array, dim: Dim, keepdim: bool) -> Array:
    """The mean over `dim`.  dx = g / n, repeated."""
    floating("mean", x)
    if x.dtype.char == "e":
        return np.mean(x, axes("mean", x, dim), keepdims=keepdim)
    return total_over("mean", x, dim, keepdim) / float(count(x.shape, dim))


@implements(np.mean)
@composite
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


@composite
def nansum(input: Any, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum of the elements that are not nan.

    >>> import autograd
    >>> nansum(autograd.tensor([1.0, math.nan, 2.0]))
    tensor(3.)
    """
    x = raw(input)
    missing = np.isnan(x) if not isinstance(x, np.ndarray) else np.asarray(np.isnan(x))
    if not isinstance(x, np.ndarray) or missing.any():  # hidden under vmap, or with nan
        input = selection.masked_fill(input, missing, 0)
    return sum(input, dim, keepdim, dtype=dtype)


@composite
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
    x = raw(input)
    if isinstance(x, np.ndarray):
        floating("nanmean", x)
    n = sum_(~np.isnan(x), dim, keepdim)
    return arithmetic.div(
        nansum(input, dim, keepdim), np.asarray(n, x.dtype) if isinstance(x, np.ndarray) else n
    )


# ------------------------------------------------------------------------------------------------ products


@primitive(c_order=True, x=lambda g, out, x, dim, keepdim: _prod_dx(g, out, x, dim, keepdim))
def prod_(x: Array, dim: int | None, keepdim: bool) -> Array:
    """The product over `dim`.  dx = g * the product of the others."""
    axis = axes("prod", x, dim)
    if x.dtype.char == "e":
        return np.asarray(multiply_reduce(x, axis, np.float32, None, keepdim)).astype(x.dtype)
    return multiply_reduce(x, axis, None if x.dtype.kind == "f" else np.int64, None, keepdim)


def _prod_dx(g: Array, out: Array, x: Array, dim: int | None, keepdim: bool) -> Array:
    """g times the product of the other elements: out / x, unless there are zeros."""
    g, out = (spread(a, x.shape, dim, keepdim) for a in (g, out))
    if (raw(x) != 0).all() and np.isfinite(raw(out)).all():
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
    head = np.ones_like(x[tuple(first)])
    before = np.cumprod(np.concatenate((head, x[tuple(rest)]), axis=dim), axis=dim)
    back = np.flip(x, dim)
    after = np.flip(np.cumprod(np.concatenate((head, back[tuple(rest)]), axis=dim), axis=dim), dim)
    return before * after


@implements(np.prod)
@composite
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
    dim, keepdim = dim if axis is None else axis, keepdim or keepdims
    if dim is not None and not isinstance(dim, (int, np.integer)):
        raise ArgumentError(f"prod: dim is one integer or None, got {dim!r}")
    if dtype is not None:
        return converted(prod_(converted(input, dtype), dim, keepdim), dtype)  # type: ignore[no-any-return]  # a tensor
    return prod_(input, dim, keepdim)


# ------------------------------------------------------------------------------------------------ norms


# A primitive, because (Σ |x|ᵖ)^(1/p) would have a nan gradient where the norm is 0.
@primitive(c_order=True, x=lambda g, out, x, p, dim, keepdim: _norm_dx(g, out, x, p, dim, keepdim))
def norm_(x: Array, p: float, dim: Dim, keepdim: bool) -> Array:
    """(Σ |x|ᵖ)^(1/p) over `dim`; its derivative beside it."""
    floating("norm", x)
    if x.dtype.char == "e":  # the powers overflow long before the norm does
        return np.asarray(norm_(x.astype(np.float32), p, dim, keepdim)).astype(x.dtype)
    axis = axes("norm", x, dim)
    size = np.absolute(x)
    if (p < 0 or math.isinf(p)) and size.size == 0 and count(x.shape, dim) == 0:
        raise ShapeError(f"norm: the {p}-norm of nothing, for shape {x.shape}, has no value")
    if math.isinf(p):
        return (maximum_reduce if p > 0 else minimum_reduce)(size, axis, None, None, keepdim)
    if p == 0:
        return add_reduce(size != 0, axis, x.dtype, None, keepdim)
    if p == 1:
        return add_reduce(size, axis, None, None, keepdim)
    if p == 2:
        if axis is None and not keepdim and x.flags.c_contiguous and x.dtype.char in "fd":
            return np.sqrt(squares(x))
        return np.sqrt(total_over("norm", np.square(x), dim, keepdim))
    return add_reduce(size**p, axis, None, None, keepdim) ** (1 / p)


def shared(g: Array, winners: Array, dim: Dim) -> Array:
    """g / (number of winners along `dim`) for each winner, 0 elsewhere."""
    number = winners.sum(axis=dim if winners.ndim else None, keepdims=True)
    return keep(g / number.astype(g.dtype), winners)


def _norm_dx(g: Array, out: Array, x: Array, p: float, dim: Dim, keepdim: bool) -> Array:
    if p == 0:
        return np.zeros_like(x)
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


def _none(dim: Dim) -> bool:
    """Whether dim is (): for `all` and `any` that names no dimension, for other reductions every one."""
    return isinstance(dim, (tuple, list)) and not dim


def _truth(found: Array, x: Array) -> Array:
    """PyTorch answers in uint8 for uint8."""
    return found.astype(x.dtype) if x.dtype == np.uint8 else found


@primitive(c_order=True, x=None, numpy=np.all)
def all(x: Array, dim: Dim = None, keepdim: bool = False) -> Array:
    """Whether all elements are nonzero, of all or over `dim`; True of nothing.

    >>> import autograd
    >>> all(autograd.tensor([[True, False], [True, True]]), dim=1)
    tensor([False,  True])
    """
    axis = () if _none(dim) else axes("all", x, dim)
    return _truth(all_reduce(x, axis, None, None, keepdim), x)


@primitive(c_order=True, x=None, numpy=np.any)
def any(x: Array, dim: Dim = None, keepdim: bool = False) -> Array:
    """Whether some element is nonzero, of all or over `dim`; False of nothing.

    >>> import autograd
    >>> any(autograd.tensor([[True, False], [False, False]]), dim=1)
    tensor([ True, False])
    """
    axis = () if _none(dim) else axes("any", x, dim)
    return _truth(any_reduce(x, axis, None, None, keepdim), x)


@primitive(c_order=True, x=None, numpy=np.count_nonzero)
def count_nonzero(x: Array, dim: Dim = None) -> Array:
    """How many elements are nonzero, of all or over `dim`, as int64.

    >>> import autograd
    >>> count_nonzero(autograd.tensor([[1, 0], [2, 3]]), dim=0)
    tensor([2, 1])
    """
    axis = axes("count_nonzero", x, dim)
    return np.asarray(np.count_nonzero(x)) if axis is None else add_reduce(x != 0, axis, np.int64)
