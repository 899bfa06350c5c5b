"""The scalar engine: its numbers against PyTorch's, its graph, and the programs people wrote for micrograd."""

import ast
import copy
import gc
import itertools
import math
import operator
import random
import subprocess
import sys
import weakref
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd.errors import AutogradError
from autograd.value import Value, dot

ROOT = Path(__file__).resolve().parent.parent
INF, NAN = math.inf, math.nan

UNARY: dict[str, Callable] = {
    "neg": operator.neg,
    "pos": operator.pos,
    "abs": abs,
    "exp": lambda x: x.exp(),
    "log": lambda x: x.log(),
    "sqrt": lambda x: x.sqrt(),
    "sin": lambda x: x.sin(),
    "cos": lambda x: x.cos(),
    "tanh": lambda x: x.tanh(),
    "sigmoid": lambda x: x.sigmoid(),
    "relu": lambda x: x.relu(),
}
BINARY: dict[str, Callable] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": operator.pow,
    "max": lambda x, y: x.maximum(y),
    "min": lambda x, y: x.minimum(y),
}
GRID = [
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -3.0, 2.7, 20.0, -40.0, 1e-8, 800.0, -800.0, 1e200, -1e200, INF, -INF, NAN,
]  # fmt: skip


def same(ours: float, theirs: float) -> bool:
    """Equal to rounding; nan the same as nan."""
    if math.isnan(theirs):
        return math.isnan(ours)
    return math.isclose(ours, theirs, rel_tol=1e-13, abs_tol=1e-300)


def run(function: Callable, *numbers: float) -> tuple[float, ...]:
    """The function's value and its gradients, here."""
    leaves = [Value(number) for number in numbers]
    out = function(*leaves)
    out.backward()
    return (out.data, *(leaf.grad for leaf in leaves))


def run_torch(function: Callable, *numbers: float) -> tuple[float, ...]:
    """The function's value and its gradients, by PyTorch in double precision."""
    torch = pytest.importorskip("torch")
    leaves = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in numbers]
    out = function(*leaves)
    out.backward()
    return (out.item(), *(leaf.grad.item() for leaf in leaves))


def differences(function: Callable, theirs: Callable, points: list) -> list:
    """The points where we and PyTorch give different numbers, with both."""
    found = [(point, run(function, *point), run_torch(theirs, *point)) for point in points]
    return [row for row in found if not all(map(same, row[1], row[2]))]


# --------------------------------------------------------------------------- values and derivatives


@pytest.mark.parametrize("name", UNARY)
def test_unary_equals_pytorch_on_the_whole_line(name: str) -> None:
    assert differences(UNARY[name], UNARY[name], [(x,) for x in GRID]) == []


@pytest.mark.parametrize("slope", [0.01, 0.0, 0.3, 1.5])
def test_leaky_relu_equals_pytorch(slope: float) -> None:
    torch = pytest.importorskip("torch")
    points = [(x,) for x in GRID if math.isfinite(x) or slope]  # 0 times inf is nan, in PyTorch too
    ours, theirs = lambda x: x.leaky_relu(slope), lambda x: torch.nn.functional.leaky_relu(x, slope)
    assert differences(ours, theirs, points) == []


@pytest.mark.parametrize("name", BINARY)
def test_binary_equals_pytorch_on_the_whole_plane(name: str) -> None:
    torch = pytest.importorskip("torch")
    theirs = {"max": torch.maximum, "min": torch.minimum}.get(name, BINARY[name])
    assert differences(BINARY[name], theirs, list(itertools.product(GRID, GRID))) == []


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, -1, -2, -3, 0.5, -0.5, 1 / 3, 1.5, 2.0, -1.0, 700.0])
def test_constant_power_equals_pytorch(n: float) -> None:
    points = [(x,) for x in GRID]
    if (
        n % 1 == 0.5
    ):  # PyTorch takes a square root here, -0 for -0 and nan for -inf; in IEEE 754 it is 0 and inf
        points = [(x,) for x in GRID if str(x) not in {"-0.0", "-inf"}]
    assert differences(lambda x: x**n, lambda x: x**n, points) == []


@pytest.mark.parametrize("name", ["add", "sub", "mul", "div", "pow"])
@pytest.mark.parametrize("number", [2.5, -3.0, 2, 0, -1])
def test_a_number_on_either_side(name: str, number: float) -> None:
    operation = BINARY[name]
    points = [(x,) for x in (0.7, 1.3, 2.0, 5.0)]
    assert differences(lambda x: operation(x, number), lambda x: operation(x, number), points) == []
    assert differences(lambda x: operation(number, x), lambda x: operation(number, x), points) == []


SMOOTH: dict[str, tuple[Callable, tuple[float, ...]]] = {
    **{name: (function, (0.8,)) for name, function in UNARY.items()},
    **{name: (function, (0.8, 1.7)) for name, function in BINARY.items()},
    "negative": (lambda x: abs(x) + x.leaky_relu() * x.relu() + x.sigmoid() * x.tanh(), (-0.8,)),
    "cube": (lambda x: x**3, (-1.2,)),
    "root": (lambda x: x**-0.5, (1.2,)),
    "reflected": (lambda x: 2 - 3 / x + 2**x + 4 * x + (1 + x), (1.2,)),
    "dot": (lambda a, b, c, d, e: dot([a, b], [c, d], e), (0.3, -1.2, 2.0, 0.7, 0.1)),
    "dot with itself": (lambda a, b: dot([a, b, a], [a, 2.0, b], b), (0.3, -1.2)),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_gradient_equals_finite_differences(name: str) -> None:
    function, point = SMOOTH[name]
    upstream = random.uniform(-2, 2)
    _, *gradients = run(lambda *x: upstream * function(*x), *point)
    for i, gradient in enumerate(gradients):
        h = 1e-6
        ahead, behind = ([x + (i == j) * step for j, x in enumerate(point)] for step in (h, -h))
        slope = (run(function, *ahead)[0] - run(function, *behind)[0]) / (2 * h)
        assert gradient == pytest.approx(upstream * slope, rel=1e-7, abs=1e-9)


def test_edge_values() -> None:
    """The kinks and the ends of the line, written out."""
    assert run(lambda x: x.relu(), 0.0) == (0, 0)
    assert run(abs, 0.0) == (0, 0)
    assert run(lambda x: x.leaky_relu(0.2), 0.0) == (0, 0.2)
    assert run(lambda x: x**0, 0.0) == (1, 0)
    assert run(lambda x: x**1, 0.0) == (0, 1)
    assert run(lambda x: x**-1, 0.0) == (INF, -INF)
    assert run(lambda x: x**0.5, 0.0) == (0, INF)
    assert run(lambda x, y: x**y, 0.0, 2.0) == (0, 0, 0)
    assert run(lambda x: x.exp(), 1000.0) == (INF, INF)
    assert run(lambda x: x.exp(), -1000.0) == (0, 0)
    assert run(lambda x: x.sigmoid(), 1000.0) == (1, 0)
    assert run(lambda x: x.sigmoid(), -1000.0) == (0, 0)
    assert run(lambda x: x.log(), 0.0) == (-INF, INF)
    assert run(lambda x: x.sqrt(), 0.0) == (0, INF)
    assert run(lambda x, y: x / y, 1.0, 0.0) == (INF, INF, -INF)
    assert run(lambda x, y: x.maximum(y), 3.0, 3.0) == (3, 0.5, 0.5)
    assert run(lambda x, y: x.minimum(y), 3.0, 3.0) == (3, 0.5, 0.5)
    nans = [
        run(lambda x: x.relu(), NAN),
        run(lambda x: x.log(), -1.0),
        run(lambda x: x**0.5, -1.0),
        run(lambda x, y: x / y, 0.0, 0.0),
        run(lambda x, y: x.maximum(y), NAN, 1.0),
        run(lambda x, y: x.minimum(y), 1.0, NAN),
    ]
    assert [math.isnan(result[0]) for result in nans] == [True] * len(nans)


def test_maximum_of_a_number() -> None:
    x = Value(2.0)
    y = x.maximum(3) + x.minimum(3)
    y.backward()
    assert (y.data, x.grad) == (5, 1)


# ------------------------------------------------------------------------------------ random graphs

LIMIT = 30.0


def between(low: float, x: float) -> bool:
    return low < x < LIMIT


# name: (operation, where it is smooth and does not blow up)
STEPS: dict[str, tuple[Callable, Callable[[float, float], bool]]] = {
    "add": (lambda T, x, y: x + y, lambda x, y: True),
    "sub": (lambda T, x, y: x - y, lambda x, y: True),
    "mul": (lambda T, x, y: x * y, lambda x, y: True),
    "div": (lambda T, x, y: x / y, lambda x, y: abs(y) > 0.3),
    "pow": (lambda T, x, y: x**y, lambda x, y: 0.3 < x < 3 and abs(y) < 3),
    "max": (lambda T, x, y: T.maximum(x, y), lambda x, y: abs(x - y) > 1e-3),
    "min": (lambda T, x, y: T.minimum(x, y), lambda x, y: abs(x - y) > 1e-3),
    "left": (lambda T, x, y: 2 - (1 - x) + 3 * y, lambda x, y: True),
    "over": (lambda T, x, y: 1 / x, lambda x, y: abs(x) > 0.3),
    "square": (lambda T, x, y: x**2, lambda x, y: True),
    "cube": (lambda T, x, y: x**3, lambda x, y: abs(x) < 3),
    "inverse square": (lambda T, x, y: x**-2, lambda x, y: abs(x) > 0.3),
    "base": (lambda T, x, y: 1.5**x, lambda x, y: abs(x) < 3),
    "neg": (lambda T, x, y: -x, lambda x, y: True),
    "abs": (lambda T, x, y: abs(x), lambda x, y: abs(x) > 1e-3),
    "exp": (lambda T, x, y: x.exp(), lambda x, y: abs(x) < 3),
    "log": (lambda T, x, y: x.log(), lambda x, y: between(0.3, x)),
    "sqrt": (lambda T, x, y: x.sqrt(), lambda x, y: between(0.3, x)),
    "sin": (lambda T, x, y: x.sin(), lambda x, y: True),
    "cos": (lambda T, x, y: x.cos(), lambda x, y: True),
    "tanh": (lambda T, x, y: x.tanh(), lambda x, y: True),
    "sigmoid": (lambda T, x, y: x.sigmoid(), lambda x, y: True),
    "relu": (lambda T, x, y: x.relu(), lambda x, y: abs(x) > 1e-3),
    "leaky_relu": (lambda T, x, y: T.leaky_relu(x, 0.1), lambda x, y: abs(x) > 1e-3),
    "dot": (lambda T, x, y: T.dot([x, y, 0.5, x], [y, 2.0, x, x], y), lambda x, y: True),
}


class Ours:
    """The functions whose spelling differs, here."""

    maximum, minimum, leaky_relu = Value.maximum, Value.minimum, Value.leaky_relu
    dot = staticmethod(dot)


def evaluate(functions: type, leaves: list, program: list[tuple[str, int, int]]) -> list:
    """Run a program of (operation, index, index) on a growing list; a step that is not smooth there is tanh."""
    nodes = list(leaves)
    for name, i, j in program:
        x, y = nodes[i % len(nodes)], nodes[j % len(nodes)]
        operation, smooth = STEPS[name]
        out = operation(functions, x, y) if smooth(float(x.data), float(y.data)) else (x + y).tanh()
        nodes.append(out if abs(float(out.data)) < LIMIT else out.tanh())
    return nodes


PROGRAMS = st.lists(
    st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=25
)
LEAVES = st.lists(st.floats(-3, 3).map(lambda x: round(x, 3)), min_size=1, max_size=4)


@given(LEAVES, PROGRAMS)
def test_random_graphs_equal_pytorch(start: list[float], program: list[tuple[str, int, int]]) -> None:
    torch = pytest.importorskip("torch")

    class Theirs:
        maximum, minimum, leaky_relu = torch.maximum, torch.minimum, torch.nn.functional.leaky_relu

        @staticmethod
        def dot(xs: list, ws: list, bias: object) -> object:
            return sum((x * w for x, w in zip(xs, ws, strict=True)), bias)

    ours = evaluate(Ours, [Value(x) for x in start], program)
    theirs = evaluate(
        Theirs, [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in start], program
    )
    for node in theirs:
        node.retain_grad()
    ours[-1].backward()
    theirs[-1].backward()
    scale = 1 + max(abs(node.grad.item()) for node in theirs if node.grad is not None)
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.data == pytest.approx(other.item(), rel=1e-9, abs=1e-9)
        expected = 0 if other.grad is None else other.grad.item()
        assert mine.grad == pytest.approx(expected, rel=1e-7, abs=1e-9 * scale)


def behind(root: Value) -> list[Value]:
    """The root and every node that it was made from."""
    found = [root]
    for node in found:
        found += [parent for parent in node._prev if parent not in found]
    return found


@given(LEAVES, PROGRAMS)
def test_every_edge_is_upstream_times_local(start: list[float], program: list[tuple[str, int, int]]) -> None:
    """What the edges say adds up to every gradient: each node's is the sum of its edges' contributions."""
    nodes = evaluate(Ours, [Value(x) for x in start], program)
    nodes[-1].backward()
    everything = behind(nodes[-1])
    total = dict.fromkeys(everything, 0.0)
    total[nodes[-1]] = 1.0
    for node in everything:
        for parent, local in node.edges:
            total[parent] += node.grad * local
    for node in everything:
        assert node.grad == pytest.approx(total[node], rel=1e-9, abs=1e-12)


# ---------------------------------------------------------------------------------------- the graph


def test_edges_hold_the_parents_and_the_local_derivatives() -> None:
    a, b = Value(2.0), Value(5.0)
    assert (a * b).edges == ((a, 5.0), (b, 2.0))
    assert (a - b).edges == ((a, 1), (b, -1))
    assert (a / b).edges == ((a, 0.2), (b, -0.08))
    assert (a**3).edges == ((a, 12.0),)
    assert (a * a).edges == ((a, 2.0), (a, 2.0))
    assert dot([a, b], [b, 3.0], a).edges[:3] == ((a, 5.0), (b, 3.0), (b, 2.0))
    assert a.edges == ()


def test_names_of_the_operations() -> None:
    a, b = Value(2.0), Value(3.0)
    named = {
        "+": a + b, "-": a - b, "*": a * b, "/": a / b, "**2": a**2, "**-1": a**-1, "**0.5": a**0.5, "**": a**b,
        "neg": -a, "abs": abs(a), "exp": a.exp(), "log": a.log(), "sqrt": a.sqrt(), "sin": a.sin(), "cos": a.cos(),
        "tanh": a.tanh(), "sigmoid": a.sigmoid(), "ReLU": a.relu(), "LeakyReLU": a.leaky_relu(),
        "max": a.maximum(b), "min": a.minimum(b), "dot": dot([a], [b]), "": a,
    }  # fmt: skip
    assert {name: node._op for name, node in named.items()} == {name: name for name in named}
    assert (+a) is a


def test_functions_have_names_and_docstrings() -> None:
    for name in ("exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu", "abs"):
        method = getattr(Value, name)
        assert method.__name__ == name
        assert method.__doc__


def test_constants_are_nodes() -> None:
    """As in micrograd: a drawing shows the 2 in 2 * x."""
    x = Value(3.0)
    for node in (x + 2, 2 + x, x * 2, 2 * x, x - 2, 2 - x, x / 2, 2 / x, 2**x):
        assert {parent.data for parent in node._prev} == {2, 3.0}


def test_repeated_backward_accumulates_on_leaves_only() -> None:
    a = Value(1.0)
    b = a + a
    c = b + b
    c.backward()
    assert (a.grad, b.grad, c.grad) == (4, 2, 1)
    c.backward()
    assert (a.grad, b.grad, c.grad) == (8, 2, 1)
    a.grad = 0
    c.backward()
    assert (a.grad, b.grad, c.grad) == (4, 2, 1)


def test_two_results_share_a_graph() -> None:
    a = Value(3.0)
    b = a * a
    c, d = b * 2, b + a
    c.backward()
    assert (a.grad, b.grad) == (12, 2)
    d.backward()
    assert (a.grad, b.grad) == (12 + 7, 1)


def test_backward_from_a_leaf() -> None:
    a = Value(3.0)
    a.backward()
    a.backward()
    assert a.grad == 2


def test_order_waits_for_every_user() -> None:
    """A node reached soon by a short way and late by a long one passes its gradient on once, when it is complete."""
    for swap in (False, True):
        a = Value(1.0)
        short = a * 3
        long = short
        for _ in range(50):
            long = long + 0
        out = long + short if swap else short + long
        out.backward()
        assert (short.grad, a.grad) == (2, 6)


def test_wide_ladder_is_linear_in_time() -> None:
    """2**200 paths, 200 nodes."""
    a = Value(1.0)
    b = a
    for _ in range(200):
        b = b + b
    b.backward()
    assert a.grad == 2**200


def test_local_derivatives_are_those_of_the_forward_pass() -> None:
    a = Value(3.0)
    b = a * a
    a.data = 100.0
    b.backward()
    assert a.grad == 6


def test_recursion_limit_does_not_matter() -> None:
    x = Value(0.5)
    y = x
    for _ in range(20 * sys.getrecursionlimit()):
        y = y + 1
    y.backward()
    assert x.grad == 1


CHAIN = """
import gc, sys, weakref
gc.disable()
from autograd.value import Value

before = sys.getallocatedblocks()
x = Value(0.5)
y = x
for _ in range(500_000):
    y = -(y * 1.0)
middle = weakref.ref(y)
y.backward()
assert x.grad == 1, x.grad
built = sys.getallocatedblocks() - before
del y
assert middle() is None
left = sys.getallocatedblocks() - before
assert built > 2_000_000, built
assert left < 10_000, left  # what Python keeps for reuse
"""


def test_a_chain_of_a_million_nodes_is_built_swept_and_freed() -> None:
    """In a process of its own, whose stack is small, without the garbage collector."""
    limit = (
        "import resource; resource.setrlimit(resource.RLIMIT_STACK, (2**20, 2**20))\n"
        if sys.platform == "linux"
        else ""
    )
    launch = f"{limit}import os, sys; os.execv(sys.executable, [sys.executable, '-c', {CHAIN!r}])"
    done = subprocess.run(
        [sys.executable, "-c", launch], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_dropped_graph_dies_at_once() -> None:
    gc.collect()
    gc.disable()
    try:
        x = Value(0.5)
        nodes = evaluate(Ours, [x], [(name, i, i + 1) for i, name in enumerate(STEPS)])
        nodes[-1].backward()
        watched = [weakref.ref(node) for node in nodes[1:]]
        assert len(set(watched)) > 20
        del nodes
        assert [ref() for ref in watched] == [None] * len(watched)
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_training_leaves_nothing_behind() -> None:
    w, b = Value(0.5), Value(0.0)

    def step() -> None:
        loss = sum(((w * x + b).tanh() - 0.3) ** 2 for x in range(5))
        loss.backward()
        for p in (w, b):
            p.data -= 0.01 * p.grad
            p.grad = 0

    gc.collect()
    gc.disable()
    try:
        step()
        before = len(gc.get_objects())
        for _ in range(200):
            step()
        assert len(gc.get_objects()) == before
    finally:
        gc.enable()


# ------------------------------------------------------------------------------------ as a number


def test_repr_is_micrograds() -> None:
    a = Value(2.0)
    assert repr(a) == "Value(data=2.0, grad=0)"
    assert repr(Value(-4)) == "Value(data=-4, grad=0)"
    b = a * -3
    b.backward()
    assert (repr(a), repr(b)) == ("Value(data=2.0, grad=-3)", "Value(data=-6.0, grad=1)")
    assert str(b) == repr(b)
    assert f"{b}" == repr(b)
    assert f"{b:.3f} {b:6.1f}" == "-6.000   -6.0"


def test_label() -> None:
    a = Value(2.0, label="a")
    b = a * 2
    b.label = "b"
    assert (a.label, b.label, (a + b).label) == ("a", "b", "")


def test_order_and_equality() -> None:
    a, b, c = Value(1.0), Value(2.0), Value(2.0)
    assert (a < b, a <= b, a > b, a >= b) == (True, True, False, False)
    assert (b < c, b <= c, b > c, b >= c) == (False, True, False, True)
    assert (a < 1.5, a <= 1, a > 1, a >= 1.5) == (True, True, False, False)
    compare = (operator.lt, operator.le, operator.gt, operator.ge)
    assert [f(1.5, a) for f in compare] == [False, False, True, True]
    assert not any((Value(NAN) < 1, Value(NAN) >= 1, Value(NAN) > a, a <= Value(NAN)))
    assert max(a, b, Value(0.0)) is b
    assert min([b, a, c]) is a
    assert max(a, 3.0) == 3.0
    assert sorted([c, a, b], key=float) == [a, c, b]
    assert b == b
    assert b != c
    assert len({a, b, c, a}) == 3
    assert b in {b: 1}
    assert c not in [a, b]
    assert bool(Value(0.0)), "a node is there, whatever its number: `if bias` asks for the node"


def test_conversions() -> None:
    assert (float(Value(2)), int(Value(-2.7)), abs(Value(-2.0)).data) == (2.0, -2, 2.0)
    assert isinstance(float(Value(2)), float)
    assert math.floor(Value(2.5)) == 2
    assert math.sqrt(Value(4.0)) == 2.0


@pytest.mark.parametrize(
    ("number", "stored"),
    [
        (2, 2),
        (2.5, 2.5),
        (True, 1.0),
        (Fraction(1, 4), 0.25),
        (np.float64(0.5), 0.5),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3.0),
    ],
)
def test_numbers_of_other_libraries_become_pythons_own(number: float, stored: float) -> None:
    value = Value(number)
    assert value.data == stored
    assert type(value.data) is type(stored)
    assert (Value(1.0) + number).data == 1 + stored
    assert (Value(2.0) ** number).data == 2**stored


def test_sum() -> None:
    values = [Value(float(i)) for i in range(5)]
    total = sum(values)
    total.backward()
    assert (total.data, [v.grad for v in values]) == (10, [1] * 5)
    assert sum(values, Value(1.0)).data == 11
    assert (sum(values) / len(values)).data == 2


def test_numpy_on_either_side() -> None:
    x = Value(3.0)
    for node in (np.float64(2.0) * x, x * np.float64(2.0), np.int64(2) * x):
        assert isinstance(node, Value)
        assert node.data == 6
    y = (np.array([1.0, 2.0]) * x).sum() + (x * np.array([10.0, 20.0])).sum()
    y.backward()
    assert (y.data, x.grad) == (99, 33)
    weights = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]])
    out = np.tanh(weights @ np.array([0.1, 0.2])).sum()
    out.backward()
    assert out.data == pytest.approx(math.tanh(0.5) + math.tanh(1.1))
    assert weights[0, 1].grad == pytest.approx(0.2 * (1 - math.tanh(0.5) ** 2))
    assert isinstance(np.array([x], dtype=float)[0], float)


def test_a_leaf_can_be_copied() -> None:
    a = Value(2.0, label="a")
    a.grad = 7
    b = copy.deepcopy([a, a])[0]
    assert b is not a
    assert (b.data, b.grad, b.label) == (2.0, 7, "a")
    b.data = 3.0
    assert a.data == 2.0


def test_only_the_standard_library_is_imported() -> None:
    for name in ("value", "reals"):
        tree = ast.parse((ROOT / "autograd" / f"{name}.py").read_text(encoding="utf-8"))
        modules = {
            (node.module or "").split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and not node.level
        }
        modules |= {
            alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
        }
        assert modules <= sys.stdlib_module_names


# ---------------------------------------------------------------------------------------------- dot


def test_dot_is_one_node() -> None:
    xs, ws, b = [Value(1.0), Value(2.0)], [Value(3.0), Value(-4.0)], Value(0.5)
    out = dot(xs, ws, b)
    assert (out.data, out._prev) == (-4.5, {*xs, *ws, b})
    out.backward()
    assert [v.grad for v in (*xs, *ws, b)] == [3.0, -4.0, 1.0, 2.0, 1]


def test_dot_takes_numbers_arrays_and_generators() -> None:
    w = [Value(3.0), Value(-4.0)]
    for xs in ([1, 2.0], (1.0, 2.0), np.array([1.0, 2.0]), (x for x in (1.0, 2.0)), [Value(1.0), 2]):
        out = dot(xs, w)
        assert out.data == -5.0
    assert dot(w, [1, 2]).data == -5.0
    assert dot([1.0, 2.0], [3.0, 4.0], 1).data == 12.0
    assert dot([], []).data == 0


def test_dot_of_a_list_with_itself() -> None:
    w = [Value(3.0), Value(-4.0)]
    out = dot(w, w)
    out.backward()
    assert (out.data, [v.grad for v in w]) == (25.0, [6.0, -8.0])


def test_dot_adds_in_the_order_of_a_loop() -> None:
    xs, ws = ([random.uniform(-1, 1) for _ in range(20)] for _ in range(2))
    loop = sum((Value(x) * w for x, w in zip(xs, ws, strict=True)), Value(0.3))
    fused = dot(xs, ws, 0.3)
    assert fused.data == pytest.approx(loop.data, rel=1e-15, abs=1e-15)


# ------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("operation", "sign"),
    [
        (operator.add, r"\+"),
        (operator.sub, "-"),
        (operator.mul, r"\*|multiply"),
        (operator.truediv, "/"),
        (operator.pow, r"\*\*"),
        (operator.lt, "<"),
        (operator.le, "<="),
        (operator.gt, ">"),
        (operator.ge, ">="),
    ],
)
@pytest.mark.parametrize("wrong", ["1", None, [1.0], 1j])
def test_operators_refuse_what_is_not_a_number(operation: Callable, sign: str, wrong: object) -> None:
    with pytest.raises(TypeError, match=sign):
        operation(Value(1.0), wrong)
    with pytest.raises(TypeError):
        operation(wrong, Value(1.0))


def test_what_has_its_own_rule_is_asked() -> None:
    class Other:
        def __radd__(self, left: object) -> str:
            return "radd"

        def __rpow__(self, left: object) -> str:
            return "rpow"

    assert (Value(1.0) + Other(), Value(1.0) ** Other()) == ("radd", "rpow")


@pytest.mark.parametrize("wrong", ["1", None, [1.0], 1j, np.ones(2), Value(1.0)])
def test_a_value_is_one_real_number(wrong: object) -> None:
    with pytest.raises(
        TypeError, match=rf"Value: needs one real number, not {type(wrong).__name__}.*Tensor"
    ) as caught:
        Value(wrong)
    assert isinstance(caught.value, AutogradError)


def test_maximum_of_what_is_not_a_number() -> None:
    for method in (Value(1.0).maximum, Value(1.0).minimum):
        with pytest.raises(TypeError, match="needs one real number, not str"):
            method("2")


def test_dot_of_different_lengths() -> None:
    with pytest.raises(ValueError, match="dot: 2 inputs but 3 weights") as caught:
        dot([1.0, 2.0], [Value(1.0)] * 3)
    assert isinstance(caught.value, AutogradError)


def test_dot_of_what_is_not_a_number() -> None:
    with pytest.raises(TypeError, match="needs one real number, not str"):
        dot(["a"], [Value(1.0)])
