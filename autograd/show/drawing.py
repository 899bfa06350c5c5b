"""`Drawing`: the picture of a recorded graph."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path

from autograd.errors import ArgumentError, RenderError
from autograd.files import replace_file
from autograd.show.dot import Direction, to_dot
from autograd.show.graph import Graph
from autograd.show.render import Format, render

PNG_DPI = 192  # twice that of a plain screen

PICTURES: dict[str, Format] = {".svg": "svg", ".png": "png", ".pdf": "pdf"}
TEXTS = (".dot", ".gv")


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
