"""Sums, means, extremes, norms and running sums."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nn.onnx_export.elementwise import kind_of, number
from nn.onnx_export.graph import Graph
from nn.onnx_export.shapes import one_of
from nn.onnx_export.table import writes


def axes_of(x: Any, dim: Any) -> list[int]:
    """The dimensions to reduce over; all for None or ()."""
    if dim is None or dim == ():
        return list(range(x.ndim))
    return [one_of(d, x) for d in ((dim,) if isinstance(dim, int) else dim)]


def reduced(g: Graph, op: str, x: Any, axes: list[int], keepdim: bool) -> str:
    """A reduction; over no dimension it is the value itself."""
    return g.node(op, x, g.numbers(axes), keepdims=int(keepdim), noop_with_empty_axes=1)


_PLAIN = {
    "sum": "ReduceSum",
    "mean": "ReduceMean",
    "prod": "ReduceProd",
    "amax": "ReduceMax",
    "amin": "ReduceMin",
}


@writes(*_PLAIN)
def _plain(g: Graph, out: Any, x: Any, dim: Any, keepdim: bool) -> str:
    op = _PLAIN[g.source]
    return reduced(g, op, g.value(x, out.dtype), axes_of(x, dim), keepdim)


@writes("logsumexp")
def _logsumexp(g: Graph, out: Any, x: Any, dim: Any, keepdim: bool) -> str:
    return reduced(g, "ReduceLogSumExp", g.value(x, out.dtype), axes_of(x, dim), keepdim)


@writes("all", "any")
def _truth(g: Graph, out: Any, x: Any, dim: Any, keepdim: bool) -> str:
    op = "ReduceMin" if g.source == "all" else "ReduceMax"
    whole = g.node("Cast", g.value(x, bool), to=np.dtype(np.int32))
    return g.node("Cast", reduced(g, op, whole, axes_of(x, dim), keepdim), to=np.dtype(bool))


@writes("count_nonzero")
def _count_nonzero(g: Graph, out: Any, x: Any, dim: Any) -> str:
    whole = g.node("Cast", g.value(x, bool), to=np.dtype(np.int64))
    return reduced(g, "ReduceSum", whole, axes_of(x, dim), False)


@writes("norm")
def _norm(g: Graph, out: Any, x: Any, p: float, dim: Any, keepdim: bool) -> Any:
    axes, name = axes_of(x, dim), g.value(x, out.dtype)
    if p in (1, 2):
        return reduced(g, f"ReduceL{p:.0f}", name, axes, keepdim)
    size = g.node("Abs", name)
    if math.isinf(p):
        return reduced(g, "ReduceMax" if p > 0 else "ReduceMin", size, axes, keepdim)
    if p == 0:
        return NotImplemented
    powers = reduced(g, "ReduceSum", g.node("Pow", size, number(g, p, out)), axes, keepdim)
    return g.node("Pow", powers, number(g, 1 / p, out))


@writes("var", "std")
def _spread(g: Graph, out: Any, x: Any, dim: Any, correction: float, keepdim: bool) -> str:
    axes, name = axes_of(x, dim), g.value(x, out.dtype)
    centred = g.node("Sub", name, reduced(g, "ReduceMean", name, axes, True))
    n = math.prod(x.shape[a] for a in axes)
    sums = reduced(g, "ReduceSumSquare", centred, axes, keepdim)
    variance = g.node("Div", sums, number(g, max(n - correction, 0), out))
    return variance if g.source == "var" else g.node("Sqrt", variance)


@writes("argmax", "argmin")
def _place(g: Graph, out: Any, x: Any, dim: Any, keepdim: bool) -> Any:
    op = {"argmax": "ArgMax", "argmin": "ArgMin"}[g.source]
    if dim is None:
        flat = g.node("Reshape", x, g.numbers([-1]))
        found = g.node(op, flat, axis=0, keepdims=0)
        return g.node("Reshape", found, g.numbers([1] * x.ndim if keepdim else []))
    name = g.value(x) if kind_of(x) != np.dtype(bool) else g.value(x, np.int32)
    return g.node(op, name, axis=one_of(dim, x), keepdims=int(keepdim))


@writes("cumsum")
def _cumsum(g: Graph, out: Any, x: Any, dim: int) -> str:
    return g.node("CumSum", g.value(x, out.dtype), g.constant(np.asarray(one_of(dim, x), np.int64)))


@writes("softmax", "log_softmax")
def _softmax(g: Graph, out: Any, x: Any, dim: int) -> str:
    op = {"softmax": "Softmax", "log_softmax": "LogSoftmax"}[g.source]
    return g.node(op, g.value(x, out.dtype), axis=one_of(dim, x))


@writes("argsort")
def _argsort(g: Graph, out: Any, x: Any, dim: int, descending: bool, stable: bool) -> str:
    axis = one_of(dim, x)
    k = g.numbers([x.shape[axis]])
    return g.nodes_of("TopK", 2, x, k, axis=axis, largest=int(descending), sorted=1)[1]


@writes("first_of")
def _first_of(g: Graph, out: Any, x: Any, dim: int, k: int, largest: bool) -> str:
    axis = one_of(dim, x)
    return g.nodes_of("TopK", 2, x, g.numbers([k]), axis=axis, largest=int(largest), sorted=1)[1]
