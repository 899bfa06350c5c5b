"""From a graph to what is drawn of it: modules as clusters, folded and collapsed until it can be read.

First what repeats is folded, if there are more nodes than the picture may have, or if that was asked for. Then modules
become blocks, the deepest first. What is still too much is left out from the far end.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from autograd.errors import ArgumentError
from autograd.show.drawing.colours import first_not_finite, not_finite
from autograd.show.drawing.folding import fold
from autograd.show.drawing.groups import COMPUTED, Group, grouped
from autograd.show.drawing.scene import Block, Cluster, Part, Scene, span
from autograd.show.graph import Graph, GraphEdge, GraphNode
from autograd.show.options import check_count
from autograd.show.walk import cut_note, first_edges, left_out

MOST, AIM = 500, 80
"""How many nodes are drawn at most, and how many can still be read, unless others are asked for."""

FEW_NOTES, FEW_PATHS = 4, 12


@dataclass(frozen=True)
class Plan:
    """How much of a graph is drawn.

    depth:     modules this deep are blocks: 1 for those directly in the model; None for none
    collapse:  paths or classes of modules that are blocks, with * and ?
    fold:      whether repeated blocks are folded; None if there are too many nodes otherwise
    max_nodes: how many nodes and blocks there are at most, the others being left out
    aim:       how many there should be: of more, repetitions are folded and modules collapsed
    leaves:    whether every module without modules in it is a block
    classes:   path -> class, of a model whose modules were not recorded
    sizes:     path -> (parameters that are learnt, frozen ones), where they are known better than from the graph
    """

    depth: int | None = None
    collapse: Sequence[str] = ()
    fold: bool | None = None
    max_nodes: int = MOST
    aim: int = AIM
    leaves: bool = False
    classes: Mapping[str, str] | None = None
    sizes: Mapping[str, tuple[int, int]] | None = None


def arrange(graph: Graph, plan: Plan) -> Scene:
    """Return what is drawn of a graph.

    Raises:
        ArgumentError: if a module that is to be collapsed is not there, or `depth` or `max_nodes` is below 1.
    """
    if plan.depth is not None:
        check_count("draw", "depth", plan.depth, 1, " (each module of the model is a block)")
    check_count("draw", "max_nodes", plan.max_nodes, 1)
    return _Arranging(graph, plan).scene()


class _Arranging:
    """One arrangement: the tree of modules, what was folded, and which groups are blocks."""

    def __init__(self, graph: Graph, plan: Plan) -> None:
        self.graph = graph
        self.plan = plan
        self.root = grouped(graph, plan.classes)
        self.calls: dict[str, int] = {}
        for group in self.root.groups():
            self.calls[group.path] = max(self.calls.get(group.path, 0), group.call)
        self.index = {node.id: i for i, node in enumerate(graph.nodes)}
        self.sources: list[list[int]] = [[] for _ in graph.nodes]
        self.users: list[list[int]] = [[] for _ in graph.nodes]
        for edge in graph.edges:
            self.sources[self.index[edge.target]].append(self.index[edge.source])
            self.users[self.index[edge.source]].append(self.index[edge.target])
        self.closed: set[int] = set()  # ids of the groups that are blocks
        self.bad = first_not_finite(graph.nodes, graph.edges) if graph.values else {}
        self.stands_for: dict[int, int] = {}
        self.notes: list[str] = []

    def scene(self) -> Scene:
        """Fold and collapse as planned, and then until it fits."""
        self._collapse_as_asked()
        if self.plan.fold or (self.plan.fold is None and self._count() > self.plan.aim):
            self._fold()
        self._collapse_to_budget()
        return self._drawn()

    # -- what is collapsed -----------------------------------------------------------------------------------------

    def _collapse_as_asked(self) -> None:
        groups = self.root.groups()
        matched = set()
        for group in groups:
            for pattern in self.plan.collapse:
                if fnmatchcase(group.path, pattern) or (group.kind and fnmatchcase(group.kind, pattern)):
                    matched.add(pattern)
                    self.closed.add(id(group))
            if self.plan.depth is not None and group.depth >= self.plan.depth:
                self.closed.add(id(group))
            if self.plan.leaves and not any(isinstance(part, Group) for part in group.parts):
                self.closed.add(id(group))
        missing = [pattern for pattern in self.plan.collapse if pattern not in matched]
        if missing:
            raise ArgumentError(f"draw: there is no module {missing[0]!r} to collapse; {_known(groups)}")

    def _fold(self) -> None:
        self.stands_for = fold(self.root, self.graph)
        folded = [group for group in self.root.groups() if group.times > 1 and not self._hidden(group)]
        for group in folded[:FEW_NOTES]:
            name = f"{span(group.path, group.last)} {group.kind}".strip()
            what = name or self._operations(group)
            self.notes.append(f"Folded: {what} ×{group.times}. Its numbers are those of the first.")
        if len(folded) > FEW_NOTES:
            self.notes.append(f"Folded: {len(folded) - FEW_NOTES} more.")

    def _operations(self, group: Group) -> str:
        """What is in a group that is no module."""
        nodes = [self.graph.nodes[i] for i in group.nodes()]
        ops = [node.op for node in nodes if node.op] or [node.kind for node in nodes]
        return ", ".join(ops[:FEW_NOTES]) + ", …" * (len(ops) > FEW_NOTES)

    def _collapse_to_budget(self) -> None:
        """Make the deepest modules blocks, level by level, until there are few enough nodes."""
        levels: dict[int, list[Group]] = {}
        for group in self.root.groups():
            levels.setdefault(group.depth, []).append(group)
        count, closed = self._count(), 0
        for depth in sorted(levels, reverse=True):
            if count <= self.plan.aim:
                break
            before = len(self.closed)
            self.closed.update(map(id, levels[depth]))
            closed += len(self.closed) - before
            count = self._count()
        if closed:
            self.notes.append(
                f"{_counted(closed, 'module')} collapsed to keep within {self.plan.aim} nodes: "
                "pass max_nodes= or depth= to see more or less."
            )

    def _hidden(self, group: Group) -> bool:
        return any(id(above) in self.closed for above in group.ancestry()[:-1])

    def _count(self) -> int:
        """How many nodes and blocks are seen."""
        count = 0
        waiting: list[int | Group] = list(self.root.parts)
        while waiting:
            part = waiting.pop()
            if isinstance(part, Group) and id(part) not in self.closed:
                waiting += part.parts
            else:
                count += 1
        return count

    # -- what is seen ----------------------------------------------------------------------------------------------

    def _drawn(self) -> Scene:
        self.owner: dict[int, str] = {}  # node -> what it is drawn as
        self.blocks: dict[str, Group] = {}
        self._own(self.root)
        edges, again = self._edges()
        kept, lost = self._nearest(edges)
        seen, cut = first_edges(
            (e for e in edges if e.source in kept and e.target in kept), self.plan.max_nodes
        )
        parts = self._parts(self.root, kept, lost)
        notes = [*self.graph.notes, *self.notes, *([cut_note(self.plan.max_nodes)] if lost else []), *cut]
        return Scene(
            parts,
            seen,
            tuple(e for e in again if e.source in kept and e.target in kept),
            tuple(notes),
            self.graph.values,
            len(self.graph.nodes),
            sum(node.saved for node in self.graph.nodes),
            {id: said for id, said in self.bad.items() if id in kept},
        )

    def _own(self, group: Group) -> None:
        waiting: list[int | Group] = list(reversed(group.parts))
        while waiting:
            part = waiting.pop()
            if not isinstance(part, Group):
                self.owner[part] = self.graph.nodes[part].id
            elif id(part) in self.closed:
                name = f"m{len(self.blocks)}"
                self.blocks[name] = part
                self.owner.update(dict.fromkeys(part.nodes(), name))
            else:
                waiting += reversed(part.parts)

    def _seen(self, node: int) -> int:
        """The node that stands for a node: itself, unless it was folded."""
        while node in self.stands_for:
            node = self.stands_for[node]
        return node

    def _edges(self) -> tuple[list[GraphEdge], list[GraphEdge]]:
        """The edges between what is seen, and those that lead from a repetition to the next."""
        found: dict[Any, GraphEdge] = {}
        again: dict[tuple[str, str], GraphEdge] = {}
        for number, edge in enumerate(self.graph.edges):
            a, b = self.index[edge.source], self.index[edge.target]
            source, target = self._seen(a), self._seen(b)
            ids = self.owner[source], self.owner[target]
            folded = source != a or target != b
            if ids[0] in self.blocks and self.graph.nodes[source].kind == "parameter":
                continue  # it belongs to the module that it is in, which is called again
            if ids[0] == ids[1] and (folded or ids[0] in self.blocks):
                if folded and ids[0] not in self.blocks:
                    again.setdefault(ids, GraphEdge(*ids))
                continue
            if folded and source >= target:
                again.setdefault(ids, GraphEdge(*ids))
            elif ids[0] in self.blocks or ids[1] in self.blocks:
                found.setdefault(ids, GraphEdge(*ids))
            elif not folded:
                found[number] = edge
            else:
                found.setdefault((*ids, edge.parameter), replace(edge, source=ids[0], target=ids[1]))
        whole = {(e.source, e.target, e.parameter) for key, e in found.items() if isinstance(key, int)}
        return [
            e for key, e in found.items() if isinstance(key, int) or len(key) == 2 or key not in whole
        ], list(again.values())

    def _nearest(self, edges: Iterable[GraphEdge]) -> tuple[set[str], dict[str, int]]:
        """What of it is drawn, the nearest to the results, and how many inputs of each are not."""
        every = dict.fromkeys(self.owner.values())
        if len(every) <= self.plan.max_nodes:
            return set(every), {}
        inputs: dict[str, dict[str, None]] = {}
        used = set()
        for edge in edges:
            inputs.setdefault(edge.target, {})[edge.source] = None
            used.add(edge.source)
        last = [name for name in every if name not in used] or [next(reversed(every))]
        if len(last) > self.plan.max_nodes:
            raise ArgumentError(
                f"draw: max_nodes is {self.plan.max_nodes}, but there are {len(last)} results to draw; "
                "raise max_nodes or draw fewer"
            )
        kept = set(last)
        lost: dict[str, int] = {}
        queue = deque(kept)
        while queue:
            name = queue.popleft()
            for source in inputs.get(name, ()):
                if source in kept:
                    continue
                if len(kept) < self.plan.max_nodes:
                    kept.add(source)
                    queue.append(source)
                else:
                    lost[name] = lost.get(name, 0) + 1
        return kept, lost

    def _parts(self, group: Group, kept: set[str], lost: Mapping[str, int]) -> tuple[Part, ...]:
        """What is seen of a group; modules are in one another, but not deeply, so this may call itself."""
        found: list[Part] = []
        for part in group.parts:
            if not isinstance(part, Group):
                node = self.graph.nodes[part]
                if node.id in kept:
                    cut = left_out(lost.get(node.id, 0))
                    found.append(replace(node, notes=(*node.notes, *cut)) if cut else node)
            elif id(part) in self.closed:
                name = self.owner[self._seen(part.nodes()[0])]
                if name in kept:
                    found.append(self._block(name, part))
            else:
                inside = self._parts(part, kept, lost)
                if inside:
                    found.append(
                        Cluster(
                            f"c{part.nodes()[0]}_{part.depth}",
                            part.path,
                            part.kind,
                            part.times,
                            part.last,
                            part.call,
                            self.calls.get(part.path, 1),
                            inside,
                        )
                    )
        return tuple(found)

    # -- blocks ----------------------------------------------------------------------------------------------------

    def _block(self, name: str, group: Group) -> Block:
        nodes = group.nodes()
        inside = set(nodes)
        sources: dict[int, None] = {}
        outputs: dict[int, None] = {i: None for i in nodes if self.graph.nodes[i].kind == "result"}
        for i in nodes:
            sources.update((s, None) for s in self.sources[i] if s not in inside)
            computed = self.graph.nodes[i].kind in COMPUTED
            if computed and any(user not in inside for user in self.users[i]):
                outputs[i] = None
        own = [self.graph.nodes[i] for i in nodes]
        around = [self.graph.nodes[i] for i in sources]
        of_others = [n.name for n in around if n.kind == "parameter"]
        shared = tuple(name for name in of_others if not name.startswith(f"{group.path}."))
        learnt = sum(_size(n) for n in own if n.kind == "parameter")
        frozen = sum(_size(n) for n in own if n.kind == "constant" and n.name.startswith(f"{group.path}."))
        if self.plan.sizes is not None and group.path in self.plan.sizes:
            learnt, frozen = self.plan.sizes[group.path]
        results = [self.graph.nodes[i] for i in outputs]
        gradients = [g for n in results if n.gradient is not None and (g := n.gradient.largest) is not None]
        return Block(
            name,
            group.path,
            group.kind,
            group.times,
            group.last,
            group.call,
            self.calls.get(group.path, 1),
            sum(n.kind in COMPUTED for n in own),
            learnt,
            frozen,
            tuple(str(n.shape) for n in around if n.kind != "parameter" and n.shape is not None),
            tuple(str(n.shape) for n in results if n.shape is not None),
            sum(n.saved for n in own),
            max(gradients, default=None),
            self._bad_inside(own),
            shared,
        )

    def _bad_inside(self, nodes: Sequence[GraphNode]) -> str:
        """What to say of a block with numbers that are not finite."""
        said = {node.id: self.bad[node.id] for node in nodes if node.id in self.bad}
        for node in nodes:
            if said.get(node.id):
                return f"{node.name or node.op}: {said[node.id]}"
        words = {not_finite(numbers) for node in nodes for numbers in (node.value, node.gradient)}
        return "" if not said else "nan inside" if "nan" in words else "inf inside"


def _size(node: GraphNode) -> int:
    return math.prod(node.shape or ())


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def _known(groups: Sequence[Group]) -> str:
    paths = list(dict.fromkeys(group.path for group in groups if group.path))
    if not paths:
        return "the graph knows of no modules: compute it in show.record(model)"
    return f"there are {', '.join(paths[:FEW_PATHS])}{', …' * (len(paths) > FEW_PATHS)}"
