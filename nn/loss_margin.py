"""Losses by margins, as modules: they are 0 as soon as what is right is ahead by enough."""

from __future__ import annotations

from autograd import Tensor
from autograd.errors import ArgumentError
from nn import functional as F
from nn.loss import _Loss, _WeightedLoss


class MarginRankingLoss(_Loss):
    """max(0, −y (a − b) + margin): a should rank higher than b where y is 1, lower where it is −1.

    Args:
        margin: by how much.
        size_average, reduce: older forms of reduction.
        reduction: "mean", "sum" or "none".

    >>> import autograd, nn
    >>> a, b = autograd.tensor([1.0, 2.0]), autograd.tensor([0.0, 3.0])
    >>> nn.MarginRankingLoss()(a, b, autograd.tensor([1.0, 1.0]))
    tensor(0.5000)
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
        return F.margin_ranking_loss(input1, input2, target, margin=self.margin, reduction=self.reduction)


class HingeEmbeddingLoss(_Loss):
    """x where y is 1, and max(0, margin − x) where y is −1: x is a distance, y says whether it should be small.

    Args:
        margin: how far apart what is different should be.
        size_average, reduce: older forms of reduction.
        reduction: "mean", "sum" or "none".

    >>> import autograd, nn
    >>> nn.HingeEmbeddingLoss()(autograd.tensor([0.5, 0.2]), autograd.tensor([1.0, -1.0]))
    tensor(0.6500)
    """

    def __init__(
        self,
        margin: float = 1.0,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss."""
        return F.hinge_embedding_loss(input, target, margin=self.margin, reduction=self.reduction)


class SoftMarginLoss(_Loss):
    """log(1 + exp(−y x)), for scores x and y = ±1; without overflow.

    >>> import autograd, nn
    >>> nn.SoftMarginLoss()(autograd.tensor([0.0, 1000.0]), autograd.tensor([1.0, -1.0]))
    tensor(500.3466)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss."""
        return F.soft_margin_loss(input, target, reduction=self.reduction)


class MultiLabelSoftMarginLoss(_WeightedLoss):
    """−Σ_c w_c (y_c log σ(x_c) + (1 − y_c) log σ(−x_c)) / C, over the classes c of the last dimension.

    Args:
        weight: w, a factor for each class.
        size_average, reduce: older forms of reduction.
        reduction: "mean", "sum" or "none", over the rows.

    >>> import autograd, nn
    >>> nn.MultiLabelSoftMarginLoss()(autograd.tensor([[2.0, -1.0]]), autograd.tensor([[1.0, 0.0]]))
    tensor(0.2201)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss."""
        return F.multilabel_soft_margin_loss(input, target, weight=self.weight, reduction=self.reduction)


class MultiMarginLoss(_WeightedLoss):
    """Σ_{i ≠ y} w_y max(0, margin − x_y + x_i)ᵖ / C: the right class y should be ahead of each other by the margin.

    (Crammer & Singer, 2001.) x (N, C) or (C), y (N) or ().

    Args:
        p: 1 or 2.
        margin: by how much.
        weight: w, a factor for each class, (C).
        size_average, reduce: older forms of reduction.
        reduction: "mean", "sum" or "none".

    Raises:
        ArgumentError: for another p, or a weight that is not 1-d.
        DimensionError: on use, if a target is not a class.

    >>> import autograd, nn
    >>> nn.MultiMarginLoss()(autograd.tensor([[0.1, 0.2, 0.4, 0.8]]), autograd.tensor([3]))
    tensor(0.3250)
    """

    def __init__(
        self,
        p: int = 1,
        margin: float = 1.0,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        if p not in (1, 2):
            raise ArgumentError(f"MultiMarginLoss: only p == 1 and p == 2 supported, got {p}")
        if weight is not None and weight.ndim != 1:
            raise ArgumentError(f"MultiMarginLoss: weight must be None or 1-d, got {tuple(weight.shape)}")
        super().__init__(weight, size_average, reduce, reduction)
        self.p = p
        self.margin = margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss."""
        return F.multi_margin_loss(
            input, target, p=self.p, margin=self.margin, weight=self.weight, reduction=self.reduction
        )


class MultiLabelMarginLoss(_Loss):
    """Σ_k Σ_i max(0, 1 − x[y_k] + x_i) / C: each right class y_k should be ahead by 1 of each class i that is not.

    x (N, C) or (C); y of that shape: class indices, as many as there are right classes, then −1.

    Raises:
        ShapeError: if the shapes differ.
        DimensionError: if a target is neither a class nor −1.

    >>> import autograd, nn
    >>> x, y = autograd.tensor([[0.1, 0.2, 0.4, 0.8]]), autograd.tensor([[3, 0, -1, 1]])
    >>> nn.MultiLabelMarginLoss()(x, y)
    tensor(0.8500)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss."""
        return F.multilabel_margin_loss(input, target, reduction=self.reduction)
