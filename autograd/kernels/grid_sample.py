"""An image read at any points, as a fused kernel: each value is a weighted sum of a few pixels, its taps.

The taps of all points are found at once, a dimension in each row of an array. A pixel is a row (C,) of a table, in
which each image has a border of zeros: points outside are brought to the border, so that none of them is a case of its
own. `composed` is the same in small operations, for all orders of derivatives, and for bicubic interpolation.
"""

from __future__ import annotations

import functools
import itertools
import math
from typing import Any, NamedTuple

import numpy as np

from autograd import ops
from autograd.create_like import ones_like, zeros_like
from autograd.kernels.mixtures import mixed, sparse
from autograd.kernels.taps import CUBIC, keys_far, keys_near
from autograd.primitive import Array, primitive
from autograd.ranges import arange
from autograd.tape import wrap

__all__ = ["composed", "grid_sample_"]

_BORDER = 2  # pixels on each side, so that both neighbours of a point can lie outside
_FEW = 1 << 15  # numbers read, up to which they are gathered; the product with a sparse matrix begins slowly
_BLOCK = 1 << 15  # numbers that stay in cache


class _Taps(NamedTuple):
    """Of all points: the pixels they read.

    places: (taps of a point, points) rows of the table
    shares: (dimensions, 2, points): the shares of both neighbours along each dimension; None if there is one pixel
    weights: (taps of a point, points): their products; None for ones
    slopes: (dimensions, points or 1): the derivative of pixels by the grid's numbers
    """

    places: Array
    shares: Array | None
    weights: Array | None
    slopes: Array


class _Frame(NamedTuple):
    """What all calls with images of one shape share."""

    sizes: Array  # (dimensions, 1), as the grid's kind of numbers
    slopes: Array  # (dimensions, 1): pixels by the grid's numbers
    strides: Array  # (dimensions, 1): from pixel to pixel, in rows of the table
    steps: Array  # (taps, 1): from a point's first tap to each
    starts: Array  # (images, 1): the row of each image's first pixel


@functools.lru_cache(maxsize=64)
def _frame(lead: int, sizes: tuple[int, ...], kind: np.dtype[Any], corners: bool) -> _Frame:
    size = np.array(sizes, kind)[:, None]
    padded = [n + 2 * _BORDER for n in sizes]
    strides = [math.prod(padded[d + 1 :]) for d in range(len(sizes))]
    steps = [sum(step) for step in itertools.product(*((0, stride) for stride in strides))]
    starts = np.arange(lead) * math.prod(padded) + _BORDER * sum(strides)
    slopes = (size - 1) / 2 if corners else size / 2
    return _Frame(size, slopes, np.array(strides)[:, None], np.array(steps)[:, None], starts[:, None])


def _taps(shape: tuple[int, ...], grid: Array, mode: str, padding_mode: str, corners: bool) -> _Taps:
    frame = _frame(shape[0], shape[2:], grid.dtype, corners)
    n, count = grid.shape[-1], math.prod(grid.shape[:-1])
    c = np.add(grid.reshape(count, n).T[::-1], 1, order="C")  # the first dimension's number is the last
    slopes = frame.slopes
    c *= slopes
    if not corners:
        c -= 0.5
    if padding_mode != "zeros":
        c, slopes = _inside(c, frame.sizes, slopes, padding_mode, corners)
    c = np.fmin(np.fmax(c, -_BORDER), frame.sizes)  # what is nan, too, is outside
    low = np.rint(c) if mode == "nearest" else np.floor(c)
    whole = low.astype(np.intp)
    whole *= frame.strides
    place = np.add.reduce(whole, 0)
    images = place.reshape(shape[0], math.prod(grid.shape[1:-1]))
    images += frame.starts
    if mode == "nearest":
        return _Taps(place[None], None, None, slopes)
    shares = np.empty((n, 2, count), c.dtype)
    np.subtract(c, low, out=shares[:, 1])
    np.subtract(1, shares[:, 1], out=shares[:, 0])
    weights = shares[0]
    for share in shares[1:]:
        weights = (weights[:, None] * share).reshape(2 * len(weights), count)
    return _Taps(place + frame.steps, shares, weights, slopes)


def _inside(c: Array, size: Array, slopes: Array, padding_mode: str, corners: bool) -> tuple[Array, Array]:
    """The pixel that stands for one outside, and its derivative, which is 0 at the border as in PyTorch."""
    np.copyto(c, 0, where=np.isnan(c) if padding_mode == "border" else ~np.isfinite(c))
    if padding_mode == "reflection":
        low = 0 if corners else -0.5
        span = np.maximum(size - 1, 1) if corners else size
        c -= low
        distance = np.abs(c)
        flips = np.floor(distance / span)
        extra = distance - flips * span
        back = np.remainder(flips, 2) != 0
        slopes = slopes * np.where(back != (c < 0), -1, 1).astype(c.dtype)
        c = np.where(back, span - extra, extra)
        c += low
    slopes = slopes * ((c > 0) & (c < size - 1))
    return np.clip(c, 0, size - 1), slopes


def _table(lead: int, sizes: tuple[int, ...], channels: int, dtype: Any) -> tuple[Array, Array]:
    """Rows of zeros for all pixels and borders, and the part of them that is the images: (N, …, C)."""
    padded = [size + 2 * _BORDER for size in sizes]
    rows = np.zeros((lead * math.prod(padded), channels), dtype)
    middle = (slice(None), *(slice(_BORDER, -_BORDER),) * len(sizes))
    return rows, rows.reshape(lead, *padded, channels)[middle]


def _filled(x: Array) -> Array:
    """The table of x (N, C, …)."""
    rows, images = _table(x.shape[0], x.shape[2:], x.shape[1], x.dtype)
    if x.shape[1] > x.shape[-1]:
        images[...] = np.moveaxis(x, 1, -1)
    else:  # long lines of pixels go faster than short ones of channels
        for channel in range(x.shape[1]):
            images[..., channel] = x[:, channel]
    return rows


def _matrix(taps: _Taps, rows: int, dtype: Any) -> Any:
    """The sparse matrix (points, rows of the table) of the weights."""
    weights = np.ones(taps.places.shape, dtype) if taps.weights is None else taps.weights
    return sparse(np.ascontiguousarray(weights.T), np.ascontiguousarray(taps.places.T), rows)


def _gradients(
    g: Array, x: Array, grid: Array, mode: str, padding_mode: str, corners: bool, needs: tuple[bool, bool]
) -> tuple[Array | None, Array | None]:
    taps = _taps(x.shape, grid, mode, padding_mode, corners)
    k, count = taps.places.shape
    g_rows = np.ascontiguousarray(np.moveaxis(g, 1, -1)).reshape(count, x.shape[1])
    dx = dgrid = None
    if needs[0]:
        rows, images = _table(x.shape[0], x.shape[2:], x.shape[1], x.dtype)
        if k * count < 64:
            np.add.at(rows, taps.places, g_rows if taps.weights is None else taps.weights[..., None] * g_rows)
        else:
            rows[...] = _matrix(taps, len(rows), x.dtype).T @ g_rows
        dx = np.ascontiguousarray(np.moveaxis(images, -1, 1))
    if needs[1]:
        dgrid = np.zeros(grid.shape, grid.dtype)
        if taps.shares is not None:
            found = _by_points(g_rows, _filled(x), taps, taps.shares)
            dgrid.reshape(count, grid.shape[-1]).T[::-1] = found
    return dx, dgrid


def _by_points(g_rows: Array, table: Array, taps: _Taps, shares: Array) -> Array:
    """The gradient by each of the grid's numbers: (dimensions, points)."""
    n = len(shares)
    by_weight = np.empty(taps.places.shape, g_rows.dtype)
    size = max(1, _BLOCK // (len(by_weight) * max(1, table.shape[1])))
    ones = np.ones(table.shape[1], table.dtype)
    for part in (slice(start, start + size) for start in range(0, len(g_rows), size)):
        read = table.take(taps.places[:, part], 0)
        read *= g_rows[part]
        by_weight[:, part] = read @ ones
    by_weight = by_weight.reshape(*(2,) * n, -1)
    found = np.empty((n, by_weight.shape[-1]), g_rows.dtype)
    for d in range(n):
        slope = by_weight.take(1, d) - by_weight.take(0, d)
        for e in reversed(range(n)):
            if e != d:
                slope = (slope * shares[e]).sum(-2)
        found[d] = slope
    found *= taps.slopes
    return found


def composed(x: Any, grid: Any, mode: str, padding_mode: str, corners: bool) -> Any:
    """The same in small primitives, also for the mode "bicubic"."""
    x, grid = (wrap(v) if isinstance(v, np.ndarray) else v for v in (x, grid))
    shape, points, n = tuple(x.shape), tuple(grid.shape)[1:-1], grid.shape[-1]
    sizes = shape[2:]
    batch, channels, inside = shape[0], shape[1], math.prod(sizes)
    flat = ops.reshape(grid, (batch * math.prod(points), n))
    at = [_unnormalised(flat[:, n - 1 - d], sizes[d], corners) for d in range(n)]
    if mode == "bicubic":
        taps = [_cubic_taps(c) for c in at]
    else:
        at = [_pixel_for(c, size, padding_mode, corners) for c, size in zip(at, sizes, strict=True)]
        taps = [[(ops.round(c.detach()), None)] if mode == "nearest" else _linear_taps(c) for c in at]
    first = ops.reshape(arange(batch).unsqueeze(1).expand(batch, math.prod(points)), (-1,)) * inside
    places, weights = [], []
    for combination in itertools.product(*taps):
        place, weight, valid = first, None, None
        for d, (where, share) in enumerate(combination):
            if mode == "bicubic":
                where = _pixel_for(where, sizes[d], padding_mode, corners)
                where = ops.round(where) if padding_mode != "zeros" else where
            good = (where >= 0) & (where <= sizes[d] - 1)
            valid = good if valid is None else valid & good
            place = place + where.long() * math.prod(sizes[d + 1 :])
            if share is not None:
                weight = share if weight is None else weight * share
        places.append(ops.where(valid, place, batch * inside))  # outside: a row of zeros behind all others
        weights.append(_ones(at[0]) if weight is None else weight)
    rows = ops.reshape(ops.movedim(x, 1, -1), (batch * inside, channels))
    rows = ops.constant_pad_nd(rows, (0, 0, 0, 1))
    found = mixed(rows, ops.stack(weights, 1), ops.stack(places, 1))
    return ops.movedim(ops.reshape(found, (batch, *points, channels)), -1, 1).contiguous()


def _unnormalised(c: Any, size: int, corners: bool) -> Any:
    """From [−1, 1] to pixels."""
    return (c + 1) / 2 * (size - 1) if corners else ((c + 1) * size - 1) / 2


def _pixel_for(c: Any, size: int, padding_mode: str, corners: bool) -> Any:
    """The coordinate of the pixel that stands for one outside."""
    if padding_mode == "zeros":
        return c
    nowhere = ops.isnan(c) if padding_mode == "border" else ops.logical_not(ops.isfinite(c))
    c = ops.masked_fill(c, nowhere, 0.0)
    if padding_mode == "reflection":
        c = _reflected(c, 0, 2 * (size - 1)) if corners else _reflected(c, -1, 2 * size - 1)
    if size == 1:
        return c * 0
    return ops.hardtanh(c, 0.0, size - 1.0)  # its gradient at the bounds is 0, as PyTorch's here


def _reflected(c: Any, twice_low: int, twice_high: int) -> Any:
    """c brought between low and high by reflecting at them."""
    if twice_low == twice_high:
        return c * 0
    low, span = twice_low / 2, (twice_high - twice_low) / 2
    distance = c - low
    distance = ops.where(distance < 0, -distance, distance)
    flips = ops.floor(distance.detach() / span)
    extra = distance - flips * span
    return ops.where(ops.remainder(flips, 2) == 0, extra, span - extra) + low


def _ones(c: Any) -> Any:
    """Ones with a gradient to c, of zeros."""
    return ops.where(zeros_like(c).bool(), c, ones_like(c))


def _linear_taps(c: Any) -> list[tuple[Any, Any]]:
    """(pixel, weight) of the two neighbours."""
    low = ops.floor(c.detach())
    right = c - low
    return [(low, 1 - right), (low + 1, right)]


def _cubic_taps(c: Any) -> list[tuple[Any, Any]]:
    """(pixel, weight) of four neighbours, by the cubic convolution of Keys (1981)."""
    low = ops.floor(c.detach())
    t = c - low
    return [
        (low - 1, keys_far(t + 1, CUBIC)),
        (low, keys_near(t, CUBIC)),
        (low + 1, keys_near(1 - t, CUBIC)),
        (low + 2, keys_far(2 - t, CUBIC)),
    ]


@primitive(joint=_gradients, reference=composed)
def grid_sample_(x: Array, grid: Array, mode: str, padding_mode: str, corners: bool) -> Array:
    """x (N, C, H, W) at the points of grid (N, Hₒ, Wₒ, 2): (N, C, Hₒ, Wₒ); volumes alike. Mode "bilinear" or "nearest".

    out[p] = Σₖ w[k] x[pixel k];  dx[pixel k] = Σ w[k] g[p],  dgrid = Σₖ (∂w[k] / ∂grid) g[p] · x[pixel k].
    """
    taps = _taps(x.shape, grid, mode, padding_mode, corners)
    table = _filled(x)
    if taps.weights is None:
        found = table.take(taps.places[0], 0)
    elif taps.places.size * x.shape[1] <= _FEW:
        read = table.take(taps.places, 0)
        read *= taps.weights[..., None]
        found = np.add.reduce(read, 0)
    else:
        found = np.asarray(_matrix(taps, len(table), x.dtype) @ table)
    return np.ascontiguousarray(np.moveaxis(found.reshape(*grid.shape[:-1], x.shape[1]), -1, 1))
