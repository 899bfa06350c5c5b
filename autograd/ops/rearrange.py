"""Rearranging: elements in other places, diagonals, triangles and windows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from autograd.composite import composite
from autograd.dims import checked_dim, checked_dims
from autograd.errors import ArgumentError, PositionError, ShapeError
from autograd.layout import order_like
from autograd.ops.forms import keep
from autograd.ops.identity import clone, copy_in_c_order
from autograd.ops.shape import flatten, reshape, transpose
from autograd.primitive import Array, primitive

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = [
    "flip", "fliplr", "flipud", "roll", "rot90",
    "diagonal", "diag", "diag_embed", "diagflat", "tril", "triu", "unfold",
]  # fmt: skip

Dims = int | Sequence[int]


# ------------------------------------------------------------------------------------------------ turning


@primitive(x=lambda g, dims: np.flip(g, dims))
def flip(x: Array, dims: Dims) -> Array:
    """A copy with the order along `dims` reversed.  dx = g reversed.

    >>> import autograd
    >>> flip(autograd.tensor([[1, 2], [3, 4]]), (1,))
    tensor([[2, 1],
            [4, 3]])
    """
    axes = checked_dims("flip", dims, x.shape or (1,))
    return np.copy(np.flip(x, axes if x.ndim else ()), order_like(x))


@primitive(c_order=True, x=lambda g, shifts, dims: np.roll(g, _negated(shifts), dims))
def roll(x: Array, shifts: Dims, dims: Dims | None = None) -> Array:
    """A copy with the elements moved on by `shifts` along `dims`, those at the end to the front; without `dims` as if
    flattened.  dx = g rolled back.

    >>> import autograd
    >>> roll(autograd.tensor([1, 2, 3]), 1)
    tensor([3, 1, 2])
    """
    if isinstance(shifts, (tuple, list)) and not len(shifts):
        raise ArgumentError("roll: needs a number of places to shift by")
    if dims is None:
        return np.roll(x, shifts)
    if isinstance(dims, (tuple, list)) != isinstance(shifts, (tuple, list)) or np.size(shifts) != np.size(
        dims
    ):
        raise ArgumentError(f"roll: needs a shift for each dimension, got shifts {shifts} and dims {dims}")
    wrapped = tuple(checked_dim("roll", d, x.shape) for d in np.atleast_1d(dims).tolist())
    return np.roll(x, shifts, wrapped)


def _negated(shifts: Dims) -> Dims:
    return -shifts if isinstance(shifts, int) else tuple(-s for s in shifts)


@composite
def fliplr(input: Any) -> Tensor:
    """The columns in reverse order: `flip` along dim 1."""
    if len(input.shape) < 2:
        raise ShapeError(f"fliplr: needs at least 2 dimensions, got shape {tuple(input.shape)}")
    return flip(input, (1,))


@composite
def flipud(input: Any) -> Tensor:
    """The rows in reverse order: `flip` along dim 0."""
    if len(input.shape) < 1:
        raise ShapeError("flipud: needs at least 1 dimension, got a 0-d tensor")
    return flip(input, (0,))


@composite
def rot90(input: Any, k: int = 1, dims: Sequence[int] = (0, 1)) -> Tensor:
    """Turned k times by 90 degrees in the plane of two dimensions, from the first towards the second.

    >>> import autograd
    >>> rot90(autograd.tensor([[1, 2], [3, 4]]))
    tensor([[2, 4],
            [1, 3]])
    """
    shape = tuple(input.shape)
    if len(dims) != 2 or len(shape) < 2:
        raise ShapeError(
            f"rot90: needs two dimensions of at least two, got dims {tuple(dims)} and shape {shape}"
        )
    a, b = checked_dims("rot90", dims, shape)
    if k % 4 == 0:
        return copy_in_c_order(input)
    if k % 4 == 2:
        return flip(input, (a, b))
    return transpose(flip(input, (b,) if k % 4 == 1 else (a,)), a, b)  # flipped first: its rows lie together


# ------------------------------------------------------------------------------------------------ diagonals


@primitive(x=lambda g, offset, dim1, dim2: np.diagonal(g, offset, dim1, dim2))
def on_diagonal(x: Array, shape: tuple[int, ...], offset: int, dim1: int, dim2: int) -> Array:
    """Zeros of `shape` with x on a diagonal.  dx = diagonal(g)."""
    out = np.zeros(shape, x.dtype)
    _diagonal_of(out, offset, *_plane("diagonal", shape, dim1, dim2))[...] = x
    return out


@primitive(
    view=True,
    x=lambda g, x_shape, offset, dim1, dim2: on_diagonal(g, x_shape, offset, dim1, dim2),
)
def diagonal(x: Array, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Array:
    """The diagonal of the plane of two dimensions, as a new last dimension: a view.  dx = zeros with g on the diagonal.

    offset > 0 is above the main diagonal, < 0 below it.

    >>> import autograd
    >>> diagonal(autograd.tensor([[1, 2], [3, 4]]))
    tensor([1, 4])
    """
    return _diagonal_of(x, offset, *_plane("diagonal", x.shape, dim1, dim2))


def _plane(op: str, shape: Sequence[int], dim1: int, dim2: int) -> tuple[int, int]:
    if len(shape) < 2:
        raise PositionError(f"{op}: needs at least 2 dimensions, got shape {tuple(shape)}")
    a, b = (checked_dim(op, d, shape) for d in (dim1, dim2))
    if a == b:
        raise ArgumentError(f"{op}: dim1 and dim2 must differ, both are {dim1}")
    return a, b


def _diagonal_of(x: Array, offset: int, a: int, b: int) -> Array:
    """A view of the diagonal; unlike NumPy's it can be written to."""
    planes = np.moveaxis(x, (a, b), (-2, -1))[..., max(-offset, 0) :, max(offset, 0) :]
    *shape, rows, columns = planes.shape
    *strides, down, right = planes.strides
    return as_strided(
        planes, (*shape, min(rows, columns)), (*strides, down + right), writeable=x.flags.writeable
    )


@composite
def diag_embed(input: Any, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Square matrices with the last dimension on a diagonal of theirs, and zeros elsewhere.

    >>> import autograd
    >>> diag_embed(autograd.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])
    """
    *lead, n = tuple(input.shape) or (1,)
    ndim = len(lead) + 2
    size = n + abs(offset)
    a, b = _plane("diag_embed", (1,) * ndim, dim1, dim2)
    shape = list(lead)
    for d in sorted((a, b)):
        shape.insert(d, size)
    return on_diagonal(input, tuple(shape), offset, a, b)


@composite
def diag(input: Any, diagonal: int = 0) -> Tensor:
    """A vector as the diagonal of a square matrix; of a matrix, its diagonal, as a copy.

    Raises:
        ShapeError: if it is neither.

    >>> import autograd
    >>> diag(autograd.tensor([1, 2]), 1)
    tensor([[0, 1, 0],
            [0, 0, 2],
            [0, 0, 0]])
    """
    ndim = len(input.shape)
    if ndim not in (1, 2):
        raise ShapeError(f"diag: needs a vector or a matrix, got shape {tuple(input.shape)}")
    return diag_embed(input, diagonal) if ndim == 1 else clone(_diagonal(input, diagonal))


_diagonal = diagonal


@composite
def diagflat(input: Any, offset: int = 0) -> Tensor:
    """A square matrix with all elements on a diagonal."""
    return diag_embed(reshape(flatten(input), (-1,)), offset)


# ------------------------------------------------------------------------------------------------ triangles


@primitive(c_order=True, x=lambda g, diagonal: np.tril(g, diagonal))
def tril(x: Array, diagonal: int = 0) -> Array:
    """The lower triangle of the last two dimensions, zeros above the diagonal.  dx = the same of g.

    >>> import autograd
    >>> tril(autograd.ones(2, 2))
    tensor([[1., 0.],
            [1., 1.]])
    """
    return _triangle("tril", x, diagonal, lower=True)


@primitive(c_order=True, x=lambda g, diagonal: np.triu(g, diagonal))
def triu(x: Array, diagonal: int = 0) -> Array:
    """The upper triangle of the last two dimensions, zeros below the diagonal.  dx = the same of g."""
    return _triangle("triu", x, diagonal, lower=False)


def _triangle(op: str, x: Array, diagonal: int, lower: bool) -> Array:
    if x.ndim < 2:
        raise ShapeError(f"{op}: needs at least 2 dimensions, got shape {x.shape}")
    mask = np.tri(x.shape[-2], x.shape[-1], diagonal if lower else diagonal - 1, bool)
    return keep(x, mask if lower else ~mask) if x.dtype.kind == "f" else x * (mask if lower else ~mask)


# ------------------------------------------------------------------------------------------------ windows


@primitive(x=lambda g, x_shape, dimension, step: _windows(g, x_shape, dimension, step))
def fold(x: Array, shape: tuple[int, ...], dimension: int, step: int) -> Array:
    """Zeros of `shape` with the windows in the last dimension added where `unfold` takes them.  dx = unfold(g)."""
    out = np.zeros(shape, x.dtype)
    if not shape:
        out.reshape(1)[: len(x)] = x
        return out
    d = checked_dim("fold", dimension, shape)
    target = np.moveaxis(out, d, -1)
    windows = np.moveaxis(x, d, -2)
    span = (x.shape[d] - 1) * step + 1
    for k in range(x.shape[-1]):
        target[..., k : k + span : step] += windows[..., k]
    return out


def _windows(g: Array, x_shape: tuple[int, ...], dimension: int, step: int) -> Array:
    return unfold(g, dimension, x_shape[-1], step)


@primitive(view=True, x=lambda g, x_shape, dimension, step: fold(g, x_shape, dimension, step))
def unfold(x: Array, dimension: int, size: int, step: int) -> Array:
    """The windows of `size` along a dimension, `step` apart, as a new last dimension: a view.

    dx = each element of g added where it came from.

    Raises:
        ShapeError: if a window is larger than the dimension.

    >>> import autograd
    >>> unfold(autograd.arange(5), 0, 3, 2)
    tensor([[0, 1, 2],
            [2, 3, 4]])
    """
    if not x.ndim:  # one window, of the one element or of none
        if size not in (0, 1):
            raise ShapeError(f"unfold: a window of {size} does not fit in a 0-d tensor")
        return x.reshape(1)[:size]
    d = checked_dim("unfold", dimension, x.shape)
    n = x.shape[d]
    if not 0 <= size <= n or step < 1:
        raise ShapeError(
            f"unfold: windows of {size}, {step} apart, do not fit in dim {dimension} of size {n} of {x.shape}"
        )
    shape = (*x.shape[:d], (n - size) // step + 1, *x.shape[d + 1 :], size)
    strides = (*x.strides[:d], x.strides[d] * step, *x.strides[d + 1 :], x.strides[d])
    return as_strided(x, shape, strides, writeable=x.flags.writeable)
