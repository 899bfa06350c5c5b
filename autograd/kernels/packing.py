"""Packing: from a padded batch of sequences to their elements alone, and back. Each is the other's derivative."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from autograd.errors import ShapeError
from autograd.primitive import Array, primitive

__all__ = ["pack_rows", "unpack_rows"]


def _runs(sizes: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """(step, how many steps, how many sequences) of consecutive steps with equally many sequences."""
    start = 0
    while start < len(sizes):
        steps = next((i for i in range(start, len(sizes)) if sizes[i] != sizes[start]), len(sizes)) - start
        yield start, steps, sizes[start]
        start += steps


def _back(g: Array, x_shape: tuple[int, ...], sizes: Sequence[int]) -> Array:
    return unpack_rows(g, sizes, x_shape[0], x_shape[1], 0.0)


@primitive(quiet=False, x=_back)
def pack_rows(x: Array, sizes: Sequence[int]) -> Array:
    """The first sizes[t] rows of each step t of x (steps, sequences, *), one after another.  dx = unpack_rows(g).

    Raises:
        ShapeError: if there are fewer steps or sequences.

    >>> import autograd
    >>> pack_rows(autograd.tensor([[1, 2], [3, 0]]), (2, 1))
    tensor([1, 2, 3])
    """
    if x.ndim < 2 or len(sizes) > len(x) or max(sizes, default=0) > x.shape[1]:
        raise ShapeError(
            f"pack_rows: cannot take {list(sizes)} rows of the steps of an array of shape {x.shape}"
        )
    parts = [x[t : t + n, :width].reshape(n * width, *x.shape[2:]) for t, n, width in _runs(sizes)]
    return np.concatenate(parts)


@primitive(quiet=False, x=lambda g, sizes: pack_rows(g, sizes))
def unpack_rows(x: Array, sizes: Sequence[int], steps: int, sequences: int, value: float) -> Array:
    """The inverse of `pack_rows`: (steps, sequences, *), with `value` where there is no row.  dx = pack_rows(g).

    >>> import autograd
    >>> unpack_rows(autograd.tensor([1, 2, 3]), (2, 1), 2, 2, 0)
    tensor([[1, 2],
            [3, 0]])
    """
    out = np.full((steps, sequences, *x.shape[1:]), value, x.dtype)
    start = 0
    for t, n, width in _runs(sizes):
        out[t : t + n, :width] = x[start : start + n * width].reshape(n, width, *x.shape[1:])
        start += n * width
    return out
