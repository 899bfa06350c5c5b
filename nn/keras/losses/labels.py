"""Losses of class numbers: sequences without alignment, distances of embeddings, classes with wrong labels."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np

from autograd import Tensor, logsumexp, where
from autograd.errors import ArgumentError, ShapeError
from autograd.tape import wrap
from nn import functional as F
from nn.keras.losses.loss import LossFunctionWrapper, as_tensor, reduced


def ctc(y_true: Any, y_pred: Any) -> Tensor:
    """−log p(labels | scores), summed over all alignments (Graves et al., 2006).

    Args:
        y_true: labels (N, S), from 1 on; a sequence is as long as it has labels, and 0 fills up the rest.
        y_pred: scores (N, T, C), of which those of class 0 are for no label. They are not normalised.

    Raises:
        ShapeError: for other shapes.

    >>> ctc([[1]], [[[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]]).exp()  # 1 is in 6 of 8 alignments
    tensor([1.3333])
    """
    labels, scores = _numbers("ctc", y_true), as_tensor(y_pred)
    if labels.ndim != 2 or scores.ndim != 3 or len(labels) != len(scores):
        raise ShapeError(
            f"ctc: takes labels (N, S) and scores (N, T, C), got {labels.shape} and {tuple(scores.shape)}"
        )
    count, steps, _ = scores.shape
    lengths = np.count_nonzero(labels, -1)
    log_probs = F.log_softmax(scores.transpose(0, 1), -1)
    return F.ctc_loss(log_probs, wrap(labels), np.full(count, steps), lengths, blank=0, reduction="none")


def circle(
    y_true: Any,
    y_pred: Any,
    ref_labels: Any = None,
    ref_embeddings: Any = None,
    remove_diagonal: bool = True,
    gamma: float = 80.0,
    margin: float = 0.4,
) -> Tensor:
    """softplus(log Σ exp(γ a⁺ (d − m)) + log Σ exp(γ a⁻ (1 − m − d))) for each example (Sun et al., 2020).

    d = max(0, 1 − e·r) is the distance of its embedding to another; the first sum is over those of the same label, with
    a⁺ = max(0, m + d), the second over the others, with a⁻ = max(0, 1 + m − d). An example without one of either kind
    has the loss 0.

    Args:
        y_true: class numbers (N) or (N, 1).
        y_pred: embeddings (N, D) of length 1.
        ref_labels, ref_embeddings: what to measure distances to; the same examples if left out.
        remove_diagonal: whether an example does not count as one of its own label.
        gamma: γ.
        margin: m.

    Raises:
        ShapeError: for other shapes.

    >>> circle([0, 0, 1], [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], gamma=1.0)
    tensor([0.5459, 0.5459, 0.0000])
    """
    labels, embeddings = _numbers("circle", y_true).reshape(-1), as_tensor(y_pred)
    others = labels if ref_labels is None else _numbers("circle", ref_labels).reshape(-1)
    references = embeddings if ref_embeddings is None else as_tensor(ref_embeddings)
    for kind, numbers, vectors in (("", labels, embeddings), ("reference ", others, references)):
        if vectors.ndim != 2 or len(numbers) != len(vectors):
            raise ShapeError(
                f"circle: takes {kind}class numbers (N) and embeddings (N, D), got {numbers.shape} and "
                f"{tuple(vectors.shape)}"
            )
    same = labels[:, None] == others
    positive = same & ~np.eye(*same.shape, dtype=np.bool_) if remove_diagonal else same
    d = (1.0 - embeddings @ references.T).clamp(min=0.0)
    near = (d + margin).clamp(min=0.0) * (d - margin) * gamma
    far = (1.0 + margin - d).clamp(min=0.0) * (1.0 - margin - d) * gamma
    both = positive.any(-1) & ~same.all(-1)
    total = _log_sum(near, positive, both) + _log_sum(far, ~same, both)
    losses: Tensor = where(wrap(both), F.softplus(total), 0.0)
    return losses


def _log_sum(scores: Tensor, kept: Any, rows: Any) -> Tensor:
    """log Σ exp of the scores that are kept; of rows that do not matter any finite number."""
    found: Tensor = logsumexp(where(wrap(kept | ~rows[:, None]), scores, -inf), -1)
    return found


def categorical_generalized_cross_entropy(y_true: Any, y_pred: Any, q: float) -> Tensor:
    """(1 − pᑫ) / q, p the probability of the label: for labels some of which are wrong (Zhang & Sabuncu, 2018).

    q → 0 is the cross entropy, and 1 the absolute error.

    Raises:
        ShapeError: unless there is a class number for each example.

    >>> categorical_generalized_cross_entropy([1], [[0.75, 0.25]], 0.5)
    tensor([1.])
    """
    labels, p = _numbers("categorical_generalized_cross_entropy", y_true), as_tensor(y_pred)
    if labels.shape == (*p.shape[:-1], 1):
        labels = labels[..., 0]
    if p.ndim < 1 or labels.shape != tuple(p.shape[:-1]):
        raise ShapeError(
            f"categorical_generalized_cross_entropy: takes class numbers {tuple(p.shape[:-1])} for probabilities "
            f"{tuple(p.shape)}, got {labels.shape}"
        )
    of_label = p.gather(-1, wrap(labels[..., None])).squeeze(-1)
    return (1.0 - of_label**q) / q


def _numbers(who: str, y_true: Any) -> Any:
    """Labels as an array of integers.

    Raises:
        ArgumentError: if one is not a whole number.
    """
    given = as_tensor(y_true).array
    labels = given.astype(np.int64)
    if not np.array_equal(labels, given):
        raise ArgumentError(f"{who}: labels are whole numbers, got {given.dtype} with fractions, inf or NaN")
    return labels


class CTC(LossFunctionWrapper):
    """The loss of sequences of labels without an alignment; see `ctc`.

    >>> CTC()([[1]], [[[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]])
    tensor(0.2877)
    """

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str = "ctc", dtype: Any = None
    ) -> None:
        super().__init__(ctc, reduction, name, dtype)


class Circle(LossFunctionWrapper):
    """Brings embeddings of one class together, and those of others apart; see `circle`.

    The mean is that of the examples whose loss is not 0.

    >>> Circle(gamma=1.0)([0, 0, 1], [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    tensor(0.5459)
    """

    def __init__(
        self,
        gamma: float = 80.0,
        margin: float = 0.4,
        remove_diagonal: bool = True,
        reduction: str | None = "sum_over_batch_size",
        name: str = "circle",
        dtype: Any = None,
    ) -> None:
        options = {"gamma": gamma, "margin": margin, "remove_diagonal": remove_diagonal}
        super().__init__(circle, reduction, name, dtype, **options)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        """The loss of a batch, as a tensor."""
        values = self.call(as_tensor(y_true), as_tensor(y_pred))
        counted = (values.array > 0).astype(values.array.dtype)
        if self.reduction in ("mean", "sum_over_batch_size"):
            counted *= counted.size / max(counted.sum(), 1.0)
        weight = counted if sample_weight is None else counted * as_tensor(sample_weight).array.reshape(-1)
        return reduced(self.name, values, self.reduction, weight)


class CategoricalGeneralizedCrossEntropy(LossFunctionWrapper):
    """The cross entropy of labels some of which are wrong; see `categorical_generalized_cross_entropy`.

    Raises:
        ArgumentError: if q is not between 0 and 1.

    >>> CategoricalGeneralizedCrossEntropy()([1], [[0.75, 0.25]])
    tensor(1.)
    """

    def __init__(
        self,
        q: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_generalized_cross_entropy",
        dtype: Any = None,
    ) -> None:
        if not 0 < q < 1:
            raise ArgumentError(f"CategoricalGeneralizedCrossEntropy: q is between 0 and 1, got {q}")
        super().__init__(categorical_generalized_cross_entropy, reduction, name, dtype, q=q)
