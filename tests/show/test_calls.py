"""Calls of modules: a module that is called several times is several clusters, each with its number."""

from __future__ import annotations

from typing import Any

import autograd
import nn
from autograd.show import draw, draw_module, record, trace
from autograd.show.drawing.scene import Cluster
from autograd.value import Value
from nn.scalar import Neuron


class Twice(nn.Module):
    """Calls each of its modules two times, with nothing between."""

    def __init__(self) -> None:
        super().__init__()
        self.block = nn.Sequential(nn.Linear(2, 2), nn.Tanh())
        self.act = nn.ReLU()
        self.once = nn.Linear(2, 1)

    def forward(self, x: Any) -> Any:
        return self.once(self.act(self.act(self.block(self.block(x)))))


def clusters(parts: Any) -> list[Any]:
    """(path, call, calls, what is inside) of each cluster, and the operations between."""
    return [
        (p.path, p.call, p.calls, clusters(p.parts)) if isinstance(p, Cluster) else p.op
        for p in parts
        if isinstance(p, Cluster) or getattr(p, "op", "")
    ]


def test_two_calls_with_nothing_between_are_two_clusters() -> None:
    model = Twice()
    with record(model):
        y = model(autograd.ones(3, 2)).sum()
    drawing = draw(y, params=model, fold=False)
    block = [[("block.0", call, 2, ["linear"]), ("block.1", call, 2, ["tanh"])] for call in (1, 2)]
    assert clusters(drawing.scene.parts) == [
        ("block", 1, 2, block[0]),
        ("block", 2, 2, block[1]),
        ("act", 1, 2, ["relu"]),
        ("act", 2, 2, ["relu"]),
        ("once", 1, 1, ["linear"]),
        "sum",
    ]
    for said in ("call 1 of 2", "call 2 of 2"):
        assert drawing.dot.count(said) == 4
    folded = draw(y, params=model, fold=True)
    assert [(p.path, p.times) for p in folded.scene.parts if isinstance(p, Cluster)] == [
        ("block", 1),  # which holds the parameters, as the other does not
        ("block", 1),
        ("act", 2),
        ("once", 1),
    ]
    assert folded.dot.count("calls 1 to 2 of 2") == 1
    blocks = draw_module(model, autograd.ones(3, 2), depth=1, fold=False).scene.blocks()
    assert [(b.path, b.call, b.calls) for b in blocks] == [
        ("block", 1, 2),
        ("block", 2, 2),
        ("act", 1, 2),
        ("act", 2, 2),
        ("once", 1, 1),
    ]


def test_calls_of_modules_of_values_are_told_apart() -> None:
    neuron = Neuron(1)
    with record({"neuron": neuron}):
        y = neuron([neuron([Value(2.0)])]) + neuron([Value(3.0)])
    parts = draw(y, fold=False).scene.parts
    found = sorted(c for c in clusters(parts) if isinstance(c, tuple))
    assert [(path, call, calls) for path, call, calls, _ in found] == [("neuron", i, 3) for i in (1, 2, 3)]
    assert all(inside == ["dot", "ReLU"] for _, _, _, inside in found)


def test_the_calls_are_in_the_data_of_a_graph() -> None:
    model = Twice()
    with record(model):
        y = model(autograd.ones(3, 2)).sum()
    nodes = [n for n in trace(y, params=model).nodes if n.op]
    assert [n.op for n in nodes] == ["linear", "tanh", "linear", "tanh", "relu", "relu", "linear", "sum"]
    assert [n.calls[-1] if n.calls else None for n in nodes] == [
        ("block.0", 3),
        ("block.1", 4),
        ("block.0", 6),
        ("block.1", 7),
        ("act", 8),
        ("act", 9),
        ("once", 10),
        None,
    ]
    assert nodes[0].calls == (("", 1), ("block", 2), ("block.0", 3))
