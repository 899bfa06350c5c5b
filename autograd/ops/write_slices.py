"""Copies with one part written: the part that `select`, a slice or `diagonal` would read."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.composite import composite
from autograd.dims import checked_dim
from autograd.errors import ArgumentError, DimensionError, ShapeError
from autograd.ops.index import put, setitem
from autograd.ops.rearrange import diagonal

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["diagonal_scatter", "select_scatter", "slice_scatter"]


@composite
def select_scatter(input: Any, src: Any, dim: int, index: int) -> Tensor:
    """A copy of `input` with `src` in the place of `select(input, dim, index)`.

    Raises:
        ShapeError: if `src` has another shape than that.

    >>> import autograd
    >>> select_scatter(autograd.zeros(2, 2), autograd.ones(2), 0, 1)
    tensor([[0., 0.],
            [1., 1.]])
    """
    shape = tuple(input.shape)
    if not shape:
        raise DimensionError("select_scatter: a 0-d tensor has no slices")
    d, i = checked_dim("select_scatter", dim, shape), operator.index(index)
    if not -shape[d] <= i < shape[d]:
        raise DimensionError(
            f"select_scatter: index {index} is out of range for size {shape[d]} of dim {dim}"
        )
    _fits("select_scatter", src, shape[:d] + shape[d + 1 :])
    return setitem(input, src, (*(slice(None),) * d, i, ...))


@composite
def slice_scatter(
    input: Any, src: Any, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Tensor:
    """A copy of `input` with `src` in the place of the slice start:end:step along `dim`.

    Raises:
        ShapeError: if `src` has another shape than the slice.
        ArgumentError: if step is not positive.

    >>> import autograd
    >>> slice_scatter(autograd.zeros(5), autograd.ones(2), start=1, end=4, step=2)
    tensor([0., 1., 0., 1., 0.])
    """
    shape = tuple(input.shape)
    d = checked_dim("slice_scatter", dim, shape)
    if step < 1:
        raise ArgumentError(f"slice_scatter: step must be positive, got {step}")
    part = slice(start, end, step)
    _fits("slice_scatter", src, (*shape[:d], len(range(shape[d])[part]), *shape[d + 1 :]))
    return setitem(input, src, (*(slice(None),) * d, part, ...))


@composite
def diagonal_scatter(input: Any, src: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """A copy of `input` with `src` on a diagonal.

    Raises:
        ShapeError: if `src` has another shape than the diagonal.

    >>> import autograd
    >>> diagonal_scatter(autograd.zeros(2, 2), autograd.ones(2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    shape = tuple(input.shape)
    positions = diagonal(np.arange(int(np.prod(shape))).reshape(shape), offset, dim1, dim2)
    _fits("diagonal_scatter", src, positions.shape)
    return put(input, np.array(positions), src)


def _fits(op: str, src: Any, shape: tuple[int, ...]) -> None:
    if tuple(src.shape) != shape:
        raise ShapeError(
            f"{op}: src must have the shape of what it replaces, {shape}, got {tuple(src.shape)}"
        )
