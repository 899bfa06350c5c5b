"""Which nodes belong together: those of a module of a recorded model, or of Values those whose names begin alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograd.show.graph import Graph, GraphNode


@dataclass(frozen=True, slots=True)
class Module:
    """A module that holds nodes, or others that do.

    parent: the path of the one around it, or ""
    kind:   its class, or ""
    """

    path: str
    parent: str
    kind: str = ""

    @property
    def name(self) -> str:
        """What it is called in the one around it."""
        return self.path.removeprefix(f"{self.parent}.") if self.parent else self.path


class Modules:
    """The modules of a graph.

    known: the same as `of`, where it is known
    of:   id of a node -> the path of its module, "" for none
    tree: the modules, each after the one around it

    A parameter belongs to the module that its name begins with. Where no modules were recorded, names of Values may be
    paths: `hidden.w` and `hidden.b` then belong to `hidden`.
    """

    def __init__(self, graph: Graph, known: Mapping[str, str]) -> None:
        classes = dict(graph.modules)
        if known:
            self.of = dict(known)
            paths = set(known.values())
        elif classes or any(n.dtype for n in graph.nodes):
            self.of = {n.id: n.module or _owner(n, set(classes)) for n in graph.nodes}
            paths = set(classes) - {""}
        else:
            self.of = {n.id: n.name.rpartition(".")[0] for n in graph.nodes}
            paths = {prefix for path in self.of.values() for prefix in _prefixes(path)}
        used = {prefix for path in self.of.values() for prefix in _prefixes(path)} & paths
        ordered = sorted(used, key=lambda path: (path.count("."), path))
        self.tree = [
            Module(path, next((p for p in _prefixes(path)[1:] if p in used), ""), classes.get(path, ""))
            for path in ordered
        ]

    def local_name(self, node: GraphNode) -> str:
        """What a node is called in its module: its name without the path of that."""
        path = self.of[node.id]
        for name in (node.name, node.name.partition(".")[2]):
            if path and name.startswith(f"{path}."):
                return name[len(path) + 1 :]
        return node.name


def _prefixes(path: str) -> list[str]:
    """A path and those around it, from the inside out.

    >>> _prefixes("a.b.c")
    ['a.b.c', 'a.b', 'a']
    """
    found = []
    while path:
        found.append(path)
        path = path.rpartition(".")[0]
    return found


def _owner(node: GraphNode, paths: set[str]) -> str:
    """The module that a leaf belongs to by its name, which may begin with the variable that holds the model."""
    if node.op:
        return ""
    for name in (node.name, node.name.partition(".")[2]):
        for path in _prefixes(name)[1:]:
            if path in paths:
                return path
    return ""
