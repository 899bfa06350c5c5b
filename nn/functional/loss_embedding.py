"""Losses of vectors by their distances as functions: what belongs together should be near, what does not, far apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd import Tensor, ops
from autograd.composite import composite
from autograd.errors import ArgumentError, ShapeError
from autograd.ops.loss import LEAST, reduced
from nn.functional.distance import pairwise_distance
from nn.functional.reduction import reduction_of


@composite
def cosine_embedding_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0, size_average: bool | None = None,
    reduce: bool | None = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """1 − cos(a, b) where y is 1, and max(0, cos(a, b) − margin) where y is −1.

    Args:
        input1, input2: a and b, (N, D) or (D).
        target: y, ±1, (N) or ().
        margin: the cosine from which on what is different costs nothing, in [−1, 1].
        size_average, reduce: older forms of reduction.
        reduction: "mean", "sum" or "none".

    Raises:
        ShapeError: if the shapes do not fit.
        ArgumentError: for another reduction.

    >>> import autograd
    >>> a, b = autograd.tensor([[1.0, 0.0], [1.0, 0.0]]), autograd.tensor([[0.0, 1.0], [1.0, 1.0]])
    >>> cosine_embedding_loss(a, b, autograd.tensor([1.0, -1.0]), reduction="none")
    tensor([1.0000, 0.7071])
    """
    reduction = reduction_of("cosine_embedding_loss", size_average, reduce, reduction)
    dims = target.ndim
    if dims not in (0, 1):
        raise ShapeError(
            f"cosine_embedding_loss: 0D or 1D target tensor expected, multi-target not supported, got "
            f"{tuple(target.shape)}"
        )
    if input1.ndim != dims + 1 or input2.ndim != dims + 1:
        raise ShapeError(
            f"cosine_embedding_loss: {dims}D target tensor expects {dims + 1}D input tensors, but found inputs with "
            f"sizes {list(input1.shape)} and {list(input2.shape)}"
        )
    squares: Any = [ops.add(ops.sum(ops.mul(x, x), dims), LEAST) for x in (input1, input2)]
    cosine: Any = ops.sum(ops.mul(input1, input2), dims) / ops.sqrt(squares[0] * squares[1])
    apart: Any = ops.where(target == -1, ops.clamp_min(cosine - margin, 0), 0)
    return reduced("cosine_embedding_loss", ops.where(target == 1, 1 - cosine, 0) + apart, reduction)


@composite
def triplet_margin_loss(
    anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0, p: float = 2, eps: float = 1e-6,
    swap: bool = False, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """max(d(anchor, positive) − d(anchor, negative) + margin, 0), with `pairwise_distance` for d.

    (Schroff et al., 2015)

    Args:
        anchor, positive, negative: (N, D) or (D).
        margin: by how much the negative should be farther away.
        p, eps: of the distance.
        swap: take d(positive, negative) where it is less than d(anchor, negative) (Balntas et al., 2016).
        size_average, reduce: older forms of reduction.
        reduction: "mean", "sum" or "none".

    Raises:
        ArgumentError: if the margin is not positive, or for another reduction.
        ShapeError: if the numbers of dimensions differ, or the shapes do not broadcast.

    >>> import autograd
    >>> a, b, c = (autograd.tensor([[v]]) for v in (0.0, 1.0, 1.5))
    >>> triplet_margin_loss(a, b, c)
    tensor(0.5000)
    """
    reduction = reduction_of("triplet_margin_loss", size_average, reduce, reduction)

    def distance(x: Tensor, y: Tensor) -> Tensor:
        return pairwise_distance(x, y, p, eps)

    return _triplet("triplet_margin_loss", anchor, positive, negative, distance, margin, swap, reduction)


@composite
def triplet_margin_with_distance_loss(
    anchor: Tensor, positive: Tensor, negative: Tensor, *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None, margin: float = 1.0, swap: bool = False,
    reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """`triplet_margin_loss` with any function of two tensors for d.

    Args:
        anchor, positive, negative: (N, D) or (D), or what the function takes.
        distance_function: d; `pairwise_distance` if left out.
        margin: by how much the negative should be farther away.
        swap: take d(positive, negative) where it is less than d(anchor, negative).
        reduction: "mean", "sum" or "none".

    Raises:
        ArgumentError: if the margin is not positive, or for another reduction.
        ShapeError: if the numbers of dimensions differ.

    >>> import autograd
    >>> a, b, c = (autograd.tensor([[v]]) for v in (0.0, 1.0, 1.5))
    >>> triplet_margin_with_distance_loss(a, b, c, distance_function=lambda x, y: (x - y).abs().sum(-1))
    tensor(0.5000)
    """
    op = "triplet_margin_with_distance_loss"
    reduction = reduction_of(op, None, None, reduction)
    return _triplet(
        op, anchor, positive, negative, distance_function or pairwise_distance, margin, swap, reduction
    )


def _triplet(
    op: str, anchor: Tensor, positive: Tensor, negative: Tensor, distance: Callable[[Tensor, Tensor], Tensor],
    margin: float, swap: bool, reduction: str,
) -> Tensor:  # fmt: skip
    """The loss of checked arguments."""
    if margin <= 0:
        raise ArgumentError(f"{op}: margin must be greater than 0, got {margin}")
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise ShapeError(
            f"{op}: The anchor, positive, and negative tensors are expected to have the same number of dimensions, "
            f"but got: anchor {anchor.ndim}D, positive {positive.ndim}D, and negative {negative.ndim}D inputs"
        )
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = ops.minimum(far, distance(positive, negative))
    return reduced(op, ops.clamp_min(near - far + margin, 0), reduction)
