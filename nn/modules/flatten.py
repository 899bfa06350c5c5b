"""PyTorch's place of what flattens and unflattens."""

from nn.linear import Flatten, Unflatten

__all__ = [
    "Flatten", "Unflatten",
]  # fmt: skip
