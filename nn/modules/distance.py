"""PyTorch's place of distances."""

from nn.distance import CosineSimilarity, PairwiseDistance

__all__ = [
    "CosineSimilarity", "PairwiseDistance",
]  # fmt: skip
