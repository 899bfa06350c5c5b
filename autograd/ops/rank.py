"""Elements by their rank in order of size: the median, the k-th smallest, quantiles; and the most frequent one.

nan counts as the largest of all. The derivative goes to the elements that were chosen.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import return_types
from autograd.composite import composite
from autograd.dims import checked_dim, checked_dims
from autograd.errors import ArgumentError, DimensionError, DTypeError, ShapeError
from autograd.hidden import all_examples
from autograd.ops.along import along, positions_along
from autograd.ops.compare import isnan
from autograd.ops.forms import kept_shape, spread
from autograd.ops.options import lerp
from autograd.ops.order import argsort, in_order
from autograd.ops.positions import take_along_dim
from autograd.ops.reduce import Dim, shared
from autograd.ops.rounding import ceil, floor, round
from autograd.ops.selection import clamp_min, where
from autograd.primitive import Array, primitive
from autograd.tape import raw

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["median", "nanmedian", "mode", "kthvalue", "quantile", "nanquantile"]


def _checked(op: str, x: Array, dim: int) -> int:
    """The dimension counted from the front.

    Raises:
        DimensionError: if it is out of range or has size 0.
    """
    axis = checked_dim(op, dim, x.shape)
    if x.ndim and x.shape[axis] == 0:
        raise DimensionError(f"{op}: there is no element to choose, for shape {x.shape} and dim {dim}")
    return axis


def _at_rank(x: Array, axis: int, rank: int) -> Array:
    """The position along `axis` of the element of that rank, kept with size 1."""
    order = in_order(x, axis) if x.shape[axis] < 64 else np.argpartition(x, rank, axis)
    return order[(*(slice(None),) * axis, slice(rank, rank + 1))]


def _kept(found: Array, axis: int, keepdim: bool) -> Array:
    """Positions with their dimension, or without it."""
    return np.array(found if keepdim else found.squeeze(axis), order="C")


# ------------------------------------------------------------------------------------------------ the middle


def _middle(x: Array, axis: int, skip_nan: bool) -> Array:
    """The position along `axis` of the lower middle in order of size; of the first nan, or counting none of them."""
    missing = np.isnan(x).sum(axis, keepdims=True) if x.dtype.kind == "f" else np.zeros(1, np.int64)
    if not missing.any():
        return _at_rank(x, axis, (x.shape[axis] - 1) // 2)
    order = in_order(x, axis)
    middle = (x.shape[axis] - missing - 1) // 2
    if not skip_nan:
        middle = np.where(missing > 0, x.shape[axis] - missing, middle)
    return np.take_along_axis(order, np.maximum(middle, 0), axis)


def _middle_values(lines: Array, skip_nan: bool) -> Array:
    """The median of each line, the last dimension."""
    rank = (lines.shape[-1] - 1) // 2
    if lines.dtype.kind != "f" or lines.shape[-1] < 64:
        return np.take_along_axis(lines, _middle(lines, lines.ndim - 1, skip_nan), -1)[..., 0]
    ordered = np.partition(lines, (rank, lines.shape[-1] - 1), -1)  # nan comes last
    if np.isnan(ordered[..., -1]).any():
        return np.take_along_axis(lines, _middle(lines, lines.ndim - 1, skip_nan), -1)[..., 0]
    return ordered[..., rank]


@primitive(x=None)
def argmedian(x: Array, dim: int, keepdim: bool, skip_nan: bool) -> Array:
    """The position along `dim` of the median."""
    axis = _checked("median", x, dim)
    return _kept(_middle(x, axis, skip_nan), axis, keepdim) if x.ndim else np.zeros((), np.int64)


def _median_dx(g: Array, out: Array, x: Array, dim: Dim, keepdim: bool) -> Array:
    """g, in equal parts to the elements that are the median."""
    g, out = (spread(a, x.shape, dim, keepdim) for a in (g, out))
    return shared(g, (x == out) | (np.isnan(x) & np.isnan(out)), dim)


@primitive(x=_median_dx)
def median_(x: Array, dim: Dim, keepdim: bool, skip_nan: bool) -> Array:
    """The median over `dim`, or of all elements.  dx = g / n for each of n that tie with it."""
    axes = tuple(range(x.ndim)) if dim is None else checked_dims("median", dim, x.shape)
    lines = np.moveaxis(x, axes, range(-len(axes), 0))
    lines = lines.reshape(*lines.shape[: x.ndim - len(axes)], -1)
    if not lines.shape[-1]:
        nothing = np.nan if x.dtype.kind == "f" else np.iinfo(x.dtype).min if x.dtype.kind in "iu" else False
        values = np.full(lines.shape[:-1], nothing, x.dtype)
    else:
        values = _middle_values(lines, skip_nan)
    return values.reshape(kept_shape(x.shape, axes)) if keepdim else values


def _median(input: Any, dim: int | None, keepdim: bool, skip_nan: bool) -> Any:
    if dim is None:
        return median_(input, None, keepdim, skip_nan)
    index = argmedian(input, dim, keepdim, skip_nan)
    named = return_types.nanmedian if skip_nan else return_types.median
    return named(along(input, index, dim, keepdim), index)


@composite
def median(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """The middle element in order of size, the lower one of an even number; nan if there is one.

    median(x) → Tensor of all elements: the gradient is shared equally by elements that tie with the middle one.
    median(x, dim) → (values, indices): the gradient goes to the middle element.

    Raises:
        DimensionError: if the dimension is out of range or has size 0.

    >>> import autograd
    >>> median(autograd.tensor([3.0, 1.0, 4.0, 2.0]))
    tensor(2.)
    """
    return _median(input, dim, keepdim, skip_nan=False)


@composite
def nanmedian(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """The median of the elements that are not nan; see `median`.

    >>> import autograd
    >>> nanmedian(autograd.tensor([3.0, float("nan"), 1.0]))
    tensor(1.)
    """
    return _median(input, dim, keepdim, skip_nan=True)


# ------------------------------------------------------------------------------------------------ others


@primitive(x=None)
def argkth(x: Array, dim: int, keepdim: bool, k: int) -> Array:
    """The position along `dim` of the k-th smallest element."""
    axis = _checked("kthvalue", x, dim)
    n = x.shape[axis] if x.ndim else 1
    try:
        rank = operator.index(k) - 1
    except TypeError:
        raise ArgumentError(f"kthvalue: k is an integer, got {k!r}") from None
    if not 0 <= rank < n:
        raise ArgumentError(f"kthvalue: k is {k}, but dim {dim} of shape {x.shape} has {n} elements")
    return _kept(_at_rank(x, axis, rank), axis, keepdim) if x.ndim else np.zeros((), np.int64)


@composite
def kthvalue(input: Any, k: int, dim: int = -1, keepdim: bool = False) -> return_types.kthvalue:
    """The k-th smallest element along `dim` (k counts from 1), and its position.

    Raises:
        ArgumentError: unless 1 <= k <= the size of the dimension.
        DimensionError: if the dimension is out of range or has size 0.

    >>> import autograd
    >>> values, indices = kthvalue(autograd.tensor([3.0, 1.0, 2.0]), 2)
    >>> values, indices
    (tensor(2.), tensor(2))
    """
    index = argkth(input, dim, keepdim, k)
    return return_types.kthvalue(along(input, index, dim, keepdim), index)


@primitive(x=None)
def argmode(x: Array, dim: int, keepdim: bool) -> Array:
    """The position along `dim` of the last of the most frequent elements."""
    axis = _checked("mode", x, dim)
    if not x.ndim:
        return np.zeros((), np.int64)
    lines = x if axis == x.ndim - 1 else np.moveaxis(x, axis, -1)
    n = lines.shape[-1]
    if not lines.size:
        return _kept(np.zeros((*x.shape[:axis], 1, *x.shape[axis + 1 :]), np.int64), axis, keepdim)
    order = in_order(lines, lines.ndim - 1).reshape(-1, n)
    flat = order.reshape(-1) if len(order) == 1 else positions_along(order.shape, order, 1)
    values = lines.reshape(-1).take(flat).reshape(order.shape)
    last = np.ones(order.shape, bool)  # whether an element ends a run of equal ones
    np.not_equal(values[:, 1:], values[:, :-1], out=last[:, :-1])
    ends = np.flatnonzero(last)
    lengths = ends.copy()
    lengths[1:] -= ends[:-1]
    lengths[0] += 1
    if len(order) == 1:
        chosen = ends[np.argmax(lengths)]
    else:
        lines_of = ends // n
        first = np.searchsorted(lines_of, np.arange(len(order)))
        longest = np.maximum.reduceat(lengths, first)
        best = np.flatnonzero(lengths == longest[lines_of])
        chosen = ends[best[np.searchsorted(lines_of[best], np.arange(len(order)))]]
    found = order.reshape(-1)[chosen].reshape(*lines.shape[:-1], 1)
    return _kept(found if axis == x.ndim - 1 else np.moveaxis(found, -1, axis), axis, keepdim)


@composite
def mode(input: Any, dim: int = -1, keepdim: bool = False) -> return_types.mode:
    """The most frequent element along `dim`, the smallest of those that tie, and the position where it is last.

    nan equals nothing, so that each counts by itself.

    Raises:
        DimensionError: if the dimension is out of range or has size 0.

    >>> import autograd
    >>> values, indices = mode(autograd.tensor([3, 1, 3, 1, 2]))
    >>> values, indices
    (tensor(1), tensor(3))
    """
    index = argmode(input, dim, keepdim)
    return return_types.mode(along(input, index, dim, keepdim), index)


# ------------------------------------------------------------------------------------------------ quantiles


def _quantile(op: str, input: Any, q: Any, dim: int | None, keepdim: bool, interpolation: str) -> Tensor:
    shape, kind = tuple(input.shape), np.dtype(input.dtype)
    if kind.char not in "fd":
        raise DTypeError(f"{op}: needs a float32 or float64 tensor, got {kind}; convert it with .float()")
    if interpolation not in ("linear", "lower", "higher", "midpoint", "nearest"):
        raise ArgumentError(
            f"{op}: interpolation is 'linear', 'lower', 'higher', 'midpoint' or 'nearest', got {interpolation!r}"
        )
    q = q.item() if isinstance(q, np.generic) else q
    fractions = raw(q)
    if hasattr(q, "shape"):
        if fractions.ndim > 1:
            raise ShapeError(f"{op}: q is a number or a vector, got shape {fractions.shape}")
        if fractions.dtype != kind:
            raise DTypeError(f"{op}: q must have the dtype of the tensor, got {fractions.dtype} and {kind}")
    else:
        q = fractions = np.asarray(q, kind)
    given = raw(all_examples(q))
    if not ((given >= 0) & (given <= 1)).all():
        raise ArgumentError(f"{op}: q is between 0 and 1, got {fractions}")
    if 0 in shape:
        raise ShapeError(f"{op}: there is no quantile of nothing, for shape {shape}")
    kept = [1] * len(shape)
    if dim is None:
        lines = input.reshape(-1)
    else:
        axis = checked_dim(op, dim, shape)
        kept = [1 if d == axis else n for d, n in enumerate(shape)]
        lines = input.movedim(axis, -1) if shape else input.reshape(1)
    values = _at_fractions(lines, q, skip_nan=op == "nanquantile", interpolation=interpolation)
    if fractions.ndim:
        values = values.movedim(-1, 0)
        return values.reshape(-1, *kept) if keepdim else values  # type: ignore[no-any-return]
    return values.reshape(kept if keepdim else values.shape[:-1])  # type: ignore[no-any-return]


def _at_fractions(input: Any, q: Any, skip_nan: bool, interpolation: str) -> Any:
    """The quantiles along the last dimension, which becomes one of the fractions."""
    n = input.shape[-1]
    missing = isnan(input).sum(-1, keepdim=True)
    last = clamp_min(n - missing - 1, 0) if skip_nan else missing * 0 + (n - 1)
    rank = last.astype(input.dtype) * q.reshape(-1)
    if not skip_nan:
        rank = where(missing > 0, float(n - 1), rank)  # where nan is
    order = argsort(input, -1)

    def at(places: Any) -> Any:
        return take_along_dim(input, take_along_dim(order, places.astype(np.int64), -1), -1)

    if interpolation == "nearest":
        return at(round(rank))
    if interpolation == "higher":
        return at(ceil(rank))
    start = floor(rank)
    below = at(start)
    if interpolation == "lower":
        return below
    above = at(ceil(rank))
    return lerp(below, above, 0.5 if interpolation == "midpoint" else rank - start)


@composite
def quantile(
    input: Any,
    q: Any,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    interpolation: str = "linear",
) -> Tensor:
    """The elements below which a fraction q of the others lies, of all elements or over `dim`; nan if there is one.

    For n elements in order the fraction q stands for the position q (n - 1); between two elements the
    interpolation decides: "linear", "lower", "higher", "midpoint" or "nearest". A vector q of N fractions gives a
    first dimension of size N.

    Raises:
        ArgumentError: if a fraction is not in [0, 1], or the interpolation is unknown.
        DTypeError: unless the input is float32 or float64 and q, if a tensor, of the same dtype.
        ShapeError: if the input is empty or q has more than one dimension.
        DimensionError: if the dimension is out of range.

    >>> import autograd
    >>> x = autograd.tensor([1.0, 2.0, 4.0, 8.0])
    >>> quantile(x, 0.5), quantile(x, autograd.tensor([0.0, 1.0]))
    (tensor(3.), tensor([1., 8.]))
    """
    return _quantile("quantile", input, q, dim, keepdim, interpolation)


@composite
def nanquantile(
    input: Any,
    q: Any,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    interpolation: str = "linear",
) -> Tensor:
    """The quantiles of the elements that are not nan; nan if there is none. See `quantile`.

    >>> import autograd
    >>> nanquantile(autograd.tensor([1.0, float("nan"), 3.0]), 0.5)
    tensor(2.)
    """
    return _quantile("nanquantile", input, q, dim, keepdim, interpolation)
