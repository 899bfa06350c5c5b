"""What a forward pass left on the tape, as numbers and text: it holds no node and no array, so it keeps none alive."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.tape import Frames, Node


class Operation(NamedTuple):
    """One recorded operation.

    op:      its name
    path:    the path of the module it ran in
    frames:  the user's calls
    parents: the numbers of the nodes it was computed from
    cut:     the numbers of the nodes whose results it took without their history
    """

    op: str
    path: str
    frames: Frames
    parents: tuple[int, ...]
    cut: tuple[int, ...]

    def __str__(self) -> str:
        place = f" in {self.path}" if self.path else ""
        if self.frames:
            file, line, _ = self.frames[-1]
            place += f" ({file.replace(chr(92), '/').rpartition('/')[2]}:{line})"
        return f"'{self.op}'{place}"


class Tape:
    """The operations of the forward passes of one step, by the numbers of their nodes."""

    def __init__(self) -> None:
        self.operations: dict[int, Operation] = {}
        self._made: dict[
            int, tuple[Any, int]
        ] = {}  # id of an array -> (weak reference to it, number of its node)

    def clear(self) -> None:
        """Forget them."""
        self.operations.clear()
        self._made.clear()

    def add(self, node: Node, path: str, frames: Frames, outs: Sequence[Any], inputs: Sequence[Any]) -> None:
        """Add the operation of a new node, with its raw results and inputs."""
        p = node.primitive
        parents = tuple(parent.seq for parent in node.parents)
        recorded = {d.parameter for d in node.derivatives}
        cut = [
            self._made[id(value)][1]
            for name, value in zip(p.parameters, inputs, strict=False)
            if name in p.arrays
            and p.derivatives[name] is not None
            and name not in recorded
            and id(value) in self._made
            and self._made[id(value)][0]() is value
        ]
        self.operations[node.seq] = Operation(p.name, path, frames, parents, tuple(cut))
        if len(outs) == 1:
            self.remember(outs[0], node.seq)

    def remember(self, array: Any, number: int) -> None:
        """Note which node an array is the result of."""
        if isinstance(array, np.ndarray):
            self._made[id(array)] = weakref.ref(array), number

    def computed_from(self, number: int) -> set[int]:
        """The numbers of all operations that a node led to, and its own."""
        found = {number}
        for n in sorted(self.operations):  # inputs come before what is computed from them
            if not found.isdisjoint(self.operations[n].parents):
                found.add(n)
        return found

    def used(self, number: int) -> list[Operation]:
        """The operations that took a node's value."""
        return [o for o in self.operations.values() if number in o.parents]

    def cuts(self, numbers: set[int]) -> list[tuple[int, Operation]]:
        """Where a result of some nodes was taken without its history: (the node, what took it)."""
        return [(n, o) for o in self.operations.values() for n in o.cut if n in numbers]

    def ends(self, numbers: set[int]) -> list[Operation]:
        """Those of the operations whose results no other operation took."""
        parents = {p for o in self.operations.values() for p in o.parents}
        return [self.operations[n] for n in sorted(numbers) if n in self.operations and n not in parents]
