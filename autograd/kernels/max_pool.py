"""Maxima over windows, and their derivative: the gradient of a window goes to its first largest element.

The forward pass is a maximum of strided slices of the input, in whatever order its dimensions lie in memory. The
winners are found by comparing the same slices with it: where windows tile the input, and a gradient will be asked for,
right away, a byte for each (`noted_max_pool`); else by the derivative, which takes the maximum again (`max_pool`). The
result is not saved, and may be written to in place. `routed` sends a window's number to its winner and `collected`
reads it there; each is the other's derivative, so every order is there.

As in PyTorch, of equal elements the first wins, and of several that are nan the last.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.errors import DTypeError
from autograd.kernels.image_layout import laid_like
from autograd.kernels.windows import Windows, along, empty_like, in_memory_order
from autograd.primitive import Array, primitive

__all__ = ["collected", "max_pool", "noted_max_pool", "routed", "winners"]

_BITS = {2: np.int16, 4: np.int32, 8: np.int64}  # itemsize of a float -> integers of that size
_FEW = 9  # places of a window, up to which the derivative compares each of them


def _to_winners(g: Any, x: Any, windows: Windows) -> Any:
    return routed(g, x, windows)


def _from_winners(v: Any, x: Any, windows: Windows) -> Any:
    return collected(v, x, windows)


@primitive(flat=True, x=lambda g, x, windows: _to_winners(g, x, windows))
def max_pool(x: Array, windows: Windows) -> Array:
    """The largest element of each window over the last dimensions; nan if there is one.  dx = g at the winners."""
    if x.dtype.kind == "b":
        raise DTypeError("max_pool: there is no maximum of bools, got bool; convert with .to()")
    return _largest(x, windows)


def _to_noted(g: Any, x: Any, number: Any, windows: Windows) -> Any:
    """As `routed`, with the winners' numbers at hand."""
    if type(g) is not np.ndarray or number is None:
        return routed(g, x, windows)
    g = laid_like(g, x)
    found = empty_like(x, x.shape, g.dtype)
    target, bits = found.view(_BITS[g.itemsize]), g.view(_BITS[g.itemsize])
    for k, (_, places) in enumerate(windows.places):
        np.multiply(bits, number == k, out=target[places])
    return found


@primitive(flat=True, residuals=("number",), x=lambda g, x, number, windows: _to_noted(g, x, number, windows))
def noted_max_pool(x: Array, windows: Windows) -> Any:
    """`max_pool` of windows that tile floats, which notes for each window the number of its winner.  dx = g there.

    What it notes is None where there is a nan.
    """
    best = _largest(x, windows)
    if _has_nan(best):
        return best, None
    first, *others = (places for _, places in windows.places)
    lost = x[first] != best
    number = lost.astype(np.uint8)
    for places in others[:-1]:  # who has lost to the first k counts one more
        lost &= x[places] != best
        number += lost
    return best, number


def _largest(x: Array, windows: Windows) -> Array:
    """The largest element of each window."""
    out = x
    for dim in range(-len(windows.spans), 0):  # the first dimension first: its slices are the longest strips
        out = _largest_along(out, windows, dim)
    return out


def _largest_along(x: Array, windows: Windows, dim: int) -> Array:
    """The largest element of each window along one dimension."""
    span = windows.spans[dim]
    if span.is_whole:
        return np.maximum.reduce(x, axis=dim, keepdims=True)
    n = len(windows.spans)
    views = [(along(n, dim, w), x[along(n, dim, p)]) for w, p in span.parts]
    if span.is_full and len(views) > 1:
        out: Array = np.maximum(views[0][1], views[1][1])
        for _, view in views[2:]:
            np.maximum(out, view, out=out)
        return out
    shape = (*x.shape[: x.ndim + dim], span.windows, *x.shape[x.ndim + dim + 1 :])
    out = empty_like(x, shape)
    out.fill(-np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min)
    for where, view in views:
        np.maximum(out[where], view, out=out[where])
    return out


# ------------------------------------------------------------------------------------------------ the winners


@primitive(v=lambda g, x, windows: _from_winners(g, x, windows), x=None)
def routed(v: Array, x: Array, windows: Windows) -> Array:
    """Zeros of the shape of x with each window's v added at its winner.  dv = what comes to the winners."""
    if windows.volume > _FEW or v.dtype.kind != "f":
        return _routed_by_position(v, x, windows)
    best = _largest(x, windows)
    if _has_nan(best):
        return _routed_by_position(v, x, windows)
    v, best = laid_like(v, x), laid_like(best, x)
    if not windows.overlap:
        return _routed_apart(v, x, best, windows)
    found = empty_like(x, x.shape, v.dtype)
    found.fill(0)
    bits = v.view(_BITS[v.itemsize])  # times 0 or 1 as integers: an infinite v times 0 is nan
    taken = np.zeros_like(best, dtype=bool)
    for where, places in windows.places:
        won = x[places] == best[where]
        before = taken[where]
        np.greater(won, before, out=won)  # and not taken
        before |= won
        target = found[places]
        target += np.multiply(bits[where], won).view(v.dtype)
    return found


def _has_nan(x: Array) -> bool:
    """Whether there is a nan; looked for in the order in which the elements lie in memory."""
    return bool(x.size) and math.isnan(np.maximum.reduce(in_memory_order(x)[0].reshape(-1)))


def _routed_apart(g: Array, x: Array, out: Array, windows: Windows) -> Array:
    """The same, of windows that do not overlap: each place gets g or 0, written once."""
    found = empty_like(x, x.shape, g.dtype)
    target, bits = found.view(_BITS[g.itemsize]), g.view(_BITS[g.itemsize])
    if not windows.tile:
        found.fill(0)
        taken = np.zeros_like(out, dtype=bool)
        for where, places in windows.places:
            won = x[places] == out[where]
            before = taken[where]
            np.greater(won, before, out=won)  # and not taken
            before |= won
            np.multiply(bits[where], won, out=target[places])
        return found
    (_, first), *others = (pair for pair in windows.places)
    taken = x[first] == out
    np.multiply(bits, taken, out=target[first])
    for _, places in others[:-1]:
        won = x[places] == out
        np.greater(won, taken, out=won)
        taken |= won
        np.multiply(bits, won, out=target[places])
    for _, places in others[-1:]:  # what no other place has won
        np.multiply(bits, np.logical_not(taken, out=taken), out=target[places])
    return found


def _routed_by_position(g: Array, x: Array, windows: Windows) -> Array:
    """The same, of many places or nan: added at the positions of the winners."""
    n = len(windows.spans)
    lead, size = x.shape[: x.ndim - n], math.prod(windows.sizes)
    found = np.zeros(x.size, g.dtype)
    if not x.size:
        return found.reshape(x.shape)
    at = _positions(x, windows).reshape(math.prod(lead), -1)
    at += np.arange(len(at))[:, None] * size
    if windows.overlap:
        np.add.at(found, at.reshape(-1), g.reshape(-1))
    else:
        found[at] = g.reshape(at.shape)
    return found.reshape(x.shape)


@primitive(v=lambda g, x, windows: _to_winners(g, x, windows), x=None)
def collected(v: Array, x: Array, windows: Windows) -> Array:
    """For each window the element of v where x has its winner.  dv = g at the winners."""
    n = len(windows.spans)
    lead = x.shape[: x.ndim - n]
    at = _positions(x, windows)
    flat = np.take_along_axis(v.reshape(*lead, -1), at.reshape(*lead, -1), -1)
    return flat.reshape(at.shape)


@primitive(x=None, best=None)
def winners(x: Array, best: Array, windows: Windows) -> Array:
    """The position of each window's winner, counted in C order over the dimensions of windows.

    best:  the largest elements
    """
    if windows.volume > 255 or (x.dtype.kind == "f" and (_has_nan(best) or _has_infinity(best))):
        return _positions(x, windows)
    number = np.full_like(best, 255, np.uint8)  # of the winner among its window's places
    for k, (where, places) in enumerate(windows.places):
        lost = (x[places] != best[where]).view(np.uint8)
        lost *= 255 - k
        lost += k
        np.minimum(number[where], lost, out=number[where])
    n = len(windows.spans)
    first: Any = np.zeros((), np.int64)
    step: Any = np.zeros((), np.int64)
    for span in windows.spans:
        first = first[..., None] * span.size + (np.arange(span.windows) * span.stride - span.padding)
        step = step[..., None] * span.size + np.arange(span.kernel) * span.dilation
    if len(windows.places) < windows.volume:  # some places are outside of all windows
        inside = [[k for k in range(s.kernel) if s.part(k)] for s in windows.spans]
        step = step[np.ix_(*inside)]
    position = step.reshape(-1).take(number)
    position += first.reshape((1,) * (best.ndim - n) + first.shape)
    return position


def _has_infinity(best: Array) -> bool:
    """Whether a window may have nothing but -inf: the winner is then its first place inside."""
    return math.isinf(np.minimum.reduce(in_memory_order(best)[0].reshape(-1), initial=0))


@primitive(x=None)
def winners_between(x: Array, edges: tuple[tuple[Array, Array], ...]) -> Array:
    """The position of the winner of each block between edges, counted in C order over the last dimensions.

    edges:  for each of these dimensions where the blocks begin and where they end
    """
    n = len(edges)
    lead, sizes = x.shape[: x.ndim - n], x.shape[x.ndim - n :]
    counts = tuple(len(low) for low, _ in edges)
    found = np.empty((math.prod(lead), math.prod(counts)), np.int64)
    numbers = np.arange(math.prod(sizes)).reshape(sizes)
    if not found.size:
        return found.reshape(lead + counts)
    with_nan = x.size > 0 and x.dtype.kind == "f" and _has_nan(x)
    for i, block in enumerate(np.ndindex(counts)):
        inside = tuple(slice(low[b], high[b]) for b, (low, high) in zip(block, edges, strict=True))
        rows = x[(..., *inside)].reshape(len(found), -1)
        place = rows.argmax(1)
        if with_nan:
            missing = np.isnan(rows)
            last = rows.shape[1] - 1 - missing[:, ::-1].argmax(1)
            place = np.where(missing.any(1), last, place)
        found[:, i] = numbers[inside].reshape(-1).take(place)
    return found.reshape(lead + counts)


def _positions(x: Array, windows: Windows) -> Array:
    """Rows first: along each dimension, from the last, the winners among the winners of the one before."""
    best, position = x, None
    for dim in range(-1, -len(windows.spans) - 1, -1):
        best, place = _winners_along(best, windows, dim)
        below = math.prod(windows.sizes[len(windows.spans) + dim + 1 :])
        if position is None:
            position = place
        else:
            position = np.take_along_axis(position, place, dim)
            position += place * below
    assert position is not None  # there is a dimension
    return position


def _winners_along(x: Array, windows: Windows, dim: int) -> tuple[Array, Array]:
    """The largest element of each window along one dimension, and its place."""
    n, span = len(windows.spans), windows.spans[dim]
    if span.is_whole and not (x.dtype.kind == "f" and _has_nan(x)):
        place = x.argmax(axis=dim, keepdims=True)
        return np.take_along_axis(x, place, dim), place
    shape = (*x.shape[: x.ndim + dim], span.windows, *x.shape[x.ndim + dim + 1 :])
    best = np.full(shape, -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min, x.dtype)
    column = (-1, *(1,) * (-dim - 1))
    place = np.empty(shape, np.int64)
    place[...] = span.starts().reshape(column)
    for where, places in span.parts:
        here, view = along(n, dim, where), x[along(n, dim, places)]
        better = view > best[here]
        if x.dtype.kind == "f":
            better |= np.isnan(view)
        np.copyto(best[here], view, where=better)
        np.copyto(
            place[here], np.arange(places.start, places.stop, places.step).reshape(column), where=better
        )
    return best, place
