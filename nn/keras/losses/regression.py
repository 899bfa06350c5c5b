"""Losses of numbers that are predicted. Each is the mean over the last dimension: one number for each example."""

from __future__ import annotations

import math
from typing import Any

from autograd import Tensor
from autograd.errors import ArgumentError
from nn import functional as F
from nn.keras.losses.loss import EPSILON, Loss, paired


def mean_squared_error(y_true: Any, y_pred: Any) -> Tensor:
    """mean (y − p)².

    >>> mean_squared_error([[1.0, 2.0]], [[1.0, 4.0]])
    tensor([2.])
    """
    y, p = paired("mean_squared_error", y_true, y_pred)
    return ((p - y) ** 2).mean(-1)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Tensor:
    """mean |y − p|.

    >>> mean_absolute_error([[1.0, 2.0]], [[1.0, 4.0]])
    tensor([1.])
    """
    y, p = paired("mean_absolute_error", y_true, y_pred)
    return (p - y).abs().mean(-1)


def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Tensor:
    """100 mean |y − p| / max(|y|, 10⁻⁷), in percent.

    >>> mean_absolute_percentage_error([[1.0, 2.0]], [[1.0, 4.0]])
    tensor([50.])
    """
    y, p = paired("mean_absolute_percentage_error", y_true, y_pred)
    return ((y - p) / y.abs().clamp_min(EPSILON)).abs().mean(-1) * 100.0


def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Tensor:
    """mean (log(1 + y) − log(1 + p))², where both are at least 10⁻⁷.

    >>> mean_squared_logarithmic_error([[1.0]], [[3.0]])
    tensor([0.4805])
    """
    y, p = paired("mean_squared_logarithmic_error", y_true, y_pred)
    return ((p.clamp_min(EPSILON) + 1.0).log() - (y.clamp_min(EPSILON) + 1.0).log()).square().mean(-1)


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """−y·p / (|y| |p|): −1 for vectors of one direction, 1 for opposite ones.

    >>> cosine_similarity([[0.0, 1.0]], [[0.0, 3.0]])
    tensor([-1.])
    """
    y, p = paired("cosine_similarity", y_true, y_pred)
    return -(_normalized(y, axis) * _normalized(p, axis)).sum(axis)


def _normalized(x: Tensor, axis: int) -> Tensor:
    """Vectors of length 1; those shorter than 10⁻⁶ are left shorter."""
    return x / x.square().sum(axis, keepdim=True).clamp_min(1e-12).sqrt()


def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Tensor:
    """mean of d² / 2 where d = |y − p| ≤ delta, and delta d − delta² / 2 elsewhere (Huber, 1964).

    >>> huber([[0.0, 0.0]], [[1.0, 3.0]])
    tensor([1.5000])
    """
    y, p = paired("huber", y_true, y_pred)
    return F.huber_loss(p, y, reduction="none", delta=delta).mean(-1)


def log_cosh(y_true: Any, y_pred: Any) -> Tensor:
    """mean log cosh(p − y): d² / 2 for small errors d, |d| − log 2 for large ones.

    >>> log_cosh([[0.0]], [[1.0]])
    tensor([0.4338])
    """
    y, p = paired("log_cosh", y_true, y_pred)
    d = p - y
    return (d + F.softplus(d * -2.0) - math.log(2.0)).mean(-1)


class MeanSquaredError(Loss):
    """mean (y − p)²; see `mean_squared_error`.

    >>> MeanSquaredError()([[1.0, 2.0]], [[1.0, 4.0]])
    tensor(2.)
    """

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The loss of each example."""
        return mean_squared_error(y_true, y_pred)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        """The loss of a batch."""
        if sample_weight is not None or self.reduction not in ("sum_over_batch_size", "mean"):
            return super().__call__(y_true, y_pred, sample_weight)
        y, p = paired(self.name, y_true, y_pred)
        return F.mse_loss(p, y)


class MeanAbsoluteError(Loss):
    """mean |y − p|; see `mean_absolute_error`.

    >>> MeanAbsoluteError()([[1.0, 2.0]], [[1.0, 4.0]])
    tensor(1.)
    """

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The loss of each example."""
        return mean_absolute_error(y_true, y_pred)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        """The loss of a batch."""
        if sample_weight is not None or self.reduction not in ("sum_over_batch_size", "mean"):
            return super().__call__(y_true, y_pred, sample_weight)
        y, p = paired(self.name, y_true, y_pred)
        return F.l1_loss(p, y)


class MeanAbsolutePercentageError(Loss):
    """100 mean |y − p| / |y|; see `mean_absolute_percentage_error`.

    >>> MeanAbsolutePercentageError()([[1.0, 2.0]], [[1.0, 4.0]])
    tensor(50.)
    """

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The loss of each example."""
        return mean_absolute_percentage_error(y_true, y_pred)


class MeanSquaredLogarithmicError(Loss):
    """mean (log(1 + y) − log(1 + p))²; see `mean_squared_logarithmic_error`.

    >>> MeanSquaredLogarithmicError()([[1.0]], [[3.0]])
    tensor(0.4805)
    """

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The loss of each example."""
        return mean_squared_logarithmic_error(y_true, y_pred)


class CosineSimilarity(Loss):
    """−cos of the angle between y and p; see `cosine_similarity`.

    >>> CosineSimilarity()([[0.0, 1.0]], [[0.0, 3.0]])
    tensor(-1.)
    """

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "cosine_similarity",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.axis = axis

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The loss of each example."""
        return cosine_similarity(y_true, y_pred, self.axis)

    def get_config(self) -> dict[str, Any]:
        """What it was made with."""
        return {**super().get_config(), "axis": self.axis}


class Huber(Loss):
    """Squared error for small errors, absolute for those over delta; see `huber`.

    Raises:
        ArgumentError: if delta is not positive.

    >>> Huber()([[0.0, 0.0]], [[1.0, 3.0]])
    tensor(1.5000)
    """

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str = "huber_loss",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        if delta <= 0:
            raise ArgumentError(f"Huber: delta must be positive, got {delta}")
        self.delta = delta

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The loss of each example."""
        return huber(y_true, y_pred, self.delta)

    def get_config(self) -> dict[str, Any]:
        """What it was made with."""
        return {**super().get_config(), "delta": self.delta}


class LogCosh(Loss):
    """mean log cosh(p − y); see `log_cosh`.

    >>> LogCosh()([[0.0]], [[1.0]])
    tensor(0.4338)
    """

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The loss of each example."""
        return log_cosh(y_true, y_pred)
