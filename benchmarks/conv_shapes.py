"""Convolution layers of known networks beside PyTorch: forward, and both gradients; one process, one thread.

    benchmarks/.venv-peers/bin/python benchmarks/conv_shapes.py [--rounds N] [--save]

Each library gets its activations as its own layer before would leave them: PyTorch in C order, this one in the order
H, C, W, N. float32; the least processor time of each, taken in turns. `--save` writes benchmarks/conv_shapes.md.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import Any

from timer import ONE_THREAD

if any(os.environ.get(key) != value for key, value in ONE_THREAD.items()):
    os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | ONE_THREAD)

import numpy as np
import torch

import autograd
from autograd.kernels.image_layout import from_hcwn, to_hcwn
from nn import functional as F

HERE = Path(__file__).resolve().parent

SHAPES: list[tuple[str, int, int, int, int, int, dict[str, int]]] = [
    # what it is of, N, C, side, O, kernel, options
    ("LeNet, first", 64, 1, 28, 6, 5, {"padding": 2}),
    ("LeNet, second", 64, 6, 14, 16, 5, {}),
    ("W5, second", 64, 16, 14, 32, 3, {"padding": 1}),
    ("ResNet-20, middle", 64, 32, 16, 32, 3, {"padding": 1}),
    ("ResNet-20, to fewer places", 64, 32, 16, 64, 3, {"padding": 1, "stride": 2}),
    ("VGG on 32×32", 32, 128, 8, 256, 3, {"padding": 1}),
    ("ResNet-18, first block, one image", 1, 64, 56, 64, 3, {"padding": 1}),
    ("ResNet-18, last block, 8 images", 8, 512, 7, 512, 3, {"padding": 1}),
    ("ResNet-50, 1×1, 8 images", 8, 256, 14, 1024, 1, {}),
    ("patches of a transformer", 8, 3, 112, 192, 16, {"stride": 16}),
    ("dilated", 8, 32, 28, 32, 3, {"padding": 2, "dilation": 2}),
    ("ResNeXt, groups", 8, 128, 14, 128, 3, {"padding": 1, "groups": 32}),
    ("MobileNet, depthwise", 8, 96, 28, 96, 3, {"padding": 1, "groups": 96}),
]


def steps(n: int, c: int, side: int, o: int, k: int, options: dict[str, int]) -> tuple[Any, Any]:
    """A forward and a backward pass of each library, on the same numbers."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((n, c, side, side)).astype(np.float32)
    w = (rng.standard_normal((o, c // options.get("groups", 1), k, k)) * 0.1).astype(np.float32)
    b = rng.standard_normal(o).astype(np.float32)
    theirs = [torch.tensor(a, requires_grad=True) for a in (x, w, b)]
    ours = [autograd.from_numpy(a).requires_grad_() for a in (from_hcwn(to_hcwn(x)), w, b)]
    shape = tuple(torch.nn.functional.conv2d(*theirs, **options).shape)
    g = rng.standard_normal(shape).astype(np.float32)
    their_g, our_g = torch.tensor(g), autograd.from_numpy(from_hcwn(to_hcwn(g)))

    def their_step() -> Any:
        return torch.autograd.grad(torch.nn.functional.conv2d(*theirs, **options), theirs, their_g)

    def our_step() -> Any:
        return autograd.grad(F.conv2d(*ours, **options), ours, our_g)

    for a, e in zip(our_step(), their_step(), strict=True):
        scale = float(e.abs().max())
        if not np.allclose(a.array, e.numpy(), 1e-3, 1e-3 * scale):
            raise SystemExit(f"{(n, c, side, o, k, options)}: the gradients differ")
    return our_step, their_step


def least(both: tuple[Any, Any], rounds: int) -> list[float]:
    """The smallest processor time of each, in turns."""
    best = [float("inf")] * 2
    for _ in range(rounds):
        for i, step in enumerate(both):
            start = time.thread_time()
            step()
            best[i] = min(best[i], time.thread_time() - start)
    return best


def main() -> None:
    """Time all shapes, print them, and save the table where that is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=40, help="how often each is timed (40)")
    parser.add_argument("--save", action="store_true", help="write benchmarks/conv_shapes.md")
    options = parser.parse_args()
    torch.set_num_threads(1)
    lines = [
        "# Convolution layers beside PyTorch",
        "",
        f"Forward and both gradients, float32, one thread; least processor times, ms; PyTorch {torch.__version__}.",
        "Made by `benchmarks/conv_shapes.py --save`.",
        "",
        "| layer | N, C, side → O, kernel | options | ours | PyTorch | ratio |",
        "|:--|:--|:--|--:|--:|--:|",
    ]
    print("\n".join(lines))
    for name, n, c, side, o, k, named in SHAPES:
        ours, theirs = least(steps(n, c, side, o, k, named), options.rounds)
        text = ", ".join(f"{key} {value}" for key, value in named.items())
        lines.append(
            f"| {name} | {n}, {c}, {side}² → {o}, {k}×{k} | {text} | {ours * 1e3:.2f} | {theirs * 1e3:.2f} | "
            f"{ours / theirs:.2f} |"
        )
        print(lines[-1], flush=True)
    if options.save:
        (HERE / "conv_shapes.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
