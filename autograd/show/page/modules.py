"""Which nodes belong together: those of a module of a recorded model, or of Values those whose names begin alike."""

from __future__ import annotations

from autograd.show.graph import Graph, GraphNode


def module_of_each(graph: Graph, of_values: bool) -> dict[str, str]:
    """Id of a node -> the path of its module, "" for none.

    A parameter belongs to the module that its name begins with. `Value`s know of no modules: there the names are paths,
    so `hidden.w` and `hidden.b` belong to `hidden`.
    """
    if of_values:
        return {n.id: n.name.rpartition(".")[0] for n in graph.nodes}
    paths = {path for path, _ in graph.modules}
    return {n.id: n.module or _owner(n, paths) for n in graph.nodes}


def _owner(node: GraphNode, paths: set[str]) -> str:
    """The module that a leaf belongs to by its name, which may begin with the variable that holds the model."""
    owner = node.name.rpartition(".")[0]
    if not owner or node.op:
        return ""
    return next((path for path in (owner, owner.partition(".")[2]) if path and path in paths), "")
