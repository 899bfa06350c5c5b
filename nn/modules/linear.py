"""PyTorch's place of linear layers."""

from nn.linear import Identity, Linear

__all__ = [
    "Identity", "Linear",
]  # fmt: skip
