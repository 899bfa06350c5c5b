"""The chain rule explained: the numbers are those of backward, the check agrees, and the text says it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
from autograd.errors import ArgumentError, GraphFreedError
from autograd.show import explain
from autograd.value import Value, dot


def neuron() -> tuple[dict[str, Value], Value]:
    x, w, b = Value(2.0, label="x"), Value(-0.75, label="w"), Value(1.2, label="b")
    out = (x * w + b).tanh()
    out.label = "out"
    return {"x": x, "w": w, "b": b}, out


def test_a_neuron_edge_by_edge() -> None:
    leaves, out = neuron()
    found = explain(out, wrt=leaves["w"])
    slope = 1 - np.tanh(-0.3) ** 2
    assert [(link.target, link.source, link.formula, link.local) for link in found.links] == [
        ("out", "v4", "1 - out**2", pytest.approx(slope)),
        ("v4", "v2", "1", 1),
        ("v2", "w", "x", 2.0),
    ]
    assert found.paths == (("out", "v4", "v2", "w"),)
    assert found.check == pytest.approx(found.total, rel=1e-8)
    assert found.total == pytest.approx(2 * slope)
    said = str(found)
    assert "d out / d w = 1.83" in said
    assert "out = tanh(v4) = -0.2913, upstream 1" in said
    assert "to v4: 1 × 0.9151 = 0.9151    local derivative 1 - out**2 = 1 - (-0.2913)**2" in said
    assert "to w: 0.9151 × 2 = 1.83    local derivative x = 2" in said
    assert "Check by a finite difference, d out / d w: 1.83027 (by the chain rule 1.83027)" in said
    assert leaves["w"].grad == 0, "nothing was written to the graph"


def test_contributions_are_added_where_paths_meet() -> None:
    a = Value(3.0, label="a")
    b = a + a
    c = b * b
    found = explain(c, wrt=a, names={"b": b, "c": c})
    assert found.count == 4
    assert len(found.paths) == 4
    assert "At b 2 contributions meet and are added: 6 + 6" in str(found)
    assert found.total == 24
    more = explain(c * c, wrt=a)
    assert more.count == 8
    assert more.paths == ()
    assert "8 paths lead from" in str(more)


@pytest.mark.parametrize("seed", range(4))
def test_the_check_agrees_for_every_operation_of_values(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = (Value(float(v)) for v in rng.uniform(0.2, 1.5, 2))
    z = (x * y - x / y + x**3 + x**y + (-x).exp() + y.log() + x.sqrt() + (x - 2).relu()).tanh()
    z = z + x.sin() * y.cos() + x.sigmoid().abs() + (x - 3).leaky_relu(0.2) + x.maximum(y) * x.minimum(2.5)
    z = z + dot([x, y], [y, Value(0.5)], bias=x)
    found = explain(z, wrt=x)
    z.backward()
    assert found.total == pytest.approx(x.grad, rel=1e-12)
    assert found.check == pytest.approx(x.grad, rel=1e-6)


def test_powers_are_written_as_a_person_does() -> None:
    x = Value(1.5, label="x")
    assert explain(x**2, wrt=x).links[0].formula == "2 * x"
    assert explain(x**3, wrt=x).links[0].formula == "3 * x**2"
    assert explain(x / 2.0, wrt=x).links[0].put_in == "1 / 2"


def test_the_slope_of_a_leaky_relu_is_put_in() -> None:
    x = Value(-2.0, label="x")
    found = explain(x.leaky_relu(0.25) * 3, wrt=x)
    assert (found.total, found.check) == (0.75, pytest.approx(0.75))
    assert "v1 = LeakyReLU(x, 0.25) = -0.5, upstream 3" in str(found)


def test_one_made_by_hand_is_not_checked() -> None:
    x = Value(3.0, label="x")
    y = Value(9.0, (x,), "mine", "y", (6.0,))
    found = explain(y, wrt=x)
    assert (found.total, found.check) == (6.0, None)
    assert "Not checked" in str(found)


def test_tensors_of_one_number_and_of_many() -> None:
    w = autograd.tensor(0.5, requires_grad=True, dtype=autograd.float64)

    def result() -> Any:
        return (w * w).tanh() / w

    found = explain(result(), wrt=w, names={"w": w}, again=result)
    assert found.check == pytest.approx(found.total, rel=1e-8)
    assert [link.formula for link in found.links] == ["1 / y", "-x / y / y", "1 - out**2", "y", "x"]
    assert all(link.contribution.elements[0] == pytest.approx(
        link.upstream.elements[0] * link.local) for link in found.links)  # fmt: skip
    m = autograd.tensor([[0.5, 1.0], [2.0, 3.0]], requires_grad=True, dtype=autograd.float64)

    def entry() -> Any:
        return autograd.softmax(m @ m, 1)[0, 0]

    root = entry()
    found = explain(root, wrt=m, names={"m": m, "root": root}, again=entry)
    root.backward()
    np.testing.assert_allclose(found.gradient.elements, m.grad.numpy().ravel())  # type: ignore[union-attr]
    assert found.check == pytest.approx(found.total, rel=1e-6)
    assert "by g @ m.T" in str(found)
    np.testing.assert_array_equal(m.detach().numpy(), [[0.5, 1.0], [2.0, 3.0]])
    with pytest.raises(GraphFreedError):
        explain(root, wrt=m)


def test_mistakes() -> None:
    with pytest.raises(ArgumentError, match="does not depend on wrt"):
        explain(Value(1.0).exp(), wrt=Value(2.0))
    with pytest.raises(ArgumentError, match="both Values or both tensors"):
        explain(Value(1.0), wrt=autograd.tensor(1.0))


def test_a_notebook_shows_mathematics_and_a_table() -> None:
    leaves, out = neuron()
    found = explain(out, wrt=leaves["w"])
    mathematics = found._repr_latex_()
    assert r"g \cdot \left(1 - {\mathrm{out}}^{2}\right) = 1 \cdot 0.9151 = 0.9151" in mathematics
    assert found._repr_html_().count("<tr>") == 1 + len(found.links)


def test_a_long_chain_without_recursion() -> None:
    x = Value(1.0, label="x")
    y = x
    for _ in range(5000):
        y = y * 1.0001
    assert explain(y, wrt=x).total == pytest.approx(1.0001**5000)


def test_the_readme_shows_what_is_said() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    section = readme.split("## Have it explained\n")[1]
    code, said = (
        section.split("```python\n")[1].split("```")[0],
        section.split("```text\n")[1].split("```")[0],
    )
    found: dict[str, Any] = {}
    exec(code, found)
    assert str(found["explanation"]) + "\n" == said
