"""PyTorch's place of embeddings."""

from nn.sparse import Embedding, EmbeddingBag

__all__ = [
    "Embedding", "EmbeddingBag",
]  # fmt: skip
