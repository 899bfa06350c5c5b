"""A recorded graph: what the tape forgets is kept, and what stopped a program is marked."""

from __future__ import annotations

import gc
import json
import weakref
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from autograd.errors import ArgumentError, GraphFreedError, ShapeError
from autograd.modes import MODE
from autograd.show import Graph, GraphEdge, GraphNode, draw, record, trace
from autograd.value import Value

SCHEMA = json.loads((files("autograd.show") / "graph.schema.json").read_text(encoding="utf-8"))
HERE = Path(__file__).name


def as_json(graph: Graph) -> Any:
    """The graph as JSON, which fits the schema."""
    found = json.loads(graph.to_json())
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    return found


def model() -> Any:
    autograd.manual_seed(0)
    return nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Sequential(nn.Linear(3, 1)))


def only(graph: Graph, op: str) -> GraphNode:
    (node,) = [n for n in graph.nodes if n.op == op]
    return node


def edge(graph: Graph, op: str, parameter: str) -> GraphEdge:
    ids = {n.id for n in graph.nodes if n.op == op}
    (found,) = [e for e in graph.edges if e.target in ids and e.parameter == parameter]
    return found


def test_after_an_ordinary_backward_everything_is_there() -> None:
    m = model()
    x = autograd.tensor([[1.0, 2.0]])
    with record(m) as tape:
        hidden = m[1](m[0](x))
        loss = m[2](hidden).sum()
        loss.backward()
    with pytest.raises(GraphFreedError):
        loss.backward()
    graph = trace(loss, names={"x": x}, params=m)
    assert [(n.op or n.name, n.kind, n.module) for n in graph.nodes] == [
        ("0.weight", "parameter", ""),
        ("0.bias", "parameter", ""),
        ("2.0.weight", "parameter", ""),
        ("2.0.bias", "parameter", ""),
        ("x", "constant", ""),
        ("linear", "operation", "0"),
        ("tanh", "operation", "1"),
        ("linear", "operation", "2.0"),
        ("sum", "result", ""),
    ]
    tanh = only(graph, "tanh")
    np.testing.assert_allclose(tanh.value.elements, hidden.detach().numpy().ravel())  # type: ignore[union-attr]
    w = m[2][0].weight
    np.testing.assert_allclose(tanh.gradient.elements, w.detach().numpy().ravel())  # type: ignore[union-attr]
    assert tanh.gradient_state == "computed"
    assert (tanh.saved, tanh.dtype) == (hidden.nbytes, "float32")
    assert tanh.source is not None
    assert Path(tanh.source.file).name == HERE
    assert tanh.source.function == "test_after_an_ordinary_backward_everything_is_there"
    into = edge(graph, "tanh", "x")
    assert into.formula == "g * (1 - out**2)"
    assert into.upstream == tanh.gradient
    slope = 1 - hidden.detach().numpy() ** 2
    np.testing.assert_allclose(
        into.contribution.elements,  # type: ignore[union-attr]
        (w.detach().numpy() * slope).ravel(),
        rtol=1e-6,
    )
    assert dict(graph.modules) == {
        "": "Sequential",
        "0": "Linear",
        "1": "Tanh",
        "2": "Sequential",
        "2.0": "Linear",
    }
    assert tape.modules["2.0"] == "Linear"
    found = as_json(graph)
    assert found["edges"][0]["formula"] == "" if found["edges"][0]["parameter"] == "x" else True
    assert trace(tape, params=m).nodes[-1].op == "sum"


def test_before_backward_gradients_are_not_computed() -> None:
    with record():
        w = autograd.tensor([1.0, 2.0], requires_grad=True)
        y = (w * w).sum()
    graph = trace(y)
    assert [n.gradient_state for n in graph.nodes] == ["not computed"] * 3
    assert all(e.upstream is None and e.contribution is None for e in graph.edges)
    as_json(graph)


def test_local_derivatives_of_numbers() -> None:
    for recorded in (False, True):
        a, b = (autograd.tensor(v, requires_grad=True, dtype=autograd.float64) for v in (2.0, 5.0))
        if recorded:
            with record():
                y = (a / b).tanh()
                y.backward()
        else:
            y = (a / b).tanh()
        graph = trace(y)
        assert edge(graph, "div", "x").local == 0.2
        assert edge(graph, "div", "y").local == pytest.approx(-2 / 25)
        assert edge(graph, "tanh", "x").local == pytest.approx(1 - np.tanh(0.4) ** 2)
        if recorded:
            assert a.grad is not None
            assert edge(graph, "div", "x").contribution.elements == (a.grad.item(),)  # type: ignore[union-attr]


def test_values_are_those_of_the_time_of_recording() -> None:
    w = autograd.tensor([1.0, 2.0], requires_grad=True)
    with record():
        loss = (w * 3).sum()
        loss.backward()
    with autograd.no_grad():
        w += 100
    graph = trace(loss)
    assert graph.nodes[0].value is not None
    assert graph.nodes[0].value.elements == (1.0, 2.0)


def test_an_operation_that_fails_ends_the_graph_and_is_marked() -> None:
    m = model()
    with pytest.raises(ShapeError), record(m) as tape:
        _ = m(autograd.ones(4, 2)).exp() @ autograd.ones(5, 5)
    graph = trace(tape, params=m)
    last = graph.nodes[-1]
    assert (last.op, last.kind) == ("matmul", "result")
    assert "ShapeError: matmul: the shapes do not fit: float32 (4, 1), float32 (5, 5)" in last.error
    assert last.source is not None
    assert Path(last.source.file).name == HERE
    assert {e.parameter for e in graph.edges if e.target == last.id} == {"x", "y"}
    assert {n.op for n in graph.nodes if n.kind == "operation"} == {"linear", "tanh", "exp"}
    as_json(graph)
    drawing = draw(tape)
    assert "ShapeError: matmul" in drawing.dot
    assert "#b3001b" in drawing.dot


def test_a_function_that_refuses_its_arguments_is_marked_too() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(2, 3)
            self.loss = nn.NLLLoss()

        def forward(self, x: Any) -> Any:
            return self.loss(self.layer(x).tanh(), autograd.zeros(7, dtype=autograd.int64))

    net = Net()
    with pytest.raises(ShapeError), record(net) as tape:
        net(autograd.ones(4, 2))
    last = trace(tape).nodes[-1]
    assert "ShapeError" in last.error
    assert (last.op, last.module) == ("nll_loss", "loss")
    with pytest.raises(ShapeError), record() as tape:
        F.nll_loss(net.layer(autograd.ones(4, 2)), autograd.zeros(7, dtype=autograd.int64))
    graph = trace(tape)
    assert graph.nodes[-1].op == "nll_loss"
    assert {n.op for n in graph.nodes if n.kind == "operation"} == {"linear"}


def test_a_backward_that_fails_marks_where() -> None:
    w = autograd.tensor([4.0], requires_grad=True)

    def refuse(_: Any) -> None:
        raise RuntimeError("stopped by hand")

    w.register_hook(refuse)
    with pytest.raises(RuntimeError, match="stopped by hand"), record() as tape:
        (w.sqrt() * 2).backward()
    assert [(n.op, n.error) for n in trace(tape).nodes if n.error] == [
        ("sqrt", "RuntimeError: stopped by hand")
    ]
    z = autograd.tensor([0.0], requires_grad=True)
    with pytest.raises(RuntimeError, match="NaN"), record() as tape, autograd.detect_anomaly():
        (z.sqrt() * 0).sum().backward()
    (node,) = [n for n in trace(tape).nodes if n.error]
    assert node.op == "sqrt"
    assert "NaN" in node.error


def test_what_was_written_in_place_is_known_where_an_operation_fails() -> None:
    w = autograd.tensor([1.0, 2.0], requires_grad=True)

    def program() -> None:
        x = w.exp()
        x[0] = 5.0
        x.mul_(2.0)
        _ = x @ autograd.ones(3)

    with pytest.raises(ShapeError), record() as tape:
        program()
    graph = trace(tape)
    assert [n.op for n in graph.nodes if n.kind != "constant" and n.op] == ["exp", "setitem", "mul", "matmul"]
    assert only(graph, "setitem").source is not None
    names = {n.id: n.op for n in graph.nodes}
    assert {names[e.source] for e in graph.edges if names[e.target] == "matmul"} == {"mul", ""}


def test_an_error_that_the_program_deals_with_is_none() -> None:
    w = autograd.tensor([1.0, 2.0], requires_grad=True)
    with record() as tape:
        with pytest.raises(ShapeError):
            _ = w + autograd.ones(3)
        _ = w.exp()
    assert [n.op for n in trace(tape).nodes] == ["", "exp"]
    assert not any(n.error for n in trace(tape).nodes)


def test_recording_leaves_nothing_on() -> None:
    m = model()
    before = MODE.get()
    with record(m):
        assert m[0]._call_hooks
    assert MODE.get() is before
    assert not m[0]._call_hooks
    y = m(autograd.ones(1, 2))
    assert y.grad_fn.extras is None


def test_recorded_graphs_are_freed_without_the_garbage_collector() -> None:
    gc.collect()
    gc.disable()
    try:
        w = autograd.tensor([1.0], requires_grad=True)
        with record():
            y = w
            for _ in range(2000):
                y = y * 1.001
            y.backward()
        node = weakref.ref(y.grad_fn)
        del y
        assert node() is None
    finally:
        gc.enable()


def test_several_results_sequences_and_functions_of_ones_own() -> None:
    class Twice(autograd.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g * 2

    w = autograd.tensor([[2.0, 1.0], [1.0, 3.0]], requires_grad=True, dtype=autograd.float64)
    with record():
        values, vectors = autograd.linalg.eigh(w)
        joined = autograd.cat([Twice.apply(values), vectors[0], w[0]])
        joined.sum().backward()
    graph = trace(joined)
    assert only(graph, "cat").gradient is not None
    assert only(graph, "linalg_eigh").saved > 0
    assert len([e for e in graph.edges if e.parameter == "tensors"]) == 3
    as_json(graph)


def test_each_of_several_results_has_its_value_and_its_gradient() -> None:
    lstm = nn.LSTM(2, 3)
    with record(lstm, elements=64):
        out, (h, _) = lstm(autograd.randn(4, 1, 2))
        loss = (out * 2).sum() + h.sum()
        loss.backward()
    graph = trace(loss, params=lstm)
    whole, first, last = only(graph, "lstm"), only(graph, "output 0"), only(graph, "output 1")
    assert (whole.gradient, whole.gradient_state) == (None, "none")
    assert first.value is not None
    assert first.gradient is not None
    assert last.gradient is not None
    assert first.value.elements == tuple(out.flatten().tolist())
    assert (first.gradient.elements, last.gradient.elements) == ((2.0,) * 12, (1.0,) * 3)
    for result in (first, last):
        (edge,) = [e for e in graph.edges if e.target == result.id]
        assert edge.upstream == edge.contribution == result.gradient
    as_json(graph)


def test_numbers_that_json_has_not() -> None:
    w = autograd.tensor([np.inf, -np.inf, np.nan], requires_grad=True)
    (node, *_) = as_json(trace(w * 1, names={"w": w}))["nodes"]
    assert node["value"]["elements"] == ["Infinity", "-Infinity", "NaN"]
    many = autograd.tensor([np.nan] * 3 + [1.0] * 9, requires_grad=True)
    (node, *_) = as_json(trace(many * 1, names={"many": many}))["nodes"]
    assert (node["value"]["nans"], node["value"]["mean"]) == (3, 1.0)


def test_a_graph_of_values_is_the_same_kind_of_data(tmp_path: Path) -> None:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    c = a * b
    d = c.tanh() + c
    before = trace(d)
    assert all(e.upstream is None for e in before.edges)
    d.backward()
    graph = trace(d)
    assert [(e.formula, e.local, str(e.upstream), str(e.contribution)) for e in graph.edges[:2]] == [
        ("g * y", -3.0, str(graph.nodes[2].gradient), str(graph.nodes[0].gradient)),
        ("g * x", 2.0, str(graph.nodes[2].gradient), str(graph.nodes[1].gradient)),
    ]
    (through_tanh,) = [e for e in graph.edges if e.formula == "g * (1 - out**2)"]
    assert through_tanh.contribution.elements == (1 - np.tanh(-6.0) ** 2,)  # type: ignore[union-attr]
    path = graph.save(tmp_path / "graph.json")
    assert json.loads(path.read_text()) == as_json(graph)


def test_what_is_no_module_is_refused() -> None:
    with pytest.raises(ArgumentError, match="record: needs a module or a dict of modules, got int"):
        record(3)
    with pytest.raises(ArgumentError, match="record: elements must be at least 0, got -1"):
        record(elements=-1)
    m = model()
    assert list(record({"net": m}).modules) == ["net", "net.0", "net.1", "net.2", "net.2.0"]
