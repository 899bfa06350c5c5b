"""Strided views: elements at any offset and strides of a tensor's memory, and writing there."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.array_utils import byte_bounds

from autograd.composite import composite
from autograd.errors import ShapeError
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


@primitive(view=True, x=lambda g, x_shape, positions, twins: _collected(g, x_shape, positions, twins))
def strided(
    x: Array,
    shape: tuple[int, ...],
    strides: tuple[int, ...],
    offset: int,
    positions: Any,  # noqa: ARG001  # the formula's
    twins: Any,  # noqa: ARG001  # the formula's
) -> Array:
    """A view with these strides, `offset` after the first element of x, both in bytes.

    dx = g added up where x has the view's elements in memory; what x has not of them gets no gradient. Of elements of x
    that share memory, each gets an equal share.

    positions: in x, counted in C order, of each element of the view; x.size where x has it not
    twins:     where elements of x share memory: for each the one that stands for them in `positions`, and their number
    """
    if not _in_memory(x, shape, strides, offset):
        raise ShapeError(
            f"as_strided: size {shape} reaches outside of the memory of the tensor of shape {x.shape}"
        )
    return np.asarray(_Placed(x, shape, strides, _address(x) + offset))


def _collected(g: Array, x_shape: tuple[int, ...], positions: Array, twins: Any) -> Array:
    n = math.prod(x_shape)
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
        ShapeError: if it reaches outside of the memory, or size and stride differ in length.

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
    shape, _, _, positions, _ = _placed("as_strided_scatter", input, size, stride, storage_offset)
    if tuple(src.shape) != shape:
        raise ShapeError(f"as_strided_scatter: src must have shape {shape}, got {tuple(src.shape)}")
    inside = positions < input.numel()
    return put(input, positions[inside], getitem_(src, inside))


def _placed(
    op: str, input: Any, size: Sequence[int], stride: Sequence[int], storage_offset: int | None
) -> tuple[Any, ...]:
    """The arguments of `strided`."""
    settle(input)
    x: Array = input.array
    shape, steps = tuple(map(operator.index, size)), tuple(map(operator.index, stride))
    if len(shape) != len(steps) or min(shape, default=0) < 0 or min(steps, default=0) < 0:
        raise ShapeError(
            f"{op}: size {shape} and stride {steps} must have equally many numbers, none below 0"
        )
    strides = tuple(s * x.itemsize for s in steps)
    here = input.storage_offset()
    offset = (here if storage_offset is None else operator.index(storage_offset)) - here
    low, high = _memory_of(x)
    first = _address(x) + offset * x.itemsize
    if not _in_memory(x, shape, strides, offset * x.itemsize):
        raise ShapeError(
            f"{op}: size {shape}, stride {steps} and storage_offset {here + offset} reach outside of the memory, of "
            f"{(high - low) // x.itemsize} elements, of the tensor of shape {x.shape}"
        )
    if x.flags.c_contiguous:  # positions in x are places in memory
        places = _cells(shape, tuple(s // x.itemsize for s in strides), offset)
        return shape, strides, offset * x.itemsize, np.where(_within(places, x.size), places, x.size), None
    mine = _cells(x.shape, x.strides, _address(x) - low) // x.itemsize
    wanted = _cells(shape, strides, first - low) // x.itemsize
    table = np.full((high - low) // x.itemsize, x.size)
    table[mine] = np.arange(x.size).reshape(x.shape)
    standing = table[mine]
    twins = None
    if 0 in x.strides or (standing != np.arange(x.size).reshape(x.shape)).any():
        twins = standing, np.bincount(standing.reshape(-1), minlength=x.size)[standing]
    return shape, strides, offset * x.itemsize, table[wanted] if wanted.size else wanted, twins


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


def _within(places: Array, size: int) -> Array:
    return (places >= 0) & (places < size)


def _address(x: Array) -> int:
    return int(x.__array_interface__["data"][0])


def _cells(shape: Sequence[int], strides: Sequence[int], start: int) -> Array:
    """Where in memory each element is, in the units of `strides` and `start`."""
    out = np.full(tuple(shape), start)
    for d, (n, s) in enumerate(zip(shape, strides, strict=True)):
        out += (np.arange(n) * s).reshape((n,) + (1,) * (len(shape) - 1 - d))
    return out
