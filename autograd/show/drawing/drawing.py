"""`Drawing`: the picture of a recorded graph."""

from __future__ import annotations

import math
import os
import re
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from autograd.errors import ArgumentError, RenderError
from autograd.files import replace_file
from autograd.show.drawing.arrange import Plan, arrange
from autograd.show.drawing.dot import Look, to_dot
from autograd.show.drawing.render import Format, render
from autograd.show.drawing.scene import Scene
from autograd.show.graph import Graph

PNG_DPI = 192  # twice that of a plain screen
POINTS = 72  # of an inch
WIDE = 540  # points, or 720 pixels: wider pictures are as wide as what they are in
MOST_PIXELS, LONGEST_SIDE = 36_000_000, 30_000  # of a bitmap

PICTURES: dict[str, Format] = {".svg": "svg", ".png": "png", ".pdf": "pdf"}
TEXTS = (".dot", ".gv")

_SIZE = re.compile(r'width="([\d.]+)pt" height="([\d.]+)pt"')


class Drawing:
    """A picture of a graph: shown in a notebook by itself, elsewhere by `save` or as text.

    Attributes:
        graph: the graph as data.
        scene: what is drawn of it: nodes, and modules as clusters or as blocks.
        dot: the DOT text, which needs no renderer; also `str(drawing)`.
    """

    def __init__(self, graph: Graph, look: Look | None = None, plan: Plan | None = None) -> None:
        self.graph = graph
        self.look = look or Look()
        self.scene: Scene = arrange(graph, plan or Plan())
        self.dot = to_dot(self.scene, self.look)

    def svg(self) -> str:
        """Return the picture as SVG.

        Raises:
            RenderError: if there is no renderer.
        """
        return self._svg

    @cached_property
    def _svg(self) -> str:
        return responsive(render(self.dot, "svg").decode())

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write a picture (.svg, .png, .pdf), the DOT text (.dot, .gv), or the page of `show.page` (.html).

        The file is written beside its place and then renamed, so a failure leaves an older file whole.

        Raises:
            ArgumentError: for another ending.
            RenderError: if there is no renderer, or it failed.
            OSError: if the file cannot be written.
        """
        path = Path(path)
        ending = path.suffix.lower()
        if ending == ".html":
            from autograd.show.page import page

            return page(self.graph).save(path)
        if ending in TEXTS:
            data = self.dot.encode()
        elif ending == ".svg":
            data = self.svg().encode()
        elif ending in PICTURES:
            dpi = self._dpi() if ending == ".png" else None
            data = render(to_dot(self.scene, replace(self.look, dpi=dpi)), PICTURES[ending])
        else:
            known = ", ".join((*PICTURES, *TEXTS, ".html"))
            raise ArgumentError(f"save: a drawing is saved as {known}; got {str(path)!r}")
        if not path.parent.is_dir():
            raise FileNotFoundError(f"save: there is no folder {str(path.parent)!r}")
        replace_file(path, data)
        return path

    def _dpi(self) -> int:
        """The resolution of a bitmap: less than usual if it would have too many pixels."""
        size = _SIZE.search(self.svg())
        if size is None:
            return PNG_DPI
        width, height = (float(length) / POINTS for length in size.groups())
        most = min(math.sqrt(MOST_PIXELS / (width * height)), LONGEST_SIDE / max(width, height))
        return max(1, min(PNG_DPI, int(most)))

    def _repr_svg_(self) -> str | None:
        try:
            return fluid(self.svg())
        except RenderError:
            return None

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """What a notebook shows: the picture, or without a renderer the DOT text and how to get one."""
        try:
            return {"image/svg+xml": fluid(self.svg()), "text/plain": repr(self)}
        except RenderError as error:
            return {"text/plain": f"{error}\n\n{self.dot}"}

    def __str__(self) -> str:
        return self.dot

    def __repr__(self) -> str:
        boxes = sum(1 for _ in self.scene.boxes())
        edges = len(self.scene.edges) + len(self.scene.again)
        of = f" of {self.scene.total}" if self.scene.total != boxes else ""
        return f"<Drawing: {boxes}{of} nodes, {edges} edges>"


def responsive(svg: str) -> str:
    """An SVG that shrinks with what it is in, such as the cell of a notebook, and is not cut off there."""
    return svg.replace("<svg ", '<svg style="max-width: 100%; height: auto" ', 1)


def fluid(svg: str) -> str:
    """An SVG for a notebook: a wide one has the width of what it is in, also where it becomes an `img`.

    Notebooks that are converted to HTML hold it as an image, to which its own style says nothing: only without a width
    of its own does it shrink.
    """
    size = _SIZE.search(svg)
    if size is None or float(size[1]) <= WIDE:
        return svg
    wide = svg.replace(size[0], 'width="100%"', 1)
    return wide.replace("max-width: 100%", f"max-width: {size[1]}pt", 1)
