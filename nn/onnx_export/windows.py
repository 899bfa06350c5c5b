"""Convolutions, pools, borders, and images of other sizes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.kernels.conv import Geometry
from autograd.kernels.resample import Taps
from autograd.kernels.windows import Windows
from nn.onnx_export.elementwise import kind_of, number
from nn.onnx_export.graph import Graph
from nn.onnx_export.shapes import reshaped
from nn.onnx_export.table import writes

# -- convolutions ------------------------------------------------------------------------------------------------------


def _steps(geometry: Geometry) -> dict[str, Any]:
    """What a convolution and its transpose have in common."""
    return {
        "strides": list(geometry.stride),
        "dilations": list(geometry.dilation),
        "kernel_shape": list(geometry.taps),
    }


def _reach(geometry: Geometry, dim: int) -> int:
    """From the first place to the last that the outputs see, without padding."""
    taps = (geometry.taps[dim] - 1) * geometry.dilation[dim] + 1
    return (geometry.outputs[dim] - 1) * geometry.stride[dim] + taps


def _convolved(g: Graph, x: Any, weight: Any, bias: Any, geometry: Geometry, groups: int) -> str:
    before = list(geometry.padding)
    dims = range(len(before))
    after = [max(_reach(geometry, d) - geometry.size[d] - before[d], 0) for d in dims]
    return g.node("Conv", x, weight, bias, pads=before + after, group=groups, **_steps(geometry))


def _sent_back(g: Graph, y: Any, weight: Any, bias: Any, geometry: Geometry, groups: int) -> str:
    before = list(geometry.padding)
    over = [_reach(geometry, d) - p - geometry.size[d] for d, p in enumerate(before)]
    after, missing = [max(n, 0) for n in over], [max(-n, 0) for n in over]
    return g.node(
        "ConvTranspose",
        y,
        weight,
        bias,
        pads=before + after,
        output_padding=missing,
        group=groups,
        **_steps(geometry),
    )


@writes("convolution")
def _convolution(g: Graph, out: Any, x: Any, weight: Any, bias: Any, geometry: Geometry) -> str:
    return _convolved(g, x, weight, bias, geometry, geometry.groups)


@writes("transposed_convolution")
def _transposed(g: Graph, out: Any, y: Any, weight: Any, bias: Any, geometry: Geometry) -> str:
    return _sent_back(g, y, weight, bias, geometry, geometry.groups)


def _one_hot(channels: int, geometry: Geometry, like: Any) -> Any:
    """For each channel and tap a filter that sees this tap alone."""
    taps = math.prod(geometry.taps)
    return np.tile(np.eye(taps, dtype=kind_of(like)), (channels, 1)).reshape(
        channels * taps, 1, *geometry.taps
    )


@writes("patches")
def _patches(g: Graph, out: Any, x: Any, geometry: Geometry) -> str:
    channels = x.shape[1]
    seen = _convolved(g, x, _one_hot(channels, geometry, out), None, geometry, channels)
    return reshaped(g, seen, tuple(out.shape))


@writes("summed_patches")
def _summed_patches(g: Graph, out: Any, cols: Any, geometry: Geometry) -> str:
    channels = out.shape[1]
    image = reshaped(g, cols, (*cols.shape[:2], *geometry.outputs))
    return _sent_back(g, image, _one_hot(channels, geometry, out), None, geometry, channels)


# -- pools -------------------------------------------------------------------------------------------------------------


def _as_images(g: Graph, x: Any, n: int) -> tuple[str, bool]:
    """X with two dimensions before those of the windows, and whether it had others."""
    if x.ndim == n + 2:
        return g.value(x), False
    lead = math.prod(x.shape[: x.ndim - n])
    return reshaped(g, x, (lead, 1, *x.shape[x.ndim - n :])), True


def _ends(windows: Windows) -> list[int]:
    """How far the windows reach beyond the input, at the end of each dimension."""
    return [max((s.windows - 1) * s.stride + s.reach - s.size - s.padding, 0) for s in windows.spans]


@writes("max_pool")
def _max_pool(g: Graph, out: Any, x: Any, windows: Windows) -> str:
    return _largest(g, out, x, windows, 1)[0]


@writes("winners")
def _winners(g: Graph, out: Any, x: Any, best: Any, windows: Windows) -> str:
    position = _largest(g, out, x, windows, 2)[1]  # in the whole tensor
    return g.node("Mod", position, number(g, math.prod(windows.sizes), out))


def _largest(g: Graph, out: Any, x: Any, windows: Windows, outputs: int) -> list[str]:
    name, folded = _as_images(g, x, len(windows.spans))
    spans = windows.spans
    found = g.nodes_of(
        "MaxPool",
        outputs,
        name,
        kernel_shape=[s.kernel for s in spans],
        strides=[s.stride for s in spans],
        dilations=[s.dilation for s in spans],
        pads=[s.padding for s in spans] + _ends(windows),
    )
    return [reshaped(g, f, tuple(out.shape)) for f in found] if folded else found


@writes("winners_between")
def _winners_between(g: Graph, out: Any, x: Any, edges: Sequence[tuple[Any, Any]]) -> str:
    """Block by block: the place of the largest, from its place in the block."""
    n = len(edges)
    lead = tuple(x.shape[: x.ndim - n])
    sizes = tuple(x.shape[x.ndim - n :])
    numbers = np.arange(math.prod(sizes)).reshape(sizes)
    name = reshaped(g, x, (math.prod(lead), *sizes))
    axes = g.numbers(range(1, n + 1))
    columns = []
    for block in itertools.product(*(zip(low, high, strict=True) for low, high in edges)):
        low, high = ([int(b[i]) for b in block] for i in (0, 1))
        part = g.node("Slice", name, g.numbers(low), g.numbers(high), axes)
        inside = numbers[tuple(map(slice, low, high))].reshape(-1)
        rows = reshaped(g, part, (math.prod(lead), inside.size))
        place = g.node("ArgMax", rows, axis=1, keepdims=1)
        columns.append(g.node("Gather", g.constant(inside), place, axis=0))
    return reshaped(g, g.node("Concat", *columns, axis=1), tuple(out.shape))


@writes("window_means", "window_shares")
def _window_means(g: Graph, out: Any, x: Any, windows: Windows, divisor: Any) -> Any:
    spans = windows.spans
    if kind_of(out).kind != "f" or any(s.dilation != 1 for s in spans):
        return NotImplemented
    name, folded = _as_images(g, x, len(spans))
    pads = [0, 0, *(s.padding for s in spans), 0, 0, *_ends(windows)]
    if any(pads):
        name = g.node("Pad", name, g.numbers(pads))
    found = g.node(
        "AveragePool", name, kernel_shape=[s.kernel for s in spans], strides=[s.stride for s in spans]
    )
    factor = windows.volume / np.asarray(divisor, np.float64)
    if (factor != 1).any():
        found = g.node("Mul", found, g.value(factor.astype(kind_of(out))))
    return reshaped(g, found, tuple(out.shape)) if folded else found


@writes("window_spread")
def _window_spread(g: Graph, out: Any, x: Any, windows: Windows, divisor: Any) -> str:
    spans = windows.spans
    n = len(spans)
    name = g.value(x)
    if isinstance(divisor, np.ndarray) or divisor != 1:
        name = g.node("Div", name, g.value(divisor, out.dtype))
    if windows.tile:  # each place is in one window: its number is repeated
        scales = np.array([1.0] * (x.ndim - n) + [float(s.kernel) for s in spans], np.float32)
        return g.node(
            "Resize", name, None, g.constant(scales),
            mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor",
        )  # fmt: skip
    for i, s in enumerate(spans):
        matrix = np.zeros((s.windows, s.size), kind_of(out))
        for where, places in s.parts:
            matrix[np.arange(s.windows)[where], np.arange(s.size)[places]] = 1
        name = along(g, name, matrix, x.ndim, i - n)
    return name


# -- borders and sizes -------------------------------------------------------------------------------------------------

_MODES = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


@writes("edged")
def _edged(g: Graph, out: Any, x: Any, pairs: Any, mode: str) -> str:
    first = x.ndim - len(pairs)
    pads = [0] * first + [a for a, _ in pairs] + [0] * first + [b for _, b in pairs]
    return g.node("Pad", x, g.numbers(pads), mode=_MODES[mode])


@writes("bordered")
def _bordered(g: Graph, out: Any, x: Any, pairs: Any, value: Any) -> str:
    pads = [a for a, _ in pairs] + [b for _, b in pairs]
    return g.node("Pad", x, g.numbers(pads), g.value(value, out.dtype))


def along(g: Graph, name: str, matrix: Any, ndim: int, dim: int) -> str:
    """The product with a matrix (old, new) along a dimension, counted from the last, -1."""
    if dim == -1:
        return g.node("MatMul", name, g.constant(matrix))
    if dim == -2:
        return g.node("MatMul", g.constant(matrix.T), name)
    order = list(range(ndim))
    order[dim], order[-1] = order[-1], order[dim]
    turned = g.node("MatMul", g.node("Transpose", name, perm=order), g.constant(matrix))
    return g.node("Transpose", turned, perm=order)


@writes("resample")
def _resample(g: Graph, out: Any, x: Any, taps: Taps, dim: int, transposed: bool) -> str:
    """The weighted sums of neighbours, as a product with the matrix of the weights; the same for every mode."""
    if taps.picks and not transposed:
        return g.node("Gather", x, g.numbers(taps.places[:, 0]), axis=x.ndim + dim)
    matrix = taps.matrix.toarray().astype(kind_of(out))
    return along(g, g.value(x), matrix if transposed else matrix.T, x.ndim, dim)
