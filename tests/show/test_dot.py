"""The DOT text: what may stand in a label, and how kinds of nodes look."""

import re

import pytest

from autograd.errors import ArgumentError
from autograd.show import draw
from autograd.show.drawing.dot import LINE, QUIET, STYLES, TEXT, escape_html, to_dot
from autograd.show.drawing.render import render
from autograd.show.graph import Graph, GraphNode
from autograd.value import Value
from tests.show.reading import needs_renderer, read_dot, svg_texts

NASTY = [
    'double " quote',
    "single ' quote",
    "<b>bold</b>",
    "a & b &amp; c",
    r"back\slash",
    r"\N \G \E \T \H \L \n \l \r \\",
    "end\\",
    "Grüße, 世界, 👩‍💻, ∂x",
    "]; n99 [label=bad",
    "-->",
    "%s {0} $x `y`",
    "]]>",
]


def named(name: str) -> str:
    x = Value(1.0, label=name)
    return draw(x.exp()).dot


@pytest.mark.parametrize("name", NASTY)
def test_names_are_escaped(name: str) -> None:
    nodes, edges = read_dot(named(name))
    assert [n.title for n in nodes.values()] == [name, "exp"]
    assert len(edges) == 1


@needs_renderer
@pytest.mark.parametrize("name", NASTY)
def test_names_come_out_of_graphviz_as_they_were(name: str) -> None:
    texts = svg_texts(draw(Value(1.0, label=name).exp()).svg())
    assert texts.keys() == {"n0", "n1", "n0->n1"}
    assert texts["n0"][0] == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("line\nbreak\ttab", "line break tab"),
        ("\x00\x1b[31m\x7f", "\ufffd\ufffd[31m\ufffd"),
        ("\ud800", "\ufffd"),
        ("x" * 41, "x" * 39 + "…"),
        ("x" * 40, "x" * 40),
    ],
)
def test_names_that_cannot_be_shown_as_they_are(name: str, shown: str) -> None:
    assert next(iter(read_dot(named(name))[0].values())).title == shown


def test_operation_names_are_escaped() -> None:
    dot = draw(Value(1.0, (Value(2.0),), 'a<b & "c"')).dot
    assert [n.title for n in read_dot(dot)[0].values()][1] == 'a<b & "c"'


def test_escaping_is_plain_for_plain_text() -> None:
    assert escape_html("W1.weight [0] = (2, 3)") == "W1.weight [0] = (2, 3)"


def test_text_is_the_same_every_time() -> None:
    def make() -> str:
        a, b = Value(1.0, label="a"), Value(2.0, label="b")
        return draw((a * b + a).tanh() * b).dot

    assert make() == make()


@pytest.mark.parametrize("direction", ["LR", "TB", "RL", "BT"])
def test_direction(direction: str) -> None:
    assert f"rankdir={direction}" in draw(Value(1.0), direction=direction).dot  # type: ignore[arg-type]


def test_wrong_direction() -> None:
    with pytest.raises(ArgumentError, match=r"direction is 'LR' .*, 'TB' .*, 'RL' or 'BT', got 'up'"):
        draw(Value(1.0), direction="up")  # type: ignore[arg-type]


def brightness(colour: str) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    low, high = sorted((brightness(a), brightness(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("kind", STYLES)
def test_contrast(kind: str) -> None:
    style = STYLES[kind]  # type: ignore[index]
    assert contrast(TEXT, style.fill) >= 7
    assert contrast(QUIET, style.fill) >= 7
    assert contrast(style.border, "#ffffff") >= 4.5
    assert contrast(LINE, "#ffffff") >= 4.5


def test_kinds_differ_in_outline_and_in_colour() -> None:
    styles = STYLES.values()
    assert len({(s.shape, s.style, s.peripheries) for s in styles}) == len(STYLES)
    assert len({s.fill for s in styles}) == len(STYLES)


def test_no_text_is_small() -> None:
    dot = draw(Value(1.0, label="x").exp()).dot.replace('<font point-size="6"> </font>', "")  # a gap
    sizes = re.findall(r'(?:fontsize|point-size)="(\d+)"', dot)
    assert min(map(int, sizes)) >= 10  # points: 13 pixels


@needs_renderer
def test_graphviz_reads_every_kind_of_node() -> None:
    graph = Graph(
        tuple(GraphNode(f"n{i}", kind, notes=("note",)) for i, kind in enumerate(STYLES)), (), ("All kinds",)
    )
    texts = svg_texts(render(to_dot(graph), "svg").decode())
    assert len(texts) == len(STYLES)
    assert all("note" in shown for shown in texts.values())
