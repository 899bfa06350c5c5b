"""Layers that only move numbers: shapes, orders, repeats, borders and sizes of images."""

from __future__ import annotations

import math
from typing import Any

from autograd import Tensor
from autograd.errors import ArgumentError, ShapeError
from nn import functional as F
from nn.keras.floats import channels
from nn.keras.graph import Shape
from nn.keras.layers.core import positive
from nn.keras.layers.layer import Layer
from nn.keras.layers.windows import channels_first, channels_last, padded, sizes


class Flatten(Layer):
    """Everything but the batch in one dimension: (N, …) → (N, size).

    Args:
        data_format: "channels_last", or "channels_first": then the channels are moved to the end first.
        kwargs: see `Layer`.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.Flatten()(autograd.zeros(2, 3, 4)).shape
    autograd.Size([2, 12])
    """

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = channels(data_format)

    def call(self, x: Tensor) -> Any:
        """(N, …) → (N, size)."""
        if self.data_format == "channels_first" and x.ndim > 2:
            x = channels_last(x)
        return x.reshape(len(x), -1) if len(x) else x.reshape(0, math.prod(x.shape[1:]))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """(N, …) → (N, size)."""
        inner = input_shape[1:]
        known = [n for n in inner if n is not None]
        return input_shape[0], math.prod(known) if len(known) == len(inner) else None


class Reshape(Layer):
    """Another shape behind the batch: (N, …) → (N, *target_shape).

    Args:
        target_shape: without the batch; one size may be −1, for what is left.
        kwargs: see `Layer`.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.Reshape((-1, 2))(autograd.zeros(3, 8)).shape
    autograd.Size([3, 4, 2])
    """

    def __init__(self, target_shape: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        many = target_shape if isinstance(target_shape, (list, tuple)) else (target_shape,)
        self.target_shape = tuple(int(n) for n in many)

    def call(self, x: Tensor) -> Any:
        """(N, …) → (N, *target_shape)."""
        return x.reshape(len(x), *self._sizes(tuple(x.shape)))

    def _sizes(self, shape: Shape) -> Shape:
        inner = shape[1:]
        if None in inner:
            return tuple(None if n == -1 else n for n in self.target_shape)
        size = math.prod(n for n in inner if n is not None)
        known = math.prod(n for n in self.target_shape if n != -1)
        if -1 in self.target_shape and known and size % known == 0:
            return tuple(size // known if n == -1 else n for n in self.target_shape)
        if known != size:
            raise ShapeError(
                f"Reshape {self.name!r}: {size} numbers of an example of shape {inner} do not fit into "
                f"{self.target_shape}"
            )
        return self.target_shape

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """(N, …) → (N, *target_shape)."""
        return (input_shape[0], *self._sizes(input_shape))


class Permute(Layer):
    """The dimensions behind the batch in another order.

    Args:
        dims: which dimension comes where, counted from 1.
        kwargs: see `Layer`.

    Raises:
        ArgumentError: if they are not the numbers from 1.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.Permute((2, 1))(autograd.zeros(5, 3, 4)).shape
    autograd.Size([5, 4, 3])
    """

    def __init__(self, dims: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ArgumentError(f"Permute: dims holds each of 1 … {len(self.dims)} once, got {self.dims}")

    def call(self, x: Tensor) -> Any:
        """The dimensions in the other order."""
        return x.permute(0, *self.dims)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The sizes in the other order."""
        return (input_shape[0], *(input_shape[n] for n in self.dims))


class RepeatVector(Layer):
    """Each vector n times: (N, C) → (N, n, C).

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.RepeatVector(3)(autograd.zeros(2, 4)).shape
    autograd.Size([2, 3, 4])
    """

    def __init__(self, n: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.n = positive("RepeatVector", "n", n)

    def call(self, x: Tensor) -> Any:
        """(N, C) → (N, n, C)."""
        return x.unsqueeze(1).repeat(1, self.n, 1)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """(N, C) → (N, n, C)."""
        return input_shape[0], self.n, input_shape[1]


def _pairs(layer: str, what: str, value: Any, rank: int) -> tuple[tuple[int, int], ...]:
    """(before, behind) for each dimension, from a number, numbers, or pairs of them."""
    if isinstance(value, (list, tuple)) and any(isinstance(part, (list, tuple)) for part in value):
        if len(value) != rank:
            raise ArgumentError(f"{layer}: {what} has {rank} pairs, got {value!r}")
        both = [sizes(layer, what, part, 2, 0) for part in value]
        return tuple((pair[0], pair[1]) for pair in both)
    return tuple((n, n) for n in sizes(layer, what, value, rank, 0))


class _Borders(Layer):
    rank: int
    sign = 1

    def _axes(self) -> range:
        start = 2 if getattr(self, "data_format", "channels_last") == "channels_first" else 1
        return range(start, start + self.rank)

    def _added(self) -> tuple[tuple[int, int], ...]:
        raise NotImplementedError

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The sizes, with what is added or cut off."""
        shape = list(input_shape)
        for axis, pair in zip(self._axes(), self._added(), strict=True):
            n = shape[axis]
            shape[axis] = None if n is None else n + self.sign * sum(pair)
        return tuple(shape)


class _ZeroPadding(_Borders):
    def call(self, x: Tensor) -> Any:
        """x with a border."""
        if self._axes().start == 2:
            return padded(x, list(self._added()))
        return channels_last(padded(channels_first(x), list(self._added())))


class ZeroPadding1D(_ZeroPadding):
    """Zeros before and behind the steps: (N, L, C) → (N, L + before + behind, C).

    Args:
        padding: how many on both sides, or (before, behind).
        data_format: "channels_last" for (N, L, C), or "channels_first".
        kwargs: see `Layer`.
    """

    rank = 1

    def __init__(self, padding: Any = 1, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = channels(data_format)
        before, behind = sizes("ZeroPadding1D", "padding", padding, 2, 0)
        self.padding = (before, behind)

    def _added(self) -> tuple[tuple[int, int], ...]:
        return (self.padding,)


class ZeroPadding2D(_ZeroPadding):
    """Zeros around images: (N, H, W, C) → (N, H + …, W + …, C).

    Args:
        padding: a number, (rows, columns), or ((top, bottom), (left, right)).
        data_format: "channels_last" for (N, H, W, C), or "channels_first".
        kwargs: see `Layer`.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.ZeroPadding2D(((1, 0), (2, 2)))(autograd.zeros(1, 3, 3, 1)).shape
    autograd.Size([1, 4, 7, 1])
    """

    rank = 2

    def __init__(self, padding: Any = (1, 1), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = channels(data_format)
        self.padding = _pairs("ZeroPadding2D", "padding", padding, 2)

    def _added(self) -> tuple[tuple[int, int], ...]:
        return self.padding


class _Cropping(_Borders):
    sign = -1

    def call(self, x: Tensor) -> Any:
        """x without its border."""
        for axis, (before, behind) in zip(self._axes(), self._added(), strict=True):
            x = x.narrow(axis, before, x.shape[axis] - before - behind)
        return x


class Cropping1D(_Cropping):
    """Without the first and last steps: (N, L, C) → (N, L − before − behind, C)."""

    rank = 1

    def __init__(self, cropping: Any = (1, 1), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        before, behind = sizes("Cropping1D", "cropping", cropping, 2, 0)
        self.cropping = (before, behind)

    def _added(self) -> tuple[tuple[int, int], ...]:
        return (self.cropping,)


class Cropping2D(_Cropping):
    """Without the edges of images: (N, H, W, C) → (N, H − …, W − …, C). See `ZeroPadding2D`."""

    rank = 2

    def __init__(
        self, cropping: Any = ((0, 0), (0, 0)), data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.data_format = channels(data_format)
        self.cropping = _pairs("Cropping2D", "cropping", cropping, 2)

    def _added(self) -> tuple[tuple[int, int], ...]:
        return self.cropping


class UpSampling1D(Layer):
    """Each step `size` times: (N, L, C) → (N, L · size, C).

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.UpSampling1D(2)(autograd.tensor([[[1.0], [3.0]]])).flatten().tolist()
    [1.0, 1.0, 3.0, 3.0]
    """

    def __init__(self, size: int = 2, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size = positive("UpSampling1D", "size", size)

    def call(self, x: Tensor) -> Any:
        """(N, L, C) → (N, L · size, C)."""
        return x.repeat_interleave(self.size, 1)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """(N, L, C) → (N, L · size, C)."""
        n, steps, depth = input_shape
        return n, None if steps is None else steps * self.size, depth


class UpSampling2D(Layer):
    """Larger images: (N, H, W, C) → (N, H · size, W · size, C).

    Args:
        size: by how much, a number or (rows, columns).
        data_format: "channels_last" for (N, H, W, C), or "channels_first".
        interpolation: "nearest" or "bilinear".
        kwargs: see `Layer`.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.UpSampling2D(2)(autograd.zeros(1, 3, 4, 5)).shape
    autograd.Size([1, 6, 8, 5])
    """

    def __init__(
        self,
        size: Any = (2, 2),
        data_format: str | None = None,
        interpolation: str = "nearest",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.size = sizes("UpSampling2D", "size", size, 2)
        self.data_format = channels(data_format)
        if interpolation not in ("nearest", "bilinear"):
            raise ArgumentError(
                f"UpSampling2D: interpolation is 'nearest' or 'bilinear', got {interpolation!r}"
            )
        self.interpolation = interpolation

    def call(self, x: Tensor) -> Any:
        """(N, H, W, C) → (N, H · size, W · size, C)."""
        first = self.data_format == "channels_first"
        if not first:
            x = channels_first(x)
        target = [n * factor for n, factor in zip(x.shape[2:], self.size, strict=True)]
        if self.interpolation == "nearest":
            x = F.interpolate(x, target, mode="nearest")
        else:
            x = F.interpolate(x, target, mode="bilinear", align_corners=False)
        return x if first else channels_last(x)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """(N, H, W, C) → (N, H · size, W · size, C)."""
        start = 2 if self.data_format == "channels_first" else 1
        shape = list(input_shape)
        for axis, factor in zip((start, start + 1), self.size, strict=True):
            n = shape[axis]
            shape[axis] = None if n is None else n * factor
        return tuple(shape)
