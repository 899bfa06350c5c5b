"""From what is to be shown to a graph of a size that can be: read, folded where it is large, and checked."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from autograd.errors import ArgumentError, GraphFreedError
from autograd.show.drawing.arrange import Plan, arrange
from autograd.show.drawing.scene import Block, Cluster, Part, span
from autograd.show.explaining.links import Check
from autograd.show.explaining.of_tensors import reachable, swept, tensor_links
from autograd.show.graph import FEW, Graph, GraphNode, Numbers
from autograd.show.labels import Labels, Parameters
from autograd.show.options import check_count
from autograd.show.tensors import Tape
from autograd.show.trace import READ, traced
from autograd.tape import AccumulateGrad, Node, Variable

ELEMENTS = 4096
"""How many elements of an array are taken along to be shown as a heat map."""

MOST_CHECKS = 40


@dataclass(frozen=True, slots=True)
class Reading:
    """A graph to be shown.

    whole:   whether nothing of it was folded or left out
    modules: node -> its module, where that is known better than from the graph
    checks:  node -> its gradient beside finite differences
    """

    graph: Graph
    whole: bool = True
    modules: Mapping[str, str] = field(default_factory=dict)
    checks: Mapping[str, Check] = field(default_factory=dict)


def read(root: Any, names: Mapping[str, Any] | None, params: Parameters | None, max_nodes: int) -> Reading:
    """What leads to a result, in at most so many nodes.

    Raises:
        ArgumentError: if there is nothing to show.
    """
    check_count("page", "max_nodes", max_nodes, 1)
    if isinstance(root, Graph):
        return _kept_small(root, max_nodes)
    graph = traced("page", root, names, params, True, max(max_nodes, READ), FEW)
    if not graph.nodes:
        raise ArgumentError(
            "page: nothing was recorded: no operation ran on a tensor that requires a gradient, or on a Value"
        )
    if len(graph.nodes) > max_nodes:
        return _kept_small(graph, max_nodes)
    if isinstance(root, Variable) and root.array.size == 1:
        return _of_tensor(root, Labels(names, params), names, max_nodes)
    return Reading(traced("page", root, names, params, True, max_nodes, ELEMENTS))


def _of_tensor(root: Variable, labels: Labels, names: Mapping[str, Any] | None, max_nodes: int) -> Reading:
    """The graph of one tensor. Where it was not recorded and is still there, a sweep tells what backward sends."""
    tape = Tape([root], labels, True, ELEMENTS)
    start = root.current_node()
    checked: list[Variable] = []
    if start is not None:
        order = reachable(start)
        leaves = [n.variable for n in order if isinstance(n, AccumulateGrad) and n.variable is not None]
        live = not any(isinstance(n, Node) and n.freed for n in order)
        recorded = isinstance(start, Node) and start.extras is not None and start.extras.record is not None
        if live and leaves and not recorded:
            tape.swept, _ = swept(root, leaves, order, functools.partial(Numbers.of, most=ELEMENTS))
        checked = [*leaves, *_inner(names, set(order))]
    graph = tape.graph(max_nodes)
    checks: dict[str, Check] = {}
    for variable in checked[:MOST_CHECKS]:
        node = variable.current_node()
        if node is not None and node in tape.ids and (found := _check(root, variable)) is not None:
            checks[tape.ids[node]] = found
    return Reading(graph, checks=checks)


def _inner(names: Mapping[str, Any] | None, nodes: set[Any]) -> list[Variable]:
    """The results of operations that the user has named."""
    found = [t for t in (names or {}).values() if isinstance(t, Variable)]
    return [t for t in found if isinstance(node := t.current_node(), Node) and node in nodes]


def _check(root: Variable, wrt: Variable) -> Check | None:
    """The gradient beside finite differences; None where nothing can be computed again, or backward has freed it."""
    try:
        return tensor_links(root, wrt, None, None).check
    except (ArgumentError, GraphFreedError):
        return None


def _kept_small(graph: Graph, max_nodes: int) -> Reading:
    """What repeats is folded and modules are collapsed, until there are few enough nodes."""
    if len(graph.nodes) <= max_nodes:
        return Reading(graph, whole=not any("not drawn" in note for n in graph.nodes for note in n.notes))
    of_values = all(n.dtype == "" for n in graph.nodes)
    fold = (
        False if of_values else None
    )  # a neuron has an edge from each of its inputs: folded, these would be one
    scene = arrange(graph, Plan(max_nodes=max_nodes, aim=max_nodes, fold=fold))
    nodes: list[GraphNode] = []
    modules: dict[str, str] = {}
    classes = dict(graph.modules)

    def take(parts: tuple[Part, ...], path: str) -> None:  # modules are not deep, so this may call itself
        for part in parts:
            if isinstance(part, Cluster):
                inner = span(part.path, part.last) if part.path else path
                classes.setdefault(inner, f"{part.kind} ×{part.times}" if part.times > 1 else part.kind)
                take(part.parts, inner)
            else:
                nodes.append(_block(part) if isinstance(part, Block) else part)
                modules[part.id] = path

    take(scene.parts, "")
    said = f"{len(graph.nodes):,} nodes are shown as {len(nodes)}."
    small = Graph(tuple(nodes), scene.edges, (said, *scene.notes), graph.values, tuple(classes.items()))
    return Reading(small, whole=False, modules=modules)


def _block(block: Block) -> GraphNode:
    """A collapsed module as one node."""
    notes = [
        f"{block.operations} operation{'s' * (block.operations != 1)}",
        *([f"{block.parameters:,} parameters"] if block.parameters else []),
    ]
    name = span(block.path, block.last)
    times = f" ×{block.times}" if block.times > 1 else ""
    return GraphNode(
        block.id, "operation", f"{block.kind or 'module'}{times}", name, notes=tuple(notes), saved=block.saved
    )
