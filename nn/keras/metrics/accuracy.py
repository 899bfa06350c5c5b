"""How often a prediction is right."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import ShapeError
from nn.keras.metrics.metric import Array, MeanMetricWrapper, as_array, paired


def accuracy(y_true: Any, y_pred: Any) -> Array:
    """Whether each prediction equals its target: the share in the last dimension.

    >>> accuracy([[1], [2]], [[1], [3]])
    array([1., 0.])
    """
    y, p = paired("accuracy", y_true, y_pred)
    return (y == p).mean(-1) if y.ndim > 1 else (y == p).astype(float)


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Array:
    """Whether a probability is on its label's side of the threshold: the share in the last dimension.

    >>> binary_accuracy([[1.0], [0.0]], [[0.7], [0.6]])
    array([1., 0.])
    """
    y, p = paired("binary_accuracy", y_true, y_pred)
    right = (p > threshold) == y
    return right.mean(-1) if right.ndim > 1 else right.astype(float)


def categorical_accuracy(y_true: Any, y_pred: Any) -> Array:
    """Whether the likeliest class is that of a one-hot label, 1 or 0.

    >>> categorical_accuracy([[0, 1], [1, 0]], [[0.2, 0.8], [0.3, 0.7]])
    array([1., 0.])
    """
    y, p = paired("categorical_accuracy", y_true, y_pred)
    return (y.argmax(-1) == p.argmax(-1)).astype(float)


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Array:
    """Whether the likeliest class is the class number, 1 or 0.

    >>> sparse_categorical_accuracy([1, 0], [[0.2, 0.8], [0.3, 0.7]])
    array([1., 0.])
    """
    return _right(*_numbers("sparse_categorical_accuracy", y_true, y_pred)).astype(float)


def _right(y: Array, p: Array) -> Array:
    return p.argmax(-1) == y


def _numbers(name: str, y_true: Any, y_pred: Any) -> tuple[Array, Array]:
    """Class numbers, one dimension fewer than the predictions."""
    y, p = as_array(y_true), as_array(y_pred)
    if y.ndim == p.ndim and y.shape[-1] == 1:
        y = y[..., 0]
    if y.shape != p.shape[:-1]:
        raise ShapeError(
            f"{name}: class numbers of shape {p.shape[:-1]} go with predictions of shape {p.shape}, got {y.shape}"
        )
    return y, p


def _rank(p: Array, of: Array) -> Array:
    """How many classes are likelier than the one given; last if its probability is not finite."""
    own = np.take_along_axis(p, of[..., None].astype(np.int64), -1)
    return np.where(np.isfinite(own[..., 0]), (p > own).sum(-1), p.shape[-1])


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Array:
    """Whether the class of a one-hot label is among the k likeliest, 1 or 0.

    >>> top_k_categorical_accuracy([[0, 0, 1]], [[0.1, 0.5, 0.4]], k=2)
    array([1.])
    """
    y, p = paired("top_k_categorical_accuracy", y_true, y_pred)
    return (_rank(p, y.argmax(-1)) < k).astype(float)


def sparse_top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Array:
    """Whether a class number is among the k likeliest, 1 or 0.

    >>> sparse_top_k_categorical_accuracy([2], [[0.1, 0.5, 0.4]], k=2)
    array([1.])
    """
    y, p = _numbers("sparse_top_k_categorical_accuracy", y_true, y_pred)
    return (_rank(p, y) < k).astype(float)


class Accuracy(MeanMetricWrapper):
    """How often predictions equal targets; see `accuracy`."""

    def __init__(self, name: str = "accuracy", dtype: Any = None) -> None:
        super().__init__(accuracy, name, dtype)


class BinaryAccuracy(MeanMetricWrapper):
    """How often probabilities are on the right side of the threshold; see `binary_accuracy`.

    >>> BinaryAccuracy()([[1.0], [0.0]], [[0.7], [0.6]])
    0.5
    """

    def __init__(self, name: str = "binary_accuracy", dtype: Any = None, threshold: float = 0.5) -> None:
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)


class CategoricalAccuracy(MeanMetricWrapper):
    """How often the likeliest class is that of a one-hot label; see `categorical_accuracy`.

    >>> CategoricalAccuracy()([[0, 1], [1, 0]], [[0.2, 0.8], [0.3, 0.7]])
    0.5
    """

    def __init__(self, name: str = "categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(categorical_accuracy, name, dtype)


class SparseCategoricalAccuracy(MeanMetricWrapper):
    """How often the likeliest class is the class number; see `sparse_categorical_accuracy`.

    >>> SparseCategoricalAccuracy()([1, 0], [[0.2, 0.8], [0.3, 0.7]])
    0.5
    """

    def __init__(self, name: str = "sparse_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(sparse_categorical_accuracy, name, dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in a batch."""
        if sample_weight is not None:
            super().update_state(y_true, y_pred, sample_weight)
            return
        right = _right(*_numbers(self.name, y_true, y_pred))  # counted: this runs with every batch
        self.total += float(np.count_nonzero(right))
        self.count += right.size


class TopKCategoricalAccuracy(MeanMetricWrapper):
    """How often the class of a one-hot label is among the k likeliest; see `top_k_categorical_accuracy`.

    >>> TopKCategoricalAccuracy(k=2)([[0, 0, 1]], [[0.1, 0.5, 0.4]])
    1.0
    """

    def __init__(self, k: int = 5, name: str = "top_k_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(top_k_categorical_accuracy, name, dtype, k=k)


class SparseTopKCategoricalAccuracy(MeanMetricWrapper):
    """How often a class number is among the k likeliest; see `sparse_top_k_categorical_accuracy`.

    >>> SparseTopKCategoricalAccuracy(k=2)([2], [[0.1, 0.5, 0.4]])
    1.0
    """

    def __init__(
        self, k: int = 5, name: str = "sparse_top_k_categorical_accuracy", dtype: Any = None
    ) -> None:
        super().__init__(sparse_top_k_categorical_accuracy, name, dtype, k=k)
