"""Losses as functions, with PyTorch's arguments in its order.

reduction: "mean" of the elements (the default), their "sum", or "none" for the elements themselves. `size_average` and
`reduce` are PyTorch's older way to say the same.
"""

from __future__ import annotations

import warnings
from typing import Any

from autograd import Tensor, ops
from autograd.errors import ArgumentError
from autograd.ops.loss import checked_same_shape, huber_, reduced, smooth_l1_


def reduction_of(
    op: str, size_average: bool | None, reduce: bool | None, reduction: str, stacklevel: int = 4
) -> str:
    """The reduction that the older arguments mean, with a warning, where they are given; checked.

    Raises:
        ArgumentError: if the reduction is none of the three.
    """
    if size_average is not None or reduce is not None:
        mean, any_ = size_average is not False, reduce is not False
        reduction = ("mean" if mean else "sum") if any_ else "none"
        warnings.warn(
            f"{op}: size_average and reduce are deprecated; use reduction='{reduction}' instead",
            UserWarning,
            stacklevel=stacklevel,
        )
    if reduction not in ("mean", "sum", "none"):
        raise ArgumentError(f"{op}: reduction is 'mean', 'sum' or 'none', got {reduction!r}")
    return reduction


def _weighted(op: str, loss: Any, weight: Any, reduction: str) -> Tensor:
    """The loss with a factor for each element; its mean is the weighted one."""
    if weight is None:
        return reduced(op, loss, reduction)
    weight = ops.broadcast_to(weight, loss.shape)
    loss = loss * weight
    return loss.sum() / weight.sum() if reduction == "mean" else reduced(op, loss, reduction)


def mse_loss(
    input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None,
    reduction: str = "mean", weight: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """The squared error (x − y)²; with a weight for each element, its weighted mean."""
    reduction = reduction_of("mse_loss", size_average, reduce, reduction)
    if weight is None:
        return ops.mse_loss(input, target, reduction)
    return _weighted("mse_loss", ops.mse_loss(input, target, "none"), weight, reduction)


def l1_loss(
    input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None,
    reduction: str = "mean", weight: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """The absolute error |x − y|; with a weight for each element, its weighted mean."""
    reduction = reduction_of("l1_loss", size_average, reduce, reduction)
    if weight is None:
        return ops.l1_loss(input, target, reduction)
    return _weighted("l1_loss", ops.l1_loss(input, target, "none"), weight, reduction)


def smooth_l1_loss(
    input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None,
    reduction: str = "mean", beta: float = 1.0,
) -> Tensor:  # fmt: skip
    """d² / (2 beta) where d = |x − y| < beta, and d − beta / 2 elsewhere (Girshick, 2015).

    Raises:
        ArgumentError: if beta is negative.

    >>> import autograd
    >>> smooth_l1_loss(autograd.tensor([0.0, 0.0]), autograd.tensor([0.5, 3.0]), reduction="none")
    tensor([0.1250, 2.5000])
    """
    if beta < 0:
        raise ArgumentError(f"smooth_l1_loss: beta must not be negative, got {beta}")
    reduction = reduction_of("smooth_l1_loss", size_average, reduce, reduction)
    if beta == 0:
        return ops.l1_loss(input, target, reduction)
    checked_same_shape("smooth_l1_loss", input, target)
    return reduced("smooth_l1_loss", smooth_l1_(ops.sub(input, target), beta), reduction)


def huber_loss(
    input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0, weight: Tensor | None = None
) -> Tensor:
    """d² / 2 where d = |x − y| ≤ delta, and delta (d − delta / 2) elsewhere (Huber, 1964).

    With a weight for each element, "mean" is the weighted mean.

    Raises:
        ArgumentError: if delta is not positive.

    >>> import autograd
    >>> huber_loss(autograd.tensor([0.0, 0.0]), autograd.tensor([0.5, 3.0]), "none", 2.0)
    tensor([0.1250, 4.0000])
    """
    if delta <= 0:
        raise ArgumentError(f"huber_loss: delta must be positive, got {delta}")
    reduction = reduction_of("huber_loss", None, None, reduction)
    checked_same_shape("huber_loss", input, target)
    return _weighted("huber_loss", huber_(ops.sub(input, target), delta), weight, reduction)


def nll_loss(
    input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: bool | None = None,
    ignore_index: int = -100, reduce: bool | None = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """−w[y] · x[y] for log-probabilities x of class indices y; see `autograd.nll_loss`."""
    reduction = reduction_of("nll_loss", size_average, reduce, reduction)
    return ops.nll_loss(input, target, weight, ignore_index, reduction)


def cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: bool | None = None,
    ignore_index: int = -100, reduce: bool | None = None, reduction: str = "mean", label_smoothing: float = 0.0,
) -> Tensor:  # fmt: skip
    """−w[y] · log softmax(x)[y] for scores x and classes y, or their probabilities; see `autograd.cross_entropy`."""
    if size_average is not None or reduce is not None:
        reduction = reduction_of("cross_entropy", size_average, reduce, reduction)
    return ops.cross_entropy(input, target, weight, ignore_index, reduction, label_smoothing)


def binary_cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: bool | None = None,
    reduce: bool | None = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """−w (y log p + (1 − y) log(1 − p)) for probabilities p; see `autograd.binary_cross_entropy`."""
    reduction = reduction_of("binary_cross_entropy", size_average, reduce, reduction)
    return ops.binary_cross_entropy(input, target, weight, reduction)


def binary_cross_entropy_with_logits(
    input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: bool | None = None,
    reduce: bool | None = None, reduction: str = "mean", pos_weight: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """`binary_cross_entropy` of sigmoid(x), without overflow; see `autograd.binary_cross_entropy_with_logits`."""
    reduction = reduction_of("binary_cross_entropy_with_logits", size_average, reduce, reduction)
    return ops.binary_cross_entropy_with_logits(input, target, weight, reduction, pos_weight)
