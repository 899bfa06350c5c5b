"""PyTorch's place of the shuffle of channels."""

from nn.upsampling import ChannelShuffle

__all__ = [
    "ChannelShuffle",
]  # fmt: skip
