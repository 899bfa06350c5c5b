"""`draw`: the picture of a recorded graph."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from autograd.errors import ArgumentError, RenderError
from autograd.save import replace_file
from autograd.show.dot import Direction, to_dot
from autograd.show.graph import Graph
from autograd.show.labels import Parameters
from autograd.show.render import Format, render
from autograd.show.trace import MAX_NODES, trace

PNG_DPI = 192  # twice that of a plain screen

PICTURES: dict[str, Format] = {".svg": "svg", ".png": "png", ".pdf": "pdf"}
TEXTS = (".dot", ".gv")


def draw(
    root: Any,
    *,
    names: Mapping[str, Any] | None = None,
    params: Parameters | None = None,
    direction: Direction = "LR",
    values: bool = True,
    max_nodes: int = MAX_NODES,
) -> Drawing:
    """Draw the graph that led to `root`, a tensor or a `Value`, or a list of either. It shows itself in a notebook.

    A node shows the operation, the name if it has one, shape and dtype, the value where the tape knows it (all of up
    to six numbers, the range and mean of more) and the gradient, or that it is "not computed". Results of operations
    keep no gradient unless `retain_grad()` asked for it: "not kept". On an edge between Values stands the local
    derivative ∂: backward multiplies by it.

    Draw tensors before `backward()`, or call `backward(retain_graph=True)`: an ordinary backward frees the graph.
    A picture is taken when `draw` is called and does not change afterwards.

    Args:
        root: the result, or a list of results.
        names: what to call tensors and Values: a dict of names; `locals()` will do.
        params: the parameters, which are drawn as such: a module, a dict of names, or a list.
        direction: "LR" from left to right, "TB" from top to bottom.
        values: whether to show numbers.
        max_nodes: how many nodes to draw at most: those nearest the result.

    Raises:
        ArgumentError: if there is nothing to draw.

    >>> import autograd
    >>> w = autograd.tensor([1.0, 2.0], requires_grad=True)
    >>> loss = (w * w).sum()
    >>> drawing = draw(loss, names=locals())
    >>> drawing
    <Drawing: 3 nodes, 3 edges>
    >>> drawing.dot.splitlines()[0]
    'digraph "computation graph" {'
    """
    graph = trace(root, names=names, params=params, values=values, max_nodes=max_nodes)
    return Drawing(graph, direction)


class Drawing:
    """A picture of a graph: shown in a notebook by itself, elsewhere by `save` or as text.

    Attributes:
        graph: what is drawn, as data.
        dot: the DOT text, which needs no renderer; also `str(drawing)`.
    """

    def __init__(self, graph: Graph, direction: Direction = "LR") -> None:
        self.graph = graph
        self.direction = direction
        self.dot = to_dot(graph, direction)

    def svg(self) -> str:
        """Return the picture as SVG.

        Raises:
            RenderError: if there is no renderer.
        """
        return self._svg

    @cached_property
    def _svg(self) -> str:
        return render(self.dot, "svg").decode()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write a picture (.svg, .png, .pdf) or the DOT text (.dot, .gv), and return the path.

        The file is written beside its place and then renamed, so a failure leaves an older file whole.

        Raises:
            ArgumentError: for another ending.
            RenderError: if there is no renderer, or it failed.
            OSError: if the file cannot be written.
        """
        path = Path(path)
        ending = path.suffix.lower()
        if ending in TEXTS:
            data = self.dot.encode()
        elif ending == ".svg":
            data = self.svg().encode()
        elif ending in PICTURES:
            dpi = PNG_DPI if ending == ".png" else None
            data = render(to_dot(self.graph, self.direction, dpi), PICTURES[ending])
        else:
            known = ", ".join((*PICTURES, *TEXTS))
            raise ArgumentError(f"save: a drawing is saved as {known}; got {str(path)!r}")
        if not path.parent.is_dir():
            raise FileNotFoundError(f"save: there is no folder {str(path.parent)!r}")
        replace_file(path, data)
        return path

    def _repr_svg_(self) -> str | None:
        try:
            return self.svg()
        except RenderError:
            return None

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """What a notebook shows: the picture, or without a renderer the DOT text and how to get one."""
        try:
            return {"image/svg+xml": self.svg(), "text/plain": repr(self)}
        except RenderError as error:
            return {"text/plain": f"{error}\n\n{self.dot}"}

    def __str__(self) -> str:
        return self.dot

    def __repr__(self) -> str:
        return f"<Drawing: {len(self.graph.nodes)} nodes, {len(self.graph.edges)} edges>"
