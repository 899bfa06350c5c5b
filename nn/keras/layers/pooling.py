"""Pools: maxima and means of windows, or of everything."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from nn import functional as F
from nn.keras.floats import channels
from nn.keras.graph import Shape
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

_MAXIMA = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
_MEANS = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}


class _Pool(Layer):
    floats_only = True
    rank: int

    def __init__(
        self,
        pool_size: Any = 2,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        cls = type(self).__name__
        self.pool_size = sizes(cls, "pool_size", pool_size, self.rank)
        self.strides = self.pool_size if strides is None else sizes(cls, "strides", strides, self.rank)
        self.padding = padding_name(cls, padding, False)
        self.data_format = channels(data_format)
        self.__dict__["_first"] = self.data_format == "channels_first"

    def _pooled(self, x: Tensor, added: list[tuple[int, int]]) -> Any:
        raise NotImplementedError

    def call(self, x: Tensor) -> Any:
        """(N, …, C) → (N, …, C)."""
        if not self._first:
            x = channels_first(x)
        added = borders(self.padding, tuple(x.shape[2:]), self.pool_size, self.strides, (1,) * self.rank)
        out = self._pooled(x, added)
        return out if self._first else channels_last(out)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """(N, …, C) → (N, …, C)."""
        ones = (1,) * self.rank
        return windowed(input_shape, self._first, self.padding, self.pool_size, self.strides, ones, None)


class _MaxPool(_Pool):
    def _pooled(self, x: Tensor, added: list[tuple[int, int]]) -> Any:
        if any(n for pair in added for n in pair):
            x = padded(x, added, float("-inf"))
        return _MAXIMA[self.rank](x, self.pool_size, self.strides)


class _MeanPool(_Pool):
    def _pooled(self, x: Tensor, added: list[tuple[int, int]]) -> Any:
        pool = _MEANS[self.rank]
        if not any(n for pair in added for n in pair):
            return pool(x, self.pool_size, self.strides)
        inside = x.new_ones((1, 1, *x.shape[2:]))  # borders do not count
        shares = pool(padded(inside, added), self.pool_size, self.strides)
        return pool(padded(x, added), self.pool_size, self.strides) / shares


class MaxPooling1D(_MaxPool):
    """The maxima of windows: (N, L, C) → (N, L', C).

    Args:
        pool_size: how many steps a window spans.
        strides: how far it moves; pool_size if left out.
        padding: "valid" for none, or "same" for ⌈L / strides⌉ windows.
        data_format: "channels_last" for (N, L, C), or "channels_first".
        name: its name.
        kwargs: see `Layer`.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.MaxPooling1D(2)(autograd.tensor([[[1.0], [3.0], [2.0], [0.0]]]))
    tensor([[[3.],
             [2.]]])
    """

    rank = 1


class MaxPooling2D(_MaxPool):
    """The maxima of windows: (N, H, W, C) → (N, H', W', C). See `MaxPooling1D`.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.MaxPooling2D((2, 2))(autograd.zeros(1, 6, 6, 3)).shape
    autograd.Size([1, 3, 3, 3])
    """

    rank = 2


class MaxPooling3D(_MaxPool):
    """The maxima of windows: (N, D, H, W, C) → (N, D', H', W', C). See `MaxPooling1D`."""

    rank = 3


class AveragePooling1D(_MeanPool):
    """The means of windows: (N, L, C) → (N, L', C). Borders do not count. See `MaxPooling1D`.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.AveragePooling1D(2)(autograd.tensor([[[1.0], [3.0], [2.0], [0.0]]]))
    tensor([[[2.],
             [1.]]])
    """

    rank = 1


class AveragePooling2D(_MeanPool):
    """The means of windows: (N, H, W, C) → (N, H', W', C). See `AveragePooling1D`."""

    rank = 2


class AveragePooling3D(_MeanPool):
    """The means of windows: (N, D, H, W, C) → (N, D', H', W', C). See `AveragePooling1D`."""

    rank = 3


class _Global(Layer):
    floats_only = True
    rank: int

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = channels(data_format)
        self.keepdims = bool(keepdims)
        start = 2 if self.data_format == "channels_first" else 1
        self.__dict__["_axes"] = tuple(range(start, start + self.rank))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """(N, …, C) → (N, C)."""
        if self.keepdims:
            return tuple(1 if axis in self._axes else n for axis, n in enumerate(input_shape))
        return tuple(n for axis, n in enumerate(input_shape) if axis not in self._axes)


class _GlobalMax(_Global):
    def call(self, x: Tensor) -> Any:
        """(N, …, C) → (N, C)."""
        return x.amax(self._axes, keepdim=self.keepdims)


class _GlobalMean(_Global):
    def call(self, x: Tensor) -> Any:
        """(N, …, C) → (N, C)."""
        return x.mean(self._axes, keepdim=self.keepdims)


class GlobalMaxPooling1D(_GlobalMax):
    """The maximum over all steps: (N, L, C) → (N, C).

    Args:
        data_format: "channels_last" for (N, L, C), or "channels_first".
        keepdims: keep the dimensions, of size 1.
        kwargs: see `Layer`.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.GlobalMaxPooling1D()(autograd.tensor([[[1.0], [3.0]]]))
    tensor([[3.]])
    """

    rank = 1


class GlobalMaxPooling2D(_GlobalMax):
    """The maximum over the image: (N, H, W, C) → (N, C). See `GlobalMaxPooling1D`."""

    rank = 2


class GlobalAveragePooling1D(_GlobalMean):
    """The mean over all steps, or over those that a mask lets count: (N, L, C) → (N, C). See `GlobalMaxPooling1D`.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.GlobalAveragePooling1D()(autograd.tensor([[[1.0], [3.0]]]))
    tensor([[2.]])
    """

    rank = 1
    supports_masking = True

    def call(self, x: Tensor, mask: Any = None) -> Any:
        """(N, L, C) → (N, C)."""
        if mask is None:
            return super().call(x)
        weight = mask.to(x.dtype).unsqueeze(-1 if self._axes == (1,) else 1)
        return (x * weight).sum(self._axes, keepdim=self.keepdims) / weight.sum(
            self._axes, keepdim=self.keepdims
        )

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """None: there are no steps any more."""
        return None


class GlobalAveragePooling2D(_GlobalMean):
    """The mean over the image: (N, H, W, C) → (N, C). See `GlobalMaxPooling1D`."""

    rank = 2


MaxPool1D, MaxPool2D, MaxPool3D = MaxPooling1D, MaxPooling2D, MaxPooling3D
AvgPool1D, AvgPool2D, AvgPool3D = AveragePooling1D, AveragePooling2D, AveragePooling3D
GlobalMaxPool1D, GlobalMaxPool2D = GlobalMaxPooling1D, GlobalMaxPooling2D
GlobalAvgPool1D, GlobalAvgPool2D = GlobalAveragePooling1D, GlobalAveragePooling2D
