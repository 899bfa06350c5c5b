"""Watch three networks train, two of which cannot: what `show.watch` says and draws.

    python examples/watch_training.py

All read the handwritten digits that come with scikit-learn. The first is eight layers of sigmoids deep: hardly any
gradient reaches its first layers. The second has ReLUs and far too high a learning rate: its units die. The third is
as deep as the first, with skip connections and normalisation, and learns. In `out/` it leaves, for each of them,

    watch-….png    activations, gradients, updates, and dead or saturated units
    watch-….csv    all the numbers
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

import autograd
import nn
import optim
from autograd import Tensor
from autograd.show import Watch, watch

BATCH = 64
WIDTH = 32
DEPTH = 8


class Block(nn.Module):
    """x + W₂ relu(W₁ norm(x)): what comes in goes on, with something added (He et al., 2016)."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(WIDTH)
        self.first = nn.Linear(WIDTH, WIDTH)
        self.second = nn.Linear(WIDTH, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """(N, WIDTH) → (N, WIDTH)."""
        return x + self.second(self.first(self.norm(x)).relu())


def sigmoids() -> tuple[nn.Module, optim.Optimizer]:
    """Return a deep network of sigmoids, and SGD."""
    sizes = [64] + [WIDTH] * DEPTH
    hidden = [layer for a, b in itertools.pairwise(sizes) for layer in (nn.Linear(a, b), nn.Sigmoid())]
    model = nn.Sequential(*hidden, nn.Linear(WIDTH, 10))
    return model, optim.SGD(model.parameters(), lr=0.1)


def too_fast() -> tuple[nn.Module, optim.Optimizer]:
    """Return a network of ReLUs, and Adam with a hundred times its usual learning rate."""
    sizes = [64, 64, 64, 64]
    hidden = [layer for a, b in itertools.pairwise(sizes) for layer in (nn.Linear(a, b), nn.ReLU())]
    model = nn.Sequential(*hidden, nn.Linear(64, 10))
    return model, optim.Adam(model.parameters(), lr=0.3)


def residual() -> tuple[nn.Module, optim.Optimizer]:
    """Return a network with skip connections, and AdamW."""
    blocks = [Block() for _ in range(DEPTH // 2)]
    model = nn.Sequential(nn.Linear(64, WIDTH), *blocks, nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 10))
    return model, optim.AdamW(model.parameters(), lr=3e-3)


NETWORKS = {"sigmoids": sigmoids, "too-fast": too_fast, "residual": residual}


def train(
    model: nn.Module, optimizer: optim.Optimizer, images: Tensor, digits: Tensor, steps: int
) -> tuple[Watch, float]:
    """Train, watched in every second step; return what was seen, and the share of digits read correctly at the end."""
    with watch(model, optimizer, every=2) as seen:
        for _ in range(steps):
            batch = autograd.randint(0, len(images), (BATCH,))
            loss = nn.functional.cross_entropy(model(images[batch]), digits[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    with autograd.no_grad():
        accuracy = (model.eval()(images).argmax(1) == digits).float().mean().item()
    return seen, accuracy


def main(arguments: Sequence[str] | None = None) -> dict[str, float]:
    """Train all three, print what was found, write figures and numbers; return their accuracies."""
    parser = argparse.ArgumentParser(description="Watch three networks train, two of which cannot.")
    parser.add_argument("--steps", type=int, default=120, help="how many batches each is trained on (120)")
    parser.add_argument("--seed", type=int, default=0, help="of the weights and the batches (0)")
    parser.add_argument("--out", type=Path, default=Path("out"), help="where to write (out)")
    options = parser.parse_args(arguments)

    pixels, targets = load_digits(return_X_y=True)
    images, digits = autograd.tensor((pixels / 16).astype(np.float32)), autograd.tensor(targets)
    options.out.mkdir(parents=True, exist_ok=True)
    accuracies = {}
    for name, make in NETWORKS.items():
        autograd.manual_seed(options.seed)
        seen, accuracies[name] = train(*make(), images, digits, options.steps)
        print(f"{name}: {accuracies[name]:.1%} of the digits are read correctly\n\n{seen}\n")
        figure = seen.plot()
        figure.savefig(options.out / f"watch-{name}.png", dpi=100)
        seen.to_csv(options.out / f"watch-{name}.csv")
        print(f"{options.out / f'watch-{name}.png'}\n")
    return accuracies


if __name__ == "__main__":
    main()
