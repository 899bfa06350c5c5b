"""Graph to DOT: the text that Graphviz lays out. Pure text, the same for the same graph, made without a renderer.

Kinds of nodes differ in outline as well as in colour. The colours are tints of the Okabe-Ito palette, which people
with any kind of colour vision tell apart; text on them has a contrast of at least 7 : 1.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

from autograd.errors import ArgumentError
from autograd.show.drawing.arrange import Plan, arrange
from autograd.show.drawing.colours import PALE_RED, RED, GradientScale, gradient_of
from autograd.show.drawing.scene import Block, Cluster, Part, Scene, span
from autograd.show.graph import Graph, GraphEdge, GraphNode, Kind, number

Direction = Literal["LR", "TB", "RL", "BT"]
DIRECTIONS = get_args(Direction)

FONT = "Helvetica,Arial,sans-serif"
TEXT, QUIET, LINE = "#1a1a1a", "#4a4a4a", "#555555"
LONGEST_NAME = 40  # characters
LONGEST_LINE = 60
FEW_SHAPES = 4
POINTS_PER_LETTER = 6.5
GAP = "\N{NO-BREAK SPACE}"  # browsers drop a plain one at the beginning of a text

SIGNS = {"*": "×", "-": "−"}
"""Operations as they are written by hand."""

COMMUTATIVE = {
    "+",
    "*",
    "add",
    "mul",
    "maximum",
    "minimum",
    "fmax",
    "fmin",
    "hypot",
    "logaddexp",
    "logaddexp2",
}
"""Operations whose inputs may change places, so that there is no need to name them."""

LOCAL = "∂ on an edge: the local derivative. Backward adds grad × ∂ to the gradient of the input."
CHAIN = (
    "On an edge: upstream gradient × local derivative ∂ = what backward adds to the gradient of the input."
)

Fact = Literal[
    "value", "grad", "shape", "dtype", "saved", "source", "formula", "local", "upstream", "contribution"
]
FACTS: tuple[Fact, ...] = get_args(Fact)
USUAL: tuple[Fact, ...] = ("value", "grad", "shape", "dtype", "local")
NUMBERS: tuple[Fact, ...] = ("value", "grad", "local", "upstream", "contribution")


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
}


FAILED = Style("box", "filled,rounded,bold", PALE_RED, RED, 2)
"""How the operation looks at which the program stopped, and what holds a number that is not finite."""

BLOCK = Style("component", "filled", "#f6e6ef", "#8a3f6b", margin="0.14,0.07")
"""How a module looks that is drawn as one node."""

EDGE_OF_CLUSTER = "#8795a1"
CLUSTERS = ("#f7f9fb", "#eef2f6")
"""Grounds of the modules, which alternate where one is in another."""


@dataclass(frozen=True)
class Look:
    """How a picture looks.

    direction: which way it runs: "LR", "RL", "TB" or "BT"
    facts:     what is shown
    color:     "grad" to colour nodes by the size of their gradient
    dpi:       the resolution of a bitmap
    words:     what kinds of nodes are called, where that is not the name of the kind
    """

    direction: Direction = "LR"
    facts: tuple[str, ...] = USUAL
    color: Literal["grad"] | None = None
    dpi: int | None = None
    words: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.direction not in DIRECTIONS:
            raise ArgumentError(
                f"draw: direction is 'LR' (left to right), 'TB' (top to bottom), 'RL' or 'BT', got {self.direction!r}"
            )
        if self.color not in (None, "grad"):
            raise ArgumentError(f"draw: color is 'grad' or None, got {self.color!r}")
        for fact in self.facts:
            if fact not in FACTS:
                raise ArgumentError(f"draw: show is of {', '.join(FACTS)}; got {fact!r}")


def to_dot(drawn: Scene | Graph, look: Look | None = None) -> str:
    """Return a scene, or all of a graph, in the DOT language.

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
    if isinstance(drawn, Graph):
        drawn = arrange(drawn, Plan(fold=False, max_nodes=max(1, len(drawn.nodes))))
    lines = _Writer(drawn, look or Look()).lines()
    return "\n".join(('digraph "computation graph" {', *lines, "}\n"))


class _Writer:
    """One picture in the DOT language."""

    def __init__(self, scene: Scene, look: Look) -> None:
        self.scene = scene
        self.look = look
        self.facts = {f for f in look.facts if scene.values or f not in NUMBERS}
        self.boxes = list(scene.boxes())
        self.nodes = [box for box in self.boxes if isinstance(box, GraphNode)]
        self.scale = GradientScale.of(self.boxes) if look.color == "grad" else None

    def lines(self) -> Iterator[str]:
        """The lines between the braces."""
        look = self.look
        resolution = f", dpi={look.dpi}" if look.dpi else ""
        spacing = f'pad="0.2", nodesep="0.25", ranksep="0.45"{resolution}'
        yield f'    graph [rankdir={look.direction}, bgcolor="white", {spacing}]'
        yield f'    graph [fontname="{FONT}", fontsize="11", fontcolor="{TEXT}", labelloc="t", labeljust="l"]'
        yield f'    node [fontname="{FONT}", fontsize="11", fontcolor="{TEXT}"]'
        yield f'    edge [fontname="{FONT}", fontsize="10", fontcolor="{QUIET}", color="{LINE}", arrowsize="0.7"]'
        caption = self._caption()
        if caption:
            yield f"    label=<{caption}>"
        yield from self._parts(self.scene.parts, 0, "")
        named = _with_named_inputs(self.nodes, self.scene.edges)
        gap = "" if look.direction in ("LR", "RL") else " "  # there Graphviz sets the label against the line
        for edge in self.scene.edges:
            label = self._edge_label(edge, edge.target in named)
            shown = f" [label=<{gap}{label}>]" if label else ""
            yield f"    {edge.source} -> {edge.target}{shown}"
        for edge in self.scene.again:
            yield f"    {edge.source} -> {edge.target} [label=<{gap}next>, style=dashed, constraint=false]"

    def _caption(self) -> str:
        scene = self.scene
        lines = [f"<b>{escape_html(note)}</b>" for note in scene.notes]
        if "saved" in self.facts and scene.saved:
            lines.append(f"Saved for backward: {memory(scene.saved)} in all.")
        locals_shown = "local" in self.facts and any(edge.local is not None for edge in scene.edges)
        if locals_shown:
            lines.append(_quiet(CHAIN if {"upstream", "contribution"} <= self.facts else LOCAL))
        if self.scale is not None:
            cells = "".join(
                f'<td bgcolor="{colour}" border="1" color="{LINE}">{escape_html(text)}</td>'
                for colour, text in self.scale.legend()
            )
            rows = "".join(f'<tr><td align="left" colspan="9">{line}</td></tr>' for line in lines)
            legend = f"<tr><td>{escape_html('|grad|, largest of each node:')}</td>{cells}<td> </td></tr>"
            return f'<table border="0" cellspacing="2" cellpadding="3">{rows}{legend}</table>'
        if lines:
            lines.append('<font point-size="6"> </font>')
        return "".join(f'{line}<br align="left"/>' for line in lines)

    # -- nodes, blocks, clusters -----------------------------------------------------------------------------------

    def _parts(self, parts: Sequence[Part], depth: int, within: str) -> Iterator[str]:
        """The lines of what is in a cluster; modules are in one another, but not deeply, so this may call itself."""
        margin = "    " * (depth + 1)
        upright = self.look.direction in ("TB", "BT")
        for part in parts:
            if isinstance(part, Cluster):
                ground = CLUSTERS[depth % 2]
                yield f"{margin}subgraph cluster_{part.id} {{"
                yield f'{margin}    graph [label=<{_cluster_label(part, within, upright)}>, style="filled,rounded"]'
                colours = f'fillcolor="{ground}", color="{EDGE_OF_CLUSTER}"'
                yield f'{margin}    graph [{colours}, labelloc="t", labeljust="l", margin="10"]'
                yield from self._parts(part.parts, depth + 1, part.path)
                yield f"{margin}}}"
            elif isinstance(part, Block):
                style = FAILED if part.bad else BLOCK
                shape = BLOCK._replace(fill=style.fill, border=style.border)
                yield f"{margin}{part.id} [label=<{self._block_label(part, within)}>, {self._style(part, shape)}]"
            else:
                style = FAILED if part.error or part.id in self.scene.bad else STYLES[part.kind]
                yield f"{margin}{part.id} [label=<{self._label(part, within)}>, {self._style(part, style)}]"

    def _style(self, box: GraphNode | Block, s: Style) -> str:
        fill = s.fill
        if self.scale is not None and s.fill != PALE_RED:
            fill = self.scale.colour(gradient_of(box))
        look = f'shape={s.shape}, style="{s.style}", fillcolor="{fill}", color="{s.border}"'
        return f'{look}, peripheries={s.peripheries}, margin="{s.margin}"'

    def _label(self, node: GraphNode, within: str) -> str:
        """The node's text: a heading, then facts (what it is called to the left), then notes."""
        kind = self.look.words.get(node.kind, node.kind)
        rows = [_pair(_title(node, within), "" if node.kind == "operation" else self._quiet(kind))]
        rows += [_pair(self._quiet(key), text) for key, text in self._facts(node)]
        rows += [_across(f"<i>{escape_html(note)}</i>") for note in node.notes]
        rows += [_across(f"<i>{escape_html(line)}</i>") for line in textwrap.wrap(node.error, LONGEST_LINE)]
        if self.scene.bad.get(node.id):
            rows.append(_across(f'<font color="{RED}"><b>{escape_html(self.scene.bad[node.id])}</b></font>'))
        return _table(rows)

    def _facts(self, node: GraphNode) -> Iterator[tuple[str, str]]:
        """What a fact is called, and how it is written."""
        if node.shape is not None and (node.shape or node.dtype):
            shape = str(node.shape) if "shape" in self.facts else ""
            text = f"{shape} {node.dtype if 'dtype' in self.facts else ''}".strip()
            if text:
                yield "shape" if shape else "dtype", text
        if node.value is not None and "value" in self.facts:
            yield "value", escape_html(str(node.value))
        if "grad" in self.facts:
            if node.gradient is not None:
                yield "grad", escape_html(str(node.gradient))
            elif node.gradient_state in ("not computed", "not kept"):
                yield "grad", f"<i>{self._quiet(node.gradient_state)}</i>"
        if "saved" in self.facts and node.saved:
            yield "saved", memory(node.saved)
        if "source" in self.facts and node.source is not None:
            source = node.source
            where = f"{source.file.rpartition('/')[2].rpartition(chr(92))[2]}:{source.line}"
            yield "line", escape_html(f"{shortened(where)} {shortened(source.function)}".rstrip())

    def _block_label(self, block: Block, within: str) -> str:
        path = shortened(inside(span(block.path, block.last), within))
        heading = f"<b>{escape_html(shortened(block.kind) or path or 'folded')}</b>"
        rows = [_pair(f'<font point-size="13">{heading}{_times(block)}</font>', self._quiet(_call(block)))]
        if block.kind and block.path and block.path != block.kind:
            rows.append(_across(self._quiet(path)))
        each = " each" if block.times > 1 else ""
        if block.parameters:
            rows.append(_pair(self._quiet("parameters"), f"{block.parameters:,}{each}"))
        if block.frozen:
            rows.append(_pair(self._quiet("frozen"), f"{block.frozen:,}{each}"))
        rows += [_pair(self._quiet("shares"), escape_html(shortened(name))) for name in block.shared]
        if "shape" in self.facts:
            rows += [_pair(self._quiet("in"), text) for text in _shapes(block.inputs)]
            rows += [_pair(self._quiet("out"), text) for text in _shapes(block.outputs)]
        if "grad" in self.facts and block.gradient is not None:
            rows.append(_pair(self._quiet("largest |grad|"), number(block.gradient)))
        if "saved" in self.facts and block.saved:
            rows.append(_pair(self._quiet("saved"), memory(block.saved) + each))
        if block.bad:
            rows.append(_across(f'<font color="{RED}"><b>{escape_html(block.bad)}</b></font>'))
        return _table(rows)

    def _edge_label(self, edge: GraphEdge, named: bool) -> str:
        """What stands on an edge: which input it is, the formula, and the chain rule in numbers."""
        numbers = "local" in self.facts and edge.local is not None
        lines = [escape_html(edge.parameter)] if named and not numbers else []
        if "formula" in self.facts and edge.formula:
            lines.append(escape_html(shortened(edge.formula)))
        local = f"∂ {number(edge.local)}" if numbers and edge.local is not None else ""
        upstream = str(edge.upstream) if "upstream" in self.facts and edge.upstream is not None else ""
        added = (
            str(edge.contribution) if "contribution" in self.facts and edge.contribution is not None else ""
        )
        if local and upstream and added:
            lines.append(f"{escape_html(upstream)} × {local} = {escape_html(added)}")
        else:
            lines += [local] if local else []
            lines += [f"upstream {escape_html(upstream)}"] if upstream else []
            lines += [f"adds {escape_html(added)}"] if added else []
        return "<br/>".join(lines)

    def _quiet(self, text: str) -> str:
        return _quiet(text) if self.scale is None else escape_html(text)


def _cluster_label(cluster: Cluster, within: str, beside: bool) -> str:
    """What stands above a cluster; with a gap beside it where edges come in from above, so as not to be crossed."""
    name = shortened(inside(span(cluster.path, cluster.last), within))
    kind = shortened(cluster.kind)
    heading = " ".join(
        part for part in (f"<b>{escape_html(name)}</b>" if name else "", escape_html(kind)) if part
    )
    call = _call(cluster)
    text = f"{heading}{_times(cluster)}{_quiet(f' {call}') if call else ''}"
    if not beside:
        return text
    width = int(POINTS_PER_LETTER * len(f"{name} {kind} ×{cluster.times} {call}"))
    cells = f'<td align="left">{text}</td><td width="{width}"></td>'
    return f'<table border="0" cellspacing="0" cellpadding="0"><tr>{cells}</tr></table>'


def inside(name: str, path: str) -> str:
    """A name as it is called in a module.

    >>> inside("encoder.norm.weight", "encoder"), inside("head.weight", "encoder")
    ('norm.weight', 'head.weight')
    """
    return name.removeprefix(f"{path}.") if path else name


def _times(part: Block | Cluster) -> str:
    return f" <b>×{part.times}</b>" if part.times > 1 else ""


def _call(part: Block | Cluster) -> str:
    """Which call of its module it is, or which calls, if these are folded."""
    if part.calls == 1:
        return ""
    if part.times > 1 and part.last == part.path:
        return f"calls {part.call} to {part.call + part.times - 1} of {part.calls}"
    return f"call {part.call} of {part.calls}"


def _shapes(shapes: Sequence[str]) -> Iterator[str]:
    """Shapes, equal ones once: with how often they occur."""
    found = Counter(shapes)
    for shape, times in list(found.items())[:FEW_SHAPES]:
        yield f"{times} of {shape}" if times > 1 else shape
    if len(found) > FEW_SHAPES:
        yield "…"


def memory(count: int) -> str:
    """A number of bytes in units that fit.

    >>> memory(640), memory(51_712), memory(3 * 1024**3)
    ('640 B', '50.5 kB', '3 GB')
    """
    size = float(count)
    for unit in ("B", "kB", "MB"):
        if size < 1024:
            return f"{size:.3g} {unit}"
        size /= 1024
    return f"{size:.3g} GB"


def _with_named_inputs(nodes: Iterable[GraphNode], edges: Iterable[GraphEdge]) -> set[str]:
    """The operations whose inputs are told apart by name: those with several, unless they may change places."""
    ops = {node.id: node.op for node in nodes}
    inputs: dict[str, set[str]] = {}
    for edge in edges:
        inputs.setdefault(edge.target, set()).add(edge.parameter)
    return {
        target
        for target, found in inputs.items()
        if len(found) > 1 and target in ops and ops[target] not in COMMUTATIVE
    }


def _table(rows: Sequence[str]) -> str:
    return f'<table border="0" cellspacing="0" cellpadding="1">{"".join(rows)}</table>'


def _across(text: str) -> str:
    return f'<tr><td align="left" colspan="2">{text}</td></tr>'


def _pair(left: str, right: str) -> str:
    """A row of the table: two cells, or one across if the other would be empty."""
    if left and right:
        return f'<tr><td align="left">{left}</td><td align="right">  {right}</td></tr>'
    return _across(left or right)


def _title(node: GraphNode, within: str) -> str:
    title = escape_html(SIGNS.get(node.op, node.op))
    if node.name:
        title = f"<b>{escape_html(shortened(inside(node.name, within)))}</b>" + (
            f"{GAP}= {title}" if title else ""
        )
    elif title:
        title = f"<b>{title}</b>"
    return f'<font point-size="13">{title}</font>' if title else ""


def _quiet(text: str) -> str:
    return f'<font color="{QUIET}">{escape_html(text)}</font>' if text else ""


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
