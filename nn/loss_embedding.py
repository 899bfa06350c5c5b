"""Losses of vectors by their distances, as modules: what belongs together should be near, what does not, far apart."""

from __future__ import annotations

from collections.abc import Callable

from autograd import Tensor
from autograd.errors import ArgumentError
from autograd.ops.forms import real
from nn import functional as F
from nn.distance import PairwiseDistance
from nn.loss import _Loss


class CosineEmbeddingLoss(_Loss):
    """1 − cos(a, b) where y is 1, and max(0, cos(a, b) − margin) where y is −1.

    a and b (N, D) or (D), y (N) or ().

    Args:
        margin: the cosine from which on what is different costs nothing, in [−1, 1].
        size_average, reduce: older forms of reduction.
        reduction: "mean", "sum" or "none".

    >>> import autograd, nn
    >>> a, b = autograd.tensor([[1.0, 0.0], [1.0, 0.0]]), autograd.tensor([[0.0, 1.0], [1.0, 1.0]])
    >>> nn.CosineEmbeddingLoss()(a, b, autograd.tensor([1.0, -1.0]))
    tensor(0.8536)
    """

    def __init__(
        self,
        margin: float = 0.0,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        """Return the loss."""
        return F.cosine_embedding_loss(input1, input2, target, margin=self.margin, reduction=self.reduction)


def _check_margin(layer: str, margin: float) -> None:
    real(layer, margin=margin)
    if margin <= 0:
        raise ArgumentError(f"{layer}: expected margin to be greater than 0, got {margin} instead")


class TripletMarginLoss(_Loss):
    """max(d(anchor, positive) − d(anchor, negative) + margin, 0), with `pairwise_distance` for d.

    (Schroff et al., 2015.) All (N, D) or (D).

    Args:
        margin: by how much the negative should be farther away.
        p, eps: of the distance.
        swap: take d(positive, negative) where it is less than d(anchor, negative) (Balntas et al., 2016).
        size_average, reduce: older forms of reduction.
        reduction: "mean", "sum" or "none".

    Raises:
        ArgumentError: if the margin is not positive.

    >>> import autograd, nn
    >>> a, b, c = (autograd.tensor([[v]]) for v in (0.0, 1.0, 1.5))
    >>> nn.TripletMarginLoss()(a, b, c)
    tensor(0.5000)
    """

    def __init__(
        self,
        margin: float = 1.0,
        p: float = 2.0,
        eps: float = 1e-6,
        swap: bool = False,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        _check_margin("TripletMarginLoss", margin)
        super().__init__(size_average, reduce, reduction)
        self.margin = margin
        self.p = p
        self.eps = eps
        self.swap = swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        """Return the loss."""
        return F.triplet_margin_loss(
            anchor,
            positive,
            negative,
            margin=self.margin,
            p=self.p,
            eps=self.eps,
            swap=self.swap,
            reduction=self.reduction,
        )


class TripletMarginWithDistanceLoss(_Loss):
    """`TripletMarginLoss` with any function, or module, of two tensors for d.

    Args:
        distance_function: d; `PairwiseDistance()` if left out.
        margin: by how much the negative should be farther away.
        swap: take d(positive, negative) where it is less than d(anchor, negative).
        reduction: "mean", "sum" or "none".

    Raises:
        ArgumentError: if the margin is not positive.

    >>> import autograd, nn
    >>> a, b, c = (autograd.tensor([[v]]) for v in (0.0, 1.0, 1.5))
    >>> loss = nn.TripletMarginWithDistanceLoss(distance_function=lambda x, y: (x - y).abs().sum(-1))
    >>> loss(a, b, c)
    tensor(0.5000)
    """

    def __init__(
        self,
        *,
        distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
        margin: float = 1.0,
        swap: bool = False,
        reduction: str = "mean",
    ) -> None:
        _check_margin("TripletMarginWithDistanceLoss", margin)
        super().__init__(reduction=reduction)
        self.distance_function = PairwiseDistance() if distance_function is None else distance_function
        self.margin = margin
        self.swap = swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        """Return the loss."""
        return F.triplet_margin_with_distance_loss(
            anchor,
            positive,
            negative,
            distance_function=self.distance_function,
            margin=self.margin,
            swap=self.swap,
            reduction=self.reduction,
        )
