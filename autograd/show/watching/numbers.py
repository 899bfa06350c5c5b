"""The numbers that `watch` keeps of arrays: moments, extremes, zeros, what is not finite, and a histogram.

`Sums` adds array after array, so that several calls of a layer in one step give the numbers of all of them together.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.dtypes import Array

What = str
"""activation, activation gradient, parameter or parameter gradient."""

_GROWTH, _SMALLEST, _LARGEST = 1.1, 1e-12, 1e20


def _edges() -> Array:
    """The edges of the histograms, each a tenth further from 0 than the one before: those TensorBoard is used to."""
    positive = _SMALLEST * _GROWTH ** np.arange(math.ceil(math.log(_LARGEST / _SMALLEST, _GROWTH)))
    return np.concatenate((-positive[::-1], [0.0], positive, [np.finfo(np.float64).max]))


EDGES = _edges()


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen of one layer or parameter in one step. Moments are those of the finite numbers.

    step:       which, from 0
    name:       the path of the layer or parameter
    what:       "activation", "activation gradient", "parameter" (before the update) or "parameter gradient"
    kind:       the class of the layer, or the shape of the parameter
    count:      how many numbers
    mean, std:  their mean and standard deviation
    max_abs:    the largest absolute value
    norm:       the square root of the sum of their squares
    zeros:      the share that is exactly 0, from 0 to 1
    nans, infinities: how many there are
    dead:       of an activation with zeros for negative inputs: the share of units that were 0 on every example of the
                last `window` samples; else None
    saturated:  of one that flattens out: the share of numbers where its derivative is less than a twentieth of its
                largest; else None
    update:     of a parameter: the norm of its change in this step, by its own norm before; None without an optimizer
    """

    step: int
    name: str
    what: What
    kind: str
    count: int
    mean: float
    std: float
    max_abs: float
    norm: float
    zeros: float
    nans: int = 0
    infinities: int = 0
    dead: float | None = None
    saturated: float | None = None
    update: float | None = None


class Sums:
    """Numbers of one or several arrays together.

    >>> sums = Sums()
    >>> sums.add(np.array([1.0, 0.0]))
    >>> sums.add(np.array([2.0, np.nan]))
    >>> sums.count, sums.mean, round(sums.norm, 6), sums.zeros, sums.nans
    (4, 1.0, 2.236068, 1, 1)
    """

    __slots__ = ("buckets", "count", "finite", "high", "infinities", "low", "mean", "nans", "spread", "zeros")

    def __init__(self, histogram: bool = False) -> None:
        self.count = self.finite = self.zeros = self.nans = self.infinities = 0
        self.mean = self.spread = 0.0  # spread: the sum of squared distances from the mean
        self.low, self.high = math.inf, -math.inf
        self.buckets: Array | None = np.zeros(len(EDGES), np.int64) if histogram else None

    def add(self, array: Any) -> None:
        """Add an array."""
        x = np.asarray(array, np.float64).ravel()
        self.count += x.size
        with np.errstate(all="ignore"):
            mean = float(x.mean()) if x.size else 0.0
            if not math.isfinite(mean):
                nans = int(np.isnan(x).sum())
                finite = x[np.isfinite(x)]
                self.nans += nans
                self.infinities += x.size - nans - finite.size
                x = finite
                mean = float(x.mean()) if x.size else 0.0
            if not x.size:
                return
            spread = float(np.square(x - mean).sum())
        total = self.finite + x.size
        apart = mean - self.mean
        self.spread += spread + apart * apart * self.finite * x.size / total
        self.mean += apart * x.size / total
        self.finite = total
        self.zeros += x.size - int(np.count_nonzero(x))
        self.low, self.high = min(self.low, float(x.min())), max(self.high, float(x.max()))
        if self.buckets is not None:
            self.buckets += np.bincount(np.searchsorted(EDGES, x), minlength=len(EDGES))[: len(EDGES)]

    @property
    def std(self) -> float:
        """The standard deviation."""
        return math.sqrt(self.spread / self.finite) if self.finite else 0.0

    @property
    def squares(self) -> float:
        """The sum of the squares."""
        return self.spread + self.finite * self.mean**2

    @property
    def norm(self) -> float:
        """The Euclidean norm."""
        return math.sqrt(self.squares)

    def observation(
        self,
        step: int,
        name: str,
        what: What,
        kind: str,
        dead: float | None = None,
        saturated: float | None = None,
        update: float | None = None,
    ) -> Observation:
        """The numbers under a name."""
        return Observation(
            step=step,
            name=name,
            what=what,
            kind=kind,
            count=self.count,
            mean=self.mean,
            std=self.std,
            max_abs=max(abs(self.low), abs(self.high)) if self.finite else 0.0,
            norm=self.norm,
            zeros=self.zeros / self.count if self.count else 0.0,
            nans=self.nans,
            infinities=self.infinities,
            dead=dead,
            saturated=saturated,
            update=update,
        )


@dataclass(frozen=True, slots=True)
class Activation:
    """What can go wrong in an activation.

    dies:       whether it is 0 for all negative inputs, so that a unit may get no gradient any more
    saturates:  result -> where its derivative is less than a twentieth of its largest
    """

    dies: bool = False
    saturates: Callable[[Any], Array] | None = None


FLAT = 0.05
"""The share of its largest derivative below which an activation is called saturated."""


def activation(names: list[str], module: Any = None) -> Activation | None:
    """What is known of an activation, by the names of a module's classes or that of an operation."""
    for name in names:
        if name in ("ReLU", "relu"):
            return Activation(dies=True)
        if name in ("Sigmoid", "sigmoid"):
            return Activation(saturates=lambda y: 4 * y * (1 - y) < FLAT)
        if name in ("Tanh", "tanh"):
            return Activation(saturates=lambda y: 1 - y * y < FLAT)
        if name in ("ReLU6", "Hardtanh") and hasattr(module, "min_val"):
            return Activation(dies=name == "ReLU6", saturates=_Bounds(module.min_val, module.max_val))
        if name == "Hardsigmoid":
            return Activation(saturates=_Bounds(0, 1))
    return None


class _Bounds:
    """Where a result is at one of its bounds."""

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high

    def __call__(self, y: Array) -> Array:
        at_bounds: Array = (y <= self.low) | (y >= self.high)
        return at_bounds
