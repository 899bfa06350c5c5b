"""PyTorch's place of transformers."""

from nn.transformer import Transformer, TransformerDecoder, TransformerEncoder
from nn.transformer_layers import TransformerDecoderLayer, TransformerEncoderLayer

__all__ = [
    "Transformer", "TransformerDecoder", "TransformerDecoderLayer", "TransformerEncoder",
    "TransformerEncoderLayer",
]  # fmt: skip
