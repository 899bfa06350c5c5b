"""PyTorch's place of linear layers."""

from nn.bilinear import Bilinear
from nn.lazy_layers import LazyLinear
from nn.linear import Identity, Linear

__all__ = [
    "Bilinear", "Identity", "LazyLinear", "Linear",
]  # fmt: skip
