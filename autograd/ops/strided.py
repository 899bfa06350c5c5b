"""Strided views: elements at any offset and strides of a tensor's memory, and writing there."""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.lib.array_utils import byte_bounds

from autograd.composite import composite
from autograd.dims import MOST_DIMENSIONS
from autograd.errors import ArgumentError, ShapeError
from autograd.ops.identity import copy_in_c_order
from autograd.ops.index import getitem_, put, unindex
from autograd.primitive import Array, primitive
from autograd.settling import settle
from autograd.storage import owner

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["as_strided", "as_strided_copy", "as_strided_scatter"]


class _Placed:
    """What NumPy makes an array of that starts at an address; `base` keeps the memory."""

    def __init__(self, base: Array, shape: tuple[int, ...], strides: tuple[int, ...], address: int) -> None:
        self.base = base
        self.__array_interface__ = {
            "shape": shape,
            "strides": strides,
            "typestr": base.dtype.str,
            "data": (address, not base.flags.writeable),
            "version": 3,
        }


class Layout(NamedTuple):
    """Where a tensor lies in the memory that it is part of, in bytes."""

    strides: tuple[int, ...]
    start: int  # of its first element
    length: int  # of the memory
    packed: bool  # without gaps, in C order


@primitive(
    view=True,
    x=lambda g, x_shape, x_dtype, shape, strides, offset, layout: _collected(
        g, x_shape, _places(x_shape, x_dtype.itemsize, shape, strides, offset, layout)
    ),
)
def strided(
    x: Array,
    shape: tuple[int, ...],
    strides: tuple[int, ...],
    offset: int,
    layout: Layout,  # noqa: ARG001  # the formula's
) -> Array:
    """A view with these strides, `offset` after the first element of x, both in bytes.

    dx = g added up where x has the view's elements in memory; what x has not of them gets no gradient. Of elements of x
    that share memory, each gets an equal share.

    layout: that of x
    """
    if not _in_memory(x, shape, strides, offset):
        raise ShapeError(
            f"as_strided: size {shape} reaches outside of the memory of the tensor of shape {x.shape}"
        )
    start = 0 if 0 in shape else offset  # without elements it may be anywhere
    return np.asarray(_Placed(x, shape, strides, _address(x) + start))


def _places(
    x_shape: tuple[int, ...],
    itemsize: int,
    shape: tuple[int, ...],
    strides: tuple[int, ...],
    offset: int,
    layout: Layout,
) -> tuple[Array, Any]:
    """Which elements of x a view has, counted in C order, x.size for what x has not; and which of x share memory.

    The latter are, for each element of x, the one that stands for it, and their number; None where none do.
    """
    n = math.prod(x_shape)
    if 0 in shape:
        return np.empty(shape, np.int64), None
    if layout.packed:  # positions in x are places in memory
        places = _cells(shape, strides, offset) // itemsize
        return np.where((places >= 0) & (places < n), places, n), None
    table = np.full(-(-layout.length // itemsize), n)
    mine = _cells(x_shape, layout.strides, layout.start) // itemsize
    own = np.arange(n).reshape(x_shape)
    table[mine] = own
    standing = table[mine]
    twins = None
    if (standing != own).any():
        twins = standing, np.bincount(standing.reshape(-1), minlength=n)[standing]
    return table[_cells(shape, strides, layout.start + offset) // itemsize], twins


def _collected(g: Array, x_shape: tuple[int, ...], places: tuple[Array, Any]) -> Array:
    n = math.prod(x_shape)
    positions, twins = places
    if twins is not None:
        return getitem_(unindex(g, (n + 1,), positions), twins[0]) / twins[1].astype(g.dtype)
    if positions.size and positions.max() == n:
        return getitem_(unindex(g, (n + 1,), positions), (slice(0, n), ...)).reshape(x_shape)
    return unindex(g, (n,), positions).reshape(x_shape)


@composite
def as_strided(
    input: Any, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None
) -> Tensor:
    """A view of the tensor's memory with any sizes and strides; by default it starts where the tensor does.

    Raises:
        ArgumentError: if size, stride or storage_offset are not integers.
        ShapeError: if it reaches outside of the memory, size and stride differ in length, or one of them is too large.

    >>> import autograd
    >>> as_strided(autograd.arange(7), (2, 3), (1, 2), 1)
    tensor([[1, 3, 5],
            [2, 4, 6]])
    """
    return strided(input, *_placed("as_strided", input, size, stride, storage_offset))


@composite
def as_strided_copy(
    input: Any, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None
) -> Tensor:
    """`as_strided` as a copy."""
    return copy_in_c_order(as_strided(input, size, stride, storage_offset))


@composite
def as_strided_scatter(
    input: Any, src: Any, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None
) -> Tensor:
    """A copy of the tensor with `src` written where `as_strided` has its elements.

    >>> import autograd
    >>> as_strided_scatter(autograd.zeros(2, 2), autograd.ones(2), (2,), (3,))
    tensor([[1., 0.],
            [0., 1.]])
    """
    shape, strides, offset, layout = _placed("as_strided_scatter", input, size, stride, storage_offset)
    if tuple(src.shape) != shape:
        raise ShapeError(f"as_strided_scatter: src must have shape {shape}, got {tuple(src.shape)}")
    x: Array = input.array
    positions, _ = _places(x.shape, x.itemsize, shape, strides, offset, layout)
    inside = positions < input.numel()
    return put(input, positions[inside], getitem_(src, inside))


def checked_layout(
    op: str, size: Sequence[int], stride: Sequence[int], itemsize: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Size and stride as tuples of integers that an array can have.

    Raises:
        ArgumentError: if they are not sequences of integers.
        ShapeError: if they differ in length, or a number is negative or too large.
    """
    shape, steps = _integers(op, "size", size), _integers(op, "stride", stride)
    if len(shape) != len(steps) or min(shape, default=0) < 0 or min(steps, default=0) < 0:
        raise ShapeError(
            f"{op}: size {shape} and stride {steps} must have equally many numbers, none below 0"
        )
    if len(shape) > MOST_DIMENSIONS:
        raise ShapeError(f"{op}: a tensor has at most {MOST_DIMENSIONS} dimensions, got {len(shape)}")
    if max(math.prod(filter(None, shape)), *steps, 0) * itemsize > sys.maxsize:
        raise ShapeError(
            f"{op}: size {shape} with stride {steps} is too large: elements and strides are counted in up to "
            f"{sys.maxsize // itemsize} steps of {itemsize} bytes"
        )
    return shape, steps


def _integers(op: str, name: str, given: Any) -> tuple[int, ...]:
    try:
        return tuple(map(operator.index, given))
    except TypeError:
        raise ArgumentError(f"{op}: {name} must be a sequence of integers, got {given!r:.80}") from None


def _integer(op: str, storage_offset: Any) -> int:
    try:
        return operator.index(storage_offset)
    except TypeError:
        raise ArgumentError(f"{op}: storage_offset must be an integer, got {storage_offset!r:.80}") from None


def _placed(
    op: str, input: Any, size: Sequence[int], stride: Sequence[int], storage_offset: int | None
) -> tuple[tuple[int, ...], tuple[int, ...], int, Layout]:
    """The arguments of `strided`."""
    settle(input)
    x: Array = input.array
    shape, steps = checked_layout(op, size, stride, x.itemsize)
    strides = tuple(s * x.itemsize for s in steps)
    here: int = input.storage_offset()
    there = here if storage_offset is None else _integer(op, storage_offset)
    offset = (there - here) * x.itemsize
    low, high = _memory_of(x)
    if not 0 <= there <= sys.maxsize // x.itemsize or not _in_memory(x, shape, strides, offset):
        raise ShapeError(
            f"{op}: size {shape}, stride {steps} and storage_offset {there} reach outside of the memory, of "
            f"{(high - low) // x.itemsize} elements, of the tensor of shape {x.shape}"
        )
    return shape, strides, offset, Layout(x.strides, _address(x) - low, high - low, x.flags.c_contiguous)


def _memory_of(x: Array) -> tuple[int, int]:
    """Where the memory that x is in begins and ends."""
    memory = owner(x)
    return byte_bounds(memory if isinstance(memory, np.ndarray) else x)


def _in_memory(x: Array, shape: tuple[int, ...], strides: tuple[int, ...], offset: int) -> bool:
    """Whether what has these strides, `offset` after the first element of x, both in bytes, is in the memory of x."""
    if 0 in shape:
        return True
    low, high = _memory_of(x)
    first = _address(x) + offset
    last = first + sum((n - 1) * s for n, s in zip(shape, strides, strict=True)) + x.itemsize
    return bool(low <= first <= last <= high)


def _address(x: Array) -> int:
    return int(x.__array_interface__["data"][0])


def _cells(shape: Sequence[int], strides: Sequence[int], start: int) -> Array:
    """Where in memory each element is, in the units of `strides` and `start`."""
    out = np.full(tuple(shape), start)
    for d, (n, s) in enumerate(zip(shape, strides, strict=True)):
        out += (np.arange(n) * s).reshape((n,) + (1,) * (len(shape) - 1 - d))
    return out
