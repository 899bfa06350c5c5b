"""Draw the ways that optimizers take downhill.

    python examples/optimizers.py

Each rule starts at the same point of four landscapes, and ends at a diamond: Rosenbrock's curved valley, Beale's
function with its steep walls, a saddle, and a bowl a hundred times as steep one way as the other. A last row shows one
rule, SGD with momentum, with a learning rate that is too low, low, right, and too high. In
`out/` it leaves

    optimizers.png   the ways, drawn on contour lines
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import autograd
import nn
import optim
from autograd import Tensor


class Landscape(NamedTuple):
    """A function of two numbers, and how to look at it."""

    title: str
    height: Callable[[Any, Any], Any]
    start: tuple[float, float]
    best: tuple[float, float] | None  # its minimum
    window: tuple[float, float, float, float]  # x from, to; y from, to


LANDSCAPES = (
    Landscape(
        "Rosenbrock: a curved valley",
        lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
        (-1.2, 1.6),
        (1.0, 1.0),
        (-1.8, 1.8, -0.6, 2.6),
    ),
    Landscape(
        "Beale: steep walls",
        lambda x, y: (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2,
        (0.5, -1.4),
        (3.0, 0.5),
        (-2.0, 4.5, -2.0, 2.5),
    ),
    Landscape(
        "x² − y² + y⁴/4: a saddle",
        lambda x, y: x**2 - y**2 + y**4 / 4,
        (-1.5, 0.001),
        (0.0, 2.0**0.5),
        (-2.0, 2.0, -1.0, 2.2),
    ),
    Landscape(
        "x² + 100 y²: a narrow bowl",
        lambda x, y: x**2 + 100 * y**2,
        (-2.0, 0.35),
        (0.0, 0.0),
        (-2.4, 2.0, -0.5, 0.5),
    ),
)

RULES: dict[str, Callable[[Any], optim.Optimizer]] = {
    "SGD": lambda p: optim.SGD(p, lr=1e-3),
    "momentum": lambda p: optim.SGD(p, lr=1e-3, momentum=0.9),
    "Adagrad": lambda p: optim.Adagrad(p, lr=0.3),
    "RMSprop": lambda p: optim.RMSprop(p, lr=0.02),
    "Adam": lambda p: optim.Adam(p, lr=0.05),
    "Rprop": lambda p: optim.Rprop(p, lr=0.02),
    "LBFGS": lambda p: optim.LBFGS(p, max_iter=1, max_eval=25, line_search_fn="strong_wolfe"),
}
STEPS = 500

RATES = {"too low": 1e-4, "low": 2e-3, "right": 8e-3, "too high": 2e-2}
BOWL = LANDSCAPES[3]


def path(landscape: Landscape, rule: Callable[[Any], optim.Optimizer], steps: int = STEPS) -> np.ndarray:
    """The points that a rule passes, the start first: (steps + 1, 2), fewer if it leaves for infinity."""
    w = nn.Parameter(autograd.tensor(landscape.start, dtype=autograd.float64))
    optimizer = rule([w])

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss: Tensor = landscape.height(w[0], w[1])
        loss.backward()
        return loss

    points = [w.detach().numpy().copy()]
    for _ in range(steps):
        optimizer.step(closure)
        points.append(w.detach().numpy().copy())
        if not np.abs(points[-1]).max() < 1e3:
            break
    return np.array(points)


def draw_landscape(ax: Any, landscape: Landscape) -> None:
    """Contour lines, denser where it is flat, and a star at the minimum."""
    x_from, x_to, y_from, y_to = landscape.window
    x, y = np.meshgrid(np.linspace(x_from, x_to, 300), np.linspace(y_from, y_to, 300))
    z = landscape.height(x, y)
    levels = z.min() + np.geomspace(1e-2, np.ptp(z), 22)
    ax.contour(x, y, z, levels=levels, colors="0.8", linewidths=0.7)
    if landscape.best is not None:
        ax.plot(*landscape.best, marker="*", color="k", markersize=12, zorder=5)
    ax.plot(*landscape.start, marker="o", color="k", markersize=5, zorder=5)
    ax.set(xlim=(x_from, x_to), ylim=(y_from, y_to), title=landscape.title)


def draw(file: Path, steps: int = STEPS) -> None:
    """Draw all ways to a file."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, 4, figsize=(18, 9), layout="constrained")
    for ax, landscape in zip(axes[0], LANDSCAPES, strict=True):
        draw_landscape(ax, landscape)
        for name, rule in RULES.items():
            way = path(landscape, rule, steps)
            (line,) = ax.plot(*way.T, linewidth=1.4, alpha=0.9, label=name, marker=".", markersize=2)
            ax.plot(*way[-1], marker="D", color=line.get_color(), markersize=5, zorder=6)
    for ax, (name, rate) in zip(axes[1], RATES.items(), strict=True):
        draw_landscape(ax, BOWL)
        way = path(BOWL, lambda p, rate=rate: optim.SGD(p, lr=rate, momentum=0.5), 60)
        ax.plot(*way.T, color="C1", linewidth=1.2, marker=".", markersize=5)
        end = BOWL.height(*way[-1])
        ax.set_title(
            f"momentum 0.5, learning rate {rate:g}: {name}\nafter {len(way) - 1} steps f = {end:.2g}"
        )
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=len(RULES))
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=110)
    pyplot.close(figure)


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw the picture."""
    parser = argparse.ArgumentParser(description="Draw the ways that optimizers take downhill.")
    parser.add_argument("--steps", type=int, default=STEPS, help=f"steps of each rule ({STEPS})")
    parser.add_argument("--out", type=Path, default=Path("out"), help="the folder for the picture (out)")
    options = parser.parse_args(arguments)
    draw(options.out / "optimizers.png", options.steps)
    print(f"wrote {options.out / 'optimizers.png'}")


if __name__ == "__main__":
    main()
