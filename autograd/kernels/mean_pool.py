"""Means over windows: sums of strided slices, divided by a number for each window.

`window_shares` and `window_spread` are each other's derivatives, so every order is there. A sum over windows of several
dimensions is a sum along one after the other.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import DTypeError
from autograd.kernels.windows import Windows, along, empty_like
from autograd.primitive import Array, primitive

__all__ = ["window_means", "window_shares", "window_spread"]


def _spread(g: Any, windows: Windows, divisor: Any) -> Any:
    return window_spread(g, windows, divisor)


@primitive(flat=True, x=lambda g, windows, divisor: _spread(g, windows, divisor))
def window_means(x: Array, windows: Windows, divisor: Any) -> Array:
    """The sum over each window, divided by `divisor`: a number, or one for each window.  dx = g / divisor, spread."""
    return _means(x, windows, divisor)


@primitive(x=lambda g, windows, divisor: _spread(g, windows, divisor))
def window_shares(x: Array, windows: Windows, divisor: Any) -> Array:
    """`window_means` as part of something linear, whose derivative is no function of x."""
    return _means(x, windows, divisor)


def _means(x: Array, windows: Windows, divisor: Any) -> Array:
    if x.dtype.kind != "f" and x.dtype != np.int64:
        raise DTypeError(
            f"avg_pool: needs floating-point numbers or int64, got {x.dtype}; convert with .float()"
        )
    wide = x.astype(np.float32) if x.dtype == np.float16 else x
    for dim in range(-len(windows.spans), 0):  # the first dimension first: its slices are the longest strips
        wide = _sums_along(wide, windows, dim)
    if x.dtype.kind != "f":
        return np.trunc(wide / divisor).astype(x.dtype)
    return _divided(wide, divisor).astype(x.dtype, copy=False)


def _divided(x: Array, divisor: Any) -> Array:
    """x / divisor, written over x, which was made here."""
    if isinstance(divisor, np.ndarray):
        return np.divide(x, divisor.astype(x.dtype), out=x)
    return x if divisor == 1 else np.multiply(x, 1 / divisor, out=x)


def _sums_along(x: Array, windows: Windows, dim: int) -> Array:
    """The sum over each window along one dimension."""
    span, n = windows.spans[dim], len(windows.spans)
    if span.is_whole:
        return np.add.reduce(x, axis=dim, keepdims=True)
    parts = [(along(n, dim, where), x[along(n, dim, places)]) for where, places in span.parts]
    if span.is_full and len(parts) > 1:
        out: Array = np.add(parts[0][1], parts[1][1])
        for _, view in parts[2:]:
            out += view
        return out
    out = empty_like(x, (*x.shape[: x.ndim + dim], span.windows, *x.shape[x.ndim + dim + 1 :]))
    out.fill(0)
    for where, view in parts:
        target = out[where]
        target += view
    return out


@primitive(g=lambda g, windows, divisor: window_shares(g, windows, divisor))
def window_spread(g: Array, windows: Windows, divisor: Any) -> Array:
    """Each place gets the sum of g / divisor of the windows that it is in.  dg = the means of what comes."""
    out = g.astype(np.float32) if g.dtype == np.float16 else g
    if isinstance(divisor, np.ndarray):
        out = out / divisor.astype(out.dtype)
    elif divisor != 1:
        out = out * (1 / divisor)
    for dim in range(-1, -len(windows.spans) - 1, -1):  # the last dimension first: it grows
        out = _spread_along(out, windows, dim)
    return out.astype(g.dtype, copy=False)


def _spread_along(g: Array, windows: Windows, dim: int) -> Array:
    span, n = windows.spans[dim], len(windows.spans)
    shape = (*g.shape[: g.ndim + dim], span.size, *g.shape[g.ndim + dim + 1 :])
    if span.is_whole:
        return np.repeat(g, span.size, g.ndim + dim) if g.flags.c_contiguous else _filled(g, shape)
    out = empty_like(g, shape)
    apart = span.stride >= span.reach or span.windows == 1
    if not apart or sum(where.stop - where.start for where, _ in span.parts) < span.size:
        out.fill(0)
    for where, places in span.parts:
        if apart:
            out[along(n, dim, places)] = g[along(n, dim, where)]
        else:
            target = out[along(n, dim, places)]
            target += g[along(n, dim, where)]
    return out


def _filled(g: Array, shape: tuple[int, ...]) -> Array:
    out = empty_like(g, shape)
    out[...] = g
    return out
