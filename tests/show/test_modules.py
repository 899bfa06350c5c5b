"""Modules in a drawing: clusters, blocks, what is folded, and the budget."""

from __future__ import annotations

import re
from typing import Any

import pytest

import autograd
import nn
from autograd.errors import ArgumentError
from autograd.show import Drawing, GraphNode, draw, draw_module, record, trace
from autograd.show.drawing.arrange import AIM, MOST
from autograd.show.drawing.scene import Block, Cluster
from autograd.value import Value
from nn.scalar import MLP
from tests.show.reading import calls_in, caption, needs_renderer, read_clusters, read_dot, svg_texts


class Layer(nn.Module):
    """Two linear maps with a way around them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.wide = nn.Linear(width, 2 * width)
        self.narrow = nn.Linear(2 * width, width)

    def forward(self, x: Any) -> Any:
        return x + self.narrow(self.wide(x).relu())


class Stack(nn.Module):
    """Layers one after another, and a head."""

    def __init__(self, layers: int, width: int = 4) -> None:
        super().__init__()
        self.layers = nn.ModuleList([Layer(width) for _ in range(layers)])
        self.head = nn.Linear(width, 1)

    def forward(self, x: Any) -> Any:
        for layer in self.layers:
            x = layer(x)
        return self.head(x)


def drawn(layers: int = 3, **options: Any) -> Drawing:
    autograd.manual_seed(0)
    model, x = Stack(layers), autograd.rand(2, 4)
    with record(model):
        loss = model(x).sum()
        loss.backward()
    return draw(loss, names={"x": x}, params=model, **options)


def blocks(drawing: Drawing) -> dict[str, Block]:
    return {f"{block.path}#{block.call}": block for block in drawing.scene.blocks()}


def titles(drawing: Drawing, ids: list[str]) -> list[str]:
    nodes = read_dot(drawing.dot)[0]
    return [nodes[id].title if id in nodes else id for id in ids]


def test_modules_are_clusters_in_one_another() -> None:
    drawing = drawn()
    clusters = read_clusters(drawing.dot)
    assert clusters[""] == ["n14", "layers ModuleList", "head Linear", "n28"]
    assert clusters["layers ModuleList"] == [f"layers ModuleList / {i} Layer" for i in range(3)]
    first = "layers ModuleList / 0 Layer"
    assert titles(drawing, clusters[first]) == [
        f"{first} / wide Linear",
        "relu",
        f"{first} / narrow Linear",
        "add",
    ]
    assert titles(drawing, clusters[f"{first} / wide Linear"]) == ["weight", "bias", "linear"]
    nodes = read_dot(drawing.dot)[0]
    assert (nodes["n14"].title, nodes["n28"].title) == ("x", "sum")
    assert len(nodes) == len(drawing.graph.nodes) == 29


def test_modules_are_collapsed_to_a_depth() -> None:
    drawing = drawn(depth=1)
    found = blocks(drawing)
    assert list(found) == ["layers#1", "head#1"]
    layers = found["layers#1"]
    per_layer = (4 * 8 + 8) + (8 * 4 + 4)
    assert (layers.kind, layers.parameters, layers.operations) == ("ModuleList", 3 * per_layer, 12)
    assert (layers.inputs, layers.outputs) == (("(2, 4)",), ("(2, 4)",))
    nodes, edges = read_dot(drawing.dot)
    shown = nodes["m0"]
    assert shown.title == "ModuleList"
    assert shown.facts["parameters"] == f"{3 * per_layer}"
    assert (shown.facts["in"], shown.facts["out"]) == ("(2, 4)", "(2, 4)")
    assert shown.notes == ["layers"]
    assert edges == [("n14", "m0", ""), ("m0", "m1", ""), ("m1", "n28", "")]
    assert [block.path for block in drawn(depth=2).scene.blocks()] == ["layers.0", "layers.1", "layers.2"]
    assert len(list(drawn(depth=3).scene.blocks())) == 6
    with pytest.raises(ArgumentError, match="depth must be at least 1"):
        drawn(depth=0)


def test_modules_are_collapsed_by_path_or_class() -> None:
    assert list(blocks(drawn(collapse="layers.1"))) == ["layers.1#1"]
    assert list(blocks(drawn(collapse=["layers.?", "head"]))) == [
        "layers.0#1", "layers.1#1", "layers.2#1", "head#1",
    ]  # fmt: skip
    assert len(blocks(drawn(collapse="Linear"))) == 7
    with pytest.raises(ArgumentError, match=r"no module 'tail' to collapse; there are layers, layers\.0, "):
        drawn(collapse="tail")
    with pytest.raises(ArgumentError, match=r"knows of no modules: compute it in show\.record\(model\)"):
        draw(Value(1.0).exp(), collapse="layers")


def test_repeated_modules_are_folded() -> None:
    drawing = drawn(12, fold=True)
    (cluster,) = [c for c in drawing.scene.clusters() if c.times > 1]
    assert (cluster.path, cluster.last, cluster.kind, cluster.times) == ("layers.0", "layers.11", "Layer", 12)
    assert "Folded: layers.0 … 11 Layer ×12. Its numbers are those of the first." in caption(drawing.dot)
    clusters = read_clusters(drawing.dot)
    assert "layers ModuleList / 0 … 11 Layer ×12" in clusters
    nodes, edges = read_dot(drawing.dot)
    assert len(nodes) == 1 + 8 + 3 + 1
    by_title = {n.title: n.id for n in nodes.values()}
    again = {(a, b) for a, b, label in edges if label == "next"}
    (wide,) = [b for a, b, _ in edges if a == by_title["x"] and b != by_title["add"]]
    assert again == {(by_title["add"], wide), (by_title["add"], by_title["add"])}
    out = {b for a, b, label in edges if a == by_title["add"] and label != "next"}
    assert titles(drawing, sorted(out)) == ["linear"], "the head takes what the last of them returns"


def test_folded_and_collapsed_is_one_block() -> None:
    drawing = drawn(12, depth=2, fold=True)
    (block,) = drawing.scene.blocks()
    assert (block.path, block.last, block.times, block.parameters) == ("layers.0", "layers.11", 12, 76)
    shown = read_dot(drawing.dot)[0][block.id]
    assert shown.title == "Layer ×12"
    assert shown.notes == ["0 … 11"]
    assert shown.facts["parameters"] == "76 each"


def test_what_differs_is_not_folded() -> None:
    class Odd(Stack):
        def __init__(self) -> None:
            super().__init__(5)
            self.layers[2].narrow = nn.Linear(8, 4, bias=False)

    model = Odd()
    with record(model):
        loss = model(autograd.rand(2, 4)).sum()
    scene = draw(loss, params=model, fold=True).scene
    assert [(c.path, c.last, c.times) for c in scene.clusters() if c.times > 1] == [
        ("layers.0", "layers.1", 2),
        ("layers.3", "layers.4", 2),
    ]


def test_branches_side_by_side_are_folded() -> None:
    class Heads(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.heads = nn.ModuleList([nn.Linear(4, 2) for _ in range(6)])

        def forward(self, x: Any) -> Any:
            x = x * 2
            return autograd.cat([head(x) for head in self.heads], dim=1)

    model = Heads()
    with record(model):
        y = model(autograd.rand(3, 4, requires_grad=True))
    (cluster,) = [c for c in draw(y, params=model, fold=True).scene.clusters() if c.times > 1]
    assert (cluster.path, cluster.last, cluster.times) == ("heads.0", "heads.5", 6)
    assert draw(y, params=model, fold=True).scene.again == ()


def test_repeated_operations_are_folded() -> None:
    x = autograd.rand(3, requires_grad=True)
    y = x
    for _ in range(20):
        y = (y * 1.5).tanh()
    drawing = draw(y, fold=True, names={"x": x})
    (cluster,) = drawing.scene.clusters()
    assert cluster.times == 19
    assert [part.op for part in cluster.parts if isinstance(part, GraphNode) and part.op] == ["mul", "tanh"]
    assert "Folded: mul, tanh ×19." in caption(drawing.dot)
    assert not list(draw(y).scene.clusters()), "there is no need to fold so few"


def test_named_operations_and_results_are_not_folded() -> None:
    x = autograd.rand(3, requires_grad=True)
    seen = [x]
    for _ in range(6):
        seen.append(seen[-1].tanh())
    named = draw(seen[-1], fold=True, names={"middle": seen[3]}).scene
    assert [node.name for node in named.boxes() if node.op == "tanh" and node.name] == ["middle"]  # type: ignore[union-attr]
    assert not any(
        c.times > 1 for c in draw(seen[1:], fold=True).scene.clusters() if "result" in str(c.parts)
    )


def test_shared_weights_stand_beside_the_modules() -> None:
    class Tied(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed = nn.Embedding(5, 3)
            self.head = nn.Linear(3, 5, bias=False)
            self.head.weight = self.embed.weight

        def forward(self, i: Any) -> Any:
            return self.head(self.embed(i))

    model = Tied()
    with record(model):
        y = model(autograd.tensor([1, 2])).sum()
    drawing = draw(y, params=model, depth=1)
    nodes, edges = read_dot(drawing.dot)
    (weight,) = [n for n in nodes.values() if n.kind == "parameter"]
    assert weight.title == "embed.weight"
    assert {b for a, b, _ in edges if a == weight.id} == {"m0", "m1"}
    assert [block.shared for block in drawing.scene.blocks()] == [(), ("embed.weight",)]


def test_a_module_that_is_called_again_is_drawn_again() -> None:
    model = nn.ModuleDict({"f": nn.Linear(2, 2), "g": nn.Linear(2, 2)})
    with record(model):
        x = autograd.rand(1, 2)
        y = model["f"](model["g"](model["f"](x)).tanh()).sum()
    drawing = draw(y, names={"x": x}, params=model, depth=1)
    assert list(blocks(drawing)) == ["f#1", "g#1", "f#2"]
    assert [b.calls for b in drawing.scene.blocks()] == [2, 1, 2]
    nodes, edges = read_dot(drawing.dot)
    assert nodes["m0"].kind == "call 1 of 2"
    assert [b.outputs for b in drawing.scene.blocks()] == [("(1, 2)",)] * 3, "parameters do not come out"
    assert [b.shared for b in drawing.scene.blocks()] == [()] * 3
    assert ("m0", "m2", "") not in edges, "the weight of both is no flow of data"
    assert {(a, b) for a, b, _ in edges if b.startswith("m")} == {
        (nodes_by(nodes, "x"), "m0"), ("m0", "m1"), (nodes_by(nodes, "tanh"), "m2"),
    }  # fmt: skip


def nodes_by(nodes: dict[str, Any], title: str) -> str:
    (found,) = [n.id for n in nodes.values() if n.title == title]
    return str(found)


def test_names_of_parameters_tell_modules_where_nothing_was_recorded() -> None:
    autograd.manual_seed(0)
    model, x = Stack(2), autograd.rand(2, 4)
    loss = model(x).sum()
    drawing = draw(loss, names={"x": x}, params=model, depth=2)
    assert [(b.path, b.kind, b.parameters) for b in drawing.scene.blocks()] == [
        ("layers.0", "Layer", 76),
        ("layers.1", "Layer", 76),
    ]
    inside = read_clusters(draw(loss, names={"x": x}, params=model).dot)
    assert "layers ModuleList / 0 Layer / narrow Linear" in inside


def test_a_list_of_parameters_knows_no_modules() -> None:
    model = Stack(1)
    loss = model(autograd.rand(2, 4)).sum()
    assert list(draw(loss, params=list(model.parameters())).scene.clusters()) == []


def test_networks_of_values_have_modules_too() -> None:
    model = MLP(2, [3, 1])
    with record(model) as tape:
        y = model([1.0, 2.0])
        y.backward()
    drawing = draw(tape, depth=1)
    assert [(b.path, b.kind, b.parameters) for b in drawing.scene.blocks()] == [
        ("layers.0", "Layer", 9),
        ("layers.1", "Layer", 4),
    ]


# -- the budget --------------------------------------------------------------------------------------------------------


def test_few_nodes_are_all_drawn() -> None:
    drawing = drawn(3)
    assert len(list(drawing.scene.boxes())) == 29 < AIM
    assert drawing.scene.notes == ()


def test_many_nodes_are_folded_first() -> None:
    drawing = drawn(20)
    assert len(drawing.graph.nodes) == 1 + 20 * 8 + 3 + 1
    assert len(list(drawing.scene.boxes())) <= AIM
    assert list(drawing.scene.blocks()) == []
    assert any(c.times == 20 for c in drawing.scene.clusters())


def test_then_the_deepest_modules_are_collapsed() -> None:
    drawing = drawn(20, max_nodes=10)
    assert [block.path for block in drawing.scene.blocks()] == ["layers.0.wide", "layers.0.narrow"]
    assert "2 modules collapsed to keep within 10 nodes" in caption(drawing.dot)
    drawing = drawn(20, max_nodes=6)
    (block,) = drawing.scene.blocks()
    assert (block.path, block.times) == ("layers.0", 20)


def test_then_the_nearest_are_drawn() -> None:
    drawing = drawn(20, max_nodes=2)
    assert len(list(drawing.scene.boxes())) == 2
    assert "More than 2 nodes: these are the 2 nearest the result." in caption(drawing.dot)


def test_blocks_may_not_be_folded() -> None:
    drawing = drawn(20, fold=False, max_nodes=30)
    assert not any(part.times > 1 for part in (*drawing.scene.clusters(), *drawing.scene.blocks()))
    assert len(list(drawing.scene.blocks())) >= 20
    assert len(list(drawing.scene.boxes())) <= 30


def transformer() -> Drawing:
    """A graph of more than 3,000 nodes."""
    autograd.manual_seed(0)
    model = nn.Transformer(16, 2, 28, 28, 32, batch_first=True)
    src, tgt = autograd.rand(1, 3, 16), autograd.rand(1, 2, 16)
    with record(model):
        loss = model(src, tgt).sum()
        loss.backward()
    return draw(loss, names={"src": src, "tgt": tgt}, params=model, direction="TB")


@needs_renderer
def test_a_transformer_of_three_thousand_nodes_stays_readable() -> None:
    drawing = transformer()
    assert len(drawing.graph.nodes) > 3000
    assert len(list(drawing.scene.boxes())) <= AIM
    assert {(c.path, c.times) for c in drawing.scene.clusters() if c.times > 1} == {
        ("encoder.layers.0", 28),
        ("decoder.layers.0", 28),
    }
    said = caption(drawing.dot)
    assert "encoder.layers.0 … 27 TransformerEncoderLayer ×28" in said
    assert "decoder.layers.0 … 27 TransformerDecoderLayer ×28" in said
    width, height = map(float, re.search(r'width="(\d+)pt" height="(\d+)pt"', drawing.svg()).groups())  # type: ignore[union-attr]
    assert width < 2500
    assert height < 4000
    shown = svg_texts(drawing.svg())
    assert sum("MultiheadAttention" in texts for texts in shown.values()) == 3


def test_the_work_of_arranging_grows_with_the_graph() -> None:
    """Twice the layers are twice the calls, not four times."""
    counts = []
    for layers in (30, 60):
        model = Stack(layers)
        with record(model):
            loss = model(autograd.rand(2, 4)).sum()
        graph = trace(loss, params=model, max_nodes=MOST * 10)
        counts.append(calls_in(lambda: Drawing(graph)))  # noqa: B023  called at once
    assert counts[1] < 2.5 * counts[0]


def test_blocks_of_a_drawing_of_a_module_have_all_parameters() -> None:
    drawing = draw_module(Stack(2), autograd.rand(2, 4), depth=2)
    assert sum(b.parameters for b in drawing.scene.blocks()) == 2 * 76 + 5
    assert all(isinstance(part, Cluster | GraphNode | Block) for part in drawing.scene.parts)


def test_a_game_of_two_networks_has_two_results() -> None:
    autograd.manual_seed(0)
    maker, judge = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2)), nn.Linear(2, 1)
    z, real = autograd.randn(4, 2), autograd.randn(4, 2)
    with record({"maker": maker, "judge": judge}) as tape:
        fake = maker(z)
        judged = (judge(real).exp() - judge(fake.detach())).mean()
        made = judge(fake).mean()
        (judged + 0 * made.detach()).backward()
        made.backward()
    drawing = draw([judged, made], names=locals(), params=tape.parameters, depth=1)
    assert [f"{b.path}#{b.call}" for b in drawing.scene.blocks()] == [
        "maker#1",
        "judge#1",
        "judge#2",
        "judge#3",
    ]
    nodes, edges = read_dot(drawing.dot)
    assert {n.title for n in nodes.values() if n.kind == "result"} == {"judged = mean", "made = mean"}
    flow = {(nodes[a].title, nodes[b].title, nodes[b].kind) for a, b, _ in edges}
    assert ("z", "Sequential", "operation") in flow
    assert ("Sequential", "Linear", "call 3 of 3") in flow
    assert ("real", "Linear", "call 1 of 3") in flow
    assert ("Sequential", "Linear", "call 2 of 3") not in flow, "what is detached has no edge"
