"""Order and search: sorting, the largest elements, positions, and distinct values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd.dims import checked_dim
from autograd.errors import ArgumentError, DimensionError, DTypeError, ShapeError
from autograd.ops.positions import gather
from autograd.primitive import Array, primitive
from autograd.tape import Variable, wrap

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = [
    "sort", "argsort", "msort", "topk", "nonzero", "argwhere", "searchsorted", "bucketize",
    "unique", "unique_consecutive", "one_hot",
]  # fmt: skip


class Sorted(NamedTuple):
    """Elements in order, and the positions that they had."""

    values: Any
    indices: Any


def _raw(value: Any) -> Any:
    return value.array if isinstance(value, Variable) else value


# ------------------------------------------------------------------------------------------------ order


@primitive(x=None)
def argsort(x: Array, dim: int = -1, descending: bool = False, stable: bool = True) -> Array:  # noqa: ARG001  # it always is
    """The positions that put the elements along `dim` in order. nan is the largest; equal elements keep their order.

    >>> import autograd
    >>> argsort(autograd.tensor([3.0, 1.0, 2.0]))
    tensor([1, 2, 0])
    """
    d = checked_dim("argsort", dim, x.shape)
    if not x.ndim:
        return np.zeros((), np.int64)
    if not descending:
        return np.argsort(x, d, kind="stable")
    backwards = np.flip(np.argsort(np.flip(x, d), d, kind="stable"), d)  # equal elements in their order
    return x.shape[d] - 1 - backwards


def sort(  # `stable` is PyTorch's; it always is
    input: Any,
    dim: int = -1,
    descending: bool = False,
    *,
    stable: bool = True,  # noqa: ARG001
) -> Sorted:
    """The elements along `dim` in order, and the positions that they had. Equal elements keep their order; nan is last
    (first if descending).

    The gradient goes back to the position that each element had.

    >>> import autograd
    >>> values, indices = sort(autograd.tensor([3.0, 1.0, 2.0]), descending=True)
    >>> values, indices
    (tensor([3., 2., 1.]), tensor([0, 2, 1]))
    """
    order = argsort(input, dim, descending)
    return Sorted(gather(input, dim, order), order)


def msort(input: Any) -> Tensor:
    """The elements along the first dimension in order."""
    return sort(input, 0).values  # type: ignore[no-any-return]  # a tensor


def topk(
    input: Any,
    k: int,
    dim: int = -1,
    largest: bool = True,
    sorted: bool = True,  # noqa: ARG001  # they always are
) -> Sorted:
    """The k largest (or smallest) elements along `dim`, the largest first, and their positions.

    Raises:
        ArgumentError: if k is larger than the dimension.

    >>> import autograd
    >>> values, indices = topk(autograd.tensor([1.0, 4.0, 2.0]), 2)
    >>> values, indices
    (tensor([4., 2.]), tensor([1, 2]))
    """
    x = _raw(input)
    d = checked_dim("topk", dim, x.shape)
    n = x.shape[d] if x.ndim else 1
    if not 0 <= k <= n:
        raise ArgumentError(f"topk: k is {k}, but dim {dim} of shape {x.shape} has {n} elements")
    if not x.ndim:
        best = np.zeros((k,) if k == 0 else (), np.int64)
        return Sorted(gather(input, 0, wrap(best)), wrap(best))
    part = (slice(None),) * d
    if 0 < k < n // 8:  # find them first, then sort only those
        found = np.argpartition(x, n - k if largest else k - 1, d)
        found = found[(*part, slice(n - k, None) if largest else slice(k))]
        found = np.sort(found, d)  # so that equal elements stay in their order
        order = _raw(argsort(np.take_along_axis(x, found, d), d, largest))
        best = np.take_along_axis(found, order, d)
    else:
        best = _raw(argsort(x, d, largest))[(*part, slice(k))]
    return Sorted(gather(input, d, best), wrap(best))


# ------------------------------------------------------------------------------------------------ positions


def nonzero(input: Any, *, as_tuple: bool = False) -> Any:
    """The positions of the elements that are not 0: a row for each, or a vector for each dimension.

    >>> import autograd
    >>> nonzero(autograd.tensor([[0, 1], [2, 0]]))
    tensor([[0, 1],
            [1, 0]])
    """
    x = _raw(input)
    if as_tuple:
        return tuple(map(wrap, np.nonzero(np.atleast_1d(x))))
    return wrap(np.argwhere(x))


def argwhere(input: Any) -> Tensor:
    """The positions of the elements that are not 0, a row for each."""
    return nonzero(input)  # type: ignore[no-any-return]  # a tensor


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
    sequence, values = np.asarray(_raw(sorted_sequence)), np.asarray(_raw(input))
    if sorter is not None:
        sequence = np.take_along_axis(sequence, _raw(sorter), -1)
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


def bucketize(input: Any, boundaries: Any, *, out_int32: bool = False, right: bool = False) -> Tensor:
    """The number of the interval between sorted boundaries that each value lies in.

    boundaries[i-1] < value <= boundaries[i], or with right=True boundaries[i-1] <= value < boundaries[i].

    >>> import autograd
    >>> bucketize(autograd.tensor([3, 6]), autograd.tensor([1, 3, 5]))
    tensor([1, 3])
    """
    if np.ndim(_raw(boundaries)) != 1:
        raise ShapeError(
            f"bucketize: the boundaries must be a vector, got shape {np.shape(_raw(boundaries))}"
        )
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)


# ------------------------------------------------------------------------------------------------ distinct values


def unique(
    input: Any,
    sorted: bool = True,  # noqa: ARG001  # they always are
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """The distinct elements (or slices along `dim`), in order.

    With return_inverse also, for each element, which of them it is; with return_counts how often each occurs.

    >>> import autograd
    >>> unique(autograd.tensor([3, 1, 3]), return_counts=True)
    (tensor([1, 3]), tensor([1, 2]))
    """
    x = _raw(input)
    axis = None if dim is None else checked_dim("unique", dim, x.shape)
    values, inverse, counts = np.unique(
        x if x.ndim or axis is None else x.reshape(1),
        return_inverse=True,
        return_counts=True,
        axis=axis,
        equal_nan=False,
    )
    inverse = inverse.reshape(x.shape if axis is None else -1)
    return _answers(values, (return_inverse, inverse), (return_counts, counts))


def unique_consecutive(
    input: Any, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The elements (or slices along `dim`) that differ from the one before.

    >>> import autograd
    >>> unique_consecutive(autograd.tensor([1, 1, 2, 1]), return_counts=True)
    (tensor([1, 2, 1]), tensor([2, 1, 1]))
    """
    x = _raw(input)
    lines = (
        x.reshape(-1) if dim is None else np.moveaxis(x, checked_dim("unique_consecutive", dim, x.shape), 0)
    )
    n = len(lines)
    flat = lines.reshape(n, -1)
    new = np.ones(n, bool)
    new[1:] = (flat[1:] != flat[:-1]).any(1)
    starts = np.flatnonzero(new)
    values = lines[starts] if dim is None else np.moveaxis(lines[starts], 0, dim)
    inverse = (np.cumsum(new) - 1).reshape(x.shape if dim is None else -1)
    counts = np.diff(starts, append=n)
    return _answers(np.ascontiguousarray(values), (return_inverse, inverse), (return_counts, counts))


def _answers(values: Any, *others: tuple[bool, Any]) -> Any:
    """The values alone, or with those of the others that were asked for."""
    asked = [wrap(np.asarray(array, np.int64)) for wanted, array in others if wanted]
    return (wrap(values), *asked) if asked else wrap(values)


def one_hot(tensor: Any, num_classes: int = -1) -> Tensor:
    """A vector for each class number, with 1 in its place and 0 elsewhere; by default as long as the largest needs.

    Raises:
        DTypeError: if the numbers are not integers.
        DimensionError: if one is negative, or not below num_classes.

    >>> import autograd
    >>> one_hot(autograd.tensor([0, 2]))
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    x = np.asarray(_raw(tensor))
    if x.dtype.kind not in "iu":
        raise DTypeError(f"one_hot: class numbers are integers, got {x.dtype}; use .long()")
    if x.size == 0 and num_classes < 1:
        raise ArgumentError("one_hot: an empty tensor needs num_classes")
    n = int(x.max()) + 1 if num_classes < 0 else num_classes
    if x.size and (x.min() < 0 or x.max() >= n):
        raise DimensionError(f"one_hot: class numbers must be in [0, {n}), got {x.min()} to {x.max()}")
    return wrap((x[..., None] == np.arange(n)).astype(np.int64))
