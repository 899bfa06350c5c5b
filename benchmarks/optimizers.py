"""A step of SGD with momentum, Adam and AdamW beside PyTorch's, at four sizes, in one process, on one thread.

    benchmarks/.venv-peers/bin/python benchmarks/optimizers.py [--only b c] [--rules Adam] [--rounds N] [--save]

Each library has parameters and gradients of its own, with the same numbers, and takes a step in turn; the figure is the
smallest of all samples. PyTorch's `foreach` makes a call for each operation and all parameters, its `fused` a single
compiled loop. Before they are timed the parameters must agree after three steps. `--save` writes
benchmarks/optimizers.md.
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

import autograd
import nn
import optim

HERE = Path(__file__).resolve().parent
ENOUGH = 3.0  # s for each row, at least
BARS = {"foreach": 0.8, "fused": 1.0}

Shapes = list[tuple[int, ...]]


def gpt(width: int = 128, layers: int = 4, vocabulary: int = 65, length: int = 64) -> Shapes:
    """The parameters of a small GPT with tied weights: 52 tensors."""
    layer: Shapes = [
        (width,), (width,), (3 * width, width), (3 * width,), (width, width), (width,),
        (width,), (width,), (4 * width, width), (4 * width,), (width, 4 * width), (width,),
    ]  # fmt: skip
    return [(vocabulary, width), (length, width), *(layer * layers), (width,), (width,)]


SIZES: dict[str, tuple[str, Shapes]] = {
    "a": ("4 small tensors", [(64, 64), (64,), (10, 64), (10,)]),
    "b": ("an MLP", [(512, 512), (512,), (256, 512), (256,), (10, 256), (10,)]),
    "c": ("a GPT in 52 tensors", gpt()),
    "d": ("5 matrices", [(5000, 1000)] * 5),
}
RULES: dict[str, dict[str, Any]] = {"SGD": {"lr": 1e-3, "momentum": 0.9}, "Adam": {}, "AdamW": {}}


def steps(rule: str, shapes: Shapes) -> dict[str, tuple[Callable[[], Any], list[Any]]]:
    """For each peer a function that takes a step, and its parameters."""
    rng = np.random.default_rng(0)
    starts = [rng.standard_normal(s).astype(np.float32) for s in shapes]
    gradients = [(0.01 * rng.standard_normal(s)).astype(np.float32) for s in shapes]

    def made(lib: Any, home: Any, rules: Any, **options: Any) -> tuple[Callable[[], Any], list[Any]]:
        parameters = [home.Parameter(lib.tensor(a)) for a in starts]
        for p, g in zip(parameters, gradients, strict=True):
            p.grad = lib.tensor(g)
        return getattr(rules, rule)(parameters, **RULES[rule], **options).step, parameters

    return {
        "tapegrad": made(autograd, nn, optim),
        "foreach": made(torch, torch.nn, torch.optim, foreach=True),
        "fused": made(torch, torch.nn, torch.optim, fused=True),
    }


def agree(peers: dict[str, tuple[Callable[[], Any], list[Any]]]) -> bool:
    """Whether all peers have the same parameters after three steps."""
    for step, _ in peers.values():
        for _ in range(3):
            step()
    ours, *others = ([p.detach().numpy() for p in parameters] for _, parameters in peers.values())
    return all(np.allclose(a, b, 1e-4, 1e-6) for other in others for a, b in zip(ours, other, strict=True))


def timed(peers: dict[str, tuple[Callable[[], Any], list[Any]]], rounds: float) -> dict[str, float]:
    """The smallest time of a step of each peer; they take turns."""
    best = dict.fromkeys(peers, float("inf"))
    start = time.perf_counter()
    peers["tapegrad"][0]()
    count = max(1, int(0.002 / (time.perf_counter() - start)))
    begin, samples = time.perf_counter(), 0
    while samples < 10 or time.perf_counter() - begin < ENOUGH * rounds:
        for name, (step, _) in peers.items():
            start = time.perf_counter()
            for _ in range(count):
                step()
            best[name] = min(best[name], (time.perf_counter() - start) / count)
        samples += 1
    return best


def main() -> None:
    """Time what was asked for, print it, and save it where that was asked for too."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--only", nargs="+", default=list(SIZES), choices=list(SIZES), help="some of the sizes"
    )
    parser.add_argument(
        "--rules", nargs="+", default=list(RULES), choices=list(RULES), help="some of the rules"
    )
    parser.add_argument("--rounds", type=float, default=1.0, help="how many times the usual duration (1)")
    parser.add_argument("--save", action="store_true", help="write benchmarks/optimizers.md")
    options = parser.parse_args()
    torch.set_num_threads(1)
    lines = [
        "| parameters | rule | tapegrad | × foreach | × fused |",
        "|:--|:--|--:|--:|--:|",
    ]
    print("\n".join(lines))
    for key in options.only:
        title, shapes = SIZES[key]
        count = sum(int(np.prod(s)) for s in shapes)
        for rule in options.rules:
            peers = steps(rule, shapes)
            if not agree(peers):
                sys.exit(f"{rule} on {title}: the parameters differ after three steps")
            best = timed(peers, options.rounds)
            ours = best["tapegrad"]
            cells = []
            for peer, bar in BARS.items():
                ratio = ours / best[peer]
                cells.append(f"{ratio:.2f}" if ratio <= bar else f"**{ratio:.2f}**")
            lines.append(f"| {title}: {count:,} | {rule} | {1e6 * ours:,.0f} µs | {' | '.join(cells)} |")
            print(lines[-1], flush=True)
    if options.save:
        (HERE / "optimizers.md").write_text(text(lines), encoding="utf-8")


def text(lines: list[str]) -> str:
    """The page of results."""
    head = [
        "# A step of an optimizer beside PyTorch's",
        "",
        f"float32, one thread, one process, ratio of the smallest times to PyTorch {torch.__version__}: below 1 is",
        f"faster. The bars are {BARS['foreach']} × `foreach` and {BARS['fused']} × `fused`; bold is above. Made by",
        "`benchmarks/optimizers.py --save`.",
        "",
    ]
    tail = [
        "",
        "A step is three passes through memory for SGD with momentum, nine for Adam: NumPy and BLAS have no operation",
        "that does more of it at once. PyTorch's fused step is one compiled loop, and makes one pass. A few small",
        "tensors are all overhead, and there ours is the smaller.",
    ]
    return "\n".join([*head, *lines, *tail]) + "\n"


if __name__ == "__main__":
    main()
