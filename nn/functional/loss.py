"""Losses of regression as functions: a number that is predicted, and with it perhaps its variance.

reduction: "mean" of the elements (the default), their "sum", or "none" for the elements themselves. `size_average` and
`reduce` are PyTorch's older way to say the same. The losses of classes are in loss_classification.py, those of margins
in loss_margin.py, of distances between vectors in loss_embedding.py, of sequences in loss_sequence.py.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import Tensor, ops
from autograd.composite import composite
from autograd.errors import ArgumentError, ShapeError
from autograd.hidden import all_examples
from autograd.ops.loss import checked_same_shape, huber_, reduced, smooth_l1_
from autograd.tape import raw
from nn.functional.reduction import reduction_of


def _weighted(op: str, loss: Any, weight: Any, input: Any, reduction: str, by_weight: bool = True) -> Tensor:
    """The loss with a factor for each element of the input; its mean is divided by their sum, or by their number.

    Raises:
        ShapeError: if there is not one factor for each element.
    """
    if weight is None:
        return reduced(op, loss, reduction)
    if tuple(weight.shape) != tuple(input.shape):
        raise ShapeError(
            f"{op}: Weights and input must have the same size, got {tuple(weight.shape)} and {tuple(input.shape)}"
        )
    loss = loss * weight
    if reduction == "mean" and by_weight:
        return reduced(op, loss, "sum") / reduced(op, weight, "sum")
    return reduced(op, loss, reduction)


@composite
def mse_loss(
    input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None,
    reduction: str = "mean", weight: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """(x − y)², the squared error.

    Args:
        input: x, any shape.
        target: y, of that shape; another one is broadcast, with a warning.
        size_average, reduce: older forms of reduction.
        reduction: "mean", "sum" or "none".
        weight: a factor for each element; the mean is then the weighted mean.

    Raises:
        ArgumentError: for another reduction.
        ShapeError: if the shapes do not broadcast, or the weight has another shape than the input.

    >>> import autograd
    >>> mse_loss(autograd.tensor([1.0, 2.0]), autograd.tensor([1.0, 4.0]))
    tensor(2.)
    """
    checked_same_shape("mse_loss", input, target)
    reduction = reduction_of("mse_loss", size_average, reduce, reduction)
    return _weighted("mse_loss", ops.square(ops.sub(input, target)), weight, input, reduction)


@composite
def l1_loss(
    input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None,
    reduction: str = "mean", weight: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """|x − y|, the absolute error; its derivative where they are equal is 0.

    Args:
        input: x, any shape.
        target: y, of that shape; another one is broadcast, with a warning.
        size_average, reduce: older forms of reduction.
        reduction: "mean", "sum" or "none".
        weight: a factor for each element; the mean is then the weighted mean.

    Raises:
        ArgumentError: for another reduction.
        ShapeError: if the shapes do not broadcast, or the weight has another shape than the input.

    >>> import autograd
    >>> l1_loss(autograd.tensor([1.0, 2.0]), autograd.tensor([1.0, 4.0]))
    tensor(1.)
    """
    checked_same_shape("l1_loss", input, target)
    reduction = reduction_of("l1_loss", size_average, reduce, reduction)
    return _weighted("l1_loss", ops.abs(ops.sub(input, target)), weight, input, reduction)


@composite
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
    checked_same_shape("smooth_l1_loss", input, target)
    difference: Any = ops.sub(input, target)
    loss: Any = smooth_l1_(difference, beta) if beta else ops.abs(difference)
    return reduced("smooth_l1_loss", loss, reduction)


@composite
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
    return _weighted("huber_loss", huber_(ops.sub(input, target), delta), weight, input, reduction, False)


@composite
def poisson_nll_loss(
    input: Tensor, target: Tensor, log_input: bool = True, full: bool = False, size_average: bool | None = None,
    eps: float = 1e-8, reduce: bool | None = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """exp(x) − y x, for counts y that are Poisson distributed with mean exp(x); y broadcasts.

    Args:
        input: x, any shape.
        target: y, of that shape.
        log_input: False if x is the mean itself; then x − y log(x + eps).
        full: add y log y − y + log(2πy) / 2, Stirling's approximation of log y!, where y > 1.
        size_average, reduce: older forms of reduction.
        eps: what keeps the logarithm finite at x = 0.
        reduction: "mean", "sum" or "none".

    Raises:
        ArgumentError: for another reduction.
        ShapeError: if the shapes do not broadcast.

    >>> import autograd
    >>> poisson_nll_loss(autograd.tensor([0.0, 1.0]), autograd.tensor([1.0, 2.0]), reduction="none")
    tensor([1.0000, 0.7183])
    """
    reduction = reduction_of("poisson_nll_loss", size_average, reduce, reduction)
    if log_input:
        loss: Any = ops.sub(ops.exp(input), ops.mul(target, input))
    else:
        loss = ops.sub(input, ops.mul(target, ops.log(ops.add(input, eps))))
    if full:
        stirling: Any = target * ops.log(target) - target + 0.5 * ops.log(2 * math.pi * target)
        loss = loss + ops.masked_fill(stirling, target <= 1, 0)
    return reduced("poisson_nll_loss", loss, reduction)


@composite
def gaussian_nll_loss(
    input: Tensor, target: Tensor, var: Tensor | float, full: bool = False, eps: float = 1e-6,
    reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """(log v + (x − y)² / v) / 2: y is normally distributed with mean x and variance v (Nix & Weigend, 1994).

    Args:
        input: x, any shape.
        target: y, of that shape.
        var: v, of that shape, or one variance for each row: the last dimension left out or 1; or a number for all.
        full: add log(2π) / 2.
        eps: the least variance; below it the gradient is that of the variance itself.
        reduction: "mean", "sum" or "none".

    Raises:
        ArgumentError: if a variance is negative, or for another reduction.
        ShapeError: if var has none of these shapes.

    >>> import autograd
    >>> gaussian_nll_loss(autograd.tensor([0.0, 0.0]), autograd.tensor([1.0, 2.0]), autograd.ones(2))
    tensor(1.2500)
    """
    v: Any = var
    if isinstance(var, float):
        v = input.new_full((), var).expand(input.shape)
    elif not hasattr(var, "shape"):
        raise ArgumentError(f"gaussian_nll_loss: var is a tensor or a float, got {var!r}")
    lowest = np.min(np.asarray(raw(all_examples(v))), initial=np.inf)
    if lowest < 0:
        raise ArgumentError(f"gaussian_nll_loss: var has negative entry/entries: {lowest}")
    shape, own = tuple(input.shape), tuple(v.shape)
    if own != shape:
        if own == shape[:-1]:
            v = v.unsqueeze(-1)
        elif len(own) != len(shape) or sum(m for n, m in zip(shape, own, strict=True) if n != m) != 1:
            raise ShapeError(
                f"gaussian_nll_loss: var is of incorrect size: {own} for an input of shape {shape}; give it that "
                "shape, or leave out one dimension"
            )
    reduction = reduction_of("gaussian_nll_loss", None, None, reduction)
    if lowest < eps:
        v = v + (v.clamp_min(eps) - v).detach()
    loss: Any = 0.5 * (ops.log(v) + ops.square(ops.sub(input, target)) / v)
    if full:
        loss = loss + 0.5 * math.log(2 * math.pi)
    return reduced("gaussian_nll_loss", loss, reduction)
