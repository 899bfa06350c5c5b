"""Our rows of the benchmarks compute what the derivative written out by hand computes."""

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn.functional as F
from autograd import ops, tape

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"


@pytest.mark.parametrize("key", ["W1", "W2a", "W2b", "W3", "W4", "W5", "W6", "W8g", "W8s", "W8n", "W10"])
def test_our_step_gives_the_numbers_by_hand(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    run = importlib.import_module("run")
    worker = importlib.import_module("worker")
    workload = getattr(importlib.import_module(run.MODULES[key]), key)
    by_hand = next(name for name in workload.peers if name.endswith("by hand"))

    def first_steps(name: str) -> list[list[float]]:
        step = workload.peers[name].build()
        return [list(worker.numbers(step())) for _ in range(workload.steps)]

    fault = run.disagreement(first_steps("tapegrad"), first_steps(by_hand), workload.rtol)
    assert fault is None, fault


def touched(row: Any) -> set[str]:
    """The primitives that a row of op_rows.py records, and its own name; the row is run at the smallest size."""
    inputs = importlib.import_module("op_inputs")
    rng = np.random.default_rng(0)
    arrays = [inputs.made(kind, inputs.SIZES[0], rng) for kind in row.inputs]
    tensors = [autograd.from_numpy(a) for a in arrays]
    for t in tensors:
        t.requires_grad_(t.is_floating_point())
    node = getattr(row.call(autograd, F, *tensors), "grad_fn", None)
    nodes = tape.reachable([] if node is None else [node])
    return {
        row.name.split("(")[0].split(".")[-1],
        *(n.primitive.name for n in nodes if isinstance(n, tape.Node)),
    }


def test_every_operation_is_timed_or_says_why_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    rows = importlib.import_module("more_rows").ROWS
    untimed = importlib.import_module("untimed").UNTIMED
    assert len({row.name for row in rows}) == len(rows)
    names = set(untimed).union(*map(touched, rows))
    functions = [getattr(place, name, None) for name in names for place in (autograd, F, ops)]
    public = {name: getattr(ops, name) for name in ops.__all__}
    missing = [n for n, f in public.items() if n not in names and not any(f is known for known in functions)]
    assert not missing, f"benchmarks/op_rows.py has no row for {missing}"
    primitives = sorted(set(autograd.registry()) - names)
    assert not primitives, f"benchmarks/op_rows.py has no row for the primitives {primitives}"


def test_a_reason_belongs_to_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    reasons = importlib.import_module("slow_ops").REASONS
    rows = importlib.import_module("more_rows").ROWS
    assert set(reasons) <= {row.name for row in rows}
    assert all(len(reason) > 20 for reason in reasons.values())
