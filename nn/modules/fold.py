"""PyTorch's place of patches."""

from nn.fold import Fold, Unfold

__all__ = [
    "Fold", "Unfold",
]  # fmt: skip
