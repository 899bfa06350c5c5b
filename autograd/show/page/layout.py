"""Where everything is put: Graphviz lays out boxes of known sizes, and the page draws what is in them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd.show.drawing.dot import Direction
from autograd.show.drawing.render import render
from autograd.show.page.modules import Module

POINTS_PER_INCH = 72  # one of Graphviz's points is one CSS pixel of the page


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height of a box in pixels."""

    width: float
    height: float


def lay_out(
    nodes: Mapping[str, str],
    edges: Sequence[tuple[str, str]],
    modules: Sequence[Module],
    node: Size,
    label: Size,
    direction: Direction,
) -> dict[str, Any]:
    """Where nodes, edges and modules are put, in pixels from the top left corner.

    Args:
        nodes: id -> the path of its module, "" for none.
        edges: (source, target), by their ids.
        modules: those paths, each after the one around it.
        node, label: the sizes of a node and of an edge's label.
        direction: "LR" or "TB".

    Raises:
        RenderError: if there is no Graphviz.
    """
    dot = "\n".join(_dot(nodes, edges, modules, node, label, direction))
    found = json.loads(render(dot, "json0"))
    _, _, width, height = map(float, found["bb"].split(","))
    placed = _Placed(height)
    return {
        "width": width,
        "height": height,
        "nodes": {o["name"]: placed.point(o["pos"]) for o in found["objects"] if "pos" in o},
        "modules": {o["path"]: placed.box(o["bb"]) for o in found["objects"] if "path" in o},
        "edges": [placed.edge(e) for e in sorted(found["edges"], key=lambda e: int(e["number"]))]
        if edges
        else [],
    }


def _dot(
    nodes: Mapping[str, str],
    edges: Sequence[tuple[str, str]],
    modules: Sequence[Module],
    node: Size,
    label: Size,
    direction: Direction,
) -> Iterator[str]:
    across, between = (0.25, 0.3) if direction == "LR" else (0.3, 0.25)
    yield f"digraph {{ graph [rankdir={direction}, nodesep={across}, ranksep={between}, pad=0]"
    size = f"width={node.width / POINTS_PER_INCH:.4f}, height={node.height / POINTS_PER_INCH:.4f}"
    yield f'node [shape=box, fixedsize=true, label="", {size}]'
    blank = (
        f'<<table border="0" fixedsize="true" width="{label.width:g}" height="{label.height:g}"><tr><td></td>'
        "</tr></table>>"
    )
    yield f"edge [label={blank}]"
    yield from _modules(nodes, modules, "")
    for i, (source, target) in enumerate(edges):
        yield f"{source} -> {target} [number={i}]"
    yield "}"


def _modules(nodes: Mapping[str, str], modules: Sequence[Module], path: str) -> Iterator[str]:
    """The nodes of a module, and the modules in it."""
    for module in modules:
        if module.parent == path:
            name = _quoted(module.path)
            yield f'subgraph "cluster_{name}" {{ path="{name}"; margin=14; label=<{_heading(module)}>'
            yield from _modules(nodes, modules, module.path)
            yield "}"
    yield from (id for id, owner in nodes.items() if owner == path)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _heading(module: Module) -> str:
    """Room for the name of a module."""
    width = 44 + 8 * len(f"{module.name} {module.kind}")
    return f'<table border="0" fixedsize="true" width="{width}" height="16"><tr><td></td></tr></table>'


class _Placed:
    """Graphviz counts from the bottom, the page from the top."""

    def __init__(self, height: float) -> None:
        self.height = height

    def point(self, text: str) -> list[float]:
        x, y = map(float, text.split(","))
        return [round(x, 1), round(self.height - y, 1)]

    def box(self, text: str) -> list[float]:
        x0, y0, x1, y1 = map(float, text.split(","))
        return [round(x0, 1), round(self.height - y1, 1), round(x1, 1), round(self.height - y0, 1)]

    def edge(self, edge: Mapping[str, Any]) -> dict[str, Any]:
        """The control points of its curve, from the source on, and the middle of its label."""
        words = edge["pos"].split()
        ends = [w[2:] for w in words if w.startswith("e,")]
        points = [self.point(w) for w in words if w[0] not in "es"]
        points += [self.point(w) for w in ends]
        return {"points": points, "label": self.point(edge["lp"]) if "lp" in edge else None}
