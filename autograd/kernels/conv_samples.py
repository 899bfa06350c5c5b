"""Convolution image by image, in C order, in any number of dimensions: for few images, or many channels.

What every output sees is copied out into a matrix of one image, (C · taps, outputs), and multiplied by the weights.
As many images are taken at a time as fit in the processor's cache.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import as_strided

from autograd.dtypes import Array
from autograd.kernels.conv_window import Window, along

_CACHE = 1 << 20  # bytes; what a block of images may take


def padded(x: Array, window: Window) -> Array:
    """x (N, C, …) with the zeros around it, and only as much of it, as the window sees."""
    held = tuple(
        (size - 1) * stride + (taps - 1) * dilation + 1
        for _, stride, dilation, taps, size in zip(*window, strict=True)
    )
    if held == x.shape[2:] and not any(window.start):
        return x
    spans = [along(n, start, 1, h) for n, start, h in zip(x.shape[2:], window.start, held, strict=True)]
    whole = all(first == 0 and end == h for (first, end, _), h in zip(spans, held, strict=True))
    source = x[(slice(None), slice(None), *(places for _, _, places in spans))]
    if whole:
        return source
    out = np.zeros((*x.shape[:2], *held), x.dtype)
    out[(slice(None), slice(None), *(slice(first, end) for first, end, _ in spans))] = source
    return out


def seen_by(x: Array, window: Window) -> Array:
    """A view of `padded` x: (N, C, taps…, outputs…)."""
    steps = x.strides[2:]
    return as_strided(
        x,
        (*x.shape[:2], *window.taps, *window.size),
        (
            *x.strides[:2],
            *(s * d for s, d in zip(steps, window.dilation, strict=True)),
            *(s * d for s, d in zip(steps, window.stride, strict=True)),
        ),
        writeable=False,
    )


def _blocks(view: Array, groups: int) -> Iterator[tuple[slice, Array]]:
    """The images in blocks: which, and their matrices (images, groups, C · taps, outputs)."""
    n, channels = view.shape[:2]
    dims = (view.ndim - 2) // 2
    inner = channels // groups * math.prod(view.shape[2 : 2 + dims])
    outputs = math.prod(view.shape[2 + dims :])
    count = max(1, min(n, _CACHE // max(1, groups * inner * outputs * view.itemsize)))
    for a in range(0, n, count):
        part = view[a : a + count]
        yield slice(a, a + count), part.reshape(len(part), groups, inner, outputs)


def convolved(x: Array, weight: Array, bias: Array | None, window: Window, groups: int) -> Array:
    """The convolution (N, O, …) of x (N, C, …) with weight (O, C / groups, …)."""
    view = seen_by(padded(x, window), window)
    out = np.empty((len(x), groups, len(weight) // groups, math.prod(window.size)), x.dtype)
    w = weight.reshape(groups, len(weight) // groups, -1)
    for images, matrix in _blocks(view, groups):
        np.matmul(w, matrix, out=out[images])
    if bias is not None:
        out += bias.reshape(groups, -1, 1)
    return out.reshape(len(x), len(weight), *window.size)


def weight_gradient(x: Array, g: Array, window: Window, groups: int) -> Array:
    """(O, C / groups, …): how the sum of g times the convolution changes with the weight."""
    view = seen_by(padded(x, window), window)
    flat = g.reshape(len(x), groups, g.shape[1] // groups, math.prod(window.size))
    total = None
    for images, matrix in _blocks(view, groups):
        part = np.matmul(matrix, flat[images].swapaxes(2, 3))
        part = part[0] if len(part) == 1 else np.add.reduce(part, axis=0)
        if total is None:
            total = part
        else:
            total += part
    assert total is not None
    shape = (g.shape[1], x.shape[1] // groups, *window.taps)
    return np.ascontiguousarray(total.swapaxes(1, 2)).reshape(shape)
