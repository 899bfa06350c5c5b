"""Losses that are operations of the table."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.onnx_export.elementwise import is_traced, log_sigmoid, number
from nn.onnx_export.graph import Graph
from nn.onnx_export.table import writes


def _huber(g: Graph, out: Any, x: Any, width: float, scale: float) -> str:
    """Scale · (x² / 2 where |x| ≤ width, width (|x| - width / 2) elsewhere)."""
    size = g.node("Abs", x)
    inner = g.node("Mul", g.node("Mul", size, size), number(g, 0.5 * scale, out))
    outer = g.node("Mul", g.node("Sub", size, number(g, width / 2, out)), number(g, width * scale, out))
    return g.node("Where", g.node("LessOrEqual", size, number(g, width, out)), inner, outer)


@writes("smooth_l1")
def _smooth_l1(g: Graph, out: Any, x: Any, beta: float) -> str:
    return _huber(g, out, x, beta, 1 / beta)


@writes("huber")
def _huber_loss(g: Graph, out: Any, x: Any, delta: float) -> str:
    return _huber(g, out, x, delta, 1.0)


@writes("soft_margin")
def _soft_margin(g: Graph, out: Any, x: Any, target: Any) -> str:
    return g.node("Neg", log_sigmoid(g, g.node("Mul", x, g.value(target, out.dtype))))


@writes("binary_cross_entropy_with_logits")
def _with_logits(g: Graph, out: Any, x: Any, target: Any) -> str:
    rest = g.node("Sub", number(g, 1, out), g.value(target, out.dtype))
    return g.node("Sub", g.node("Mul", rest, x), log_sigmoid(g, x))


@writes("binary_cross_entropy")
def _binary(g: Graph, out: Any, x: Any, target: Any) -> str:
    def term(chance: str, share: str) -> str:
        return g.node("Mul", share, g.node("Max", g.node("Log", chance), number(g, -100, out)))

    p, t, one = g.value(x), g.value(target, out.dtype), number(g, 1, out)
    both = g.node("Add", term(p, t), term(g.node("Sub", one, p), g.node("Sub", one, t)))
    return g.node("Neg", both)


def _picked_loss(g: Graph, log_p: str, target: Any, weight: Any, ignore_index: int, reduction: str) -> str:
    return g.node(
        "NegativeLogLikelihoodLoss",
        log_p,
        g.value(target, np.int64),
        weight,
        ignore_index=int(ignore_index),
        reduction=reduction,
    )


def _rows(g: Graph, x: Any, dtype: Any) -> str:
    """X of shape (C) or (N, C) as (N, C)."""
    name = g.value(x, dtype)
    return name if x.ndim == 2 else g.node("Unsqueeze", name, g.numbers([0]))


def _of_rows(g: Graph, found: str, x: Any) -> str:
    """One number for each row, or one."""
    return found if x.ndim == 2 else g.node("Squeeze", found, g.numbers([0]))


@writes("multi_margin")
def _multi_margin(g: Graph, out: Any, x: Any, target: Any, p: float, margin: float) -> str:
    """Σ_j max(0, margin - x_t + x_j)ᵖ / C over the classes j other than t: the sum over all less that of t, marginᵖ."""
    rows = _rows(g, x, out.dtype)
    index = g.node("Reshape", g.value(target, np.int64), g.numbers([-1, 1]))
    own = g.node("GatherElements", rows, index, axis=1)
    over = g.node("Relu", g.node("Add", g.node("Sub", rows, own), number(g, margin, out)))
    sums = g.node("ReduceSum", g.node("Pow", over, number(g, p, out)), g.numbers([1]), keepdims=0)
    others = g.node("Sub", sums, number(g, max(margin, 0.0) ** p, out))
    return _of_rows(g, g.node("Div", others, number(g, x.shape[-1], out)), x)


@writes("multilabel_margin")
def _multilabel_margin(g: Graph, out: Any, x: Any, target: Any) -> str:
    """Σ max(0, 1 - x_t + x_j) / C over the targets t before the first -1 and the classes j that are no targets."""
    classes = x.shape[-1]
    rows, targets = _rows(g, x, out.dtype), _rows(g, target, np.int64)
    zero = g.constant(np.asarray(0, np.int64))
    ended = g.node("Cast", g.node("Less", targets, zero), to=np.dtype(np.int64))
    counts = g.node("Equal", g.node("CumSum", ended, g.constant(np.asarray(1, np.int64))), zero)
    counted = g.node("Unsqueeze", g.node("Cast", counts, to=np.dtype(out.dtype)), g.numbers([2]))
    index = g.node("Max", targets, zero)
    values = g.constant(np.array([0, 1], out.dtype))
    hot = g.node("Mul", g.node("OneHot", index, g.numbers([classes]), values, axis=-1), counted)
    no_target = g.node("Sub", number(g, 1, out), g.node("ReduceMax", hot, g.numbers([1]), keepdims=1))
    own = g.node("Unsqueeze", g.node("GatherElements", rows, index, axis=1), g.numbers([2]))
    apart = g.node("Sub", g.node("Unsqueeze", rows, g.numbers([1])), own)
    over = g.node("Relu", g.node("Add", apart, number(g, 1, out)))
    kept = g.node("Mul", g.node("Mul", over, counted), no_target)
    sums = g.node("ReduceSum", kept, g.numbers([1, 2]), keepdims=0)
    return _of_rows(g, g.node("Div", sums, number(g, classes, out)), x)


@writes("nll_loss")
def _nll_loss(g: Graph, out: Any, x: Any, target: Any, weight: Any, ignore_index: int, reduction: str) -> Any:
    return (
        NotImplemented if x.ndim < 2 else _picked_loss(g, g.value(x), target, weight, ignore_index, reduction)
    )


@writes("cross_entropy")
def _cross_entropy(
    g: Graph, out: Any, x: Any, target: Any, weight: Any, ignore_index: int, reduction: str, smoothing: float
) -> Any:
    if x.ndim < 2 or (smoothing and (weight is not None or is_traced(target))):
        return NotImplemented
    log_p = g.node("LogSoftmax", x, axis=1)
    if smoothing:
        return NotImplemented
    return _picked_loss(g, log_p, target, weight, ignore_index, reduction)
