"""Sequences of several lengths as one array."""

from nn.keras.utils.sequences import pad_sequences

__all__ = ["pad_sequences"]
