"""Lengths of vectors and distances between them, as functions."""

from __future__ import annotations

from autograd import Tensor, norm, ops


def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Tensor:
    """x / max(‖x‖ₚ, eps), with the norm taken over `dim`.

    >>> import autograd
    >>> normalize(autograd.tensor([[3.0, 4.0], [0.0, 0.0]]))
    tensor([[0.6000, 0.8000],
            [0.0000, 0.0000]])
    """
    return input / norm(input, p, dim, keepdim=True).clamp_min(eps)


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """x1 · x2 / (max(‖x1‖, eps) · max(‖x2‖, eps)) over `dim`; the shapes are broadcast first.

    As in PyTorch the gradient of a norm below eps is that of the norm itself.

    >>> import autograd
    >>> cosine_similarity(autograd.tensor([[1.0, 0.0]]), autograd.tensor([[1.0, 1.0]]))
    tensor([0.7071])
    """
    x1, x2 = ops.broadcast_tensors(x1, x2)
    units = []
    for x in (x1, x2):
        length = norm(x, 2, dim, keepdim=True)
        units.append(x / (length + (length.clamp_min(eps) - length).detach()))
    cosine: Tensor = (units[0] * units[1]).sum(dim)
    return cosine


def pairwise_distance(
    x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> Tensor:
    """‖x1 - x2 + eps‖ₚ over the last dimension.

    >>> import autograd
    >>> pairwise_distance(autograd.tensor([[1.0, 2.0]]), autograd.tensor([[4.0, 6.0]]))
    tensor([5.0000])
    """
    distance: Tensor = norm(x1 - x2 + eps, p, -1, keepdim)
    return distance
