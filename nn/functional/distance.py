"""Lengths of vectors and distances between them, as functions."""

from __future__ import annotations

from typing import Any

from autograd import Tensor, norm, ops
from autograd.errors import ArgumentError
from autograd.ops.loss import reduced


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


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """max(d(anchor, positive) - d(anchor, negative) + margin, 0), with `pairwise_distance` for d.

    Args:
        swap: take d(positive, negative) where it is less than d(anchor, negative).

    Raises:
        ArgumentError: if the margin is not positive.

    >>> import autograd
    >>> a, b, c = (autograd.tensor([[v]]) for v in (0.0, 1.0, 1.5))
    >>> triplet_margin_loss(a, b, c)
    tensor(0.5000)
    """
    if margin <= 0:
        raise ArgumentError(f"triplet_margin_loss: margin must be greater than 0, got {margin}")
    near = pairwise_distance(anchor, positive, p, eps)
    far = pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = ops.minimum(far, pairwise_distance(positive, negative, p, eps))
    loss: Any = (near - far + margin).clamp_min(0)
    return reduced("triplet_margin_loss", loss, reduction)
