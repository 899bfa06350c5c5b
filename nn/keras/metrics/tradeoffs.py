"""The best that one rate can be while another one is at least so high, over all thresholds."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import ArgumentError
from nn.keras.metrics.confusion import Counts, quotient
from nn.keras.metrics.metric import Array


class _Tradeoff(Counts):
    """Args: the rate that must be reached, in [0, 1], and how many thresholds are tried.

    Raises:
        ArgumentError: if the rate is not in [0, 1], or there is no threshold.
    """

    argument: str

    def __init__(
        self,
        value: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        who = type(self).__name__
        if not 0 <= value <= 1:
            raise ArgumentError(f"{who}: {self.argument} is in [0, 1], got {value}")
        if num_thresholds < 1:
            raise ArgumentError(f"{who}: num_thresholds is 1 or more, got {num_thresholds}")
        places = [0.5] if num_thresholds == 1 else list(np.linspace(0, 1, num_thresholds))
        super().__init__(places, name, dtype, class_id=class_id)
        self.value, self.num_thresholds = value, num_thresholds

    def rates(self) -> tuple[Array, Array]:
        """At each threshold the rate that must be reached, and the one that is reported."""
        raise NotImplementedError(f"{type(self).__name__} has no rates(): define it")

    def result(self) -> float:
        """The best rate; 0 if the other one is not reached."""
        if not np.ndim(self.true_positives):
            return 0.0  # nothing has been taken in
        needed, best = self.rates()
        return float(np.where(needed >= self.value, best, 0.0).max())

    def get_config(self) -> dict[str, Any]:
        """What it was made with."""
        kept = {self.argument: self.value, "num_thresholds": self.num_thresholds, "class_id": self.class_id}
        return {"name": self.name, **kept}

    def _sensitivity(self) -> Array:
        return quotient(self.true_positives, self.true_positives + self.false_negatives)

    def _specificity(self) -> Array:
        return quotient(self.true_negatives, self.true_negatives + self.false_positives)

    def _precision(self) -> Array:
        return quotient(self.true_positives, self.true_positives + self.false_positives)


class SensitivityAtSpecificity(_Tradeoff):
    """The highest sensitivity TP / (TP + FN) at which the specificity TN / (TN + FP) is at least `specificity`.

    >>> SensitivityAtSpecificity(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
    0.5
    """

    argument = "specificity"

    def __init__(self, specificity: float, num_thresholds: int = 200, **options: Any) -> None:
        super().__init__(specificity, num_thresholds, **options)

    def rates(self) -> tuple[Array, Array]:
        """Specificity and sensitivity at each threshold."""
        return self._specificity(), self._sensitivity()


class SpecificityAtSensitivity(_Tradeoff):
    """The highest specificity TN / (TN + FP) at which the sensitivity TP / (TP + FN) is at least `sensitivity`.

    >>> SpecificityAtSensitivity(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
    0.6666666666666666
    """

    argument = "sensitivity"

    def __init__(self, sensitivity: float, num_thresholds: int = 200, **options: Any) -> None:
        super().__init__(sensitivity, num_thresholds, **options)

    def rates(self) -> tuple[Array, Array]:
        """Sensitivity and specificity at each threshold."""
        return self._sensitivity(), self._specificity()


class PrecisionAtRecall(_Tradeoff):
    """The highest precision TP / (TP + FP) at which the recall TP / (TP + FN) is at least `recall`.

    >>> PrecisionAtRecall(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
    0.5
    """

    argument = "recall"

    def __init__(self, recall: float, num_thresholds: int = 200, **options: Any) -> None:
        super().__init__(recall, num_thresholds, **options)

    def rates(self) -> tuple[Array, Array]:
        """Recall and precision at each threshold."""
        return self._sensitivity(), self._precision()


class RecallAtPrecision(_Tradeoff):
    """The highest recall TP / (TP + FN) at which the precision TP / (TP + FP) is at least `precision`.

    >>> RecallAtPrecision(0.8)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
    0.5
    """

    argument = "precision"

    def __init__(self, precision: float, num_thresholds: int = 200, **options: Any) -> None:
        super().__init__(precision, num_thresholds, **options)

    def rates(self) -> tuple[Array, Array]:
        """Precision and recall at each threshold."""
        return self._precision(), self._sensitivity()
