"""Pools as layers: the largest element, or a mean, of each window of the input.

An input has the shape (N, C, L), (N, C, H, W) or (N, C, D, H, W), or the same without N.
"""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from nn import functional as F
from nn.functional.sizes import Sizes, repeated
from nn.module import Module


class _MaxPool(Module):
    """What the max pools share."""

    def __init__(
        self, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1,
        return_indices: bool = False, ceil_mode: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.dilation = dilation
        self.return_indices = return_indices
        self.ceil_mode = ceil_mode

    def extra_repr(self) -> str:
        """Its sizes."""
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, dilation={self.dilation}, "
            f"ceil_mode={self.ceil_mode}"
        )


class MaxPool1d(_MaxPool):
    """The largest element of each window: out[i] = max over k of x[i·stride − padding + k·dilation], k < kernel_size.

    (N, C, L) or (C, L) → (…, Lₒ), Lₒ = ⌊(L + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1.
    The gradient goes to the first of the largest elements.

    Args:
        kernel_size: the number of neighbours in a window.
        stride: from window to window; kernel_size by default.
        padding: how far the first window reaches out, at most half of its size; there is −∞.
        dilation: from neighbour to neighbour.
        return_indices: return (out, the positions of the largest elements), as `MaxUnpool1d` takes them.
        ceil_mode: round Lₒ up: have a last window that reaches out behind, too.

    >>> import autograd, nn
    >>> nn.MaxPool1d(2)(autograd.tensor([[1.0, 5.0, 2.0, 3.0]]))
    tensor([[5., 3.]])
    """

    def forward(self, input: Tensor) -> Any:
        """Take the largest elements."""
        return F.max_pool1d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            self.ceil_mode,
            self.return_indices,
        )


class MaxPool2d(_MaxPool):
    """The largest element of each window of kernel_size × kernel_size. (N, C, H, W) or (C, H, W) → (…, Hₒ, Wₒ).

    Hₒ = ⌊(H + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1, and Wₒ alike.
    Along each dimension as in `MaxPool1d`, with its arguments; each is one number or one for each dimension.

    Args:
        kernel_size: the window.
        stride: from window to window; kernel_size by default.
        padding: how far the first windows reach out.
        dilation: from neighbour to neighbour.
        return_indices: return (out, the positions, counted in C order over (H, W)).
        ceil_mode: round the output's sizes up.

    >>> import autograd, nn
    >>> nn.MaxPool2d(2)(autograd.arange(16.0).reshape(1, 4, 4))
    tensor([[[ 5.,  7.],
             [13., 15.]]])
    """

    def forward(self, input: Tensor) -> Any:
        """Take the largest elements."""
        return F.max_pool2d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            self.ceil_mode,
            self.return_indices,
        )


class MaxPool3d(_MaxPool):
    """The largest element of each box of kernel_size. (N, C, D, H, W) or (C, D, H, W) → (…, Dₒ, Hₒ, Wₒ).

    Dₒ = ⌊(D + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1, and Hₒ, Wₒ alike.
    Along each dimension as in `MaxPool1d`, with its arguments; each is one number or one for each dimension.

    Args:
        kernel_size: the box.
        stride: from box to box; kernel_size by default.
        padding: how far the first boxes reach out.
        dilation: from neighbour to neighbour.
        return_indices: return (out, the positions, counted in C order over (D, H, W)).
        ceil_mode: round the output's sizes up.

    >>> import autograd, nn
    >>> nn.MaxPool3d(2)(autograd.arange(8.0).reshape(1, 2, 2, 2))
    tensor([[[[7.]]]])
    """

    def forward(self, input: Tensor) -> Any:
        """Take the largest elements."""
        return F.max_pool3d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            self.ceil_mode,
            self.return_indices,
        )


# ------------------------------------------------------------------------------------------------ means


class AvgPool1d(Module):
    """The mean of each window of `kernel_size` neighbours. (N, C, L) or (C, L) → (…, Lₒ).

    Lₒ = ⌊(L + 2·padding − kernel_size) / stride⌋ + 1.

    Args:
        kernel_size: the number of neighbours in a window.
        stride: from window to window; kernel_size by default.
        padding: how far the first window reaches out, at most half of its size; there is 0.
        ceil_mode: have a last window that reaches out behind, too.
        count_include_pad: divide by the window's size; False divides by the number of elements in it.

    >>> import autograd, nn
    >>> nn.AvgPool1d(2)(autograd.tensor([[1.0, 5.0, 2.0, 4.0]]))
    tensor([[3., 3.]])
    """

    def __init__(
        self, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:  # fmt: skip
        super().__init__()
        self.kernel_size = repeated(kernel_size, 1)
        self.stride = self.kernel_size if stride is None else repeated(stride, 1)
        self.padding = repeated(padding, 1)
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad

    def forward(self, input: Tensor) -> Tensor:
        """Take the means."""
        return F.avg_pool1d(
            input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad
        )

    def extra_repr(self) -> str:
        """Its sizes."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class _AvgPool(Module):
    """What the mean pools of images and volumes share."""

    def __init__(
        self, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, ceil_mode: bool = False,
        count_include_pad: bool = True, divisor_override: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.divisor_override = divisor_override

    def extra_repr(self) -> str:
        """Its sizes."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool2d(_AvgPool):
    """The mean of each window of kernel_size × kernel_size. (N, C, H, W) or (C, H, W) → (…, Hₒ, Wₒ).

    Hₒ = ⌊(H + 2·padding − kernel_size) / stride⌋ + 1, and Wₒ alike.
    Each of the sizes is one number or one for each dimension.

    Args:
        kernel_size: the window.
        stride: from window to window; kernel_size by default.
        padding: how far the first windows reach out, at most half of their size; there is 0.
        ceil_mode: have last windows that reach out behind, too.
        count_include_pad: divide by the window's size; False divides by the number of elements in it.
        divisor_override: divide by this instead.

    >>> import autograd, nn
    >>> nn.AvgPool2d(2)(autograd.arange(16.0).reshape(1, 4, 4))
    tensor([[[ 2.5000,  4.5000],
             [10.5000, 12.5000]]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Take the means."""
        return F.avg_pool2d(
            input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad,
            self.divisor_override,
        )  # fmt: skip


class AvgPool3d(_AvgPool):
    """The mean of each box of kernel_size. (N, C, D, H, W) or (C, D, H, W) → (…, Dₒ, Hₒ, Wₒ); see `AvgPool2d`.

    Args:
        kernel_size: the box.
        stride: from box to box; kernel_size by default.
        padding: how far the first boxes reach out; there is 0.
        ceil_mode: have last boxes that reach out behind, too.
        count_include_pad: divide by the box's size; False divides by the number of elements in it.
        divisor_override: divide by this instead.

    >>> import autograd, nn
    >>> nn.AvgPool3d(2)(autograd.arange(8.0).reshape(1, 2, 2, 2))
    tensor([[[[3.5000]]]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Take the means."""
        return F.avg_pool3d(
            input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad,
            self.divisor_override,
        )  # fmt: skip


# ------------------------------------------------------------------------------------------------ power means


class _LPPool(Module):
    """What the power pools share."""

    def __init__(
        self, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None, ceil_mode: bool = False
    ) -> None:
        super().__init__()
        self.norm_type = norm_type
        self.kernel_size = kernel_size
        self.stride = stride
        self.ceil_mode = ceil_mode

    def extra_repr(self) -> str:
        """Its norm and sizes."""
        return (
            f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, stride={self.stride}, "
            f"ceil_mode={self.ceil_mode}"
        )


class LPPool1d(_LPPool):
    """The p-norm of each window, (Σ xᵖ)^(1/p). (N, C, L) or (C, L) → (…, Lₒ).

    Lₒ = ⌊(L − kernel_size) / stride⌋ + 1.

    Args:
        norm_type: p; 1 is the sum, ∞ the largest |x|.
        kernel_size: the number of neighbours in a window.
        stride: from window to window; kernel_size by default.
        ceil_mode: have a last window that reaches out behind, too.

    >>> import autograd, nn
    >>> nn.LPPool1d(2, 2)(autograd.tensor([[3.0, 4.0]]))
    tensor([[5.]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Take the norms."""
        return F.lp_pool1d(input, self.norm_type, self.kernel_size, self.stride, self.ceil_mode)


class LPPool2d(_LPPool):
    """The p-norm of each window of kernel_size × kernel_size. (N, C, H, W) or (C, H, W) → (…, Hₒ, Wₒ).

    Hₒ = ⌊(H − kernel_size) / stride⌋ + 1, and Wₒ alike.

    Args:
        norm_type: p; 1 is the sum, ∞ the largest |x|.
        kernel_size: the window, one number or one for each dimension.
        stride: from window to window; kernel_size by default.
        ceil_mode: have last windows that reach out behind, too.

    >>> import autograd, nn
    >>> nn.LPPool2d(2, 4)(autograd.ones(1, 4, 4))
    tensor([[[4.]]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Take the norms."""
        return F.lp_pool2d(input, self.norm_type, self.kernel_size, self.stride, self.ceil_mode)


class LPPool3d(_LPPool):
    """The p-norm of each box of kernel_size. (N, C, D, H, W) or (C, D, H, W) → (…, Dₒ, Hₒ, Wₒ).

    Dₒ = ⌊(D − kernel_size) / stride⌋ + 1, and Hₒ, Wₒ alike.

    Args:
        norm_type: p; 1 is the sum, ∞ the largest |x|.
        kernel_size: the box, one number or one for each dimension.
        stride: from box to box; kernel_size by default.
        ceil_mode: have last boxes that reach out behind, too.

    >>> import autograd, nn
    >>> nn.LPPool3d(3, 4)(autograd.ones(1, 4, 4, 4))
    tensor([[[[4.]]]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Take the norms."""
        return F.lp_pool3d(input, self.norm_type, self.kernel_size, self.stride, self.ceil_mode)
