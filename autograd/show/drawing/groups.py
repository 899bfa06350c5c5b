"""Which module each node of a graph belongs to, as a tree.

A recorded graph says of each operation in which module it ran. Where nothing was recorded, the names of the parameters
say which module uses them, and what runs between two operations of a module is taken to be of that module, too.

A parameter belongs to the innermost module that holds everything that uses it, and so does a constant that an operation
of a module made for itself, such as the mask of a dropout. What goes into a model stands outside it. A module that is
called again is a second group, so that the picture shows what was computed. A recording has a number for each call;
without one, two calls are told apart where something else has run between them, and in a graph of Values, whose order
in time is not known, they are one group.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from autograd.show.graph import Graph, GraphNode

COMPUTED = ("operation", "result")
Calls = tuple[tuple[str, int], ...]


class Group:
    """One call of a module, or what was folded: what ran in it, in order.

    path:  of the module; "" for the whole graph
    kind:  its class, "" where that is not known
    call:  1 for the first call, and so on
    parts: indices of nodes, and groups
    times: how often it is repeated, itself included
    last:  the path of the last of them
    """

    __slots__ = ("call", "kind", "last", "parent", "parts", "path", "shut", "times")

    def __init__(self, path: str, kind: str = "", parent: Group | None = None, call: int = 1) -> None:
        self.path = path
        self.kind = kind
        self.parent = parent
        self.call = call
        self.parts: list[int | Group] = []
        self.times = 1
        self.last = path
        self.shut = False

    @property
    def depth(self) -> int:
        """How many modules it is in: 0 for the whole graph."""
        return len(self.ancestry()) - 1

    def ancestry(self) -> list[Group]:
        """The groups from the outermost to this one."""
        found = [self]
        while found[-1].parent is not None:
            found.append(found[-1].parent)
        return found[::-1]

    def groups(self) -> list[Group]:
        """The groups in this one, each before those inside it."""
        found: list[Group] = []
        waiting = [part for part in reversed(self.parts) if isinstance(part, Group)]
        while waiting:
            group = waiting.pop()
            found.append(group)
            waiting += [part for part in reversed(group.parts) if isinstance(part, Group)]
        return found

    def nodes(self) -> list[int]:
        """The nodes in this one and in those inside it, in order."""
        found: list[int] = []
        waiting: list[int | Group] = list(reversed(self.parts))
        while waiting:
            part = waiting.pop()
            if isinstance(part, Group):
                waiting += reversed(part.parts)
            else:
                found.append(part)
        return found


def grouped(graph: Graph, classes: Mapping[str, str] | None = None) -> Group:
    """Return the tree of a graph; `classes` are those of the modules (path -> class) where none were recorded."""
    index = {node.id: i for i, node in enumerate(graph.nodes)}
    users: list[list[int]] = [[] for _ in graph.nodes]
    sources: list[list[int]] = [[] for _ in graph.nodes]
    for edge in graph.edges:
        users[index[edge.source]].append(index[edge.target])
        sources[index[edge.target]].append(index[edge.source])
    known = dict(graph.modules)
    calls = _calls_of(graph, sources)
    paths = _recorded(graph, sources) if known else _inferred(graph, sources, classes or {})
    root = Group("")
    of = _calls(graph.nodes, paths, calls, known or dict(classes or {}), root)
    outside = _outside(graph, known or dict(classes or {}))
    _sort_in(graph.nodes, users, of, outside, root)
    return root


def _outside(graph: Graph, modules: Mapping[str, str]) -> set[int]:
    """The nodes that come from outside the model: named ones but parameters, and arrays that operations work on."""
    if not modules:
        return set()
    index = {node.id: i for i, node in enumerate(graph.nodes)}
    found = set()
    for i, node in enumerate(graph.nodes):
        path = node.name.rpartition(".")[0]
        if node.name and node.kind in ("leaf", "constant") and not (path and path in modules):
            found.add(i)
    seen: set[str] = set()
    for edge in graph.edges:
        node = graph.nodes[index[edge.source]]
        if edge.target not in seen and node.kind == "constant" and not node.name and node.shape:
            found.add(index[edge.source])
        seen.add(edge.target)
    return found


def _recorded(graph: Graph, sources: Sequence[Sequence[int]]) -> list[str]:
    """The path of each node's module, as it was recorded. One of several results is where its operation is."""
    paths = [node.module for node in graph.nodes]
    for i, node in enumerate(graph.nodes):
        if not node.module and node.op.startswith("output ") and sources[i]:
            paths[i] = paths[sources[i][0]]
    return paths


def _calls_of(graph: Graph, sources: Sequence[Sequence[int]]) -> list[Calls]:
    """The calls that each node ran in, as they were recorded; of one of several results those of its operation."""
    calls = [node.calls for node in graph.nodes]
    for i, node in enumerate(graph.nodes):
        if not node.calls and node.op.startswith("output ") and sources[i]:
            calls[i] = calls[sources[i][0]]
    return calls


def _inferred(graph: Graph, sources: Sequence[Sequence[int]], classes: Mapping[str, str]) -> list[str]:
    """The path of each node's module by the parameters that it uses, or that those before and after it use."""
    paths = [""] * len(graph.nodes)
    if not classes:
        return paths
    sure: list[int] = []
    for i, node in enumerate(graph.nodes):
        if node.kind in COMPUTED:
            owners = [
                graph.nodes[s].name.rpartition(".")[0] for s in sources[i] if _is_parameter(graph.nodes[s])
            ]
            owners = [path for path in owners if path in classes]
            if owners:
                paths[i] = owners[0]
                sure.append(i)
    for before, after in pairwise(sure):
        between = common(paths[before], paths[after])
        for i in range(before + 1, after):
            if graph.nodes[i].kind in COMPUTED:
                paths[i] = between
    return paths


def _is_parameter(node: GraphNode) -> bool:
    return node.kind not in COMPUTED and "." in node.name


def common(a: str, b: str) -> str:
    """The innermost module that holds two modules.

    >>> common("encoder.layers.0.norm1", "encoder.layers.0.linear1"), common("encoder.0", "decoder.0")
    ('encoder.layers.0', '')
    """
    shared = []
    for x, y in zip(a.split("."), b.split("."), strict=False):
        if x != y:
            break
        shared.append(x)
    return ".".join(shared)


def _calls(
    nodes: Sequence[GraphNode],
    paths: Sequence[str],
    calls: Sequence[Calls],
    classes: Mapping[str, str],
    root: Group,
) -> list[Any]:
    """The group of each operation: a call by its number; or a module that comes back to what it has done already."""
    order = _order_of_calls(calls)
    numbered: dict[tuple[str, int], Group] = {}
    of: list[Group | None] = [None] * len(nodes)
    current: dict[str, Group] = {"": root}  # path -> its latest call
    seen: dict[int, set[str]] = {id(root): set()}  # of a call: the paths that were left
    open_calls: list[tuple[str, int | None]] = [("", None)]
    timed = any(node.dtype for node in nodes)
    for i, node in enumerate(nodes):
        if node.kind not in COMPUTED:
            continue
        numbers = dict(calls[i])
        wanted: list[tuple[str, int | None]] = [("", None)]
        wanted += [(path, numbers.get(path)) for path in _prefixes(paths[i]) if path in classes]
        innermost = wanted[-1][0]
        shared = len([*_while_equal(open_calls, wanted)])
        for path, _ in open_calls[shared:]:  # they are left
            for outer in current[path].ancestry():
                seen[id(outer)].add(open_calls[-1][0])
        fresh = False
        for (above, _), (path, number) in pairwise(wanted[shared - 1 :]):
            known, parent = current.get(path), current[above]
            if number is not None:
                known = numbered.get((path, number))
                again = known is None
            else:
                again = timed and (fresh or (known is not None and innermost in seen[id(known)]))
                again = again or known is None or known.parent is not parent
            if again or known is None:
                before = current.get(path)
                call = order[path, number] if number is not None else before.call + 1 if before else 1
                known = Group(path, classes.get(path, ""), parent, call)
                seen[id(known)] = set()
                fresh = True
            if number is not None:
                numbered[path, number] = known
            current[path] = known
        open_calls = wanted
        of[i] = current[innermost]
    return of


def _order_of_calls(calls: Sequence[Calls]) -> dict[tuple[str, int], int]:
    """Path and number of a call -> which call of its module it is, from 1."""
    counts: Counter[str] = Counter()
    found: dict[tuple[str, int], int] = {}
    for path, number in sorted({call for running in calls for call in running}, key=lambda call: call[1]):
        counts[path] += 1
        found[path, number] = counts[path]
    return found


def _prefixes(path: str) -> list[str]:
    """A path and those of what it is in, the outermost first."""
    names = path.split(".") if path else []
    return [".".join(names[: i + 1]) for i in range(len(names))]


def _while_equal(a: Sequence[Any], b: Sequence[Any]) -> Any:
    for x, y in zip(a, b, strict=False):
        if x != y:
            return
        yield x


def _sort_in(
    nodes: Sequence[GraphNode], users: Sequence[Sequence[int]], of: list[Any], outside: set[int], root: Group
) -> None:
    """Put nodes and groups into their groups: in the order in which they ran, inputs before what uses them first."""
    keys: dict[int, dict[Any, tuple[int, int]]] = {}  # of a group: part -> its place

    def place(group: Group, part: int | Group, key: tuple[int, int]) -> None:
        parts = keys.setdefault(id(group), {})
        if part not in parts:
            parts[part] = key
            group.parts.append(part)

    for i, node in enumerate(nodes):
        if node.kind in COMPUTED:
            chain = of[i].ancestry()
            for outer, inner in pairwise(chain):
                place(outer, inner, (i, 2))
            place(of[i], i, (i, 2))
    for i, node in enumerate(nodes):
        if node.kind in COMPUTED:
            continue
        chains = [of[u].ancestry() for u in users[i]]
        chain = chains[0] if chains else [root]
        for other in chains[1:]:
            chain = [group for group, same in zip(chain, other, strict=False) if group is same]
        if i in outside:
            chain = [root]
        elif len({c[-1].path for c in chains}) == 1:  # several calls of one module: with the first
            chain = chains[0]
        home = chain[-1]
        of[i] = home
        within = [(c, u) for c, u in zip(chains, users[i], strict=True) if c[: len(chain)] == chain]
        steps = {(c[len(chain)] if len(c) > len(chain) else u) for c, u in within}
        first = min((keys[id(home)][step][0] for step in steps), default=-1)
        place(home, i, (first, 1) if len(steps) == 1 else (-1, i))
    for group in (root, *root.groups()):
        places = keys.get(id(group), {})
        group.parts.sort(key=lambda part: (places[part], part if isinstance(part, int) else -1))
