"""Where interpolation looks, and with which weights: PyTorch's formulas for each mode.

Place i of the result is at (i + ½)·scale − ½ of the input, if pixels are squares with the corners of both images in one
place, or at i·scale if the centres of the outermost pixels are (align_corners). The weights are in float64.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.dtypes import Array
from autograd.kernels.resample import Taps

CUBIC = -0.75
"""PyTorch's a of the cubic convolution; antialiasing has −½."""


@functools.lru_cache(maxsize=256)
def nearest(size: int, count: int, factor: float | None, exact: bool, shortcut: bool) -> Taps:
    """The one old place under each new one; `exact` takes the middle of the new one, else its edge.

    The scale is rounded to float32, as in PyTorch. `shortcut` leaves out an odd factor, as PyTorch does for images:
    equal sizes are a copy, and twice the size repeats each place.
    """
    i = np.arange(count)
    if shortcut and (count == size or (count == 2 * size and not exact)):
        places = i * size // count
    else:
        scale = np.float32(1 / factor) if factor else np.float32(size) / np.float32(count)
        at = (i.astype(np.float32) + np.float32(0.5 if exact else 0)) * scale
        places = np.minimum(np.floor(at).astype(np.int64), size - 1)
    return Taps(places[:, None], np.ones((count, 1)), size)


def _scale(size: int, count: int, align_corners: bool, factor: float | None) -> float:
    """How many old places a new one is wide."""
    if align_corners:
        return (size - 1) / (count - 1) if count > 1 else 0.0
    return 1 / factor if factor else size / count


def _divided(at: Array, size: int) -> tuple[Array, Array]:
    """The place left of each point, and how far the point is from it; rounded down in float32, as PyTorch does."""
    low = np.minimum(np.floor(at.astype(np.float32)).astype(np.int64), size - 1)
    return low, np.clip(at - low, 0, 1)


@functools.lru_cache(maxsize=256)
def linear(size: int, count: int, align_corners: bool, factor: float | None) -> Taps:
    """The two neighbours, by distance."""
    i = np.arange(count, dtype=np.float64)
    if count == size:
        return Taps(np.arange(count)[:, None], np.ones((count, 1)), size)
    scale = _scale(size, count, align_corners, factor)
    at = i * scale if align_corners else np.maximum((i + 0.5) * scale - 0.5, 0)
    low, right = _divided(at, size)
    return Taps(np.stack([low, np.minimum(low + 1, size - 1)], 1), np.stack([1 - right, right], 1), size)


@functools.lru_cache(maxsize=256)
def cubic(size: int, count: int, align_corners: bool, factor: float | None) -> Taps:
    """Four neighbours, by the cubic convolution of Keys (1981); the outermost stand for what is beyond."""
    i = np.arange(count, dtype=np.float64)
    scale = _scale(size, count, align_corners, factor)
    at = i * scale if align_corners else (i + 0.5) * scale - 0.5
    low, right = _divided(at, size)
    places = np.clip(low[:, None] + np.arange(-1, 3), 0, size - 1)
    distance = np.abs(right[:, None] - np.arange(-1, 3))
    return Taps(places, keys(distance, CUBIC), size)


def keys(x: Array, a: float) -> Array:
    """The cubic convolution kernel at a distance x.

    >>> keys(np.array([0.0, 1.0, 1.5]), -0.5)
    array([ 1.    ,  0.    , -0.0625])
    """
    return np.where(x < 1, keys_near(x, a), np.where(x < 2, keys_far(x, a), 0.0))


def keys_near(x: Any, a: float) -> Any:
    """The same where x ≤ 1; also of tensors."""
    return ((a + 2) * x - (a + 3)) * x * x + 1


def keys_far(x: Any, a: float) -> Any:
    """The same where 1 ≤ x ≤ 2; also of tensors."""
    return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a


def _triangle(x: Array) -> Array:
    out: Array = np.maximum(1 - np.abs(x), 0)
    return out


def _cubic_half(x: Array) -> Array:
    return keys(np.abs(x), -0.5)


def _lanczos(x: Array) -> Array:
    return np.where(np.abs(x) < 3, np.sinc(x) * np.sinc(x / 3), 0.0)


_FILTERS: dict[str, tuple[int, Callable[[Array], Array]]] = {
    "linear": (2, _triangle),
    "cubic": (4, _cubic_half),
    "lanczos": (6, _lanczos),
}


@functools.lru_cache(maxsize=256)
def antialiased(kind: str, size: int, count: int, align_corners: bool, factor: float | None) -> Taps:
    """All places under a filter that is as wide as a new place, where that is wider than an old one.

    kind: "linear", "cubic" or "lanczos".
    """
    width, curve = _FILTERS[kind]
    scale = _scale(size, count, align_corners, factor)
    stretch = max(scale, 1.0)
    support = width / 2 * stretch
    centre = scale * (np.arange(count) + 0.5)
    low = np.maximum((centre - support + 0.5).astype(np.int64), 0)
    high = np.minimum((centre + support + 0.5).astype(np.int64), size)
    most = min(math.ceil(support) * 2 + 1, size)
    places = low[:, None] + np.arange(most)
    inside = places < np.minimum(high, low + most)[:, None]
    weights = np.where(inside, curve((places - centre[:, None] + 0.5) / stretch), 0.0)
    total = weights.sum(1, keepdims=True)
    weights = weights / np.where(total == 0, 1, total)
    return Taps(np.where(inside, places, np.minimum(low, size - 1)[:, None]), weights, size, inside)


@functools.lru_cache(maxsize=256)
def shares(size: int, count: int) -> Taps:
    """The mean of each of `count` windows that cover all places: from ⌊i·size / count⌋ to ⌈(i + 1)·size / count⌉."""
    low, high = edges(size, count)
    lengths = high - low
    k = np.arange(int(lengths.max(initial=1)))
    inside = k < lengths[:, None]
    places = low[:, None] + np.where(inside, k, 0)
    return Taps(places, np.where(inside, 1 / lengths[:, None], 0.0), size, inside)


def edges(size: int, count: int) -> tuple[Array, Array]:
    """Where each window of an adaptive pool begins and ends.

    >>> edges(5, 3)
    (array([0, 1, 3]), array([2, 4, 5]))
    """
    i = np.arange(count)
    return i * size // count, -(-(i + 1) * size // count)
