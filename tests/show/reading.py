"""A drawing read back from its DOT text, or from its SVG, to test what it says."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from typing import Any
from xml.etree import ElementTree

import pytest

from autograd.show.drawing.render import has_pygraphviz

needs_renderer = pytest.mark.skipif(
    shutil.which("dot") is None and not has_pygraphviz(), reason="needs `dot` or pygraphviz"
)

NODE = re.compile(r"^ +([nm]\d+) \[label=<(.*)>, shape=(\w+), (.*)\]$", re.MULTILINE)
EDGE = re.compile(r"^    ([nm]\d+) -> ([nm]\d+)(?: \[(?:label=<(.*?)>(?=, style=|\]$))?.*\])?$", re.MULTILINE)
CLUSTER = re.compile(r"^ +graph \[label=<(.*)>, style=.*$")
CAPTION = re.compile(r"^    label=<(.*)>$", re.MULTILINE)


@dataclass
class ShownNode:
    """A node as its text reads."""

    id: str
    title: str
    kind: str
    facts: dict[str, str]
    notes: list[str]
    shape: str
    attributes: str
    inputs: list[ShownNode] = field(default_factory=list)


def text_of(html: str) -> str:
    """What a label says; Graphviz halves the backslashes."""
    text = "".join(ElementTree.fromstring(f"<label>{html}</label>").itertext())
    return text.replace("\\\\", "\\").replace("\xa0", " ")


def read_dot(dot: str) -> tuple[dict[str, ShownNode], list[tuple[str, str, str]]]:
    """Nodes by title (or by kind or id where there is none), and edges as (source, target, label)."""
    nodes = {}
    for id, label, shape, attributes in NODE.findall(dot):
        rows = [
            [text_of(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]
            for row in label.split("</tr>")
        ]
        rows = [[cell.strip() for cell in row] for row in rows if row]
        heading, *rest = rows
        bold = "<b>" in label.split("</tr>")[0]
        title, kind = heading if len(heading) == 2 else (heading[0], "") if bold else ("", heading[0])
        facts = {row[0]: row[1] for row in rest if len(row) == 2}
        notes = [row[0] for row in rest if len(row) == 1]
        nodes[id] = ShownNode(id, title, kind or "operation", facts, notes, shape, attributes)
    edges = []
    for source, target, label in EDGE.findall(dot):
        edges.append((source, target, text_of(label).strip()))
        nodes[target].inputs.append(nodes[source])
    assert len(re.findall(r"\n +[nm]\d", dot)) == len(nodes) + len(edges), "every line was read"
    return nodes, edges


def by_title(dot: str) -> dict[str, ShownNode]:
    """Nodes by title; a title must occur once."""
    nodes = read_dot(dot)[0].values()
    found = {n.title or n.kind: n for n in nodes}
    assert len(found) == len(nodes), "titles occur twice"
    return found


def read_clusters(dot: str) -> dict[str, list[str]]:
    """The clusters of a drawing: what is written above each -> the ids of the nodes and the titles of clusters in it.

    Titles are joined to those around them by " / ", so that no two are the same; what is in no cluster is under "".
    """
    found: dict[str, list[str]] = {"": []}
    around: list[str] = [""]
    for line in dot.splitlines():
        text = line.strip()
        if text.startswith("subgraph "):
            around.append("?")
        elif around[-1] == "?" and (label := CLUSTER.match(line)):
            title = " / ".join([*around[1:-1], text_of(label[1])])
            found[around[-2] and " / ".join(around[1:-1])].append(title)
            around[-1] = text_of(label[1])
            assert title not in found, "titles occur twice"
            found[title] = []
        elif text == "}" and len(around) > 1:
            around.pop()
        elif (node := NODE.match(line)) is not None:
            found[" / ".join(around[1:])].append(node[1])
    assert around == [""], "every cluster is closed"
    return found


def caption(dot: str) -> str:
    """What is said of the whole graph."""
    found = CAPTION.search(dot)
    return text_of(found[1]) if found else ""


SVG = "{http://www.w3.org/2000/svg}"


def svg_texts(svg: str) -> dict[str, list[str]]:
    """Of each node and edge of an SVG, by its title: its texts."""
    root = ElementTree.fromstring(svg)
    found = {}
    for group in root.iter(f"{SVG}g"):
        if group.get("class") in ("node", "edge"):
            title = group.findtext(f"{SVG}title") or ""
            found.setdefault(title, []).extend(
                "".join(text.itertext()).replace("\xa0", " ").strip() for text in group.iter(f"{SVG}text")
            )
    return found


def calls_in(block: Callable[[], object]) -> int:
    """How many Python functions a call goes through: work that does not depend on how busy the machine is."""
    found = 0

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal found
        found += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        block()
    finally:
        sys.setprofile(before)
    return found
