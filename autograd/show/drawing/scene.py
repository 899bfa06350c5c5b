"""What a picture shows of a graph: nodes, modules as clusters, modules as one block each, and the edges between them.

Plain data, made from a `Graph` by `arrange`. A cluster shows what is in it; a block stands for all of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TypeAlias

from autograd.show.graph import GraphEdge, GraphNode


@dataclass(frozen=True, slots=True)
class Block:
    """A module, or what was folded, drawn as one node.

    path:       of the module; last: of the last of several that are folded
    kind:       the class of the module
    times:      how many of them there are, one after another or side by side
    call:       which call of the module it is; calls: of how many
    operations: how many ran in it; of one, if there are several
    parameters: how many numbers are learnt in it; frozen: how many are not
    inputs:     the shapes of what comes in; outputs: of what goes out
    saved:      how many bytes it keeps for backward
    gradient:   the largest absolute value among the gradients of its outputs, if one is known
    bad:        what there is to say of numbers in it that are not finite
    shared:     parameters that other modules use too
    """

    id: str
    path: str
    kind: str = ""
    times: int = 1
    last: str = ""
    call: int = 1
    calls: int = 1
    operations: int = 0
    parameters: int = 0
    frozen: int = 0
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    saved: int = 0
    gradient: float | None = None
    bad: str = ""
    shared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cluster:
    """A module, or what was folded, with what is in it; the attributes are those of a block."""

    id: str
    path: str
    kind: str = ""
    times: int = 1
    last: str = ""
    call: int = 1
    calls: int = 1
    parts: tuple[Part, ...] = ()


Part: TypeAlias = GraphNode | Block | Cluster


@dataclass(frozen=True, slots=True)
class Scene:
    """What is drawn.

    parts:  in the order in which they were computed
    edges:  between nodes and blocks
    again:  the edges from a folded part to its own next repetition
    notes:  what was folded, and what is missing
    total:  how many nodes the graph has that is drawn
    saved:  how many bytes it keeps for backward
    bad:    nodes with numbers that are not finite -> where they come from, if that is here
    """

    parts: tuple[Part, ...]
    edges: tuple[GraphEdge, ...]
    again: tuple[GraphEdge, ...] = ()
    notes: tuple[str, ...] = ()
    values: bool = True
    total: int = 0
    saved: int = 0
    bad: Mapping[str, str] = field(default_factory=dict)

    def clusters(self) -> Iterator[Cluster]:
        """All clusters, each before those inside it."""
        waiting = list(reversed(self.parts))
        while waiting:
            part = waiting.pop()
            if isinstance(part, Cluster):
                yield part
                waiting += reversed(part.parts)

    def boxes(self) -> Iterator[GraphNode | Block]:
        """All nodes and blocks, in order."""
        waiting = list(reversed(self.parts))
        while waiting:
            part = waiting.pop()
            if isinstance(part, Cluster):
                waiting += reversed(part.parts)
            else:
                yield part

    def blocks(self) -> Iterator[Block]:
        """All blocks, in order."""
        return (box for box in self.boxes() if isinstance(box, Block))


def span(first: str, last: str) -> str:
    """The paths of several modules in one.

    >>> span("encoder.layers.0", "encoder.layers.11"), span("head", "head")
    ('encoder.layers.0 … 11', 'head')
    """
    if first == last or not last:
        return first
    a, b = first.split("."), last.split(".")
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))
    return f"{first} … {'.'.join(b[shared:])}"
