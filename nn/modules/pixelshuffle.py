"""PyTorch's place of channels that become pixels."""

from nn.upsampling import PixelShuffle, PixelUnshuffle

__all__ = [
    "PixelShuffle", "PixelUnshuffle",
]  # fmt: skip
