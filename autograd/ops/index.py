"""Indexing: reading, writing and adding at an index, each a row of the derivative table.

The three are each other's derivatives: what was read is added back at its index, what was written is read, and what
was overwritten gets nothing. gather, scatter, index_select, … (positions.py) are composed of them.

An index is PyTorch's: integers, slices, None, `...`, masks, and integer arrays or lists, alone or in a tuple.
`raw_index` turns it into one NumPy index; the primitives take that.
"""

from __future__ import annotations

import math
import operator
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.composite import composite
from autograd.errors import ArgumentError, AutogradError, DimensionError, ShapeError
from autograd.hidden import Hidden, all_examples, holds_hidden
from autograd.primitive import Array, primitive
from autograd.tape import Variable, wrap

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["getitem", "index_put"]

_REST: Any = slice(None)


# ------------------------------------------------------------------------------------------ the derivative table


@primitive(x=lambda g, index: g[index])
def unindex(x: Array, shape: tuple[int, ...], index: Any) -> Array:
    """Zeros of `shape` with x added at the index: the derivative of reading.  dx = g[index]."""
    out = np.zeros(shape, x.dtype)
    if type(index) is tuple and index[-1] is Ellipsis:  # no arrays in it
        out[index] = x
    else:
        add_at(out, index, x)
    return out


@primitive(view=True, x=lambda g, x_shape, index: unindex(g, x_shape, index))
def getitem_(x: Array, index: Any) -> Array:
    """x[index].  dx = zeros with g added at the index."""
    if type(index) is np.ndarray and index.dtype.kind != "b" and x.ndim:
        return x.take(index, 0)  # a third of the time of x[index]
    if type(index) is tuple and index[-1] is not Ellipsis:
        if type(index[0]) is slice:
            dim, arrays = _block(index)
            if len(arrays) == 1 and dim < x.ndim - 1:
                return x.take(arrays[0], dim)
        out = x[index]
        return out if out.flags.c_contiguous or np.may_share_memory(out, x) else out.copy()
    return x[index]


def _cleared(g: Array, index: Any) -> Array:
    """g with zeros at the index."""
    return setitem(g, 0.0, index)


@primitive(x=lambda g, index: _cleared(g, index), value=lambda g, index: g[index])
def setitem(x: Array, value: Array, index: Any) -> Array:
    """A copy of x with x[index] = value.  dx = g with zeros at the index, dvalue = g[index]."""
    out = x.copy()
    write_item(out, index, value)
    return out


@primitive(x=lambda g: g, value=lambda g, index: g[index])
def additem(x: Array, value: Array, index: Any) -> Array:
    """A copy of x with value added at the index, several times where the index repeats.  dvalue = g[index]."""
    out = x.copy()
    add_at(out, index, np.asarray(value, x.dtype))
    return out


@primitive(x=lambda g, x_shape, index: unindex(g, (math.prod(x_shape),), index).reshape(x_shape))
def take(x: Array, index: Any) -> Array:
    """Elements of x at positions in C order; the result has the index's shape.  dx = g added at the positions."""
    return x.take(index)


def _cleared_at(g: Array, index: Any) -> Array:
    """g with zeros at positions in C order."""
    return put(g, index, 0.0)


@primitive(x=lambda g, index: _cleared_at(g, index), value=lambda g, index: take(g, index))
def put(x: Array, index: Any, value: Array) -> Array:
    """A copy of x with value at positions in C order.  dx = g with zeros there, dvalue = g at the positions."""
    out = np.array(x, order="C")
    write_item(out.reshape(-1), index, value)
    return out


# ------------------------------------------------------------------------------------------ what users call


@composite
def getitem(x: Any, index: Any) -> Tensor:
    """x[index]. Integers, slices, None and `...` give a view; arrays and masks a copy.

    Raises:
        DimensionError: if the index is out of range, has too many dimensions, or is not integers or booleans.
        ArgumentError: for a slice with a negative step.

    >>> import autograd
    >>> x = autograd.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> getitem(x, (slice(None), 1)), getitem(x, [1, 0, 1])
    (tensor([2., 4.]), tensor([[3., 4.],
            [1., 2.],
            [3., 4.]]))
    """
    return getitem_(x, raw_index(x.array if isinstance(x, Variable) else x, index))


@composite
def index_put(input: Any, indices: Any, values: Any, accumulate: bool = False) -> Tensor:
    """A copy of input with input[indices] = values, or += values, adding up where indices repeat.

    Raises:
        DimensionError, ShapeError: if an index is out of range, or the values do not fit.

    >>> import autograd
    >>> index_put(autograd.zeros(3), (autograd.tensor([0, 0, 2]),), autograd.ones(3), accumulate=True)
    tensor([2., 0., 1.])
    """
    key = raw_index(input.array if isinstance(input, Variable) else input, tuple(indices))
    return additem(input, values, key) if accumulate else setitem(input, values, key)


# ------------------------------------------------------------------------------------------ PyTorch's index as NumPy's


def raw_index(array: Array, index: Any) -> Any:
    """The NumPy index that reads from `array` what PyTorch reads with `index`.

    An index without arrays has a `...`, so that it gives a view, also of one element. Arrays are copied, so that a
    later write to them changes no gradient. A uint8 tensor is a mask, as in PyTorch, which warns of it.
    """
    kind = type(index)
    if kind is int:
        return (index, ...)
    if kind is slice:
        return (_positive(index), ...)
    if kind is list and len(index) < 32 and any(_is_no_number(i) for i in index):
        index, kind = tuple(index), tuple  # PyTorch's rule for a list with anything but numbers in it
    if kind is not tuple:
        item = _item(index)
        _check_empty_masks(array.shape, [item])
        return (
            item
            if type(item) is np.ndarray or isinstance(item, Hidden)
            else (item, ...)
            if item is not Ellipsis
            else (item,)
        )
    items = []
    dots = arrays = integers = 0
    for given in index:
        kind = type(given)
        if kind is int:
            integers += 1
            items.append(given)
        elif kind is slice:
            items.append(_positive(given))
        else:
            item = _item(given)
            if type(item) is np.ndarray or type(item) is bool:
                arrays += 1
            elif item is Ellipsis:
                dots += 1
            elif isinstance(item, Hidden):
                arrays += 1
            elif item is not None:
                integers += 1
            items.append(item)
    if dots > 1:
        items, dots = _with_one_ellipsis(array.shape, items), 1
    if not arrays:
        return tuple(items) if dots else (*items, Ellipsis)
    _check_empty_masks(array.shape, items)
    return _with_arrays(array, items) if integers or dots else tuple(items)


def _with_one_ellipsis(shape: tuple[int, ...], items: list[Any]) -> list[Any]:
    """The same index with one ellipsis: in PyTorch each passes over as many dimensions as have no index.

    Raises:
        DimensionError: if a later one leaves no dimension to what follows it.
    """
    first, second = [i for i, item in enumerate(items) if item is Ellipsis][:2]
    unnamed = len(shape) - sum(map(_dims_of, items))
    rest = [item for item in items[second:] if item is not Ellipsis]
    if unnamed > 0 and rest:
        raise DimensionError(
            f"x[index]: the first '...' stands for {unnamed} dimensions of shape {tuple(shape)}, which leaves none to "
            "what follows the second; write one '...'"
        )
    return [*items[: first + 1], *items[first + 1 : second], *rest]


def _check_empty_masks(shape: tuple[int, ...], items: list[Any]) -> None:
    """Raise if a mask without elements has another shape than the dimensions it stands for: NumPy lets it pass."""
    if all(type(item) is not np.ndarray or item.size for item in items):
        return
    at = 0
    for i, item in enumerate(items):
        if item is Ellipsis:
            at = len(shape) - sum(map(_dims_of, items[i + 1 :]))
            continue
        n = _dims_of(item)
        if (
            type(item) is np.ndarray
            and item.dtype.kind == "b"
            and not item.size
            and item.shape != shape[at : at + n]
        ):
            raise DimensionError(
                f"x[index]: the shape of the mask {item.shape} does not match the shape of the indexed tensor "
                f"{tuple(shape)} from dimension {at} on"
            )
        at += n


def _is_no_number(item: Any) -> bool:
    """Whether a list with this in it is an index for several dimensions, and not an array of positions."""
    return (
        item is None
        or item is Ellipsis
        or isinstance(item, (slice, list, tuple, range, Variable, np.ndarray))
    )


def _positive(s: slice) -> slice:
    if s.step is not None and s.step <= 0:
        raise ArgumentError(f"x[index]: the step of a slice must be positive, got {s}; use flip() to reverse")
    return s


def _item(given: Any) -> Any:
    """One part of an index: None, Ellipsis, an integer, a slice, a bool, or an array of integers or booleans."""
    if given is None or given is Ellipsis or isinstance(given, bool):
        return given
    if isinstance(given, slice):
        return _positive(given)
    if isinstance(given, Variable):
        array = given.array
        if array.dtype == np.uint8:
            warnings.warn(
                "x[index]: a uint8 tensor is taken for a mask; use .bool() for a mask, .long() for positions",
                UserWarning,
                stacklevel=4,
            )
            array = array.astype(bool)
    elif isinstance(given, (np.ndarray, np.generic)):
        array = np.asarray(given)
    elif isinstance(given, (list, tuple, range)):
        array = np.asarray([g.array if isinstance(g, Variable) else g for g in given])
        if array.size == 0:
            array = array.astype(np.intp)
    elif isinstance(given, Hidden):
        if all_examples(given).array.dtype.kind not in "iub":
            raise DimensionError(
                "x[index]: an index tensor must hold integers or booleans; convert it with .long()"
            )
        return given
    else:
        try:
            return operator.index(given)
        except TypeError:
            raise DimensionError(
                f"x[index]: an index is integers, slices, None, '...', masks or integer arrays, "
                f"got {type(given).__name__} {given!r}"
            ) from None
    if array.dtype.kind not in "iub":
        raise DimensionError(
            f"x[index]: an index array must hold integers or booleans, got {array.dtype} of shape {array.shape}; "
            "convert it with .long()"
        )
    if array.ndim == 0:
        return array.item()
    return array.copy() if array.dtype.kind == "b" else array.astype(np.intp)


def _with_arrays(array: Array, items: list[Any]) -> Any:
    """An index of arrays beside integers or `...`.

    PyTorch applies the integers first; NumPy counts them among the arrays, which decides where the arrays' dimensions
    go. Where the two differ, the index is worked out on the positions of the elements.
    """
    free = max(array.ndim - sum(_dims_of(i) for i in items), 0)
    dots = next((i for i, item in enumerate(items) if item is Ellipsis), len(items))
    items[dots : dots + 1] = [_REST] * free
    kinds = [_kind_of(i) for i in items]
    pattern = "".join(kinds)
    without_integers = pattern.replace("i", "")
    apart = "s" in pattern.strip("s")
    if not apart or "s" in without_integers.strip("s") or without_integers.startswith("a"):
        return tuple(items)
    if holds_hidden(items):
        if "a" not in pattern:
            return tuple(items)
        return _hidden_positions(array.shape, items, kinds)
    first: list[Any] = []
    second: list[Any] = []
    for item, kind in zip(items, kinds, strict=True):
        first += [_REST] * _dims_of(item) if kind == "a" else [item]
        if kind != "i":
            second.append(item if kind == "a" else _REST)
    try:
        positions = np.arange(math.prod(array.shape)).reshape(array.shape)[tuple(first)][tuple(second)]
    except IndexError as error:
        raise DimensionError(f"x[index]: {error}; x has shape {array.shape}") from error
    return np.unravel_index(positions, array.shape)


def _hidden_positions(shape: tuple[int, ...], items: list[Any], kinds: list[str]) -> Any:
    """An index of integers first and then arrays, some under vmap: index tensors, one for each dimension."""
    first = [_REST if kind == "a" else item for item, kind in zip(items, kinds, strict=True)]
    second = [item if kind == "a" else _REST for item, kind in zip(items, kinds, strict=True) if kind != "i"]
    positions = wrap(np.arange(math.prod(shape)).reshape(shape))
    rest = getitem(getitem(positions, tuple(first)), tuple(second))
    found: list[Any] = []
    for n in reversed(shape):
        found.insert(0, rest % n)
        rest = rest // n
    return tuple(found)


def _kind_of(item: Any) -> str:
    """What an item is: "i" for an integer, "a" for an array, "s" for what keeps its place (slices and None)."""
    if isinstance(item, Hidden):
        return "a" if item.value.ndim > 1 else "i"
    return "i" if type(item) is int else "a" if isinstance(item, (np.ndarray, bool)) else "s"


def _dims_of(item: Any) -> int:
    """How many dimensions of the array a part of an index stands for."""
    if item is None or item is Ellipsis or isinstance(item, bool):
        return 0
    return int(item.ndim) if isinstance(item, np.ndarray) and item.dtype.kind == "b" else 1


# ------------------------------------------------------------------------------------------ writing


def write_item(array: Array, key: Any, value: Any) -> None:
    """array[key] = value, in place, with errors that name the shapes.

    Raises:
        ShapeError, DimensionError: if the value does not fit, or the index is out of range.
    """
    try:
        array[key] = value
    except AutogradError:
        raise
    except IndexError as error:
        raise DimensionError(f"x[index] = value: {error}; x has shape {array.shape}") from error
    except ValueError as error:
        raise ShapeError(
            f"x[index] = value: {error}; x has shape {array.shape}, value {np.shape(value)}. "
            "The value must broadcast to the shape of x[index]."
        ) from error


def add_at(out: Array, key: Any, value: Array) -> None:
    """out[key] += value in place, adding up where the index repeats. `out` is C-contiguous.

    Raises:
        ShapeError, DimensionError: if the value does not fit, or the index is out of range.
    """
    try:
        _add_at(out, key, value)
    except IndexError as error:
        raise DimensionError(f"x[index] += value: {error}; x has shape {out.shape}") from error
    except ValueError as error:
        raise ShapeError(
            f"x[index] += value: {error}; x has shape {out.shape}, value {np.shape(value)}. "
            "The value must broadcast to the shape of x[index]."
        ) from error


def _add_at(out: Array, key: Any, value: Array) -> None:
    items = key if type(key) is tuple else (key,)
    arrays = [i for i in items if isinstance(i, (np.ndarray, bool))]
    if not arrays or (len(arrays) == 1 and (isinstance(arrays[0], bool) or arrays[0].dtype.kind == "b")):
        out[key] += value  # each position once
        return
    if out.ndim == 1 and len(items) == 1 and type(arrays[0]) is np.ndarray:
        index = arrays[0]
        np.add.at(out, index.reshape(-1), np.broadcast_to(value, index.shape).reshape(-1))
        return
    dim, arrays = _block(key)
    if not arrays:
        positions = np.arange(out.size).reshape(out.shape)[key]
        np.add.at(out.reshape(-1), positions.reshape(-1), np.broadcast_to(value, positions.shape).reshape(-1))
        return
    before, sizes, after = out.shape[:dim], out.shape[dim : dim + len(arrays)], out.shape[dim + len(arrays) :]
    rows = _linear(arrays, sizes)
    values = np.broadcast_to(value, before + rows.shape + after)
    if dim:
        rows = np.arange(math.prod(before))[:, None] * math.prod(sizes) + rows.reshape(-1)
    rest = math.prod(after)
    _add_rows(out.reshape(math.prod(before + sizes), rest), rows.reshape(-1), values.reshape(rows.size, rest))


def _block(key: Any) -> tuple[int, list[Array]]:
    """For an index of integer arrays, one dimension after the other and all else whole: the first dimension, and them.

    For any other index there are no arrays.
    """
    items = key if type(key) is tuple else (key,)
    dim = 0
    while dim < len(items) and type(items[dim]) is slice and items[dim] == _REST:
        dim += 1
    arrays: list[Array] = []
    for item in items[dim:]:
        if type(item) is not np.ndarray or item.dtype.kind == "b":
            break
        arrays.append(item)
    rest = items[dim + len(arrays) :]
    return dim, arrays if all(type(i) is slice and i == _REST for i in rest) else []


def _linear(arrays: list[Array], sizes: tuple[int, ...]) -> Array:
    """Positions in the leading dimensions, from an integer array for each.

    Raises:
        IndexError: if one is out of range: the position would be another row's, or none.
    """
    result: Any = 0
    for i, size in zip(arrays, sizes, strict=True):
        array = i.astype(np.intp, copy=False)
        if array.size and array.view(np.uintp).max() >= size:  # negative ones are the largest there
            if array.min() < -size or array.max() >= size:
                wrong = array.min() if array.min() < -size else array.max()
                raise IndexError(f"index {wrong} is out of range for a dimension of size {size}")
            array = np.where(array < 0, array + size, array)
        result = result * size + array
    return result


def _add_rows(out: Array, rows: Array, values: Array) -> None:
    """out[rows] += values of shape (K, W), adding up where a row repeats."""
    k, width = values.shape
    if width == 1:
        np.add.at(out.reshape(-1), rows, values.reshape(-1))
    elif values.size < 1 << 14 or out.dtype.char not in "fd":
        np.add.at(out.reshape(-1), (rows[:, None] * width + np.arange(width)).reshape(-1), values.reshape(-1))
    else:  # a product with a matrix that has a single 1 in each row: 4 to 20 times faster than np.add.at
        from scipy.sparse import csc_array

        touched: Any = slice(None)
        if len(out) > 2 * k:  # most rows get nothing
            touched, rows = np.unique(rows, return_inverse=True)
        n = len(out) if isinstance(touched, slice) else len(touched)
        select = csc_array((np.ones(k, out.dtype), rows, np.arange(k + 1)), shape=(n, k))
        out[touched] += select @ values
