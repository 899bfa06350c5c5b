"""Normalisation layers without running statistics: over the last dimensions, groups of channels, or neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd import Tensor
from autograd.errors import ShapeError
from nn import functional as F
from nn import init
from nn.functional.given import whole
from nn.functional.sizes import repeated
from nn.linear import empty_parameter
from nn.module import Module
from nn.parameter import Parameter


def _sizes(layer: str, normalized_shape: int | Sequence[int]) -> tuple[int, ...]:
    sizes = repeated(normalized_shape, 1)
    for size in sizes:
        whole(layer, normalized_shape=size)
    return sizes


class LayerNorm(Module):
    """(x − mean) / √(variance + eps) · weight + bias over the last dimensions: (…, *normalized_shape) → the same.

    (Ba et al., 2016.) See `functional.layer_norm`.

    Args:
        normalized_shape: the sizes of the dimensions that mean and variance are taken over, or one size.
        eps: added to the variance.
        elementwise_affine: whether there are weight and bias.
        bias: whether there is a bias beside the weight.

    Attributes:
        weight, bias: of normalized_shape, starting from 1 and 0, or None.

    >>> import autograd, nn
    >>> nn.LayerNorm(2)(autograd.tensor([[1.0, 3.0], [5.0, 9.0]])).tolist()[0][0] < -0.99
    True
    """

    weight: Parameter | None
    bias: Parameter | None

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = _sizes("LayerNorm", normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        shape = self.normalized_shape
        for name, wanted in (("weight", elementwise_affine), ("bias", elementwise_affine and bias)):
            made = empty_parameter("LayerNorm", shape, device, dtype) if wanted else None
            self.register_parameter(name, made)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Start again with weight 1 and bias 0."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        """Normalise."""
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Its options."""
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, "
            f"bias={self.bias is not None}"
        )


class RMSNorm(Module):
    """x / √(mean of x² + eps) · weight over the last dimensions: (…, *normalized_shape) → the same.

    (Zhang & Sennrich, 2019.) See `functional.rms_norm`.

    Args:
        normalized_shape: the sizes of the dimensions that the mean is taken over, or one size.
        eps: added to the mean; None for the machine epsilon.
        elementwise_affine: whether there is a weight.

    Attributes:
        weight: of normalized_shape, starting from 1, or None.

    >>> import autograd, nn
    >>> nn.RMSNorm(2)(autograd.tensor([[3.0, 4.0]])).detach()
    tensor([[0.8485, 1.1314]])
    """

    weight: Parameter | None

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = _sizes("RMSNorm", normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        made = (
            empty_parameter("RMSNorm", self.normalized_shape, device, dtype) if elementwise_affine else None
        )
        self.register_parameter("weight", made)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Start again with weight 1."""
        if self.weight is not None:
            init.ones_(self.weight)

    def forward(self, x: Tensor) -> Tensor:
        """Normalise."""
        return F.rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        """Its options."""
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class GroupNorm(Module):
    """(x − mean) / √(variance + eps) · weight + bias for each group of channels of an example: (N, C, …) → the same.

    (Wu & He, 2018.) See `functional.group_norm`.

    Args:
        num_groups: how many groups the channels are divided into.
        num_channels: C.
        eps: added to the variance.
        affine: whether there are weight and bias.
        bias: whether there is a bias beside the weight.

    Attributes:
        weight, bias: (C), starting from 1 and 0, or None.

    Raises:
        ShapeError: (a ValueError) if num_channels is not a multiple of num_groups.

    >>> import autograd, nn
    >>> nn.GroupNorm(2, 4)(autograd.randn(3, 4, 5)).shape
    autograd.Size([3, 4, 5])
    """

    weight: Parameter | None
    bias: Parameter | None

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        whole("GroupNorm", num_groups=num_groups, num_channels=num_channels)
        if num_groups < 1 or num_channels % num_groups:
            raise ShapeError(
                f"GroupNorm: num_channels ({num_channels}) must be divisible by num_groups ({num_groups})"
            )
        self.num_groups = num_groups
        self.num_channels = num_channels
        self.eps = eps
        self.affine = affine
        for name, wanted in (("weight", affine), ("bias", affine and bias)):
            made = empty_parameter("GroupNorm", (num_channels,), device, dtype) if wanted else None
            self.register_parameter(name, made)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Start again with weight 1 and bias 0."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        """Normalise."""
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Its options."""
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, "
            f"bias={self.bias is not None}"
        )


class LocalResponseNorm(Module):
    """x / (k + alpha · mean of x² over neighbouring channels)^beta: (N, C, …) → the same (Krizhevsky et al., 2012).

    See `functional.local_response_norm`.

    Args:
        size: how many neighbours.

    >>> import autograd, nn
    >>> nn.LocalResponseNorm(2, alpha=2.0, beta=1.0)(autograd.ones(1, 2, 1))
    tensor([[[0.5000],
             [0.3333]]])
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k

    def forward(self, input: Tensor) -> Tensor:
        """Normalise."""
        return F.local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        """Its options."""
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"
