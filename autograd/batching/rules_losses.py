"""The batching rules of losses that are computed a row at a time: the examples are more rows; and of pairs of rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.batching.rules import batches, examples, is_at
from autograd.hidden import Level, all_examples
from autograd.kernels import ctc, linear_loss, margin
from autograd.kernels.linear import linear
from autograd.kernels.loss import cross_entropy_
from autograd.linalg.distances import pair_distances, pair_norms
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


@batches(pair_distances)
def _pair_distances(p: Primitive, level: Level, args: list[Any]) -> Any:  # noqa: ARG001  # every rule is called alike
    return pair_norms(args[0].value, 2.0)
