"""`trace`: the recorded graph behind a result, of tensors or of `Value`s, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from autograd.errors import ArgumentError
from autograd.show.graph import FEW, Graph
from autograd.show.labels import Labels, Parameters
from autograd.show.options import check_count, check_flag, check_table
from autograd.show.record import record
from autograd.show.record_values import ValueFailure
from autograd.show.tensors import trace_tensors
from autograd.show.values import trace_values
from autograd.tape import Variable
from autograd.value import Value

MAX_NODES = 500
"""How many nodes are traced unless more are asked for."""

READ = 5000
"""How many nodes are read at least to make a picture from: enough to see what repeats."""


def trace(
    root: Any,
    *,
    names: Mapping[str, Any] | None = None,
    params: Parameters | None = None,
    values: bool = True,
    max_nodes: int = MAX_NODES,
    elements: int = FEW,
) -> Graph:
    """Return the graph that led to `root` as plain data; the arguments are those of `draw`, and one more.

    Arrays of up to `elements` elements are kept in full, where they are still there; a recording has an option of
    the same name. `root` may also be a recording: then it is all that was recorded, up to the operation that failed,
    if one did.

    >>> from autograd import Value
    >>> x = Value(3.0, label="x")
    >>> graph = trace(x * x)
    >>> for node in graph.nodes:
    ...     print(node.id, node.kind, node.name or node.op, node.value, node.gradient_state)
    n0 leaf x 3 not computed
    n1 result * 9 not computed
    >>> [(edge.source, edge.target, edge.local) for edge in graph.edges]
    [('n0', 'n1', 3.0), ('n0', 'n1', 3.0)]
    """
    return traced("trace", root, names, params, values, max_nodes, elements)


def read(
    root: Any, names: Mapping[str, Any] | None, params: Parameters | None, values: bool, max_nodes: int
) -> Graph:
    """The graph to make a picture of `max_nodes` from: more of it, for what repeats may be folded."""
    check_count("draw", "max_nodes", max_nodes, 1)
    return traced("draw", root, names, params, values, max(max_nodes, READ), FEW)


def classes_in(params: Any) -> dict[str, str]:
    """The classes of the modules in what was given as the parameters: path -> class."""
    if not hasattr(params, "named_modules"):
        return {}
    return {path: type(module).__name__ for path, module in params.named_modules()}


def _parameters(root: Any, params: Parameters | None) -> Parameters | None:
    """The parameters: those of the modules that were recorded, if none are given."""
    return root.parameters if params is None and isinstance(root, record) else params


def traced(
    who: str,
    root: Any,
    names: Mapping[str, Any] | None,
    params: Parameters | None,
    values: bool,
    max_nodes: int,
    elements: int,
) -> Graph:
    """The same as `trace`, for the function that errors are to name."""
    check_table(who, "names", names, "of name -> tensor or Value, such as locals()")
    check_flag(who, "values", values)
    check_count(who, "max_nodes", max_nodes, 1)
    check_count(who, "elements", elements, 0)
    labels = Labels(names, _parameters(root, params))
    if isinstance(root, record):
        return _traced_recording(root, labels, max_nodes, values, elements)
    roots: Any = (root,) if isinstance(root, Variable | Value) else root
    if not isinstance(roots, Sequence) or not roots:
        raise ArgumentError(
            f"{who}: needs a Tensor, a Value, a list of either, or a recording; got {_described(root)}"
        )
    if all(isinstance(r, Value) for r in roots):
        return trace_values(roots, labels, max_nodes, values)
    if all(isinstance(r, Variable) for r in roots):
        return trace_tensors(roots, labels, max_nodes, values, elements)
    raise ArgumentError(
        f"{who}: needs tensors alone or Values alone, got a {type(roots).__name__} of "
        f"{', '.join(sorted({type(r).__name__ for r in roots}))}"
    )


def _traced_recording(tape: record, labels: Labels, limit: int, values: bool, elements: int) -> Graph:
    """All that was recorded: of tensors, or if there were none, of Values."""
    roots, of_values = tape.roots, tape.value_roots
    notes = [tape.stopped] if tape.stopped else []
    if of_values and (not roots or isinstance(of_values[0], ValueFailure)):
        graph = trace_values(of_values, labels, limit, values)
        notes += ["Tensors were recorded as well: trace one of them to see these."] if roots else []
    else:
        graph = trace_tensors(roots, labels, limit, values, elements)
        notes += ["Values were recorded as well: trace one of them to see these."] if of_values else []
    return replace(graph, notes=(*notes, *graph.notes)) if notes else graph


def _described(root: object) -> str:
    return f"an empty {type(root).__name__}" if isinstance(root, Sequence) else type(root).__name__
