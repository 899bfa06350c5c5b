"""Creation: the coordinates of grids, and choices from vectors."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import devices, dtypes
from autograd.errors import ArgumentError, DTypeError, ShapeError
from autograd.ops import join
from autograd.ops import shape as shapes
from autograd.ops.index import getitem
from autograd.tape import wrap

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["tril_indices", "triu_indices", "meshgrid", "cartesian_prod", "combinations"]


def tril_indices(
    row: int, col: int, offset: int = 0, *, dtype: Any = "int64", device: Any = None, **place: Any
) -> Tensor:
    """The positions on and below a diagonal of a (row, col) matrix, row by row: shape (2, N).

    Raises:
        ArgumentError: if a size is negative.
        DTypeError: for another dtype than int32 and int64.

    >>> tril_indices(2, 2)
    tensor([[0, 1, 1],
            [0, 0, 1]])
    """
    devices.check(device, "tril_indices", **place)
    kind = _kind_of_indices("tril_indices", row, col, dtype)
    return wrap(np.array(np.tril_indices(row, offset, col), kind))


def triu_indices(
    row: int, col: int, offset: int = 0, *, dtype: Any = "int64", device: Any = None, **place: Any
) -> Tensor:
    """The positions on and above a diagonal of a (row, col) matrix, row by row: shape (2, N); see `tril_indices`."""
    devices.check(device, "triu_indices", **place)
    kind = _kind_of_indices("triu_indices", row, col, dtype)
    return wrap(np.array(np.triu_indices(row, offset, col), kind))


def _kind_of_indices(op: str, row: int, col: int, dtype: Any) -> np.dtype[Any]:
    if row < 0 or col < 0:
        raise ArgumentError(f"{op}: sizes must not be negative, got {row} and {col}")
    kind = dtypes.numpy_dtype(dtype)
    if kind.kind != "i" or kind.itemsize < 4:
        raise DTypeError(f"{op}: positions are int32 or int64, got {kind}")
    return kind


def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Tensor, ...]:
    """The coordinates of a grid: tensor i repeated along all dimensions but i.

    With indexing="xy" the first two dimensions are exchanged, as for the columns and rows of a picture.

    Raises:
        ArgumentError: without tensors, or for another indexing.
        ShapeError: for tensors of more than one dimension.
        DTypeError: if they have different dtypes.

    >>> import autograd
    >>> x, y = meshgrid(autograd.tensor([1, 2]), autograd.tensor([3, 4, 5]))
    >>> y
    tensor([[3, 4, 5],
            [3, 4, 5]])
    """
    given = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else tensors
    if indexing not in ("ij", "xy"):
        raise ArgumentError(f"meshgrid: indexing is 'ij' or 'xy', got {indexing!r}")
    if not given:
        raise ArgumentError("meshgrid: needs at least one tensor")
    if len({x.dtype for x in given}) > 1:
        raise DTypeError(f"meshgrid: needs tensors of one dtype, got {[x.dtype for x in given]}")
    if any(len(x.shape) > 1 for x in given):
        raise ShapeError(f"meshgrid: needs vectors or numbers, got shapes {[tuple(x.shape) for x in given]}")
    order = list(range(len(given)))
    if indexing == "xy" and len(given) > 1:
        order[:2] = 1, 0
    sizes = tuple(math.prod(given[i].shape) for i in order)
    return tuple(
        shapes.expand(shapes.reshape(x, tuple(-1 if i == d else 1 for d in order)), sizes)
        for i, x in enumerate(given)
    )


def cartesian_prod(*tensors: Any) -> Tensor:
    """Every combination of one element from each vector: shape (N, number of vectors).

    >>> import autograd
    >>> cartesian_prod(autograd.tensor([1, 2]), autograd.tensor([3, 4]))
    tensor([[1, 3],
            [1, 4],
            [2, 3],
            [2, 4]])
    """
    if any(len(x.shape) != 1 for x in tensors):
        raise ShapeError(f"cartesian_prod: needs vectors, got shapes {[tuple(x.shape) for x in tensors]}")
    if len(tensors) == 1:
        return tensors[0]  # type: ignore[no-any-return]  # the tensor it got
    return join.stack([shapes.flatten(x) for x in meshgrid(*tensors)], 1)


def combinations(input: Any, r: int = 2, with_replacement: bool = False) -> Tensor:
    """Every choice of r elements of a vector, in order: shape (N, r).

    >>> import autograd
    >>> combinations(autograd.tensor([1, 2, 3]))
    tensor([[1, 2],
            [1, 3],
            [2, 3]])
    """
    if len(input.shape) != 1 or r < 0:
        raise ShapeError(f"combinations: needs a vector and r >= 0, got shape {tuple(input.shape)} and r={r}")
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    chosen = np.array(list(choose(range(len(input)), r)), np.intp)
    return getitem(input, chosen.reshape(-1, r) if r else np.zeros(0, np.intp))
