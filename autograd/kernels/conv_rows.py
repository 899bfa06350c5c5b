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
from autograd.kernels.image_layout import empty_hcwn, from_hcwn, is_hcwn, to_hcwn
from autograd.layout import copied

_CACHE = 1 << 20  # bytes; what a block may take


def sees_itself(x: Array, window: Window) -> bool:
    """Whether each output sees one input, at its own place: a kernel of 1 × 1."""
    return window.size == x.shape[2:] and (*window.taps, *window.stride, *window.start) == (1, 1, 1, 1, 0, 0)


def _with_examples_innermost(x: Array) -> Array:
    """x, copied if its examples do not lie side by side: once, rather than for every tap."""
    return from_hcwn(copied(x.transpose(2, 1, 3, 0))) if len(x) > 1 and x.strides[0] != x.itemsize else x


def blocks(x: Array, window: Window, groups: int) -> Iterator[tuple[slice, slice, Array]]:
    """What the outputs see of x (N, C, H, W), as much at a time as fits in the cache.

    Yields which groups and which rows of the output, and (groups, rows, taps · channels · taps, columns · N): matrices
    that overlap where the taps of a row are neighbours, in memory that the next block overwrites.
    """
    if sees_itself(x, window) and is_hcwn(x):
        rows, c = window.size[0], x.shape[1] // groups
        whole = x.transpose(2, 1, 3, 0).reshape(rows, groups, c, -1)
        yield slice(0, groups), slice(0, rows), whole.transpose(1, 0, 2, 3)
        return
    each = x.shape[1] // groups
    count = groups
    if groups > 1:
        a_row = each * window.taps[1] * window.size[1] * len(x) * x.itemsize
        count = max(1, _CACHE // max(1, a_row * min(window.size[0], 8)))
    for a in range(0, groups, count):
        part = slice(a, min(a + count, groups))
        p = x[:, a * each : (a + count) * each].transpose(2, 1, 3, 0)
        for lines, seen in _of_rows(p, window, part.stop - a):
            yield part, lines, seen


def _of_rows(p: Array, window: Window, groups: int) -> Iterator[tuple[slice, Array]]:
    """The same of x as (H, C, W, N), row after row."""
    (start, sh, dh, kh, rows), (_, _, _, kw, columns) = zip(*window, strict=True)
    _, channels, _, n = p.shape
    c, across = channels // groups, columns * n
    a_row = channels * kw * across * p.itemsize
    overlaps = dh == 1 and sh <= kh
    kept = kh - sh if overlaps else 0  # rows that the next output sees as well
    fit = (_CACHE // max(1, a_row) - kept) // (sh if overlaps else kh)
    count = min(rows, max(fit, -(-4 * kept // sh), 1))
    if not overlaps:
        taps = np.empty((groups, count, kh, c, kw, columns, n), p.dtype)
        for a in range(0, rows, count):
            held = min(count, rows - a)
            for i in range(kh):
                _fill(taps[:, :held, i], p, window, start + a * sh + i * dh, sh)
            yield slice(a, a + held), taps[:, :held].reshape(groups, held, kh * c * kw, across)
        return
    shifted = np.empty((groups, (count - 1) * sh + kh, c, kw, columns, n), p.dtype)
    step = shifted.strides
    for a in range(0, rows, count):
        held = min(count, rows - a)
        end = (held - 1) * sh + kh
        if a and kept:
            shifted[:, :kept] = shifted[:, count * sh : count * sh + kept]
        first = kept if a else 0
        _fill(shifted[:, first:end], p, window, start + a * sh + first, 1)
        yield (
            slice(a, a + held),
            as_strided(
                shifted,
                (groups, held, kh * c * kw, across),
                (step[0], sh * step[1], step[3], p.itemsize),
                writeable=False,
            ),
        )


def _fill(out: Array, p: Array, window: Window, start: int, stride: int) -> None:
    """out[g, r, c, j, w] = the input in row start + r · stride, seen by column w through the tap j; 0 outside."""
    groups, rows, c, kw, columns, _ = out.shape
    top, bottom, lines = along(p.shape[0], start, stride, rows)
    if top:
        out[:, :top] = 0
    if bottom < rows:
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
    x = _with_examples_innermost(x)
    n, rows, columns = len(x), *window.size
    w = np.ascontiguousarray(weight.transpose(0, 2, 1, 3)).reshape(groups, 1, len(weight) // groups, -1)
    result = empty_hcwn((n, len(weight), rows, columns), x.dtype)
    out = result.transpose(2, 1, 3, 0).reshape(rows, groups, w.shape[2], columns * n).transpose(1, 0, 2, 3)
    shift = None if bias is None else bias.reshape(groups, 1, -1, 1)
    for part, lines, seen in blocks(x, window, groups):
        target = out[part, lines]
        np.matmul(w[part], seen, out=target)
        if shift is not None:
            target += shift[part]
    return result


def weight_gradient(x: Array, g: Array, window: Window, groups: int) -> Array:
    """(O, C / groups, kh, kw): how the sum of g times the convolution changes with the weight."""
    x = _with_examples_innermost(x)
    rows, columns = window.size
    arrived = to_hcwn(g).reshape(rows, groups, -1, columns * len(x)).transpose(1, 0, 3, 2)
    inner = x.shape[1] // groups * window.taps[0] * window.taps[1]
    found = np.zeros((groups, inner, arrived.shape[3]), x.dtype)
    for part, lines, seen in blocks(x, window, groups):
        # with the larger of the two first, BLAS needs two thirds of the time
        found[part] += np.add.reduce(np.matmul(seen, arrived[part, lines]), axis=1)
    return in_weight_order(found, window)


def in_weight_order(d: Array, window: Window) -> Array:
    """(groups, taps · channels · taps, outputs) as (O, C / groups, kh, kw)."""
    kh, kw = window.taps
    out = d.reshape(len(d), kh, -1, kw, d.shape[-1]).transpose(0, 4, 2, 1, 3)
    return out.reshape(-1, out.shape[2], kh, kw)


def spreads_well(inputs: int, outputs: int) -> bool:
    """Whether `spread` is the faster way to so few channels, from so many."""
    return inputs <= 16 and outputs >= (4 if inputs > 6 else 2) * inputs


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
