"""Depthwise convolution: each channel has a filter of its own, so there is no matrix to multiply by.

A channel with its padding is laid out as one line, C, (H, W, N). Then a tap is the line from some place on, times a
number: the result is a sum of such lines, as long as the outputs with the columns between them that belong to no
output. With a stride, the inputs are sorted by their remainders first, and each tap is a line of one of these.
A few channels at a time stay in the processor's cache.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np

from autograd.dtypes import Array
from autograd.kernels.conv_window import Window, along
from autograd.kernels.image_layout import empty_hcwn

_CACHE = 1 << 18  # bytes; what the lines of a block of channels may take

Lines = dict[tuple[int, int], Array]


class _Layout:
    """Where the lines lie: for each tap its remainders, and how far on in the line of those."""

    def __init__(self, window: Window, n: int) -> None:
        (_, sh, dh, kh, rows), (_, sw, dw, kw, columns) = zip(*window, strict=True)
        self.window, self.n = window, n
        self.width = columns + (kw - 1) * dw // sw  # of a row, in outputs
        self.height = rows + (kh - 1) * dh // sh + 1  # one more than is seen: the last line may end there
        self.length = rows * self.width * n
        self.taps = [
            ((i, j), (i * dh % sh, j * dw % sw), (i * dh // sh * self.width + j * dw // sw) * n)
            for i, j in itertools.product(range(kh), range(kw))
        ]
        self.remainders = sorted({r for _, r, _ in self.taps})

    def lines(self, x: Array) -> Lines:
        """The inputs x (C, H, W, N) of each remainder, with zeros around them, as lines (C, …)."""
        found: Lines = {}
        channels = len(x)
        (h0, w0), (sh, sw) = self.window.start, self.window.stride
        for r, s in self.remainders:
            line = np.zeros((channels, self.height, self.width, self.n), x.dtype)
            top, bottom, lines = along(x.shape[1], h0 + r, sh, self.height)
            left, right, columns = along(x.shape[2], w0 + s, sw, self.width)
            line[:, top:bottom, left:right] = x[:, lines, columns]
            found[r, s] = line.reshape(channels, -1)
        return found


def _blocks(channels: int, length: int, itemsize: int) -> Iterator[slice]:
    """A few channels at a time."""
    count = max(1, _CACHE // max(1, length * itemsize))
    for a in range(0, channels, count):
        yield slice(a, a + count)


def convolved(x: Array, weight: Array, bias: Array | None, window: Window) -> Array:
    """The convolution (N, C, …) of x (N, C, H, W), each channel with its own weight (C, 1, kh, kw)."""
    n, channels = x.shape[:2]
    rows, columns = window.size
    layout = _Layout(window, n)
    out = empty_hcwn((n, channels, rows, columns), x.dtype)
    source, result = x.transpose(1, 2, 3, 0), out.transpose(1, 2, 3, 0)
    factors = np.ascontiguousarray(weight.reshape(channels, -1).T)[:, :, None]
    for block in _blocks(channels, layout.length, x.itemsize):
        lines = layout.lines(source[block])
        held = len(source[block])
        total = np.empty((held, layout.length), x.dtype)
        part = np.empty_like(total)
        for k, (_, remainders, place) in enumerate(layout.taps):
            line = lines[remainders][:, place : place + layout.length]
            if k:
                total += np.multiply(line, factors[k, block], out=part)
            else:
                np.multiply(line, factors[k, block], out=total)
        if bias is not None:
            total += bias[block, None]
        result[block] = total.reshape(held, rows, layout.width, n)[:, :, :columns]
    return out


def weight_gradient(x: Array, g: Array, window: Window) -> Array:
    """(C, 1, kh, kw): how the sum of g times the convolution changes with the weight."""
    n, channels = x.shape[:2]
    layout = _Layout(window, n)
    out = np.empty((channels, math.prod(window.taps)), x.dtype)
    source, arrived = x.transpose(1, 2, 3, 0), g.transpose(1, 2, 3, 0)
    for block in _blocks(channels, layout.length, x.itemsize):
        lines = layout.lines(source[block])
        held = len(source[block])
        line_g = np.zeros((held, window.size[0], layout.width, n), x.dtype)
        line_g[:, :, : window.size[1]] = arrived[block]
        line_g = line_g.reshape(held, -1)
        for k, (_, remainders, place) in enumerate(layout.taps):
            np.vecdot(lines[remainders][:, place : place + layout.length], line_g, out=out[block, k])
    return out.reshape(channels, 1, *window.taps)
