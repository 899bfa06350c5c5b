"""The chain rule explained along tensors: numbers worked out by hand, checks, and graphs that backward has freed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from autograd.errors import ArgumentError, GraphFreedError
from autograd.show import Explanation, explain, record
from autograd.value import Value
from nn.scalar import MLP


def leaf(values: Any) -> Any:
    return autograd.tensor(values, requires_grad=True, dtype=autograd.float64)


def gradient(found: Explanation) -> list[float]:
    return list(found.gradient.elements)


def assert_checked(found: Explanation) -> None:
    assert found.checked is not None, found.unchecked
    assert found.checked.difference < 1e-7
    assert "Check by" in str(found)


def test_softmax_and_cross_entropy_by_hand() -> None:
    z = leaf([[1.0, 2.0, 0.5]])
    target = autograd.tensor([1])

    def loss() -> Any:
        return F.cross_entropy(z, target)

    found = explain(loss, wrt=z, names={"z": z})
    powers = [math.e, math.e**2, math.e**0.5]
    p = [x / sum(powers) for x in powers]
    assert gradient(found) == pytest.approx([p[0], p[1] - 1, p[2]])
    assert_checked(found)
    said = str(found)
    assert "cross_entropy(z, [1]) = 0.4644, upstream 1" in said
    assert "by (softmax(z) - one_hot([1])) * g / n" in said
    assert "element by element: [[0.2312, -0.3715, 0.1402]]" in said


def test_a_product_of_matrices_by_hand() -> None:
    a, b = leaf([[1.0, 2.0], [3.0, 4.0]]), leaf([[0.5, 1.0], [-1.0, 2.0]])
    for_a, for_b = explain(lambda: (a @ b).sum(), wrt=[a, b], names={"A": a, "B": b})
    assert gradient(for_a) == [1.5, 1.0, 1.5, 1.0]  # each row: the sums of the rows of B
    assert gradient(for_b) == [4.0, 4.0, 6.0, 6.0]  # each row: a sum of a column of A
    assert_checked(for_a)
    assert_checked(for_b)
    assert "to A: [[1, 1], [1, 1]] becomes [[1.5, 1], [1.5, 1]]  by g @ B.T" in str(for_a)
    assert "to B: [[1, 1], [1, 1]] becomes [[4, 4], [6, 6]]  by A.T @ g" in str(for_b)


def test_what_was_repeated_is_added_up() -> None:
    x, b = leaf([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), leaf([0.1, 0.2, 0.3])
    y = x * b
    found = explain(y.sum(), wrt=b, names={"x": x, "b": b, "y": y})
    assert gradient(found) == [5.0, 7.0, 9.0]
    assert_checked(found)
    said = str(found)
    assert "to b: [[1, 1, 1], [1, 1, 1]] × [[1, 2, 3], [4, 5, 6]] = [5, 7, 9]    local derivative x" in said
    assert "((3,) was repeated to (2, 3) here: what comes to each copy is added up)" in said


def test_why_the_order_matters() -> None:
    a = leaf(3.0)
    b = a + a
    c = b + b
    found = explain(c, wrt=a, names={"a": a, "b": b, "c": c})
    assert found.count == 4
    assert found.total == 4.0
    said = str(found)
    assert "If a grows a little, c grows 4 times as much." in said
    assert "At b 2 contributions meet and are added: 1 + 1" in said
    assert "b = a + a = 6, upstream 2" in said, "b waits for both"
    assert said.count("c → b → a:  1 × 1 = 1") == 4
    assert "together 1 + 1 + 1 + 1 = 4" in said
    assert_checked(found)


def test_after_backward_what_was_recorded_is_explained() -> None:
    x, w = leaf([[1.0, -2.0]]), leaf([[0.5], [0.25]])
    live = explain((x @ w).tanh().sum() * 3, wrt=w, names={"x": x, "w": w})
    with record():
        loss = (x @ w).tanh().sum() * 3
        loss.backward()
    after = explain(loss, wrt=w, names={"x": x, "w": w})
    assert gradient(after) == gradient(live) == pytest.approx(w.grad.numpy().ravel().tolist())
    assert [(e.target, e.source, e.upstream, e.contribution) for e in after.links] == [
        (e.target, e.source, e.upstream, e.contribution) for e in live.links
    ]
    assert_checked(after)


def test_numbers_are_put_in_also_after_backward() -> None:
    x = leaf(0.5)
    with record():
        y = (x * x).tanh()
        y.backward()
    with autograd.no_grad():
        x += 10  # a step of training does not change what is told
    said = str(explain(y, wrt=x, names={"x": x, "y": y}))
    assert "local derivative 1 - y**2 = 1 - 0.2449**2" in said
    assert "to x: 0.94 × 0.5 = 0.47    local derivative x = 0.5" in said
    assert "Check by a finite difference, d y / d x: 0.940015 (by the chain rule 0.940015)" in said


def test_a_result_in_the_middle_of_a_graph() -> None:
    x = leaf([1.0, 2.0])
    with record():
        h = x.exp()
        y = (h * h).sum()
        y.backward()
    found = explain(y, wrt=h, names={"h": h})
    np.testing.assert_allclose(gradient(found), 2 * np.exp([1.0, 2.0]))
    assert_checked(found)


def test_what_backward_freed_says_how() -> None:
    x = leaf(0.5)
    y = x.exp() * 2
    y.backward()
    with pytest.raises(
        GraphFreedError, match=r"explain before backward\(\), call backward\(retain_graph=True\)"
    ):
        explain(y, wrt=x)
    with record():
        h = x.exp()
        (h * 2).backward()
    with pytest.raises(GraphFreedError, match="not a backward\\(\\) from this result"):
        explain(h, wrt=x)
    kept = x.exp() * 2
    kept.backward(retain_graph=True)
    assert explain(kept, wrt=x).total == pytest.approx(2 * math.exp(0.5))


def test_what_is_freed_beside_the_way_does_not_matter() -> None:
    x, w = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    shared = x * x
    shared.sum().backward()
    y = (shared * w).sum()
    assert gradient(explain(y, wrt=w)) == [1.0, 4.0]
    assert gradient(explain(y, wrt=shared)) == [3.0, 4.0]  # as far as it goes, nothing was freed
    assert "not checked" in str(explain(y, wrt=w)).lower()
    with pytest.raises(GraphFreedError):
        explain(y, wrt=x)
    with pytest.raises(ArgumentError, match="does not depend"):
        explain(y, wrt=leaf(1.0))


def test_many_elements_are_checked_along_one_direction() -> None:
    rng = np.random.default_rng(0)
    w, x = leaf(rng.normal(size=(12, 9))), leaf(rng.normal(size=(5, 12)))
    found = explain(lambda: (x @ w).tanh().mean(), wrt=w, names={"w": w})
    assert "along one direction of all elements" in str(found)
    assert_checked(found)
    large = leaf(rng.normal(size=(40, 40)))
    with record():
        y = (large * 2).sum()
    unchecked = explain(y, wrt=large)
    assert unchecked.check is not None, "the leaf itself is still there"
    with record():
        y = (large * autograd.tensor(rng.normal(size=(40, 40)))).sum()
    unchecked = explain(y, wrt=large)
    assert unchecked.check is None
    assert "Not checked by a finite difference: an array was not kept" in str(unchecked)
    checked = explain(lambda: (large * autograd.ones(40, 40, dtype=autograd.float64)).sum(), wrt=large)
    assert checked.check == pytest.approx(checked.total)


def test_a_kink_is_told() -> None:
    x = leaf(0.0)
    found = explain(lambda: x.relu() * 2, wrt=x)
    assert found.total == 0.0
    assert found.check == pytest.approx(1.0)
    assert "They do not agree: is there a kink" in str(found)


def test_float32_is_checked_in_float64() -> None:
    x = autograd.tensor([0.3, -0.7], requires_grad=True)
    found = explain(lambda: (x * x).exp().sum(), wrt=x)
    assert found.checked is not None
    assert found.checked.difference < 1e-6


@pytest.mark.parametrize(
    "compute",
    [
        lambda x: autograd.cat([x, x * 2]).sum(),
        lambda x: autograd.linalg.eigh(x.reshape(2, 2) + x.reshape(2, 2).T)[0].prod(),
        lambda x: F.layer_norm(x, (4,)).square().sum() + x.max(),
        lambda x: autograd.where(x > 0, x.exp(), x * 3).sum(),
        lambda x: x.softmax(0)[1].log(),
        lambda x: (x.float() * 2).sum(),
        lambda x: F.conv1d(x.reshape(1, 1, 4), autograd.ones(1, 1, 2, dtype=autograd.float64)).prod(),
        lambda x: x.std() + x.var() + x.cumsum(0).sum(),
    ],
)
def test_graphs_are_computed_again_from_what_was_recorded(compute: Any) -> None:
    x = leaf([0.5, -1.0, 2.0, 1.0])
    with record():
        y = compute(x)
        y.backward()
    found = explain(y, wrt=x)
    assert found.checked is not None, found.unchecked
    assert found.checked.difference < 1e-5
    assert gradient(found) == pytest.approx(x.grad.numpy().tolist())


def test_mistakes() -> None:
    x = leaf([1.0, 2.0])
    with pytest.raises(ArgumentError, match=r"one number, got shape \(2,\); take one element, or sum"):
        explain(x * 2, wrt=x)
    with pytest.raises(ArgumentError, match="does not depend on wrt"):
        explain(x.sum(), wrt=leaf(1.0))
    with pytest.raises(ArgumentError, match="wrt is a constant"):
        explain(x.sum(), wrt=autograd.ones(2))
    with pytest.raises(ArgumentError, match="wrt is a constant; whole numbers have no derivative"):
        explain(x.sum(), wrt=autograd.tensor([1, 2]))
    with pytest.raises(ArgumentError, match="wrt is empty"):
        explain(x.sum(), wrt=[])
    with pytest.raises(ArgumentError, match="explain one result at a time, or their sum"):
        explain([x.sum(), x.prod()], wrt=x)


def test_kernels_that_work_in_one_dtype_are_explained_in_it() -> None:
    conv = nn.Conv2d(2, 3, 3)
    found = explain(conv(autograd.randn(1, 2, 6, 6)).pow(2).mean(), wrt=conv.weight)
    assert found.checked is not None
    assert found.checked.difference < 1e-3
    assert "convolution_weight" in str(found)


class Squared(autograd.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        return 2 * ctx.saved_tensors[0] * g


def test_what_cannot_be_computed_again_is_explained_without_a_check() -> None:
    x = leaf([1.0, 3.0])
    with record():
        squared = Squared.apply(x).sum()
        squared.backward()
    found = explain(squared, wrt=x)
    assert gradient(found) == [2.0, 6.0]
    assert (found.checked, found.unchecked) == (None, "Squared is not in the table of derivatives")
    with autograd.autograd.graph.saved_tensors_hooks(lambda t: t.numpy(), autograd.tensor):
        packed = x.exp().sum()
    found = explain(packed, wrt=x)
    assert gradient(found) == pytest.approx([math.exp(1), math.exp(3)])
    assert found.unchecked.startswith("what exp was given is not known")


def test_the_inputs_of_a_network_of_values() -> None:
    model = MLP(2, [2, 1], nonlin="tanh")
    x = [Value(0.5, label="x1"), Value(-1.0, label="x2")]
    with record(model):
        y = model(x)
        y.backward()
    x[0].data = 99.0  # a later step does not change what is told
    for v, found in zip(x, explain(y, wrt=x), strict=True):
        assert found.total == pytest.approx(v.grad)
        assert found.check == pytest.approx(v.grad, rel=1e-6)
        assert found.count == 2
        assert found.wrt == v.label
    assert "= dot(x1, x2, " in str(explain(y, wrt=x[1])), "what has a name is called by it"


def test_the_mathematics_of_a_path() -> None:
    x, w = Value(2.0, label="x"), Value(-3.0, label="w")
    y = (x * w).exp() + x
    y.label = "y"
    found = explain(y, wrt=x)._repr_latex_()
    assert r"\frac{\partial\,y}{\partial\,x} &= \frac{\partial\,y}{\partial\,\mathrm{v3}}" in found
    assert r"\cdot \left(-3\right) + 1" in found
    assert found.startswith("$$\\begin{aligned}")
    assert explain(y, wrt=[x, w])._repr_html_().count("<h4>") == 2
    assert len(str(explain(y, wrt=(x, w))).split("Check by")) == 3
