"""Reading a graph of `Value`s."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from autograd.show.graph import GradientState, Graph, GraphEdge, GraphNode, Kind, Numbers
from autograd.show.labels import Labels
from autograd.show.scalar_ops import scalar_formula
from autograd.show.walk import cut_note, first_edges, left_out, nearest
from autograd.value import Value


def trace_values(roots: Sequence[Value], labels: Labels, limit: int, values: bool) -> Graph:
    """Return the graph that led to `roots`."""
    found = nearest(roots, lambda v: v.parents, limit)
    order = _in_order(roots, found)
    computed = _with_gradient(order)
    ids = {v: f"n{i}" for i, v in enumerate(order)}
    results = {v for v in roots if v.parents}
    nodes = []
    for v in order:
        label = labels.of(v)
        kind: Kind = "result" if v in results else "operation" if v.parents else "leaf"
        state: GradientState = "computed" if v in computed else "not computed"
        nodes.append(
            GraphNode(
                id=ids[v],
                kind="parameter" if kind == "leaf" and label.parameter else kind,
                op=(v._op or "made by hand") if v.parents else "",  # noqa: SLF001  micrograd's name for it
                name=label.name or v.label,
                value=Numbers.of(v.data) if values else None,
                gradient=Numbers.of(v.grad) if values and v in computed else None,
                gradient_state=state,
                notes=left_out(found[v]),
            )
        )
    edges, notes = first_edges(
        (
            _edge(ids, v, position, parent, local, v in computed, values)
            for v in order
            for position, (parent, local) in enumerate(v.edges)
            if parent in ids
        ),
        limit,
    )
    if any(found.values()):
        notes = [cut_note(limit), *notes]
    return Graph(tuple(nodes), edges, tuple(notes), values)


def _edge(
    ids: Mapping[Value, str],
    v: Value,
    position: int,
    parent: Value,
    local: float | None,
    computed: bool,
    values: bool,
) -> GraphEdge:
    """The edge from one of a node's parents, with the chain rule along it."""
    found = scalar_formula(v._op, position, len(v.parents))  # noqa: SLF001  micrograd's name for it
    passed = values and computed and local is not None
    return GraphEdge(
        ids[parent],
        ids[v],
        "",
        local if values else None,
        upstream=Numbers.of(v.grad) if passed else None,
        contribution=Numbers.of(v.grad * local) if passed and local is not None else None,
        formula=found.text if found is not None else "",
        latex=found.latex if found is not None else "",
    )


def _in_order(roots: Sequence[Value], found: Collection[Value]) -> list[Value]:
    """The nodes found, each after those it was computed from: a depth-first search without recursion."""
    order: dict[Value, None] = {}
    stack = [(root, False) for root in reversed(roots)]
    entered: set[Value] = set()
    while stack:
        v, done = stack.pop()
        if done:
            order[v] = None
        elif v not in entered:
            entered.add(v)
            stack.append((v, True))
            stack += [
                (p, False) for p in reversed(dict.fromkeys(v.parents)) if p in found and p not in entered
            ]
    return list(order)


def _with_gradient(order: Sequence[Value]) -> set[Value]:
    """The nodes that a backward has reached.

    A gradient of 0 says nothing by itself, for that is what a new node holds. But backward passes on from each node
    to all its parents: where it has reached a node, a parent's 0 is a gradient that came out as 0.
    """
    reached: set[Value] = set()
    for v in reversed(order):
        if v in reached or v.grad != 0:
            reached.add(v)
            reached.update(v.parents)
    return reached
