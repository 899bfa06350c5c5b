"""Every kind of graph is described by data that fits the schema, with each fact where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd.checkpoint import checkpoint
from autograd.errors import ArgumentError
from autograd.show import Numbers, record, trace
from autograd.value import Value
from tests.show.test_record import as_json, edge, only


def leaf(values: Any = (0.5, -1.0, 2.0)) -> Any:
    return autograd.tensor(values, requires_grad=True, dtype=autograd.float64)


class Cube(autograd.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        (x,) = ctx.saved_tensors
        return g * 3 * x * x


def values() -> Any:
    x = Value(2.0)
    y = x * x + x
    y.backward()
    return y


def freed() -> Any:
    y = (leaf() * 2).exp().sum()
    y.backward()
    return y


def create_graph() -> Any:
    x = leaf()
    (g,) = autograd.grad((x**3).sum(), x, create_graph=True)
    return g.sum()


def several() -> Any:
    x = leaf()
    return [x.exp(), x.sin().sum()]


def in_place() -> Any:
    x = leaf() * 1
    x.mul_(3.0)
    x[0] = 5.0
    return x.sum()


def own_function() -> Any:
    return Cube.apply(leaf()).sum()


def checkpointed() -> Any:
    return checkpoint(lambda t: (t * t).exp(), leaf(), use_reentrant=False).sum()


def mapped() -> Any:
    x = leaf([[0.5, -1.0], [2.0, 1.0]])
    return autograd.func.vmap(lambda row: (row * row).sum())(x).sum()


def several_results() -> Any:
    low, high = autograd.aminmax(leaf())
    return low + high


def integers() -> Any:
    return leaf()[autograd.tensor([0, 2])].sum()


def empty() -> Any:
    return leaf([]).exp().sum()


def constant() -> Any:
    return autograd.ones(2, 3)


KINDS: dict[str, tuple[Callable[[], Any], set[str]]] = {
    "values": (values, {"*", "+"}),
    "freed": (freed, {"sum"}),
    "create_graph": (create_graph, {"sum", "mul", "pow"}),
    "several roots": (several, {"exp", "sin", "sum"}),
    "in place": (in_place, {"mul", "sum"}),
    "a function of one's own": (own_function, {"Cube", "sum"}),
    "a checkpoint": (checkpointed, {"sum"}),
    "vmap": (mapped, {"mul", "sum"}),
    "several results": (several_results, {"add"}),
    "an index": (integers, {"getitem", "sum"}),
    "no elements": (empty, {"exp", "sum"}),
    "a constant": (constant, set()),
}


def backward(results: Any) -> None:
    for r in results if isinstance(results, list) else [results]:
        if isinstance(r, Value) or (r.requires_grad and r.grad_fn is not None):
            r.backward(autograd.ones_like(r)) if isinstance(r, autograd.Tensor) else r.backward()


@pytest.mark.parametrize("kind", KINDS)
def test_the_json_fits_the_schema_plain_recorded_and_after_backward(kind: str) -> None:
    make, ops = KINDS[kind]
    plain = trace(make())
    as_json(plain)
    assert ops <= {n.op for n in plain.nodes}
    with record():
        result = make()
        before = trace(result)
        if kind != "freed":
            backward(result)
    as_json(before)
    after = trace(result, elements=4096)
    data = as_json(after)
    assert len(data["nodes"]) == len(after.nodes)
    whole_kinds = {n.kind for n in after.nodes}
    assert "freed" not in whole_kinds, "a recording keeps what the sweep frees"
    for n in after.nodes:
        assert n.gradient_state in ({"none"} if n.kind == "constant" else {"computed"}), n
        if n.op:
            assert n.source is not None
    for e in after.edges:
        kinds = {n.id: n.kind for n in after.nodes}
        if kinds[e.source] == "constant":
            assert e.contribution is None
        else:
            assert e.upstream is not None
            assert e.contribution is not None
            assert e.formula or e.parameter == "" or kind == "a function of one's own"


def test_contributions_add_up_to_the_gradient_where_paths_meet() -> None:
    x = leaf()
    with record():
        b = x + x
        c = (b * b).sum()
        c.backward()
    graph = trace(c, names={"x": x, "b": b})
    for n in graph.nodes[:-1]:
        outgoing = [np.array(e.contribution.elements) for e in graph.edges if e.source == n.id]  # type: ignore[union-attr]
        np.testing.assert_allclose(sum(outgoing), n.gradient.elements)  # type: ignore[union-attr]
    np.testing.assert_allclose(graph.nodes[0].gradient.elements, 8 * x.detach().numpy())  # type: ignore[union-attr]


def test_arrays_are_kept_in_full_up_to_the_number_asked_for() -> None:
    a = np.random.default_rng(0).normal(size=(8, 8))
    a[0] = 0
    w = leaf(a)
    with record(elements=64):
        y = w.tanh().sum()
        y.backward()
    graph = trace(y, names={"w": w}, elements=64)
    tanh = only(graph, "tanh")
    assert tanh.value is not None
    np.testing.assert_array_equal(tanh.value.elements, np.tanh(a).ravel())
    assert edge(graph, "tanh", "x").contribution.elements == tuple((1 - np.tanh(a) ** 2).ravel().tolist())  # type: ignore[union-attr]
    assert str(tanh.value).startswith("-"), "it is said in short all the same"
    assert graph.nodes[0].value is not None
    assert len(graph.nodes[0].value.elements) == 64  # type: ignore[arg-type]
    as_json(graph)
    with record():
        y = w.tanh().sum()
    assert only(trace(y, elements=64), "tanh").value.elements is None  # type: ignore[union-attr]
    with pytest.raises(ArgumentError, match="trace: elements must be at least 0, got -1"):
        trace(y, elements=-1)


def test_statistics() -> None:
    a = np.array([0.0, 0.0, -4.0, 1.0, np.nan, np.inf, 2.0, 3.0])
    found = Numbers.of(a)
    finite = a[np.isfinite(a)]
    assert (found.nans, found.infinities, found.zeros, found.largest) == (1, 1, 0.25, 4.0)
    assert (found.low, found.high, found.mean) == (-4.0, 3.0, finite.mean())
    assert found.std == pytest.approx(finite.std())
    for few in (Numbers.of(2.0), Numbers.of(-2), Numbers.of([0.0]), Numbers.of([True, False])):
        assert few.elements is not None
        many = Numbers.of(np.repeat(few.elements, 20))
        assert (few.low, few.high, few.mean, few.std, few.zeros, few.largest) == (
            many.low, many.high, many.mean, many.std, many.zeros, many.largest)  # fmt: skip
    nothing = Numbers.of(np.zeros((0, 3)))
    assert (nothing.low, nothing.std, nothing.zeros, nothing.largest) == (None, None, None, None)
    assert Numbers.of(np.nan).zeros == 0.0
