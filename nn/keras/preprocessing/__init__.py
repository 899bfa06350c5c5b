"""Where older programs find `pad_sequences`."""

from nn.keras.preprocessing import sequence

__all__ = ["sequence"]
