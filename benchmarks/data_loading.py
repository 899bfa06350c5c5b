"""A batch from a `DataLoader` beside PyTorch's: one process, one thread.

    benchmarks/.venv-peers/bin/python benchmarks/data_loading.py [--rounds N] [--save]

Both read the same data set and give the same batches. A figure is the least time of a pass, taken in turns, over its
number of batches; with workers these stay from pass to pass. `--save` writes benchmarks/data_loading.md.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from timer import ONE_THREAD

if any(os.environ.get(key) != value for key, value in ONE_THREAD.items()):
    os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | ONE_THREAD)

import numpy as np
import torch
import torch.utils.data

import autograd
import nn.data

HERE = Path(__file__).resolve().parent


class Samples:
    """Arrays by number, as a data set of one's own has them."""

    def __init__(self, n: int, shape: tuple[int, ...]) -> None:
        self.n = n
        self.arrays = np.random.default_rng(0).random((64, *shape), np.float32)

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, i: int) -> tuple[Any, int]:
        return self.arrays[i % 64], i


def tensors(n: int, width: int) -> tuple[Any, Any]:
    """A `TensorDataset` of either library, on the same numbers."""
    rng = np.random.default_rng(0)
    x, y = rng.random((n, width), np.float32), rng.integers(0, 10, n)
    ours = nn.data.TensorDataset(autograd.tensor(x), autograd.tensor(y))
    return ours, torch.utils.data.TensorDataset(torch.tensor(x), torch.tensor(y))


def samples(n: int, *shape: int) -> tuple[Any, Any]:
    """The same data set for both."""
    return Samples(n, shape), Samples(n, shape)


ROWS: list[tuple[str, Callable[[], tuple[Any, Any]], dict[str, Any]]] = [
    ("tensors (64,), batch 32, shuffled", lambda: tensors(6400, 64), {"batch_size": 32, "shuffle": True}),
    ("tensors (64,), batch 32, in order", lambda: tensors(6400, 64), {"batch_size": 32}),
    ("tensors (784,), batch 128, shuffled", lambda: tensors(6400, 784), {"batch_size": 128, "shuffle": True}),
    ("arrays (10,), batch 64", lambda: samples(6400, 10), {"batch_size": 64}),
    ("arrays (3, 64²), batch 32", lambda: samples(1600, 3, 64, 64), {"batch_size": 32}),
    ("arrays (10,), batch 64, 1 worker", lambda: samples(6400, 10), {"batch_size": 64, "num_workers": 1}),
    ("arrays (3, 64²), batch 32, 1 worker", lambda: samples(1600, 3, 64, 64), {"batch_size": 32, "num_workers": 1}),
    ("arrays (3, 64²), batch 32, 2 workers", lambda: samples(1600, 3, 64, 64), {"batch_size": 32, "num_workers": 2}),
    ("arrays (3, 224²), batch 32, 1 worker", lambda: samples(640, 3, 224, 224), {"batch_size": 32, "num_workers": 1}),
]  # fmt: skip


def loaders(make: Callable[[], tuple[Any, Any]], options: dict[str, Any]) -> tuple[Any, Any]:
    """A loader of each library; without a shuffle their batches must be the same."""
    ours, theirs = make()
    if options.get("num_workers"):
        options = {**options, "persistent_workers": True}
    both = nn.data.DataLoader(ours, **options), torch.utils.data.DataLoader(theirs, **options)
    if not options.get("shuffle"):
        for a, b in zip(*both, strict=True):
            if not all(np.array_equal(x.numpy(), y.numpy()) for x, y in zip(a, b, strict=True)):
                raise SystemExit(f"{options}: the batches differ")
    return both


def per_batch(loader: Any) -> float:
    """Seconds for a batch, over one pass."""
    start, count = time.perf_counter(), 0
    for _ in loader:
        count += 1
    return (time.perf_counter() - start) / count


def main() -> None:
    """Measure, print, and save if that is asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--save", action="store_true")
    options = parser.parse_args()
    lines = [
        "# Batches beside PyTorch's",
        "",
        f"A batch from a `DataLoader`, one thread; least times, µs; PyTorch {torch.__version__}.",
        "Made by `benchmarks/data_loading.py --save`.",
        "",
        "| data | ours | PyTorch | ratio |",
        "|:--|--:|--:|--:|",
    ]
    for name, make, how in ROWS:
        both = loaders(make, how)
        best = [float("inf")] * 2
        for _ in range(options.rounds):
            best = [min(old, per_batch(loader)) for old, loader in zip(best, both, strict=True)]
        ours, theirs = (1e6 * b for b in best)
        lines.append(f"| {name} | {ours:.1f} | {theirs:.1f} | {ours / theirs:.2f} |")
        print(lines[-1], flush=True)
    if options.save:
        (HERE / "data_loading.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
