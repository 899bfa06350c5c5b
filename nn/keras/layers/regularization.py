"""Layers that act in training only, against overfitting; and penalties on what passes through."""

from __future__ import annotations

import math
from typing import Any

from autograd import Tensor, random
from autograd.errors import ArgumentError
from autograd.tape import wrap
from nn import functional as F
from nn.keras import regularizers
from nn.keras.graph import Shape
from nn.keras.layers.layer import Layer
from nn.keras.layers.seeded import Seeded


class _Noise(Seeded, Layer):
    """Layers that draw random numbers in training, from the process's generator or from a seed's."""

    floats_only = True
    supports_masking = True

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's."""
        return input_shape


def _share(layer: str, rate: Any, one: bool = False) -> float:
    if (
        isinstance(rate, bool)
        or not isinstance(rate, (int, float))
        or not 0 <= rate <= 1
        or (rate == 1 and not one)
    ):
        raise ArgumentError(
            f"{layer}: the rate is a number from 0 to {'1' if one else 'below 1'}, got {rate!r}"
        )
    return float(rate)


class Dropout(_Noise):
    """In training, put 0 in the place of a share of the numbers, and divide the others by 1 − rate.

    Args:
        rate: the share, from 0 to 1.
        noise_shape: a shape that broadcasts with the input: where it has a 1, all are dropped or none.
        seed: draw from a generator of its own.
        kwargs: see `Layer`.

    Raises:
        ArgumentError: if the rate is out of range.

    >>> import autograd
    >>> from nn import keras
    >>> x = keras.layers.Dropout(0.5, seed=1)(autograd.ones(1, 1000), training=True)
    >>> sorted(set(x.flatten().tolist()))
    [0.0, 2.0]
    """

    def __init__(self, rate: float, noise_shape: Any = None, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate = _share(type(self).__name__, rate, one=True)
        self.noise_shape = None if noise_shape is None else tuple(noise_shape)
        self.seed = seed

    def call(self, x: Tensor) -> Any:
        """x → the same shape."""
        if not self.training or self.rate == 0:
            return x
        if self.noise_shape is None and self.seed is None:
            return F.dropout(x, self.rate)
        wanted = x.shape if self.noise_shape is None else self.noise_shape
        shape = tuple(x.shape[i] if n is None else n for i, n in enumerate(wanted))
        return x * self._factors(shape, x)

    def _factors(self, shape: tuple[int, ...], x: Tensor) -> Tensor:
        drawn = random.draw_uniform(shape, x.array.dtype, self.source())
        kept = (drawn >= self.rate).astype(x.array.dtype)
        return wrap(kept / max(1 - self.rate, 1e-30) if self.rate < 1 else kept * 0)


class _SpatialDropout(Dropout):
    def get_config(self) -> dict[str, Any]:
        """What `__init__` needs."""
        config = super().get_config()
        del config["trainable"]  # it has no weights
        return config


class SpatialDropout1D(_SpatialDropout):
    """`Dropout` of whole channels of sequences (N, L, C) (Tompson et al., 2015)."""

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(rate, None, seed, **kwargs)

    def call(self, x: Tensor) -> Any:
        """x → the same shape."""
        if not self.training or self.rate == 0:
            return x
        return x * self._factors((x.shape[0], 1, x.shape[2]), x)


class SpatialDropout2D(_SpatialDropout):
    """`Dropout` of whole channels of images (N, H, W, C) (Tompson et al., 2015)."""

    def __init__(
        self, rate: float, data_format: str | None = None, seed: int | None = None, **kwargs: Any
    ) -> None:
        from nn.keras.floats import channels

        super().__init__(rate, None, seed, **kwargs)
        self.data_format = channels(data_format)

    def call(self, x: Tensor) -> Any:
        """x → the same shape."""
        if not self.training or self.rate == 0:
            return x
        first = self.data_format == "channels_first"
        shape = (*x.shape[:2], 1, 1) if first else (x.shape[0], 1, 1, x.shape[3])
        return x * self._factors(tuple(shape), x)


class GaussianNoise(_Noise):
    """In training, add normal noise.

    Args:
        stddev: its standard deviation.
        seed: draw from a generator of its own.
        kwargs: see `Layer`.

    >>> import autograd
    >>> from nn import keras
    >>> x = keras.layers.GaussianNoise(0.1, seed=0)(autograd.zeros(1, 10000), training=True)
    >>> round(x.std().item(), 2)
    0.1
    """

    def __init__(self, stddev: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not 0 <= stddev <= 1:
            raise ArgumentError(f"GaussianNoise: stddev lies between 0 and 1, got {stddev!r}")
        self.stddev, self.seed = float(stddev), seed

    def call(self, x: Tensor) -> Any:
        """x → the same shape."""
        if not self.training or self.stddev == 0:
            return x
        noise = random.draw_normal(tuple(x.shape), x.array.dtype, self.source())
        return x + wrap(noise * x.array.dtype.type(self.stddev))


class GaussianDropout(_Noise):
    """In training, multiply by normal noise of mean 1 and variance rate / (1 − rate) (Srivastava et al., 2014)."""

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate, self.seed = _share("GaussianDropout", rate), seed

    def call(self, x: Tensor) -> Any:
        """x → the same shape."""
        if not self.training or self.rate == 0:
            return x
        std = math.sqrt(self.rate / (1 - self.rate))
        noise = random.draw_normal(tuple(x.shape), x.array.dtype, self.source())
        return x * wrap(1 + noise * x.array.dtype.type(std))


class AlphaDropout(_Noise):
    """In training, dropout that keeps mean 0 and variance 1, for selu (Klambauer et al., 2017)."""

    def __init__(self, rate: float, noise_shape: Any = None, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate, self.seed = _share("AlphaDropout", rate), seed
        self.noise_shape = None if noise_shape is None else tuple(noise_shape)

    def call(self, x: Tensor) -> Any:
        """x → the same shape."""
        if not self.training or self.rate == 0:
            return x
        low = -1.0507009873554805 * 1.6732632423543772  # selu's limit at −∞
        wanted = x.shape if self.noise_shape is None else self.noise_shape
        shape = tuple(x.shape[i] if n is None else n for i, n in enumerate(wanted))
        kept = wrap(
            (random.draw_uniform(shape, x.array.dtype, self.source()) >= self.rate).astype(x.array.dtype)
        )
        a = ((1 - self.rate) * (1 + self.rate * low**2)) ** -0.5
        return (x * kept + (1 - kept) * low) * a - a * low * self.rate


class ActivityRegularization(Layer):
    """x, with a penalty l1 · Σ|x| + l2 · Σx² for each example added to `losses`."""

    supports_masking = True
    floats_only = True

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any) -> None:
        super().__init__(activity_regularizer=regularizers.L1L2(l1, l2), **kwargs)
        self.l1, self.l2 = float(l1), float(l2)

    def call(self, x: Any) -> Any:
        """x."""
        return x

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The input's."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """What `__init__` needs."""
        config = super().get_config()
        del config["activity_regularizer"]
        return config
