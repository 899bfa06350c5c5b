"""Softmax layers: scores become shares of a whole."""

from __future__ import annotations

from autograd import Tensor
from autograd.errors import ShapeError
from nn import functional as F
from nn.functional import given
from nn.module import Module


class Softmax(Module):
    """exp(x) / Σ exp(x) along `dim`: positive numbers that add up to 1.

    Args:
        dim: the dimension along which they add up.

    >>> import autograd, nn
    >>> nn.Softmax(0)(autograd.tensor([1.0, 2.0, 3.0]))
    tensor([0.0900, 0.2447, 0.6652])
    """

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """Return it of the input."""
        return F.softmax(input, self.dim)

    def extra_repr(self) -> str:
        """Its dimension."""
        return f"dim={self.dim}"


class Softmin(Module):
    """The softmax of −x.

    Args:
        dim: the dimension along which they add up.

    >>> import autograd, nn
    >>> nn.Softmin(0)(autograd.tensor([1.0, 2.0, 3.0]))
    tensor([0.6652, 0.2447, 0.0900])
    """

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """Return it of the input."""
        return F.softmin(input, self.dim)

    def extra_repr(self) -> str:
        """Its dimension."""
        return f"dim={self.dim}"


class LogSoftmax(Module):
    """log(softmax(x)) along `dim`, without overflow.

    Args:
        dim: the dimension along which they add up.

    >>> import autograd, nn
    >>> nn.LogSoftmax(0)(autograd.tensor([1e4, 0.0]))
    tensor([     0., -10000.])
    """

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """Return it of the input."""
        return F.log_softmax(input, self.dim)

    def extra_repr(self) -> str:
        """Its dimension."""
        return f"dim={self.dim}"


class Softmax2d(Module):
    """The softmax over the channels at each place: (N, C, H, W) or (C, H, W) → the same.

    Raises:
        ShapeError: (a ValueError) for another number of dimensions.

    >>> import autograd, nn
    >>> nn.Softmax2d()(autograd.zeros(1, 2, 1, 1)).flatten()
    tensor([0.5000, 0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Return it of the input."""
        given.tensors("Softmax2d", input=input)
        if input.ndim not in (3, 4):
            raise ShapeError(f"Softmax2d: expected input to be 3D or 4D, got {input.ndim}D instead")
        return F.softmax(input, -3)
