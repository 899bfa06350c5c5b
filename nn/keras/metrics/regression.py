"""How far predicted numbers are from the true ones, and losses as metrics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.errors import ArgumentError
from autograd.modes import no_grad
from autograd.tape import wrap
from nn.keras import losses
from nn.keras.metrics.metric import Array, Averaged, MeanMetricWrapper, Metric, as_array, paired, weights_of
from nn.keras.naming import snake_case


def of_loss(loss: Callable[..., Any], y_true: Any, y_pred: Any, **options: Any) -> Array:
    """A loss of each example as an array, without a graph."""
    with no_grad():
        return loss(wrap(as_array(y_true)), wrap(as_array(y_pred)), **options).array


class LossMetric(MeanMetricWrapper):
    """Base class of losses that are looked at as metrics: the mean over examples."""

    loss: Callable[..., Any]

    def __init__(self, name: str | None = None, dtype: Any = None, **options: Any) -> None:
        name = name or snake_case(type(self).__name__)
        super().__init__(type(self).loss, name, dtype, **options)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in a batch."""
        self.add(of_loss(self.fn, y_true, y_pred, **self.options), sample_weight)


class MeanSquaredError(LossMetric):
    """mean (y − p)².

    >>> MeanSquaredError()([1.0, 2.0], [1.0, 4.0])
    2.0
    """

    loss = staticmethod(losses.mean_squared_error)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in a batch."""
        y, p = paired(self.name, y_true, y_pred)
        self.add((p - y) ** 2, sample_weight)


class RootMeanSquaredError(Averaged):
    """√ mean (y − p)², over all numbers since the last reset.

    >>> RootMeanSquaredError()([1.0, 2.0], [1.0, 4.0])
    1.4142135623730951
    """

    def __init__(self, name: str = "root_mean_squared_error", dtype: Any = None) -> None:
        super().__init__(name, dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in a batch."""
        y, p = paired(self.name, y_true, y_pred)
        self.add((p - y) ** 2, sample_weight)

    def result(self) -> float:
        """The error, in the unit of the targets."""
        return float(np.sqrt(super().result()))


class MeanAbsoluteError(LossMetric):
    """mean |y − p|.

    >>> MeanAbsoluteError()([1.0, 2.0], [1.0, 4.0])
    1.0
    """

    loss = staticmethod(losses.mean_absolute_error)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in a batch."""
        y, p = paired(self.name, y_true, y_pred)
        self.add(np.abs(p - y), sample_weight)


class MeanAbsolutePercentageError(LossMetric):
    """100 mean |y − p| / |y|, in percent."""

    loss = staticmethod(losses.mean_absolute_percentage_error)


class MeanSquaredLogarithmicError(LossMetric):
    """mean (log(1 + y) − log(1 + p))²."""

    loss = staticmethod(losses.mean_squared_logarithmic_error)


class LogCoshError(LossMetric):
    """mean log cosh(p − y)."""

    loss = staticmethod(losses.log_cosh)

    def __init__(self, name: str = "logcosh", dtype: Any = None) -> None:
        super().__init__(name, dtype)


class CosineSimilarity(LossMetric):
    """The cosine of the angle between y and p: 1 for one direction, −1 for opposite ones; the loss is less this.

    >>> CosineSimilarity()([[0.0, 1.0]], [[0.0, 3.0]])
    1.0
    """

    loss = staticmethod(losses.cosine_similarity)

    def __init__(self, name: str = "cosine_similarity", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(name, dtype, axis=axis)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in a batch."""
        self.add(-of_loss(self.fn, y_true, y_pred, **self.options), sample_weight)


class BinaryCrossentropy(LossMetric):
    """mean of −(y log p + (1 − y) log(1 − p))."""

    loss = staticmethod(losses.binary_crossentropy)

    def __init__(
        self,
        name: str = "binary_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(name, dtype, from_logits=from_logits, label_smoothing=label_smoothing)


class CategoricalCrossentropy(LossMetric):
    """mean of −Σ y log p, for one-hot labels."""

    loss = staticmethod(losses.categorical_crossentropy)

    def __init__(
        self,
        name: str = "categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
    ) -> None:
        super().__init__(name, dtype, from_logits=from_logits, label_smoothing=label_smoothing, axis=axis)


class SparseCategoricalCrossentropy(LossMetric):
    """mean of −log p[y], for class numbers."""

    loss = staticmethod(losses.sparse_categorical_crossentropy)

    def __init__(
        self,
        name: str = "sparse_categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(name, dtype, from_logits=from_logits, axis=axis)


class KLDivergence(LossMetric):
    """mean of Σ y log(y / p)."""

    loss = staticmethod(losses.kl_divergence)


class Poisson(LossMetric):
    """mean of p − y log p."""

    loss = staticmethod(losses.poisson)


class Hinge(LossMetric):
    """mean max(1 − y p, 0)."""

    loss = staticmethod(losses.hinge)


class SquaredHinge(LossMetric):
    """mean max(1 − y p, 0)²."""

    loss = staticmethod(losses.squared_hinge)


class CategoricalHinge(LossMetric):
    """mean of how far the best wrong class reaches over the right one."""

    loss = staticmethod(losses.categorical_hinge)


class R2Score(Metric):
    """1 − Σ (y − p)² / Σ (y − mean y)²: the share of the variance that is explained; 1 is perfect.

    Args:
        class_aggregation: over several outputs: "uniform_average", "variance_weighted_average", or None for each.
        num_regressors: adjusts the score for so many inputs, if the examples are enough.

    Raises:
        ArgumentError: for another aggregation, or a negative number.

    >>> round(R2Score()([3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0]), 4)
    0.9486
    """

    sums = ("count", "mean", "spread", "error", "examples")
    count: Array
    mean: Array
    spread: Array
    error: Array
    examples: float

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str = "r2_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, dtype)
        if class_aggregation not in (None, "uniform_average", "variance_weighted_average"):
            raise ArgumentError(
                "R2Score: class_aggregation is None, 'uniform_average' or 'variance_weighted_average', got "
                f"{class_aggregation!r}"
            )
        if num_regressors < 0:
            raise ArgumentError(f"R2Score: num_regressors must not be negative, got {num_regressors}")
        self.class_aggregation, self.num_regressors = class_aggregation, num_regressors

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in a batch; means and squared distances from them are merged, which loses no digits."""
        y, p = paired(self.name, y_true, y_pred)
        y, p = y.reshape(len(y), -1).astype(np.float64), p.reshape(len(p), -1).astype(np.float64)
        w = (
            np.ones(y.shape)
            if sample_weight is None
            else weights_of(self.name, as_array(sample_weight).reshape(len(y), -1)[:, 0], y.shape)
        )
        count = w.sum(0)
        if not count.any():
            return
        mean = (y * w).sum(0) / count
        total = self.count + count
        apart = mean - self.mean
        self.spread = self.spread + (w * (y - mean) ** 2).sum(0) + apart**2 * self.count * count / total
        self.mean = self.mean + apart * count / total
        self.count = total
        self.error = self.error + (w * (y - p) ** 2).sum(0)
        self.examples += len(y)

    def result(self) -> Any:
        """The score."""
        spread, error = np.atleast_1d(self.spread), np.atleast_1d(self.error)
        known = spread > 0
        scores = np.where(known, 1 - error / np.where(known, spread, 1), np.where(error > 0, 0.0, 1.0))
        if self.class_aggregation is None:
            return scores
        weighted = self.class_aggregation == "variance_weighted_average" and known.any()
        score = float(np.average(scores, weights=spread if weighted else None))
        free = self.examples - self.num_regressors - 1
        return 1 - (1 - score) * (self.examples - 1) / free if self.num_regressors and free > 0 else score

    def get_config(self) -> dict[str, Any]:
        """What it was made with."""
        kept = {"class_aggregation": self.class_aggregation, "num_regressors": self.num_regressors}
        return {**super().get_config(), **kept}
