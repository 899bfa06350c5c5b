"""The drawing of a graph of Values."""

import pytest

from autograd.show import Graph, GraphNode, draw, trace
from autograd.show.trace import READ
from autograd.value import Value, dot
from nn.scalar import MLP
from tests.show.reading import by_title, calls_in, caption, read_dot


def neuron() -> dict[str, Value]:
    """The two-input neuron that micrograd is taught with."""
    v = {
        name: Value(data, label=name)
        for name, data in (("x1", 2.0), ("x2", 0.0), ("w1", -3.0), ("w2", 1.0), ("b", 6.8813735870195432))
    }
    v["x1*w1"], v["x2*w2"] = v["x1"] * v["w1"], v["x2"] * v["w2"]
    v["sum"] = v["x1*w1"] + v["x2*w2"]
    v["n"] = v["sum"] + v["b"]
    v["o"] = v["n"].tanh()
    for name, value in v.items():
        value.label = name
    return v


# What every node of it shows after backward: title, kind, value, gradient.
NEURON = {
    ("x1", "leaf", "2", "-1.5"),
    ("x2", "leaf", "0", "0.5"),
    ("w1", "leaf", "-3", "1"),
    ("w2", "leaf", "1", "0"),
    ("b", "leaf", "6.881", "0.5"),
    ("x1*w1 = ×", "operation", "-6", "0.5"),
    ("x2*w2 = ×", "operation", "0", "0.5"),
    ("sum = +", "operation", "-6", "0.5"),
    ("n = +", "operation", "0.8814", "0.5"),
    ("o = tanh", "result", "0.7071", "1"),
}


def by_name(graph: Graph) -> dict[str, GraphNode]:
    return {node.name: node for node in graph.nodes}


def test_neuron_after_backward() -> None:
    v = neuron()
    v["o"].backward()
    nodes, edges = read_dot(draw(v["o"]).dot)
    assert {(n.title, n.kind, n.facts["value"], n.facts["grad"]) for n in nodes.values()} == NEURON
    shown = {(nodes[a].title, nodes[b].title, label) for a, b, label in edges}
    assert shown == {
        ("x1", "x1*w1 = ×", "∂ -3"),
        ("w1", "x1*w1 = ×", "∂ 2"),
        ("x2", "x2*w2 = ×", "∂ 1"),
        ("w2", "x2*w2 = ×", "∂ 0"),
        ("x1*w1 = ×", "sum = +", "∂ 1"),
        ("x2*w2 = ×", "sum = +", "∂ 1"),
        ("sum = +", "n = +", "∂ 1"),
        ("b", "n = +", "∂ 1"),
        ("n = +", "o = tanh", "∂ 0.5"),
    }
    assert "local derivative" in caption(draw(v["o"]).dot)


def test_neuron_before_backward_shows_no_gradient() -> None:
    nodes, _ = read_dot(draw(neuron()["o"]).dot)
    assert {n.facts["grad"] for n in nodes.values()} == {"not computed"}
    assert {(n.title, n.facts["value"]) for n in nodes.values()} == {(t, value) for t, _, value, _ in NEURON}


def test_edges_multiply_to_the_gradients() -> None:
    """upstream × local, summed over the edges of the drawing, is each node's gradient."""
    v = neuron()
    v["o"].backward()
    graph = trace(v["o"])
    gradient = {
        node.id: node.gradient.elements[0] for node in graph.nodes if node.gradient and node.gradient.elements
    }
    total = dict.fromkeys(gradient, 0.0)
    for edge in graph.edges:
        assert edge.local is not None
        total[edge.source] += gradient[edge.target] * edge.local
    result = by_name(graph)["o"].id
    assert {**total, result: 1.0} == pytest.approx(gradient)


def test_diamond() -> None:
    a = Value(1.0, label="a")
    b = a + a
    c = b + b
    b.label, c.label = "b", "c"
    c.backward()
    c.backward()
    nodes = by_title(draw(c).dot)
    assert [nodes[t].facts["grad"] for t in ("a", "b = +", "c = +")] == ["8", "2", "1"]
    assert [n.title for n in nodes["b = +"].inputs] == ["a", "a"]
    assert [n.title for n in nodes["c = +"].inputs] == ["b = +", "b = +"]


def test_a_gradient_that_came_out_as_zero_is_shown() -> None:
    x = Value(-1.0, label="x")
    y = x.relu() * 3
    assert by_name(trace(y))["x"].gradient_state == "not computed"
    y.backward()
    node = by_name(trace(y))["x"]
    assert node.gradient_state == "computed"
    assert str(node.gradient) == "0"


def test_a_new_graph_on_old_parameters() -> None:
    """After the gradients were set to zero, the next graph's are not computed until backward."""
    w = Value(2.0, label="w")
    (w * 3).backward()
    y = w * 5
    assert by_name(trace(y))["w"].gradient == trace(Value(3.0)).nodes[0].value  # what it holds: 3
    assert by_name(trace(y))[""].gradient_state == "not computed"
    w.grad = 0
    assert {n.gradient_state for n in trace(y).nodes} == {"not computed"}


def test_inputs_come_before_what_uses_them() -> None:
    graph = trace(MLP(3, [4, 4, 1])([1.0, 2.0, 3.0]))
    position = {node.id: i for i, node in enumerate(graph.nodes)}
    assert [node.id for node in graph.nodes] == [f"n{i}" for i in range(len(graph.nodes))]
    assert all(position[e.source] < position[e.target] for e in graph.edges)
    assert graph.nodes[-1].kind == "result"


def test_parameters_and_names() -> None:
    model = MLP(2, [2, 1])
    x = Value(1.0)
    graph = trace(model([x, 2.0]), params=model, names={"x": x, "w": model.parameters()[0]})
    assert sum(node.kind == "parameter" for node in graph.nodes) == 9
    assert by_name(graph)["x"].kind == "leaf"
    assert by_name(graph)["w"].kind == "parameter"
    named = trace(model([x, 2.0]), params={"first": model.parameters()[0]})
    assert [n.name for n in named.nodes if n.kind == "parameter"] == ["first"]


def test_name_given_goes_before_label() -> None:
    x = Value(1.0, label="old")
    assert by_name(trace(x.exp(), names={"new": x})).keys() == {"new", ""}


def test_several_results() -> None:
    x = Value(2.0, label="x")
    y, z = x.exp(), x.log()
    graph = trace([y, z, y])
    assert [(n.kind, n.op) for n in graph.nodes] == [("leaf", ""), ("result", "exp"), ("result", "log")]
    assert len(graph.edges) == 2


def test_a_leaf_alone() -> None:
    (node,) = trace(Value(2.0)).nodes
    assert (node.kind, node.op, str(node.value)) == ("leaf", "", "2")


def test_a_node_made_by_hand_without_local_derivative() -> None:
    x = Value(1.0)
    y = Value(2.0, (x,), "double")
    (edge,) = trace(y).edges
    assert edge.local is None
    assert read_dot(draw(y).dot)[1] == [("n0", "n1", "")]
    assert trace(Value(2.0, (x,))).nodes[1].op == "made by hand"


def test_without_values_there_are_no_numbers() -> None:
    v = neuron()
    v["o"].backward()
    nodes, edges = read_dot(draw(v["o"], values=False).dot)
    assert all(not n.facts for n in nodes.values())
    assert {label for _, _, label in edges} == {""}
    x, y = Value(1.0), Value(2.0)
    labels = {label for _, _, label in read_dot(draw(x - y, values=False).dot)[1]}
    assert labels == {"x", "y"}, "which input is which, of what is not commutative"


def test_more_nodes_than_the_budget() -> None:
    x = Value(1.0)
    y = x
    for _ in range(30):
        y = y + 1
    graph = trace(y, max_nodes=10)
    assert len(graph.nodes) == 10
    assert graph.nodes[-1].kind == "result"
    assert len(graph.edges) == 9
    assert any(node.notes == ("2 inputs not drawn",) for node in graph.nodes)
    text = caption(draw(y, max_nodes=10, fold=False).dot)
    assert "More than 10 nodes: these are the 10 nearest the result. Pass max_nodes= to draw more." in text
    whole = trace(y, max_nodes=61)
    assert len(whole.nodes) == 61
    assert whole.notes == ()


def chain(length: int) -> Value:
    y = Value(1.0)
    for _ in range(length):
        y = y.sin()
    return y


def test_a_long_chain_gets_an_answer_from_the_nearest() -> None:
    short, y = chain(2 * READ), chain(10 * READ)
    drawing = draw(y)
    work = calls_in(lambda: draw(y))
    # no call for any of the 8 * READ nodes that it has more; only a collection of garbage may make a few
    assert work < calls_in(lambda: draw(short)) + READ / 10
    assert work < 1_000_000  # 200 for each node that is read
    assert len(drawing.graph.nodes) == READ
    assert f"More than {READ} nodes" in caption(drawing.dot)
    assert f"Folded: sin ×{READ - 2}." in caption(drawing.dot)


def test_a_million_edges_too() -> None:
    x, w = Value(1.0), Value(2.0)
    y = dot([x] * 500_000, [w] * 500_000)
    drawing = draw(y)
    assert calls_in(lambda: draw(y)) < 1_500_000  # 100 for each edge that is read
    assert len(drawing.graph.edges) == 13_000
    assert len(drawing.scene.edges) == 4000
    assert "More than 4000 edges" in caption(drawing.dot)
