"""How elements lie in memory, as PyTorch's programs say it: `layout=` and `memory_format=`.

There is one layout, `strided`. A memory format says in which order `clone`, `contiguous`, `to`, `zeros_like` and its
kind put the dimensions; elsewhere it is accepted. Values and shapes are the same in all of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import ArgumentError, ShapeError
from autograd.layout import empty_in_order


class layout:
    """How a tensor's elements are found in memory: always by strides."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"autograd.{self.name}"

    def __reduce__(self) -> str:
        return self.name


class memory_format:
    """An order of the dimensions in memory: contiguous_format, preserve_format, channels_last, channels_last_3d."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"autograd.{self.name}"

    def __reduce__(self) -> str:
        return self.name


strided = layout("strided")
contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
channels_last = memory_format("channels_last")
channels_last_3d = memory_format("channels_last_3d")


def check_layout(op: str, given: Any) -> None:
    """Raise unless the layout is the one there is.

    Raises:
        ArgumentError: for any other.
    """
    if given is not None and given is not strided:
        raise ArgumentError(f"{op}: the only layout is autograd.strided, got {given!r}; leave it out")


_ORDERS = {channels_last: (4, (0, 2, 3, 1)), channels_last_3d: (5, (0, 2, 3, 4, 1))}


def check_format(op: str, given: Any) -> None:
    """Raise unless it is a memory format.

    Raises:
        ArgumentError: if it is something else.
    """
    if given is not None and not isinstance(given, memory_format):
        raise ArgumentError(
            f"{op}: memory_format is one of autograd.contiguous_format, preserve_format, channels_last and "
            f"channels_last_3d, got {given!r}"
        )


def in_order(op: str, array: Any, given: Any) -> Any:
    """A view of an array with its dimensions in the order that a memory format has them in memory.

    Raises:
        ArgumentError: if it is not a memory format.
        ShapeError: if it is for another number of dimensions.
    """
    check_format(op, given)
    if given not in _ORDERS:
        return array
    dims, order = _ORDERS[given]
    if array.ndim != dims:
        raise ShapeError(f"{op}: {given} is for tensors of {dims} dimensions, got shape {array.shape}")
    return array.transpose(order)


def copied(op: str, array: Any, given: Any) -> Any:
    """A copy of an array, in the order of a memory format; in that of `array` if the format is to be preserved."""
    out = empty(op, array, array.dtype, given)
    out[...] = array
    return out


def empty(op: str, like: Any, dtype: Any, given: Any) -> Any:
    """An array of the shape of another, in the order of a memory format; in that of the other if it is preserved."""
    if given is None or given is preserve_format:
        return np.empty(like.shape, dtype) if not like.size else empty_in_order(like, dtype)
    moved = in_order(op, like, given)
    made = np.empty(moved.shape, dtype)
    return made if moved is like else made.transpose(np.argsort(_ORDERS[given][1]))
