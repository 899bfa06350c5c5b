"""Order and search: sorting, the largest elements, and positions."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import return_types
from autograd.composite import composite
from autograd.dims import checked_dim
from autograd.errors import ArgumentError, DTypeError, ShapeError
from autograd.hidden import Hidden, of_examples, only_values
from autograd.ops.along import along
from autograd.ops.positions import take_along_dim
from autograd.primitive import Array, primitive
from autograd.tape import Variable, raw, wrap

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = [
    "sort", "argsort", "msort", "topk", "nonzero", "nonzero_static", "argwhere", "unravel_index", "searchsorted",
    "bucketize",
]  # fmt: skip


def _real(op: str, value: Any) -> Array:
    """The array of a tensor or a number.

    Raises:
        DTypeError: if it holds no real numbers.
    """
    only_values(op, value)
    array = (
        np.asarray(raw(value)) if isinstance(value, (Variable, np.ndarray, np.generic, float, int)) else None
    )
    if array is None or array.dtype.kind not in "fiub":
        raise DTypeError(f"{op}: needs a tensor of real numbers, got {type(value).__name__} {value!r:.80}")
    return array


# ------------------------------------------------------------------------------------------------ order


def in_order(x: Array, axis: int, descending: bool = False) -> Array:
    """The positions that put the elements along `axis` in order; equal elements keep theirs, and nan is the largest.

    NumPy's stable sort takes several times as long as its unstable one. So numbers of 32 bits and less are sorted
    together with their positions, as integers of 64 bits; others unstably, and again if some are equal.

    >>> in_order(np.array([2.0, 1.0, 2.0]), 0, descending=True)
    array([0, 2, 1])
    """
    n = x.shape[axis]
    if x.size < 1024 or n < 16:
        if not descending:
            return np.argsort(x, axis, kind="stable")
        return n - 1 - np.flip(np.argsort(np.flip(x, axis), axis, kind="stable"), axis)
    keys = _ordered_like(x)
    if keys is not None:
        place = np.arange(n).reshape((n,) + (1,) * (x.ndim - 1 - axis))
        keys = (~keys if descending else keys) << 32
        keys |= place
        keys.sort(axis)
        keys &= 0xFFFFFFFF
        return keys
    order = np.argsort(x, axis)
    values = np.moveaxis(np.take_along_axis(x, order, axis), axis, -1)
    if (values[..., 1:] == values[..., :-1]).any() or np.isnan(values[..., -2]).any():
        order = np.argsort(np.flip(x, axis) if descending else x, axis, kind="stable")
        return n - 1 - np.flip(order, axis) if descending else order
    return np.ascontiguousarray(np.flip(order, axis)) if descending else order


def _ordered_like(x: Array) -> Array | None:
    """int64 numbers of 32 bits in the order of the elements; None where there are none."""
    if x.itemsize > 4:
        small = x.dtype.kind == "i" and x.min() >= -(1 << 31) and x.max() < 1 << 31
        return x if small else None
    if x.dtype.kind != "f":
        return x.astype(np.int64)
    x = x.astype(np.float32) + 0  # -0 becomes 0
    if np.isnan(x).any():
        x = np.where(np.isnan(x), np.float32(np.nan), x)  # all of one sign
    bits = x.view(np.int32)
    return (bits ^ ((bits >> 31) & 0x7FFFFFFF)).astype(np.int64)


@primitive(x=None)
def argsort(x: Array, dim: int = -1, descending: bool = False, stable: bool = True) -> Array:  # noqa: ARG001  # it always is
    """The positions that put the elements along `dim` in order. nan is the largest; equal elements keep their order.

    >>> import autograd
    >>> argsort(autograd.tensor([3.0, 1.0, 2.0]))
    tensor([1, 2, 0])
    """
    d = checked_dim("argsort", dim, x.shape)
    return in_order(x, d, descending) if x.ndim else np.zeros((), np.int64)


@composite
def sort(
    input: Any,
    dim: int = -1,
    descending: bool = False,
    stable: bool = True,  # noqa: ARG001  # it always is
) -> return_types.sort:
    """The elements along `dim` in order, and the positions that they had. Equal elements keep their order; nan is last
    (first if descending).

    The gradient goes back to the position that each element had.

    >>> import autograd
    >>> values, indices = sort(autograd.tensor([3.0, 1.0, 2.0]), descending=True)
    >>> values, indices
    (tensor([3., 2., 1.]), tensor([0, 2, 1]))
    """
    d = checked_dim("sort", dim, input.shape)
    order = argsort(input, d, descending)
    return return_types.sort(along(input, order, d), order)


@composite
def msort(input: Any) -> Tensor:
    """The elements along the first dimension in order.

    >>> import autograd
    >>> msort(autograd.tensor([[3.0, 1.0], [2.0, 5.0]]))
    tensor([[2., 1.],
            [3., 5.]])
    """
    return sort(input, 0).values  # type: ignore[no-any-return]  # a tensor


@composite
def topk(
    input: Any,
    k: int,
    dim: int = -1,
    largest: bool = True,
    sorted: bool = True,  # noqa: ARG001  # they always are
) -> return_types.topk:
    """The k largest (or smallest) elements along `dim`, the largest first, and their positions.

    Raises:
        ArgumentError: if k is larger than the dimension.

    >>> import autograd
    >>> values, indices = topk(autograd.tensor([1.0, 4.0, 2.0]), 2)
    >>> values, indices
    (tensor([4., 2.]), tensor([1, 2]))
    """
    best = first_of(input, dim, k, largest)
    return return_types.topk(along(input, best, dim), best)


@primitive(x=None)
def first_of(x: Array, dim: int, k: int, largest: bool) -> Array:
    """The positions along `dim` of the k largest or smallest elements, in order."""
    d = checked_dim("topk", dim, x.shape)
    n = x.shape[d] if x.ndim else 1
    if not 0 <= k <= n:
        raise ArgumentError(f"topk: k is {k}, but dim {dim} of shape {x.shape} has {n} elements")
    if not x.ndim:
        return np.zeros((k,) if k == 0 else (), np.int64)
    part = (slice(None),) * d
    if 0 < k < n // 8:  # find them first, then sort only those
        found = np.argpartition(x, n - k if largest else k - 1, d)
        found = found[(*part, slice(n - k, None) if largest else slice(k))]
        found = np.sort(found, d)  # so that equal elements stay in their order
        order = in_order(np.take_along_axis(x, found, d), d, largest)
        return np.take_along_axis(found, order, d)
    return np.ascontiguousarray(in_order(x, d, largest)[(*part, slice(k))])


# ------------------------------------------------------------------------------------------------ positions


@composite
def nonzero(input: Any, *, as_tuple: bool = False) -> Any:
    """The positions of the elements that are not 0: a row for each, or a vector for each dimension.

    >>> import autograd
    >>> nonzero(autograd.tensor([[0, 1], [2, 0]]))
    tensor([[0, 1],
            [1, 0]])
    """
    only_values("nonzero", input)
    x = _real("nonzero", input)
    if as_tuple:
        return tuple(map(wrap, np.nonzero(np.atleast_1d(x))))
    return wrap(np.argwhere(x))


@composite
def nonzero_static(input: Any, *, size: int, fill_value: int = -1) -> Tensor:
    """`nonzero` with exactly `size` rows: the first ones, or rows of `fill_value` at the end.

    >>> import autograd
    >>> nonzero_static(autograd.tensor([1, 0, 3]), size=3)
    tensor([[ 0],
            [ 2],
            [-1]])
    """
    if size < 0:
        raise ArgumentError(f"nonzero_static: size must not be negative, got {size}")
    if isinstance(input, Hidden):
        return of_examples(nonzero_static, input, size, fill_value)  # type: ignore[no-any-return]  # it has its methods
    found = np.argwhere(_real("nonzero_static", input))[:size]
    rows = np.full((size, found.shape[1]), fill_value, np.int64)
    rows[: len(found)] = found
    return wrap(rows)


@composite
def unravel_index(indices: Any, shape: int | Sequence[int]) -> tuple[Tensor, ...]:
    """The index in each dimension of a tensor of `shape` for positions counted in C order.

    >>> import autograd
    >>> unravel_index(autograd.tensor([1, 5]), (2, 3))
    (tensor([0, 1]), tensor([1, 2]))
    """
    if isinstance(indices, Hidden):
        return of_examples(unravel_index, indices, shape)  # type: ignore[no-any-return]  # of tensors
    positions = np.asarray(raw(indices))
    if positions.dtype.kind not in "iu":
        raise ArgumentError(f"unravel_index: the positions must be integers, got {positions.dtype}")
    sizes = tuple(map(operator.index, shape)) if isinstance(shape, Sequence) else (operator.index(shape),)
    if min(sizes, default=0) < 0:
        raise ArgumentError(f"unravel_index: the sizes must not be negative, got {sizes}")
    positions = positions.astype(np.int64)
    coordinates = []
    # np.unravel_index is stricter than PyTorch about what is out of range
    for n in reversed(sizes):
        coordinates.append(wrap(np.asarray(positions % n)))
        positions = positions // n
    return tuple(reversed(coordinates))


@composite
def argwhere(input: Any) -> Tensor:
    """The positions of the elements that are not 0, a row for each."""
    return nonzero(input)  # type: ignore[no-any-return]  # a tensor


@composite
def searchsorted(
    sorted_sequence: Any,
    input: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Any = None,
) -> Tensor:
    """Where each value would go in a sorted sequence: before equal elements, or with right=True after them.

    The sequence is a vector, or its last dimension is sorted and the others are those of the values.

    Raises:
        ShapeError: if the other dimensions differ.

    >>> import autograd
    >>> searchsorted(autograd.tensor([1, 3, 5]), autograd.tensor([0, 3, 9]))
    tensor([0, 1, 3])
    """
    if side not in (None, "left", "right") or (side == "left" and right):
        raise ArgumentError(
            f"searchsorted: side is 'left' or 'right', and must agree with right; got {side!r}"
        )
    where: Any = "right" if right or side == "right" else "left"
    if isinstance(sorted_sequence, Hidden) or isinstance(input, Hidden):
        if sorter is not None:
            sorted_sequence = take_along_dim(sorted_sequence, sorter, -1)
        return of_examples(searchsorted, sorted_sequence, input, out_int32, where)  # type: ignore[no-any-return]
    sequence, values = _real("searchsorted", sorted_sequence), _real("searchsorted", input)
    if sorter is not None:
        sequence = np.take_along_axis(sequence, raw(sorter), -1)
    kind = np.int32 if out_int32 else np.int64
    if sequence.ndim == 1:
        return wrap(np.asarray(np.searchsorted(sequence, values, where), kind))
    if sequence.ndim == 0 or sequence.shape[:-1] != values.shape[:-1]:
        raise ShapeError(
            f"searchsorted: the sequences of shape {sequence.shape} and the values of shape {values.shape} must agree "
            "in all dimensions but the last"
        )
    out = np.empty(values.shape, kind)
    for i in np.ndindex(sequence.shape[:-1]):
        out[i] = np.searchsorted(sequence[i], values[i], where)
    return wrap(out)


@composite
def bucketize(input: Any, boundaries: Any, *, out_int32: bool = False, right: bool = False) -> Tensor:
    """The number of the interval between sorted boundaries that each value lies in.

    boundaries[i-1] < value <= boundaries[i], or with right=True boundaries[i-1] <= value < boundaries[i].

    >>> import autograd
    >>> bucketize(autograd.tensor([3, 6]), autograd.tensor([1, 3, 5]))
    tensor([1, 3])
    """
    if np.ndim(raw(boundaries)) != 1:
        raise ShapeError(f"bucketize: the boundaries must be a vector, got shape {np.shape(raw(boundaries))}")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)
