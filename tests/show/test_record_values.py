"""A recorded graph of `Value`s: lines, modules, what backward brought, and where a program stopped."""

from __future__ import annotations

import gc
import math
import random
import sys
import weakref
from pathlib import Path
from typing import Any

import pytest

import autograd
from autograd.errors import DTypeError, ShapeError
from autograd.show import draw, record, trace
from autograd.value import Value, dot
from nn.scalar import MLP, Module, Neuron
from tests.show.test_record import as_json

HERE = Path(__file__).name


def test_a_network_names_its_modules_parameters_and_lines() -> None:
    random.seed(3)
    model = MLP(2, [2, 1], nonlin="tanh")
    with record(model) as tape:
        loss = (model([1.0, -2.0]) - 1) ** 2
        loss.backward()
    graph = trace(loss, params=model)
    by_op = {(n.op, n.module) for n in graph.nodes if n.kind in ("operation", "result")}
    assert by_op == {
        ("dot", "layers.0.neurons.0"),
        ("tanh", "layers.0.neurons.0"),
        ("dot", "layers.0.neurons.1"),
        ("tanh", "layers.0.neurons.1"),
        ("dot", "layers.1.neurons.0"),
        ("-", ""),
        ("**2", ""),
    }
    named = {n.name for n in graph.nodes if n.kind == "parameter"}
    assert named == {name for name, _ in model.named_parameters()}
    assert dict(graph.modules)["layers.1.neurons.0"] == "Neuron"
    assert tape.modules == dict(graph.modules)
    lines = {n.op: n.source for n in graph.nodes if n.op}
    here = lines["**2"]
    assert here is not None
    assert (Path(here.file).name, here.function) == (
        HERE,
        "test_a_network_names_its_modules_parameters_and_lines",
    )
    assert lines["dot"] == lines["tanh"] == here
    assert all(n.source is None for n in graph.nodes if not n.op)
    assert trace(tape, params=model) == graph
    as_json(graph)


def test_what_it_was_outlives_the_next_step_of_training() -> None:
    model = Neuron(1, nonlin=False)
    w, b = model.w[0], model.b
    w.data = 3.0
    with record(model):
        y = model([2.0])
        y.backward()
    model.zero_grad()
    w.data, y.data, y.grad = 100.0, 50.0, 7.0
    graph = trace(y, names={"w": w, "b": b})
    shown = {n.name or n.op: (n.value.elements, n.gradient.elements) for n in graph.nodes}  # type: ignore[union-attr]
    assert shown["w"] == ((3.0,), (2.0,))
    assert shown["b"] == ((0,), (1,))
    assert shown["dot"] == ((6.0,), (1,))
    (edge,) = [e for e in graph.edges if e.parameter == "w1"]
    assert (edge.local, edge.formula) == (2.0, "g * x1")
    assert edge.upstream is not None
    assert edge.contribution is not None
    assert (edge.upstream.elements, edge.contribution.elements) == ((1,), (2.0,))


def test_before_backward_nothing_is_computed_and_afterwards_zero_is_a_gradient() -> None:
    x = Value(-1.0, label="x")
    with record():
        y = x.relu()
        before = trace(y)
        y.backward()
    assert [n.gradient_state for n in before.nodes] == ["not computed"] * 2
    after = trace(y)
    assert [n.gradient_state for n in after.nodes] == ["computed"] * 2
    assert after.nodes[0].gradient is not None
    assert after.nodes[0].gradient.elements == (0,)
    as_json(before)


def test_an_operation_that_fails_is_marked() -> None:
    model = MLP(2, [2, 1])
    x = Value(1.0, label="x")
    with pytest.raises(ShapeError), record(model) as tape:
        model([x.exp(), 2.0, 3.0])
    graph = trace(tape)
    last = graph.nodes[-1]
    assert (last.op, last.kind, last.module) == ("dot", "result", "layers.0.neurons.0")
    assert last.error == "ShapeError: dot: 3 inputs but 2 weights; give one weight for each input"
    assert last.source is not None
    assert Path(last.source.file).name == HERE
    assert "exp" in {n.op for n in graph.nodes}
    assert len([e for e in graph.edges if e.target == last.id]) == 6, "all that dot was given"
    as_json(graph)
    assert "ShapeError: dot" in draw(tape).dot


@pytest.mark.parametrize("other", ["2", None, [1.0]])
def test_an_operator_that_refuses_is_marked(other: Any) -> None:
    x = Value(1.0, label="x")
    with pytest.raises(TypeError), record() as tape:
        _ = (x * 2) + other
    last = trace(tape).nodes[-1]
    assert last.op == "+"
    assert last.error.startswith("TypeError: unsupported operand")
    with pytest.raises(DTypeError), record() as tape:
        (x * 2).maximum(other)
    graph = trace(tape)
    assert [n.op for n in graph.nodes if n.op] == ["*", "maximum"]
    assert "DTypeError" in graph.nodes[-1].error


def test_a_step_of_the_chain_rule_that_fails_is_marked() -> None:
    class Broken(Value):
        def _backward(self) -> None:
            raise ZeroDivisionError("by hand")

    x = Value(1.0)
    with pytest.raises(ZeroDivisionError), record() as tape:
        (Broken(2.0, (x,), "broken") * 3).backward()
    assert [(n.op, n.error) for n in trace(tape).nodes if n.error] == [
        ("broken", "ZeroDivisionError: by hand")
    ]


def test_a_program_that_stops_elsewhere_says_where() -> None:
    x = Value(-1.0)
    with pytest.raises(ValueError), record() as tape:  # noqa: PT011  the interpreter's own message
        math.sqrt((x * 2).data)
    graph = trace(tape)
    assert [n.op for n in graph.nodes if n.op] == ["*"]
    assert graph.notes[0].startswith("The program stopped at line ")
    assert HERE in graph.notes[0]
    assert "ValueError" in graph.notes[0]
    w = autograd.tensor(1.0, requires_grad=True)
    with pytest.raises(KeyError), record() as tape:
        {}[w.exp().item()]
    assert "KeyError" in trace(tape).notes[0]


def test_an_error_that_is_dealt_with_is_none() -> None:
    x = Value(1.0)
    with record() as tape:
        with pytest.raises(TypeError):
            _ = x + "2"
        _ = x.exp()
    graph = trace(tape)
    assert [n.op for n in graph.nodes] == ["", "exp"]
    assert not graph.notes


def test_both_kinds_in_one_recording() -> None:
    w = autograd.tensor(2.0, requires_grad=True)
    with record() as tape:
        y = w.exp()
        v = Value(1.0).exp()
    assert trace(tape).notes == ("Values were recorded as well: trace one of them to see these.",)
    assert trace(v).nodes[-1].source is not None
    assert trace(y).nodes[-1].source is not None
    with pytest.raises(ShapeError), record() as tape:
        dot([w.exp().item()], [Value(1.0), Value(2.0)])
    graph = trace(tape)
    assert "ShapeError" in graph.nodes[-1].error
    assert graph.notes[0].startswith("Tensors were recorded as well")


def test_recording_leaves_nothing_on() -> None:
    x = Value(1.0)
    before = sys.getprofile()
    with pytest.raises(RuntimeError), record():
        raise RuntimeError
    with record(), record():
        inner = x.exp()
    assert sys.getprofile() is before
    y = x.exp()
    assert vars(inner)
    assert vars(y) == vars(x) == {}


def test_a_profiler_that_is_running_is_left_alone() -> None:
    seen = []

    def profiler(frame: Any, event: str, _: Any) -> None:
        if event == "return" and frame.f_code is Value.__init__.__code__:
            seen.append(frame)

    sys.setprofile(profiler)
    try:
        with record():
            y = Value(1.0).exp()
        assert sys.getprofile() is profiler
    finally:
        sys.setprofile(None)
    assert len(seen) == 2
    assert vars(y) == {}
    assert trace(y).nodes[-1].source is None


def test_recorded_values_are_freed_without_the_garbage_collector() -> None:
    gc.collect()
    gc.disable()
    try:
        with record():
            y = Value(1.0)
            for _ in range(1000):
                y = y * 1.001
            y.backward()
        node = weakref.ref(y)
        del y
        assert node() is None
    finally:
        gc.enable()


def test_modules_of_ones_own() -> None:
    class Pair(Module):
        def __init__(self) -> None:
            self.left, self.right = Neuron(1), Neuron(1)
            self.scale = Value(2.0)
            self.last = Value(0.0)  # no parameter

        def __call__(self, x: float) -> Value:
            self.last = self.scale * (self.left([x]) + self.right([x]))
            return self.last

        def parameters(self) -> list[Value]:
            return [*self.left.parameters(), *self.right.parameters(), self.scale]

    pair = Pair()
    with record({"pair": pair}) as tape:
        pair(1.0)
    assert list(tape.modules.items()) == [("pair", "Pair"), ("pair.left", "Neuron"), ("pair.right", "Neuron")]
    found = {(n.op, n.module) for n in trace(tape).nodes if n.op}
    assert found >= {("+", "pair"), ("*", "pair"), ("ReLU", "pair.left"), ("dot", "pair.right")}
    assert [name for name, _ in pair.named_parameters()] == [
        "scale",
        "left.w.0",
        "left.b",
        "right.w.0",
        "right.b",
    ]
