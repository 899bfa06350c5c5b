"""PyTorch's `torch.utils`, as far as it is about the engine: `utils.checkpoint`."""

from autograd.utils import checkpoint

__all__ = ["checkpoint"]
