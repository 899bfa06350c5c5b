"""Layers that take images apart into patches, and put them together."""

from __future__ import annotations

from autograd import Tensor
from nn import functional as F
from nn.functional.sizes import Sizes
from nn.module import Module


class Unfold(Module):
    """The patches that a convolution sees: (N, C, H, W) → (N, C · kh · kw, H' · W'); see `functional.unfold`.

    Args:
        kernel_size, dilation, padding, stride: of the convolution; a number, or one for each dimension.

    >>> import autograd, nn
    >>> nn.Unfold(2)(autograd.zeros(5, 3, 4, 4)).shape
    autograd.Size([5, 12, 9])
    """

    def __init__(
        self, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride

    def forward(self, input: Tensor) -> Tensor:
        """Return the patches as columns."""
        return F.unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        """Its arguments."""
        return (
            f"kernel_size={self.kernel_size}, dilation={self.dilation}, padding={self.padding}, "
            f"stride={self.stride}"
        )


class Fold(Module):
    """Patches added up to images: (N, C · kh · kw, H' · W') → (N, C, *output_size); see `functional.fold`.

    Args:
        output_size: of the images.
        kernel_size, dilation, padding, stride: of the convolution; a number, or one for each dimension.

    >>> import autograd, nn
    >>> nn.Fold((4, 4), 2)(autograd.zeros(5, 12, 9)).shape
    autograd.Size([5, 3, 4, 4])
    """

    def __init__(
        self,
        output_size: Sizes,
        kernel_size: Sizes,
        dilation: Sizes = 1,
        padding: Sizes = 0,
        stride: Sizes = 1,
    ) -> None:
        super().__init__()
        self.output_size = output_size
        self.kernel_size = kernel_size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride

    def forward(self, input: Tensor) -> Tensor:
        """Return the images."""
        return F.fold(input, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        """Its arguments."""
        return (
            f"output_size={self.output_size}, kernel_size={self.kernel_size}, dilation={self.dilation}, "
            f"padding={self.padding}, stride={self.stride}"
        )
