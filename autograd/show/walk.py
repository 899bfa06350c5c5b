"""The walk from a result towards its inputs, breadth first, that stops at a number of nodes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable
from itertools import islice
from typing import TypeVar

from autograd.errors import ArgumentError
from autograd.show.graph import GraphEdge

N = TypeVar("N", bound=Hashable)

EDGES_PER_NODE, MANY, EDGES_PER_NODE_OF_MANY = 8, 500, 2
"""A graph has at most so many edges for each node it may have; of more than MANY nodes, for each of the others."""


def nearest(roots: Iterable[N], inputs: Callable[[N], Iterable[N]], limit: int) -> dict[N, int]:
    """Return the `limit` nodes nearest the roots, each with how many of its inputs are not among them.

    >>> nearest([8], lambda n: [n // 2, n // 4] if n > 1 else [], limit=3)
    {8: 0, 4: 1, 2: 2}
    """
    found = dict.fromkeys(roots, 0)
    if limit < len(found):
        raise ArgumentError(
            f"draw: max_nodes is {limit}, but there are {len(found)} results to draw; raise max_nodes or draw fewer"
        )
    queue = deque(found)
    while queue:
        node = queue.popleft()
        for source in dict.fromkeys(inputs(node)):
            if source not in found:
                if len(found) < limit:
                    found[source] = 0
                    queue.append(source)
                else:
                    found[node] += 1
    return found


def first_edges(edges: Iterable[GraphEdge], limit: int) -> tuple[tuple[GraphEdge, ...], list[str]]:
    """Return as many edges as a drawing of `limit` nodes may have, and a note if there are more."""
    most = EDGES_PER_NODE * min(limit, MANY) + EDGES_PER_NODE_OF_MANY * max(0, limit - MANY)
    edges = iter(edges)
    kept = tuple(islice(edges, most))
    more = next(edges, None) is not None
    return kept, [f"More than {most} edges: the others are not drawn."] if more else []


def cut_note(limit: int) -> str:
    """What is said of a graph with more nodes than are drawn."""
    return f"More than {limit} nodes: these are the {limit} nearest the result. Pass max_nodes= to draw more."


def left_out(count: int) -> tuple[str, ...]:
    """What is said at a node of which `count` inputs are not drawn."""
    return (f"{count} input{'s' * (count > 1)} not drawn",) if count else ()
