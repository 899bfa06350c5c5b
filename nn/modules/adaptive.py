"""PyTorch's place of the adaptive softmax."""

from nn.adaptive_softmax import AdaptiveLogSoftmaxWithLoss

__all__ = [
    "AdaptiveLogSoftmaxWithLoss",
]  # fmt: skip
