"""Lengths of vectors and distances between them, as functions."""

from __future__ import annotations

from autograd import Tensor, norm, ops, result_type
from autograd.composite import composite
from autograd.dims import checked_dim
from autograd.errors import ArgumentError, DTypeError


@composite
def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Tensor:
    """x / max(‖x‖ₚ, eps), with the norm taken over `dim`.

    >>> import autograd
    >>> normalize(autograd.tensor([[3.0, 4.0], [0.0, 0.0]]))
    tensor([[0.6000, 0.8000],
            [0.0000, 0.0000]])
    """
    return input / norm(input, p, dim, keepdim=True).clamp_min(eps)


@composite
def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """x1 · x2 / (max(‖x1‖, eps) · max(‖x2‖, eps)) over `dim`; the shapes are broadcast first.

    As in PyTorch the gradient of a norm below eps is that of the norm itself.

    Raises:
        ArgumentError: if dim is not an integer, or eps is negative.
        DTypeError: if both are integers.

    >>> import autograd
    >>> cosine_similarity(autograd.tensor([[1.0, 0.0]]), autograd.tensor([[1.0, 1.0]]))
    tensor([0.7071])
    """
    checked_dim("cosine_similarity", dim, x1.shape if x1.ndim >= x2.ndim else x2.shape)
    if not eps >= 0:
        raise ArgumentError(f"cosine_similarity: eps must be non-negative, got {eps}")
    kind = result_type(x1, x2)
    if not kind.is_floating_point:
        raise DTypeError(
            f"cosine_similarity: needs a floating-point tensor, got {x1.dtype} and {x2.dtype}; convert with .float()"
        )
    units = []
    for x in ops.broadcast_tensors(x1.to(kind), x2.to(kind)):
        length = norm(x, 2, dim, keepdim=True)
        units.append(x / (length + (length.clamp_min(eps) - length).detach()))
    cosine: Tensor = (units[0] * units[1]).sum(dim)
    return cosine


@composite
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
