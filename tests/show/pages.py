"""The computations whose pages are tested, and what Python says of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import autograd
import nn
import nn.functional as F
from autograd import Value
from autograd.show import Page, page, record
from autograd.value import dot

Numbers = Mapping[str, float]
Named = dict[str, Value]

NEURON: Numbers = {"x1": 2.0, "x2": -1.0, "w1": -0.6, "w2": 0.9, "b": 1.5, "target": 1.0}

EVERY_OPERATION: Numbers = {"a": 0.7, "b": -1.3, "c": 2.1, "d": 0.4}


def neuron(given: Numbers = NEURON) -> Named:
    """A neuron and its loss."""
    v = {name: Value(x) for name, x in given.items()}
    v["s"] = v["w1"] * v["x1"] + v["w2"] * v["x2"] + v["b"]
    v["y"] = v["s"].tanh()
    v["loss"] = (v["y"] - v["target"]) ** 2
    return v


def every_operation(given: Numbers = EVERY_OPERATION) -> Named:
    """Every operation that `Value` has, in one result."""
    v = {name: Value(x) for name, x in given.items()}
    a, b, c, d = v.values()
    parts = [
        a + b, a - c, a * b, a / c, -a, a.exp(), c.log(), c.sqrt(), a.sin(), b.cos(), a.tanh(), b.sigmoid(), a.relu(),
        b.relu(), b.leaky_relu(), a.leaky_relu(0.3), b.leaky_relu(0.3), abs(b), a.maximum(b), b.minimum(c), a**3, c**b,
        c**-0.5, dot([a, b, 2.0], [c, d, a], d),
    ]  # fmt: skip
    total = parts[0] * parts[0]
    for part in parts[1:]:
        total = total + part * part
    v["total"] = total
    return v


def page_of(made: Named, result: str, **options: Any) -> Page:
    return page(made[result], names=made, **options)


def expected(make: Callable[[Numbers], Named], given: Numbers, result: str) -> dict[str, tuple[float, float]]:
    """Name -> value and gradient, as Python has them."""
    made = make(given)
    made[result].backward()
    return {name: (float(v.data), float(v.grad)) for name, v in made.items()}


def model_and_loss() -> tuple[nn.Module, Any, dict[str, Any]]:
    """A recorded model in which one tensor is used twice."""
    autograd.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 3)).double()
    x = autograd.randn(5, 3, dtype=autograd.float64)
    y = autograd.tensor([0, 1, 2, 0, 1])
    with record(model, elements=4096):
        out = model(x)
        loss = F.cross_entropy(out + out * 0.5, y)
        loss.backward()
    return model, loss, {"x": x, "y": y, "out": out, "loss": loss}
