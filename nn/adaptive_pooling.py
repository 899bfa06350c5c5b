"""Adaptive pools as layers: whatever size the input has, the output has the one that was asked for."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from nn import functional as F
from nn.functional.adaptive_pooling import OutputSize
from nn.module import Module


class _AdaptivePool(Module):
    """What the adaptive pools share."""

    output_size: Any

    def extra_repr(self) -> str:
        """Its output size."""
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_AdaptivePool):
    """The mean of each of so many windows that cover the input.

    (N, C, L) or (C, L) → (…, Lₒ).
    Along a dimension window i goes from ⌊i·size / output⌋ to ⌈(i + 1)·size / output⌉.

    Args:
        output_size: Lₒ.

    >>> import autograd, nn
    >>> nn.AdaptiveAvgPool1d(2)(autograd.tensor([[1.0, 2.0, 3.0, 4.0, 5.0]]))
    tensor([[2., 4.]])
    """

    def __init__(self, output_size: OutputSize) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, input: Tensor) -> Tensor:
        """Pool to the output size."""
        return F.adaptive_avg_pool1d(input, self.output_size)


class AdaptiveAvgPool2d(_AdaptivePool):
    """The mean of each of so many windows that cover the input.

    (N, C, H, W) or (C, H, W) → (…, Hₒ, Wₒ).
    Along a dimension window i goes from ⌊i·size / output⌋ to ⌈(i + 1)·size / output⌉.

    Args:
        output_size: (Hₒ, Wₒ), or one number for both; None keeps a size.

    >>> import autograd, nn
    >>> nn.AdaptiveAvgPool2d(1)(autograd.arange(16.0).reshape(1, 4, 4))
    tensor([[[7.5000]]])
    """

    def __init__(self, output_size: OutputSize) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, input: Tensor) -> Tensor:
        """Pool to the output size."""
        return F.adaptive_avg_pool2d(input, self.output_size)


class AdaptiveAvgPool3d(_AdaptivePool):
    """The mean of each of so many windows that cover the input.

    (N, C, D, H, W) or (C, D, H, W) → (…, Dₒ, Hₒ, Wₒ).
    Along a dimension window i goes from ⌊i·size / output⌋ to ⌈(i + 1)·size / output⌉.

    Args:
        output_size: (Dₒ, Hₒ, Wₒ), or one number for all; None keeps a size.

    >>> import autograd, nn
    >>> nn.AdaptiveAvgPool3d((1, None, 2))(autograd.ones(1, 2, 3, 4)).shape
    autograd.Size([1, 1, 3, 2])
    """

    def __init__(self, output_size: OutputSize) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, input: Tensor) -> Tensor:
        """Pool to the output size."""
        return F.adaptive_avg_pool3d(input, self.output_size)


class AdaptiveMaxPool1d(_AdaptivePool):
    """The largest element of each of so many windows that cover the input.

    (N, C, L) or (C, L) → (…, Lₒ).
    Along a dimension window i goes from ⌊i·size / output⌋ to ⌈(i + 1)·size / output⌉.

    Args:
        output_size: Lₒ.
        return_indices: return (out, the positions of the largest elements).

    >>> import autograd, nn
    >>> nn.AdaptiveMaxPool1d(2)(autograd.tensor([[1.0, 2.0, 3.0, 4.0, 5.0]]))
    tensor([[3., 5.]])
    """

    def __init__(self, output_size: OutputSize, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size = output_size
        self.return_indices = return_indices

    def forward(self, input: Tensor) -> Any:
        """Pool to the output size."""
        return F.adaptive_max_pool1d(input, self.output_size, self.return_indices)


class AdaptiveMaxPool2d(_AdaptivePool):
    """The largest element of each of so many windows that cover the input.

    (N, C, H, W) or (C, H, W) → (…, Hₒ, Wₒ).
    Along a dimension window i goes from ⌊i·size / output⌋ to ⌈(i + 1)·size / output⌉.

    Args:
        output_size: (Hₒ, Wₒ), or one number for both; None keeps a size.
        return_indices: return (out, the positions of the largest elements).

    >>> import autograd, nn
    >>> nn.AdaptiveMaxPool2d(1)(autograd.arange(16.0).reshape(1, 4, 4))
    tensor([[[15.]]])
    """

    def __init__(self, output_size: OutputSize, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size = output_size
        self.return_indices = return_indices

    def forward(self, input: Tensor) -> Any:
        """Pool to the output size."""
        return F.adaptive_max_pool2d(input, self.output_size, self.return_indices)


class AdaptiveMaxPool3d(_AdaptivePool):
    """The largest element of each of so many windows that cover the input.

    (N, C, D, H, W) or (C, D, H, W) → (…, Dₒ, Hₒ, Wₒ).
    Along a dimension window i goes from ⌊i·size / output⌋ to ⌈(i + 1)·size / output⌉.

    Args:
        output_size: (Dₒ, Hₒ, Wₒ), or one number for all; None keeps a size.
        return_indices: return (out, the positions of the largest elements).

    >>> import autograd, nn
    >>> nn.AdaptiveMaxPool3d((1, None, 2))(autograd.ones(1, 2, 3, 4)).shape
    autograd.Size([1, 1, 3, 2])
    """

    def __init__(self, output_size: OutputSize, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size = output_size
        self.return_indices = return_indices

    def forward(self, input: Tensor) -> Any:
        """Pool to the output size."""
        return F.adaptive_max_pool3d(input, self.output_size, self.return_indices)
