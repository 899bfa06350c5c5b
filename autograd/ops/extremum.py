"""The largest, the smallest and the middle element, and where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd.dims import checked_dim
from autograd.errors import DimensionError, ShapeError
from autograd.ops import selection
from autograd.ops.forms import axes, keep, kept_shape, maximum_reduce, minimum_reduce, spread
from autograd.ops.reduce import Dim, shared
from autograd.primitive import Array, primitive
from autograd.tape import wrap

if TYPE_CHECKING:
    pass

__all__ = ["max", "min", "amax", "amin", "aminmax", "argmax", "argmin", "median", "nanmedian"]


class Extremum(NamedTuple):
    """Elements, and their positions along the dimension that was reduced."""

    values: Any
    indices: Any


class MinMax(NamedTuple):
    """The smallest and the largest elements."""

    min: Any
    max: Any


# ------------------------------------------------------------------------------------------------ of values


def _extremum_dx(g: Array, out: Array, x: Array, dim: Dim, keepdim: bool) -> Array:
    """g, in equal parts to the elements that are the extremum; to nan where there is one."""
    g, out = (spread(a, x.shape, dim, keepdim) for a in (g, out))
    return shared(g, (x == out) | np.isnan(x), dim)


def _not_empty(op: str, x: Array, axis: int | tuple[int, ...] | None) -> None:
    reduced = x.shape if axis is None else [x.shape[d] for d in ((axis,) if isinstance(axis, int) else axis)]
    if 0 in reduced:
        raise ShapeError(f"{op}: there is none among no elements, for shape {x.shape}; check numel() first")


@primitive(x=_extremum_dx, numpy=(np.max, np.amax))
def amax(x: Array, dim: Dim = None, keepdim: bool = False) -> Array:
    """The largest element, of all or over `dim`; nan if there is one.  dx = g / n for each of n that tie.

    Raises:
        ShapeError: if there are no elements.
        DimensionError: if a dimension is out of range.

    >>> import autograd
    >>> amax(autograd.tensor([[1.0, 5.0], [3.0, 2.0]]), dim=1)
    tensor([5., 3.])
    """
    axis = axes("amax", x, dim)
    if not x.size:
        _not_empty("amax", x, axis)
    return maximum_reduce(x, axis, None, None, keepdim)


@primitive(x=_extremum_dx, numpy=(np.min, np.amin))
def amin(x: Array, dim: Dim = None, keepdim: bool = False) -> Array:
    """The smallest element, of all or over `dim`; nan if there is one.  dx = g / n for each of n that tie.

    Raises:
        ShapeError: if there are no elements.
        DimensionError: if a dimension is out of range.

    >>> import autograd
    >>> amin(autograd.tensor([[1.0, 5.0], [3.0, 2.0]]), dim=1)
    tensor([1., 2.])
    """
    axis = axes("amin", x, dim)
    if not x.size:
        _not_empty("amin", x, axis)
    return minimum_reduce(x, axis, None, None, keepdim)


def aminmax(input: Any, *, dim: int | None = None, keepdim: bool = False) -> MinMax:
    """The smallest and the largest element, of all or over `dim`.

    >>> import autograd
    >>> aminmax(autograd.tensor([3.0, 1.0, 2.0])).max
    tensor(3.)
    """
    return MinMax(amin(input, dim, keepdim), amax(input, dim, keepdim))


# ------------------------------------------------------------------------------------------------ of positions


def _position(op: str, find: Any, x: Array, dim: int | None, keepdim: bool) -> Array:
    if dim is None:
        if not x.size:
            raise DimensionError(
                f"{op}: there is none among no elements, for shape {x.shape}; give a dim of size > 0"
            )
        return np.asarray(find(x, keepdims=keepdim), np.int64)
    axis = checked_dim(op, dim, x.shape)
    if not x.ndim:
        return np.zeros((), np.int64)
    if x.shape[axis] == 0:
        raise DimensionError(f"{op}: there is none among no elements, for shape {x.shape} and dim {dim}")
    return np.asarray(find(x, axis, keepdims=keepdim), np.int64)


@primitive(x=None, numpy=np.argmax)
def argmax(x: Array, dim: int | None = None, keepdim: bool = False) -> Array:
    """The position of the first largest element: in C order of all, or along `dim`; of the first nan if there is one.

    Raises:
        DimensionError: if there are no elements, or the dimension is out of range.

    >>> import autograd
    >>> (
    ...     argmax(autograd.tensor([[1.0, 5.0], [3.0, 2.0]])),
    ...     argmax(autograd.tensor([[1.0, 5.0], [3.0, 2.0]]), dim=0),
    ... )
    (tensor(1), tensor([1, 0]))
    """
    return _position("argmax", np.argmax, x, dim, keepdim)


@primitive(x=None, numpy=np.argmin)
def argmin(x: Array, dim: int | None = None, keepdim: bool = False) -> Array:
    """The position of the first smallest element: in C order of all, or along `dim`; of the first nan if there is one.

    Raises:
        DimensionError: if there are no elements, or the dimension is out of range.

    >>> import autograd
    >>> argmin(autograd.tensor([[1.0, 5.0], [3.0, 2.0]]), dim=0)
    tensor([0, 1])
    """
    return _position("argmin", np.argmin, x, dim, keepdim)


def _is_at(shape: tuple[int, ...], index: Array, dim: int) -> Array:
    """For an array of `shape`: whether each element is the one that `index` names along `dim`."""
    if not shape:
        return np.True_
    along = np.arange(shape[dim]).reshape((-1,) + (1,) * (len(shape) - 1 - dim % len(shape)))
    return along == index.reshape(kept_shape(shape, dim))


def _element_dx(g: Array, x_shape: tuple[int, ...], index: Array, dim: int, keepdim: bool) -> Array:
    if type(g) is np.ndarray and g.ndim and dim % len(x_shape) == len(x_shape) - 1:
        d = np.zeros(x_shape, g.dtype)
        rows = d.reshape(-1, x_shape[-1])
        rows[np.arange(len(rows)), index.reshape(-1)] = g.reshape(-1)
        return d
    return keep(spread(g, x_shape, dim, keepdim), _is_at(x_shape, index, dim))


@primitive(x=_element_dx)
def element(x: Array, index: Any, dim: int, keepdim: bool) -> Array:  # noqa: ARG001  # the formula's
    """One element of x along `dim` for each position in `index`, an ndarray.  dx = g there, 0 elsewhere."""
    if not x.ndim:
        return x.copy()
    if dim % x.ndim == x.ndim - 1:
        rows = x.reshape(-1, x.shape[-1])
        return rows[np.arange(len(rows)), index.reshape(-1)].reshape(index.shape)
    found = np.take_along_axis(x, index.reshape(kept_shape(x.shape, dim)), dim)
    return found.reshape(index.shape)


def _with_position(input: Any, index: Any, dim: int, keepdim: bool) -> Extremum:
    """The elements at the positions, and the positions."""
    return Extremum(element(input, selection.raw(index).copy(), dim, keepdim), index)


def _max_or_min(
    op: str, input: Any, dim: Any, keepdim: bool, other: Any, axis: int | None, keepdims: bool
) -> Any:
    """The three forms of `max` and `min`."""
    reduce, elementwise, position = (
        (amax, selection.maximum, argmax) if op == "max" else (amin, selection.minimum, argmin)
    )
    dim, keepdim = dim if axis is None else axis, keepdim or keepdims
    if other is None and dim is not None and not isinstance(dim, (int, np.integer)):
        other = dim
    if other is not None:
        return elementwise(input, other)
    if dim is None:
        return reduce(input, None, keepdim)
    return _with_position(input, position(input, dim, keepdim), dim, keepdim)


def max(
    input: Any, dim: Any = None, keepdim: bool = False, *, other: Any = None, axis: int | None = None,
    keepdims: bool = False,
) -> Any:  # fmt: skip
    """The largest element; or, over `dim`, the largest elements and their positions; or the larger of two tensors.

    max(x) → Tensor: the gradient is shared equally by elements that tie.
    max(x, dim) → (values, indices): the gradient goes to the first of the elements that tie.
    max(x, other) → Tensor: `maximum`.
    nan counts as larger than every number.

    Raises:
        ShapeError, DimensionError: if there are no elements, or the dimension is out of range.

    >>> import autograd
    >>> x = autograd.tensor([[1.0, 5.0], [3.0, 2.0]])
    >>> max(x), max(x, 1).values, max(x, 1).indices
    (tensor(5.), tensor([5., 3.]), tensor([1, 0]))
    """
    return _max_or_min("max", input, dim, keepdim, other, axis, keepdims)


def min(
    input: Any, dim: Any = None, keepdim: bool = False, *, other: Any = None, axis: int | None = None,
    keepdims: bool = False,
) -> Any:  # fmt: skip
    """The smallest element; or, over `dim`, the smallest elements and their positions; or the smaller of two tensors.

    The forms and the gradients are those of `max`.

    >>> import autograd
    >>> x = autograd.tensor([[1.0, 5.0], [3.0, 2.0]])
    >>> min(x), min(x, 1).values, min(x, 1).indices
    (tensor(1.), tensor([1., 2.]), tensor([0, 1]))
    """
    return _max_or_min("min", input, dim, keepdim, other, axis, keepdims)


# ------------------------------------------------------------------------------------------------ the middle


def _middle(x: Array, dim: int, skip_nan: bool) -> Array:
    """The position along `dim` of the lower middle in order of size; of the first nan, or counting none of them."""
    order = np.argsort(x, dim, kind="stable")  # nan last
    missing = np.isnan(x).sum(dim, keepdims=True)
    middle = (x.shape[dim] - missing - 1) // 2
    if not skip_nan:
        middle = np.where(missing > 0, x.shape[dim] - missing, middle)
    return np.take_along_axis(order, np.maximum(middle, 0), dim)


def _median(op: str, input: Any, dim: int | None, keepdim: bool, skip_nan: bool) -> Any:
    if dim is None:
        flat = input.reshape(-1)
        x = selection.raw(flat)
        if not x.size:
            return flat.sum() * np.nan
        value = x[_middle(x, 0, skip_nan)]
        tied = np.isnan(x) if np.isnan(value) else x == value
        return amax(flat[np.flatnonzero(tied)])  # for its derivative, which those that tie share
    x = selection.raw(input)
    axis = checked_dim(op, dim, x.shape)
    if x.ndim and x.shape[axis] == 0:
        raise DimensionError(f"{op}: there is no middle among no elements, for shape {x.shape} and dim {dim}")
    found = _middle(x, axis, skip_nan) if x.ndim else np.zeros((), np.int64)
    if not keepdim and x.ndim:
        found = found.squeeze(axis)
    return _with_position(input, found if x is input else wrap(found), dim, keepdim)


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
    return _median("median", input, dim, keepdim, skip_nan=False)


def nanmedian(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """The median of the elements that are not nan; see `median`.

    >>> import autograd
    >>> nanmedian(autograd.tensor([3.0, float("nan"), 1.0]))
    tensor(1.)
    """
    return _median("nanmedian", input, dim, keepdim, skip_nan=True)
