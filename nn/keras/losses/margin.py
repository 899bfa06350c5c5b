"""Losses of scores that are to be on the right side of 0, by a margin of 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Tensor
from autograd.tape import wrap
from nn.keras.losses.loss import Loss, paired


def _signs(y: Tensor) -> Tensor:
    """Labels 0 and 1 as −1 and 1; labels that are not all 0 or 1 as they are."""
    a = y.array
    return wrap(2 * a - 1) if np.all((a == 0) | (a == 1)) else y


def hinge(y_true: Any, y_pred: Any) -> Tensor:
    """mean max(1 − y p, 0), for labels −1 and 1; 0 and 1 are taken for these.

    >>> hinge([[1.0], [0.0]], [[0.5], [0.5]])
    tensor([0.5000, 1.5000])
    """
    y, p = paired("hinge", y_true, y_pred)
    return (1.0 - _signs(y) * p).clamp_min(0.0).mean(-1)


def squared_hinge(y_true: Any, y_pred: Any) -> Tensor:
    """mean max(1 − y p, 0)², for labels −1 and 1; 0 and 1 are taken for these.

    >>> squared_hinge([[1.0], [-1.0]], [[0.5], [0.5]])
    tensor([0.2500, 2.2500])
    """
    y, p = paired("squared_hinge", y_true, y_pred)
    return (1.0 - _signs(y) * p).clamp_min(0.0).square().mean(-1)


def categorical_hinge(y_true: Any, y_pred: Any) -> Tensor:
    """max(n − s + 1, 0), where s is the score of the right class and n the largest of the others; y is one-hot.

    >>> categorical_hinge([[0.0, 1.0]], [[0.5, 0.75]])
    tensor([0.7500])
    """
    y, p = paired("categorical_hinge", y_true, y_pred)
    right = (y * p).sum(-1)
    others = ((1.0 - y) * p).amax(-1)
    return (others - right + 1.0).clamp_min(0.0)


class Hinge(Loss):
    """mean max(1 − y p, 0); see `hinge`.

    >>> Hinge()([[1.0], [0.0]], [[0.5], [0.5]])
    tensor(1.)
    """

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The loss of each example."""
        return hinge(y_true, y_pred)


class SquaredHinge(Loss):
    """mean max(1 − y p, 0)²; see `squared_hinge`.

    >>> SquaredHinge()([[1.0], [-1.0]], [[0.5], [0.5]])
    tensor(1.2500)
    """

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The loss of each example."""
        return squared_hinge(y_true, y_pred)


class CategoricalHinge(Loss):
    """max(n − s + 1, 0); see `categorical_hinge`.

    >>> CategoricalHinge()([[0.0, 1.0]], [[0.5, 0.75]])
    tensor(0.7500)
    """

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The loss of each example."""
        return categorical_hinge(y_true, y_pred)
