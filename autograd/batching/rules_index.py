"""Batching rules of indexing: reading, writing and adding at an index that may differ between the examples.

An index that is the same for all examples gets a `:` in front. One that differs gets, if the tensor differs as well,
the number of the example in front. NumPy puts the dimensions of index arrays in front of all others when something
stands between the arrays, so the result's dimensions may have to be moved; `_Key` says how.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.batching.rules import batches, examples, grown, is_at, ndim_of
from autograd.dims import checked_dim
from autograd.errors import BatchingError
from autograd.hidden import Hidden, Level
from autograd.ops import along, arithmetic, identity, index, loss, reduce_at, scan, selection
from autograd.ops.shape import movedim, reshape
from autograd.table import Primitive
from autograd.tape import raw

# ruff: noqa: ARG001  # every rule is called alike

_ALL = slice(None)


class _Key:
    """An index of one example as one of all examples.

    index:  the NumPy index of all examples
    ndim:   how many dimensions one example's result has
    move:   (start, count, to): which of the dimensions of all examples' results to bring where; None if all are right
    """

    def __init__(self, key: Any, level: Level, ndim: int, hidden: bool) -> None:
        """Of a tensor whose examples have `ndim` dimensions, and which differs between them if `hidden`."""
        items = [raw(i) for i in key] if isinstance(key, tuple) else [raw(key)]
        differs = any(is_at(i, level) for i in items)
        if differs:
            items = _without_masks(items, level)
        consumed = sum(_consumes(i) for i in items)
        rest = [_ALL] * max(ndim - consumed, 0)
        dots = next((n for n, i in enumerate(items) if i is Ellipsis), None)
        advanced = any(isinstance(i, (np.ndarray, bool, Hidden)) for i in items)
        self.move: tuple[int, int, int] | None = None
        if not advanced:
            self.index: Any = (_ALL, *items)
            self.ndim = len(rest) + sum(i is None or isinstance(i, slice) for i in items)
            return
        if dots is not None:
            items[dots : dots + 1] = rest
        else:
            items += rest
        places = [n for n, i in enumerate(items) if i is not None and not isinstance(i, slice)]
        together = places[-1] - places[0] + 1 == len(places)
        before = places[0] if together else 0
        width = max(_width(i) for i in items)
        self.ndim = width + len(items) - len(places)
        if not differs:
            self.index = (_ALL, *items)
            if not together:
                self.move = (width, 1, 0)
            return
        items = [_lined_up(i, width, level) for i in items]
        if hidden:
            self.index = (_numbers(level, width), *items)
            if before:
                self.move = (1, width, 1 + before)
        else:
            self.index = tuple(items)
            if before:
                self.move = (before, 1, 0)

    def ordered(self, result: Any) -> Any:
        """What was read at the index, with the dimensions as they should be."""
        if self.move is None:
            return result
        start, count, to = self.move
        return movedim(result, tuple(range(start, start + count)), tuple(range(to, to + count)))

    def disordered(self, value: Any) -> Any:
        """What is to be written at the index, with the dimensions as NumPy has them."""
        if self.move is None:
            return value
        start, count, to = self.move
        return movedim(value, tuple(range(to, to + count)), tuple(range(start, start + count)))


def _consumes(item: Any) -> int:
    """How many dimensions of the tensor an item of an index stands for."""
    if item is None or item is Ellipsis or isinstance(item, bool):
        return 0
    return int(item.ndim) if isinstance(item, np.ndarray) and item.dtype.kind == "b" else 1


def _width(item: Any) -> int:
    """How many dimensions an item gives the result, if it is an array."""
    if isinstance(item, bool) or (isinstance(item, np.ndarray) and item.dtype.kind == "b"):
        return 1
    return ndim_of(item)


def _without_masks(items: Sequence[Any], level: Level) -> list[Any]:
    """The items with masks as positions, so that all arrays are integers."""
    found: list[Any] = []
    for item in items:
        if (is_at(item, level) and item.dtype.kind == "b") or isinstance(item, bool):
            raise BatchingError(
                "vmap: x[mask] of a mask that differs between the examples has a result of another size for each; "
                "use where(mask, x, value)"
            )
        if isinstance(item, np.ndarray) and item.dtype.kind == "b":
            found += item.nonzero()
        else:
            found.append(item)
    return found


def _lined_up(item: Any, width: int, level: Level) -> Any:
    """An index array with the dimension of the examples first, and the others lined up from the last."""
    return _own(grown(item.value, width)) if is_at(item, level) else raw(item)


def _own(index: Any) -> Any:
    """An index in memory of its own: a later write to it changes no gradient."""
    return raw(index).astype(np.intp)


def _numbers(level: Level, width: int) -> Any:
    """The number of each example, to be broadcast against index arrays of `width` dimensions."""
    return np.arange(level.size).reshape((-1,) + (1,) * width)


# ------------------------------------------------------------------------------------------------ at an index


@batches(reduce_at.scatter_reduce)
def _scatter_reduce(function: Any, level: Level, args: list[Any]) -> Any:
    x, dim, index_, src, how, include_self = args
    shape = tuple(x.shape)
    x, index_, src = (examples(t, level) for t in (x, index_, src))
    if not shape:  # numbers, as vectors of one element
        x, index_, src = (reshape(t, (level.size, -1)) for t in (x, index_, src))
    dim = checked_dim("scatter_reduce", dim, shape) + 1
    return reshape(function(x, dim, index_, src, how, include_self=include_self), (level.size, *shape))


@batches(index.getitem_)
def _getitem(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, given = args
    hidden = is_at(x, level)
    key = _Key(given, level, x.ndim, hidden)
    return key.ordered(p.function(x.value if hidden else x, key.index))


@batches(index.unindex)
def _unindex(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, shape, given = args
    key = _Key(given, level, len(shape), hidden=True)
    return p.function(key.disordered(examples(x, level)), (level.size, *shape), key.index)


@batches(index.setitem, index.additem)
def _setitem(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, value, given = args
    mask = given[0] if isinstance(given, tuple) and len(given) == 1 else given
    if is_at(mask, level) and mask.dtype.kind == "b":
        return _at_mask(p, x, value, mask)
    key = _Key(given, level, x.ndim, hidden=True)
    if ndim_of(value) > key.ndim and set(value.shape[: value.ndim - key.ndim]) == {1}:
        value = reshape(value, tuple(value.shape[value.ndim - key.ndim :]))
    if hasattr(value, "ndim") and value.ndim <= key.ndim:
        if is_at(value, level):
            value = grown(value.value, key.ndim)
        elif key.move is not None:
            value = reshape(value, (1,) * (1 + key.ndim - value.ndim) + tuple(value.shape))
        value = key.disordered(value) if value.ndim == 1 + key.ndim else value
    elif is_at(value, level):
        value = value.value
    return p.function(examples(x, level), value, key.index)


def _at_mask(p: Primitive, x: Any, value: Any, mask: Any) -> Any:
    """Writing or adding one number where a mask, another for each example, is true."""
    if ndim_of(value):
        raise BatchingError(
            f"vmap: x[mask] = value with a mask that differs between the examples needs a value of one element, got "
            f"shape {tuple(value.shape)}; use where(mask, value, x)"
        )
    mask = reshape(mask, tuple(mask.shape) + (1,) * (x.ndim - mask.ndim))
    return selection.where(mask, arithmetic.add(x, value) if p.name == "additem" else value, x)


# ------------------------------------------------------------------------------------------------ at a position


@batches(index.take)
def _take(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, positions = args
    if not is_at(x, level):
        return p.function(x, _own(positions.value))
    flat = reshape(x.value, (level.size, math.prod(x.shape)))
    return index.getitem_(flat, _flat_key(positions, level))


@batches(index.put)
def _put(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, positions, value = args
    x = examples(x, level)
    flat = reshape(x, (level.size, math.prod(x.shape[1:])))
    if is_at(value, level):
        value = grown(value.value, ndim_of(positions))
    return reshape(index.setitem(flat, value, _flat_key(positions, level)), tuple(x.shape))


def _flat_key(positions: Any, level: Level) -> tuple[Any, Any]:
    """The index of positions among the elements of each example."""
    if is_at(positions, level):
        return _numbers(level, positions.ndim), _own(positions.value)
    return _ALL, raw(positions)


def _whole(index: Any, level: Level) -> Any:
    """The index of every example."""
    if is_at(index, level):
        return _own(index.value)
    return np.broadcast_to(index, (level.size, *index.shape))


@batches(along.picked, along.placed)
def _picked(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, index, dim, keepdim, *shape = args
    shape = [(level.size, *s) for s in shape]
    ndim = len(shape[0]) - 1 if shape else x.ndim
    if not ndim:
        return identity.clone(x.value)
    return p.function(examples(x, level), _whole(index, level), dim % ndim + 1, keepdim, *shape)


@batches(loss.negative_at)
def _negative_at(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, index, dim = args
    return p.function(examples(x, level), _whole(index, level), dim % x.ndim + 1)


@batches(scan.holding, scan.held)
def _holding(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, index, dim = args
    if not x.ndim:
        return identity.clone(examples(x, level))
    return p.function(examples(x, level), _whole(index, level), dim % x.ndim + 1)
