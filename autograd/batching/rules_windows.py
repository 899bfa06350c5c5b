"""Batching rules of pools, borders and interpolation: they work on the last dimensions, whatever comes before."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.batching.rules import batches, examples, is_at
from autograd.hidden import Level
from autograd.kernels import edges, grid_sample, max_pool, mean_pool, mixtures, resample
from autograd.ops import arithmetic, pad
from autograd.ops.shape import reshape
from autograd.table import Primitive


@batches(
    max_pool.max_pool, max_pool.noted_max_pool, max_pool.winners_between, mean_pool.window_means,
    mean_pool.window_shares, mean_pool.window_spread, resample.resample, edges.edged, edges.unedged,
)  # fmt: skip
def _last_dims(p: Primitive, level: Level, args: list[Any]) -> Any:  # noqa: ARG001  # every rule is called alike
    return p.function(args[0].value, *args[1:])


@batches(pad.bordered)
def _bordered(p: Primitive, level: Level, args: list[Any]) -> Any:  # noqa: ARG001
    x, pairs, value = args
    return p.function(x.value, ((0, 0), *pairs), value)


@batches(max_pool.routed, max_pool.collected, max_pool.winners)
def _winners(p: Primitive, level: Level, args: list[Any]) -> Any:
    *arrays, windows = args
    return p.function(*(examples(a, level) for a in arrays), windows)


@batches(grid_sample.grid_sample_)
def _grid_sample(p: Primitive, level: Level, args: list[Any]) -> Any:
    """The examples' batches made one."""
    x, grid, *options = args
    out = p.function(_stacked(x, level), _stacked(grid, level), *options)
    return reshape(out, (level.size, x.shape[0], *out.shape[1:]))


# ------------------------------------------------------------------------------------------------ rows of tables


def _stacked(value: Any, level: Level) -> Any:
    """The rows of all examples, one below the other."""
    whole = examples(value, level)
    return reshape(whole, (level.size * whole.shape[1], *whole.shape[2:]))


def _in_own_rows(index: Any, level: Level, rows: int) -> Any:
    """The index of all examples, into the rows of tables one below the other."""
    whole = examples(index, level)
    first = np.arange(level.size).reshape(-1, 1, 1) * rows
    moved = arithmetic.add(whole, first)
    return reshape(moved, (level.size * whole.shape[1], whole.shape[2]))


@batches(mixtures.mixed)
def _mixed(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, weight, index = args
    if is_at(x, level):
        at = _in_own_rows(index, level, x.shape[0])
        found = p.function(_stacked(x, level), _stacked(weight, level), at)
    else:
        found = p.function(x, _stacked(weight, level), _stacked(index, level))
    return reshape(found, (level.size, index.shape[0], x.shape[1]))


@batches(mixtures.mixed_back)
def _mixed_back(p: Primitive, level: Level, args: list[Any]) -> Any:
    y, weight, index, rows = args
    at = _in_own_rows(index, level, rows)
    found = p.function(_stacked(y, level), _stacked(weight, level), at, level.size * rows)
    return reshape(found, (level.size, rows, y.shape[1]))


@batches(mixtures.row_dots)
def _row_dots(p: Primitive, level: Level, args: list[Any]) -> Any:
    y, x, index = args
    if is_at(x, level):
        found = p.function(_stacked(y, level), _stacked(x, level), _in_own_rows(index, level, x.shape[0]))
    else:
        found = p.function(_stacked(y, level), x, _stacked(index, level))
    return reshape(found, (level.size, *index.shape))
