"""Batching rules of losses with kernels of their own: the examples are more rows, of which each takes its own mean."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.batching.rules import batches, examples, is_at
from autograd.errors import ShapeError
from autograd.hidden import Level, all_examples
from autograd.kernels import ctc, linear_loss, margin
from autograd.kernels.linear import linear
from autograd.kernels.loss import cross_entropy_
from autograd.kernels.softmax import log_softmax_
from autograd.ops import arithmetic, loss, reduce, selection
from autograd.ops.positions import gather
from autograd.ops.shape import movedim, reshape
from autograd.table import Primitive
from autograd.tape import raw


@batches(margin.multi_margin_, margin.multilabel_margin_)
def _of_rows(p: Primitive, level: Level, args: list[Any]) -> Any:
    scores, target, *options = args
    return p.function(examples(scores, level), examples(target, level), *options)


@batches(ctc.ctc_)
def _ctc(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, targets, input_lengths, target_lengths, *options = args
    scores = movedim(examples(x, level), 1, 0)  # (T, examples, N, C)
    steps, size, n, classes = scores.shape
    labels = examples(targets, level)
    rows = reshape(scores, (steps, size * n, classes))
    lengths = [_lengths(given, level, size) for given in (input_lengths, target_lengths)]
    out = p.function(rows, reshape(labels, (size * n, labels.shape[2])), *lengths, *options)
    return reshape(out, (size, n))


def _lengths(given: Any, level: Level, size: int) -> tuple[int, ...]:
    """The lengths of all examples, one after the other."""
    if is_at(given, level):
        return tuple(np.asarray(raw(all_examples(given))).reshape(-1).tolist())
    return tuple(given) * size


@batches(linear_loss.linear_cross_entropy_)
def _linear_cross_entropy(p: Primitive, level: Level, args: list[Any]) -> Any:
    """As one call on more rows if the layer is the same for all examples; else by its parts."""
    x, weight, target, bias, factors, ignore_index, rows = args
    if any(is_at(a, level) for a in (weight, bias, factors)):
        return cross_entropy_(linear(x, weight, bias), target, factors, ignore_index, "none", 0.0)
    x, target = examples(x, level), examples(target, level)
    size, n, features = x.shape
    out = p.function(reshape(x, (size * n, features)), weight, reshape(target, (size * n,)), *args[3:6], rows)
    return reshape(out, (size, n))


# ------------------------------------------------------------------------------------------------ cross entropy


@batches(cross_entropy_)
def _cross_entropy(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, target, weight, ignore_index, reduction, label_smoothing = args

    def each(rows: Any, chosen: Any, factors: Any, smoothing: float) -> Any:
        return p.function(rows, chosen, factors, ignore_index, "none", smoothing)

    return _class_loss(p.name, each, level, x, target, weight, ignore_index, reduction, label_smoothing)


@batches(loss.nll_loss)
def _nll_loss(function: Any, level: Level, args: list[Any]) -> Any:
    x, target, weight, ignore_index, reduction = args

    def each(rows: Any, chosen: Any, factors: Any, smoothing: float) -> Any:  # noqa: ARG001  # it has none
        return function(rows, chosen, factors, ignore_index, "none")

    return _class_loss("nll_loss", each, level, x, target, weight, ignore_index, reduction, 0.0)


def _class_loss(
    op: str, each: Any, level: Level, x: Any, target: Any, weight: Any, ignore_index: int, reduction: str,
    label_smoothing: float,
) -> Any:  # fmt: skip
    """The examples' own batches made one, of which each takes its mean."""
    shape = tuple(x.shape)
    expected = shape[:1] + shape[2:] if len(shape) > 1 else ()
    if tuple(target.shape) != expected:
        raise ShapeError(
            f"{op}: the input has shape {shape}, so the target must have shape {expected}, got {tuple(target.shape)}"
        )
    rows, chosen = examples(x, level), examples(target, level)
    one = shape if len(shape) > 1 else (1, *shape)
    joined = reshape(rows, (level.size * one[0], *one[1:]))
    labels = reshape(chosen, (level.size * one[0], *one[2:]))
    own = is_at(weight, level)  # a weight of its own for each example
    smoothing, factors = (0.0, None) if own else (label_smoothing, weight)
    losses = reshape(each(joined, labels, factors, smoothing), (level.size, *expected))
    valid = chosen != ignore_index
    counts = selection.where(valid, 1.0, 0.0).astype(x.dtype)
    if weight is not None:
        safe = selection.where(valid, chosen, 0)
        flat = reshape(safe, (level.size, math.prod(expected)))
        weights = gather(weight.value, 1, flat) if own else weight[flat]
        counts = arithmetic.mul(counts, reshape(weights, (level.size, *expected)))
    if own:
        losses = arithmetic.mul(losses, counts)
    if own and label_smoothing:
        dim = 2 if len(shape) > 1 else 1
        factors = reshape(
            weight.value, (level.size, *(1,) * (dim - 1), shape[dim - 1], *(1,) * (len(shape) - dim))
        )
        soft = reduce.sum_(arithmetic.mul(log_softmax_(rows, dim), factors), dim, False)
        soft = selection.where(valid, soft, 0.0) * (-label_smoothing / shape[dim - 1])
        losses = arithmetic.add(losses * (1 - label_smoothing), soft)
    if reduction == "none":
        return losses
    dims = tuple(range(1, 1 + len(expected)))
    total, norm = (reduce.sum_(v, dims, False) if dims else v for v in (losses, counts))
    return arithmetic.div(total, norm) if reduction == "mean" else total
