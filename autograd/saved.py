"""Saved tensors in the hands of the user's hooks: packed as an operation saves them, unpacked as backward uses them.

`autograd.graph.saved_tensors_hooks` sets the hooks. A node recorded under them holds a `Packed` in the place of each
array that its formulas named, once for each name.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from autograd.errors import ArgumentError, InPlaceError, ShapeError
from autograd.modes import Mode, current_mode, reset_mode, set_mode
from autograd.storage import owner, version, version_at, written_since
from autograd.tape import Node, Variable, extras_of, wrap


class Hooks(NamedTuple):
    """`pack(tensor)` returns anything; `unpack` of that returns a tensor of the same values."""

    pack: Callable[[Any], Any]
    unpack: Callable[[Any], Any]


class Packed:
    """What a pack hook made of an array."""

    __slots__ = ("dtype", "held", "name", "owner", "seq", "shape", "unpack")

    def __init__(self, array: Any, hooks: Hooks, name: str, seq: int) -> None:
        self.unpack = hooks.unpack
        self.name = name
        self.seq = seq
        self.shape = array.shape
        self.dtype = array.dtype
        holder = owner(array)
        self.owner = weakref.ref(holder) if isinstance(holder, np.ndarray) else None
        before = version(array)
        mode = set_mode(current_mode().but(grad=False, hooks=None))
        try:
            self.held = hooks.pack(wrap(array))
        finally:
            reset_mode(mode)
        if version(array) != before:
            raise InPlaceError(
                f"saved_tensors_hooks: the pack hook wrote to its argument in place, a {array.dtype} tensor of shape "
                f"{array.shape} that '{name}' saved; it must leave it as it is: clone() it first"
            )

    def array(self) -> Any:
        """The array again."""
        mode = set_mode(current_mode().but(hooks=None))
        try:
            tensor = self.unpack(self.held)
        finally:
            reset_mode(mode)
        if not isinstance(tensor, Variable):
            raise ArgumentError(
                f"saved_tensors_hooks: the unpack hook must return a tensor, got {type(tensor).__name__}"
            )
        array = tensor.array
        if array.shape != self.shape:
            raise ShapeError(
                f"saved_tensors_hooks: the unpack hook returned a tensor of shape {array.shape} for one of shape "
                f"{self.shape} that '{self.name}' saved; they must be equal"
            )
        same = self.owner is not None and owner(array) is self.owner()
        if same and written_since(array, self.seq):
            raise InPlaceError(
                f"backward: '{self.name}' saved a {self.dtype} tensor of shape {self.shape} for its gradient, and the "
                f"saved_tensors_hooks kept it as it was, but it was changed in place afterwards: it is at version "
                f"{version(array)}, saved at version {version_at(array, self.seq)}. Have the pack hook clone() it, or "
                "use an out-of-place operation there."
            )
        return array if array.dtype == self.dtype else array.astype(self.dtype)


def pack(node: Node, mode: Mode) -> None:
    """Put a new node's arrays in the hands of the mode's hooks."""
    work = _Packing(node, mode.hooks)
    values = tuple(
        tuple(map(work.packed, d.names, value))
        if d.count > 1
        else work.packed(d.names[0], value)
        if d.count
        else value
        for d, value in zip(node.derivatives, node.values or (), strict=True)
    )
    if work.seen:
        node.values = values
        extras_of(node).packed = True


class _Packing:
    """What has been packed of a node: an array once for each name that it has in the formulas."""

    def __init__(self, node: Node, hooks: Hooks) -> None:
        self.hooks = hooks
        self.name, self.seq = node.primitive.name, node.seq
        self.seen: dict[tuple[str, int], Packed] = {}

    def packed(self, name: str, value: Any) -> Any:
        """A value with a `Packed` in the place of each array."""
        if isinstance(value, np.ndarray):
            key = name, id(value)
            if key not in self.seen:
                self.seen[key] = Packed(value, self.hooks, self.name, self.seq)
            return self.seen[key]
        return tuple(self.packed(name, part) for part in value) if isinstance(value, (tuple, list)) else value


def unpacked(node: Node) -> tuple[Any, ...] | None:
    """The node's values, with the arrays back in their places; None once they are freed."""
    seen: dict[int, Any] = {}
    return None if node.values is None else tuple(_array(value, seen) for value in node.values)


def _array(value: Any, seen: dict[int, Any]) -> Any:
    """A value with the array in the place of each `Packed`."""
    if isinstance(value, Packed):
        if id(value) not in seen:
            seen[id(value)] = value.array()
        return seen[id(value)]
    return tuple(_array(part, seen) for part in value) if isinstance(value, tuple) else value
