"""Intersection over union: how well the regions of classes are found, as in the segmentation of images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.errors import ArgumentError, ShapeError
from nn.keras.metrics.metric import Array, Metric, as_array, weights_of


class IoU(Metric):
    """The mean, over some classes, of |true ∩ predicted| / |true ∪ predicted|; classes that never occur are left out.

    Args:
        num_classes: how many classes there are.
        target_class_ids: the classes that count.
        ignore_class: examples of this class are left out.
        sparse_y_true, sparse_y_pred: whether targets and predictions are class numbers; else the largest along `axis`
            is the class.
        axis: where the classes are, if they are not numbers.

    Raises:
        ArgumentError: if a class is not below `num_classes`.
        ShapeError: if there is not one prediction for each target.

    >>> IoU(num_classes=2, target_class_ids=[0])([0, 0, 1, 1], [0, 1, 0, 1])
    0.3333333333333333
    """

    sums = ("confusion",)
    confusion: Any

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(name, dtype)
        self.num_classes, self.target_class_ids = int(num_classes), [int(c) for c in target_class_ids]
        if not all(0 <= c < self.num_classes for c in self.target_class_ids):
            raise ArgumentError(
                f"{type(self).__name__}: target_class_ids are below num_classes={num_classes}, got {target_class_ids}"
            )
        self.ignore_class, self.axis = ignore_class, axis
        self.sparse_y_true, self.sparse_y_pred = sparse_y_true, sparse_y_pred

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in a batch; class numbers that are out of range are left out."""
        y = as_array(y_true) if self.sparse_y_true else as_array(y_true).argmax(self.axis)
        p = as_array(y_pred) if self.sparse_y_pred else as_array(y_pred).argmax(self.axis)
        w = np.ones(y.shape) if sample_weight is None else weights_of(self.name, sample_weight, y.shape)
        self._count(y.reshape(-1).astype(np.int64), p.reshape(-1).astype(np.int64), w.reshape(-1))

    def _count(self, y: Array, p: Array, w: Array) -> None:
        if y.shape != p.shape:
            raise ShapeError(f"{self.name}: there are {y.size} targets and {p.size} predictions")
        n = self.num_classes
        counts = (y >= 0) & (y < n) & (p >= 0) & (p < n)
        if self.ignore_class is not None:
            counts &= y != self.ignore_class
        made = np.bincount(y[counts] * n + p[counts], w[counts], n * n).reshape(n, n)
        self.confusion = self.confusion + made

    def result(self) -> float:
        """The mean; 0 if none of the classes has occurred."""
        if not np.ndim(self.confusion):
            return 0.0
        both = np.diag(self.confusion)
        either = self.confusion.sum(0) + self.confusion.sum(1) - both
        both, either = both[self.target_class_ids], either[self.target_class_ids]
        occurs = either > 0
        return float((both[occurs] / either[occurs]).mean()) if occurs.any() else 0.0

    def get_config(self) -> dict[str, Any]:
        """What it was made with."""
        names = (
            "num_classes", "target_class_ids", "ignore_class", "sparse_y_true", "sparse_y_pred", "axis",
        )  # fmt: skip
        return {**super().get_config(), **{name: self.__dict__[name] for name in names}}


class BinaryIoU(IoU):
    """`IoU` of probabilities of two classes, which are class 1 from the threshold on.

    >>> BinaryIoU(target_class_ids=[1])([0, 0, 1, 1], [0.1, 0.9, 0.2, 0.7])
    0.3333333333333333
    """

    def __init__(
        self,
        target_class_ids: Sequence[int] = (0, 1),
        threshold: float = 0.5,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in a batch."""
        super().update_state(y_true, as_array(y_pred) >= self.threshold, sample_weight)

    def get_config(self) -> dict[str, Any]:
        """What it was made with."""
        return {"name": self.name, "target_class_ids": self.target_class_ids, "threshold": self.threshold}


class MeanIoU(IoU):
    """`IoU` over all classes.

    >>> MeanIoU(num_classes=2)([0, 0, 1, 1], [0, 1, 0, 1])
    0.3333333333333333
    """

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes, range(num_classes), name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis
        )

    def get_config(self) -> dict[str, Any]:
        """What it was made with."""
        config = super().get_config()
        del config["target_class_ids"]
        return config


class OneHotIoU(IoU):
    """`IoU` of one-hot targets and of probabilities of the classes."""

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        """What it was made with."""
        config = super().get_config()
        del config["sparse_y_true"]
        return config


class OneHotMeanIoU(OneHotIoU):
    """`MeanIoU` of one-hot targets and of probabilities of the classes."""

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, range(num_classes), name, dtype, ignore_class, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        """What it was made with."""
        config = super().get_config()
        del config["target_class_ids"]
        return config
