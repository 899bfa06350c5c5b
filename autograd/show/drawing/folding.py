"""Repeated blocks: what comes several times in a row, with the same operations, shapes and wiring, is kept once.

Blocks repeat if each does the same, in the same order, on the same shapes, and takes its inputs from the same places:
from the block before it, or from where all of them do. So layers in a chain are folded, and branches side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autograd.show.drawing.colours import not_finite
from autograd.show.drawing.groups import COMPUTED, Group
from autograd.show.graph import Graph, GraphNode

LONGEST_PERIOD = 40  # parts of a block
FEWEST_MODULES, FEWEST_OPERATIONS = 2, 3  # repetitions that are worth folding


def fold(root: Group, graph: Graph) -> dict[int, int]:
    """Fold what repeats in the tree, and return for each node that is left out the one that stands for it."""
    return _Folding(root, graph).stands_for


class _Folding:
    """One pass over a tree: the nodes in the order of the tree, and what each looks like."""

    def __init__(self, root: Group, graph: Graph) -> None:
        self.order = root.nodes()
        self.place = {node: i for i, node in enumerate(self.order)}
        index = {node.id: i for i, node in enumerate(graph.nodes)}
        self.inputs: list[list[tuple[str, int]]] = [[] for _ in graph.nodes]
        for edge in graph.edges:
            self.inputs[index[edge.target]].append((edge.parameter, index[edge.source]))
        self.looks = [_look(i, node) for i, node in enumerate(graph.nodes)]
        self.stands_for: dict[int, int] = {}
        waiting = [root]
        while waiting:
            group = waiting.pop()
            self._fold_parts(group)
            waiting += [part for part in group.parts if isinstance(part, Group)]

    def _fold_parts(self, group: Group) -> None:
        parts, extents = group.parts, self._extents(group)
        signs = [self._sign(part, *extent) for part, extent in zip(parts, extents, strict=True)]
        kept: list[int | Group] = []
        i = 0
        while i < len(parts):
            period, times = self._best(parts, signs, extents, i)
            if times == 1:
                kept.append(parts[i])
                i += 1
                continue
            self._leave_out(extents, i, period, times)
            first = parts[i]
            if period > 1 or not isinstance(first, Group):
                first = Group("", "", group)
                first.parts = parts[i : i + period]
                for part in first.parts:
                    if isinstance(part, Group):
                        part.parent = first
                inner = [part for part in first.parts if isinstance(part, Group)]
                ends = [part for part in parts[i : i + period * times] if isinstance(part, Group)]
                first.path, first.last = (inner[0].path, ends[-1].path) if inner else ("", "")
            else:
                last = parts[i + times - 1]
                first.last = last.path if isinstance(last, Group) else ""
            first.times = times
            kept.append(first)
            i += period * times
        group.parts = kept

    def _extents(self, group: Group) -> list[tuple[int, int]]:
        """Where each part begins and ends in the order of the nodes."""
        found = []
        for part in group.parts:
            nodes = part.nodes() if isinstance(part, Group) else [part]
            found.append((self.place[nodes[0]], self.place[nodes[-1]] + 1))
        return found

    def _sign(self, part: int | Group, start: int, end: int) -> int:
        """What a part does, as a number; the same for parts that do the same."""
        if isinstance(part, Group):
            inside = tuple((g.path[len(part.path) :], g.kind, len(g.parts)) for g in part.groups())
            about = (part.kind, inside)
        else:
            about = ("", ())
        nodes = []
        for i in range(start, end):
            node = self.order[i]
            wired = tuple(
                (name, self.place[s] - start if start <= self.place[s] < end else None)
                for name, s in self.inputs[node]
            )
            nodes.append((self.looks[node], wired))
        return hash((about, tuple(nodes)))

    def _best(
        self, parts: Sequence[int | Group], signs: Sequence[int], extents: Sequence[tuple[int, int]], i: int
    ) -> tuple[int, int]:
        """The period and the number of repetitions, from a part on, that leave out most nodes; (1, 1) if none do."""
        best, most = (1, 1), 0
        for period in range(1, min(LONGEST_PERIOD, (len(parts) - i) // 2) + 1):
            if most and period % best[0] == 0:  # two blocks in one
                continue
            times = self._times(signs, extents, i, period)
            modules = any(isinstance(part, Group) for part in parts[i : i + period])
            if times < (FEWEST_MODULES if modules else FEWEST_OPERATIONS):
                continue
            left_out = extents[i + period * times - 1][1] - extents[i + period - 1][1]
            if left_out > most:
                best, most = (period, times), left_out
        return best

    def _times(self, signs: Sequence[int], extents: Sequence[tuple[int, int]], i: int, period: int) -> int:
        """How many blocks of so many parts there are in a row that do the same to the same."""
        block = signs[i : i + period]
        begin = extents[i][0]
        second: list[tuple[str, int]] = []
        times = 1
        while signs[i + times * period : i + (times + 1) * period] == block:
            start, end = extents[i + times * period][0], extents[i + (times + 1) * period - 1][1]
            before = extents[i + (times - 1) * period][0]
            wiring = list(self._wiring(start, end, before))
            if times == 1:
                second = wiring
                first = self._wiring(begin, before + (end - start), begin)
                pairs = zip(first, second, strict=True)
                if any(a != b and (a[0], b[0]) != ("elsewhere", "before") for a, b in pairs):
                    return 1
            elif wiring != second:
                break
            times += 1
        return times

    def _wiring(self, start: int, end: int, before: int) -> Iterator[tuple[str, int]]:
        """Where each input of a block comes from; the block before it begins at `before`."""
        for i in range(start, end):
            for _, source in self.inputs[self.order[i]]:
                place = self.place[source]
                if start <= place < end:
                    yield "inside", place - start
                elif before <= place < start:
                    yield "before", place - before
                else:
                    yield "elsewhere", source

    def _leave_out(self, extents: Sequence[tuple[int, int]], i: int, period: int, times: int) -> None:
        start, end = extents[i][0], extents[i + period - 1][1]
        for k in range(1, times):
            offset = extents[i + k * period][0] - start
            for place in range(start, end):
                self.stands_for[self.order[place + offset]] = self.order[place]


def _look(i: int, n: GraphNode) -> int:
    """What must be the same of two nodes that repeat; results and named operations are looked at, and stay."""
    own = (i, n.name) if n.kind == "result" or (n.name and n.kind in COMPUTED) else None
    finite = not_finite(n.value), not_finite(n.gradient)
    return hash((n.kind, n.op, n.shape, n.dtype, n.error, n.notes, finite, own))
