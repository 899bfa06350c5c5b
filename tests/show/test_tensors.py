"""The drawing of the tape that tensors leave behind."""

import gc
import weakref
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd.errors import ArgumentError
from autograd.function import Function
from autograd.show import GraphNode, Numbers, draw, trace
from autograd.show.tensors import FREED
from autograd.show.trace import READ
from autograd.value import Value
from tests.case import Array, Case, Sample
from tests.op_cases import CASES
from tests.show.reading import by_title, calls_in, caption, read_dot
from tests.test_ops import drawn, mapped


def leaf(values: Any, dtype: str = "float32") -> Any:
    return autograd.tensor(np.asarray(values, dtype), requires_grad=True)


def find(root: Any, op: str = "", name: str = "", **options: Any) -> GraphNode:
    """The only node of that operation or name."""
    graph = trace(root, **options)
    (node,) = [n for n in graph.nodes if n.op == op and (not name or n.name == name)]
    return node


class Model:
    """As much of a module as a drawing needs."""

    def __init__(self) -> None:
        self.weight, self.bias = leaf(np.ones((2, 3))), leaf([0.5, -0.5])

    def __call__(self, x: Any) -> Any:
        return autograd.tanh(x @ self.weight.transpose(0, 1) + self.bias)

    def named_parameters(self) -> Iterable[tuple[str, Any]]:
        yield "weight", self.weight
        yield "bias", self.bias


def test_nodes_and_edges() -> None:
    x, y = leaf([1.0, 2.0, 3.0]), leaf([[2.0], [4.0]])
    z = autograd.exp(x * y)
    graph = trace(z, names={"x": x, "y": y})
    assert [(n.id, n.kind, n.op, n.name, n.shape, n.dtype) for n in graph.nodes] == [
        ("n0", "leaf", "", "x", (3,), "float32"),
        ("n1", "leaf", "", "y", (2, 1), "float32"),
        ("n2", "operation", "mul", "", (2, 3), "float32"),
        ("n3", "result", "exp", "", (2, 3), "float32"),
    ]
    assert [(e.source, e.target, e.parameter) for e in graph.edges] == [
        ("n0", "n2", "x"),
        ("n1", "n2", "y"),
        ("n2", "n3", "x"),
    ]


def test_values_known_and_unknown() -> None:
    """Of leaves by a formula that saved them; of an intermediate likewise; else there is a shape and no value."""
    x = leaf([1.0, 2.0])
    y = x + 1  # `add` saves nothing, `exp` its result, `neg` nothing
    z = autograd.exp(y)
    root = -z
    assert find(root, op="add").value is None
    assert find(root, op="add").shape == (2,)
    assert str(find(root, op="exp").value) == "[7.389, 20.09]"
    assert str(find(root, op="neg").value) == "[-7.389, -20.09]"  # the root is a tensor in hand
    assert next(n for n in trace(root).nodes if n.kind == "leaf").value is None
    w = leaf([3.0, 4.0])
    assert {str(n.value) for n in trace(x * w).nodes} == {"[1, 2]", "[3, 4]", "[3, 8]"}


def test_naming_a_tensor_makes_its_value_known() -> None:
    x = leaf([1.0, 2.0])
    y = x + 1
    z = -y
    named = {n.name: n for n in trace(z, names={"x": x, "y": y, "z": z}).nodes if n.name}
    assert {name: str(n.value) for name, n in named.items()} == {
        "x": "[1, 2]",
        "y": "[2, 3]",
        "z": "[-2, -3]",
    }


def test_names_may_be_all_local_variables() -> None:
    w = leaf([1.0, 2.0])
    model = Model()
    other, number, _hidden = "text", 3, w
    loss = (model(autograd.tensor([1.0, 2.0, 3.0])) * w).sum()
    kinds = {n.name: n.kind for n in trace(loss, names=locals()).nodes if n.name}
    assert kinds == {"w": "leaf", "model.weight": "parameter", "model.bias": "parameter", "loss": "result"}
    assert (other, number) == ("text", 3)


@pytest.mark.parametrize("form", ["module", "dict", "list"])
def test_parameters(form: str) -> None:
    model = Model()
    y = model(autograd.tensor([[1.0, 2.0, 3.0]]))
    params: Any = {
        "module": model,
        "dict": dict(model.named_parameters()),
        "list": [model.weight, model.bias],
    }[form]
    found = [n for n in trace(y, params=params).nodes if n.kind == "parameter"]
    assert [n.name for n in found] == (["weight", "bias"] if form != "list" else ["", ""])
    assert [n.shape for n in found] == [(2, 3), (2,)]
    assert [str(n.value) for n in found][1] == ("[0.5, -0.5]")


def test_params_of_the_wrong_kind() -> None:
    with pytest.raises(ArgumentError, match="params must hold tensors or Values, got str 'w'"):
        draw(leaf(1.0), params={"w": "text"})
    with pytest.raises(ArgumentError, match="params must be a module, a dict of named parameters, or a list"):
        draw(leaf(1.0), params=3)  # type: ignore[arg-type]  # that is the mistake
    with pytest.raises(ArgumentError, match=r"names must be a dict of name -> tensor or Value, .*; got list"):
        draw(leaf(1.0), names=["w"])  # type: ignore[arg-type]  # that is the mistake


def test_counts_of_the_wrong_kind() -> None:
    with pytest.raises(ArgumentError, match="draw: max_nodes must be a whole number, got '3'"):
        draw(leaf(1.0), max_nodes="3")  # type: ignore[arg-type]  # that is the mistake
    with pytest.raises(ArgumentError, match="draw: depth must be a whole number, got True"):
        draw(leaf(1.0), depth=True)
    with pytest.raises(ArgumentError, match="trace: elements must be at least 0, got -1"):
        trace(leaf(1.0), elements=-1)


# -- gradients ---------------------------------------------------------------------------------------------------------


def test_gradients_before_and_after() -> None:
    x = leaf([1.0, 2.0])
    y = (x * x).sum()
    before = read_dot(draw(y).dot)[0].values()
    assert {n.facts["grad"] for n in before} == {"not computed"}
    y.backward(retain_graph=True)
    after = {
        n.kind if n.kind == "leaf" else n.title: n.facts["grad"] for n in read_dot(draw(y).dot)[0].values()
    }
    assert after == {"leaf": "[2, 4]", "mul": "not kept", "sum": "not kept"}


def test_a_zero_gradient_is_shown_once_it_is_computed() -> None:
    x = leaf([-1.0, -2.0])
    y = autograd.relu(x).sum()
    assert "0" not in by_title(draw(y).dot)["leaf"].facts["grad"]
    y.backward(retain_graph=True)
    assert by_title(draw(y).dot)["leaf"].facts["grad"] == "[0, 0]"


def test_retained_gradients() -> None:
    x = leaf([1.0, 2.0])
    y = x * 3
    y.retain_grad()
    z = (y * y).sum()
    assert find(z, name="y", op="mul", names={"y": y}).gradient_state == "not computed"
    z.backward(retain_graph=True)
    assert str(find(z, name="y", op="mul", names={"y": y}).gradient) == "[6, 12]"


def test_without_values_the_structure_is_left() -> None:
    x = leaf([1.0, 2.0])
    y = (x * x).sum()
    y.backward(retain_graph=True)
    for node in read_dot(draw(y, values=False, direction="TB").dot)[0].values():
        assert node.facts.keys() == {"shape"}


def test_gradients_of_many_elements_by_their_range() -> None:
    x = leaf(np.arange(10.0))
    y = (x * x).sum()
    y.backward(retain_graph=True)
    assert str(find(y).gradient) == "0 … 18, mean 9"


# -- what backward leaves ----------------------------------------------------------------------------------------------


def test_a_freed_graph_says_so() -> None:
    x = leaf([1.0, 2.0])
    loss = (x * x).sum()
    loss.backward()
    drawing = draw(loss, names={"loss": loss, "x": x})
    nodes, edges = read_dot(drawing.dot)
    given, product, result = nodes.values()
    assert caption(drawing.dot).strip() == FREED
    assert (given.title, given.kind, given.facts["grad"]) == ("x", "leaf", "[2, 4]")
    assert (product.title, product.facts) == ("mul", {"shape": "(2,) float32", "grad": "not kept"})
    assert (result.title, result.kind) == ("loss = sum", "result")
    assert (result.facts["value"], result.facts["grad"]) == ("5", "not kept")
    assert edges == [(given.id, product.id, ""), (given.id, product.id, ""), (product.id, result.id, "")]
    assert trace(loss, values=False).notes == (), "where no values are asked for, none are missing"


def test_a_freed_graph_has_the_nodes_and_edges_that_it_had() -> None:
    w, b = leaf(np.ones((3, 2))), leaf([0.0, 1.0, 2.0])
    x = autograd.tensor([[1.0, -1.0], [2.0, 0.5]])
    low, high = autograd.aminmax(nn.functional.linear(x, w, b).relu(), dim=1)
    loss = autograd.stack([low, high, low * 2], 1).softmax(1).log().sum() + (w * w).sum()
    names = {"w": w, "b": b, "low": low, "loss": loss}
    before = trace(loss, names=names)
    loss.backward()
    after = trace(loss, names=names)
    kinds = [(n.kind, n.op, n.name) for n in before.nodes]
    assert [(n.kind, n.op, n.name) for n in after.nodes] == kinds
    assert kinds.count(("constant", "", "")) == 2
    known = [(n.shape, n.dtype) for n in before.nodes if n.kind != "constant"]
    assert [(n.shape, n.dtype) for n in after.nodes if n.kind != "constant"] == known
    assert [(e.source, e.target, e.parameter, e.formula) for e in after.edges] == [
        (e.source, e.target, e.parameter, e.formula) for e in before.edges
    ]
    assert {n.notes for n in after.nodes if n.kind == "constant"} == {("value not kept",)}
    assert {n.saved for n in after.nodes} == {0}
    assert (before.notes, after.notes) == ((), (FREED,))
    gradients = {n.name: n.gradient for n in after.nodes if n.kind == "leaf"}
    assert gradients == {"w": Numbers.of(w.grad.numpy()), "b": Numbers.of(b.grad.numpy())}
    assert {n.gradient_state for n in after.nodes if n.op and n.shape is not None} == {"not kept"}


def test_a_partly_freed_graph_draws_the_rest() -> None:
    x, w = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    shared = x * x
    shared.sum().backward()
    other = shared * w
    graph = trace(other)
    kinds = [(n.kind, n.op, str(n.value)) for n in graph.nodes]
    assert kinds == [
        ("leaf", "", "None"),
        ("leaf", "", "[3, 4]"),
        ("operation", "mul", "[1, 4]"),
        ("result", "mul", "[3, 16]"),
    ]
    assert graph.notes == (FREED,)


def test_nothing_recorded() -> None:
    x = autograd.tensor([1.0, 2.0])
    (node,) = trace(x * 2, names={"x": x}).nodes
    assert (node.kind, str(node.value), node.gradient_state) == ("constant", "[2, 4]", "none")
    assert "Nothing was recorded" in caption(draw(x * 2).dot)
    w = leaf(1.0)
    with autograd.no_grad():
        y = w * 2
    assert "no_grad()" in caption(draw(y).dot)
    assert caption(draw(w).dot) == ""
    assert [n.kind for n in trace(w).nodes] == ["leaf"]


# -- constants ---------------------------------------------------------------------------------------------------------


def test_constants() -> None:
    x, c = leaf([1.0, 2.0]), autograd.tensor([5.0, 7.0])
    graph = trace(x * c * 2, names={"c": c})
    constants = [n for n in graph.nodes if n.kind == "constant"]
    assert [(n.name, n.shape, n.dtype, str(n.value)) for n in constants] == [
        ("c", (2,), "float32", "[5, 7]"),
        ("", (), "", "2"),
    ]
    assert {n.gradient_state for n in constants} == {"none"}
    assert "grad" not in by_title(draw(x * c).dot)["constant"].facts


def test_one_array_is_one_constant() -> None:
    x, c = leaf([1.0, 2.0]), autograd.tensor([5.0, 7.0])
    assert [n.kind for n in trace(x * c * c).nodes].count("constant") == 1
    assert [n.kind for n in trace(x * 2.0 * 2.0).nodes].count("constant") == 2


def test_a_constant_that_no_formula_saved() -> None:
    x = leaf([1.0, 2.0])
    nodes, edges = read_dot(draw(x - 3).dot)
    (constant,) = [n for n in nodes.values() if n.kind == "constant"]
    assert constant.notes == ["value not kept"]
    assert {(nodes[a].kind, label) for a, _, label in edges} == {("leaf", "x"), ("constant", "y")}
    turned = {
        (n.kind, e.parameter) for e in trace(3 - x).edges for n in trace(3 - x).nodes if n.id == e.source
    }
    assert turned == {("leaf", "y"), ("constant", "x")}


def test_an_argument_left_out_is_no_constant() -> None:
    from autograd.kernels.linear import linear

    x, w, b = leaf(np.ones((4, 3))), leaf(np.ones((2, 3))), leaf([1.0, 2.0])
    assert [n.kind for n in trace(linear(x, w)).nodes] == ["leaf", "leaf", "result"]
    assert [e.parameter for e in trace(linear(x, w, b)).edges] == ["x", "weight", "bias"]
    frozen = trace(linear(autograd.tensor(np.ones((4, 3), "float32")), w))
    assert [(n.kind, n.shape) for n in frozen.nodes] == [
        ("leaf", (2, 3)),
        ("constant", (4, 3)),
        ("result", (4, 2)),
    ]


# -- in place ----------------------------------------------------------------------------------------------------------


def test_a_saved_array_that_was_changed_is_not_shown_as_it_was() -> None:
    x = leaf([1.0, 2.0])
    y = x * 1
    z = y * y
    with autograd.no_grad():
        y.add_(10)
    (node,) = [n for n in trace(z.sum()).nodes if n.notes]
    assert (node.op, node.value, node.notes) == ("mul", None, ("changed in place since it was saved",))
    (node,) = [n for n in trace(z.sum(), names={"y": y}).nodes if n.notes]
    assert (node.name, str(node.value)) == ("y", "[11, 12]")  # what it is now


def test_a_constant_that_was_changed() -> None:
    x, c = leaf([1.0, 2.0]), autograd.tensor([3.0, 4.0])
    y = x * c
    c.add_(1)
    (constant,) = [n for n in trace(y).nodes if n.kind == "constant"]
    assert (constant.value, constant.notes) == (None, ("changed in place since it was saved",))
    both = [n for n in trace(y * c).nodes if n.kind == "constant"]  # the second product uses it as it is now
    assert [str(n.value) for n in both] == ["None", "[4, 5]"]


# -- operations of other forms -----------------------------------------------------------------------------------------


def test_a_sequence_of_arrays() -> None:
    x, c = leaf([1.0]), autograd.tensor([2.0])
    y = autograd.cat([x, c, x * 3])
    nodes, edges = read_dot(draw(y, names={"x": x}).dot)
    result = next(n for n in nodes.values() if n.kind == "result")
    assert [n.title for n in result.inputs] == ["x", "mul"]
    assert len(edges) == 4


def test_several_results_of_one_operation() -> None:
    x = leaf([3.0, 1.0])
    first, second = autograd.unbind(x)
    graph = trace(first * second, names={"second": second})
    assert [(n.op, n.name, n.dtype, str(n.value)) for n in graph.nodes if n.op] == [
        ("unbind", "", "", "None"),
        ("output 0", "", "float32", "3"),
        ("output 1", "second", "float32", "1"),
        ("mul", "", "float32", "3"),
    ]
    assert graph.nodes[1].notes == ("2 results: (), ()",)


def test_a_function_of_ones_own() -> None:
    class Split(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2, x * 3

        @staticmethod
        def backward(ctx: Any, *gradients: Any) -> Any:
            return gradients[0] * 2 + gradients[1] * 3

    x = leaf([1.0, 2.0], "float64")
    a, b = Split.apply(x)
    graph = trace(a * b)
    assert [(n.op, n.shape, n.dtype) for n in graph.nodes if n.op] == [
        ("Split", None, ""),
        ("output 0", (2,), "float64"),
        ("output 1", (2,), "float64"),
        ("mul", (2,), "float64"),
    ]
    assert graph.nodes[1].notes == ("2 results: (2,), (2,)",)


def test_dtype_passes_through_operations_and_changes_at_a_cast() -> None:
    x = leaf([1.0, 2.0])
    y = (x + 1).double()
    z = (y + 1).sum()
    shown = [(n.op, n.dtype) for n in trace(z).nodes if n.op]
    assert shown == [("add", "float32"), ("cast", ""), ("add", ""), ("sum", "float64")]
    known = [(n.op, n.dtype) for n in trace(z, names={"y": y}).nodes if n.op]
    assert known == [("add", "float32"), ("cast", "float64"), ("add", "float64"), ("sum", "float64")]


@pytest.mark.parametrize(
    ("case", "sample"),
    [pytest.param(c, s, id=f"{c.name}-{s}") for c in CASES if c.differentiable for s in c.samples],
)
def test_dtype_shown_is_the_dtype(case: Case, sample: Sample) -> None:
    """Of every operation of the table but `cast`, though the tape does not say it."""

    def variable(a: Array) -> Any:
        return (
            autograd.tensor(a.astype("float32"), requires_grad=True)
            if a.dtype.kind == "f"
            else autograd.tensor(a)
        )

    args, options = mapped(drawn(case, sample), variable, np.ndarray)
    results = case.op(*args, **options)
    for y in results if isinstance(results, tuple | list) else (results,):
        if y.requires_grad:
            graph = trace(-y)  # which keeps nothing of y
            node = next(n for n in graph.nodes if n.id == graph.edges[-1].source)
            assert node.shape == y.shape
            assert node.dtype == ("" if node.op == "cast" else str(y.array.dtype))


# -- the whole ---------------------------------------------------------------------------------------------------------


def test_drawing_leaves_the_tape_as_it_was() -> None:
    x = leaf([1.0, 2.0])
    y = (autograd.sin(x) * x).sum()
    draw(y, names=locals())
    y.backward()
    assert x.grad.numpy() == pytest.approx(np.sin([1.0, 2.0]) + np.array([1.0, 2.0]) * np.cos([1.0, 2.0]))


def test_a_drawing_keeps_nothing_alive() -> None:
    gc.disable()
    try:
        x, c = leaf(np.ones(1000)), autograd.tensor(np.ones(1000, "float32"))
        y = x * c
        node, array = weakref.ref(y.grad_fn), weakref.ref(c)
        drawing = draw(y, names={"c": c, "y": y})
        del y, c
        assert node() is None
        assert array() is None
        assert "constant" in drawing.dot
    finally:
        gc.enable()


def test_a_view_of_a_written_storage_is_drawn_as_it_is_now() -> None:
    x = leaf([1.0, 2.0, 3.0])
    base = x * 1
    view = base[:2]
    base[0] = 9.0
    assert str(find(view, op="take").value) == "[9, 2]"


def test_more_nodes_than_the_budget() -> None:
    x = leaf([1.0])
    y = x
    for _ in range(50):
        y = autograd.sin(y)
    drawing = draw(y, max_nodes=20, fold=False)
    assert len(drawing.graph.nodes) == 51
    boxes = list(drawing.scene.boxes())
    assert len(boxes) == 20
    assert "More than 20 nodes: these are the 20 nearest the result." in caption(drawing.dot)
    assert boxes[0].notes == ("1 input not drawn",)  # type: ignore[union-attr]
    assert len(list(draw(y, max_nodes=51).scene.boxes())) == 51
    graph = trace(y, max_nodes=20)
    assert len(graph.nodes) == 20
    assert graph.nodes[0].notes == ("1 input not drawn",)


def test_budgets_that_make_no_sense() -> None:
    x = leaf([1.0])
    with pytest.raises(ArgumentError, match="max_nodes must be at least 1, got 0"):
        draw(x, max_nodes=0)
    with pytest.raises(ArgumentError, match="max_nodes is 2, but there are 3 results"):
        draw([x * 1, x * 2, x * 3], max_nodes=2)


def chain(length: int) -> Any:
    y = leaf([1.0])
    for _ in range(length):
        y = autograd.neg(y)
    return y


def test_a_long_chain_gets_an_answer_from_the_nearest() -> None:
    short, y = chain(2 * READ), chain(10 * READ)
    drawing = draw(y)
    work = calls_in(lambda: draw(y))
    # no call for any of the 8 * READ nodes that it has more; only a collection of garbage may make a few
    assert work < calls_in(lambda: draw(short)) + READ / 10
    assert work < 1_000_000  # 200 for each node that is read
    assert len(drawing.graph.nodes) == READ
    shown = caption(drawing.dot)
    assert f"More than {READ} nodes: these are the {READ} nearest the result." in shown
    assert f"Folded: neg ×{READ - 2}." in shown
    assert [n.op for n in drawing.scene.boxes() if isinstance(n, GraphNode)] == [
        "neg"
    ] * 3  # the first that is read, those that are folded, the result
    assert len(trace(y).nodes) == 500
    work = calls_in(lambda: trace(y))
    assert work < calls_in(lambda: trace(short)) + READ / 10
    assert work < 100_000


@pytest.mark.parametrize("root", [None, 3.0, "text", [], (), np.ones(2), [np.ones(2)]], ids=repr)
def test_nothing_to_draw(root: Any) -> None:
    with pytest.raises(ArgumentError, match="draw: needs"):
        draw(root)


def test_tensors_and_values_do_not_mix() -> None:
    with pytest.raises(ArgumentError, match="got a list of Tensor, Value"):
        draw([leaf(1.0), Value(1.0)])
