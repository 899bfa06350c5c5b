"""Losses that look at hard examples, and at the overlap of areas: focal, Dice, Tversky."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from nn.keras.losses.loss import EPSILON, Loss, LossFunctionWrapper, as_tensor, paired

Sizes = int | tuple[int, ...] | None


def binary_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """mean of (1 − q)^γ · (−log q), where q is the probability of the true label (Lin et al., 2017).

    With `apply_class_balancing` label 1 weighs α and label 0 weighs 1 − α.

    >>> binary_focal_crossentropy([[1.0]], [[0.5]])
    tensor([0.1733])
    """
    y, p = paired("binary_focal_crossentropy", y_true, y_pred)
    if label_smoothing:
        y = y * (1.0 - label_smoothing) + 0.5 * label_smoothing
    if from_logits:
        p = p.sigmoid()
    kept = p.clamp(EPSILON, 1.0 - EPSILON)
    losses = -(y * kept.log() + (1.0 - y) * (1.0 - kept).log())
    losses = (1.0 - (y * p + (1.0 - y) * (1.0 - p))) ** gamma * losses
    if apply_class_balancing:
        losses = (y * alpha + (1.0 - y) * (1.0 - alpha)) * losses
    return losses.mean(axis)


def categorical_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """−Σ α (1 − p)^γ y log p over the classes (Lin et al., 2017).

    >>> categorical_focal_crossentropy([[0.0, 1.0]], [[0.5, 0.5]])
    tensor([0.0433])
    """
    y, p = paired("categorical_focal_crossentropy", y_true, y_pred)
    if label_smoothing:
        y = y * (1.0 - label_smoothing) + label_smoothing / y.shape[-1]
    if from_logits:
        p = p.softmax(axis)
    p = (p / p.sum(axis, keepdim=True)).clamp(EPSILON, 1.0 - EPSILON)
    return ((1.0 - p) ** gamma * alpha * (-y * p.log())).sum(axis)


def dice(y_true: Any, y_pred: Any, axis: Sizes = None) -> Tensor:
    """1 − 2 Σ y p / (Σ y + Σ p): 0 where two areas are the same (Dice, 1945).

    >>> dice([1.0, 0.0], [1.0, 1.0])
    tensor(0.3333)
    """
    y, p = paired("dice", y_true, y_pred)
    return 1.0 - 2.0 * (y * p).sum(axis) / (y.sum(axis) + p.sum(axis) + EPSILON)


def tversky(y_true: Any, y_pred: Any, alpha: float = 0.5, beta: float = 0.5, axis: Sizes = None) -> Tensor:
    """1 − Σ y p / (Σ y p + α Σ y (1 − p) + β Σ (1 − y) p) (Tversky, 1977; Salehi et al., 2017).

    >>> tversky([1.0, 0.0], [1.0, 1.0])
    tensor(0.3333)
    """
    y, p = paired("tversky", y_true, y_pred)
    both = (y * p).sum(axis)
    return 1.0 - both / (
        both + (y * (1.0 - p)).sum(axis) * alpha + ((1.0 - y) * p).sum(axis) * beta + EPSILON
    )


class BinaryFocalCrossentropy(LossFunctionWrapper):
    """Binary cross entropy in which easy examples weigh little; see `binary_focal_crossentropy`.

    >>> BinaryFocalCrossentropy()([[1.0]], [[0.5]])
    tensor(0.1733)
    """

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "binary_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            binary_focal_crossentropy, reduction, name, dtype,
            apply_class_balancing=apply_class_balancing, alpha=alpha, gamma=gamma,
            from_logits=from_logits, label_smoothing=label_smoothing, axis=axis,
        )  # fmt: skip


class CategoricalFocalCrossentropy(LossFunctionWrapper):
    """Cross entropy in which easy examples weigh little; see `categorical_focal_crossentropy`.

    >>> CategoricalFocalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]])
    tensor(0.0433)
    """

    def __init__(
        self,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            categorical_focal_crossentropy, reduction, name, dtype,
            alpha=alpha, gamma=gamma, from_logits=from_logits, label_smoothing=label_smoothing, axis=axis,
        )  # fmt: skip


class Dice(Loss):
    """1 − the Dice coefficient; see `dice`.

    >>> Dice()([1.0, 0.0], [1.0, 1.0])
    tensor(0.3333)
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "dice",
        axis: Sizes = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.axis = axis

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The loss."""
        return dice(y_true, as_tensor(y_pred), self.axis)

    def get_config(self) -> dict[str, Any]:
        """What it was made with."""
        return {**super().get_config(), "axis": self.axis}


class Tversky(Loss):
    """1 − the Tversky index; see `tversky`.

    >>> Tversky()([1.0, 0.0], [1.0, 1.0])
    tensor(0.3333)
    """

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str = "tversky",
        axis: Sizes = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.alpha, self.beta, self.axis = alpha, beta, axis

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The loss."""
        return tversky(y_true, y_pred, self.alpha, self.beta, self.axis)

    def get_config(self) -> dict[str, Any]:
        """What it was made with."""
        return {**super().get_config(), "alpha": self.alpha, "beta": self.beta, "axis": self.axis}
