"""Running results on ndarrays, fast: what scan.py and its derivatives are made of.

NumPy's `accumulate` goes through memory element by element: each waits for the one before. Along a dimension with many
lines beside each other a loop over whole slices is several times as fast. Along the last one, sums of blocks are
products with a triangle of ones.
"""

from __future__ import annotations

import functools
import itertools
import math
from typing import Any

import numpy as np

from autograd.dtypes import Array
from autograd.ops.along import positions_along

_BLOCK = 32  # elements that are summed by one product
_WIDE = 128  # lines beside each other from which on a loop over slices pays


def running_sums(x: Array, axis: int, reverse: bool = False) -> Array:
    """Sums of all up to each element (or from it on), in the dtype of x, a float32 or float64 array of any shape.

    >>> running_sums(np.array([1.0, 2.0, 3.0]), 0, reverse=True)
    array([6., 5., 3.])
    """
    axis %= x.ndim
    n = x.shape[axis]
    if axis == x.ndim - 1 and n >= 2 * _BLOCK and x.size >= 1 << 14 and x.dtype.char in "fd":
        sums = _by_blocks(x, n, reverse)
        if sums is not None:
            return sums
    if _slices_pay(x, axis):
        slices = np.moveaxis(x, axis, 0)
        slices = slices[::-1] if reverse else slices
        sums = np.moveaxis(_by_slices(np.add, slices, np.dtype(np.float64)), 0, axis)
        return np.ascontiguousarray(np.flip(sums, axis) if reverse else sums)
    turned = np.flip(x, axis) if reverse else x
    sums = np.add.accumulate(turned, axis, np.float64).astype(x.dtype, copy=False)
    return np.flip(sums, axis) if reverse else sums


def accumulated(ufunc: np.ufunc, x: Array, axis: int, wide: np.dtype[Any] | None = None) -> Array:
    """`ufunc.accumulate`, computed in the dtype `wide` and returned in that of x.

    >>> accumulated(np.maximum, np.array([1, 3, 2]), 0)
    array([1, 3, 3])
    """
    if _slices_pay(x, axis):
        return np.ascontiguousarray(np.moveaxis(_by_slices(ufunc, np.moveaxis(x, axis, 0), wide), 0, axis))
    return ufunc.accumulate(x, axis, wide or x.dtype).astype(x.dtype, copy=False)


def _slices_pay(x: Array, axis: int) -> bool:
    return bool(math.prod(x.shape[axis + 1 :]) >= _WIDE and x.shape[axis] > 1)


def _by_slices(ufunc: Any, slices: Array, wide: np.dtype[Any] | None) -> Array:
    """The running result over the first dimension, slice by slice."""
    sums = slices.astype(wide or slices.dtype, order="C")
    each = list(sums)
    for before, here in itertools.pairwise(each):
        ufunc(before, here, out=here)
    return sums.astype(slices.dtype, copy=False)


def _by_blocks(x: Array, n: int, reverse: bool) -> Array | None:
    """Running sums along the last dimension by products with a triangle; None where a number is not finite."""
    blocks = -(-n // _BLOCK)
    if blocks * _BLOCK != n:
        padded = np.zeros((*x.shape[:-1], blocks * _BLOCK), x.dtype)
        padded[..., :n] = x
    else:
        padded = x
    lines = padded.reshape(-1, _BLOCK)
    sums = (lines @ _triangle(x.dtype.char, reverse)).reshape(*x.shape[:-1], blocks, _BLOCK)
    totals = sums[..., 0] if reverse else sums[..., -1]
    if not np.isfinite(totals).all():  # nan and inf times the zeros of the triangle would reach too far
        return None
    if reverse:
        later = np.flip(np.add.accumulate(np.flip(totals[..., 1:], -1), -1, np.float64), -1)
        sums[..., :-1, :] += later.astype(x.dtype)[..., None]
    else:
        sums[..., 1:, :] += np.add.accumulate(totals[..., :-1], -1, np.float64).astype(x.dtype)[..., None]
    out = sums.reshape(padded.shape)
    return out if padded is x else np.ascontiguousarray(out[..., :n])


@functools.lru_cache(maxsize=8)
def _triangle(char: str, reverse: bool) -> Array:
    ones = np.ones((_BLOCK, _BLOCK), char)
    triangle = np.tril(ones) if reverse else np.triu(ones)
    triangle.flags.writeable = False
    return triangle


# ------------------------------------------------------------------------------------------ where the extremum is


def latest_positions(new: Array, axis: int) -> Array:
    """For each element the position along `axis` of the last one up to it that is new; the first of a line is.

    >>> latest_positions(np.array([True, False, True, False]), 0)
    array([0, 0, 2, 2])
    """
    n = new.shape[axis]
    if not new.size:
        return np.zeros(new.shape, np.int64)
    if axis == new.ndim - 1:
        starts = np.flatnonzero(new)
        lengths = np.diff(starts, append=new.size)
        return np.repeat(starts % n, lengths).reshape(new.shape)
    place = np.arange(n).reshape((-1,) + (1,) * (new.ndim - 1 - axis))
    return accumulated(np.maximum, np.where(new, place, 0), axis)


def sums_of_runs(x: Array, index: Array, axis: int) -> Array:
    """x added up at `index` along `axis`, which names for each element its own position or the one named before it.

    >>> sums_of_runs(np.array([1.0, 2.0, 3.0]), np.array([0, 0, 2]), 0)
    array([3., 0., 3.])
    """
    n = x.shape[axis]
    if axis == x.ndim - 1 and x.size:
        out = np.zeros(x.shape, x.dtype)
        starts = np.flatnonzero(index.reshape(-1, n) == np.arange(n))
        out.reshape(-1)[starts] = np.add.reduceat(x.reshape(-1), starts)
        return out
    sums = np.bincount(positions_along(x.shape, index, axis).reshape(-1), x.reshape(-1), x.size)
    return sums.reshape(x.shape).astype(x.dtype)


def elements_of_runs(x: Array, index: Array, axis: int) -> Array:
    """The elements of x at `index` along `axis`, which stays or moves on to its own place.

    >>> elements_of_runs(np.array([1.0, 2.0, 3.0]), np.array([0, 0, 2]), 0)
    array([1., 1., 3.])
    """
    n = x.shape[axis]
    if axis != x.ndim - 1 or not x.size:
        taken: Array = x.take(positions_along(x.shape, index, axis))
        return taken
    starts = np.flatnonzero(index.reshape(-1, n) == np.arange(n))
    found: Array = np.repeat(x.reshape(-1)[starts], np.diff(starts, append=x.size)).reshape(x.shape)
    return found
