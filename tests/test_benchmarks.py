"""Our rows of the benchmarks compute what the derivative written out by hand computes."""

import importlib
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"


@pytest.mark.parametrize("key", ["W1", "W2a", "W2b", "W3", "W4", "W10"])
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
