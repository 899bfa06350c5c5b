"""A tensor seen at other places along one dimension: interpolation, and means of windows of different sizes.

Each new place is a weighted sum of a few old ones next to each other, its taps. So all of them together are a matrix
with a band of numbers, and blocks of its rows are small dense matrices: `resample` is a product with one after the
other, which BLAS does. The derivative is the product with the transpose.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from autograd.kernels.windows import empty_like, in_memory_order
from autograd.primitive import Array, primitive

__all__ = ["Taps", "resample"]

_ROWS = 64  # of the matrix, in a block


class Taps:
    """Of each new place: where its taps are among `size` old ones, and their weights.

    places:   (new, taps) integers, in any order; a place may be named twice
    weights:  (new, taps) float64
    inside:   which of the taps there are; all if it is left out
    picks:    whether each new place is one old one
    """

    def __init__(self, places: Array, weights: Array, size: int, inside: Array | None = None) -> None:
        self.places, self.weights, self.size = places, weights, size
        self.count, self.inside = len(places), inside
        self._cast: dict[np.dtype[Any], list[tuple[slice, slice, Array]]] = {}
        self.picks = places.shape[1] == 1 and bool((weights == 1).all())
        self.is_identity = self.picks and self.count == size and bool((places[:, 0] == np.arange(size)).all())

    def __repr__(self) -> str:
        return f"Taps({self.places.shape[1]} of {self.size} to {self.count})"

    @functools.cached_property
    def blocks(self) -> list[tuple[slice, slice, Array]]:
        """(new places, old places, matrix) of each block; the blocks have all that is not 0."""
        found = []
        for start in range(0, self.count, _ROWS):
            rows = slice(start, min(start + _ROWS, self.count))
            places, weights = self.places[rows], self.weights[rows]
            low, high = int(places.min()), int(places.max()) + 1
            matrix = np.zeros((len(places), high - low))
            np.add.at(matrix, (np.arange(len(places))[:, None], places - low), weights)
            found.append((rows, slice(low, high), matrix))
        return found

    def blocks_in(self, dtype: np.dtype[Any]) -> list[tuple[slice, slice, Array]]:
        """The blocks with their matrices in a dtype."""
        if dtype not in self._cast:
            self._cast[dtype] = [(new, old, matrix.astype(dtype)) for new, old, matrix in self.blocks]
        return self._cast[dtype]

    @functools.cached_property
    def matrix(self) -> Any:
        """The whole as a sparse matrix, for numbers that are not finite: 0 times infinity would be nan."""
        from scipy.sparse import csr_array

        rows = np.repeat(np.arange(self.count), self.places.shape[1])
        wanted = slice(None) if self.inside is None else self.inside.reshape(-1)
        entries = self.weights.reshape(-1)[wanted], (rows[wanted], self.places.reshape(-1)[wanted])
        return csr_array(entries, shape=(self.count, self.size))


def _turned(g: Any, taps: Taps, dim: int, transposed: bool) -> Any:
    return resample(g, taps, dim, not transposed)


@primitive(x=lambda g, taps, dim, transposed: _turned(g, taps, dim, transposed))
def resample(x: Array, taps: Taps, dim: int, transposed: bool = False) -> Array:
    """The weighted sums of taps along `dim`, counted from the last, -1; or, transposed, their derivative."""
    wide = x.astype(np.float32) if x.dtype == np.float16 else x
    if taps.picks and not transposed:
        return x.take(taps.places[:, 0], dim)
    there, order = in_memory_order(wide)
    n = taps.size if transposed else taps.count
    shape = (*x.shape[: x.ndim + dim], n, *x.shape[x.ndim + dim + 1 :])
    out = empty_like(wide, shape)
    if not (there.flags.c_contiguous and out.transpose(order).flags.c_contiguous):  # in the same order as x
        there, order = np.array(x, wide.dtype, order="C"), tuple(range(x.ndim))
        out = np.empty(shape, wide.dtype)
    axis = order.index(x.ndim + dim)
    before, after = math.prod(there.shape[:axis]), math.prod(there.shape[axis + 1 :])
    memory = out.transpose(order).reshape(before, n, after)
    _product(there.reshape(before, there.shape[axis], after), taps, transposed, memory)
    return out.astype(x.dtype, copy=False)


def _product(x: Array, taps: Taps, transposed: bool, out: Array) -> None:
    """Write the matrix, or its transpose, times each (·, after) of x to `out`."""
    blocks = taps.blocks_in(x.dtype)
    single = len(blocks) == 1 and (not transposed or blocks[0][1] == slice(0, taps.size))
    if transposed and not single:
        out.fill(0)
    for new, old, weights in blocks:
        if single:
            _times(weights.T if transposed else weights, x if transposed else x[:, old], out)
        elif transposed:
            part = out[:, old]
            part += _times(weights.T, x[:, new])
        else:
            out[:, new] = _times(weights, x[:, old])
    if out.size and not np.isfinite(np.add.reduce(out.reshape(-1))):
        out[...] = _exact(x, taps, transposed)


def _times(matrix: Array, x: Array, out: Array | None = None) -> Array:
    """matrix @ x[i] for each i; of a single column each as one product."""
    if x.shape[2] == 1:
        return np.matmul(x[:, :, 0], matrix.T, out=None if out is None else out[:, :, 0])[:, :, None]
    return np.matmul(matrix, x, out=out)


def _exact(x: Array, taps: Taps, transposed: bool) -> Array:
    """The same with each number taken only where it has a weight: infinities do not spread."""
    matrix = taps.matrix.T if transposed else taps.matrix
    columns = x.transpose(1, 0, 2).reshape(x.shape[1], -1)
    found = np.asarray(matrix.astype(x.dtype) @ columns)
    return np.ascontiguousarray(found.reshape(-1, x.shape[0], x.shape[2]).transpose(1, 0, 2))
