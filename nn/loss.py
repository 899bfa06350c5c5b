"""Losses of regression, as modules, and what all losses share: how far a prediction is from its target, as one number.

reduction: "mean" of the elements (the default), their "sum", or "none" for the elements themselves. `size_average` and
`reduce` are PyTorch's older way to say the same.
"""

from __future__ import annotations

from autograd import Tensor
from autograd.errors import ArgumentError
from nn import functional as F
from nn.functional.reduction import reduction_of
from nn.module import Module


class _Loss(Module):
    """A loss that only chooses how its elements are reduced."""

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        others: tuple[str, ...] = (),
    ) -> None:
        super().__init__()
        kinds = type(self).__mro__
        constructors = sum("__init__" in vars(kind) for kind in kinds[: kinds.index(_Loss)])  # above this one
        self.reduction = reduction_of(
            type(self).__name__, size_average, reduce, reduction, 3 + constructors, others
        )


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


class SmoothL1Loss(_Loss):
    """d² / (2 beta) where d = |x − y| < beta, and d − beta / 2 elsewhere (Girshick, 2015).

    Args:
        size_average, reduce: older forms of reduction.
        reduction: "mean", "sum" or "none".
        beta: where the square becomes a line; 0 is the absolute error.

    Raises:
        ArgumentError: on use, if beta is negative.

    >>> import autograd, nn
    >>> nn.SmoothL1Loss()(autograd.tensor([0.0, 0.0]), autograd.tensor([0.5, 3.0]))
    tensor(1.3125)
    """

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        beta: float = 1.0,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.beta = beta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss."""
        return F.smooth_l1_loss(input, target, reduction=self.reduction, beta=self.beta)


class HuberLoss(_Loss):
    """d² / 2 where d = |x − y| ≤ delta, and delta (d − delta / 2) elsewhere (Huber, 1964).

    Args:
        reduction: "mean", "sum" or "none".
        delta: where the square becomes a line, above 0.

    Raises:
        ArgumentError: if delta is not a number; on use, if it is not positive.

    >>> import autograd, nn
    >>> nn.HuberLoss(delta=2.0)(autograd.tensor([0.0, 0.0]), autograd.tensor([0.5, 3.0]))
    tensor(2.0625)
    """

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        if not isinstance(delta, (float, int)):
            raise ArgumentError(f"HuberLoss: delta must be a float or int, got: {type(delta)}")
        super().__init__(reduction=reduction)
        self.delta = delta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss."""
        return F.huber_loss(input, target, reduction=self.reduction, delta=self.delta)


class PoissonNLLLoss(_Loss):
    """exp(x) − y x, for counts y that are Poisson distributed with mean exp(x).

    Args:
        log_input: False if x is the mean itself; then x − y log(x + eps).
        full: add y log y − y + log(2πy) / 2, Stirling's approximation of log y!, where y > 1.
        size_average, reduce: older forms of reduction.
        eps: what keeps the logarithm finite at x = 0.
        reduction: "mean", "sum" or "none".

    >>> import autograd, nn
    >>> nn.PoissonNLLLoss()(autograd.tensor([0.0, 1.0]), autograd.tensor([1.0, 2.0]))
    tensor(0.8591)
    """

    def __init__(
        self,
        log_input: bool = True,
        full: bool = False,
        size_average: bool | None = None,
        eps: float = 1e-8,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_input = log_input
        self.full = full
        self.eps = eps

    def forward(self, log_input: Tensor, target: Tensor) -> Tensor:
        """Return the loss of the means, or their logarithms, and the counts."""
        return F.poisson_nll_loss(
            log_input,
            target,
            log_input=self.log_input,
            full=self.full,
            eps=self.eps,
            reduction=self.reduction,
        )


class GaussianNLLLoss(_Loss):
    """(log v + (x − y)² / v) / 2: y is normally distributed with mean x and variance v (Nix & Weigend, 1994).

    Args:
        full: add log(2π) / 2.
        eps: the least variance.
        reduction: "mean", "sum" or "none".

    Raises:
        ArgumentError: on use, if a variance is negative.
        ShapeError: on use, if the variances have neither the input's shape nor one for each of its rows.

    >>> import autograd, nn
    >>> nn.GaussianNLLLoss()(autograd.zeros(2), autograd.tensor([1.0, 2.0]), autograd.ones(2))
    tensor(1.2500)
    """

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(None, None, reduction)
        self.full = full
        self.eps = eps

    def forward(self, input: Tensor, target: Tensor, var: Tensor | float) -> Tensor:
        """Return the loss of means, targets and variances."""
        return F.gaussian_nll_loss(input, target, var, full=self.full, eps=self.eps, reduction=self.reduction)
