"""Integers as vectors, and time steps that do not count."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentError
from autograd.tape import wrap
from nn import functional as F
from nn.keras.graph import Shape
from nn.keras.layers.core import positive
from nn.keras.layers.layer import Layer
from nn.parameter import Parameter


class Embedding(Layer):
    """A learnt vector for each integer: (N, …) integers → (N, …, output_dim).

    Args:
        input_dim: how many integers there are, 0 … input_dim − 1.
        output_dim: the size of a vector.
        embeddings_initializer, embeddings_regularizer, embeddings_constraint: see `Dense`.
        mask_zero: whether 0 stands for "no step": layers behind, such as LSTM, then leave it out.
        weights: a matrix to start from.
        kwargs: see `Layer`.

    Attributes:
        embeddings: (input_dim, output_dim).

    Raises:
        IndexError: in a call, for an integer out of range.

    >>> import autograd
    >>> from nn import keras
    >>> layer = keras.layers.Embedding(10, 3)
    >>> layer(autograd.tensor([[1, 2, 0, 0]])).shape
    autograd.Size([1, 4, 3])
    """

    input_dtype = "int64"
    embeddings: Parameter

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        **kwargs: Any,
    ) -> None:
        unsupported = [kwargs.pop(k, None) for k in ("lora_rank", "lora_alpha", "quantization_config")]
        if any(value is not None for value in unsupported):
            raise ArgumentError("Embedding: lora_rank, lora_alpha and quantization_config are not supported")
        super().__init__(**kwargs)
        self.input_dim = positive("Embedding", "input_dim", input_dim)
        self.output_dim = positive("Embedding", "output_dim", output_dim)
        self.set_rules("embeddings", embeddings_initializer, embeddings_regularizer, embeddings_constraint)
        self.mask_zero = bool(mask_zero)
        self.__dict__["supports_masking"] = self.mask_zero
        if self.mask_zero:
            self.__dict__["_plain"] = False
        if weights is not None:
            self._ensure_built(None)
            self.set_weights(list(weights) if isinstance(weights, (list, tuple)) else [weights])

    def build(self, input_shape: Any = None) -> None:
        """Make the matrix."""
        self.make_weight("embeddings", (self.input_dim, self.output_dim))

    def _cast(self, value: Any) -> Any:
        return wrap(np.asarray(value)) if isinstance(value, (np.ndarray, np.generic)) else value

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Look the vectors up; numbers that are not integers are rounded down."""
        return self._call(args, kwargs)

    def call(self, x: Tensor) -> Any:
        """(N, …) → (N, …, output_dim)."""
        if np.dtype(x.dtype).kind not in "iu":
            x = x.detach().long()
        return F.embedding(x, self.embeddings)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """Where the integers are not 0, with mask_zero."""
        return inputs.detach() != 0 if self.mask_zero else None

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """(N, …) → (N, …, output_dim)."""
        return (*input_shape, self.output_dim)

    def get_config(self) -> dict[str, Any]:
        """What `__init__` needs."""
        config = super().get_config()
        config.pop("weights")
        return config


class Masking(Layer):
    """Let layers behind leave out the steps of (N, L, C) in which all numbers are mask_value.

    >>> import autograd
    >>> from nn import keras
    >>> x = keras.layers.Masking()(autograd.tensor([[[1.0], [0.0]]]))
    >>> keras.layers.GlobalAveragePooling1D()(x)
    tensor([[1.]])
    """

    floats_only = True
    supports_masking = True

    def __init__(self, mask_value: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mask_value = mask_value
        self.__dict__["_plain"] = False

    def call(self, x: Tensor) -> Any:
        """x, with 0 in the steps that do not count."""
        return x * self.compute_mask(x).to(x.dtype).unsqueeze(-1)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """Where a step holds another number."""
        return (inputs.detach() != self.mask_value).any(-1)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's."""
        return input_shape
