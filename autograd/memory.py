"""What a graph keeps in memory for its backward pass."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from autograd.errors import ArgumentError
from autograd.saved import Packed
from autograd.storage import owner
from autograd.tape import AccumulateGrad, Node, Variable, reachable


class OpMemory(NamedTuple):
    """What the nodes of one operation keep.

    op:          its name
    nodes:       how many of its nodes there are
    arrays:      how many arrays they saved that no earlier node had saved
    bytes:       of the memory behind these
    leaf_bytes:  of the memory of leaves that they saved: it exists with or without the graph
    packed:      how many arrays are in the hands of saved-tensor hooks, and counted nowhere
    """

    op: str
    nodes: int
    arrays: int
    bytes: int
    leaf_bytes: int
    packed: int


class GraphMemory(NamedTuple):
    """What a graph keeps, by operation in the order of their first use. Printed, it is a table.

    bytes:       that the graph alone keeps alive, or shares with tensors that are not leaves
    leaf_bytes:  of leaves, parameters among them, that formulas will read
    """

    ops: tuple[OpMemory, ...]
    bytes: int
    leaf_bytes: int

    def __repr__(self) -> str:
        rows: list[tuple[str, ...]] = [("operation", "nodes", "arrays", "saved", "of leaves")]
        rows += [
            (o.op, str(o.nodes), str(o.arrays + o.packed), size(o.bytes), size(o.leaf_bytes))
            for o in self.ops
        ]
        count = sum(o.nodes for o in self.ops), sum(o.arrays + o.packed for o in self.ops)
        rows.append(("total", *map(str, count), size(self.bytes), size(self.leaf_bytes)))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(
                (row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True)))
            )
            for row in rows
        ]
        packed = sum(o.packed for o in self.ops)
        note = [f"{packed} of the arrays are packed by saved-tensor hooks: their bytes are not known."] * (
            packed > 0
        )
        return "\n".join((*lines, *note))


def size(n: int) -> str:
    """A number of bytes for reading.

    >>> size(0), size(100), size(1536), size(5 * 2**20)
    ('0 B', '100 B', '1.5 KiB', '5.0 MiB')
    """
    if n < 1024:
        return f"{n} B"
    value, units = n / 1024, iter(("KiB", "MiB", "GiB", "TiB"))
    unit = next(units)
    while value >= 1024 and unit != "TiB":
        value, unit = value / 1024, next(units)
    return f"{value:.1f} {unit}"


def graph_memory(root: Any) -> GraphMemory:
    """Return what the graph that led to `root`, a tensor or several, keeps in memory until backward frees it.

    Memory is counted once, for the first operation that saved it, and whole: a view keeps all of its base. What is
    saved of a leaf (a parameter, an input that requires a gradient) is told apart, as it exists anyway.

    Raises:
        ArgumentError: if `root` is not a tensor or tensors.

    >>> import autograd
    >>> x, w = autograd.ones(32, 64), autograd.ones(64, 16, requires_grad=True)
    >>> graph_memory((x @ w).tanh().sum())
    operation  nodes  arrays     saved  of leaves
    matmul         1       1   8.0 KiB        0 B
    tanh           1       1   2.0 KiB        0 B
    sum            1       0       0 B        0 B
    total          3       2  10.0 KiB        0 B
    """
    roots = (root,) if isinstance(root, Variable) else tuple(root)
    for t in roots:
        if not isinstance(t, Variable):
            raise ArgumentError(f"graph_memory: needs a tensor or several, got {type(t).__name__}")
    nodes = reachable([node for t in roots if (node := t.current_node()) is not None])
    leaves = {
        id(owner(leaf.array))
        for node in nodes
        if isinstance(node, AccumulateGrad) and (leaf := node.variable) is not None
    }
    counts: dict[str, list[int]] = {}
    seen: set[int] = set()
    for node in reversed(nodes):  # the oldest first
        if not isinstance(node, Node) or node.primitive.selects:
            continue
        count = counts.setdefault(node.primitive.name, [0] * 5)
        count[0] += 1
        for array in _arrays(node.values):
            holder = array if isinstance(array, Packed) else owner(array)
            if id(holder) in seen:
                continue
            seen.add(id(holder))
            if isinstance(array, Packed):
                count[4] += 1
                continue
            count[1] += 1
            nbytes = getattr(holder, "nbytes", array.nbytes)
            count[3 if id(holder) in leaves else 2] += nbytes
    ops = tuple(OpMemory(name, *count) for name, count in counts.items())
    return GraphMemory(ops, sum(o.bytes for o in ops), sum(o.leaf_bytes for o in ops))


def _arrays(value: Any) -> Iterator[Any]:
    """The arrays among what a node holds, those that hooks have packed among them."""
    if isinstance(value, (np.ndarray, Packed)):
        yield value
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from _arrays(part)
