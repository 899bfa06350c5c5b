"""PyTorch's place of what completes a lazy module on its first call."""

from nn.lazy import LazyModuleMixin

__all__ = [
    "LazyModuleMixin",
]  # fmt: skip
