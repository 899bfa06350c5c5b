"""Convolution layers that learn the number of their input's channels from the first input."""

from __future__ import annotations

from typing import Any

from autograd import Tensor, no_grad
from autograd.errors import ShapeError
from nn.conv import Conv1d, Conv2d, Conv3d, ConvNd, _Conv, check_groups
from nn.conv_transpose import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, _ConvTranspose
from nn.functional.sizes import Sizes
from nn.lazy import LazyModuleMixin
from nn.parameter import UninitializedParameter


class _LazyConvNd(LazyModuleMixin, ConvNd):
    """What lazy convolutions share: the number of channels, and with it the weights, come from the first input."""

    def leave_open(self, out_channels: int, bias: bool, device: Any, dtype: Any) -> None:
        """Take the parameters back, until the number of channels is known."""
        options = {"device": device, "dtype": dtype}
        self.weight = UninitializedParameter(**options)
        self.out_channels = out_channels
        if bias:
            self.bias = UninitializedParameter(**options)

    def reset_parameters(self) -> None:
        """Draw new weights, if there are any yet."""
        if not self.has_uninitialized_params() and self.in_channels:
            super().reset_parameters()

    def initialize_parameters(self, input: Tensor, *args: Any, **kwargs: Any) -> None:
        """Make weights for an input of as many channels as this one has.

        Raises:
            ShapeError: if the input has no channels.
            ArgumentError: if channels cannot be divided by groups.
        """
        if not self.has_uninitialized_params():
            return
        dims, shape = len(self.kernel_size), tuple(input.shape)
        if len(shape) not in (dims + 1, dims + 2):
            raise ShapeError(
                f"{type(self).__name__}: the input must have {dims + 1} dimensions (C, …), or {dims + 2} with a batch "
                f"(N, C, …), got shape {shape}"
            )
        channels = shape[-dims - 1]
        check_groups(type(self).__name__, self.groups, in_channels=channels, out_channels=self.out_channels)
        self.in_channels = channels
        with no_grad():
            for parameter, sizes in ((self.weight, self.weight_shape()), (self.bias, (self.out_channels,))):
                if isinstance(parameter, UninitializedParameter):
                    parameter.materialize(sizes)
            self.reset_parameters()


class _LazyConv(_LazyConvNd, _Conv):
    """The constructor of lazy convolutions."""

    def __init__(
        self, out_channels: int, kernel_size: Sizes, stride: Sizes = 1, padding: Sizes | str = 0,
        dilation: Sizes = 1, groups: int = 1, bias: bool = True, padding_mode: str = "zeros",
        device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(
            0, 0, kernel_size, stride, padding, dilation, groups, False, padding_mode, device, dtype
        )
        self.leave_open(out_channels, bias, device, dtype)


class _LazyConvTranspose(_LazyConvNd, _ConvTranspose):
    """The constructor of lazy transposed convolutions."""

    def __init__(
        self, out_channels: int, kernel_size: Sizes, stride: Sizes = 1, padding: Sizes = 0,
        output_padding: Sizes = 0, groups: int = 1, bias: bool = True, dilation: Sizes = 1,
        padding_mode: str = "zeros", device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(
            0, 0, kernel_size, stride, padding, output_padding, groups, False, dilation, padding_mode, device,
            dtype,
        )  # fmt: skip
        self.leave_open(out_channels, bias, device, dtype)


class LazyConv1d(_LazyConv, Conv1d):
    """`Conv1d` for an input of as many channels as the first one has.

    >>> import autograd, nn
    >>> layer = nn.LazyConv1d(4, 3)
    >>> layer(autograd.zeros(1, 2, 5)).shape, layer
    (autograd.Size([1, 4, 3]), Conv1d(2, 4, kernel_size=(3,), stride=(1,)))
    """

    cls_to_become: type[Any] | None = Conv1d


class LazyConv2d(_LazyConv, Conv2d):
    """`Conv2d` for an input of as many channels as the first one has.

    >>> import autograd, nn
    >>> layer = nn.LazyConv2d(4, 3)
    >>> layer(autograd.zeros(1, 2, 5, 5)).shape, layer
    (autograd.Size([1, 4, 3, 3]), Conv2d(2, 4, kernel_size=(3, 3), stride=(1, 1)))
    """

    cls_to_become: type[Any] | None = Conv2d


class LazyConv3d(_LazyConv, Conv3d):
    """`Conv3d` for an input of as many channels as the first one has.

    >>> import autograd, nn
    >>> layer = nn.LazyConv3d(4, 3)
    >>> layer(autograd.zeros(1, 2, 5, 5, 5)).shape, layer
    (autograd.Size([1, 4, 3, 3, 3]), Conv3d(2, 4, kernel_size=(3, 3, 3), stride=(1, 1, 1)))
    """

    cls_to_become: type[Any] | None = Conv3d


class LazyConvTranspose1d(_LazyConvTranspose, ConvTranspose1d):
    """`ConvTranspose1d` for an input of as many channels as the first one has.

    >>> import autograd, nn
    >>> layer = nn.LazyConvTranspose1d(4, 3)
    >>> layer(autograd.zeros(1, 2, 5)).shape, layer
    (autograd.Size([1, 4, 7]), ConvTranspose1d(2, 4, kernel_size=(3,), stride=(1,)))
    """

    cls_to_become: type[Any] | None = ConvTranspose1d


class LazyConvTranspose2d(_LazyConvTranspose, ConvTranspose2d):
    """`ConvTranspose2d` for an input of as many channels as the first one has.

    >>> import autograd, nn
    >>> layer = nn.LazyConvTranspose2d(4, 3)
    >>> layer(autograd.zeros(1, 2, 5, 5)).shape, layer
    (autograd.Size([1, 4, 7, 7]), ConvTranspose2d(2, 4, kernel_size=(3, 3), stride=(1, 1)))
    """

    cls_to_become: type[Any] | None = ConvTranspose2d


class LazyConvTranspose3d(_LazyConvTranspose, ConvTranspose3d):
    """`ConvTranspose3d` for an input of as many channels as the first one has.

    >>> import autograd, nn
    >>> layer = nn.LazyConvTranspose3d(4, 3)
    >>> layer(autograd.zeros(1, 2, 5, 5, 5)).shape, layer
    (autograd.Size([1, 4, 7, 7, 7]), ConvTranspose3d(2, 4, kernel_size=(3, 3, 3), stride=(1, 1, 1)))
    """

    cls_to_become: type[Any] | None = ConvTranspose3d
