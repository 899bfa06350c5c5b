"""Fully connected layers, and the layers that only change shape."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import Tensor, devices, dtypes
from autograd.errors import ArgumentError, ShapeError
from autograd.kernels.linear import linear, linear_
from autograd.tape import wrap
from nn import init
from nn.functional import given
from nn.module import Module
from nn.parameter import Parameter


class Identity(Module):
    """y = x. Takes any arguments, to stand in for another layer.

    >>> import autograd, nn
    >>> nn.Identity(54, unused=True)(autograd.ones(2))
    tensor([1., 1.])
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        """Return the input."""
        return input


class Linear(Module):
    """y = x Wᵀ + b over the last dimension: (…, in_features) → (…, out_features).

    Both start uniform in ±1/√in_features.

    Args:
        in_features, out_features: the sizes of the last dimension.
        bias: whether there is a b.
        device: "cpu".
        dtype: of the parameters; the default dtype if left out.

    Attributes:
        weight: W, of shape (out_features, in_features).
        bias: b, of shape (out_features,), or None.

    >>> import autograd, nn
    >>> layer = nn.Linear(3, 2)
    >>> layer(autograd.zeros(5, 3)).shape
    autograd.Size([5, 2])
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = empty_parameter("Linear", (out_features, in_features), device, dtype)
        self.register_parameter(
            "bias", empty_parameter("Linear", (out_features,), device, dtype) if bias else None
        )
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new weights."""
        bound = 1 / math.sqrt(self.in_features) if self.in_features > 0 else 0.0
        init.uniform_(self.weight, -bound, bound)  # kaiming_uniform_ with a = √5 is the same
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        """Return x Wᵀ + b."""
        try:
            return linear_(input, self.weight, self.bias)
        except ShapeError:  # perhaps for a bias that broadcasts
            return linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Its sizes."""
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"
        )


class Flatten(Module):
    """Make dimensions start_dim to end_dim one: (N, C, H, W) → (N, C·H·W) by default.

    >>> import autograd, nn
    >>> nn.Flatten()(autograd.zeros(5, 3, 2, 2)).shape
    autograd.Size([5, 12])
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, input: Tensor) -> Tensor:
        """Return the input in its new shape."""
        given.tensors("Flatten", input=input)
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        """Its dimensions."""
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """Give one dimension the shape `unflattened_size`: (N, C·H·W) → (N, C, H, W) with Unflatten(1, (C, H, W)).

    >>> import autograd, nn
    >>> nn.Unflatten(1, (3, 4))(autograd.zeros(5, 12)).shape
    autograd.Size([5, 3, 4])
    """

    def __init__(self, dim: int, unflattened_size: tuple[int, ...]) -> None:
        super().__init__()
        sizes: Any = unflattened_size
        if not isinstance(sizes, (tuple, list)) or not all(isinstance(n, int) for n in sizes):
            raise ArgumentError(
                f"Unflatten: unflattened_size is a tuple of integers, got {unflattened_size!r}"
            )
        self.dim = dim
        self.unflattened_size = unflattened_size

    def forward(self, input: Tensor) -> Tensor:
        """Return the input in its new shape."""
        given.tensors("Unflatten", input=input)
        return input.unflatten(self.dim, self.unflattened_size)

    def extra_repr(self) -> str:
        """Its dimension and the shape."""
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"


def empty_parameter(layer: str, shape: tuple[int, ...], place: Any = None, dtype: Any = None) -> Parameter:
    """A parameter whose values are still to be drawn.

    Raises:
        ArgumentError: if a size is not a whole number of 0 or more, or the device is not the CPU.
    """
    devices.check(place)
    if not all(isinstance(n, (int, np.integer)) for n in shape) or min(shape, default=0) < 0:
        raise ArgumentError(f"{layer}: sizes are whole numbers of 0 or more, got {shape}")
    kind = dtypes.default_dtype() if dtype is None else dtypes.numpy_dtype(dtype)
    return Parameter(wrap(np.empty(tuple(map(int, shape)), kind)))
