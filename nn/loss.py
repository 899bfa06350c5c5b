"""Losses, as modules: how far a prediction is from its target, as one number to be minimised.

reduction: "mean" of the elements (the default), their "sum", or "none" for the elements themselves. `size_average` and
`reduce` are PyTorch's older way to say the same.
"""

from __future__ import annotations

from autograd import Tensor
from nn import functional as F
from nn.functional.loss import reduction_of
from nn.module import Module


class _Loss(Module):
    """A loss that only chooses how its elements are reduced."""

    def __init__(
        self, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
    ) -> None:
        super().__init__()
        self.reduction = reduction_of(type(self).__name__, size_average, reduce, reduction)


class _WeightedLoss(_Loss):
    """A loss with a factor for each class or element, kept as a buffer."""

    weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)


class L1Loss(_Loss):
    """|x − y|, the absolute error; input and target of the same shape.

    >>> import autograd, nn
    >>> nn.L1Loss()(autograd.tensor([1.0, 5.0]), autograd.tensor([1.0, 2.0]))
    tensor(1.5000)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss."""
        return F.l1_loss(input, target, reduction=self.reduction)


class MSELoss(_Loss):
    """(x − y)², the squared error; input and target of the same shape.

    >>> import autograd, nn
    >>> nn.MSELoss()(autograd.tensor([1.0, 5.0]), autograd.tensor([1.0, 2.0]))
    tensor(4.5000)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss."""
        return F.mse_loss(input, target, reduction=self.reduction)


class BCELoss(_WeightedLoss):
    """−w (y log p + (1 − y) log(1 − p)), the cross entropy of probabilities p in [0, 1] and targets y.

    Logarithms are cut off at −100. `BCEWithLogitsLoss` is safer.

    Args:
        weight: w, broadcast.

    Raises:
        ShapeError: if the shapes of input and target differ.
        ArgumentError: if a probability is outside [0, 1].

    >>> import autograd, nn
    >>> nn.BCELoss()(autograd.tensor([0.9, 0.2]), autograd.tensor([1.0, 0.0]))
    tensor(0.1643)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss."""
        return F.binary_cross_entropy(input, target, weight=self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(_WeightedLoss):
    """−w (c y log σ(x) + (1 − y) log(1 − σ(x))): `BCELoss` of a sigmoid, without overflow.

    Args:
        weight: w, broadcast.
        pos_weight: c, a factor for positive targets, broadcast; above 1 it raises the recall.

    Raises:
        ShapeError: if the shapes of input and target differ.

    >>> import autograd, nn
    >>> nn.BCEWithLogitsLoss()(autograd.tensor([2.0, -1.0]), autograd.tensor([1.0, 0.0]))
    tensor(0.2201)
    """

    pos_weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        pos_weight: Tensor | None = None,
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss."""
        return F.binary_cross_entropy_with_logits(
            input, target, weight=self.weight, reduction=self.reduction, pos_weight=self.pos_weight
        )


class NLLLoss(_WeightedLoss):
    """−w[y] x[y]: x are log-probabilities (N, C, …), y the indices (N, …) of the right classes.

    Args:
        weight: w, one factor per class; the mean is then the weighted mean.
        ignore_index: a target that does not count.

    Raises:
        DimensionError: if a target is not a class.

    >>> import autograd, nn
    >>> nn.NLLLoss()(autograd.tensor([[-0.5, -1.0], [-2.0, -0.1]]), autograd.tensor([0, 1]))
    tensor(0.3000)
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss."""
        return F.nll_loss(
            input, target, self.weight, ignore_index=self.ignore_index, reduction=self.reduction
        )


class CrossEntropyLoss(_WeightedLoss):
    """−w[y] log softmax(x)[y]: x are unnormalised scores (N, C, …), y the indices (N, …) of the right classes.

    y may also be probabilities, of the shape of x. The model ends without a softmax: this holds it.

    Args:
        weight: w, one factor per class; the mean is then the weighted mean.
        ignore_index: a target that does not count.
        label_smoothing: how much of each target is spread evenly over all classes, in [0, 1] (Szegedy et al., 2016).

    Raises:
        DimensionError: if a target is not a class.
        ArgumentError: if label_smoothing is outside [0, 1].

    >>> import autograd, nn
    >>> nn.CrossEntropyLoss()(autograd.tensor([[2.0, 0.0], [0.0, 1.0]]), autograd.tensor([0, 0]))
    tensor(0.7201)
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss."""
        return F.cross_entropy(
            input,
            target,
            self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )
