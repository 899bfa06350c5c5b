"""PyTorch's place of instance normalisation; `_InstanceNorm` is the class of all of them."""

from nn.batchnorm import InstanceNorm1d, InstanceNorm2d, InstanceNorm3d, _InstanceNorm

__all__ = [
    "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d", "_InstanceNorm",
]  # fmt: skip
