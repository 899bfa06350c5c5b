"""Counts of right and wrong decisions, and what is made of them: precision and recall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.errors import ArgumentError
from nn.keras.metrics.metric import Array, Metric, as_array, paired, weights_of

Thresholds = float | Sequence[float] | None


def quotient(a: Array, b: Array) -> Array:
    """a / b, and 0 where b is 0."""
    return np.divide(
        a, b, out=np.zeros(np.broadcast_shapes(np.shape(a), np.shape(b))), where=np.asarray(b) != 0
    )


def checked_thresholds(who: str, thresholds: Thresholds, default: float) -> Array:
    """Thresholds as an array.

    Raises:
        ArgumentError: if one is not in [0, 1].
    """
    if thresholds is None:
        return np.array([default])
    array = np.atleast_1d(np.asarray(thresholds, float))
    if array.size == 0 or array.min() < 0 or array.max() > 1:
        raise ArgumentError(f"{who}: thresholds are numbers in [0, 1], got {thresholds}")
    return array


def counted(
    name: str, y_true: Any, y_pred: Any, sample_weight: Any, thresholds: Array, columns: bool = False
) -> tuple[Array, Array, Array, Array]:
    """True and false positives, and true and false negatives, at each threshold: (thresholds) or (thresholds, labels).

    Each prediction falls between two thresholds; the sums from above do the rest, so that many cost as little as one.
    """
    y, p = paired(name, y_true, y_pred)
    order = np.argsort(thresholds)
    limits, k = thresholds[order], len(thresholds)
    w = np.ones(y.shape) if sample_weight is None else weights_of(name, sample_weight, y.shape)
    above = np.searchsorted(limits, p.astype(np.float64), side="left")  # how many limits are below p
    labels = y.shape[-1] if columns else 1
    place = above.astype(np.int64) * labels + (np.arange(labels) if columns else 0)
    positive = y > 0.5 if y.dtype.kind == "f" else y.astype(bool)

    def at_least(chosen: Array) -> Array:
        return np.bincount(place[chosen], w[chosen], (k + 1) * labels).reshape(k + 1, labels)

    made = []
    for chosen in (positive, ~positive):
        counts = at_least(chosen)
        over = counts[::-1].cumsum(0)[::-1][1:]  # p above the threshold
        made += [over, counts.sum(0) - over]
    back = np.argsort(order)
    tp, fn, fp, tn = (m[back] if columns else m[back, 0] for m in made)
    return tp, fp, tn, fn


class Counts(Metric):
    """Base class of what is made of the counts of true and false positives and negatives."""

    sums = ("true_positives", "false_positives", "true_negatives", "false_negatives")
    true_positives: Array
    false_positives: Array
    true_negatives: Array
    false_negatives: Array

    def __init__(
        self,
        thresholds: Thresholds = None,
        name: str | None = None,
        dtype: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
    ) -> None:
        super().__init__(name, dtype)
        self.given, self.top_k, self.class_id = thresholds, top_k, class_id
        default = 0.5 if top_k is None else -np.inf
        self.thresholds = checked_thresholds(type(self).__name__, thresholds, default)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in a batch."""
        y, p = paired(self.name, y_true, y_pred)
        if self.top_k is not None:
            kth = np.partition(p, -self.top_k, -1)[..., -self.top_k, None]
            p = np.where(p >= kth, p, -np.inf)
        if self.class_id is not None:
            y, p = y[..., self.class_id], p[..., self.class_id]
        for name, count in zip(
            self.sums, counted(self.name, y, p, sample_weight, self.thresholds), strict=True
        ):
            self.__dict__[name] = self.__dict__[name] + count

    def given_back(self, values: Any) -> Any:
        """A number for one threshold, an array for several."""
        values = np.asarray(values)
        return float(values.reshape(-1)[0]) if len(self.thresholds) == 1 else values

    def get_config(self) -> dict[str, Any]:
        """What it was made with."""
        given = {"thresholds": self.given, "top_k": self.top_k, "class_id": self.class_id}
        return {**super().get_config(), **{k: v for k, v in given.items() if v is not None}}


class _Count(Counts):
    """One of the counts, as it is."""

    of: str

    def result(self) -> Any:
        """The count."""
        return self.given_back(self.__dict__[self.of])


class TruePositives(_Count):
    """How many of the predictions over the threshold have label 1.

    >>> TruePositives()([0, 1, 1], [0.9, 0.8, 0.2])
    1.0
    """

    of = "true_positives"


class FalsePositives(_Count):
    """How many of the predictions over the threshold have label 0.

    >>> FalsePositives()([0, 1, 1], [0.9, 0.8, 0.2])
    1.0
    """

    of = "false_positives"


class TrueNegatives(_Count):
    """How many of the predictions up to the threshold have label 0.

    >>> TrueNegatives()([0, 1, 1], [0.9, 0.8, 0.2])
    0.0
    """

    of = "true_negatives"


class FalseNegatives(_Count):
    """How many of the predictions up to the threshold have label 1.

    >>> FalseNegatives()([0, 1, 1], [0.9, 0.8, 0.2])
    1.0
    """

    of = "false_negatives"


class Precision(Counts):
    """Which share of the predictions over the threshold have label 1: TP / (TP + FP), and 0 if there are none.

    Args:
        thresholds: one, or several at once.
        top_k: take the k largest of each example for positive instead.
        class_id: look at one class alone.

    >>> Precision()([0, 1, 1], [0.9, 0.8, 0.2])
    0.5
    """

    def __init__(
        self,
        thresholds: Thresholds = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(thresholds, name, dtype, top_k, class_id)

    def result(self) -> Any:
        """The precision, at each threshold."""
        return self.given_back(quotient(self.true_positives, self.true_positives + self.false_positives))


class Recall(Counts):
    """Which share of the examples with label 1 are over the threshold: TP / (TP + FN), and 0 if there are none.

    Args:
        thresholds, top_k, class_id: see `Precision`.

    >>> Recall()([0, 1, 1], [0.9, 0.8, 0.2])
    0.5
    """

    def __init__(
        self,
        thresholds: Thresholds = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(thresholds, name, dtype, top_k, class_id)

    def result(self) -> Any:
        """The recall, at each threshold."""
        return self.given_back(quotient(self.true_positives, self.true_positives + self.false_negatives))


class FBetaScore(Metric):
    """(1 + β²) · precision · recall / (β² precision + recall) of each class.

    Args:
        average: None for each class, "micro" for all decisions together, "macro" for the mean over classes, "weighted"
            for the mean by how many examples a class has.
        beta: how much more recall matters than precision.
        threshold: over which a class is predicted; None for the likeliest class alone.

    Raises:
        ArgumentError: for another average, or a beta that is not positive.

    >>> y, p = [[1, 0], [0, 1], [0, 1]], [[0.9, 0.1], [0.8, 0.2], [0.3, 0.7]]
    >>> round(FBetaScore(average="macro")(y, p), 4)
    0.6667
    """

    sums = ("true_positives", "false_positives", "false_negatives", "weights")
    true_positives: Array
    false_positives: Array
    false_negatives: Array
    weights: Array

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str = "fbeta_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, dtype)
        who = type(self).__name__
        if average not in (None, "micro", "macro", "weighted"):
            raise ArgumentError(f"{who}: average is None, 'micro', 'macro' or 'weighted', got {average!r}")
        if beta <= 0:
            raise ArgumentError(f"{who}: beta must be positive, got {beta}")
        if threshold is not None and not 0 < threshold <= 1:
            raise ArgumentError(f"{who}: threshold is in (0, 1], got {threshold}")
        self.average, self.beta, self.threshold = average, beta, threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in a batch of one-hot labels and probabilities: (N, classes), or (N) for one class."""
        y, p = paired(self.name, y_true, y_pred)
        if y.ndim == 1:
            y, p = y[:, None], p[:, None]
        if self.threshold is not None:
            chosen = p > self.threshold
        elif p.shape[-1] == 1:
            chosen = p > 0.5
        else:
            chosen = (p >= p.max(-1, keepdims=True)) & (np.abs(p) > 1e-9)
        y, chosen = y.astype(float), chosen.astype(float)
        w = 1.0 if sample_weight is None else as_array(sample_weight).reshape(-1, 1)
        axis = None if self.average == "micro" else 0
        for name, part in zip(self.sums, (chosen * y, chosen * (1 - y), (1 - chosen) * y, y), strict=True):
            self.__dict__[name] = self.__dict__[name] + (part * w).sum(axis)

    def result(self) -> Any:
        """The score."""
        precision = quotient(self.true_positives, np.add(self.true_positives, self.false_positives))
        recall = quotient(self.true_positives, np.add(self.true_positives, self.false_negatives))
        square = self.beta**2
        score = quotient((1 + square) * precision * recall, square * precision + recall)
        if self.average is None:
            return score
        if self.average == "weighted":
            return float((score * quotient(self.weights, np.sum(self.weights))).sum())
        return float(np.mean(score))

    def get_config(self) -> dict[str, Any]:
        """What it was made with."""
        kept = {"average": self.average, "beta": self.beta, "threshold": self.threshold}
        return {**super().get_config(), **kept}


class F1Score(FBetaScore):
    """2 · precision · recall / (precision + recall) of each class; see `FBetaScore`.

    With one column, or labels (N), it is the score of label 1 at a threshold of 0.5.

    >>> round(F1Score(average="micro")([0, 1, 1], [0.9, 0.8, 0.2]), 4)
    0.5
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str = "f1_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(average, 1.0, threshold, name, dtype)

    def get_config(self) -> dict[str, Any]:
        """What it was made with."""
        return {k: v for k, v in super().get_config().items() if k != "beta"}
