"""Images taken apart into the patches that a convolution sees, and put together again, where patches add up.

Each is the other's derivative.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from autograd.kernels.conv_samples import padded, seen_by
from autograd.kernels.conv_window import along
from autograd.primitive import Array, primitive

__all__ = ["patches", "summed_patches"]


def _sum(g: Array, geometry: Any) -> Any:
    return summed_patches(g, geometry)


@primitive(x=_sum)
def patches(x: Array, geometry: Any) -> Array:
    """cols[n, (c, t), p] = x[n, c, p · stride + t · dilation - padding]: (N, C, H, W) → (N, C · taps, outputs)."""
    window = geometry.window
    view = seen_by(padded(x, window), window)
    return view.reshape(len(x), x.shape[1] * math.prod(window.taps), math.prod(window.size))


@primitive(cols=lambda g, geometry: patches(g, geometry))
def summed_patches(cols: Array, geometry: Any) -> Array:
    """x[n, c, p · stride + t · dilation - padding] = Σ cols[n, (c, t), p]: (N, C · taps, outputs) → (N, C, H, W)."""
    (height, width), (rows, columns), (kh, kw) = geometry.size, geometry.outputs, geometry.taps
    n, channels = len(cols), cols.shape[1] // (kh * kw)
    sent = cols.reshape(n, channels, kh, kw, rows, columns)
    out = np.zeros((n, channels, height, width), cols.dtype)
    (top, left), (sh, sw), (dh, dw) = geometry.padding, geometry.stride, geometry.dilation
    if rows * columns < kh * kw:  # few large patches: one after another
        for p, q in itertools.product(range(rows), range(columns)):
            first, end, lines = along(height, p * sh - top, dh, kh)
            begin, stop, places = along(width, q * sw - left, dw, kw)
            out[:, :, lines, places] += sent[:, :, first:end, begin:stop, p, q]
        return out
    for i in range(kh):
        first, end, lines = along(height, i * dh - top, sh, rows)
        for j in range(kw):
            begin, stop, places = along(width, j * dw - left, sw, columns)
            out[:, :, lines, places] += sent[:, :, i, j, first:end, begin:stop]
    return out
