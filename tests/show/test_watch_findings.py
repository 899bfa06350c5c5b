"""What `show.watch` finds wrong: vanishing, exploding, dead; its report and its table."""

import csv
from itertools import pairwise

import pytest

import autograd
import nn
import optim
from autograd.errors import ArgumentError
from autograd.show import watch

from .watched import rows, small, train


def deep(activation, depth=8, width=16):
    autograd.manual_seed(0)
    layers = [layer for _ in range(depth) for layer in (nn.Linear(width, width), activation())]
    return nn.Sequential(*layers, nn.Linear(width, 1))


def test_vanishing_gradients_are_found_in_a_deep_sigmoid_network_and_not_in_one_with_skips():
    class Block(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.inner = nn.Linear(width, width)

        def forward(self, x):
            return x + self.inner(x).sigmoid()

    autograd.manual_seed(0)
    skips = nn.Sequential(*[Block(16) for _ in range(8)], nn.Linear(16, 1))
    found = {}
    for name, model in (("sigmoid", deep(nn.Sigmoid)), ("skips", skips)):
        optimizer = optim.SGD(model.parameters(), lr=0.01)
        with watch(model, optimizer) as seen:
            train(model, optimizer, autograd.randn(32, 16), steps=3)
        found[name] = seen
    finding = next(f for f in found["sigmoid"].findings() if f.problem == "vanishing")
    norms = [
        r.norm for r in rows(found["sigmoid"], "activation gradient") if r.step == 2 and int(r.name) % 2 == 0
    ]
    assert all(a < b for a, b in pairwise(norms))
    assert finding.name == "0"
    assert finding.value < 1e-3
    assert "skip connections" in str(finding)
    assert str(finding) in found["sigmoid"].report()
    assert str(finding) in str(found["sigmoid"])
    assert "vanishing" not in {f.problem for f in found["skips"].findings()}


def test_exploding_gradients_are_found():
    model = deep(nn.Identity, depth=6)
    with autograd.no_grad():
        for p in model[:-1].parameters():
            p.mul_(30.0)
    seen = watch(model)
    model(autograd.randn(4, 16)).sum().backward()
    finding = next(f for f in seen.findings() if f.problem == "exploding")
    assert finding.name == "0"
    assert finding.value > 1e3


def test_dead_and_saturated_layers_are_found():
    model = small(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 1))
    with autograd.no_grad():
        model[0].bias.fill_(-100)
        model[2].bias.fill_(50)
    seen = watch(model)
    loss = model(autograd.ones(4, 3)).sum()
    missing = {m.parameter: m for m in seen.missing(loss)}
    loss.backward()
    problems = {f.problem: f for f in seen.findings()}
    assert problems["dead"].name == "1"
    assert problems["dead"].value == 1
    assert problems["saturated"].name == "3"
    assert missing["0.weight"].reason == "zero"
    report = seen.report().splitlines()
    line = next(text for text in report if text.startswith("1 "))
    assert line.split()[:7] == ["1", "ReLU", "0", "0", "100%", "100%", "0.00e+00"]
    assert "layer 1: 100% of its units are zero" in seen.report()


def test_updates_that_are_too_large_or_too_small_are_found():
    for lr, problem in ((10.0, "fast"), (1e-9, "slow")):
        model = small()
        optimizer = optim.SGD(model.parameters(), lr=lr)
        with watch(model, optimizer) as seen:
            train(model, optimizer, autograd.ones(2, 3))
        assert problem in {f.problem for f in seen.findings()}


def test_a_report_before_anything_was_seen():
    seen = watch(small())
    assert "Nothing seen yet" in str(seen)
    assert seen.findings() == []
    with pytest.raises(ArgumentError, match="nothing was seen"):
        seen.plot()


def test_csv_has_every_row(tmp_path):
    model = small()
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    with watch(model, optimizer) as seen:
        train(model, optimizer, autograd.ones(2, 3), steps=2)
    path = seen.to_csv(tmp_path / "seen.csv")
    with path.open(newline="", encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    assert len(table) == len(seen.history) == 2 * (3 + 3 + 4 + 4)
    for line, row in zip(table, seen.history, strict=True):
        assert (int(line["step"]), line["name"], line["what"]) == (row.step, row.name, row.what)
        assert float(line["norm"]) == row.norm
        assert line["update"] == ("" if row.update is None else repr(row.update))
