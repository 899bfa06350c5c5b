"""Losses of classification as functions: one class of several, or yes and no, given as scores or as probabilities."""

from __future__ import annotations

import warnings
from typing import Any

from autograd import Tensor, ops
from autograd.composite import composite
from autograd.ops.loss import reduced
from nn.functional.reduction import reduction_of


@composite
def nll_loss(
    input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: bool | None = None,
    ignore_index: int = -100, reduce: bool | None = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """−w[y] · x[y] for log-probabilities x of class indices y; see `autograd.nll_loss`.

    >>> import autograd
    >>> nll_loss(autograd.tensor([[-0.5, -1.0], [-2.0, -0.1]]), autograd.tensor([0, 1]))
    tensor(0.3000)
    """
    reduction = reduction_of("nll_loss", size_average, reduce, reduction)
    return ops.nll_loss(input, target, weight, ignore_index, reduction)


def cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: bool | None = None,
    ignore_index: int = -100, reduce: bool | None = None, reduction: str = "mean", label_smoothing: float = 0.0,
) -> Tensor:  # fmt: skip
    """−w[y] · log softmax(x)[y] for scores x and classes y, or their probabilities; see `autograd.cross_entropy`.

    >>> import autograd
    >>> cross_entropy(autograd.tensor([[2.0, 0.0], [0.0, 1.0]]), autograd.tensor([0, 0]))
    tensor(0.7201)
    """
    if size_average is not None or reduce is not None:
        reduction = reduction_of("cross_entropy", size_average, reduce, reduction, stacklevel=3)
    return ops.cross_entropy(input, target, weight, ignore_index, reduction, label_smoothing)


@composite
def binary_cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: bool | None = None,
    reduce: bool | None = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """−w (y log p + (1 − y) log(1 − p)) for probabilities p; see `autograd.binary_cross_entropy`.

    >>> import autograd
    >>> binary_cross_entropy(autograd.tensor([0.9, 0.2]), autograd.tensor([1.0, 0.0]))
    tensor(0.1643)
    """
    reduction = reduction_of("binary_cross_entropy", size_average, reduce, reduction)
    return ops.binary_cross_entropy(input, target, weight, reduction)


@composite
def binary_cross_entropy_with_logits(
    input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: bool | None = None,
    reduce: bool | None = None, reduction: str = "mean", pos_weight: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """`binary_cross_entropy` of sigmoid(x), without overflow; see `autograd.binary_cross_entropy_with_logits`.

    >>> import autograd
    >>> binary_cross_entropy_with_logits(autograd.tensor([2.0, -1.0]), autograd.tensor([1.0, 0.0]))
    tensor(0.2201)
    """
    reduction = reduction_of("binary_cross_entropy_with_logits", size_average, reduce, reduction)
    return ops.binary_cross_entropy_with_logits(input, target, weight, reduction, pos_weight)


@composite
def kl_div(
    input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None,
    reduction: str = "mean", log_target: bool = False,
) -> Tensor:  # fmt: skip
    """y (log y − x): how far probabilities y are from those whose logarithms are x (Kullback & Leibler, 1951).

    Args:
        input: x, any shape: log-probabilities.
        target: y, of that shape.
        size_average, reduce: older forms of reduction.
        reduction: "batchmean" is the divergence, the sum over the size of dimension 0; "mean", over all elements,
            is smaller, and warns of it; "sum" or "none".
        log_target: whether the target holds logarithms, too: exp(y) (y − x).

    Raises:
        ArgumentError: for another reduction.

    >>> import autograd
    >>> kl_div(autograd.tensor([[0.5, 0.5]]).log(), autograd.tensor([[0.75, 0.25]]), reduction="batchmean")
    tensor(0.1308)
    """
    if size_average is None and reduce is None and reduction == "mean":
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size. 'batchmean' "
            "divides by the batch size alone: it is the Kullback-Leibler divergence.",
            UserWarning,
            stacklevel=3,
        )
    reduction = reduction_of("kl_div", size_average, reduce, reduction, others=("batchmean",))
    if log_target:
        loss: Any = ops.mul(ops.exp(target), ops.sub(target, input))
    else:
        loss = ops.sub(ops.xlogy(target, target), ops.mul(target, input))
    if reduction != "batchmean":
        return reduced("kl_div", loss, reduction)
    total = reduced("kl_div", loss, "sum")
    return total / input.shape[0] if input.ndim else total
