"""`trace`: the recorded graph behind a result, of tensors or of `Value`s, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from autograd.errors import ArgumentError
from autograd.show.graph import Graph
from autograd.show.labels import Labels, Parameters
from autograd.show.record import record
from autograd.show.tensors import trace_tensors
from autograd.show.values import trace_values
from autograd.tape import Variable
from autograd.value import Value

MAX_NODES = 500
"""How many nodes are shown unless more are asked for."""


def trace(
    root: Any,
    *,
    names: Mapping[str, Any] | None = None,
    params: Parameters | None = None,
    values: bool = True,
    max_nodes: int = MAX_NODES,
) -> Graph:
    """Return the graph that led to `root` as plain data; the arguments are those of `draw`.

    `root` may also be a recording: then it is all that was recorded, up to the operation that failed, if one did.

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
    if isinstance(root, record):
        return trace_tensors(root.roots, Labels(names, params), max_nodes, values)
    roots: Any = (root,) if isinstance(root, Variable | Value) else root
    if not isinstance(roots, Sequence) or not roots:
        raise ArgumentError(f"draw: needs a Tensor, a Value or a list of them, got {_described(root)}")
    if max_nodes < 1:
        raise ArgumentError(f"draw: max_nodes must be at least 1, got {max_nodes}")
    labels = Labels(names, params)
    if all(isinstance(r, Value) for r in roots):
        return trace_values(roots, labels, max_nodes, values)
    if all(isinstance(r, Variable) for r in roots):
        return trace_tensors(roots, labels, max_nodes, values)
    raise ArgumentError(
        f"draw: needs tensors alone or Values alone, got a {type(roots).__name__} of "
        f"{', '.join(sorted({type(r).__name__ for r in roots}))}"
    )


def _described(root: object) -> str:
    return f"an empty {type(root).__name__}" if isinstance(root, Sequence) else type(root).__name__
