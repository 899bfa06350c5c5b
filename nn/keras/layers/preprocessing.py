"""`Normalization`: data brought to mean 0 and variance 1, by statistics that are taken once."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentError
from autograd.tape import bump, wrap
from nn.keras.graph import Shape
from nn.keras.layers.layer import Layer
from nn.parameter import Buffer


class Normalization(Layer):
    """(x − mean) / √variance, by the mean and variance of data that `adapt` has seen.

    Args:
        axis: the axes that have statistics of their own; None for one mean of everything.
        mean, variance: the statistics, if they are known.
        invert: undo it: x · √variance + mean.
        kwargs: see `Layer`.

    Attributes:
        mean, variance: buffers, of the sizes of the axes.

    >>> import autograd
    >>> from nn import keras
    >>> layer = keras.layers.Normalization()
    >>> layer.adapt([[1.0], [3.0]])
    >>> layer(autograd.tensor([[5.0]]))
    tensor([[3.]])
    """

    floats_only = True
    supports_masking = True
    mean: Buffer
    variance: Buffer

    def __init__(
        self, axis: Any = -1, mean: Any = None, variance: Any = None, invert: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if (mean is None) != (variance is None):
            raise ArgumentError("Normalization: give both mean and variance, or neither")
        self.axis = [] if axis is None else [axis] if isinstance(axis, int) else list(axis)
        self.__dict__["_known"] = None if mean is None else (np.asarray(mean), np.asarray(variance))
        self.invert = bool(invert)

    def build(self, input_shape: Shape) -> None:
        """Make the statistics, 0 and 1 until `adapt` is called."""
        axes = sorted(n % len(input_shape) for n in self.axis)
        if any(input_shape[n] is None for n in axes):
            raise ArgumentError(
                f"Normalization {self.name!r}: needs known sizes along axes {axes}, got {input_shape}"
            )
        shape = tuple(input_shape[n] or 0 for n in axes)
        self.__dict__["_spread"] = tuple((n or 1) if i in axes else 1 for i, n in enumerate(input_shape))
        self.__dict__["_reduced"] = tuple(i for i in range(len(input_shape)) if i not in axes)
        known = self._known
        if known is not None:
            self.mean = Buffer(wrap(np.broadcast_to(known[0], shape).astype(self._kind)), persistent=False)
            self.variance = Buffer(
                wrap(np.broadcast_to(known[1], shape).astype(self._kind)), persistent=False
            )
            return
        self.add_weight(shape, "zeros", trainable=False, name="mean")
        self.add_weight(shape, "ones", trainable=False, name="variance")
        self.add_weight((), "zeros", dtype="int32", trainable=False, name="count")

    def own_weights(self) -> Any:
        """The statistics, unless they were given."""
        return [] if self._known is not None else super().own_weights()

    def adapt(self, data: Any) -> None:
        """Take mean and variance of an array, a tensor, or a list of examples.

        Raises:
            ArgumentError: if the statistics were given, or there is no data.
        """
        if self._known is not None:
            raise ArgumentError("adapt: mean and variance were given; make the layer without them")
        values = np.asarray(data.detach() if isinstance(data, Tensor) else data, np.float64)
        if not values.size:
            raise ArgumentError("adapt: the data are empty")
        if values.ndim == 1:
            values = values[:, None]
        self._ensure_built(tuple(values.shape))
        for weight, found in (
            (self.mean, values.mean(self._reduced)),
            (self.variance, values.var(self._reduced)),
        ):
            weight.array[...] = found
            bump(weight)

    def call(self, x: Tensor) -> Any:
        """x → the same shape."""
        shape = self._spread
        mean = self.mean.reshape(shape)
        std = self.variance.reshape(shape).sqrt().clamp(min=1e-7)
        return x * std + mean if self.invert else (x - mean) / std

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """What `__init__` needs."""
        config = super().get_config()
        mean, variance = (None, None) if self._known is None else self._known
        config.update(
            mean=None if mean is None else mean.tolist(),
            variance=None if variance is None else variance.tolist(),
        )
        return config
