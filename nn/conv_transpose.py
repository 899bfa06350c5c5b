"""Transposed convolution layers: from few places to many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd import Tensor
from autograd.errors import ArgumentError
from nn import functional as F
from nn.conv import ConvNd
from nn.functional.sizes import Sizes, repeated


class _ConvTranspose(ConvNd):
    """A transposed convolution of `dims` spatial dimensions."""

    dims: int
    padding: tuple[int, ...]

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Sizes, stride: Sizes = 1, padding: Sizes = 0,
        output_padding: Sizes = 0, groups: int = 1, bias: bool = True, dilation: Sizes = 1,
        padding_mode: str = "zeros", device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        if padding_mode != "zeros":
            raise ArgumentError(
                f'{type(self).__name__}: only "zeros" padding mode is supported, got {padding_mode!r}'
            )
        n = self.dims
        super().__init__(
            in_channels, out_channels, repeated(kernel_size, n), repeated(stride, n), repeated(padding, n),
            repeated(dilation, n), True, repeated(output_padding, n), groups, bias, padding_mode, device, dtype,
        )  # fmt: skip

    def output_padding_for(self, input: Tensor, output_size: Sequence[int] | None) -> tuple[int, ...]:
        """Return the output_padding that makes the result as large as is wanted.

        Raises:
            ArgumentError: if no output_padding does.
        """
        if output_size is None:
            return self.output_padding
        layer, dims = type(self).__name__, self.dims
        lead = len(input.shape) - dims
        wanted = tuple(output_size)
        if len(wanted) == lead + dims:
            wanted = wanted[lead:]
        if len(wanted) != dims:
            raise ArgumentError(
                f"{layer}: output_size must have {dims} or {lead + dims} numbers, got {tuple(output_size)}"
            )
        least = [
            (n - 1) * s - 2 * p + d * (k - 1) + 1
            for n, s, p, d, k in zip(
                input.shape[lead:], self.stride, self.padding, self.dilation, self.kernel_size, strict=True
            )
        ]
        most = [m + s - 1 for m, s in zip(least, self.stride, strict=True)]
        if any(not a <= n <= b for n, a, b in zip(wanted, least, most, strict=True)):
            raise ArgumentError(
                f"{layer}: output_size {wanted} must lie between {least} and {most} for an input of shape "
                f"{tuple(input.shape)}"
            )
        return tuple(n - a for n, a in zip(wanted, least, strict=True))


class ConvTranspose1d(_ConvTranspose):
    """Transposed convolution of sequences: (N, C, L) or (C, L) → (N, O, L'); see `functional.conv_transpose1d`.

    y[n, o, p · stride + t · dilation - padding] = bias[o] + Σ_{c, t} weight[c, o, t] · x[n, c, p]

    L' = (L - 1) stride - 2 padding + dilation (kernel_size - 1) + output_padding + 1; in more dimensions each size goes
    alike.

    Args:
        in_channels, out_channels: C and O.
        kernel_size: how many taps the kernel has; a number, or one for each dimension.
        stride, dilation: of the convolution of which this is the transpose.
        padding: how many elements are cut off at each end.
        output_padding: how many are added behind.
        groups: into how many parts the channels are divided.
        bias: whether there is one.
        padding_mode: "zeros".
        device: "cpu".
        dtype: of the parameters; the default dtype if left out.

    Raises:
        ArgumentError: if channels cannot be divided by groups, or for another padding_mode.

    >>> import autograd, nn
    >>> nn.ConvTranspose1d(2, 4, 3, stride=2)(autograd.zeros(5, 2, 8)).shape
    autograd.Size([5, 4, 17])
    """

    dims = 1

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """Return the transposed convolution; output_size chooses among the sizes that the stride leaves open."""
        extra = self.output_padding_for(input, output_size)
        return F.conv_transpose1d(
            input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )


class ConvTranspose2d(_ConvTranspose):
    """Transposed convolution of images: (N, C, H, W) or (C, H, W) → (N, O, H', W'); see `functional.conv_transpose2d`.

    y[n, o, p · stride + t · dilation - padding, …] = bias[o] + Σ_{c, t, u} weight[c, o, t, u] · x[n, c, p, q]

    Its arguments are those of `ConvTranspose1d`; (Zeiler et al., 2010).

    >>> import autograd, nn
    >>> layer = nn.ConvTranspose2d(8, 3, 3, stride=2, padding=1)
    >>> layer(autograd.zeros(5, 8, 16, 16)).shape
    autograd.Size([5, 3, 31, 31])
    >>> layer(autograd.zeros(5, 8, 16, 16), output_size=(32, 32)).shape
    autograd.Size([5, 3, 32, 32])
    """

    dims = 2

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """Return the transposed convolution; output_size chooses among the sizes that the stride leaves open."""
        extra = self.output_padding_for(input, output_size)
        return F.conv_transpose2d(
            input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )


class ConvTranspose3d(_ConvTranspose):
    """Transposed convolution of volumes: (N, C, D, H, W) or (C, D, H, W) → (N, O, D', H', W').

    y[n, o, p · stride + t · dilation - padding, …, …] = bias[o] + Σ weight[c, o, t, u, v] · x[n, c, p, q, r]

    Its arguments are those of `ConvTranspose1d`; see `functional.conv_transpose3d`.

    >>> import autograd, nn
    >>> nn.ConvTranspose3d(1, 2, 2, stride=2)(autograd.zeros(5, 1, 4, 4, 4)).shape
    autograd.Size([5, 2, 8, 8, 8])
    """

    dims = 3

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """Return the transposed convolution; output_size chooses among the sizes that the stride leaves open."""
        extra = self.output_padding_for(input, output_size)
        return F.conv_transpose3d(
            input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )
