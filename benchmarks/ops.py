"""Every operation of the table beside PyTorch: forward and backward at three sizes, in one process, on one thread.

    benchmarks/.venv-peers/bin/python benchmarks/ops.py [--only add matmul] [--rounds N] [--save]

Prints the ratio of minima, ours to PyTorch's, for (64,), (256, 256) and (1024, 1024); float32. Both are given the same
numbers and must agree before they are timed, and they take turns. `--save` writes benchmarks/ops.md, with the reason
beside each operation that is slower than twice PyTorch's time; without a reason the run fails.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
import warnings
from itertools import zip_longest
from pathlib import Path
from typing import Any

from timer import ONE_THREAD

if any(os.environ.get(key) != value for key, value in ONE_THREAD.items()):
    os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | ONE_THREAD)

import numpy as np
import torch

import autograd
import nn
from more_rows import ROWS
from op_inputs import SIZES, made
from op_rows import Row
from slow_ops import REASONS

HERE = Path(__file__).resolve().parent
LIMIT = 2.0  # what a ratio may be without a reason
ENOUGH = 0.05  # s; a row is timed this long in each library, and for MINIMUM samples at least
MINIMUM = 5
AGAIN = 3  # times more that a row over the limit is timed: one bad moment is not to decide
WRONG_GRADIENT = {"as_strided_scatter"}  # where PyTorch's gradient goes through what was overwritten


class Side:
    """One of the two libraries: its tensors, its functions."""

    def __init__(self, name: str, t: Any, F: Any) -> None:
        self.name, self.t, self.F = name, t, F

    def tensor(self, array: Any) -> Any:
        """The array as a tensor of this library; numbers require a gradient."""
        made = self.t.from_numpy(array.copy())
        return made.requires_grad_() if array.dtype == np.float32 else made

    def step(self, row: Row, arrays: list[Any]) -> Any:
        """A function that does the row's work once and returns its result and gradients."""
        inputs = [self.tensor(a) for a in arrays]
        floats = [x for x in inputs if x.requires_grad]
        call, t, F = row.call, self.t, self.F
        result = call(t, F, *inputs)
        if not getattr(result, "requires_grad", False):
            return lambda: (call(t, F, *inputs),)
        rng = np.random.default_rng(1)
        g = t.from_numpy(rng.standard_normal(tuple(result.shape)).astype(np.asarray(result.detach()).dtype))

        def step() -> tuple[Any, ...]:
            for x in floats:
                x.grad = None
            y = call(t, F, *inputs)
            y.backward(g)
            return (y, *(x.grad for x in floats))

        return step


OURS, THEIRS = Side("tapegrad", autograd, nn.functional), Side("PyTorch", torch, torch.nn.functional)


def _array(value: Any) -> Any:
    """A result as an ndarray; PyTorch has gradients that are zeros without memory."""
    value = value.detach() if hasattr(value, "detach") else value
    return value.numpy(force=True) if isinstance(value, torch.Tensor) else np.asarray(value)


def agree(row: Row, ours: Any, theirs: Any) -> str:
    """What is different about the two results, or nothing."""
    for number, (a, b) in enumerate(zip_longest(ours, theirs)):
        if number and row.name in WRONG_GRADIENT:
            break
        if (a is None) != (b is None):
            a = b = a if b is None else b  # no gradient is a gradient of zeros
            if np.any(_array(a)):
                return f"{row.name}: only one has gradient {number}"
            continue
        if a is None:
            continue
        x, y = _array(a), _array(b)
        scale = max(1.0, float(np.max(np.abs(y), initial=0.0))) if y.dtype.kind == "f" else 1.0
        if x.shape != y.shape or not np.allclose(x, y, 1e-3, 1e-3 * scale, equal_nan=True):
            return f"{row.name}: result {number} differs"
    return ""


def timed(steps: list[Any], rounds: float) -> list[float]:
    """The smallest processor time of each step, taken in turns: a busy machine disturbs it less than the clock."""
    counts, best = [], [float("inf")] * len(steps)
    for step in steps:
        start = time.thread_time()
        step()
        step()
        counts.append(max(1, round(4e-4 / ((time.thread_time() - start) / 2))))
    spent, samples = 0.0, 0
    while samples < MINIMUM or spent < ENOUGH * rounds * len(steps):
        for i, step in enumerate(steps):
            start = time.thread_time()
            for _ in range(counts[i]):
                step()
            elapsed = time.thread_time() - start
            best[i] = min(best[i], elapsed / counts[i])
            spent += elapsed
        samples += 1
    return best


def measure(row: Row, rounds: float) -> tuple[list[tuple[float, float] | None], str]:
    """(ours, PyTorch's) seconds for each size, and what is wrong."""
    found: list[tuple[float, float] | None] = []
    for n in SIZES:
        if n > row.largest:
            found.append(None)
            continue
        rng = np.random.default_rng(n)
        arrays = [made(kind, n, rng) for kind in row.inputs]
        try:
            steps = [side.step(row, arrays) for side in (OURS, THEIRS)]
            fault = agree(row, *(step() for step in steps))
        except Exception as error:  # noqa: BLE001  # whatever a library raises is a fault of this row
            fault = f"{row.name}: {type(error).__name__}: {error}"
        if fault:
            return found, fault
        gc.collect()
        ours, theirs = timed(steps, rounds)
        for _ in range(AGAIN):
            if ours > LIMIT * theirs:
                ours, theirs = map(min, (ours, theirs), timed(steps, rounds))
        found.append((ours, theirs))
    return found, ""


def line(row: Row, times: list[tuple[float, float] | None]) -> str:
    """A row of the table."""
    cells = ["" if t is None else f"{t[0] / t[1]:.2f}" for t in times]
    return f"| `{row.name}` | {' | '.join(cells)} |"


def main() -> None:
    """Time what was asked for, print it, and save it where that was asked for too."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", default=[], metavar="OP", help="some of the operations")
    parser.add_argument("--rounds", type=float, default=1.0, help="how many times the usual duration (1)")
    parser.add_argument("--save", action="store_true", help="write benchmarks/ops.md")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    rows = [
        r for r in ROWS if not options.only or r.name in options.only or r.name.split("(")[0] in options.only
    ]
    lines = ["| operation | (64,) | (256, 256) | (1024, 1024) |", "|:--|--:|--:|--:|"]
    print("\n".join(lines))
    slow, faults = [], []
    for row in rows:
        times, fault = measure(row, options.rounds)
        if fault:
            faults.append(fault)
            continue
        lines.append(line(row, times))
        print(lines[-1], flush=True)
        ratios = [t[0] / t[1] for t in times if t is not None]
        if max(ratios) > LIMIT:
            slow.append((row.name, max(ratios)))
            if row.name not in REASONS:
                faults.append(f"{row.name}: {max(ratios):.2f} × PyTorch, without a reason in slow_ops.py")
    if options.save:
        (HERE / "ops.md").write_text(text(lines, slow), encoding="utf-8")
    if faults:
        print("\n".join(["Not as it should be:", *faults]), file=sys.stderr)
        sys.exit(1)


def text(lines: list[str], slow: list[tuple[str, float]]) -> str:
    """The page of results."""
    head = [
        "# Each operation beside PyTorch",
        "",
        "Forward and backward, float32, one thread, one process; ratio of least processor times to PyTorch",
        f"{torch.__version__}, below 1 is faster. Operations without a gradient are timed forward. Made by",
        "`benchmarks/ops.py --save`.",
        "",
        "## Slower than twice PyTorch's time",
        "",
        "| operation | ratio | why |",
        "|:--|--:|:--|",
        *(f"| `{name}` | {ratio:.1f} | {REASONS.get(name, '')} |" for name, ratio in slow),
        "",
        "## All",
        "",
    ]
    return "\n".join([*head, *lines]) + "\n"


if __name__ == "__main__":
    main()
