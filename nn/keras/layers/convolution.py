"""Convolutions, over images (N, H, W, C) or sequences (N, L, C), or with the channels first."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentError, ShapeError
from nn import functional as F
from nn.keras import activations
from nn.keras.floats import channels
from nn.keras.graph import Shape
from nn.keras.layers.core import positive
from nn.keras.layers.layer import Layer
from nn.keras.layers.windows import (
    borders,
    channels_first,
    channels_last,
    padded,
    padding_name,
    sizes,
    windowed,
)
from nn.parameter import Parameter

_CONVOLUTIONS = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}


class Convolution(Layer):
    """What the convolutions share: options, and where the channels are."""

    floats_only = True
    rank: int
    causal: bool = False
    kernel: Parameter
    bias: Parameter | None

    def set_options(
        self, kernel_size: Any, strides: Any, padding: Any, data_format: Any, dilation_rate: Any, activation: Any,
        use_bias: bool,
    ) -> None:  # fmt: skip
        """Check and keep what all convolutions have.

        Raises:
            ArgumentError: if one is out of its range.
        """
        name = type(self).__name__
        self.kernel_size = sizes(name, "kernel_size", kernel_size, self.rank)
        self.strides = sizes(name, "strides", strides, self.rank)
        self.dilation_rate = sizes(name, "dilation_rate", dilation_rate, self.rank)
        self.padding = padding_name(name, padding, self.causal)
        self.data_format = channels(data_format)
        self.activation = activations.get(activation)
        self.use_bias = bool(use_bias)
        self.__dict__["_elementwise"] = self.activation in activations.ELEMENTWISE
        self.__dict__["_first"] = self.data_format == "channels_first"
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ArgumentError(
                f"{name}: strides and dilation_rate cannot both be above 1, got {self.strides} and {self.dilation_rate}"
            )

    def depth_of(self, shape: Shape) -> int:
        """How many channels an input has.

        Raises:
            ShapeError: if it has another number of dimensions, or the channels are not known.
        """
        depth = None if len(shape) != self.rank + 2 else shape[1 if self._first else -1]
        if depth is None:
            inner = ", ".join(["length"] if self.rank == 1 else ["height", "width", "depth"][: self.rank])
            wanted = f"(N, channels, {inner})" if self._first else f"(N, {inner}, channels)"
            hint = "; add the channels with Reshape or x[..., None]" if len(shape) == self.rank + 1 else ""
            raise ShapeError(
                f"{type(self).__name__} {self.name!r}: needs inputs {wanted} with a known number of channels, got "
                f"shape {tuple(shape)}{hint}"
            )
        return depth

    def relaid(self, kernel: Parameter) -> None:
        """Let a kernel (…, in, out) lie in memory as (out, in, …), as convolutions read it."""
        order = (self.rank + 1, self.rank, *range(self.rank))
        back = (*range(2, self.rank + 2), 1, 0)
        kernel.array = np.ascontiguousarray(kernel.array.transpose(order)).transpose(back)

    def convolved(self, x: Tensor, kernel: Any, bias: Any, groups: int) -> Any:
        """x (N, C, …) with a kernel (…, in, out), with the layer's strides and borders."""
        added = borders(self.padding, tuple(x.shape[2:]), self.kernel_size, self.strides, self.dilation_rate)
        weight = kernel.permute(self.rank + 1, self.rank, *range(self.rank))
        if any(before != behind for before, behind in added):
            x, added = padded(x, added), [(0, 0)] * self.rank
        convolution = _CONVOLUTIONS[self.rank]
        return convolution(
            x, weight, bias, self.strides, tuple(n for n, _ in added), self.dilation_rate, groups
        )

    def finished(self, x: Any) -> Any:
        """The activation of what was computed with the channels first, with them where they belong."""
        if not self._elementwise:
            return self.activation(x if self._first else channels_last(x))
        if self.activation is not activations.linear:
            x = self.activation(x)
        return x if self._first else channels_last(x)


class _Conv(Convolution):
    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.set_options(kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias)
        name = type(self).__name__
        self.filters, self.groups = positive(name, "filters", filters), positive(name, "groups", groups)
        if self.filters % self.groups:
            raise ArgumentError(f"{name}: groups={groups} must divide filters={filters}")
        self.set_rules("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.set_rules("bias", bias_initializer, bias_regularizer, bias_constraint)

    def build(self, input_shape: Shape) -> None:
        """Make the kernel (…, in / groups, filters) and the bias."""
        depth = self.depth_of(input_shape)
        if depth % self.groups:
            raise ShapeError(
                f"{type(self).__name__} {self.name!r}: groups={self.groups} must divide its input's "
                f"{depth} channels"
            )
        self.relaid(self.make_weight("kernel", (*self.kernel_size, depth // self.groups, self.filters)))
        if self.use_bias:
            self.make_weight("bias", (self.filters,))
        else:
            self.bias = None

    def call(self, x: Tensor) -> Any:
        """(N, …, C) → (N, …, filters)."""
        if not self._first:
            x = channels_first(x)
        return self.finished(self.convolved(x, self.kernel, self.bias, self.groups))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """(N, …, C) → (N, …, filters)."""
        return windowed(
            input_shape,
            self._first,
            self.padding,
            self.kernel_size,
            self.strides,
            self.dilation_rate,
            self.filters,
        )


class Conv1D(_Conv):
    """A convolution over sequences: (N, L, C) → (N, L', filters).

    Args:
        filters: how many channels it returns.
        kernel_size: how many steps the kernel spans.
        strides: how far the kernel moves.
        padding: "valid" for none, "same" for ⌈L / strides⌉ steps, "causal" for a border before the first step only.
        data_format: "channels_last" for (N, L, C), or "channels_first".
        dilation_rate: the distance between the kernel's taps.
        groups: into how many parts the channels are split, each convolved for itself.
        activation: a name or a function.
        use_bias: whether there is a bias.
        kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, activity_regularizer,
        kernel_constraint, bias_constraint: see `Dense`.
        kwargs: see `Layer`.

    Attributes:
        kernel: (kernel_size, C / groups, filters).
        bias: (filters,), or None.

    Raises:
        ArgumentError: if an argument is out of its range.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.Conv1D(4, 3, padding="causal")(autograd.zeros(2, 10, 3)).shape
    autograd.Size([2, 10, 4])
    """

    rank = 1
    causal = True


class Conv2D(_Conv):
    """A convolution over images: (N, H, W, C) → (N, H', W', filters). See `Conv1D`.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.Conv2D(4, (3, 3), activation="relu")(autograd.zeros(2, 28, 28, 1)).shape
    autograd.Size([2, 26, 26, 4])
    """

    rank = 2


class Conv3D(_Conv):
    """A convolution over volumes: (N, D, H, W, C) → (N, D', H', W', filters). See `Conv1D`."""

    rank = 3


Convolution1D, Convolution2D, Convolution3D = Conv1D, Conv2D, Conv3D
