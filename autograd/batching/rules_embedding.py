"""Batching rules of embeddings: tables that differ between the examples are one table, side by side or end to end."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.batching.rules import batches, examples, is_at
from autograd.hidden import Level
from autograd.kernels import embedding
from autograd.ops import selection
from autograd.ops.shape import movedim, reshape, unsqueeze
from autograd.table import Primitive


def _side_by_side(table: Any) -> Any:
    """(B, count, D) as (count, B·D)."""
    size, count, width = table.shape
    return reshape(movedim(table, 0, 1), (count, size * width))


def _apart(rows: Any, size: int) -> Any:
    """(…, B·D) as (B, …, D)."""
    shape = tuple(rows.shape)
    return movedim(reshape(rows, (*shape[:-1], size, shape[-1] // size)), -2, 0)


def _end_to_end(indices: Any, level: Level, count: int) -> Any:
    """The indices of each example moved to its own `count` rows."""
    own = examples(indices, level)
    start = np.arange(level.size).reshape(-1, *(1,) * (own.ndim - 1)) * count
    return own + start


@batches(embedding.embedding_)
def _embedding(p: Primitive, level: Level, args: list[Any]) -> Any:
    weight, indices, padding_idx, by_frequency = args
    if not is_at(weight, level) and not by_frequency:
        return p.function(weight, indices.value, padding_idx, by_frequency)
    if is_at(weight, level) and not is_at(indices, level):
        rows = p.function(_side_by_side(weight.value), indices, padding_idx, by_frequency)
        return _apart(rows, level.size)
    table = examples(weight, level)
    count = table.shape[1]
    rows = p.function(
        reshape(table, (level.size * count, table.shape[2])),
        _end_to_end(indices, level, count),
        None,
        by_frequency,
    )
    if padding_idx is None:
        return rows
    padding = unsqueeze(examples(indices, level) == padding_idx, -1)
    return selection.where(padding, rows.detach(), rows)


@batches(embedding.rows_added_)
def _rows_added(p: Primitive, level: Level, args: list[Any]) -> Any:
    rows, indices, count = args
    if not is_at(indices, level):
        shape = tuple(rows.shape)
        wide = reshape(movedim(rows.value, 0, -2), (*shape[:-1], level.size * shape[-1]))
        return _apart(p.function(wide, indices, count), level.size)
    every = examples(rows, level)
    out = p.function(every, _end_to_end(indices, level, count), level.size * count)
    return reshape(out, (level.size, count, every.shape[-1]))


@batches(embedding.bag_sum_)
def _bag_sum(p: Primitive, level: Level, args: list[Any]) -> Any:
    weight, factors, indices, bags, count = args
    if is_at(weight, level) and not any(is_at(v, level) for v in (factors, indices, bags)):
        return _apart(p.function(_side_by_side(weight.value), factors, indices, bags, count), level.size)
    table = examples(weight, level)
    rows = table.shape[1]
    n = math.prod(indices.shape)
    out = p.function(
        reshape(table, (level.size * rows, table.shape[2])),
        None if factors is None else reshape(examples(factors, level), (level.size * n,)),
        reshape(_end_to_end(indices, level, rows), (level.size * n,)),
        reshape(_end_to_end(bags, level, count), (level.size * n,)),
        level.size * count,
    )
    return reshape(out, (level.size, count, table.shape[2]))
