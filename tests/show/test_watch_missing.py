"""Why parameters get no gradient, as `show.watch` tells it."""

import pytest

import autograd
import nn
import optim
from autograd.errors import ArgumentError
from autograd.show import watch

from .watched import rows, small


class Faulty(nn.Module):
    """Every way not to get a gradient."""

    def __init__(self):
        super().__init__()
        self.frozen = nn.Linear(3, 3)
        self.frozen.requires_grad_(False)
        self.used = nn.Linear(3, 3)
        self.idle = nn.Linear(3, 3)
        self.detached = nn.Linear(3, 3)
        self.sideways = nn.Linear(3, 3)
        self.gate = nn.Parameter(autograd.zeros(3))
        self.gated = nn.Linear(3, 3)
        self.hidden = nn.Parameter(autograd.ones(3))

    def forward(self, x):
        h = self.used(self.frozen(x))
        d = self.detached(h).detach()
        self.sideways(h).exp()
        return h * d + self.gated(h) * self.gate.detach() + self.hidden.data + self.gate


def test_why_parameters_get_no_gradient():
    model = Faulty()
    seen = watch(model)
    loss = model(autograd.ones(2, 3)).sum()
    found = {m.parameter: m for m in seen.missing(loss)}
    reasons = {name: m.reason for name, m in found.items()}
    assert reasons == {
        "frozen.weight": "frozen",
        "frozen.bias": "frozen",
        "idle.weight": "not used",
        "idle.bias": "not used",
        "detached.weight": "detached",
        "detached.bias": "detached",
        "sideways.weight": "unreached",
        "sideways.bias": "unreached",
        "gated.weight": "zero",
        "gated.bias": "zero",
        "hidden": "not used",
    }
    assert "was not called" in found["idle.weight"].why
    assert "'mul'" in found["detached.weight"].why
    assert "test_watch_missing.py:" in found["detached.weight"].why
    assert "'exp'" in found["sideways.bias"].why
    assert "multiplies it by zeros" in found["gated.weight"].why
    assert str(found["hidden"]).startswith("hidden: not used")
    # it is what backward does, and the diagnosis has left the graph whole and added nothing
    assert all(p.grad is None for p in model.parameters())
    counts = len(rows(seen, "activation gradient"))
    assert counts == 0
    loss.backward()
    for name, p in model.named_parameters():
        nothing = p.grad is None or not p.grad.numpy().any()
        assert nothing == (name in reasons), name
    with pytest.raises(autograd.errors.GraphFreedError, match="before"):
        seen.missing(loss)


def test_why_parameters_got_no_gradient_in_the_last_step():
    model = Faulty()
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    with watch(model, optimizer) as seen:
        model(autograd.ones(2, 3)).sum().backward()
        optimizer.step()
    found = {m.parameter: m.reason for m in seen.missing()}
    assert found["frozen.weight"] == "frozen"
    assert found["idle.bias"] == "not used"
    assert found["detached.weight"] == "detached"
    assert found["gated.weight"] == "zero"
    assert "used.weight" not in found
    finding = next(f for f in seen.findings() if f.problem == "no gradient")
    assert "idle.weight" in finding.text


def test_where_a_gradient_becomes_zero():
    model = small(nn.Linear(3, 3), nn.ReLU(), nn.Linear(3, 3))
    with autograd.no_grad():
        model[0].bias.fill_(-100)
    seen = watch(model)
    found = {m.parameter: m.why for m in seen.missing(model(autograd.ones(2, 3)).sum())}
    assert "every unit of 'relu' in 1" in found["0.weight"]
    assert "2.weight" in found  # its input is 0
    assert "multiplies it by zeros" in found["2.weight"]
    steps = small(nn.Linear(3, 3))
    seen = watch(steps)
    found = {m.parameter: m.why for m in seen.missing(autograd.floor(steps(autograd.ones(2, 3))).sum())}
    assert "'floor'" in found["0.weight"]
    assert "derivative is 0" in found["0.weight"]


def test_a_loss_without_a_graph():
    model = small()
    seen = watch(model)
    with autograd.no_grad():
        loss = model(autograd.ones(2, 3)).sum()
    assert {m.reason for m in seen.missing(loss)} == {"no graph"}
    for wrong in (model(autograd.ones(2, 3)), 3.0):
        with pytest.raises(ArgumentError, match="one number"):
            seen.missing(wrong)
