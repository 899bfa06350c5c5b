"""The largest and the smallest elements, and where they are."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import return_types
from autograd.composite import composite
from autograd.dims import checked_dim
from autograd.errors import ArgumentError, DimensionError, ShapeError
from autograd.ops import selection
from autograd.ops.along import along
from autograd.ops.forms import axes, maximum_reduce, minimum_reduce, spread
from autograd.ops.reduce import Dim, shared
from autograd.primitive import Array, primitive

__all__ = ["max", "min", "amax", "amin", "aminmax", "argmax", "argmin"]


# ------------------------------------------------------------------------------------------------ of values


def _extremum_dx(g: Array, out: Array, x: Array, dim: Dim, keepdim: bool) -> Array:
    """g, in equal parts to the elements that are the extremum; to nan where there is one."""
    g, out = (spread(a, x.shape, dim, keepdim) for a in (g, out))
    return shared(g, (x == out) | np.isnan(x), dim)


def _not_empty(op: str, x: Array, axis: int | tuple[int, ...] | None) -> None:
    """Raise if there is nothing to choose from."""
    if axis is None:
        raise ShapeError(f"{op}: there is none among no elements, for shape {x.shape}; check numel() first")
    if 0 in [x.shape[d] for d in ((axis,) if isinstance(axis, int) else axis)]:
        raise DimensionError(
            f"{op}: there is none among no elements, for shape {x.shape} and dim {axis}; give a dim of size > 0"
        )


@primitive(c_order=True, x=_extremum_dx, numpy=(np.max, np.amax))
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


@primitive(c_order=True, x=_extremum_dx, numpy=(np.min, np.amin))
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


@composite
def aminmax(input: Any, *, dim: int | None = None, keepdim: bool = False) -> return_types.aminmax:
    """The smallest and the largest element, of all or over `dim`.

    Raises:
        ShapeError, DimensionError: if there are no elements, or the dimension is out of range.

    >>> import autograd
    >>> aminmax(autograd.tensor([3.0, 1.0, 2.0])).max
    tensor(3.)
    """
    return return_types.aminmax(amin(input, dim, keepdim), amax(input, dim, keepdim))


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


@primitive(c_order=True, x=None, numpy=np.argmax)
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


@primitive(c_order=True, x=None, numpy=np.argmin)
def argmin(x: Array, dim: int | None = None, keepdim: bool = False) -> Array:
    """The position of the first smallest element: in C order of all, or along `dim`; of the first nan if there is one.

    Raises:
        DimensionError: if there are no elements, or the dimension is out of range.

    >>> import autograd
    >>> argmin(autograd.tensor([[1.0, 5.0], [3.0, 2.0]]), dim=0)
    tensor([0, 1])
    """
    return _position("argmin", np.argmin, x, dim, keepdim)


def _max_or_min(
    op: str, input: Any, dim: Any, keepdim: bool, other: Any, axis: int | None, keepdims: bool
) -> Any:
    """The three forms of `max` and `min`."""
    dim, keepdim = dim if axis is None else axis, keepdim or keepdims
    if dim is None and other is None:
        return amax(input, None, keepdim) if op == "max" else amin(input, None, keepdim)
    if other is None and not isinstance(dim, (int, np.integer)):
        other = dim
    if not hasattr(input, "shape") or not (other is None or hasattr(other, "shape")):
        raise ArgumentError(
            f"{op}: takes a tensor, and a dim or another tensor; got {type(input).__name__} and "
            f"{type(dim if other is None else other).__name__}"
        )
    if other is not None:
        return selection.maximum(input, other) if op == "max" else selection.minimum(input, other)
    checked_dim(op, dim, input.shape)
    find, named = (argmax, return_types.max) if op == "max" else (argmin, return_types.min)
    index = find(input, dim, keepdim)
    return named(along(input, index, dim, keepdim), index)


@composite
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


@composite
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
