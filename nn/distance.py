"""Distances between vectors, as modules."""

from __future__ import annotations

from autograd import Tensor
from nn import functional as F
from nn.module import Module


class PairwiseDistance(Module):
    """‖x1 − x2 + eps‖ₚ over the last dimension: (N, D) or (D), which broadcast → (N) or ().

    Args:
        p: of the norm.
        eps: what is added to each difference.
        keepdim: whether the last dimension stays, of size 1.

    >>> import autograd, nn
    >>> nn.PairwiseDistance()(autograd.tensor([[1.0, 2.0]]), autograd.tensor([[4.0, 6.0]]))
    tensor([5.0000])
    """

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        super().__init__()
        self.norm = p
        self.eps = eps
        self.keepdim = keepdim

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Return the distances."""
        return F.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)


class CosineSimilarity(Module):
    """x1 · x2 / (max(‖x1‖, eps) · max(‖x2‖, eps)) over `dim`: (…, D, …), which broadcast → (…, …).

    Args:
        dim: the dimension of the vectors.
        eps: the least length.

    >>> import autograd, nn
    >>> nn.CosineSimilarity()(autograd.tensor([[1.0, 0.0]]), autograd.tensor([[1.0, 1.0]]))
    tensor([0.7071])
    """

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        self.dim = dim
        self.eps = eps

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Return the cosines."""
        return F.cosine_similarity(x1, x2, self.dim, self.eps)
