"""Reading a graph of `Value`s."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from autograd.show.formulas.scalar_ops import argument, scalar_formula
from autograd.show.graph import GradientState, Graph, GraphEdge, GraphNode, Kind, Numbers, Source
from autograd.show.labels import Labels
from autograd.show.record_values import ValueFailure, ValueRecord, recorded
from autograd.show.walk import cut_note, first_edges, left_out, nearest
from autograd.value import Value

Thing = Value | ValueFailure


def trace_values(roots: Sequence[Thing], labels: Labels, limit: int, values: bool) -> Graph:
    """Return the graph that led to `roots`: Values, or the operation on them that failed."""
    return _Reading(roots, labels, limit, values).graph()


class _Reading:
    """One reading of a graph: the nodes found, and what is known of each."""

    def __init__(self, roots: Sequence[Thing], labels: Labels, limit: int, values: bool) -> None:
        self.labels, self.limit, self.values = labels, limit, values
        self.found = nearest(roots, lambda v: v.parents, limit)
        self.order = _in_order(roots, self.found)
        self.results = {v for v in roots if v.parents}
        self.ids = {v: f"n{i}" for i, v in enumerate(self.order)}
        made = [v for v in self.order if isinstance(v, Value)]
        self.records = {v: record for v in made if (record := recorded(v)) is not None}
        self.data: dict[Value, float] = {v: v.data for v in made}
        self.gradients: dict[Value, float] = {v: v.grad for v in made}
        self.computed = _with_gradient(made)
        self._read_records()

    def _read_records(self) -> None:
        """What was recorded, in the place of what is there now."""
        if not self.records:
            return
        for v, record in reversed(self.records.items()):  # a leaf is what it was when it was used first
            self.data[v] = record.data
            self.data.update(
                (p, x)
                for p, x in zip(v.parents, record.inputs, strict=True)
                if p in self.ids and not p.parents
            )
        for v, record in sorted(self.records.items(), key=lambda item: item[1].turn):
            if record.upstream is None:
                continue
            self.gradients[v] = record.upstream
            self.gradients.update((v.parents[i], x) for i, x in record.after.items())
            self.computed |= {v, *v.parents}

    def graph(self) -> Graph:
        """The nodes and edges."""
        edges, notes = first_edges(
            (
                self._edge(v, position, parent, local)
                for v in self.order
                for position, (parent, local) in enumerate(_edges(v))
                if parent in self.ids
            ),
            self.limit,
        )
        if any(self.found.values()):
            notes = [cut_note(self.limit), *notes]
        kept: list[ValueRecord | ValueFailure] = [*self.records.values()]
        kept += [v for v in self.order if isinstance(v, ValueFailure)]
        modules = {path: name for record in kept for path, name in record.classes.items()}
        return Graph(
            tuple(map(self._node, self.order)), edges, tuple(notes), self.values, tuple(modules.items())
        )

    def _node(self, v: Thing) -> GraphNode:
        notes = left_out(self.found[v])
        if isinstance(v, ValueFailure):
            return GraphNode(
                self.ids[v],
                "result",
                v.op,
                notes=notes,
                module=v.module,
                source=Source(*v.frames[-1]) if v.frames else None,
                error=v.error,
            )
        label = self.labels.of(v)
        kind: Kind = "result" if v in self.results else "operation" if v.parents else "leaf"
        state: GradientState = "computed" if v in self.computed else "not computed"
        record = self.records.get(v)
        return GraphNode(
            id=self.ids[v],
            kind="parameter" if kind == "leaf" and label.parameter else kind,
            op=(v._op or "made by hand") if v.parents else "",  # noqa: SLF001  micrograd's name for it
            name=label.name or v.label,
            shape=(),
            value=Numbers.of(self.data[v]) if self.values else None,
            gradient=Numbers.of(self.gradients[v]) if self.values and v in self.computed else None,
            gradient_state=state,
            notes=notes,
            module=record.module if record is not None else "",
            calls=record.calls if record is not None else (),
            source=Source(*record.frames[-1]) if record is not None and record.frames else None,
            error=record.error if record is not None else "",
        )

    def _edge(self, v: Thing, position: int, parent: Value, local: float | None) -> GraphEdge:
        """The edge from one of a node's parents, with the chain rule along it."""
        if isinstance(v, ValueFailure):
            return GraphEdge(self.ids[parent], self.ids[v])
        found = scalar_formula(v._op, position, len(v.parents))  # noqa: SLF001  micrograd's name for it
        upstream = self.gradients[v] if self.values and v in self.computed else None
        passed = upstream is not None and local is not None
        return GraphEdge(
            self.ids[parent],
            self.ids[v],
            argument(v._op, position, len(v.parents)),  # noqa: SLF001  micrograd's name for it
            local if self.values else None,
            upstream=Numbers.of(upstream) if passed else None,
            contribution=Numbers.of(upstream * local) if passed else None,  # type: ignore[operator]  # passed says so
            formula=found.text if found is not None else "",
            latex=found.latex if found is not None else "",
        )


def _edges(v: Thing) -> tuple[tuple[Value, float | None], ...]:
    return v.edges if isinstance(v, Value) else tuple((p, None) for p in v.parents)


def _in_order(roots: Sequence[Thing], found: Collection[Thing]) -> list[Thing]:
    """The nodes found, each after those it was computed from: a depth-first search without recursion."""
    order: dict[Thing, None] = {}
    stack: list[tuple[Thing, bool]] = [(root, False) for root in reversed(roots)]
    entered: set[Thing] = set()
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
