"""Convolutions of each channel for itself, alone or followed by a mixture of the channels."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from autograd.errors import ArgumentError
from nn.keras.graph import Shape
from nn.keras.layers.convolution import Convolution
from nn.keras.layers.core import positive
from nn.keras.layers.windows import channels_first, windowed
from nn.parameter import Parameter


class _Depthwise(Convolution):
    depth_multiplier: int

    def set_depth(self, depth_multiplier: int) -> None:
        """Check and keep how many channels are made of each.

        Raises:
            ArgumentError: if it is below 1, or the strides differ.
        """
        name = type(self).__name__
        self.depth_multiplier = positive(name, "depth_multiplier", depth_multiplier)
        if len(set(self.strides)) > 1:
            raise ArgumentError(f"{name}: the strides must be the same in all dimensions, got {self.strides}")

    def each(self, x: Tensor, kernel: Any, bias: Any = None) -> Any:
        """x (N, C, …), each channel with its own kernels: (N, C · depth_multiplier, …)."""
        depth = kernel.shape[-2]
        flat = kernel.reshape(*self.kernel_size, 1, depth * self.depth_multiplier)
        return self.convolved(x, flat, bias, depth)

    def grown(self, input_shape: Shape, filters: int) -> Shape:
        """The shape of the result."""
        return windowed(
            input_shape, self._first, self.padding, self.kernel_size, self.strides, self.dilation_rate, filters
        )  # fmt: skip


class _DepthwiseConv(_Depthwise):
    def __init__(
        self,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.set_options(kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias)
        self.set_depth(depth_multiplier)
        self.set_rules("depthwise", depthwise_initializer, depthwise_regularizer, depthwise_constraint)
        self.set_rules("bias", bias_initializer, bias_regularizer, bias_constraint)

    def build(self, input_shape: Shape) -> None:
        """Make the kernel (…, C, depth_multiplier) and the bias."""
        depth = self.depth_of(input_shape)
        self.make_weight("kernel", (*self.kernel_size, depth, self.depth_multiplier), "depthwise")
        if self.use_bias:
            self.make_weight("bias", (depth * self.depth_multiplier,))
        else:
            self.bias = None

    def call(self, x: Tensor) -> Any:
        """(N, …, C) → (N, …, C · depth_multiplier)."""
        return self.finished(self.each(x if self._first else channels_first(x), self.kernel, self.bias))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """(N, …, C) → (N, …, C · depth_multiplier)."""
        return self.grown(input_shape, self.depth_of(input_shape) * self.depth_multiplier)


class DepthwiseConv1D(_DepthwiseConv):
    """Each channel of sequences convolved for itself: (N, L, C) → (N, L', C · depth_multiplier).

    Args:
        depth_multiplier: how many channels are made of each.
        depthwise_initializer, depthwise_regularizer, depthwise_constraint: of the kernel. For the others see `Conv1D`.

    Attributes:
        kernel: (kernel_size, C, depth_multiplier).
        bias: (C · depth_multiplier,), or None.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.DepthwiseConv1D(3, depth_multiplier=2)(autograd.zeros(2, 10, 3)).shape
    autograd.Size([2, 8, 6])
    """

    rank = 1


class DepthwiseConv2D(_DepthwiseConv):
    """Each channel of images convolved for itself: (N, H, W, C) → (N, H', W', C · depth_multiplier).

    See `DepthwiseConv1D`.
    """

    rank = 2


class _SeparableConv(_Depthwise):
    depthwise_kernel: Parameter
    pointwise_kernel: Parameter

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.set_options(kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias)
        self.set_depth(depth_multiplier)
        self.filters = positive(type(self).__name__, "filters", filters)
        self.set_rules("depthwise", depthwise_initializer, depthwise_regularizer, depthwise_constraint)
        self.set_rules("pointwise", pointwise_initializer, pointwise_regularizer, pointwise_constraint)
        self.set_rules("bias", bias_initializer, bias_regularizer, bias_constraint)

    def build(self, input_shape: Shape) -> None:
        """Make the kernels (…, C, depth_multiplier) and (1, …, C · depth_multiplier, filters), and the bias."""
        depth = self.depth_of(input_shape)
        self.make_weight("depthwise_kernel", (*self.kernel_size, depth, self.depth_multiplier), "depthwise")
        point = (*(1,) * self.rank, depth * self.depth_multiplier, self.filters)
        self.make_weight("pointwise_kernel", point, "pointwise")
        if self.use_bias:
            self.make_weight("bias", (self.filters,))
        else:
            self.bias = None

    def call(self, x: Tensor) -> Any:
        """(N, …, C) → (N, …, filters)."""
        each = self.each(x if self._first else channels_first(x), self.depthwise_kernel)
        mixed = each.movedim(1, -1) @ self.pointwise_kernel.reshape(-1, self.filters)
        if self.bias is not None:
            mixed = mixed + self.bias
        return self.finished(mixed.movedim(-1, 1))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """(N, …, C) → (N, …, filters)."""
        return self.grown(input_shape, self.filters)


class SeparableConv1D(_SeparableConv):
    """Each channel of sequences convolved for itself, then all mixed: (N, L, C) → (N, L', filters).

    Far fewer weights than a `Conv1D` has (Chollet, "Xception", 2017).

    Args:
        filters: how many channels it returns.
        depth_multiplier: how many channels are made of each before they are mixed.
        depthwise_initializer, pointwise_initializer and so on: of the two kernels. For the others see `Conv1D`.

    Attributes:
        depthwise_kernel: (kernel_size, C, depth_multiplier).
        pointwise_kernel: (1, C · depth_multiplier, filters).
        bias: (filters,), or None.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.SeparableConv1D(4, 3)(autograd.zeros(2, 10, 3)).shape
    autograd.Size([2, 8, 4])
    """

    rank = 1


class SeparableConv2D(_SeparableConv):
    """Each channel of images convolved for itself, then all mixed: (N, H, W, C) → (N, H', W', filters).

    See `SeparableConv1D`.
    """

    rank = 2


SeparableConvolution1D, SeparableConvolution2D = SeparableConv1D, SeparableConv2D
