"""Normalisation layers."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.onnx_export.elementwise import kind_of, number
from nn.onnx_export.graph import Graph
from nn.onnx_export.shapes import reshaped
from nn.onnx_export.table import writes


def _normalized(g: Graph, x: str, axes: list[int], eps: float, out: Any) -> str:
    """(x - mean) / √(variance + eps) over some dimensions."""
    centred = g.node("Sub", x, g.node("ReduceMean", x, g.numbers(axes), keepdims=1))
    variance = g.node("ReduceMean", g.node("Mul", centred, centred), g.numbers(axes), keepdims=1)
    return g.node("Div", centred, g.node("Sqrt", g.node("Add", variance, number(g, eps, out))))


def _affine(g: Graph, x: str, weight: Any, bias: Any, ndim: int) -> str:
    """X * weight + bias, by channel."""
    shape = [-1] + [1] * (ndim - 2)
    for op, factor in (("Mul", weight), ("Add", bias)):
        if factor is not None:
            x = g.node(op, x, g.node("Reshape", factor, g.numbers(shape)) if ndim > 2 else factor)
    return x


@writes("batch_norm")
def _batch_norm(
    g: Graph,
    out: Any,
    x: Any,
    weight: Any,
    bias: Any,
    running_mean: Any,
    running_var: Any,
    eps: float,
    noted: Any,
) -> str:
    if running_mean is None or running_var is None:
        axes = [d for d in range(x.ndim) if d != 1]
        return _affine(g, _normalized(g, g.value(x), axes, eps, out), weight, bias, x.ndim)
    channels = x.shape[1]
    scale = np.ones(channels, kind_of(out)) if weight is None else weight
    shift = np.zeros(channels, kind_of(out)) if bias is None else bias
    mean, var = (g.value(v, out.dtype) for v in (running_mean, running_var))
    return g.node("BatchNormalization", x, scale, shift, mean, var, epsilon=float(eps))


@writes("group_norm")
def _group_norm(
    g: Graph, out: Any, x: Any, weight: Any, bias: Any, groups: int, eps: float, noted: Any
) -> str:
    ones, zeros = np.ones(groups, kind_of(out)), np.zeros(groups, kind_of(out))
    n = x.shape[0]
    rows = reshaped(g, x, (n, groups, int(np.prod(x.shape[1:])) // groups))
    normal = g.node("InstanceNormalization", rows, ones, zeros, epsilon=float(eps))
    return _affine(g, reshaped(g, normal, tuple(x.shape)), weight, bias, x.ndim)


@writes("layer_norm")
def _layer_norm(g: Graph, out: Any, x: Any, weight: Any, bias: Any, dims: int, eps: float) -> str:
    if weight is None:
        weight = np.ones(tuple(x.shape[-dims:]), kind_of(out))
    return g.node("LayerNormalization", x, weight, bias, axis=-dims, epsilon=float(eps))


@writes("rms_norm")
def _rms_norm(g: Graph, out: Any, x: Any, weight: Any, dims: int, eps: float) -> str:
    name = g.value(x)
    axes = g.numbers(range(-dims, 0))
    square = g.node("ReduceMean", g.node("Mul", name, name), axes, keepdims=1)
    found = g.node("Div", name, g.node("Sqrt", g.node("Add", square, number(g, eps, out))))
    return found if weight is None else g.node("Mul", found, weight)
