"""Indices, and rows of tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.tape import Variable
from nn.onnx_export.elementwise import is_traced, kind_of
from nn.onnx_export.graph import Graph
from nn.onnx_export.shapes import INT_MIN, one_of, reshaped
from nn.onnx_export.table import writes
from nn.onnx_export.traced import Traced

END = 2**62
"""The end of a slice that goes to the last element."""


def _array(item: Any) -> Any:
    """An index that is an array, or None."""
    if isinstance(item, (Variable, np.ndarray, Traced)):
        found: Any = item
        return found if found.ndim or kind_of(found).kind == "b" else None
    return np.asarray(item) if isinstance(item, list) else None


def _whole(index: Any, ndim: int) -> list[Any]:
    """An index as a list with an entry for each dimension, and None where a new one begins."""
    items = list(index) if isinstance(index, tuple) else [index]
    taken = sum(item is not None and item is not Ellipsis for item in items)
    rest: list[Any] = [slice(None)] * (ndim - taken)
    place = next((i for i, item in enumerate(items) if item is Ellipsis), None)
    return items + rest if place is None else items[:place] + rest + items[place + 1 :]


@writes("getitem")
def _getitem(g: Graph, out: Any, x: Any, index: Any) -> Any:
    items = _whole(index, x.ndim)
    arrays = [i for i, item in enumerate(items) if _array(item) is not None]
    if any(kind_of(items[i]).kind == "b" for i in arrays):
        return NotImplemented  # the size of the result would depend on values
    if arrays and any(item is None for item in items):
        return NotImplemented
    name = _sliced(g, x, [item for item in items if item is not None])
    if not arrays:
        return _with_dimensions(g, name, items)
    scalars = [i for i, item in enumerate(items) if not isinstance(item, slice) and i not in arrays]
    axes, parts = arrays, [items[i] for i in arrays]
    if scalars:  # numbers beside arrays are arrays of one element
        axes = sorted(arrays + scalars)
        parts = [items[i] if i in arrays else np.asarray(items[i]) for i in axes]
    if len(axes) == x.ndim and (free := _along(axes, parts, x)) is not None:
        return g.node("GatherElements", name, _spread(g, parts[free], tuple(out.shape)), axis=free)
    if len(axes) == 1:
        return g.node("Gather", name, g.value(parts[0], np.int64), axis=axes[0])
    return _gathered(g, name, x, axes, parts)


def _along(axes: Sequence[int], parts: Sequence[Any], x: Any) -> int | None:
    """The dimension along which an index takes elements, if it counts up along all others, as `gather` does."""
    shape = np.broadcast_shapes(*(tuple(part.shape) for part in parts))
    if list(axes) != list(range(x.ndim)) or len(shape) != x.ndim:
        return None
    free = [i for i in axes if not _counts_up(parts[i], i, tuple(x.shape), shape)]
    return free[0] if len(free) == 1 else None


def _counts_up(part: Any, axis: int, sizes: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    """Whether an index array is 0, 1, 2, … through a whole dimension, along its own."""
    if is_traced(part):
        return False
    rows = np.asarray(getattr(part, "array", part))
    rows = rows.reshape((1,) * (len(shape) - rows.ndim) + rows.shape)
    n = sizes[axis]
    alone = tuple(n if i == axis else 1 for i in range(len(shape)))
    return shape[axis] == n and rows.shape == alone and bool((rows.reshape(-1) == np.arange(n)).all())


def _spread(g: Graph, part: Any, shape: tuple[int, ...]) -> str:
    """An index array in the shape of all of them together."""
    name = g.value(part, np.int64)
    return name if tuple(part.shape) == shape else g.node("Expand", name, g.numbers(shape))


def _sliced(g: Graph, x: Any, items: Sequence[Any]) -> str:
    """The slices of an index."""
    starts, ends, axes, steps = [], [], [], []
    for axis, item in enumerate(items):
        if isinstance(item, slice) and item != slice(None):
            low, high, step = item.indices(x.shape[axis])
            to_the_end = item.stop is None or high >= x.shape[axis] > 0
            starts.append(low)
            ends.append((END if step > 0 else INT_MIN) if to_the_end or high < 0 else high)
            axes.append(axis)
            steps.append(step)
    if not axes:
        return g.value(x)
    return g.node("Slice", x, g.numbers(starts), g.numbers(ends), g.numbers(axes), g.numbers(steps))


def _with_dimensions(g: Graph, name: str, items: Sequence[Any]) -> str:
    """Take the elements that numbers name, and put in the new dimensions."""
    kept = [item for item in items if item is not None]
    taken = [axis for axis, item in enumerate(kept) if not isinstance(item, slice)]
    for axis in reversed(taken):
        name = g.node("Gather", name, g.value(kept[axis], np.int64), axis=axis)
    left = [item for item in items if item is None or isinstance(item, slice)]
    new = [axis for axis, item in enumerate(left) if item is None]
    return g.node("Unsqueeze", name, g.numbers(new)) if new else name


def positions(g: Graph, parts: Sequence[Any], shape: tuple[int, ...]) -> str:
    """Several index arrays, broadcast, side by side in a last dimension."""
    columns = [g.node("Unsqueeze", _spread(g, part, shape), g.numbers([len(shape)])) for part in parts]
    return g.node("Concat", *columns, axis=len(shape))


def _gathered(g: Graph, name: str, x: Any, axes: Sequence[int], parts: Sequence[Any]) -> str:
    """The elements that several index arrays name together."""
    shape = np.broadcast_shapes(*(tuple(part.shape) for part in parts))
    others = [axis for axis in range(x.ndim) if axis not in axes]
    if list(axes) != list(range(len(axes))):
        name = g.node("Transpose", name, perm=[*axes, *others])
    found = g.node("GatherND", name, positions(g, parts, shape))
    together = list(axes) == list(range(axes[0], axes[0] + len(axes)))
    if together and axes[0]:  # their dimensions stand where the first of them was
        n, before = len(shape), axes[0]
        order = [n + i for i in range(before)] + list(range(n)) + [n + i for i in range(before, len(others))]
        found = g.node("Transpose", found, perm=order)
    return found


@writes("take")
def _take(g: Graph, out: Any, x: Any, index: Any) -> str:
    flat = g.node("Reshape", x, g.numbers([-1]))
    return g.node("Gather", flat, g.value(index, np.int64), axis=0)


@writes("picked")
def _picked(g: Graph, out: Any, x: Any, index: Any, dim: int, keepdim: bool) -> str:
    axis, name = one_of(dim, x), g.value(index, np.int64)
    if keepdim:
        return g.node("GatherElements", x, name, axis=axis)
    found = g.node("GatherElements", x, g.node("Unsqueeze", name, g.numbers([axis])), axis=axis)
    return g.node("Squeeze", found, g.numbers([axis]))


@writes("setitem")
def _setitem(g: Graph, out: Any, x: Any, value: Any, index: Any) -> Any:
    items = _whole(index, x.ndim)
    name = g.value(x)
    given = g.value(value, x.dtype)
    if all(_array(item) is not None for item in items):
        if any(kind_of(item).kind == "b" for item in items):
            return NotImplemented
        shape = np.broadcast_shapes(*(tuple(item.shape) for item in items))
        if (free := _along(range(len(items)), items, x)) is not None:
            spread = g.node("Expand", given, g.numbers(shape))
            return g.node("ScatterElements", name, _spread(g, items[free], shape), spread, axis=free)
        return g.node(
            "ScatterND", name, positions(g, items, shape), g.node("Expand", given, g.numbers(shape))
        )
    if any(is_traced(item) for item in items):
        return NotImplemented
    known = tuple(
        np.asarray(getattr(item, "array", item)) if _array(item) is not None else item for item in items
    )
    places = np.arange(int(np.prod(x.shape))).reshape(tuple(x.shape))[known]
    flat = g.node("Reshape", name, g.numbers([-1]))
    spread = reshaped(g, g.node("Expand", given, g.numbers(places.shape)), [places.size])
    written = g.node("ScatterElements", flat, g.numbers(places.reshape(-1)), spread, axis=0)
    return reshaped(g, written, tuple(x.shape))


# -- rows of tables ----------------------------------------------------------------------------------------------------


@writes("embedding")
def _embedding(g: Graph, out: Any, weight: Any, indices: Any, padding_idx: Any, by_frequency: bool) -> str:
    return g.node("Gather", weight, g.value(indices), axis=0)


@writes("mixed")
def _mixed(g: Graph, out: Any, x: Any, weight: Any, index: Any) -> str:
    """Weighted sums of rows, as `grid_sample` takes of pixels."""
    rows = g.node("Gather", x, g.value(index, np.int64), axis=0)
    weighted = g.node("Mul", rows, g.node("Unsqueeze", g.value(weight, out.dtype), g.numbers([2])))
    return g.node("ReduceSum", weighted, g.numbers([1]), keepdims=0)


@writes("one_hot")
def _one_hot(g: Graph, out: Any, x: Any, count: int) -> str:
    return g.node("OneHot", x, g.numbers([count]), g.numbers([0, 1]))


@writes("rows_added")
def _rows_added(g: Graph, out: Any, rows: Any, indices: Any, count: int) -> Any:
    """Rows that are added up in groups of the same size, one after the other; other groups by a matrix of ones."""
    if is_traced(indices):
        return NotImplemented
    flat = np.asarray(getattr(indices, "array", indices)).reshape(-1)
    width = rows.shape[-1]
    if (
        count
        and flat.size
        and flat.size % count == 0
        and (flat == np.repeat(np.arange(count), flat.size // count)).all()
    ):
        grouped = reshaped(g, rows, (count, flat.size // count, width))
        return g.node("ReduceSum", grouped, g.numbers([1]), keepdims=0)
    matrix = (flat == np.arange(count)[:, None]).astype(kind_of(out))
    return g.node("MatMul", g.constant(matrix), reshaped(g, rows, (flat.size, width)))
