"""Reading the tape that tensors leave behind.

A node of the tape does not know its result, only what its formula saved. So the value of an intermediate is known
where some formula saved it or the caller named the tensor; of the rest there is a shape.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from autograd.recording import Failure, Key, Record, local_derivatives
from autograd.show.formulas.formula import Formula, formula
from autograd.show.graph import FEW, GradientState, Graph, GraphEdge, GraphNode, Kind, Numbers
from autograd.show.graph import Source as Line
from autograd.show.labels import NO_LABEL, Label, Labels
from autograd.show.walk import cut_note, first_edges, left_out, nearest
from autograd.storage import written_since
from autograd.table import Primitive, in_table
from autograd.tape import AccumulateGrad, AnyNode, Frames, Node, Variable, source

FREED = "What operations saved was freed by backward(): to see their values, draw before it, or pass retain_graph=True."
UNRECORDED = (
    "Nothing was recorded: no input requires a gradient, or the result was computed in no_grad() or detached."
)
CHANGED = "changed in place since it was saved"


class Constant:
    """An input that wants no gradient: what a formula saved of it, or None if none did.

    One array is one constant, however often it is used.
    """

    def __init__(self, array: Any = None, fresh: bool = True) -> None:
        self.array = array
        self.fresh = fresh
        self.key = (id(array) if isinstance(array, np.ndarray) else id(self), fresh)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Constant) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


Source = AnyNode | Constant | Failure


def trace_tensors(
    roots: Sequence[Variable | Node | Failure],
    labels: Labels,
    limit: int,
    values: bool,
    elements: int = FEW,
) -> Graph:
    """Return the graph that led to `roots`: tensors, or what a recording has kept."""
    return Tape(roots, labels, values, elements).graph(limit)


class Tape:
    """One reading of the tape: what each node uses, and the arrays that are known."""

    def __init__(
        self,
        roots: Sequence[Variable | Node | Failure],
        labels: Labels,
        values: bool,
        elements: int = FEW,
    ) -> None:
        self.labels = labels
        self.elements = elements  # arrays of up to so many are kept in full
        self.locals: dict[Node, dict[Key, float]] = {}
        self.modules: dict[str, str] = {}  # path -> class, of a graph that was recorded
        self.summaries: dict[AnyNode, Numbers] = {}  # leaf -> what it was when it was recorded
        self.values = values
        self.inputs: dict[Node, list[tuple[Source, Key]]] = {}
        self.swept: Mapping[AnyNode, Record] = {}  # what a sweep has brought to nodes that were not recorded
        self.ids: dict[Source, str] = {}  # of the nodes in the graph
        self.known: dict[AnyNode, Any] = {}  # node -> its result
        self.changed: set[AnyNode] = set()  # those of which a formula saved what has been written over
        self.roots: dict[Source, None] = {}
        for t in roots:
            if isinstance(t, (Node, Failure)):
                self.roots[t] = None
                continue
            node = t.current_node()
            self.roots[Constant(t.array) if node is None else node] = None
            if node is not None:
                self.known[node] = t.array

    def graph(self, limit: int) -> Graph:
        """The nodes and edges, `limit` nodes at most."""
        found = nearest(self.roots, lambda n: [source for source, _ in self.inputs_of(n)], limit)
        recorded = sorted((n for n in found if isinstance(n, Node | AccumulateGrad)), key=lambda n: n.seq)
        order: dict[Source, None] = {}
        for n in recorded:  # a constant goes before what uses it first
            order.update((s, None) for s, _ in self.inputs_of(n) if s in found and not isinstance(s, Node))
            order[n] = None
        for root in self.roots:
            order.update((s, None) for s, _ in self.inputs_of(root) if s in found)
            order[root] = None
        ids = self.ids = {n: f"n{i}" for i, n in enumerate(order)}
        dtypes = self._dtypes(recorded)
        swept = any(isinstance(n, AccumulateGrad) and n.grad is not None for n in recorded)
        nodes = tuple(self._view(n, ids[n], left_out(found[n]), dtypes, swept) for n in order)
        edges, notes = first_edges(
            (
                self._edge(ids[source], ids[n], n, source, key)
                for n in order
                for source, key in self.inputs_of(n)
                if source in ids
            ),
            limit,
        )
        if any(found.values()):
            notes = [cut_note(limit), *notes]
        if self.values and any(isinstance(n, Node) and n.freed and _record(n) is None for n in recorded):
            notes.append(FREED)
        if all(isinstance(root, Constant) for root in self.roots):
            notes.append(UNRECORDED)
        return Graph(nodes, edges, tuple(notes), self.values, tuple(self.modules.items()))

    # -- the walk --------------------------------------------------------------------------------------------------

    def inputs_of(self, node: Source) -> list[tuple[Source, Key]]:
        """What a node uses, in the order of its arguments, each with the argument that it is."""
        if isinstance(node, Failure):
            return [(Constant(array) if n is None else n, (name, None)) for name, array, n in node.inputs]
        if not isinstance(node, Node):
            return []
        if node not in self.inputs:
            self.inputs[node] = list(self._read(node))
        return self.inputs[node]

    def _read(self, node: Node) -> Iterator[tuple[Source, Key]]:
        if (record := _record(node)) is not None:
            yield from self._recorded(node, record)
            return
        p = node.primitive
        parents = {
            (derivative.parameter, derivative.element): parent
            for parent, derivative in zip(node.parents, node.derivatives, strict=True)
        }
        several = {("out", i) for i in range(len(node.extras.outputs) if node.extras is not None else 0)}
        saved = {key: array for key, array in node.saved() if array is not None and key not in several}
        if ("out", None) in saved:
            self._learn(node, saved.pop(("out", None)), node)
        position = {name: i for i, name in enumerate(p.arrays)}
        for key in sorted({*parents, *saved, *_required(p)}, key=lambda k: (position[k[0]], k[1] or 0)):
            array = saved.get(key)
            if key not in parents:
                yield Constant(array, not _changed(array, node)), key
            else:
                if array is not None:
                    self._learn(parents[key], array, node)
                yield parents[key], key

    def _recorded(self, node: Node, record: Record) -> Iterator[tuple[Source, Key]]:
        """What a node used that was recorded, whether backward has freed it or not."""
        self.modules = record.classes
        for key, value in record.inputs.items():
            parent = record.parents.get(key)
            if parent is None:
                yield Constant(value, not _changed(value, node)), key
            else:
                if isinstance(parent, AccumulateGrad):
                    self.summaries.setdefault(parent, value)
                yield parent, key

    def _local(self, node: Node, key: Key) -> float | None:
        """The local derivative, where it is one number."""
        record = _record(node)
        if node not in self.locals:
            self.locals[node] = local_derivatives(node) if record is None else record.locals
        return self.locals[node].get(key)

    def _edge(self, source_id: str, id: str, node: Source, source: Source, key: Key) -> GraphEdge:
        """The edge, with what is known of the derivative along it."""
        if not isinstance(node, Node) or isinstance(source, Constant):
            return GraphEdge(source_id, id, key[0])
        found = _formula(node.primitive, key[0])
        shown = self._brought(node) if self.values else None
        upstream = shown.upstream if shown is not None else None
        contribution = shown.contributions.get(key) if shown is not None else None
        if node.primitive.selects:  # it hands on what it gets
            upstream = contribution = self._of_result(node, "upstream") if self.values else None
        return GraphEdge(
            source_id,
            id,
            key[0],
            local=self._local(node, key) if self.values else None,
            upstream=upstream if isinstance(upstream, Numbers) else None,
            contribution=contribution,
            formula=found.text if found is not None else "",
            latex=found.latex if found is not None else "",
        )

    def _brought(self, n: AnyNode) -> Record | None:
        """What a recording or a sweep has kept of a node."""
        return _record(n) or self.swept.get(n)

    def _of_result(self, n: AnyNode, what: Literal["result", "upstream"]) -> Numbers | None:
        """What was kept of the value or the gradient of a node, which may be one of an operation's several results."""
        maker, number = source(n)
        kept = self._brought(maker)
        found = None if kept is None else kept.result if what == "result" else kept.upstream
        if maker is not n and isinstance(found, tuple):
            found = found[number]
        return found if isinstance(found, Numbers) else None

    def _learn(self, node: AnyNode, array: Any, saver: Node) -> None:
        """Take in that `array`, saved by the node `saver`, is the result of `node`."""
        if _changed(array, saver):
            self.changed.add(node)
        else:
            self.known.setdefault(node, array)

    # -- the view of one node --------------------------------------------------------------------------------------

    def _view(
        self, n: Source, id: str, notes: tuple[str, ...], dtypes: dict[AnyNode, str], swept: bool
    ) -> GraphNode:
        if isinstance(n, Constant):
            return self._constant(n, id)
        if isinstance(n, Failure):
            return GraphNode(
                id,
                "result",
                n.op,
                notes=notes,
                module=n.module,
                source=_source(n.frames),
                error=_said(n.error),
            )
        label = self.labels.of(n)
        array = self.known.get(n) if label.array is None else label.array
        gradient, state = _gradient(n, swept)
        record = _record(n)
        value = Numbers.of(array, self.elements) if array is not None else self.summaries.get(n)
        value = self._of_result(n, "result") or value
        grad = Numbers.of(gradient, self.elements) if gradient is not None else None
        if grad is None and (brought := self._of_result(n, "upstream")) is not None:
            grad, state = brought, "computed"
        elif grad is None and _record(source(n)[0]) is not None:
            state = "not computed"
        if n in self.changed:
            notes = (*notes, CHANGED)
        if isinstance(n, Node) and n.extras is not None and n.extras.outputs:
            shapes = [str(facts[0]) for facts in n.extras.outputs if facts is not None]
            notes = (f"{len(shapes)} results: {', '.join(shapes)}", *notes)
            state = "none"
        return GraphNode(
            id=id,
            kind=self._kind(n, label),
            op=_op(n) if isinstance(n, Node) else "",
            name=label.name,
            shape=n.shape,
            dtype=dtypes.get(n, ""),
            value=value if self.values else None,
            gradient=grad if self.values else None,
            gradient_state=state,
            notes=notes,
            module=record.module if record is not None else "",
            calls=record.calls if record is not None else (),
            saved=_saved_bytes(n) if record is None else record.saved,
            source=_source(
                record.frames if record is not None else n.extras.origin if n.extras is not None else ()
            ),
            error=record.error if record is not None else "",
        )

    def _kind(self, n: AnyNode, label: Label) -> Kind:
        if isinstance(n, Node):
            return "result" if n in self.roots else "operation"
        return "parameter" if label.parameter else "leaf"

    def _constant(self, n: Constant, id: str) -> GraphNode:
        array = n.array
        if array is None:
            return GraphNode(id, "constant", notes=("value not kept",))
        label = self.labels.of_array(array) if isinstance(array, np.ndarray) else NO_LABEL
        return GraphNode(
            id=id,
            kind="constant",
            name=label.name,
            shape=np.shape(array),
            dtype=str(array.dtype) if isinstance(array, np.ndarray) else "",
            value=Numbers.of(array, self.elements) if self.values and n.fresh else None,
            notes=() if n.fresh else (CHANGED,),
        )

    # -- what the nodes do not say themselves ----------------------------------------------------------------------

    def _dtypes(self, recorded: Sequence[AnyNode]) -> dict[AnyNode, str]:
        """The dtype of each result, where it is known.

        That of a saved array is. So is that of a leaf, and of every operation of the table but `cast`: its arguments
        have been brought to one dtype, and that is the dtype of its result.
        """
        known: dict[AnyNode, str] = {}
        for n in recorded:
            array = self.known.get(n, self.labels.of(n).array)
            if isinstance(n, AccumulateGrad):
                known[n] = str(n.dtype)
            elif array is not None:
                known[n] = str(array.dtype)
            elif (output := _number_of_result(n)) is not None:
                known[n] = str(output[1])
            elif (record := _record(n)) is not None and record.dtype:
                known[n] = record.dtype
            elif n.shape is not None and _keeps_dtype(n.primitive):
                inputs = {known.get(parent, "") for parent in n.parents}
                known[n] = inputs.pop() if len(inputs) == 1 else ""
        return known


def _record(n: AnyNode) -> Record | None:
    """What a recording has kept of a node."""
    return n.extras.record if isinstance(n, Node) and n.extras is not None else None


def _source(frames: Frames) -> Line | None:
    """The innermost of the user's calls."""
    return Line(*frames[-1]) if frames else None


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def _saved_bytes(n: AnyNode) -> int:
    """How many bytes a node keeps for its backward."""
    if not isinstance(n, Node):
        return 0
    return sum({id(a): a.nbytes for _, a in n.saved() if isinstance(a, np.ndarray)}.values())


@functools.lru_cache(maxsize=1024)
def _formula(p: Primitive, parameter: str) -> Formula | None:
    """The derivative along an edge, as it is written; None for an operation that is not of the table."""
    known = in_table(p) and p.derivatives.get(parameter) is not None
    return formula(p, parameter) if known else None


def _changed(array: Any, saver: Node) -> bool:
    """Whether what a node saved has been written over since."""
    return isinstance(array, np.ndarray) and written_since(array, saver.seq)


def _required(p: Primitive) -> Iterator[tuple[str, None]]:
    """The array arguments that a call cannot leave out, so that each was there whether it was recorded or not."""
    for name in p.arrays:
        if p.derivatives[name] is not None and name not in p.sequences and name not in p.defaults:
            yield name, None


def _keeps_dtype(p: Primitive) -> bool:
    return p.name != "cast" and in_table(p)


def _number_of_result(n: Node) -> tuple[int, Any] | None:
    """For the node of one of several results: its number and dtype."""
    maker, i = source(n)
    if maker is n or maker.extras is None:
        return None
    facts = maker.extras.outputs[i]
    return None if facts is None else (i, facts[1])


def _op(n: Node) -> str:
    output = _number_of_result(n)
    return n.primitive.name if output is None else f"{n.primitive.name} {output[0]}"


def _gradient(n: AnyNode, swept: bool) -> tuple[Any, GradientState]:
    """The gradient that the tape holds for a node, and if there is none, why."""
    holder = n if isinstance(n, AccumulateGrad) else n.extras.retained if n.extras is not None else None
    if holder is not None and holder.grad is not None:
        return holder.grad.array, "computed"
    passed = swept or any(isinstance(m, Node) and m.freed for m in (n, *n.parents))
    return None, "not kept" if holder is None and passed else "not computed"
