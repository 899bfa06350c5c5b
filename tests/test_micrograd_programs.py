"""Programs as people write them for micrograd: only the import is ours, and the numbers are micrograd's."""

import math
import random

import pytest

from autograd.value import Value
from nn.scalar import MLP


def trace(root: Value) -> tuple[set, set]:
    """The lecture's: all nodes and edges of a graph."""
    nodes, edges = set(), set()

    def build(v: Value) -> None:
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    build(root)
    return nodes, edges


def test_readme_example() -> None:
    a = Value(-4.0)
    b = Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    assert f"{g.data:.4f}" == "24.7041"
    g.backward()
    assert f"{a.grad:.4f}" == "138.8338"
    assert f"{b.grad:.4f}" == "645.5773"


def test_sanity_check_of_its_tests() -> None:
    x = Value(-4.0)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    y = h + q + q * x
    y.backward()
    assert (y.data, x.grad) == (-20.0, 46.0)


def neuron_of_the_lecture() -> dict[str, Value]:
    x1 = Value(2.0, label="x1")
    x2 = Value(0.0, label="x2")
    w1 = Value(-3.0, label="w1")
    w2 = Value(1.0, label="w2")
    b = Value(6.8813735870195432, label="b")
    x1w1 = x1 * w1
    x1w1.label = "x1*w1"
    x2w2 = x2 * w2
    x2w2.label = "x2*w2"
    x1w1x2w2 = x1w1 + x2w2
    x1w1x2w2.label = "x1*w1 + x2*w2"
    n = x1w1x2w2 + b
    n.label = "n"
    o = n.tanh()
    o.label = "o"
    return {v.label: v for v in (x1, x2, w1, w2, b, x1w1, x2w2, x1w1x2w2, n, o)}


def check_neuron(v: dict[str, Value]) -> None:
    assert v["o"].data == pytest.approx(0.7071067811865476)
    gradients = {label: v[label].grad for label in ("x1", "x2", "w1", "w2", "b", "n")}
    assert gradients == pytest.approx({"x1": -1.5, "x2": 0.5, "w1": 1.0, "w2": 0.0, "b": 0.5, "n": 0.5})


def test_tanh_neuron_walked_by_hand() -> None:
    v = neuron_of_the_lecture()
    v["o"].grad = 1.0
    v["o"]._backward()
    v["n"]._backward()
    v["b"]._backward()
    v["x1*w1 + x2*w2"]._backward()
    v["x2*w2"]._backward()
    v["x1*w1"]._backward()
    check_neuron(v)


def test_tanh_neuron_by_a_sort_of_ones_own() -> None:
    v = neuron_of_the_lecture()
    topo = []
    visited = set()

    def build_topo(node: Value) -> None:
        if node not in visited:
            visited.add(node)
            for child in node._prev:
                build_topo(child)
            topo.append(node)

    build_topo(v["o"])
    v["o"].grad = 1.0
    for node in reversed(topo):
        node._backward()
    check_neuron(v)


def test_tanh_neuron_by_backward_and_in_exponentials() -> None:
    v = neuron_of_the_lecture()
    v["o"].backward()
    check_neuron(v)
    n = Value(v["n"].data)
    e = (2 * n).exp()
    o = (e - 1) / (e + 1)
    o.backward()
    assert (o.data, n.grad) == pytest.approx((0.7071067811865476, 0.5))


def test_drawing_of_the_lecture() -> None:
    """draw_dot, with text in the place of graphviz."""
    v = neuron_of_the_lecture()
    v["o"].backward()
    nodes, edges = trace(v["o"])
    lines = []
    for n in nodes:
        lines.append(f"{n.label} | data {n.data:.4f} | grad {n.grad:.4f}")
        if n._op:
            lines.append(f"{n._op} -> {n.label}")
    lines += [f"{a.label} -> {b._op} of {b.label}" for a, b in edges]
    assert sorted(lines) == sorted([
        "* -> x1*w1",
        "* -> x2*w2",
        "+ -> n",
        "+ -> x1*w1 + x2*w2",
        "b -> + of n",
        "b | data 6.8814 | grad 0.5000",
        "n -> tanh of o",
        "n | data 0.8814 | grad 0.5000",
        "o | data 0.7071 | grad 1.0000",
        "tanh -> o",
        "w1 -> * of x1*w1",
        "w1 | data -3.0000 | grad 1.0000",
        "w2 -> * of x2*w2",
        "w2 | data 1.0000 | grad 0.0000",
        "x1 -> * of x1*w1",
        "x1 | data 2.0000 | grad -1.5000",
        "x1*w1 + x2*w2 -> + of n",
        "x1*w1 + x2*w2 | data -6.0000 | grad 0.5000",
        "x1*w1 -> + of x1*w1 + x2*w2",
        "x1*w1 | data -6.0000 | grad 0.5000",
        "x2 -> * of x2*w2",
        "x2 | data 0.0000 | grad 0.5000",
        "x2*w2 -> + of x1*w1 + x2*w2",
        "x2*w2 | data 0.0000 | grad 0.5000",
    ])  # fmt: skip


def test_an_operation_of_ones_own_with_a_closure(monkeypatch: pytest.MonkeyPatch) -> None:
    """How micrograd is extended: a method that sets `out._backward`, which every sweep calls."""
    calls = []

    def arctan(self: Value) -> Value:
        out = Value(math.atan(self.data), (self,), "atan")

        def _backward() -> None:
            calls.append(out.grad)
            self.grad += out.grad / (1 + self.data**2)

        out._backward = _backward
        return out

    monkeypatch.setattr(Value, "arctan", arctan, raising=False)
    x = Value(3.0)
    y = (x * 1).arctan() * 5 + x.arctan()
    assert calls == []
    y.backward()
    assert sorted(calls) == [1, 5]
    assert x.grad == pytest.approx(0.6)
    y.backward()
    assert x.grad == pytest.approx(1.2)
    node = x.arctan()
    assert node._prev == {x}
    assert node.edges == ((x, None),)


def test_an_operation_of_ones_own_with_local_derivatives() -> None:
    x, y = Value(3.0), Value(4.0)
    norm = Value(math.hypot(3.0, 4.0), (x, y), "hypot", "r", (0.6, 0.8))
    (norm * 10).backward()
    assert (x.grad, y.grad, norm.label, norm._op) == (6.0, 8.0, "r", "hypot")
    assert norm.edges == ((x, 0.6), (y, 0.8))


def test_fields_of_ones_own() -> None:
    """Optimizers written for micrograd keep their state on the parameters."""
    w = Value(5.0)
    w.velocity = 0.0
    for _ in range(200):
        loss = (w - 2) ** 2
        w.grad = 0
        loss.backward()
        w.velocity = 0.9 * w.velocity - 0.01 * w.grad
        w.data += w.velocity
    assert w.data == pytest.approx(2.0, abs=1e-3)


def test_a_loop_of_gradient_descent() -> None:
    """Four points, one neuron, written without any class."""
    xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    ys = [1.0, -1.0, -1.0, 1.0]
    w, b = [Value(0.1), Value(-0.2), Value(0.3)], Value(0.0)
    for _ in range(100):
        ypred = [sum((wi * xi for wi, xi in zip(w, x, strict=True)), b).tanh() for x in xs]
        loss = sum((yout - ygt) ** 2 for ygt, yout in zip(ys, ypred, strict=True))
        for p in [*w, b]:
            p.grad = 0.0
        loss.backward()
        for p in [*w, b]:
            p.data += -0.1 * p.grad
    assert loss.data < 0.02
    assert [round(y.data) for y in ypred] == ys


# ------------------------------------------------------------------------------------------ the demo


def moons(n: int) -> tuple[list[list[float]], list[int]]:
    """Two interleaved half circles, labelled -1 and 1."""
    points, labels = [], []
    for i in range(n):
        angle = math.pi * (i // 2) / (n // 2 - 1)
        if i % 2:
            points.append([1 - math.cos(angle), 0.5 - math.sin(angle)])
        else:
            points.append([math.cos(angle), math.sin(angle)])
        labels.append(2 * (i % 2) - 1)
    return points, labels


def demo(value: type, mlp: type, steps: int) -> tuple[list[float], float]:
    """The demo notebook: max-margin loss with L2, a falling learning rate. The losses, and the last accuracy."""
    random.seed(1337)
    xs, ys = moons(20)
    model = mlp(2, [8, 8, 1])
    losses = []
    for k in range(steps):
        inputs = [list(map(value, xrow)) for xrow in xs]
        scores = list(map(model, inputs))
        margins = [(1 + -yi * scorei).relu() for yi, scorei in zip(ys, scores, strict=True)]
        data_loss = sum(margins) * (1.0 / len(margins))
        alpha = 1e-4
        reg_loss = alpha * sum(p * p for p in model.parameters())
        total_loss = data_loss + reg_loss
        accuracy = [(yi > 0) == (scorei.data > 0) for yi, scorei in zip(ys, scores, strict=True)]
        model.zero_grad()
        total_loss.backward()
        learning_rate = 1.0 - 0.9 * k / 100
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        losses.append(total_loss.data)
    return losses, sum(accuracy) / len(accuracy)


LOSSES = [  # micrograd's, to all its digits
    0.7470610898321371,
    1.0461906629664188,
    0.817760310871591,
    0.44264428777612985,
    0.416922275837154,
    0.40164823123784765,
]


def test_moons() -> None:
    losses, accuracy = demo(Value, MLP, 60)
    assert losses[:6] == pytest.approx(LOSSES, rel=1e-9)
    assert losses[-1] < 0.1
    assert accuracy == 1.0
