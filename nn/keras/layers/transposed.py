"""Transposed convolutions, which make images and sequences larger, as decoders and generators need."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from nn import functional as F
from nn.keras.graph import Shape
from nn.keras.layers.convolution import Convolution
from nn.keras.layers.core import positive
from nn.keras.layers.windows import channels_first, sizes

_CONVOLUTIONS = {1: F.conv_transpose1d, 2: F.conv_transpose2d}


def grown(padding: str, size: int, span: int, stride: int, extra: int | None) -> tuple[int, int]:
    """Where a dimension of the result begins in the whole transposed convolution, and how long it is.

    span:  of the kernel, with the gaps of a dilation
    extra:  `output_padding`

    >>> grown("same", 4, 3, 2, None), grown("valid", 4, 3, 2, None), grown("valid", 4, 2, 3, None)
    ((0, 8), (0, 9), (0, 12))
    """
    if padding == "valid":
        return 0, (size - 1) * stride + span + (max(stride - span, 0) if extra is None else extra)
    odd = span % 2
    extra = stride - odd if extra is None else extra
    start = 0 if stride >= span else max((span - odd - extra) // 2, 0)
    return start, (size - 1) * stride + odd + extra


class _Transposed(Convolution):
    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        output_padding: Any = None,
        data_format: str | None = None,
        dilation_rate: Any = 1,
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
        self.filters = positive(name, "filters", filters)
        self.output_padding = (
            None if output_padding is None else sizes(name, "output_padding", output_padding, self.rank, 0)
        )
        self.set_rules("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.set_rules("bias", bias_initializer, bias_regularizer, bias_constraint)

    def build(self, input_shape: Shape) -> None:
        """Make the kernel (…, filters, in) and the bias."""
        self.make_weight("kernel", (*self.kernel_size, self.filters, self.depth_of(input_shape)))
        if self.use_bias:
            self.make_weight("bias", (self.filters,))
        else:
            self.bias = None

    def _places(self, inner: Any) -> list[tuple[int, int]]:
        extra = (None,) * self.rank if self.output_padding is None else self.output_padding
        spans = [d * (k - 1) + 1 for k, d in zip(self.kernel_size, self.dilation_rate, strict=True)]
        return [grown(self.padding, *each) for each in zip(inner, spans, self.strides, extra, strict=True)]

    def call(self, x: Tensor) -> Any:
        """(N, …, C) → (N, …, filters)."""
        if not self._first:
            x = channels_first(x)
        weight = self.kernel.permute(self.rank + 1, self.rank, *range(self.rank))
        places = self._places(x.shape[2:])
        y: Any = _CONVOLUTIONS[self.rank](x, weight, stride=self.strides, dilation=self.dilation_rate)
        lacking = [max(start + n - size, 0) for (start, n), size in zip(places, y.shape[2:], strict=True)]
        if any(lacking):
            y = F.pad(y, [n for short in reversed(lacking) for n in (0, short)])
        y = y[(slice(None), slice(None), *(slice(start, start + n) for start, n in places))]
        if self.bias is not None:
            y = y + self.bias.reshape(-1, *(1,) * self.rank)
        return self.finished(y)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """(N, …, C) → (N, …, filters)."""
        inner = input_shape[2:] if self._first else input_shape[1:-1]
        made = [
            None if size is None else place[1]
            for size, place in zip(inner, self._places([n or 1 for n in inner]), strict=True)
        ]
        return (input_shape[0], self.filters, *made) if self._first else (input_shape[0], *made, self.filters)


class Conv1DTranspose(_Transposed):
    """A transposed convolution over sequences: (N, L, C) → (N, L', filters). See `Conv1D` for what is not here.

    L' = L · strides with padding="same", (L - 1) strides + max(kernel_size, strides) with "valid". Where "same" leaves
    an odd number of steps out, one more is left out at the end.

    Args:
        output_padding: how much longer the result is than it has to be; made of `strides` if left out.

    Attributes:
        kernel: (kernel_size, filters, C).
        bias: (filters,), or None.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.Conv1DTranspose(4, 3, strides=2, padding="same")(autograd.zeros(2, 10, 3)).shape
    autograd.Size([2, 20, 4])
    """

    rank = 1


class Conv2DTranspose(_Transposed):
    """A transposed convolution over images: (N, H, W, C) → (N, H', W', filters). See `Conv1DTranspose`.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.Conv2DTranspose(1, 3, strides=2, padding="same")(autograd.zeros(2, 7, 7, 8)).shape
    autograd.Size([2, 14, 14, 1])
    """

    rank = 2


Convolution1DTranspose, Convolution2DTranspose = Conv1DTranspose, Conv2DTranspose
