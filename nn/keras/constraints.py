"""Functions that weights are passed through after each step of `fit`, by name or as objects."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from nn.keras.configuration import Configured, named
from nn.keras.floats import epsilon


class Constraint(Configured):
    """Base class: define `__call__(w)`, which returns the weight as it may be."""

    def __call__(self, w: Tensor) -> Tensor:
        """The weight as it may be."""
        return w


class MaxNorm(Constraint):
    """Scale down what is longer than max_value along the axis.

    >>> import autograd
    >>> MaxNorm(1.0)(autograd.tensor([[3.0], [4.0]]))
    tensor([[0.6000],
            [0.8000]])
    """

    def __init__(self, max_value: float = 2, axis: Any = 0) -> None:
        self.max_value, self.axis = max_value, axis

    def __call__(self, w: Tensor) -> Tensor:
        """The weight as it may be."""
        lengths = _lengths(w, self.axis)
        return w * (lengths.clamp(0, self.max_value) / (lengths + epsilon()))


class NonNeg(Constraint):
    """Put 0 where a weight is negative."""

    def __call__(self, w: Tensor) -> Tensor:
        """The weight as it may be."""
        return w.clamp(min=0.0)


class UnitNorm(Constraint):
    """Scale to length 1 along the axis."""

    def __init__(self, axis: Any = 0) -> None:
        self.axis = axis

    def __call__(self, w: Tensor) -> Tensor:
        """The weight as it may be."""
        return w / (_lengths(w, self.axis) + epsilon())


class MinMaxNorm(Constraint):
    """Bring lengths along the axis to between min_value and max_value, `rate` of the way in one step."""

    def __init__(
        self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Any = 0
    ) -> None:
        self.min_value, self.max_value, self.rate, self.axis = min_value, max_value, rate, axis

    def __call__(self, w: Tensor) -> Tensor:
        """The weight as it may be."""
        lengths = _lengths(w, self.axis)
        wanted = self.rate * lengths.clamp(self.min_value, self.max_value) + (1 - self.rate) * lengths
        return w * (wanted / (lengths + epsilon()))


def _lengths(w: Tensor, axis: Any) -> Tensor:
    return w.square().sum(axis, keepdim=True).sqrt()


max_norm, non_neg, unit_norm, min_max_norm = MaxNorm, NonNeg, UnitNorm, MinMaxNorm

KNOWN: dict[str, Any] = {
    "MaxNorm": MaxNorm, "max_norm": MaxNorm, "NonNeg": NonNeg, "non_neg": NonNeg, "UnitNorm": UnitNorm,
    "unit_norm": UnitNorm, "MinMaxNorm": MinMaxNorm, "min_max_norm": MinMaxNorm,
}  # fmt: skip


def get(identifier: Any) -> Any:
    """A constraint from its name, its configuration, an object or a function of a tensor; None stays None.

    >>> get("non_neg").__class__.__name__
    'NonNeg'
    """
    return None if identifier is None else named("constraint", identifier, KNOWN)
