"""PyTorch's place of batch normalisation; `_BatchNorm` is the class of all of them."""

from nn.batchnorm import BatchNorm1d, BatchNorm2d, BatchNorm3d, _BatchNorm

__all__ = [
    "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "_BatchNorm",
]  # fmt: skip
