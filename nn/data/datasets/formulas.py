"""Points in the plane that no straight line separates, drawn by formulas."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import random
from autograd.errors import ArgumentError
from nn.data.datasets.table import Table


def moons(n: int = 200, noise: float = 0.1, generator: Any = None) -> Table:
    """Two half circles that reach into each other: x (n, 2), y 0 or 1.

    Class 0 is (cos t, sin t), class 1 is (1 − cos t, ½ − sin t), for t evenly spaced from 0 to π; to each coordinate is
    added normal noise of deviation `noise`. The order of the points is random.

    Raises:
        ArgumentError: if `n` is not positive or `noise` is negative.

    >>> moons(100).x.shape
    autograd.Size([100, 2])
    """
    _check("moons", n, 2, noise)
    y = np.arange(n) % 2
    t = np.pi * (np.arange(n) // 2) / max(1, (n + 1) // 2 - 1)
    upper, lower = np.stack([np.cos(t), np.sin(t)], 1), np.stack([1 - np.cos(t), 0.5 - np.sin(t)], 1)
    return _mixed(np.where(y[:, None] == 0, upper, lower), y, ["upper", "lower"], noise, generator)


def spirals(
    n: int = 300, classes: int = 3, turns: float = 0.75, noise: float = 0.05, generator: Any = None
) -> Table:
    """Arms of a spiral around the origin: x (n, 2), y 0 to classes − 1.

    A point of arm k at r, evenly spaced from 0 to 1, is r (cos φ, sin φ) with φ = 2π (k / classes + turns · r); to each
    coordinate is added normal noise of deviation `noise`. The order of the points is random.

    Raises:
        ArgumentError: if `n` or `classes` is not positive, or `noise` is negative.

    >>> data = spirals(30, classes=3)
    >>> data, data.y.bincount().tolist()
    (Table(30 samples, x (30, 2), y class of 3), [10, 10, 10])
    """
    _check("spirals", n, classes, noise)
    y = np.arange(n) % classes
    r = (np.arange(n) // classes) / max(1, -(-n // classes) - 1)
    angle = 2 * np.pi * (y / classes + turns * r)
    x = r[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)
    return _mixed(x, y, [f"arm {k}" for k in range(classes)], noise, generator)


def _check(op: str, n: int, classes: int, noise: float) -> None:
    if n < 1 or classes < 1 or noise < 0:
        raise ArgumentError(
            f"{op}: needs a positive number of points and of classes, and noise that is not negative, got n={n}, "
            f"classes={classes}, noise={noise}"
        )


def _mixed(x: Any, y: Any, classes: list[str], noise: float, generator: Any) -> Table:
    """The points in random order, with noise."""
    rng = random.source(generator)
    order = rng.permutation(len(x))
    x = x[order] + noise * rng.standard_normal(x.shape)
    return Table(x.astype(np.float32), y[order].astype(np.int64), features=["x", "y"], classes=classes)
