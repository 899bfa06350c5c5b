"""Gather and scatter: reading and writing where a tensor of indices says.

Each is a form of reading, writing or adding at an index (index.py), which have the derivatives.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.composite import composite
from autograd.dims import checked_dim
from autograd.errors import ArgumentError, DTypeError, PositionError, ShapeError
from autograd.hidden import Hidden, all_examples, holds_hidden, of_examples, only_values
from autograd.ops import index as indexing
from autograd.ops.arithmetic import mul
from autograd.ops.index import additem, getitem_, setitem
from autograd.ops.selection import where
from autograd.ops.shape import broadcast_shapes, expand, flatten, reshape
from autograd.primitive import Array
from autograd.storing import stored_if_number
from autograd.tape import Variable, raw, wrap

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = [
    "gather", "scatter", "scatter_add", "take_along_dim", "take", "put",
    "index_select", "index_add", "index_copy", "index_fill", "masked_select", "masked_scatter",
]  # fmt: skip


def _array(value: Any) -> Any:
    """The array of a tensor, or of a list; a value under vmap as it is."""
    return value if isinstance(value, Hidden) else np.asarray(raw(value))


def _indices(op: str, index: Any, size: int | None = None) -> Any:
    """A tensor of indices as an array of its own.

    Raises:
        DTypeError: if they are not integers.
        DimensionError: if one is not in [0, size).
    """
    if isinstance(index, Hidden):
        _indices(op, all_examples(index), size)  # raises if one is wrong
        return index
    array = np.asarray(raw(index))
    if array.size == 0:
        return array.astype(np.intp)
    if array.dtype.kind not in "iu":
        raise DTypeError(
            f"{op}: the index must hold integers, got {array.dtype} of shape {array.shape}; use .long()"
        )
    array = array.astype(np.intp)  # a copy: a later write to the index changes no gradient
    if size is not None and array.view(np.uintp).max() >= size:  # negative ones are the largest there
        wrong = int(array.min()) if array.min() < 0 else int(array.max())
        raise PositionError(f"{op}: index {wrong} is out of range for a dimension of size {size}")
    return array


# ------------------------------------------------------------------------------------------------ along a dimension


def _checked(op: str, input: Any, dim: int, index: Any, other: Any = None) -> tuple[int, Any]:
    """The dimension, and the index as an array of its own that fits the tensor."""
    shape = tuple(input.shape)
    d = checked_dim(op, dim, shape)
    array = _indices(op, index, (shape or (1,))[d])
    if array.ndim != len(shape):
        raise ShapeError(
            f"{op}: the index must have as many dimensions as the tensor, got shapes {array.shape} and {shape}"
        )
    for i, n in enumerate(array.shape):
        if (n > shape[i] and i != d and array.size) or (other is not None and n > other[i]):
            raise ShapeError(
                f"{op}: the index of shape {array.shape} does not fit: only along dim {dim} may it be larger than the "
                f"tensor {shape}" + ("" if other is None else f", and nowhere than the source {other}")
            )
    return d, array


def _along(op: str, input: Any, dim: int, index: Any, other: Any = None) -> tuple[Any, ...]:
    """The NumPy index that stands for `index` along `dim`, and the position itself along the other dimensions."""
    return _as_key(*_checked(op, input, dim, index, other))


def _as_key(d: int, array: Any) -> tuple[Any, ...]:
    last = array.ndim - 1
    return tuple(
        [
            array if i == d else np.arange(n).reshape((n,) + (1,) * (last - i))
            for i, n in enumerate(array.shape)
        ]
    )


def _counted(shape: tuple[int, ...], d: int, array: Array) -> Array:
    """The positions along d as positions in C order, for which NumPy is many times faster; in the same memory."""
    if d < len(shape) - 1:
        array *= math.prod(shape[d + 1 :])
    for i, n in enumerate(array.shape):
        if i != d:
            array += (np.arange(n) * math.prod(shape[i + 1 :])).reshape((n,) + (1,) * (array.ndim - 1 - i))
    return array


@composite
def gather(
    input: Any,
    dim: int,
    index: Any,
    *,
    sparse_grad: bool = False,  # noqa: ARG001  # gradients are dense here
) -> Tensor:
    """The elements of each line along `dim` at the positions in `index`; the result has the index's shape.

    out[i][j] = input[i][index[i][j]] for dim=1 of two dimensions. The gradient is dense, whatever `sparse_grad` says.

    Raises:
        ShapeError: if the index has another number of dimensions, or is larger along another dimension.
        DimensionError: if a position is out of range.

    >>> import autograd
    >>> x = autograd.tensor([[1, 2], [3, 4]])
    >>> gather(x, 1, autograd.tensor([[0, 0], [1, 0]]))
    tensor([[1, 1],
            [4, 3]])
    """
    sizes = np.shape(raw(index))
    if not len(input.shape):
        return reshape(gather(reshape(input, (1,)), dim, np.reshape(raw(index), -1)), sizes)
    if 0 in sizes and len(sizes) != len(input.shape):  # nothing to gather, so no dimensions to match
        return getitem_(flatten(input), np.zeros(sizes, np.intp))
    d, array = _checked("gather", input, dim, index)
    if isinstance(array, Hidden):
        return getitem_(input, _as_key(d, array))
    return indexing.take(input, _counted(tuple(input.shape), d, array))


@composite
def scatter(
    input: Any, dim: int, index: Any, src: Any = None, *, value: Any = None, reduce: str | None = None
) -> Tensor:
    """A copy of `input` with elements of `src` (or one value) written along `dim` at the positions in `index`.

    out[i][index[i][j]] = src[i][j] for dim=1 of two dimensions. reduce="add" or "multiply" combines instead.
    Where a position occurs twice, one of the elements is written.

    Raises:
        ShapeError: if the index has another number of dimensions, or is larger than `src`.
        DimensionError: if a position is out of range.

    >>> import autograd
    >>> scatter(autograd.zeros(2, 3), 1, autograd.tensor([[2], [0]]), 1.0)
    tensor([[0., 0., 1.],
            [1., 0., 0.]])
    """
    source = value if src is None else src
    if source is None:
        raise ArgumentError("scatter: needs a src or a value")
    if reduce == "add":
        return scatter_add(input, dim, index, source)
    if reduce not in (None, "multiply"):
        raise ArgumentError(f"scatter: reduce is 'add', 'multiply' or None, got {reduce!r}")
    source = stored_if_number("scatter", source, np.dtype(raw(input).dtype))
    key, part = target_of("scatter", input, dim, index, source)
    if reduce == "multiply":
        return _multiplied(input, key, part)
    positions = flat_positions(input, dim, key)
    return setitem(input, part, key) if positions is None else indexing.put(input, positions, part)


def flat_positions(input: Any, dim: int, key: Any) -> Array | None:
    """The positions in C order for a key of `target_of`; None for one with a value under vmap, and for a number's.

    The key's array is overwritten.
    """
    shape = tuple(input.shape)
    if not shape or holds_hidden(key):
        return None
    d = dim % len(shape)
    return _counted(shape, d, key[d])


def _multiplied(input: Any, key: Any, part: Any) -> Tensor:
    if any(isinstance(x, Variable) and x.current_node() is not None for x in (input, part)):
        raise ArgumentError("scatter: reduce='multiply' has no derivative; use detach()")
    only_values("scatter(reduce='multiply')", input, key, part)
    out = raw(input).copy()
    np.multiply.at(out, key, raw(part))
    return wrap(out)


@composite
def scatter_add(input: Any, dim: int, index: Any, src: Any) -> Tensor:
    """A copy of `input` with the elements of `src` added along `dim` at the positions in `index`, each time one occurs.

    Raises:
        ShapeError, DimensionError: as for `scatter`.

    >>> import autograd
    >>> scatter_add(autograd.zeros(3), 0, autograd.tensor([0, 2, 0]), autograd.ones(3))
    tensor([2., 0., 1.])
    """
    key, part = target_of("scatter_add", input, dim, index, src)
    positions = flat_positions(input, dim, key)
    if positions is None:
        return additem(input, part, key)
    return reshape(additem(flatten(input), part, positions), tuple(input.shape))


def target_of(op: str, input: Any, dim: int, index: Any, src: Any) -> tuple[Any, Any]:
    """Where to write, and the part of `src` that is written."""
    shape = np.shape(raw(src))
    if isinstance(src, Variable) and isinstance(input, Variable) and src.dtype != input.dtype:  # type: ignore[attr-defined]
        raise DTypeError(
            f"{op}: src must have the tensor's dtype, got {src.array.dtype} for {input.array.dtype}; convert it first"
        )
    if not len(input.shape) and shape == (1,):
        return (...,), reshape(src, ())
    if not shape:
        return _along(op, input, dim, index) if len(input.shape) else (...,), src
    if len(shape) != len(input.shape):
        raise ShapeError(
            f"{op}: src and the tensor must have equally many dimensions, got {shape} and {input.shape}"
        )
    key = _along(op, input, dim, index, shape)
    sizes = np.shape(raw(index))
    return key, src if sizes == shape else indexing.getitem(src, tuple(slice(n) for n in sizes))


@composite
def take_along_dim(input: Any, indices: Any, dim: int | None = None) -> Tensor:
    """`gather` with the other dimensions broadcast, as `np.take_along_axis`; without `dim` from the flattened tensor.

    >>> import autograd
    >>> x = autograd.tensor([[3, 1, 2]])
    >>> take_along_dim(x, autograd.argsort(x, dim=1), dim=1)
    tensor([[1, 2, 3]])
    """
    array = _array(indices)
    if dim is None:
        return gather(flatten(input), 0, _from_the_front(array, math.prod(input.shape)).reshape(-1))
    shape = tuple(input.shape)
    d = checked_dim("take_along_dim", dim, shape)
    if array.dtype.kind not in "iu":
        raise DTypeError(f"take_along_dim: the indices must be integers, got {array.dtype}; use .long()")
    if array.ndim != len(shape):
        raise ShapeError(
            f"take_along_dim: needs equally many dimensions, got shapes {shape} and {array.shape}"
        )
    common = list(
        broadcast_shapes((*shape[:d], 1, *shape[d + 1 :]), (*array.shape[:d], 1, *array.shape[d + 1 :]))
    )
    common[d] = shape[d]
    wide = expand(input, tuple(common))
    common[d] = array.shape[d]
    return gather(wide, d, np.broadcast_to(_from_the_front(array, shape[d]), common))


def _from_the_front(array: Array, size: int) -> Array:
    """Positions counted from the end, which are negative, counted from the front."""
    return np.where(array < 0, array + size, array) if array.dtype.kind == "i" else array


@composite
def take(input: Any, index: Any) -> Tensor:
    """The elements at positions counted in C order; the result has the index's shape.

    Raises:
        DimensionError: if a position is out of range.

    >>> import autograd
    >>> take(autograd.tensor([[4.0, 3.0], [2.0, 1.0]]), autograd.tensor([0, 3]))
    tensor([4., 1.])
    """
    return indexing.take(input, _indices("take", index))


@composite
def put(input: Any, index: Any, source: Any, accumulate: bool = False) -> Tensor:
    """A copy of `input` with `source` written, or added, at positions counted in C order.

    Raises:
        DimensionError: if a position is out of range.
        ShapeError: if index and source have different numbers of elements.

    >>> import autograd
    >>> put(autograd.zeros(2, 2), autograd.tensor([0, 3]), autograd.tensor([5.0, 6.0]))
    tensor([[5., 0.],
            [0., 6.]])
    """
    positions = _indices("put", index)
    counts = [math.prod(np.shape(raw(x))) for x in (positions, source)]
    if counts[0] != counts[1]:
        raise ShapeError(f"put: {counts[0]} positions but {counts[1]} elements in the source")
    values = reshape(source, positions.shape)
    if not accumulate:
        return indexing.put(input, positions, values)
    return reshape(additem(flatten(input), values, positions), tuple(input.shape))


# ------------------------------------------------------------------------------------------------ whole slices


@composite
def index_select(input: Any, dim: int, index: Any) -> Tensor:
    """The slices along `dim` at the positions in a vector of indices, as a copy.

    Raises:
        DimensionError: if a position is out of range.

    >>> import autograd
    >>> index_select(autograd.tensor([[1, 2], [3, 4]]), 1, autograd.tensor([1, 1]))
    tensor([[2, 2],
            [4, 4]])
    """
    key = slices_at("index_select", input, dim, index)
    if not len(input.shape):
        return reshape(getitem_(reshape(input, (1,)), key), ())
    return getitem_(input, key if len(key) > 1 else key[0])


@composite
def index_add(input: Any, dim: int, index: Any, source: Any, *, alpha: float = 1) -> Tensor:
    """A copy of `input` with alpha * the slices of `source` added at the positions in `index` along `dim`.

    >>> import autograd
    >>> index_add(autograd.zeros(3), 0, autograd.tensor([0, 0]), autograd.ones(2))
    tensor([2., 0., 0.])
    """
    if not len(input.shape):
        return reshape(index_add(reshape(input, (1,)), dim, index, reshape(source, (-1,)), alpha=alpha), ())
    key = slices_at("index_add", input, dim, index, source)
    return additem(input, source if alpha == 1 else mul(source, alpha), key)


@composite
def index_copy(input: Any, dim: int, index: Any, source: Any) -> Tensor:
    """A copy of `input` with the slices of `source` written at the positions in `index` along `dim`.

    >>> import autograd
    >>> index_copy(autograd.zeros(3), 0, autograd.tensor([2, 0]), autograd.tensor([1.0, 2.0]))
    tensor([2., 0., 1.])
    """
    if not len(input.shape):
        return reshape(index_copy(reshape(input, (1,)), dim, index, reshape(source, (-1,))), ())
    return setitem(input, source, slices_at("index_copy", input, dim, index, source))


@composite
def index_fill(input: Any, dim: int, index: Any, value: Any) -> Tensor:
    """A copy of `input` with one number written to the slices at `index` along `dim`.

    >>> import autograd
    >>> index_fill(autograd.zeros(2, 2), 1, autograd.tensor([0]), 7.0)
    tensor([[7., 0.],
            [7., 0.]])
    """
    value = stored_if_number("index_fill", value, np.dtype(raw(input).dtype))
    if np.ndim(raw(value)):
        raise ShapeError(f"index_fill: the value must be a number or 0-d, got shape {np.shape(raw(value))}")
    if not len(input.shape):
        return reshape(index_fill(reshape(input, (1,)), dim, index, value), ())
    *lead, at = slices_at("index_fill", input, dim, index)
    if isinstance(at, Hidden):  # under vmap, by a mask: the number of different positions may differ
        filled = (at.reshape(-1, 1) == np.arange(input.shape[len(lead)])).any(0)
        mask = reshape(filled, (-1,) + (1,) * (len(input.shape) - 1 - len(lead)))
        return where(mask, value, input).astype(input.dtype)  # type: ignore[no-any-return]  # a tensor
    return setitem(input, value, (*lead, np.unique(at)))  # each once, as the value's gradient is to count it


def slices_at(op: str, input: Any, dim: int, index: Any, source: Any = None) -> tuple[Any, ...]:
    """The NumPy index of the slices at `index` along `dim`; `source` is checked to have their shape.

    Raises:
        ShapeError, DTypeError, DimensionError: if the index or the source does not fit.
    """
    shape = tuple(input.shape)
    d = checked_dim(op, dim, shape)
    array = _indices(op, index, (shape or (1,))[d])
    if array.ndim > 1:
        raise ShapeError(f"{op}: the index must be a vector, got shape {array.shape}")
    key = (*(slice(None),) * d, array.reshape(-1))
    wanted = [*shape[:d], len(key[-1]), *shape[d + 1 :]]
    if source is not None and tuple(source.shape) != tuple(wanted):
        raise ShapeError(
            f"{op}: the source must have shape {tuple(wanted)}, for {len(key[-1])} slices along dim {dim} of "
            f"{tuple(input.shape)}; got {tuple(source.shape)}"
        )
    return key


# ------------------------------------------------------------------------------------------------ by a mask


def _mask(op: str, mask: Any) -> Any:
    array = _array(mask)
    if array.dtype.kind != "b":
        raise DTypeError(f"{op}: the mask must be bool, got {array.dtype}; use .bool()")
    return array


@composite
def masked_select(input: Any, mask: Any) -> Tensor:
    """The elements where the mask is true, in a vector; both broadcast.

    >>> import autograd
    >>> x = autograd.tensor([1, -2, 3])
    >>> masked_select(x, x > 0)
    tensor([1, 3])
    """
    only_values("masked_select", mask)
    array = _mask("masked_select", mask)
    shape = broadcast_shapes(tuple(input.shape), array.shape)
    return getitem_(expand(input, shape), np.broadcast_to(array, shape).copy())


@composite
def masked_scatter(input: Any, mask: Any, source: Any) -> Tensor:
    """A copy of `input` with elements of `source`, in order, where the mask is true; input and mask broadcast.

    Raises:
        ShapeError: if the source has too few elements.

    >>> import autograd
    >>> masked_scatter(autograd.zeros(3), autograd.tensor([True, False, True]), autograd.tensor([1.0, 2.0]))
    tensor([1., 0., 2.])
    """
    array = _mask("masked_scatter", mask)
    shape = broadcast_shapes(tuple(input.shape), array.shape)
    if isinstance(array, Hidden):
        return of_examples(masked_scatter, expand(input, shape), expand(array, shape), source)  # type: ignore[no-any-return]  # it has its methods
    where = np.broadcast_to(array, shape).copy()
    count = int(where.sum())
    if count > math.prod(np.shape(raw(source))):
        raise ShapeError(
            f"masked_scatter: the mask is true {count} times, but the source has shape {np.shape(raw(source))}"
        )
    return setitem(expand(input, shape), indexing.getitem(flatten(source), slice(count)), where)
