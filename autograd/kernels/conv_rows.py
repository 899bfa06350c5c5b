"""Convolution of many images at once, which lie in H, C, W, N order (see `image_layout`): row after row.

Only the columns are rearranged: `shifted[h, c, j, w]` holds the input that output column w sees through the tap j.
Rows h … h+k-1 of that are one matrix as they lie, (k·C·k, W·N), and the next output row's matrix begins one row later:
a single product over overlapping matrices is the whole convolution, with k copies of the input instead of k².
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import as_strided

from autograd.dtypes import Array
from autograd.kernels.conv_window import Window, along
from autograd.kernels.image_layout import empty_hcwn, is_hcwn, to_hcwn

_CACHE = 1 << 19  # bytes; what a block of groups may take


def matrices(x: Array, window: Window, groups: int) -> Array:
    """What each output row sees of x (N, C, H, W): (groups, rows, taps·channels·taps, columns·N).

    Overlapping views of one array where the taps of a row are neighbours.
    """
    p = x.transpose(2, 1, 3, 0)
    _, channels, _, n = p.shape
    (_, sh, dh, kh, rows), (_, _, _, kw, columns) = zip(*window, strict=True)
    c = channels // groups
    sees_itself = (*window.taps, *window.stride, *window.start) == (1, 1, 1, 1, 0, 0)
    if sees_itself and (rows, columns) == x.shape[2:] and is_hcwn(x):
        return p.reshape(rows, groups, c, columns * n).transpose(1, 0, 2, 3)
    if dh == 1 and sh <= kh:
        held = (rows - 1) * sh + kh
        shifted = np.empty((groups, held, c, kw, columns, n), x.dtype)
        _fill(shifted, p, window, window.start[0], 1, held)
        step = shifted.strides
        return as_strided(
            shifted,
            (groups, rows, kh * c * kw, columns * n),
            (step[0], sh * step[1], step[3], x.itemsize),
            writeable=False,
        )
    seen = np.empty((groups, rows, kh, c, kw, columns, n), x.dtype)
    for i in range(kh):
        _fill(seen[:, :, i], p, window, window.start[0] + i * dh, sh, rows)
    return seen.reshape(groups, rows, kh * c * kw, columns * n)


def _fill(out: Array, p: Array, window: Window, start: int, stride: int, rows: int) -> None:
    """out[g, r, c, j, w] = the input in row start + r · stride, seen by column w through the tap j; 0 outside."""
    groups, _, c, kw, columns, _ = out.shape
    top, bottom, lines = along(p.shape[0], start, stride, rows)
    out[:, :top] = 0
    out[:, bottom:] = 0
    source = p[lines]
    source = source.reshape(bottom - top, groups, c, *p.shape[2:]).transpose(1, 0, 2, 3, 4)
    inside = out[:, top:bottom]
    for j in range(kw):
        left, right, places = along(
            p.shape[2], window.start[1] + j * window.dilation[1], window.stride[1], columns
        )
        if left:
            inside[:, :, :, j, :left] = 0
        if right < columns:
            inside[:, :, :, j, right:] = 0
        inside[:, :, :, j, left:right] = source[:, :, :, places]


def convolved(x: Array, weight: Array, bias: Array | None, window: Window, groups: int) -> Array:
    """The convolution (N, O, rows, columns) of x (N, C, H, W) with weight (O, C / groups, kh, kw)."""
    n, rows, columns = len(x), *window.size
    w = np.ascontiguousarray(weight.transpose(0, 2, 1, 3)).reshape(groups, 1, len(weight) // groups, -1)
    result = empty_hcwn((n, len(weight), rows, columns), x.dtype)
    out = result.transpose(2, 1, 3, 0).reshape(rows, groups, w.shape[2], columns * n)
    for part, inputs in _blocks(x, window, groups):
        np.matmul(w[part], matrices(inputs, window, len(w[part])), out=out[:, part].swapaxes(0, 1))
        if bias is not None:
            out[:, part] += bias.reshape(groups, -1, 1)[part]
    return result


def weight_gradient(x: Array, g: Array, window: Window, groups: int) -> Array:
    """(O, C / groups, kh, kw): how the sum of g times the convolution changes with the weight."""
    rows, columns = window.size
    arrived = to_hcwn(g).reshape(rows, groups, -1, columns * len(x)).transpose(1, 0, 3, 2)
    found = []
    for part, inputs in _blocks(x, window, groups):
        # with the larger of the two first, BLAS needs two thirds of the time
        each = np.matmul(matrices(inputs, window, len(arrived[part])), arrived[part])
        found.append(np.add.reduce(each, axis=1))
    return in_weight_order(found[0] if len(found) == 1 else np.concatenate(found), window)


def in_weight_order(d: Array, window: Window) -> Array:
    """(groups, taps · channels · taps, outputs) as (O, C / groups, kh, kw)."""
    kh, kw = window.taps
    out = d.reshape(len(d), kh, -1, kw, d.shape[-1]).transpose(0, 4, 2, 1, 3)
    return out.reshape(-1, out.shape[2], kh, kw)


def _blocks(x: Array, window: Window, groups: int) -> Iterator[tuple[slice, Array]]:
    """The groups, as many at a time as fit in the cache: which, and their channels of x."""
    if groups == 1:
        yield slice(0, 1), x
        return
    each = x.shape[1] // groups
    held = each * len(x) * window.size[0] * window.size[1] * window.taps[1] * x.itemsize
    count = max(1, _CACHE // max(1, held))
    for a in range(0, groups, count):
        yield slice(a, a + count), x[:, a * each : (a + count) * each]


def spreads_well(inputs: int, outputs: int) -> bool:
    """Whether `spread` is the faster way to the gradient of so few channels, from that of so many."""
    return outputs >= 4 * inputs if 4 < inputs <= 16 else outputs > inputs and inputs <= 4


def spread(
    y: Array, weight: Array, bias: Array | None, shape: tuple[int, ...], padding: tuple[int, ...],
    stride: tuple[int, ...], dilation: tuple[int, ...],
) -> Array:  # fmt: skip
    """The transposed convolution, of `shape` (N, C, H, W): what y sends back through each tap, added up.

    For few channels, where a product that gives the sums at once would be too narrow for BLAS.
    """
    n, channels, height, width = shape
    rows, columns = y.shape[2:]
    kh, kw = weight.shape[2:]
    arrived = to_hcwn(y).reshape(rows, -1, columns * n)
    sent = np.matmul(weight.reshape(len(weight), -1).T, arrived).reshape(rows, channels, kh, kw, columns, n)
    result = empty_hcwn(shape, y.dtype)
    out = result.transpose(2, 1, 3, 0)
    out.fill(0)
    for i in range(kh):
        top, bottom, lines = along(height, i * dilation[0] - padding[0], stride[0], rows)
        for j in range(kw):
            left, right, places = along(width, j * dilation[1] - padding[1], stride[1], columns)
            out[lines, :, places] += sent[top:bottom, :, i, j, left:right]
    if bias is not None:
        out += bias.reshape(-1, 1, 1)
    return result
