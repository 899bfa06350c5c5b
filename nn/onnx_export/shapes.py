"""Shapes and orders of dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.dims import checked_dim
from nn.onnx_export.graph import Graph
from nn.onnx_export.table import writes

INT_MIN = -(2**63) + 1
"""The end of a slice that goes backwards through the whole dimension."""


def one_of(dim: int, x: Any) -> int:
    """A dimension, counted from the first."""
    return checked_dim("export_onnx", dim, tuple(x.shape)) if x.ndim else 0


@writes("reshape")
def _reshape(g: Graph, out: Any, x: Any, shape: Any) -> str:
    return reshaped(g, x, tuple(out.shape))


def reshaped(g: Graph, x: Any, shape: Sequence[int]) -> str:
    """A value in another shape."""
    return g.node("Reshape", x, g.numbers(shape), allowzero=1 if 0 in shape else None)


@writes("squeeze")
def _squeeze(g: Graph, out: Any, x: Any, dim: Any) -> str:
    given = range(x.ndim) if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
    dims = sorted({d for d in (one_of(d, x) for d in given) if x.ndim and x.shape[d] == 1})
    return g.node("Squeeze", x, g.numbers(dims)) if dims else g.value(x)


@writes("unsqueeze")
def _unsqueeze(g: Graph, out: Any, x: Any, dim: int) -> str:
    return g.node("Unsqueeze", x, g.numbers([dim % out.ndim]))


@writes("transpose")
def _transpose(g: Graph, out: Any, x: Any, dim0: int, dim1: int) -> str:
    order = list(range(x.ndim))
    if x.ndim:
        a, b = one_of(dim0, x), one_of(dim1, x)
        order[a], order[b] = order[b], order[a]
    return g.node("Transpose", x, perm=order)


@writes("permute")
def _permute(g: Graph, out: Any, x: Any, dims: Sequence[int]) -> str:
    return g.node("Transpose", x, perm=[one_of(d, x) for d in dims])


@writes("expand")
def _expand(g: Graph, out: Any, x: Any, shape: Any) -> str:
    return g.node("Expand", x, g.numbers(out.shape))


@writes("unbind")
def _unbind(g: Graph, out: Any, x: Any, dim: int) -> list[str]:
    axis = one_of(dim, x)
    return [g.node("Gather", x, g.constant(np.asarray(i)), axis=axis) for i in range(len(out))]


@writes("pieces")
def _pieces(g: Graph, out: Any, x: Any, sizes: Sequence[int], dim: int) -> list[str]:
    return g.nodes_of("Split", len(out), x, g.numbers(sizes), axis=one_of(dim, x))


@writes("cat")
def _cat(g: Graph, out: Any, tensors: Sequence[Any], dim: int, starts: Any = None) -> str:
    parts = [g.value(t, out.dtype) for t in tensors if tuple(t.shape) != (0,) or out.ndim == 1]
    return g.node("Concat", *parts, axis=one_of(dim, out))


@writes("stack")
def _stack(g: Graph, out: Any, tensors: Sequence[Any], dim: int) -> str:
    axis = dim % out.ndim
    parts = [g.node("Unsqueeze", g.value(t, out.dtype), g.numbers([axis])) for t in tensors]
    return g.node("Concat", *parts, axis=axis)


@writes("flip")
def _flip(g: Graph, out: Any, x: Any, dims: Any) -> str:
    axes = [one_of(d, x) for d in ((dims,) if isinstance(dims, int) else dims)]
    n = len(axes)
    return g.node(
        "Slice", x, g.numbers([-1] * n), g.numbers([INT_MIN] * n), g.numbers(axes), g.numbers([-1] * n)
    )


@writes("roll")
def _roll(g: Graph, out: Any, x: Any, shifts: Any, dims: Any) -> Any:
    if dims is None or dims == ():
        return NotImplemented
    pairs = zip(*((v,) if isinstance(v, int) else v for v in (shifts, dims)), strict=True)
    name = g.value(x)
    for shift, dim in pairs:
        axis = one_of(dim, x)
        cut = -shift % max(x.shape[axis], 1)
        if cut:
            axes, end = g.numbers([axis]), g.numbers([2**62])
            ends = [
                g.node("Slice", name, g.numbers([cut]), end, axes),
                g.node("Slice", name, g.numbers([0]), g.numbers([cut]), axes),
            ]
            name = g.node("Concat", *ends, axis=axis)
    return name


@writes("tril", "triu")
def _triangle(g: Graph, out: Any, x: Any, diagonal: int) -> str:
    return g.node("Trilu", x, g.constant(np.asarray(diagonal, np.int64)), upper=int(g.source == "triu"))
