"""Penalties on weights and activations, which are added to the loss."""

from __future__ import annotations

import math
from typing import Any

from autograd import Tensor, eye
from autograd.errors import ArgumentError
from nn.functional import normalize
from nn.keras.configuration import Configured, named


class Regularizer(Configured):
    """Base class: define `__call__(x)`, which returns a number."""

    def __call__(self, x: Tensor) -> Any:
        """The penalty."""
        raise NotImplementedError(f"{type(self).__name__} has no __call__(x): define it")


class L1L2(Regularizer):
    """l1 · Σ|x| + l2 · Σx².

    >>> import autograd
    >>> L1L2(l1=0.5, l2=0.1)(autograd.tensor([1.0, -2.0]))
    tensor(2.)
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1 = checked("l1", l1, 0.0)
        self.l2 = checked("l2", l2, 0.0)

    def __call__(self, x: Tensor) -> Tensor:
        """The penalty."""
        if self.l1 and self.l2:
            return x.abs().sum() * self.l1 + x.square().sum() * self.l2
        return x.abs().sum() * self.l1 if self.l1 else x.square().sum() * self.l2


class L1(Regularizer):
    """l1 · Σ|x|: most weights become 0.

    >>> import autograd
    >>> L1(0.5)(autograd.tensor([1.0, -2.0]))
    tensor(1.5000)
    """

    def __init__(self, l1: float = 0.01) -> None:
        self.l1 = checked("l1", l1, 0.01)

    def __call__(self, x: Tensor) -> Tensor:
        """The penalty."""
        return x.abs().sum() * self.l1


class L2(Regularizer):
    """l2 · Σx²: weights stay small.

    >>> import autograd
    >>> L2(0.5)(autograd.tensor([1.0, -2.0]))
    tensor(2.5000)
    """

    def __init__(self, l2: float = 0.01) -> None:
        self.l2 = checked("l2", l2, 0.01)

    def __call__(self, x: Tensor) -> Tensor:
        """The penalty."""
        return x.square().sum() * self.l2


class OrthogonalRegularizer(Regularizer):
    """factor times the mean |cosine| between the rows, or the columns, of a matrix.

    >>> import autograd
    >>> OrthogonalRegularizer(0.5)(autograd.eye(3))
    tensor(0.)
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        self.factor = checked("factor", factor, 0.01)
        if mode not in ("rows", "columns"):
            raise ArgumentError(f"OrthogonalRegularizer: the mode is 'rows' or 'columns', got {mode!r}")
        self.mode = mode

    def __call__(self, x: Tensor) -> Tensor:
        """The penalty."""
        if x.ndim != 2:
            raise ArgumentError(f"OrthogonalRegularizer: takes a matrix, got shape {tuple(x.shape)}")
        rows = normalize(x if self.mode == "rows" else x.T, dim=1)
        n = rows.shape[0]
        cosines = (rows @ rows.T) * (1.0 - eye(n, dtype=x.dtype))
        penalty: Tensor = cosines.abs().sum() * (self.factor / (n * (n - 1.0)))
        return penalty


def checked(name: str, value: Any, default: float) -> float:
    """A factor of a penalty, checked.

    Raises:
        ArgumentError: if it is not a number of 0 or more.
    """
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < math.inf:
        raise ArgumentError(f"a regularizer's {name} is a number of 0 or more, got {value!r}")
    return float(value)


l1, l2, l1_l2, orthogonal_regularizer = L1, L2, L1L2, OrthogonalRegularizer

KNOWN: dict[str, Any] = {
    "L1": L1, "l1": L1, "L2": L2, "l2": L2, "L1L2": L1L2, "l1_l2": L1L2, "l1l2": L1L2,
    "OrthogonalRegularizer": OrthogonalRegularizer, "orthogonal_regularizer": OrthogonalRegularizer,
}  # fmt: skip


def get(identifier: Any) -> Any:
    """A regularizer from its name, its configuration, an object or a function of a tensor; None stays None.

    >>> get("l2").l2
    0.01
    """
    return None if identifier is None else named("regularizer", identifier, KNOWN)
