"""Distances between vectors, and vectors cut to a length."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from autograd.dims import checked_dim
from autograd.errors import ArgumentError, DTypeError, ShapeError
from autograd.linalg.checks import facts
from autograd.ops.arithmetic import mul, sub
from autograd.ops.compare import gt
from autograd.ops.options import add, div
from autograd.ops.reduce import norm_
from autograd.ops.selection import where
from autograd.ops.shape import broadcast_shapes, unsqueeze

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["dist", "cdist", "renorm"]


def dist(input: Any, other: Any, p: float = 2) -> Tensor:
    """The p-norm of input - other, which broadcast.

    >>> import autograd
    >>> dist(autograd.tensor([3.0, 0.0]), autograd.tensor([0.0, 4.0]))
    tensor(5.)
    """
    return norm_(sub(input, other), float(p), None, False)


def cdist(
    x1: Any, x2: Any, p: float = 2.0, compute_mode: str = "use_mm_for_euclid_dist_if_necessary"
) -> Tensor:
    """The p-norm distance of each row of one matrix from each of the other: (*, P, M), (*, R, M) → (*, P, R).

    The batches broadcast. `compute_mode` is PyTorch's: distances are always those of the differences, which is exact.
    Where a distance is 0 its derivative is 0.

    Raises:
        ShapeError: if the rows are not equally long.
        ArgumentError: if p is negative.

    >>> import autograd
    >>> cdist(autograd.tensor([[0.0, 0.0]]), autograd.tensor([[3.0, 4.0], [0.0, 1.0]]))
    tensor([[5., 1.]])
    """
    a, b = facts("cdist", x1), facts("cdist", x2)
    modes = (
        "use_mm_for_euclid_dist_if_necessary",
        "use_mm_for_euclid_dist",
        "donot_use_mm_for_euclid_dist",
    )
    if compute_mode not in modes:
        raise ArgumentError(f"cdist: compute_mode is one of {modes}, got {compute_mode!r}")
    if a.dtype.kind != "f" or b.dtype.kind != "f":
        raise DTypeError(f"cdist: needs floating-point tensors, got {a.dtype} and {b.dtype}")
    if a.ndim < 2 or b.ndim < 2 or a.shape[-1] != b.shape[-1]:
        raise ShapeError(
            f"cdist: needs rows of one length, (*, P, M) and (*, R, M), got shapes {a.shape} and {b.shape}"
        )
    if not p >= 0:
        raise ArgumentError(f"cdist: p must not be negative, got {p}")
    broadcast_shapes(a.shape[:-2], b.shape[:-2])
    differences = sub(unsqueeze(x1, -2), unsqueeze(x2, -3))
    if not a.shape[-1] and math.isinf(p):
        p = 2.0  # of no differences every norm is 0
    return norm_(differences, float(p), -1, False)


def renorm(input: Any, p: float, dim: int, maxnorm: float) -> Tensor:
    """The tensor with each slice along `dim` whose p-norm is above `maxnorm` scaled down to it.

    Raises:
        ArgumentError: if p is not positive or maxnorm negative.
        ShapeError: for less than two dimensions.

    >>> import autograd
    >>> renorm(autograd.tensor([[3.0, 4.0], [0.6, 0.8]]), 2, 0, 1.0)
    tensor([[0.6000, 0.8000],
            [0.6000, 0.8000]])
    """
    array = facts("renorm", input)
    if not p > 0:
        raise ArgumentError(f"renorm: p must be positive, got {p}")
    if not maxnorm >= 0:
        raise ArgumentError(f"renorm: maxnorm must not be negative, got {maxnorm}")
    if array.ndim < 2:
        raise ShapeError(f"renorm: needs at least 2 dimensions, got shape {array.shape}")
    kept = checked_dim("renorm", dim, array.shape)
    sizes = norm_(input, float(p), tuple(d for d in range(array.ndim) if d != kept), True)
    factors = where(gt(sizes, maxnorm), div(maxnorm, add(sizes, 1e-7)), 1.0)
    return mul(input, factors)
