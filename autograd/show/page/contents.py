"""What the page holds, as plain data: nodes, edges and formulas once, and the numbers of each recording."""

from __future__ import annotations

import linecache
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograd.errors import ArgumentError
from autograd.show.drawing.dot import SIGNS, Direction
from autograd.show.explaining.links import Check
from autograd.show.formulas.expressions import Number
from autograd.show.formulas.formula import Formula, formula
from autograd.show.formulas.forwards import forward
from autograd.show.formulas.mathml import mathml
from autograd.show.formulas.notation import text
from autograd.show.formulas.scalar_ops import scalar_formula
from autograd.show.graph import Graph, GraphEdge, GraphNode, Numbers
from autograd.show.page.layout import Size, lay_out
from autograd.show.page.modules import Modules
from autograd.show.page.operations import Operation, of_tensors, of_value
from autograd.show.page.reading import ELEMENTS, Reading
from autograd.table import in_table, registry

SCALAR, SCALAR_LABEL = Size(128, 66), Size(104, 32)
TENSOR, TENSOR_LABEL = Size(208, 76), Size(72, 18)
DIGITS = 7  # of the elements of arrays: as many as a float32 has


class Contents:
    """All that the page is made of.

    Args:
        readings: label -> recording; several recordings of one computation are the steps of a training.
    """

    def __init__(self, readings: Mapping[str, Reading]) -> None:
        first = next(iter(readings.values()))
        self.frames = {label: r.graph for label, r in readings.items()}
        self.graph = first.graph
        self.whole = all(r.whole for r in readings.values())
        self.checks = first.checks if len(readings) == 1 else {}
        for label, graph in self.frames.items():
            _same(self.graph, graph, label)
        nodes = self.graph.nodes
        self.of_values = all(n.dtype == "" and n.shape in ((), None) for n in nodes)  # a Value has no dtype
        self.inputs: dict[str, list[int]] = {n.id: [] for n in nodes}
        for i, edge in enumerate(self.graph.edges):
            self.inputs[edge.target].append(i)
        self.scalar = self.of_values or all(n.shape == () for n in nodes)
        self.operations: dict[str, Operation] = {}  # by the JavaScript's name for it
        self.keys: dict[str, str] = {}  # id -> that name
        self.modules = Modules(self.graph, first.modules)
        if self.scalar and self.whole:
            for n in nodes:
                if n.op:
                    self._learn(n)
        self.frozen = self._why_not_live()

    def _learn(self, n: GraphNode) -> None:
        """Take in the operation of a node."""
        names = [self.graph.edges[i].parameter for i in self.inputs[n.id]]
        count = len(names)
        key = f"{n.op} {count}" if self.of_values else f"{n.op} {' '.join(names)}"
        if key not in self.operations:
            self.operations[key] = of_value(n.op, count) if self.of_values else of_tensors(n.op, names)
        self.keys[n.id] = key

    def _why_not_live(self) -> str:
        """Why the page cannot compute anew, or ""."""
        if not self.scalar:
            return "the page computes with single numbers only, and this graph is one of arrays"
        if not self.whole:
            return "a part of the graph is not shown"
        reasons = [o.reason for o in self.operations.values() if o.reason]
        if reasons:
            return reasons[0]
        if any(not n.op and (n.value is None or n.value.elements is None) for n in self.graph.nodes):
            return "an input was not kept"
        return ""

    @property
    def javascript(self) -> str:
        """The operations, as the properties of an object."""
        if self.frozen:
            return ""
        return ",\n".join(f"  {_string(key)}: {o.javascript}" for key, o in self.operations.items())

    def to_dict(self) -> dict[str, Any]:
        """What the page reads."""
        nodes, edges = self.graph.nodes, self.graph.edges
        size, label = (SCALAR, SCALAR_LABEL) if self.scalar else (TENSOR, TENSOR_LABEL)
        ends = [(e.source, e.target) for e in edges]
        tree = self.modules.tree
        directions: tuple[Direction, ...] = ("LR", "TB")
        layouts = {d: lay_out(self.modules.of, ends, tree, size, label, d) for d in directions}
        return {
            "scalar": self.scalar,
            "frozen": self.frozen,
            "whole": self.whole,
            "size": [size.width, size.height],
            "nodes": [self._node(n) for n in nodes],
            "edges": [self._edge(e) for e in edges],
            "modules": [{"path": m.path, "parent": m.parent, "name": m.name, "kind": m.kind} for m in tree],
            "notes": [*self.graph.notes, *self._advice()],
            "layouts": layouts,
            "frames": [_frame(label, graph) for label, graph in self.frames.items()],
        }

    def _advice(self) -> list[str]:
        """How to see more."""
        shown = [x for n in self.graph.nodes for x in (n.value, n.gradient) if x is not None]
        if self.whole and any(x.elements is None and math.prod(x.shape) <= ELEMENTS for x in shown):
            return [
                f"Of some arrays only the range was recorded: record(elements={ELEMENTS}) keeps them for heat maps."
            ]
        return []

    def _node(self, n: GraphNode) -> dict[str, Any]:
        line = n.source
        return {
            "id": n.id,
            "kind": n.kind,
            "op": n.op,
            "sign": _sign(n.op) if self.of_values else n.op,
            "name": n.name,
            "local": self.modules.local_name(n),
            "shape": list(n.shape) if n.shape is not None else None,
            "dtype": n.dtype,
            "module": self.modules.of[n.id],
            "inputs": self.inputs[n.id],
            "operation": self.keys.get(n.id, ""),
            "computes": self._computes(n),
            "saved": n.saved,
            "block": not self.whole and bool(n.op) and n.shape is None and n.value is None,
            "notes": list(n.notes),
            "error": n.error,
            "check": _check(self.checks.get(n.id)),
            "source": None
            if line is None
            else {
                "file": Path(line.file).name,
                "line": line.line,
                "function": line.function,
                "text": linecache.getline(line.file, line.line).strip(),
            },
        }

    def _computes(self, n: GraphNode) -> dict[str, str] | None:
        """What an operation computes of its inputs."""
        if not n.op:
            return None
        found = self.operations.get(self.keys.get(n.id, ""))
        if found is not None and found.computes is not None:
            return _written(found.computes)
        p = registry().get(n.op)
        return _written(forward(p)) if p is not None and in_table(p) else None

    def _edge(self, e: GraphEdge) -> dict[str, Any]:
        target = next(n for n in self.graph.nodes if n.id == e.target)
        position = [id(self.graph.edges[i]) for i in self.inputs[e.target]].index(id(e))
        found: Formula | None = None
        if (
            self.of_values and not self.whole
        ):  # not all inputs are here, so their places do not tell what they are
            written = {"text": e.formula, "mathml": ""} if e.formula else None
            return {"source": e.source, "target": e.target, "parameter": e.parameter, "derivative": written}
        if self.of_values:
            found = scalar_formula(target.op, position, len(self.inputs[e.target]), Number(1))
        elif e.formula:
            found = formula(target.op.partition(" ")[0], e.parameter, Number(1) if self.scalar else None)
        operation = self.operations.get(self.keys.get(target.id, ""))
        parameter = operation.parameters[position] if operation is not None else e.parameter
        written = None
        if found is not None and not found.reason:
            written = _written(found.expression)
        elif found is not None:
            written = {"text": found.documented, "mathml": ""}
        return {"source": e.source, "target": e.target, "parameter": parameter, "derivative": written}


def _same(first: Graph, other: Graph, label: str) -> None:
    """Refuse recordings of different computations."""
    ops = [[n.op for n in g.nodes] for g in (first, other)]
    ends = [[(e.source, e.target) for e in g.edges] for g in (first, other)]
    if ops[0] != ops[1] or ends[0] != ends[1]:
        raise ArgumentError(
            f"page: the recording {label!r} is of another computation than the first ({len(other.nodes)} nodes and "
            f"{len(other.edges)} edges, not {len(first.nodes)} and {len(first.edges)}); a page walks through one "
            "computation that is repeated"
        )


def _check(found: Check | None) -> dict[str, Any] | None:
    """A gradient beside finite differences: both of a single number or direction, else how far apart they are."""
    if found is None:
        return None
    a, b = found.by_differences.elements, found.by_chain_rule.elements
    single = a is not None and b is not None and len(a) == 1
    return {
        "along": found.along,
        "difference": _real(found.difference),
        "byDifferences": _real(a[0]) if single and a else None,
        "byChainRule": _real(b[0]) if single and b else None,
    }


def _written(e: Any) -> dict[str, str]:
    return {"text": text(e), "mathml": mathml(e)}


def _sign(op: str) -> str:
    """An operation of Values as it is written by hand."""
    if op.startswith("**") and op[2:].isdigit():
        return "x" + op[2:].translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return SIGNS.get(op, op)


def _frame(label: str, graph: Graph) -> dict[str, Any]:
    """The numbers of one recording."""
    return {
        "label": label,
        "values": [_numbers(n.value) for n in graph.nodes],
        "gradients": [_numbers(n.gradient) for n in graph.nodes],
        "states": [n.gradient_state for n in graph.nodes],
        "locals": [_real(e.local) for e in graph.edges],
        "upstream": [_numbers(e.upstream) for e in graph.edges],
        "contributions": [_numbers(e.contribution) for e in graph.edges],
    }


def _numbers(n: Numbers | None) -> Any:
    """A number as it is; of an array its shape, elements if they were kept, and what is said of it."""
    if n is None:
        return None
    if n.shape == () and n.elements is not None:
        return _real(n.elements[0])
    elements = None if n.elements is None else [_real(_shortened(x)) for x in n.elements]
    return {"shape": list(n.shape), "elements": elements, "text": str(n)}


def _shortened(x: float) -> float:
    return float(f"{x:.{DIGITS}g}")


def _real(x: float | None) -> Any:
    """What JSON can hold of a number."""
    if x is None or math.isfinite(x):
        return x
    return "NaN" if math.isnan(x) else "Infinity" if x > 0 else "-Infinity"


def _string(text: str) -> str:
    import json

    return json.dumps(text)
