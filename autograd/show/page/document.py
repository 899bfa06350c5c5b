"""`page`: the step-through page of a recorded graph, as one file that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from autograd.errors import ArgumentError
from autograd.files import replace_file
from autograd.show.formulas.notation import JAVASCRIPT_PRELUDE
from autograd.show.labels import Parameters
from autograd.show.options import check_table
from autograd.show.page.contents import Contents
from autograd.show.page.reading import read

MAX_NODES = 200
SCRIPTS = (
    "numbers",
    "model",
    "timeline",
    "heat",
    "layout",
    "scene",
    "view",
    "step",
    "card",
    "training",
    "controls",
    "main",
)
"""The page's JavaScript, in the order in which it is read."""


class Page:
    """A page to step through a graph: shown in a notebook by itself, elsewhere by `save` or as text.

    Attributes:
        html: the whole page.
        title: what it is called.
    """

    def __init__(self, contents: Contents, title: str) -> None:
        self.title = title
        self.html = _document(contents, title)
        self._said = f"{len(contents.graph.nodes)} nodes, {len(contents.graph.edges)} edges"
        if len(contents.frames) > 1:
            self._said += f", {len(contents.frames)} recordings"

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page, and return the path; a failure leaves an older file whole.

        Raises:
            ArgumentError: for an ending other than .html or .htm.
            OSError: if the file cannot be written.
        """
        path = Path(path)
        if path.suffix.lower() not in (".html", ".htm"):
            raise ArgumentError(f"save: a page is saved as .html; got {str(path)!r}")
        if not path.parent.is_dir():
            raise FileNotFoundError(f"save: there is no folder {str(path.parent)!r}")
        replace_file(path, self.html.encode())
        return path

    def _repr_html_(self) -> str:
        """The page in a frame of its own: its styles and scripts stay there."""
        look = (
            "box-sizing: border-box; width: 100%; height: 640px; border: 1px solid #8888; border-radius: 8px"
        )
        return (
            f'<iframe sandbox="allow-scripts" title="{html.escape(self.title)}" style="{look}" '
            f'srcdoc="{html.escape(self.html)}"></iframe>'
        )

    def __repr__(self) -> str:
        return f"<Page: {self._said}>"


def page(
    root: Any = None,
    *,
    names: Mapping[str, Any] | None = None,
    params: Parameters | None = None,
    title: str = "",
    max_nodes: int = MAX_NODES,
    frames: Mapping[str, Any] | None = None,
) -> Page:
    """A page to step through the graph that led to `root`, forward and then backward; see it with `.save("x.html")`.

    Every step shows the node in hand, the gradient that comes in, upstream × local = contribution on each edge, and
    the sum that grows at each input. In a graph of single numbers every input can be changed, and the page computes
    all anew, by JavaScript that is printed from the table of derivatives. The file needs no server and no network.

    A graph of tensors is shown with heat maps, of arrays of up to 4096 elements. Run the program in
    `record(model, elements=4096)`: it keeps every result, what backward sends through the graph, modules and source
    lines. Gradients stand beside finite differences where the graph can be computed again.

    Args:
        root: a `Value`, a tensor, a list of either, a recording, or a `Graph` that `trace` gave.
        names, params: as in `draw`. In a graph of Values a name such as "hidden.w" puts it into a module "hidden".
        title: what the page is called.
        max_nodes: how many nodes to show at most. Of more, what repeats is folded and modules are collapsed, then
            those nearest the result are shown; the page says so.
        frames: in the place of root, label -> `trace(…)` of one computation after another, such as the steps of a
            training: the page has a slider for them.

    Raises:
        ArgumentError: if there is nothing to show, or the frames are of different computations.
        RenderError: if there is no Graphviz, which lays the graph out.

    >>> from autograd import Value
    >>> x = Value(2.0, label="x")
    >>> y = (x * x).tanh()
    >>> page(y)
    <Page: 3 nodes, 3 edges>
    """
    check_table("page", "frames", frames, "of label -> trace(...)")
    if (root is None) == (frames is None) or (frames is not None and not frames):
        raise ArgumentError("page: needs either a result or frames={label: trace(...), ...}")
    if not isinstance(title, str):
        raise ArgumentError(f"page: title is a string, got {title!r:.80}")
    shown = {"": root} if frames is None else frames
    found = Contents({label: read(r, names, params, max_nodes) for label, r in shown.items()})
    result = next((n.name for n in reversed(found.graph.nodes) if n.name and n.kind == "result"), "")
    return Page(found, title or (f"How {result} comes about" if result else "A computation, step by step"))


def _asset(name: str) -> str:
    return (files(__package__) / "assets" / name).read_text(encoding="utf-8")


def _document(contents: Contents, title: str) -> str:
    """The file: styles and scripts in their places, under a policy that lets nothing else in."""
    style = _asset("page.css")
    scripts = "\n".join(_asset(f"{name}.js") for name in SCRIPTS)
    operations = f"const OPERATIONS = {{\n{contents.javascript}\n}};"
    script = f'(() => {{\n"use strict";\n{JAVASCRIPT_PRELUDE}{operations}\n{scripts}}})();\n'
    data = json.dumps({"title": title, **contents.to_dict()}, ensure_ascii=False, allow_nan=False)
    parts = {
        "policy": f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'",
        "title": html.escape(title),
        "style": style,
        "script": script,
        "data": data.replace("<", "\\u003c"),
    }
    # in one pass: what is put in may itself look like a place for something
    return re.sub(r"\{\{(\w+)\}\}", lambda place: parts[place[1]], _asset("page.html"))


def _hash(text: str) -> str:
    """What the policy calls a style or script by: only that one may be used."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
