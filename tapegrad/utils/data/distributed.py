"""PyTorch's `torch.utils.data.distributed`."""

from nn.data import (
    DistributedSampler,
)

__all__ = ["DistributedSampler"]
