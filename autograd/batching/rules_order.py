"""Batching rules of what is computed on ndarrays: search, membership."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.batching.rules import batches, examples, is_at
from autograd.hidden import Level
from autograd.ops import compare, distinct, order, positions, reduce, scan, selection
from autograd.ops.identity import clone
from autograd.ops.join import stack
from autograd.ops.shape import expand, reshape, unsqueeze
from autograd.tape import wrap

# ruff: noqa: ARG001  # every rule is called alike


@batches(order.searchsorted)
def _searchsorted(function: Any, level: Level, args: list[Any]) -> Any:
    sequence, values, out_int32, side = args
    if not is_at(sequence, level) and sequence.ndim == 1:
        return function(sequence, values.value, out_int32=out_int32, side=side)
    sequence, values = examples(sequence, level), examples(values, level)
    shape = tuple(values.shape)
    if sequence.ndim == 2:
        values = reshape(values, (level.size, math.prod(shape[1:])))
    return reshape(function(sequence, values, out_int32=out_int32, side=side), shape)


@batches(order.unravel_index)
def _unravel_index(function: Any, level: Level, args: list[Any]) -> Any:
    return function(args[0].value, args[1])


@batches(order.nonzero_static)
def _nonzero_static(function: Any, level: Level, args: list[Any]) -> Any:
    """Each element that is not 0 goes to the row of its number among them; all others to a row that is cut off."""
    x, size, fill_value = args
    shape = tuple(x.shape)
    there = compare.ne(reshape(x.value, (level.size, -1)), 0)
    row = scan.cumsum(there, 1) - 1
    row = selection.where(there, selection.clamp(row, 0, size), size)
    n = math.prod(shape)
    rows = np.full((level.size, size + 1), -1)
    found = positions.scatter(wrap(rows), 1, row, expand(wrap(np.arange(n)), (level.size, n)))[:, :size]
    columns = order.unravel_index(found, shape) if shape else ()
    whole = stack(columns, 2) if shape else reshape(found, (level.size, size, 1))[:, :, :0]
    return selection.where(compare.eq(unsqueeze(found, -1), -1), fill_value, whole)


@batches(distinct.one_hot)
def _one_hot(function: Any, level: Level, args: list[Any]) -> Any:
    return function(args[0].value, args[1])


@batches(positions.masked_scatter)
def _masked_scatter(function: Any, level: Level, args: list[Any]) -> Any:
    """The k-th place where the mask is true gets the k-th element."""
    x, mask, source = args
    flat = mask.reshape(-1)
    number = scan.cumsum(flat, 0) - 1
    elements = source.reshape(-1)
    found = positions.take(elements, selection.clamp(number, 0, max(elements.shape[0] - 1, 0)))
    return selection.where(mask, found.reshape(tuple(mask.shape)), clone(x))


@batches(distinct.isin)
def _isin(function: Any, level: Level, args: list[Any]) -> Any:
    elements, others, invert = args
    if not is_at(others, level):
        return function(elements.value, others, invert=invert)
    found = reduce.any(
        compare.eq(unsqueeze(elements, -1) if hasattr(elements, "shape") else elements, others.reshape(-1)),
        -1,
        False,
    )
    return compare.logical_not(found) if invert else found
