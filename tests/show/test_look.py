"""What a drawing shows of each node and edge, its colours, and what is not finite."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd.errors import ArgumentError
from autograd.show import Drawing, draw, record
from autograd.show.drawing.colours import (
    RED,
    SCALE,
    UNKNOWN,
    ZERO,
    GradientScale,
    first_not_finite,
    not_finite,
)
from autograd.show.drawing.dot import BLOCK, CLUSTERS, FACTS, LINE, QUIET, TEXT, memory
from autograd.show.graph import Numbers
from autograd.value import Value
from tests.show.reading import by_title, caption, needs_renderer, read_dot, svg_texts
from tests.show.test_dot import contrast


def product(**options: Any) -> Drawing:
    """w · x, then tanh, in float64; after backward."""
    w = autograd.tensor(0.5, dtype=autograd.float64, requires_grad=True)
    x = autograd.tensor(2.0, dtype=autograd.float64)
    with record():
        y = (w * x).tanh()
        y.backward()
    return draw(y, names={"w": w, "x": x}, **options)


SLOPE = 1 - np.tanh(1.0) ** 2

SHOWN = {
    "value": ("w", "value", "0.5"),
    "grad": ("w", "grad", f"{2 * SLOPE:.4g}"),
    "shape": ("w", "shape", "()"),
    "dtype": ("w", "dtype", "float64"),
    "saved": ("tanh", "saved", "8 B"),
    "source": ("tanh", "line", re.compile(r"test_look\.py:\d+ product")),
}


@pytest.mark.parametrize("fact", SHOWN)
def test_a_fact_is_shown_alone(fact: str) -> None:
    title, key, value = SHOWN[fact]
    nodes, edges = read_dot(product(show=[fact]).dot)
    facts = {k for n in nodes.values() for k in n.facts}
    assert facts == {key}
    (node,) = [n for n in nodes.values() if n.title == title]
    assert re.fullmatch(value, node.facts[key]) if isinstance(value, re.Pattern) else node.facts[key] == value
    assert {label for _, _, label in edges} == {""}


@pytest.mark.parametrize(
    ("show", "label"),
    [
        (["local"], f"∂ {SLOPE:.4g}"),
        (["formula"], "g * (1 - out**2)"),
        (["upstream"], "upstream 1"),
        (["contribution"], f"adds {SLOPE:.4g}"),
        (["local", "upstream", "contribution"], f"1 × ∂ {SLOPE:.4g} = {SLOPE:.4g}"),
        (["formula", "local"], f"g * (1 - out**2)∂ {SLOPE:.4g}"),
    ],
)
def test_what_stands_on_an_edge(show: list[str], label: str) -> None:
    nodes, edges = read_dot(product(show=show).dot)
    assert [text for _, target, text in edges if nodes[target].title == "tanh"] == [label]
    assert not any(n.facts for n in nodes.values())


def test_one_fact_may_be_a_word_and_all_may_be_shown() -> None:
    assert product(show="value").dot == product(show=["value"]).dot
    nodes, _ = read_dot(product(show=FACTS).dot)
    (tanh,) = [n for n in nodes.values() if n.title == "tanh"]
    assert tanh.facts.keys() == {"shape", "value", "grad", "saved", "line"}
    with pytest.raises(ArgumentError, match=r"show is of value, grad, .*, contribution; got 'size'"):
        product(show=["size"])


def test_without_values_no_number_is_shown_even_if_it_is_asked_for() -> None:
    nodes, _ = read_dot(product(show=FACTS, values=False).dot)
    assert {k for n in nodes.values() for k in n.facts} == {"shape", "saved", "line"}


def test_saved_memory_of_each_node_and_in_all() -> None:
    x = autograd.rand(100, 64, requires_grad=True)
    y = x.exp().sum()
    drawing = draw(y, names={"x": x}, show=["saved"])
    assert by_title(drawing.dot)["exp"].facts["saved"] == "25 kB"
    assert "Saved for backward: 25 kB in all." in caption(drawing.dot)
    assert "Saved" not in caption(draw(y).dot)


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (1023, "1.02e+03 B"), (1536, "1.5 kB"), (5 << 20, "5 MB"), (3 << 40, "3.07e+03 GB")],
)
def test_memory(count: int, text: str) -> None:
    assert memory(count) == text


def test_values_show_the_chain_rule_on_each_edge() -> None:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    c = a * b
    c.backward()
    drawing = draw(c, show=["local", "upstream", "contribution", "formula"])
    assert [label for _, _, label in read_dot(drawing.dot)[1]] == ["g * y1 × ∂ -3 = -3", "g * x1 × ∂ 2 = 2"]
    assert "upstream gradient × local derivative" in caption(drawing.dot)


# -- colours -----------------------------------------------------------------------------------------------------------


def fills(drawing: Drawing) -> dict[str, str]:
    nodes = read_dot(drawing.dot)[0].values()
    return {n.title: re.search(r'fillcolor="(#\w+)"', n.attributes)[1] for n in nodes}  # type: ignore[index]


def chain() -> Any:
    """Gradients 1, 10, 100, 1000, 10000, 100000, from the result to the leaf."""
    x = Value(1.0, label="x")
    y = x
    for i in range(5):
        y = y * 10
        y.label = f"y{i}"
    y.backward()
    return y


def test_nodes_are_coloured_by_the_size_of_their_gradient() -> None:
    found = fills(draw(chain(), color="grad"))
    assert [found[title] for title in ("x", "y0 = ×", "y1 = ×", "y2 = ×", "y3 = ×", "y4 = ×")] == [
        SCALE[4], SCALE[4], SCALE[3], SCALE[2], SCALE[1], SCALE[0],
    ]  # fmt: skip


def test_the_legend_says_which_colour_is_which() -> None:
    drawing = draw(chain(), color="grad")
    said = caption(drawing.dot)
    assert "|grad|, largest of each node:" in said
    for text in ("none", "1 … ", "10 … 100"):
        assert text in said
    assert "legend" not in said
    assert "|grad|" not in caption(draw(chain()).dot)
    with pytest.raises(ArgumentError, match="color is 'grad' or None, got 'red'"):
        draw(chain(), color="red")  # type: ignore[arg-type]


def test_no_gradient_and_a_gradient_of_zero_have_colours_of_their_own() -> None:
    x = autograd.tensor([1.0, -1.0], requires_grad=True)
    c = autograd.tensor([0.0, 0.0])
    with record():
        y = ((x * c).relu() + x).sum()
        y.backward()
    found = fills(draw(y, names={"x": x, "c": c}, color="grad"))
    assert found["c"] == UNKNOWN
    scale = GradientScale(1e-3, 10.0)
    assert (scale.colour(None), scale.colour(0.0)) == (UNKNOWN, ZERO)
    assert (scale.colour(1e-3), scale.colour(10.0)) == (SCALE[0], SCALE[-1])
    assert GradientScale(2.0, 2.0).colour(2.0) == SCALE[-1]


def luminance_order(colours: tuple[str, ...]) -> list[float]:
    return [contrast(colour, "#000000") for colour in colours]


def test_the_scale_gets_darker_step_by_step_and_text_can_be_read_on_it() -> None:
    steps = luminance_order(SCALE)
    assert steps == sorted(steps, reverse=True)
    assert all(a - b > 1.5 for a, b in pairwise(steps))
    for colour in (*SCALE, ZERO, UNKNOWN):
        assert contrast(TEXT, colour) >= 7


def test_blocks_and_clusters_can_be_read() -> None:
    for ground in (BLOCK.fill, *CLUSTERS):
        assert contrast(TEXT, ground) >= 7
        assert contrast(QUIET, ground) >= 7
        assert contrast(LINE, ground) >= 4.5
    assert contrast(RED, "#ffffff") >= 4.5


# -- not a number ------------------------------------------------------------------------------------------------------


def red(drawing: Drawing) -> dict[str, list[str]]:
    """The red nodes: title -> what is said of them."""
    nodes = read_dot(drawing.dot)[0].values()
    return {n.title or n.kind: n.notes for n in nodes if f'color="{RED}"' in n.attributes}


def test_what_is_not_finite_is_red_and_the_first_is_named() -> None:
    x = autograd.tensor([4.0, -1.0], requires_grad=True)
    with record():
        y = (x.sqrt() * 2).sum()
        y.backward()
    drawing = draw(y, names={"x": x})
    found = red(drawing)
    assert found["sqrt"] == ["first nan of forward"]
    assert found["mul"] == []
    assert found["sum"] == []
    assert found["x"] == ["first nan of backward, made by sqrt"]


def test_a_gradient_that_is_not_finite_where_all_values_are() -> None:
    x = autograd.tensor(0.0, requires_grad=True)
    with record():
        y = x.sqrt() * 3
        y.backward()
    assert red(draw(y, names={"x": x})) == {"x": ["first inf of backward, made by sqrt"]}


def test_a_mask_of_minus_infinity_is_not_red_itself() -> None:
    mask = autograd.tensor([0.0, -np.inf])
    x = autograd.tensor([1.0, 2.0], requires_grad=True)
    with record():
        y = (x + mask).softmax(0).max()
        y.backward()
    assert "mask" not in red(draw(y, names={"x": x, "mask": mask}))


def test_an_input_that_is_not_a_number() -> None:
    x = autograd.tensor([1.0, np.nan], requires_grad=True)
    assert red(draw(x.exp(), names={"x": x}))["x"] == ["nan in the input"]


def test_a_block_with_a_nan_inside_is_red() -> None:
    class Root(nn.Module):
        def forward(self, x: Any) -> Any:
            return (x - 3).sqrt()

    model = nn.Sequential(nn.Linear(2, 2), Root(), nn.Softplus())
    with record(model):
        y = model(autograd.tensor([[1.0, 1.0]])).sum()
    found = red(draw(y, params=model, depth=1))
    assert found["Root"] == ["1", "sqrt: first nan of forward"]
    assert found["Softplus"] == ["2", "nan inside"]
    assert "Linear" not in found


def test_a_layer_with_a_nan_is_not_folded_into_those_without() -> None:
    x = autograd.tensor([4.0, 4.0], requires_grad=True)
    y = x
    with record():
        for i in range(12):
            y = (y - (20.0 if i == 6 else 0.0)).sqrt()
        y.sum().backward()
    drawing = draw(y, fold=True, names={"x": x})
    assert [c.times for c in drawing.scene.clusters()] == [6, 5]
    nodes = read_dot(drawing.dot)[0].values()
    assert [n.title for n in nodes if "first nan of forward" in n.notes] == ["sqrt"]


def test_finite_drawings_have_no_red() -> None:
    assert red(product()) == {}


def test_the_word_for_what_is_not_finite() -> None:
    assert not_finite(Numbers.of([1.0, np.nan, np.inf])) == "nan"
    assert not_finite(Numbers.of(np.full(100, -np.inf))) == "inf"
    assert not_finite(Numbers.of(np.arange(100.0))) == ""
    assert not_finite(None) == ""
    assert first_not_finite((), ()) == {}


@needs_renderer
def test_graphviz_shows_blocks_clusters_legend_and_red_as_the_text_says() -> None:
    model = nn.Sequential(nn.Sequential(nn.Linear(2, 2), nn.Tanh()), nn.Linear(2, 2))
    with record(model):
        y = model(autograd.tensor([[np.nan, 1.0]])).sum()
        y.backward()
    drawing = draw(y, params=model, collapse=["0.*"], color="grad", show=FACTS)
    texts = svg_texts(drawing.svg())
    nodes, edges = read_dot(drawing.dot)
    assert texts.keys() == {*nodes, *(f"{a}->{b}" for a, b, _ in edges)}
    for id, node in nodes.items():
        said = "".join(texts[id]).replace(" ", "")
        assert said.startswith(node.title.replace(" ", ""))
        for key, value in node.facts.items():
            assert f"{key}{value}".replace(" ", "") in said
        for note in node.notes:
            assert note.replace(" ", "") in said
    whole = drawing.svg()
    for text in ("Sequential", "|grad|, largest of each node:", "nan"):
        assert text in whole.replace("&#160;", " ")
