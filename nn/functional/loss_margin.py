"""Losses by margins as functions: they are 0 as soon as what is right is ahead by enough."""

from __future__ import annotations

from typing import Any

from autograd import Tensor, ops
from autograd.composite import composite
from autograd.errors import ArgumentError, DTypeError, ShapeError
from autograd.kernels.margin import multi_margin_, multilabel_margin_
from autograd.ops.loss import reduced, soft_margin_
from nn.functional.reduction import reduction_of


@composite
def margin_ranking_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0, size_average: bool | None = None,
    reduce: bool | None = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """max(0, −y (a − b) + margin): a should rank higher than b where y is 1, lower where it is −1.

    Args:
        input1, input2: a and b, of the same number of dimensions.
        target: y, ±1.
        margin: by how much.
        size_average, reduce: older forms of reduction.
        reduction: "mean", "sum" or "none".

    Raises:
        ShapeError: if the numbers of dimensions differ.
        ArgumentError: for another reduction.

    >>> import autograd
    >>> a, b = autograd.tensor([1.0, 2.0]), autograd.tensor([0.0, 3.0])
    >>> margin_ranking_loss(a, b, autograd.tensor([1.0, 1.0]), reduction="none")
    tensor([0., 1.])
    """
    reduction = reduction_of("margin_ranking_loss", size_average, reduce, reduction)
    if not input1.ndim == input2.ndim == target.ndim:
        raise ShapeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: "
            f"{tuple(input1.shape)}, input2: {tuple(input2.shape)}, target: {tuple(target.shape)}"
        )
    loss: Any = ops.mul(ops.neg(target), ops.sub(input1, input2))
    if margin or not loss.is_floating_point():
        loss = loss + float(margin)
    return reduced("margin_ranking_loss", ops.clamp_min(loss, 0), reduction)


@composite
def hinge_embedding_loss(
    input: Tensor, target: Tensor, margin: float = 1.0, size_average: bool | None = None,
    reduce: bool | None = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """x where y is 1, and max(0, margin − x) where y is −1: x is a distance, y says whether it should be small.

    Args:
        input: x, any shape.
        target: y, ±1, of that shape.
        margin: how far apart what is different should be.
        size_average, reduce: older forms of reduction.
        reduction: "mean", "sum" or "none".

    Raises:
        ArgumentError: for another reduction.

    >>> import autograd
    >>> x, y = autograd.tensor([0.5, 0.2, 3.0]), autograd.tensor([1.0, -1.0, -1.0])
    >>> hinge_embedding_loss(x, y, reduction="none")
    tensor([0.5000, 0.8000, 0.0000])
    """
    reduction = reduction_of("hinge_embedding_loss", size_average, reduce, reduction)
    apart: Any = ops.clamp_min(ops.rsub(input, margin), 0)
    loss: Any = ops.where(target != 1, apart, 0) + ops.where(target != -1, input, 0)
    return reduced("hinge_embedding_loss", loss, reduction)


@composite
def soft_margin_loss(
    input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """log(1 + exp(−y x)), for scores x and y = ±1; without overflow.

    Args:
        input: x, any shape.
        target: y, of that shape.
        size_average, reduce: older forms of reduction.
        reduction: "mean", "sum" or "none".

    Raises:
        ArgumentError: for another reduction.

    >>> import autograd
    >>> soft_margin_loss(autograd.tensor([0.0, 1000.0]), autograd.tensor([1.0, -1.0]), reduction="none")
    tensor([6.9315e-01, 1.0000e+03])
    """
    reduction = reduction_of("soft_margin_loss", size_average, reduce, reduction)
    return reduced("soft_margin_loss", soft_margin_(input, target), reduction)


@composite
def multilabel_soft_margin_loss(
    input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: bool | None = None,
    reduce: bool | None = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """−Σ_c w_c (y_c log σ(x_c) + (1 − y_c) log σ(−x_c)) / C, over the classes c of the last dimension.

    Args:
        input: x, (…, C): scores.
        target: y, of that shape: 1 for the classes that are right, 0 for the others.
        weight: w, a factor for each class, broadcast.
        size_average, reduce: older forms of reduction.
        reduction: "mean", "sum" or "none", over the rows.

    Raises:
        ArgumentError: for another reduction.

    >>> import autograd
    >>> multilabel_soft_margin_loss(autograd.tensor([[2.0, -1.0]]), autograd.tensor([[1.0, 0.0]]))
    tensor(0.2201)
    """
    reduction = reduction_of("multilabel_soft_margin_loss", size_average, reduce, reduction)
    if input.dtype.itemsize == 2:  # by differences, half precision would lose digits
        positive, negative = ops.logsigmoid(input), ops.logsigmoid(ops.neg(input))
        loss: Any = ops.neg(ops.add(ops.mul(target, positive), ops.mul(ops.rsub(target, 1), negative)))
        loss = loss if weight is None else loss * weight
    else:
        loss = ops.binary_cross_entropy_with_logits(input, target, weight, "none")
    return reduced("multilabel_soft_margin_loss", loss.sum(-1) / input.shape[-1], reduction)


def _scores(op: str, input: Any) -> Any:
    """The input; a number as a vector of one class.

    Raises:
        ShapeError: unless it is a vector or a matrix with at least one class.
    """
    shape = tuple(input.shape)
    if len(shape) > 2 or 0 in shape[-1:]:
        raise ShapeError(
            f"{op}: Expected non-empty vector or matrix with optional 0-dim batch size, but got: {list(shape)}"
        )
    return input if shape else input.reshape(1)


@composite
def multi_margin_loss(
    input: Tensor, target: Tensor, p: int = 1, margin: float = 1.0, weight: Tensor | None = None,
    size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """Σ_{i ≠ y} w_y max(0, margin − x_y + x_i)ᵖ / C: the right class should be ahead of each other by the margin.

    (Crammer & Singer, 2001)

    Args:
        input: x, (N, C) or (C): scores.
        target: y, (N) or (): class indices.
        p: 1 or 2.
        margin: by how much.
        weight: w, a factor for each class, (C).
        size_average, reduce: older forms of reduction.
        reduction: "mean", "sum" or "none".

    Raises:
        ArgumentError: for another p or reduction.
        ShapeError, DTypeError: if shapes or dtypes do not fit.
        PositionError: if a target is not a class.

    >>> import autograd
    >>> multi_margin_loss(autograd.tensor([[0.1, 0.2, 0.4, 0.8]]), autograd.tensor([3]))
    tensor(0.3250)
    """
    reduction = reduction_of("multi_margin_loss", size_average, reduce, reduction)
    if p not in (1, 2):
        raise ArgumentError(f"multi_margin_loss: only p == 1 and p == 2 supported, got {p}")
    input = _scores("multi_margin_loss", input)
    shape, given = tuple(input.shape), tuple(target.shape)
    if weight is not None and weight.ndim != 1:
        raise ArgumentError(
            f"multi_margin_loss: weight must be one-dimensional, got shape {tuple(weight.shape)}"
        )
    if weight is not None and tuple(weight.shape) != shape[-1:]:
        raise ShapeError(
            f"multi_margin_loss: inconsistent weight size, expected {shape[-1]} but got {list(weight.shape)}"
        )
    if given != shape[:-1] and not (len(shape) == 1 and given == (1,)):
        raise ShapeError(
            "multi_margin_loss: target tensor should be 1-D with size equal to the batch size of the input. "
            f"Expected target size {list(shape[:-1])}, but got {list(given)}"
        )
    if target.is_floating_point():
        raise DTypeError(
            f"multi_margin_loss: expected scalar type Long but found {target.dtype}; convert the target with .long()"
        )
    if given != shape[:-1]:
        target = target.reshape(())
    loss: Any = multi_margin_(input, target, p, margin)
    if weight is not None:
        loss = loss * weight[target].detach()
    return reduced("multi_margin_loss", loss, reduction)


@composite
def multilabel_margin_loss(
    input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """Σ_k Σ_i max(0, 1 − x[y_k] + x_i) / C: each right class y_k should be ahead by 1 of each class i that is not.

    Args:
        input: x, (N, C) or (C): scores.
        target: y, of that shape: class indices, as many as there are right classes, then −1.
        size_average, reduce: older forms of reduction.
        reduction: "mean", "sum" or "none".

    Raises:
        ArgumentError: for another reduction.
        ShapeError, DTypeError: if shapes or dtypes do not fit.
        PositionError: if a target is neither a class nor −1.

    >>> import autograd
    >>> x, y = autograd.tensor([[0.1, 0.2, 0.4, 0.8]]), autograd.tensor([[3, 0, -1, 1]])
    >>> multilabel_margin_loss(x, y)
    tensor(0.8500)
    """
    reduction = reduction_of("multilabel_margin_loss", size_average, reduce, reduction)
    scores = _scores("multilabel_margin_loss", input)
    if tuple(target.shape) != tuple(input.shape):
        raise ShapeError(
            f"multilabel_margin_loss: inconsistent target size: {list(target.shape)} for input of size: "
            f"{list(input.shape)}"
        )
    if not target.ndim:
        target = target.reshape(1)
    return reduced("multilabel_margin_loss", multilabel_margin_(scores, target), reduction)
