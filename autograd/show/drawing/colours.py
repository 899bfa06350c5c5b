"""Colours of nodes: by the size of the gradient, and red for what is not a finite number.

The scale goes from pale yellow to blue-green: it gets darker in even steps, so people with any kind of colour vision
see its order, as does a copy in grey, and black text can be read on each step. Source: the sequential schemes of
C. Brewer, "Color use guidelines for mapping and visualization", 1994 (ColorBrewer's YlGnBu).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from autograd.show.drawing.scene import Block
from autograd.show.graph import GraphEdge, GraphNode, Numbers, number

SCALE = ("#ffffe0", "#e3f4b8", "#b5e0b9", "#7fcdbb", "#4fb9c9")
ZERO, UNKNOWN = "#ffffff", "#ececec"
RED, PALE_RED = "#b3001b", "#fbe0e0"


def not_finite(numbers: Numbers | None) -> str:
    """Whether "nan" is among the numbers, or else "inf"; "" if all are finite.

    >>> not_finite(Numbers.of([1.0, math.inf])), not_finite(Numbers.of(1.0))
    ('inf', '')
    """
    if numbers is None:
        return ""
    elements = numbers.elements or ()
    if numbers.nans or any(math.isnan(x) for x in elements):
        return "nan"
    return "inf" if numbers.infinities or any(math.isinf(x) for x in elements) else ""


@dataclass(frozen=True)
class GradientScale:
    """The steps of |gradient| between the smallest and the largest of a picture, in equal ratios.

    low, high: the smallest and the largest; both 0 if no gradient is known or none is more than 0
    """

    low: float
    high: float

    @classmethod
    def of(cls, boxes: Iterable[GraphNode | Block]) -> GradientScale:
        """The scale for what is drawn."""
        found = [size for box in boxes if (size := gradient_of(box))]
        return cls(min(found, default=0.0), max(found, default=0.0))

    def colour(self, size: float | None) -> str:
        """The colour of an absolute value."""
        if size is None:
            return UNKNOWN
        if size == 0:
            return ZERO
        if self.high <= self.low:
            return SCALE[-1]
        step = math.log(size / self.low) / math.log(self.high / self.low) * len(SCALE)
        return SCALE[min(int(step), len(SCALE) - 1)]

    def legend(self) -> list[tuple[str, str]]:
        """Colours, each with what it stands for."""
        rows = [(UNKNOWN, "none")]
        if self.high <= self.low:
            return [*rows, (SCALE[-1], number(self.high))] if self.high else rows
        ratio = math.log(self.high / self.low) / len(SCALE)
        ends = [number(self.low * math.exp(ratio * i)) for i in range(len(SCALE))] + [number(self.high)]
        return [*rows, (ZERO, "0"), *zip(SCALE, (f"{a} … {b}" for a, b in pairwise(ends)), strict=True)]


def gradient_of(box: GraphNode | Block) -> float | None:
    """The largest absolute value of a gradient, if it is known."""
    if isinstance(box, Block):
        return box.gradient
    return box.gradient.largest if box.gradient is not None else None


def first_not_finite(nodes: Sequence[GraphNode], edges: Iterable[GraphEdge]) -> dict[str, str]:
    """Of each node with numbers that are not finite: what to say of it, "" if what it got was not finite already.

    In forward that is the first operation whose inputs are finite; in backward the one whose own gradient is, but what
    it passes on is not. Constants and parameters that are infinite, as masks are, need no explanation.
    """
    values = {n.id: not_finite(n.value) for n in nodes}
    gradients = {n.id: not_finite(n.gradient) for n in nodes}
    said: dict[str, list[str]] = {n.id: [] for n in nodes if values[n.id] or gradients[n.id]}
    inputs: dict[str, list[str]] = {}
    users: dict[str, list[str]] = {}
    for edge in edges:
        inputs.setdefault(edge.target, []).append(edge.source)
        users.setdefault(edge.source, []).append(edge.target)
    operations = {n.id: n.op for n in nodes}
    for n in nodes:
        word = values[n.id]
        if word == "inf" and n.kind == "constant":
            del said[n.id]
            continue
        if word and not any(values[i] for i in inputs.get(n.id, ())):
            said[n.id].append(f"first {word} of forward" if n.op else f"{word} in the input")
        word = gradients[n.id]
        if word and not any(gradients[u] for u in users.get(n.id, ())):
            by = sorted({operations[u] for u in users.get(n.id, ()) if operations[u]})
            said[n.id].append(f"first {word} of backward" + (f", made by {' and '.join(by)}" if by else ""))
    return {id: "; ".join(found) for id, found in said.items()}
