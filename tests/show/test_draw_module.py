"""`draw_module`: the architecture, and that the model is as before."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from autograd.errors import ArgumentError, ShapeError
from autograd.modes import MODE
from autograd.show import Drawing, draw_module
from autograd.show.drawing.scene import Block
from tests.show.reading import caption, needs_renderer, read_clusters, read_dot, svg_texts


class ResidualBlock(nn.Module):
    """As in ResNet-18."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.down = nn.Conv2d(inputs, outputs, 1, stride) if stride > 1 else None

    def forward(self, x: Any) -> Any:
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        return self.relu(y + (x if self.down is None else self.down(x)))


def flow(drawing: Drawing) -> set[tuple[str, str]]:
    """The edges, between paths of blocks, names and operations."""
    names = {
        box.id: f"{box.path}#{box.call}" if isinstance(box, Block) else box.name or box.op
        for box in drawing.scene.boxes()
    }
    return {(names[e.source], names[e.target]) for e in drawing.scene.edges}


def test_a_residual_block() -> None:
    model = ResidualBlock(4, 8, 2)
    drawing = draw_module(model, autograd.zeros(2, 4, 6, 6))
    assert flow(drawing) == {
        ("x", "conv1#1"), ("conv1#1", "bn1#1"), ("bn1#1", "relu#1"), ("relu#1", "conv2#1"), ("conv2#1", "bn2#1"),
        ("bn2#1", "add"), ("x", "down#1"), ("down#1", "add"), ("add", "relu#2"), ("relu#2", "output"),
    }  # fmt: skip
    blocks = {b.path: b for b in drawing.scene.blocks()}
    assert (blocks["conv1"].parameters, blocks["bn1"].parameters, blocks["relu"].parameters) == (288, 16, 0)
    assert (blocks["down"].inputs, blocks["down"].outputs) == (("(2, 4, 6, 6)",), ("(2, 8, 3, 3)",))
    count = sum(p.numel() for p in model.parameters())
    assert f"ResidualBlock: {count:,} parameters" in caption(drawing.dot)
    nodes = {n.title: n for n in read_dot(drawing.dot)[0].values()}
    assert (nodes["x"].kind, nodes["x"].facts) == ("input", {"shape": "(2, 4, 6, 6) float32"})
    assert (nodes["output"].kind, nodes["output"].facts) == ("output", {"shape": "(2, 8, 3, 3) float32"})


@needs_renderer
def test_the_picture_shows_it() -> None:
    drawing = draw_module(ResidualBlock(4, 8, 2), autograd.zeros(2, 4, 6, 6), direction="LR")
    texts = svg_texts(drawing.svg())
    nodes, _ = read_dot(drawing.dot)
    for id, node in nodes.items():
        assert "".join(texts[id]).replace(" ", "").startswith(node.title.replace(" ", ""))


def everything(model: Any) -> list[Any]:
    """All there is to see of a model's state."""
    return [
        [module.training for module in model.modules()],
        [(p.requires_grad, p.grad is None, p.detach().numpy().copy().tolist()) for p in model.parameters()],
        [b.numpy().copy().tolist() for b in model.buffers()],
        [bool(vars(module).get("_call_hooks")) for module in model.modules()],
        autograd.get_rng_state().tolist(),
        MODE.get() is STANDARD,
    ]


STANDARD = MODE.get()


class Sampling(nn.Module):
    """Draws random numbers, and changes its buffers in every mode."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(3)
        self.drop = nn.Dropout(0.5)
        self.frozen = nn.Linear(3, 3).requires_grad_(False)
        self.register_buffer("seen", autograd.zeros(1))
        self.register_buffer("latest", autograd.zeros(3))

    def forward(self, x: Any) -> Any:
        self.seen += 1
        self.latest = x.detach()[0]
        x += autograd.randn(3)
        return self.frozen(self.drop(self.norm(x)))


def test_the_model_and_the_input_are_as_before() -> None:
    autograd.manual_seed(3)
    model = nn.Sequential(Sampling(), nn.Sequential(nn.Linear(3, 2)).eval())
    x = autograd.rand(4, 3)
    values = x.tolist()
    before = everything(model)
    latest = model[0].latest
    drawing = draw_module(model, x)
    assert everything(model) == before
    assert model[0].latest is latest
    assert x.tolist() == values
    assert not x.requires_grad
    frozen = next(b for b in drawing.scene.blocks() if b.path == "0.frozen")
    assert (frozen.parameters, frozen.frozen) == (0, 12)
    assert "12 of them frozen" in caption(drawing.dot)


def test_a_model_that_fails_is_as_before_and_says_where() -> None:
    model, x = nn.Sequential(Sampling(), nn.Sequential(nn.Linear(4, 2))), autograd.rand(4, 3)
    before = everything(model)
    with pytest.raises(ShapeError) as caught:
        draw_module(model, x)
    assert everything(model) == before
    assert caught.value.__notes__ == ["draw_module: the model ran as far as 1.0 (Linear), which got (4, 3)"]


def test_lazy_modules_are_complete_afterwards() -> None:
    model = nn.Sequential(nn.LazyLinear(4), nn.ReLU(), nn.LazyBatchNorm1d())
    drawing = draw_module(model, autograd.rand(5, 3))
    assert [b.parameters for b in drawing.scene.blocks()] == [16, 0, 8]
    assert type(model[0]) is nn.Linear
    assert model.training


def test_layers_that_hand_on_what_they_get_are_drawn() -> None:
    model = nn.Sequential(nn.Identity(), nn.Dropout(0.5), nn.Sequential(nn.Identity()), nn.Linear(2, 1))
    assert flow(draw_module(model, autograd.rand(1, 2))) == {
        ("input", "0#1"), ("0#1", "1#1"), ("1#1", "2.0#1"), ("2.0#1", "3#1"), ("3#1", "output"),
    }  # fmt: skip


class Pair(NamedTuple):
    """Two results."""

    total: Any
    index: Any


def test_several_inputs_keywords_and_results() -> None:
    class Both(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed = nn.Embedding(7, 4)
            self.add = nn.Bilinear(4, 4, 2)

        def forward(self, tokens: Any, others: Any, *, scale: Any, flip: bool = False) -> Any:
            a, b = self.embed(tokens), others["b"]
            return Pair(self.add(a, b) * scale, a.argmax(1)) if flip else None

    drawing = draw_module(
        Both(),
        autograd.tensor([1, 2, 3]),
        {"b": autograd.rand(3, 4)},
        kwargs={"scale": autograd.tensor(2.0), "flip": True},
    )
    assert flow(drawing) == {
        ("tokens", "embed#1"), ("embed#1", "add#1"), ("others", "add#1"), ("scale", "mul"), ("add#1", "mul"),
        ("mul", "output"),
    }  # fmt: skip


def test_recurrent_layers_and_dicts_of_results() -> None:
    class Tagger(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm = nn.LSTM(3, 5, 2, bidirectional=True)
            self.out = nn.Linear(10, 2)

        def forward(self, x: Any) -> Any:
            h, (state, _) = self.lstm(x)
            return {"tags": self.out(h), "state": state}

    drawing = draw_module(Tagger(), autograd.rand(4, 1, 3))
    assert flow(drawing) == {
        ("x", "lstm#1"), ("lstm#1", "out#1"), ("lstm#1", "output 2"), ("out#1", "output 1"),
    }  # fmt: skip
    lstm, _ = drawing.scene.blocks()
    assert set(lstm.outputs) == {"(4, 1, 10)", "(4, 1, 5)"}
    assert lstm.parameters == sum(p.numel() for p in nn.LSTM(3, 5, 2, bidirectional=True).parameters())


def test_a_transformer_is_folded_and_its_modules_are_clusters() -> None:
    model = nn.Transformer(8, 2, 6, 6, 16, batch_first=True)
    drawing = draw_module(model, autograd.rand(1, 3, 8), autograd.rand(1, 2, 8))
    clusters = read_clusters(drawing.dot)
    assert "encoder TransformerEncoder / layers ModuleList / 0 … 5 TransformerEncoderLayer ×6" in clusters
    assert (
        len(clusters["decoder TransformerDecoder / layers ModuleList / 0 … 5 TransformerDecoderLayer ×6"])
        == 15
    )
    shallow = draw_module(model, autograd.rand(1, 3, 8), autograd.rand(1, 2, 8), depth=1)
    assert flow(shallow) == {
        ("src", "encoder#1"), ("tgt", "decoder#1"), ("encoder#1", "decoder#1"), ("decoder#1", "output"),
    }  # fmt: skip
    assert sum(b.parameters for b in shallow.scene.blocks()) == sum(p.numel() for p in model.parameters())


def test_shared_weights_and_modules_called_twice() -> None:
    class Tied(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed = nn.Embedding(6, 4)
            self.body = nn.Linear(4, 4)
            self.head = nn.Linear(4, 6, bias=False)
            self.head.weight = self.embed.weight

        def forward(self, i: Any) -> Any:
            return self.head(self.body(F.relu(self.body(self.embed(i)))))

    drawing = draw_module(Tied(), autograd.tensor([1, 2]))
    assert flow(drawing) == {
        ("i", "embed#1"), ("embed#1", "body#1"), ("body#1", "relu"), ("relu", "body#2"), ("body#2", "head#1"),
        ("head#1", "output"), ("embed.weight", "embed#1"), ("embed.weight", "head#1"),
    }  # fmt: skip
    assert "Tied: 44 parameters" in caption(drawing.dot)


def test_a_single_layer_is_a_block() -> None:
    assert flow(draw_module(nn.Linear(3, 2), autograd.rand(1, 3))) == {
        ("input", "Linear#1"), ("Linear#1", "output"),
    }  # fmt: skip


def test_modules_that_are_not_used_are_named() -> None:
    class Spare(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.used, self.spare = nn.Linear(2, 2), nn.Sequential(nn.Linear(2, 2))
            self.by_hand = nn.Linear(2, 2)

        def forward(self, x: Any) -> Any:
            return F.linear(self.used(x), self.by_hand.weight)

    assert "Not used: spare" in caption(draw_module(Spare(), autograd.rand(1, 2)).dot).replace("Spare: ", "")


def test_what_is_no_module() -> None:
    with pytest.raises(ArgumentError, match="draw_module: needs a module, got function"):
        draw_module(lambda x: x, autograd.rand(1))


def test_gradients_that_are_there_stay() -> None:
    model = nn.Linear(2, 1)
    model(autograd.ones(1, 2)).sum().backward()
    draw_module(model, autograd.rand(1, 2))
    assert model.weight.grad is not None
    np.testing.assert_array_equal(model.weight.grad.numpy(), [[1.0, 1.0]])
