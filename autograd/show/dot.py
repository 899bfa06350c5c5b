"""Graph to DOT: the text that Graphviz lays out. Pure text, the same for the same graph, made without a renderer.

Kinds of nodes differ in outline as well as in colour. The colours are tints of the Okabe-Ito palette, which people
with any kind of colour vision tell apart; text on them has a contrast of at least 7 : 1.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import Literal, NamedTuple

from autograd.errors import ArgumentError
from autograd.show.graph import Graph, GraphEdge, GraphNode, Kind, number

Direction = Literal["LR", "TB"]

FONT = "Helvetica,Arial,sans-serif"
TEXT, QUIET, LINE = "#1a1a1a", "#4a4a4a", "#555555"
LONGEST_NAME = 40  # characters
LONGEST_LINE = 60

SIGNS = {"*": "×", "-": "−"}
"""Operations as they are written by hand."""

COMMUTATIVE = {"add", "mul", "maximum", "minimum", "fmax", "fmin", "hypot", "logaddexp", "logaddexp2"}
"""Operations whose inputs may change places, so that there is no need to name them."""

LOCAL = "∂ on an edge: the local derivative. Backward adds grad × ∂ to the gradient of the input."


_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\\": "\\\\"})
_BREAKS = r"[\t\n\v\f\r\x85\u2028\u2029]"
_NO_TEXT = r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]"  # XML has no way to write most of these


class Style(NamedTuple):
    """How a kind of node looks."""

    shape: str
    style: str
    fill: str
    border: str
    peripheries: int = 1
    margin: str = "0.1,0.05"


STYLES: dict[Kind, Style] = {
    "leaf": Style("box", "filled", "#e1f1fb", "#0072b2"),
    "parameter": Style("box3d", "filled", "#fdebc8", "#a35c00", margin="0.14,0.1"),
    "constant": Style("note", "filled", "#f1f1f1", "#6e6e6e"),
    "operation": Style("box", "filled,rounded", "#ffffff", "#333333"),
    "result": Style("box", "filled,rounded", "#d9f2e8", "#00704f", 2),
    "freed": Style("box", "filled,dashed", "#fbe6da", "#b34700"),
}


FAILED = Style("box", "filled,rounded,bold", "#fbe0e0", "#b3001b", 2)
"""How the operation looks at which the program stopped."""


def to_dot(graph: Graph, direction: Direction = "LR", dpi: int | None = None) -> str:
    """Return the graph in the DOT language; dpi is the resolution of a bitmap made of it.

    >>> from autograd import Value
    >>> from autograd.show.trace import trace
    >>> print(to_dot(trace(Value(1.0).exp())))  # doctest: +ELLIPSIS
    digraph "computation graph" {
    ...
        n0 [...]
        n1 [...]
        n0 -> n1 [label=<∂ 2.718>]
    }
    """
    if direction not in ("LR", "TB"):
        raise ArgumentError(
            f"draw: direction is 'LR' (left to right) or 'TB' (top to bottom), got {direction!r}"
        )
    return "\n".join(('digraph "computation graph" {', *_body(graph, direction, dpi), "}\n"))


def _body(graph: Graph, direction: Direction, dpi: int | None) -> Iterator[str]:
    resolution = f", dpi={dpi}" if dpi else ""
    yield f'    graph [rankdir={direction}, bgcolor="white", pad="0.2", nodesep="0.25", ranksep="0.45"{resolution}]'
    yield f'    graph [fontname="{FONT}", fontsize="11", fontcolor="{TEXT}", labelloc="t", labeljust="l"]'
    yield f'    node [fontname="{FONT}", fontsize="11", fontcolor="{TEXT}"]'
    yield f'    edge [fontname="{FONT}", fontsize="10", fontcolor="{QUIET}", color="{LINE}", arrowsize="0.7"]'
    lines = [f"<b>{escape_html(note)}</b>" for note in graph.notes]
    if any(edge.local is not None for edge in graph.edges):
        lines.append(_quiet(LOCAL))
    if lines:
        lines.append('<font point-size="6"> </font>')
        caption = "".join(f'{line}<br align="left"/>' for line in lines)
        yield f"    label=<{caption}>"
    freed = {node.id for node in graph.nodes if node.kind == "freed"}
    named = _with_named_inputs(graph)
    for node in graph.nodes:
        s = FAILED if node.error else STYLES[node.kind]
        look = f'shape={s.shape}, style="{s.style}", fillcolor="{s.fill}", color="{s.border}"'
        outline = f'peripheries={s.peripheries}, margin="{s.margin}"'
        yield f"    {node.id} [label=<{_label(node, graph.values)}>, {look}, {outline}]"
    for edge in graph.edges:
        label = _edge_label(edge, edge.target in named)
        gap = "" if direction == "LR" else " "  # there Graphviz sets the label against the line
        attributes = [f"label=<{gap}{label}>"] if label else []
        attributes += ["style=dashed"] if edge.source in freed else []
        shown = f" [{', '.join(attributes)}]" if attributes else ""
        yield f"    {edge.source} -> {edge.target}{shown}"


def _with_named_inputs(graph: Graph) -> set[str]:
    """The operations whose inputs are told apart by name: those with several, unless they may change places."""
    ops = {node.id: node.op for node in graph.nodes}
    inputs: dict[str, set[str]] = {}
    for edge in graph.edges:
        inputs.setdefault(edge.target, set()).add(edge.parameter)
    return {target for target, found in inputs.items() if len(found) > 1 and ops[target] not in COMMUTATIVE}


def _edge_label(edge: GraphEdge, named: bool) -> str:
    if edge.local is not None:
        return f"∂ {number(edge.local)}"
    return escape_html(edge.parameter) if named else ""


def _label(node: GraphNode, values: bool) -> str:
    """The node's text: a heading, then facts, then notes; what a fact is called to the left, the fact to the right."""
    if node.kind == "freed":
        return escape_html(node.notes[0])
    rows = [_pair(_title(node), "" if node.kind == "operation" else _quiet(node.kind))]
    rows += [_pair(_quiet(key), text) for key, text in _facts(node, values)]
    notes = [*node.notes, *textwrap.wrap(node.error, LONGEST_LINE)]
    rows += [f'<tr><td align="left" colspan="2"><i>{escape_html(note)}</i></td></tr>' for note in notes]
    return f'<table border="0" cellspacing="0" cellpadding="1">{"".join(rows)}</table>'


def _pair(left: str, right: str) -> str:
    """A row of the table: two cells, or one across if the other would be empty."""
    if left and right:
        return f'<tr><td align="left">{left}</td><td align="right">  {right}</td></tr>'
    return f'<tr><td align="left" colspan="2">{left or right}</td></tr>'


def _title(node: GraphNode) -> str:
    title = escape_html(SIGNS.get(node.op, node.op))
    if node.name:
        title = f"<b>{escape_html(shortened(node.name))}</b>" + (f" = {title}" if title else "")
    elif title:
        title = f"<b>{title}</b>"
    return f'<font point-size="13">{title}</font>' if title else ""


def _facts(node: GraphNode, values: bool) -> Iterator[tuple[str, str]]:
    """What a fact is called, and how it is written."""
    if node.shape is not None and (node.shape or node.dtype):
        yield "shape", f"{node.shape} {node.dtype}".rstrip()
    if node.value is not None:
        yield "value", escape_html(str(node.value))
    if node.gradient is not None:
        yield "grad", escape_html(str(node.gradient))
    elif values and node.gradient_state in ("not computed", "not kept"):
        yield "grad", f"<i>{_quiet(node.gradient_state)}</i>"


def _quiet(text: str) -> str:
    return f'<font color="{QUIET}">{escape_html(text)}</font>'


def shortened(text: str) -> str:
    """A name that fits into a node."""
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…"


def escape_html(text: str) -> str:
    r"""Text as it is written in a label of Graphviz's HTML-like kind.

    Graphviz puts names in for \N, \G and the like there too, so a backslash is doubled; what XML does not allow is
    replaced.

    >>> print(escape_html(r'<a & "b"> \N'))
    &lt;a &amp; &quot;b&quot;&gt; \\N
    """
    return re.sub(_NO_TEXT, "\N{REPLACEMENT CHARACTER}", re.sub(_BREAKS, " ", text)).translate(_ESCAPES)
