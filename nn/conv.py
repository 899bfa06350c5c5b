"""Convolution layers, and what they share with the transposed ones."""

from __future__ import annotations

import math
from typing import Any

from autograd import Tensor
from autograd.errors import ArgumentError
from nn import functional as F
from nn import init
from nn.functional.conv import same_padding
from nn.functional.given import whole
from nn.functional.sizes import Sizes, repeated
from nn.linear import empty_parameter
from nn.module import Module
from nn.parameter import Parameter

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class ConvNd(Module):
    """What all convolution layers have: parameters, how they start, and how they present themselves.

    Weights and biases start uniform in ±1/√(channels · taps that an output sees).

    Attributes:
        weight: of shape (out_channels, in_channels / groups, …taps); with the first two exchanged if transposed.
        bias: of shape (out_channels,), or None.
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: tuple[int, ...], stride: tuple[int, ...],
        padding: tuple[int, ...] | str, dilation: tuple[int, ...], transposed: bool,
        output_padding: tuple[int, ...], groups: int, bias: bool, padding_mode: str, device: Any, dtype: Any,
    ) -> None:  # fmt: skip
        super().__init__()
        _check(type(self).__name__, in_channels, out_channels, stride, padding, groups, padding_mode)
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.transposed = transposed
        self.output_padding = output_padding
        self.groups = groups
        self.padding_mode = padding_mode
        self.weight = empty_parameter(type(self).__name__, self.weight_shape(), device, dtype)
        self.register_parameter(
            "bias", empty_parameter(type(self).__name__, (out_channels,), device, dtype) if bias else None
        )
        self.reset_parameters()

    def weight_shape(self) -> tuple[int, ...]:
        """Return the shape that the weight has."""
        channels = (self.out_channels, self.in_channels)
        first, second = reversed(channels) if self.transposed else channels
        return first, second // self.groups, *self.kernel_size

    def reset_parameters(self) -> None:
        """Draw new weights."""
        fan_in = math.prod(self.weight.shape[1:])
        if not fan_in or not self.weight.shape[0]:
            return  # nothing to draw
        bound = 1 / math.sqrt(fan_in)
        init.uniform_(self.weight, -bound, bound)  # kaiming_uniform_ with a = √5 is the same
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound)

    def surrounded(self, input: Tensor) -> tuple[Tensor, Any]:
        """Return the input, padded if it is not to be with zeros, and the padding that is left to the convolution."""
        if self.padding_mode == "zeros":
            return input, self.padding
        if self.padding == "same":
            pads = same_padding(self.kernel_size, self.dilation)
        else:
            none = (0,) * len(self.kernel_size)
            pads = [(p, p) for p in (none if isinstance(self.padding, str) else self.padding)]
        widths = [n for pair in reversed(pads) for n in pair]  # the last dimension first
        return F.pad(input, widths, self.padding_mode), 0

    def extra_repr(self) -> str:
        """Its sizes, and what is not the default."""
        text = (
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        )
        if self.padding != (0,) * len(self.padding):
            text += f", padding={self.padding}"
        if self.dilation != (1,) * len(self.dilation):
            text += f", dilation={self.dilation}"
        if self.output_padding != (0,) * len(self.output_padding):
            text += f", output_padding={self.output_padding}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        if self.padding_mode != "zeros":
            text += f", padding_mode={self.padding_mode}"
        return text


def check_groups(layer: str, groups: int, **channels: int) -> None:
    """Raise unless the channels can be divided into the groups.

    Raises:
        ArgumentError: naming those that cannot.
    """
    for name, count in channels.items():
        if count % groups:
            raise ArgumentError(f"{layer}: {name} must be divisible by groups, got {count} and {groups}")


def _check(
    layer: str, inputs: int, outputs: int, stride: tuple[int, ...], padding: Any, groups: int, mode: str
) -> None:
    """Raise for arguments that mean nothing.

    Raises:
        ArgumentError: for these.
    """
    whole(layer, in_channels=inputs, out_channels=outputs, groups=groups)
    if groups < 1:
        raise ArgumentError(f"{layer}: groups must be a positive integer, got {groups}")
    check_groups(layer, groups, in_channels=inputs, out_channels=outputs)
    if isinstance(padding, str) and padding not in ("same", "valid"):
        raise ArgumentError(f"{layer}: padding is 'same', 'valid' or numbers, got {padding!r}")
    if padding == "same" and any(s != 1 for s in stride):
        raise ArgumentError(
            f"{layer}: padding='same' is not supported for strided convolutions, got {stride}"
        )
    if mode not in PADDING_MODES:
        raise ArgumentError(f"{layer}: padding_mode must be one of {PADDING_MODES}, got {mode!r}")


class _Conv(ConvNd):
    """A convolution of `dims` spatial dimensions."""

    dims: int

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Sizes, stride: Sizes = 1,
        padding: Sizes | str = 0, dilation: Sizes = 1, groups: int = 1, bias: bool = True,
        padding_mode: str = "zeros", device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        n = self.dims
        super().__init__(
            in_channels, out_channels, repeated(kernel_size, n), repeated(stride, n),
            padding if isinstance(padding, str) else repeated(padding, n), repeated(dilation, n), False, (0,) * n,
            groups, bias, padding_mode, device, dtype,
        )  # fmt: skip


class Conv1d(_Conv):
    """Convolution of sequences: (N, C, L) or (C, L) → (N, O, L'); see `functional.conv1d`.

    y[n, o, p] = bias[o] + Σ_{c, t} weight[o, c, t] · x[n, c, p · stride + t · dilation - padding]

    L' = ⌊(L + 2 padding - dilation (kernel_size - 1) - 1) / stride⌋ + 1; in more dimensions each size goes alike.

    Args:
        in_channels, out_channels: C and O.
        kernel_size: how many taps the kernel has; a number, or one for each dimension.
        stride, dilation: steps between outputs, and between taps.
        padding: how much is added around the input; "valid" for nothing, "same" for what keeps the size.
        groups: into how many parts the channels are divided, each convolved by itself.
        bias: whether there is one.
        padding_mode: what is added: "zeros", "reflect", "replicate" or "circular".
        device: "cpu".
        dtype: of the parameters; the default dtype if left out.

    Raises:
        ArgumentError: if channels cannot be divided by groups, or for a padding or padding_mode that there is not.

    >>> import autograd, nn
    >>> nn.Conv1d(2, 4, 3, padding=1)(autograd.zeros(5, 2, 8)).shape
    autograd.Size([5, 4, 8])
    """

    dims = 1

    def forward(self, input: Tensor) -> Tensor:
        """Return the convolution."""
        x, padding = self.surrounded(input)
        return F.conv1d(x, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


class Conv2d(_Conv):
    """Convolution of images: (N, C, H, W) or (C, H, W) → (N, O, H', W'); see `functional.conv2d`.

    y[n, o, p, q] = bias[o] + Σ_{c, t, u} weight[o, c, t, u] · x[n, c, p · stride + t · dilation - padding, …]

    Its arguments are those of `Conv1d`; (LeCun et al., 1989).

    >>> import autograd, nn
    >>> layer = nn.Conv2d(3, 8, 3, stride=2, padding=1)
    >>> layer(autograd.zeros(5, 3, 32, 32)).shape
    autograd.Size([5, 8, 16, 16])
    >>> layer
    Conv2d(3, 8, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))
    """

    dims = 2

    def forward(self, input: Tensor) -> Tensor:
        """Return the convolution."""
        x, padding = self.surrounded(input)
        return F.conv2d(x, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


class Conv3d(_Conv):
    """Convolution of volumes: (N, C, D, H, W) or (C, D, H, W) → (N, O, D', H', W'); see `functional.conv3d`.

    y[n, o, p, q, r] = bias[o] + Σ weight[o, c, t, u, v] · x[n, c, p · stride + t · dilation - padding, …, …]

    Its arguments are those of `Conv1d`.

    >>> import autograd, nn
    >>> nn.Conv3d(1, 2, (1, 3, 3))(autograd.zeros(5, 1, 4, 8, 8)).shape
    autograd.Size([5, 2, 4, 6, 6])
    """

    dims = 3

    def forward(self, input: Tensor) -> Tensor:
        """Return the convolution."""
        x, padding = self.surrounded(input)
        return F.conv3d(x, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)
