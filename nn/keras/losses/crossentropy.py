"""Losses of probabilities: cross entropy of classes and of yes and no, and their kin.

Where the probabilities are the softmax or the sigmoid of scores that are known (see `nn.keras.logits`), the loss is
computed from the scores: the numbers are the same as long as no probability rounds to 0 or 1, and right beyond.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentError, DimensionError, PositionError, ShapeError
from autograd.tape import wrap
from nn import functional as F
from nn.keras.logits import logits_of
from nn.keras.losses.loss import EPSILON, Loss, as_tensor, paired, reduced

PLAIN = ("sum_over_batch_size", "mean")


def _probabilities(p: Tensor, axis: int = -1) -> Tensor:
    """Probabilities that add up to 1, none nearer to 0 or 1 than 10⁻⁷."""
    return (p / p.sum(axis, keepdim=True)).clamp(EPSILON, 1.0 - EPSILON)


def _smoothed(y: Tensor, label_smoothing: float) -> Tensor:
    """One-hot labels y with a share spread over all classes."""
    return y * (1.0 - label_smoothing) + label_smoothing / y.shape[-1] if label_smoothing else y


def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Tensor:
    """−Σ y log p over the classes, for one-hot labels y (or probabilities) and probabilities p.

    Args:
        y_true, y_pred: (N, …, classes).
        from_logits: p are scores, of which the softmax is to be taken.
        label_smoothing: the share of y that is spread over all classes.
        axis: the dimension of the classes.

    Raises:
        ShapeError: if the labels are not one-hot, or the predictions are of one class.

    >>> categorical_crossentropy([[0.0, 1.0]], [[0.25, 0.75]])
    tensor([0.2877])
    """
    _check_classes("categorical_crossentropy", as_tensor(y_pred))
    scores = as_tensor(y_pred) if from_logits else _scores(as_tensor(y_pred), axis)
    y, p = paired("categorical_crossentropy", y_true, y_pred)
    y = _smoothed(y, label_smoothing)
    log_p = _probabilities(p, axis).log() if scores is None else scores.log_softmax(axis)
    return -(y * log_p).sum(axis)


def _scores(p: Tensor, axis: int) -> Tensor | None:
    return logits_of("softmax", p) if axis in (-1, p.array.ndim - 1) else None


def _check_classes(name: str, p: Tensor) -> None:
    if p.array.ndim and p.array.shape[-1] == 1:
        raise ShapeError(
            f"{name}: the predictions have shape {p.array.shape}, one class, whose probability is always 1. For two "
            "classes use loss='binary_crossentropy' with activation='sigmoid', or give the last layer one unit for each"
        )


def class_numbers(name: str, y_true: Any, y_pred: Tensor) -> Tensor:
    """Class numbers of the shape of the predictions without their last dimension, as integers.

    Raises:
        ShapeError: if they are one-hot, or of another shape.
        ArgumentError: if they are not whole numbers.
    """
    y = as_tensor(y_true)
    shape, classes = y_pred.array.shape[:-1], y_pred.array.shape[-1]
    if y.array.shape == (*shape, 1):
        y = y.squeeze(-1)
    if y.array.shape != shape:
        message = f"{name}: the labels have shape {y.array.shape} and the predictions {y_pred.array.shape}"
        if y.array.shape == y_pred.array.shape:
            message += ". One-hot labels go with loss='categorical_crossentropy'; or use y.argmax(-1)"
        else:
            message += f": labels are class numbers of shape {shape}, from 0 to {classes - 1}"
        raise ShapeError(message)
    if y.array.dtype == np.int64:
        return y
    numbers = y.array.astype(np.int64)
    if y.array.dtype.kind == "f" and not np.array_equal(numbers, y.array):
        wrong = y.array[numbers != y.array].flat[0]
        raise ArgumentError(
            f"{name}: labels are class numbers, 0 to {classes - 1}, got {wrong}. For numbers that are to be predicted "
            "use loss='mse'"
        )
    return wrap(numbers)


def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, ignore_class: int | None = None, axis: int = -1
) -> Tensor:
    """−log p[y], for class numbers y and probabilities p of the classes.

    Args:
        y_true: (N, …) or (N, …, 1), whole numbers from 0.
        y_pred: (N, …, classes).
        from_logits: p are scores, of which the softmax is to be taken.
        ignore_class: a class whose examples cost nothing.
        axis: the dimension of the classes.

    Raises:
        ShapeError: if the labels are one-hot, or the predictions are of one class.
        PositionError: if there is no such class.
        ArgumentError: if the labels are not whole numbers.

    >>> sparse_categorical_crossentropy([1, 0], [[0.25, 0.75], [0.5, 0.5]])
    tensor([0.2877, 0.6931])
    """
    return _sparse(as_tensor(y_true), as_tensor(y_pred), from_logits, ignore_class, axis, "none")


def _sparse(
    y: Tensor, p: Tensor, from_logits: bool, ignored: int | None, axis: int, reduction: str
) -> Tensor:
    name = "sparse_categorical_crossentropy"
    if axis not in (-1, p.array.ndim - 1):
        p = p.movedim(axis, -1)
    _check_classes(name, p)
    labels = class_numbers(name, y, p)
    shape, classes = labels.array.shape, p.array.shape[-1]
    scores = p if from_logits else _scores(p, -1)
    if scores is None:
        scores, taken = _probabilities(p).log(), F.nll_loss
    else:
        taken = F.cross_entropy
    if p.array.ndim != 2:
        scores, labels = scores.reshape(-1, classes), labels.reshape(-1)
    try:
        losses = taken(scores, labels, ignore_index=-100 if ignored is None else ignored, reduction=reduction)
    except DimensionError as error:
        raise out_of_range(name, labels.array, classes) from error
    return losses.reshape(shape) if reduction == "none" and len(shape) != 1 else losses


def out_of_range(name: str, labels: Any, classes: int) -> PositionError:
    """The error for class numbers that there are not."""
    wrong = labels[(labels < 0) | (labels >= classes)].flat[0]
    what = f"{name}: the labels hold class {wrong}, but the predictions have {classes} classes, 0 to {classes - 1}"
    if wrong < 0:
        return PositionError(f"{what}. Number the classes from 0")
    return PositionError(
        f"{what}. Give the last layer {wrong + 1} units or more, or number the classes from 0"
    )


def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Tensor:
    """mean of −(y log p + (1 − y) log(1 − p)), for labels y from 0 to 1 and probabilities p.

    Args:
        y_true, y_pred: (N, …), (N) against (N, 1) too.
        from_logits: p are scores, of which the sigmoid is to be taken.
        label_smoothing: how far labels are moved towards ½.
        axis: the dimension that the mean is over.

    Raises:
        ShapeError: if the shapes differ.

    >>> binary_crossentropy([[1.0], [0.0]], [[0.9], [0.2]])
    tensor([0.1054, 0.2231])
    """
    return _binary(y_true, as_tensor(y_pred), from_logits, label_smoothing, "none").mean(axis)


def _binary(y_true: Any, p: Tensor, from_logits: bool, label_smoothing: float, reduction: str) -> Tensor:
    scores = p if from_logits else logits_of("sigmoid", p)
    y, p = paired("binary_crossentropy", y_true, p if scores is None else scores)
    if label_smoothing:
        y = y * (1.0 - label_smoothing) + 0.5 * label_smoothing
    if scores is not None:
        return F.binary_cross_entropy_with_logits(p, y, reduction=reduction)
    p = p.clamp(EPSILON, 1.0 - EPSILON)
    losses = -(y * p.log() + (1.0 - y) * (1.0 - p).log())
    return losses if reduction == "none" else losses.mean()


def kl_divergence(y_true: Any, y_pred: Any) -> Tensor:
    """Σ y log(y / p): how far probabilities p are from y; both are at least 10⁻⁷ (Kullback & Leibler, 1951).

    >>> kl_divergence([[0.5, 0.5]], [[0.25, 0.75]])
    tensor([0.1438])
    """
    y, p = paired("kl_divergence", y_true, y_pred)
    y, p = y.clamp(EPSILON, 1.0), p.clamp(EPSILON, 1.0)
    return (y * (y / p).log()).sum(-1)


def poisson(y_true: Any, y_pred: Any) -> Tensor:
    """mean of p − y log(p + 10⁻⁷), for counts y that are Poisson distributed with mean p.

    >>> poisson([[1.0, 2.0]], [[1.0, 2.0]])
    tensor([0.8069])
    """
    y, p = paired("poisson", y_true, y_pred)
    return (p - y * (p + EPSILON).log()).mean(-1)


class CategoricalCrossentropy(Loss):
    """−Σ y log p for one-hot labels; see `categorical_crossentropy`.

    >>> CategoricalCrossentropy()([[0.0, 1.0]], [[0.25, 0.75]])
    tensor(0.2877)
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.from_logits, self.label_smoothing, self.axis = from_logits, label_smoothing, axis

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The loss of each example."""
        return categorical_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing, self.axis)

    def get_config(self) -> dict[str, Any]:
        """What it was made with."""
        kept = {"from_logits": self.from_logits, "label_smoothing": self.label_smoothing, "axis": self.axis}
        return {**super().get_config(), **kept}


class SparseCategoricalCrossentropy(Loss):
    """−log p[y] for class numbers y; see `sparse_categorical_crossentropy`.

    >>> SparseCategoricalCrossentropy()([1, 0], [[0.25, 0.75], [0.5, 0.5]])
    tensor(0.4904)
    """

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str = "sparse_categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.from_logits, self.ignore_class, self.axis = from_logits, ignore_class, axis

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The loss of each example."""
        return _sparse(y_true, y_pred, self.from_logits, self.ignore_class, self.axis, "none")

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        """The loss of a batch; classes to ignore are not counted in its mean."""
        if sample_weight is not None or self.reduction not in PLAIN:
            values = self.call(as_tensor(y_true), as_tensor(y_pred))
            return reduced(self.name, values, self.reduction, sample_weight)
        y, p = as_tensor(y_true), as_tensor(y_pred)
        return _sparse(y, p, self.from_logits, self.ignore_class, self.axis, "mean")

    def get_config(self) -> dict[str, Any]:
        """What it was made with."""
        kept = {"from_logits": self.from_logits, "ignore_class": self.ignore_class, "axis": self.axis}
        return {**super().get_config(), **kept}


class BinaryCrossentropy(Loss):
    """−(y log p + (1 − y) log(1 − p)); see `binary_crossentropy`.

    >>> BinaryCrossentropy()([[1.0], [0.0]], [[0.9], [0.2]])
    tensor(0.1643)
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "binary_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.from_logits, self.label_smoothing, self.axis = from_logits, label_smoothing, axis

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The loss of each example."""
        return _binary(y_true, y_pred, self.from_logits, self.label_smoothing, "none").mean(self.axis)

    def check(self, y_true: Any) -> None:
        """Raise if a label is not from 0 to 1.

        Raises:
            ArgumentError: it says what such labels go with.
        """
        y = np.asarray(y_true)
        low, high = float(y.min(initial=0)), float(y.max(initial=0))
        if low >= 0 and high <= 1:
            return
        hint = (
            "for labels -1 and 1 use loss='hinge', or give (y + 1) / 2"
            if low == -1 and high == 1
            else f"for class numbers use loss='sparse_categorical_crossentropy' and {int(high) + 1} units with softmax"
            if low >= 0 and y.dtype.kind in "iu"
            else "for numbers that are to be predicted use loss='mse'"
        )
        raise ArgumentError(f"{self.name}: labels are from 0 to 1, got {low:g} to {high:g}; {hint}")

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        """The loss of a batch."""
        if sample_weight is not None or self.reduction not in PLAIN:
            return super().__call__(y_true, y_pred, sample_weight)
        return _binary(y_true, as_tensor(y_pred), self.from_logits, self.label_smoothing, "mean")

    def get_config(self) -> dict[str, Any]:
        """What it was made with."""
        kept = {"from_logits": self.from_logits, "label_smoothing": self.label_smoothing, "axis": self.axis}
        return {**super().get_config(), **kept}


class KLDivergence(Loss):
    """Σ y log(y / p); see `kl_divergence`.

    >>> KLDivergence()([[0.5, 0.5]], [[0.25, 0.75]])
    tensor(0.1438)
    """

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The loss of each example."""
        return kl_divergence(y_true, y_pred)


class Poisson(Loss):
    """mean of p − y log p; see `poisson`.

    >>> Poisson()([[1.0, 2.0]], [[1.0, 2.0]])
    tensor(0.8069)
    """

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The loss of each example."""
        return poisson(y_true, y_pred)
