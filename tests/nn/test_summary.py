"""`nn.summary`: the table, its numbers beside PyTorch's counts, and that the model is as before."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

import autograd
import nn
from autograd.errors import ArgumentError, ShapeError


def small() -> Any:
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 8 * 8, 10)
    )


def test_rows() -> None:
    model = small()
    model[1].requires_grad_(False)
    found = nn.summary(model, autograd.zeros(2, 1, 8, 8))
    assert [(r.path, r.kind, r.outputs, r.parameters, r.trainable, r.products) for r in found.rows] == [
        ("", "Sequential", ((2, 10),), 2618, 2610, 2 * 4 * 64 * 9 + 2 * 256 * 10),
        ("0", "Conv2d", ((2, 4, 8, 8),), 40, 40, 2 * 4 * 64 * 9),
        ("1", "BatchNorm2d", ((2, 4, 8, 8),), 8, 0, 0),
        ("2", "ReLU", ((2, 4, 8, 8),), 0, 0, 0),
        ("3", "Flatten", ((2, 256),), 0, 0, 0),
        ("4", "Linear", ((2, 10),), 2570, 2570, 2 * 256 * 10),
    ]
    assert (found.parameters, found.trainable, found.products) == (2618, 2610, 2 * 4 * 64 * 9 + 2 * 256 * 10)
    assert found.input_bytes == 2 * 64 * 4
    assert found.parameter_bytes == 2618 * 4 + (4 + 4) * 4 + 8
    assert found.output_bytes == 4 * (3 * 2 * 4 * 64 + 2 * 256 + 2 * 10)


def test_the_table_is_its_text() -> None:
    text = str(nn.summary(small(), autograd.zeros(2, 1, 8, 8)))
    assert text == repr(nn.summary(small(), autograd.zeros(2, 1, 8, 8)))
    lines = text.splitlines()
    assert lines[0].split() == ["Layer", "Input", "Output", "Parameters", "Trainable", "Multiply-adds"]
    assert lines[3].split()[:3] == ["├─", "0", "Conv2d"]
    assert lines[3].split()[-3:] == ["40", "40", "4,608"]
    assert lines[7].startswith("└─ 4 Linear")
    assert "Parameters: 2,618 (2,618 trainable, 0 frozen)" in text
    assert "Multiply-adds: 9,728" in text


def test_a_notebook_shows_a_table() -> None:
    table = ElementTree.fromstring(
        f"<div>{nn.summary(small(), (2, 1, 8, 8))._repr_html_()}</div>".replace("<br>", "")
    )
    rows = [["".join(cell.itertext()) for cell in row] for row in table.iter("tr")]
    assert rows[1] == ["Sequential", "(2, 1, 8, 8)", "(2, 10)", "2,618", "2,618", "9,728"]
    assert rows[2][:4] == ["0 Conv2d", "(2, 1, 8, 8)", "(2, 4, 8, 8)", "40"]
    assert len(rows) == 7


def test_sizes_instead_of_inputs() -> None:
    by_tensor = nn.summary(small(), autograd.zeros(2, 1, 8, 8))
    assert nn.summary(small(), input_size=(2, 1, 8, 8)) == by_tensor
    assert nn.summary(small(), (2, 1, 8, 8)) == by_tensor
    assert nn.summary(small(), np.zeros((2, 1, 8, 8), np.float32)) == by_tensor
    two = nn.summary(nn.Bilinear(3, 4, 2), input_size=[(5, 3), (5, 4)])
    assert two.rows[0].inputs == ((5, 3), (5, 4))
    ids = nn.summary(nn.Embedding(5, 3), input_size=(2, 7), dtypes=[autograd.int64])
    assert ids.rows[0].outputs == ((2, 7, 3),)
    for wrong in ({"input_size": [(1,), "a"]}, {"input_size": (1, 2), "dtypes": [autograd.int64] * 2}):
        with pytest.raises(ArgumentError):
            nn.summary(small(), **wrong)
    with pytest.raises(ArgumentError, match="takes inputs or input_size, not both"):
        nn.summary(small(), autograd.zeros(1), input_size=(1,))
    with pytest.raises(ArgumentError, match="needs a module, got int"):
        nn.summary(3)
    with pytest.raises(ArgumentError, match="depth must be at least 0"):
        nn.summary(small(), depth=-1)
    with pytest.raises(ArgumentError, match="depth must be a whole number, got '2'"):
        nn.summary(small(), depth="2")  # type: ignore[arg-type]  # that is the mistake


def test_without_an_example_there_are_the_parameters() -> None:
    found = nn.summary(small())
    assert [r.parameters for r in found.rows] == [2618, 40, 8, 0, 0, 2570]
    assert {r.calls for r in found.rows} == {None}
    assert "Multiply-adds:" not in str(found)


def test_depth() -> None:
    model = nn.Sequential(nn.Sequential(nn.Sequential(nn.Linear(2, 3))), nn.Linear(3, 1))
    x = autograd.zeros(1, 2)
    assert [r.path for r in nn.summary(model, x, depth=0).rows] == [""]
    assert [r.path for r in nn.summary(model, x, depth=1).rows] == ["", "0", "1"]
    assert [r.path for r in nn.summary(model, x, depth=None).rows] == ["", "0", "0.0", "0.0.0", "1"]
    lines = str(nn.summary(model, x, depth=None)).splitlines()
    assert [line.split("Sequential")[0].split("Linear")[0] for line in lines[2:7]] == [
        "", "├─ 0 ", "│  └─ 0 ", "│     └─ 0 ", "└─ 1 ",
    ]  # fmt: skip
    counts = [r.products for r in nn.summary(model, x, depth=None).rows]
    assert counts == [9, 6, 6, 6, 3]


class Tied(nn.Module):
    """A module called twice, a parameter in two modules, and a list that is not called itself."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(6, 4)
        self.body = nn.ModuleList([nn.Linear(4, 4)])
        self.head = nn.Linear(4, 6, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, i: Any) -> Any:
        return self.head(self.body[0](self.body[0](self.embed(i))))


def test_shared_parameters_count_once() -> None:
    found = nn.summary(Tied(), autograd.tensor([[1, 2, 3]]))
    rows = {r.path: r for r in found.rows}
    assert found.parameters == 24 + 20
    assert rows["head"].shared == ("embed.weight",)
    assert rows["body.0"].calls == 2
    assert rows["body.0"].products == rows["body"].products == 2 * 3 * 16
    assert found.products == 2 * 3 * 16 + 3 * 24
    assert "head Linear (shares embed.weight)" in str(found)
    assert "0 Linear ×2" in str(found)


def test_the_model_is_as_before_also_after_an_error() -> None:
    model = nn.Sequential(nn.BatchNorm1d(3), nn.Dropout(0.5), nn.Linear(3, 2))
    autograd.manual_seed(5)
    state = autograd.get_rng_state().tolist()
    before = {name: t.tolist() for name, t in model.state_dict().items()}
    nn.summary(model, (4, 3))
    with pytest.raises(ShapeError) as caught:
        nn.summary(model, (4, 5))
    assert "summary: the model ran as far as 0 (BatchNorm1d), which got (4, 5)" in caught.value.__notes__
    assert {name: t.tolist() for name, t in model.state_dict().items()} == before
    assert model.training
    assert model[1].training
    assert autograd.get_rng_state().tolist() == state
    assert model[2].weight.grad is None


def test_lazy_modules() -> None:
    model = nn.Sequential(nn.LazyLinear(4), nn.LazyBatchNorm1d())
    assert nn.summary(model).parameters == 0
    assert nn.summary(model, (5, 3)).parameters == 16 + 8


# -- multiply-adds -----------------------------------------------------------------------------------------------------

TORCH_MODELS: dict[str, tuple[Any, list[tuple[int, ...]]]] = {
    "linear": (lambda nn: nn.Linear(5, 7), [(2, 3, 5)]),
    "conv1d": (lambda nn: nn.Conv1d(4, 6, 3, stride=2), [(2, 4, 9)]),
    "conv2d": (lambda nn: nn.Conv2d(4, 6, (3, 2), groups=2, dilation=2, padding=1), [(2, 4, 9, 8)]),
    "conv3d": (lambda nn: nn.Conv3d(2, 3, 2), [(1, 2, 4, 5, 6)]),
    "transposed": (lambda nn: nn.ConvTranspose2d(4, 6, 3, stride=2, groups=2), [(2, 4, 5, 4)]),
    "sequential": (
        lambda nn: nn.Sequential(nn.Linear(3, 8), nn.GELU(), nn.LayerNorm(8), nn.Linear(8, 1)),
        [(6, 3)],
    ),
}


@pytest.mark.parametrize("name", TORCH_MODELS)
def test_multiply_adds_are_half_of_what_pytorch_counts(name: str) -> None:
    torch = pytest.importorskip("torch")
    from torch.utils.flop_counter import FlopCounterMode

    make, shapes = TORCH_MODELS[name]
    with FlopCounterMode(display=False) as counter:
        make(torch.nn)(*(torch.zeros(shape) for shape in shapes))
    assert nn.summary(make(nn), input_size=shapes).products == counter.get_total_flops() / 2 > 0


@pytest.mark.parametrize(
    ("model", "shapes", "count"),
    [
        (nn.LSTM(3, 5), [(7, 2, 3)], 7 * 2 * 4 * 5 * (3 + 5)),
        (nn.LSTM(3, 5, proj_size=2), [(7, 2, 3)], 7 * 2 * (4 * 5 * (3 + 2) + 2 * 5)),
        (nn.GRU(3, 5, 2, bidirectional=True), [(7, 2, 3)], 7 * 2 * 2 * 3 * 5 * ((3 + 5) + (10 + 5))),
        (nn.RNN(3, 5), [(7, 2, 3)], 7 * 2 * 5 * (3 + 5)),
        (nn.Bilinear(3, 4, 2), [(6, 3), (6, 4)], 6 * 3 * 4 + 6 * 2 * 3 * 4),
        (nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), [(3, 5, 8)],
         3 * 5 * (8 * 24 + 8 * 8 + 2 * 8 * 16) + 3 * 5 * 5 * (8 + 8)),
        (nn.MultiheadAttention(8, 2, batch_first=True), [(3, 5, 8), (3, 6, 8), (3, 6, 8)],
         3 * (5 * 64 + 6 * 64 + 6 * 64 + 5 * 64) + 3 * 5 * 6 * (8 + 8)),
        (nn.Embedding(5, 3), None, 0),
    ],
)  # fmt: skip
def test_multiply_adds_by_hand(model: Any, shapes: Any, count: int) -> None:
    inputs = [autograd.zeros(*shape) for shape in shapes] if shapes else [autograd.tensor([1, 2])]
    assert nn.summary(model, *inputs).products == count
