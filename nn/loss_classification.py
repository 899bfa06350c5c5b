"""Losses of classification, as modules: one class of several, or yes and no."""

from __future__ import annotations

import math
import warnings
from typing import Any

from autograd import Tensor
from autograd.errors import ArgumentError, ShapeError
from autograd.kernels.loss import cross_entropy
from nn import functional as F
from nn.linear import Linear
from nn.loss import _Loss, _WeightedLoss


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
        return cross_entropy(
            input, target, self.weight, self.ignore_index, self.reduction, self.label_smoothing
        )


class NLLLoss2d(NLLLoss):
    """`NLLLoss`, by the name that PyTorch once had for images.

    >>> import autograd, nn
    >>> with __import__("warnings").catch_warnings(action="ignore"):
    ...     nn.NLLLoss2d()
    NLLLoss2d()
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        warnings.warn(
            "`NLLLoss2d` has been deprecated. Please use `NLLLoss` instead as a drop-in replacement.",
            FutureWarning,
            stacklevel=2,
        )
        super().__init__(weight, size_average, ignore_index, reduce, reduction)


class LinearCrossEntropyLoss(_WeightedLoss):
    """`CrossEntropyLoss` of the scores x Wᵀ + b: the last layer of a classifier and its loss in one.

    Args:
        in_features: the size of the last dimension of x.
        num_classes: C.
        out_features: () for one target a row, (d1, …) for several.
        bias: whether there is a b.
        device: "cpu".
        dtype: of the parameters; the default dtype if left out.
        reduction: "mean", "sum" or "none".
        weight: a factor for each class, (C).
        ignore_index: a class index that does not count, −100 if left out.
        label_smoothing: how much of each target is spread over all classes, in [0, 1].
        options: see `functional.linear_cross_entropy`.

    Attributes:
        linear: the layer, `Linear(in_features, C · d1 · …)`.

    Raises:
        ShapeError: if there is not one factor for each class.
        ArgumentError: if label_smoothing is outside [0, 1].

    >>> import autograd, nn
    >>> nn.LinearCrossEntropyLoss(5, 10)(autograd.zeros(2, 5), autograd.tensor([1, 3]))
    tensor(2.3026, grad_fn=<CrossEntropyBackward0>)
    """

    def __init__(
        self,
        in_features: int,
        num_classes: int,
        *,
        out_features: tuple[int, ...] = (),
        bias: bool = False,
        device: Any = None,
        dtype: Any = None,
        reduction: str = "mean",
        weight: Tensor | None = None,
        ignore_index: int | None = None,
        label_smoothing: float = 0.0,
        options: Any = None,
    ) -> None:
        if weight is not None and tuple(weight.shape) != (num_classes,):
            raise ShapeError(
                f"LinearCrossEntropyLoss: expected weight shape to be {(num_classes,)}, got {tuple(weight.shape)}"
            )
        if not 0 <= label_smoothing <= 1:
            raise ArgumentError(
                f"LinearCrossEntropyLoss: expected label_smoothing to be in range [0, 1], got {label_smoothing}"
            )
        super().__init__(weight, reduction=reduction)
        self.num_classes = num_classes
        self.out_features = out_features
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing
        self.linear = Linear(in_features, math.prod(out_features, start=num_classes), bias, device, dtype)
        self.options = options

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss."""
        outputs = (self.num_classes, *self.out_features)
        weight, bias = self.linear.weight, self.linear.bias
        return F.linear_cross_entropy(
            input,
            weight.reshape((*outputs, self.linear.in_features)),
            target,
            linear_bias=None if bias is None else bias.reshape(outputs),
            weight=self.weight,
            reduction=self.reduction,
            ignore_index=self.ignore_index,
            label_smoothing=self.label_smoothing,
            options=self.options,
        )

    def extra_repr(self) -> str:
        """Its sizes and options."""
        return (
            f"in_features={self.linear.in_features}, num_classes={self.num_classes}, out_features={self.out_features}, "
            f"bias={self.linear.bias is not None}, reduction={self.reduction}, ignore_index={self.ignore_index}, "
            f"label_smoothing={self.label_smoothing}, options={self.options}"
        )


class KLDivLoss(_Loss):
    """y (log y − x): how far probabilities y are from those whose logarithms are x (Kullback & Leibler, 1951).

    Args:
        size_average, reduce: older forms of reduction.
        reduction: "batchmean" is the divergence, the sum over the size of dimension 0; "mean", over all elements,
            is smaller, and warns of it; "sum" or "none".
        log_target: whether the target holds logarithms, too: exp(y) (y − x).

    >>> import autograd, nn
    >>> x = autograd.tensor([[0.5, 0.5]]).log()
    >>> nn.KLDivLoss(reduction="batchmean")(x, autograd.tensor([[0.75, 0.25]]))
    tensor(0.1308)
    """

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        log_target: bool = False,
    ) -> None:
        super().__init__(size_average, reduce, reduction, others=("batchmean",))
        self.log_target = log_target

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss."""
        return F.kl_div(input, target, reduction=self.reduction, log_target=self.log_target)
