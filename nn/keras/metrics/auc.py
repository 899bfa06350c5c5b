"""The area under a curve of decisions: receiver operating characteristic, or precision against recall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.errors import ArgumentError
from nn.keras.metrics.confusion import counted, quotient
from nn.keras.metrics.metric import Array, Metric, paired, weights_of


class AUC(Metric):
    """The area under the ROC curve (the chance that a positive is ranked above a negative) or the PR curve.

    At `num_thresholds` thresholds, as in Keras, the memory it takes is small and the area an approximation; with
    `exact=True` it keeps all predictions, and the area is scikit-learn's `roc_auc_score` or `average_precision_score`.

    Args:
        num_thresholds: how many, evenly spread over [0, 1].
        curve: "ROC" or "PR".
        summation_method: between thresholds: "interpolation", "minoring" or "majoring".
        thresholds: thresholds of your own, in [0, 1].
        multi_label: the mean of the areas of the columns, instead of one area for all numbers.
        num_labels: accepted; the columns are counted.
        label_weights: the weights of the columns.
        from_logits: the predictions are scores, of which the sigmoid is to be taken.
        exact: see above.

    Raises:
        ArgumentError: for another curve or summation, or fewer than 2 thresholds.

    >>> AUC(exact=True)([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    >>> AUC(num_thresholds=3)([0, 0, 1, 1], [0.0, 0.5, 0.3, 0.9])
    0.75
    """

    sums = ("true_positives", "false_positives", "true_negatives", "false_negatives")
    true_positives: Array
    false_positives: Array
    true_negatives: Array
    false_negatives: Array

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Sequence[float] | None = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Sequence[float] | None = None,
        from_logits: bool = False,
        exact: bool = False,
    ) -> None:
        self._kept: list[tuple[Array, Array, Array]] = []
        super().__init__(name, dtype)
        self.curve, self.summation_method = curve.upper(), summation_method.lower()
        if self.curve not in ("ROC", "PR"):
            raise ArgumentError(f"AUC: curve is 'ROC' or 'PR', got {curve!r}")
        if self.summation_method not in ("interpolation", "minoring", "majoring"):
            raise ArgumentError(
                f"AUC: summation_method is 'interpolation', 'minoring' or 'majoring', got {summation_method!r}"
            )
        if thresholds is None and num_thresholds < 2:
            raise ArgumentError(f"AUC: needs 2 thresholds or more, got num_thresholds={num_thresholds}")
        inner = (
            np.sort(np.asarray(thresholds, float))
            if thresholds is not None
            else np.arange(1, num_thresholds - 1) / (num_thresholds - 1)
        )
        if inner.size and not 0 <= inner.min() <= inner.max() <= 1:
            raise ArgumentError(f"AUC: thresholds are numbers in [0, 1], got {thresholds}")
        self.given = thresholds
        self.thresholds = np.concatenate([[-1e-7], inner, [1 + 1e-7]])
        self.multi_label, self.num_labels, self.label_weights = multi_label, num_labels, label_weights
        self.from_logits, self.exact = from_logits, exact

    def reset_state(self) -> None:
        """Begin anew."""
        super().reset_state()
        self._kept = []

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in a batch."""
        y, p = paired(self.name, y_true, y_pred)
        if self.from_logits:
            p = 1 / (1 + np.exp(-p.astype(np.float64)))
        if not self.multi_label:
            if sample_weight is not None:
                sample_weight = weights_of(self.name, sample_weight, y.shape).reshape(-1)
            if self.label_weights is not None:
                across = np.broadcast_to(self.label_weights, y.shape).reshape(-1)
                sample_weight = across if sample_weight is None else sample_weight * across
            y, p = y.reshape(-1), p.reshape(-1)
        if self.exact:
            w = np.ones(y.shape) if sample_weight is None else weights_of(self.name, sample_weight, y.shape)
            self._kept.append((y > 0.5, np.array(p), w))
            return
        if p.size and not (p.min() >= 0 and p.max() <= 1):
            raise ArgumentError(
                f"AUC: predictions are probabilities in [0, 1], got {p.min():g} to {p.max():g}; for scores give "
                "from_logits=True"
            )
        counts = counted(self.name, y, p, sample_weight, self.thresholds, columns=self.multi_label)
        for name, count in zip(self.sums, counts, strict=True):
            self.__dict__[name] = self.__dict__[name] + count

    def result(self) -> float:
        """The area."""
        if self.exact:
            return self._exact()
        if not np.ndim(self.true_positives):
            return 0.0  # nothing has been taken in
        if self.curve == "PR" and self.summation_method == "interpolation":
            return self._averaged(self._between())
        tp, fp, tn, fn = (self.__dict__[name] for name in self.sums)
        x, y = (
            (quotient(fp, fp + tn), quotient(tp, tp + fn))
            if self.curve == "ROC"
            else (quotient(tp, tp + fn), quotient(tp, tp + fp))
        )
        if self.summation_method == "interpolation":
            heights = (y[:-1] + y[1:]) / 2
        else:
            heights = (np.minimum if self.summation_method == "minoring" else np.maximum)(y[:-1], y[1:])
        return self._averaged((x[:-1] - x[1:]) * heights)

    def _between(self) -> Array:
        """The area under the PR curve between thresholds, where TP is linear in TP + FP (Davis & Goadrich, 2006)."""
        tp, fp, fn = self.true_positives, self.false_positives, self.false_negatives
        p = tp + fp
        risen = tp[:-1] - tp[1:]
        slope = quotient(risen, p[:-1] - p[1:])
        start = tp[1:] - slope * p[1:]
        both = (p[:-1] > 0) & (p[1:] > 0)
        ratio = np.where(both, quotient(p[:-1], p[1:]), 1.0)
        return quotient(slope * (risen + start * np.log(ratio)), tp[1:] + fn[1:])

    def _averaged(self, areas: Array) -> float:
        """The sum of the areas between thresholds, and with several labels the mean over them."""
        total = areas.sum(0)
        return float(np.average(total, weights=self.label_weights) if self.multi_label else total)

    def _exact(self) -> float:
        """The area by the ranks of all predictions."""
        if not self._kept:
            return 0.0
        y, p, w = (np.concatenate(parts) for parts in zip(*self._kept, strict=True))
        if not self.multi_label:
            return _area(self.curve, y, p, w)
        each = [_area(self.curve, y[:, i], p[:, i], w[:, i]) for i in range(y.shape[1])]
        return float(np.average(each, weights=self.label_weights))

    def get_state(self) -> dict[str, Any]:
        """What it has gathered."""
        return {**super().get_state(), "kept": list(self._kept)}

    def set_state(self, state: dict[str, Any]) -> None:
        """Take over what `get_state` returned."""
        super().set_state(state)
        self._kept = list(state["kept"])

    def get_config(self) -> dict[str, Any]:
        """What it was made with."""
        kept = {
            "num_thresholds": len(self.thresholds),
            "curve": self.curve,
            "summation_method": self.summation_method,
            "thresholds": None if self.given is None else [float(t) for t in self.given],
            "multi_label": self.multi_label,
            "num_labels": self.num_labels,
            "label_weights": None if self.label_weights is None else [float(w) for w in self.label_weights],
            "from_logits": self.from_logits,
            "exact": self.exact,
        }
        return {**super().get_config(), **kept}


def _area(curve: str, y: Array, p: Array, w: Array) -> float:
    """The exact area under a curve; predictions that are equal are passed in one step."""
    order = np.argsort(-p, kind="stable")
    y, p, w = y[order], p[order], w[order]
    last = np.append(np.flatnonzero(np.diff(p)), p.size - 1)
    tp, fp = np.cumsum(y * w)[last], np.cumsum(~y * w)[last]
    if tp[-1] == 0 or (curve == "ROC" and fp[-1] == 0):
        return 0.0
    recall = np.append(0.0, tp / tp[-1])
    if curve == "PR":
        return float((np.diff(recall) * (tp / (tp + fp))).sum())
    x = np.append(0.0, fp / fp[-1])
    return float((np.diff(x) * (recall[1:] + recall[:-1]) / 2).sum())
