"""Distances between vectors, and vectors cut to a length."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.composite import composite
from autograd.dims import checked_dim
from autograd.errors import ArgumentError, DTypeError, ShapeError
from autograd.linalg.checks import facts
from autograd.ops.arithmetic import mul, sub
from autograd.ops.compare import gt
from autograd.ops.forms import drop
from autograd.ops.identity import contiguous
from autograd.ops.options import add, div
from autograd.ops.positions import index_select
from autograd.ops.reduce import norm_, sum_
from autograd.ops.selection import where
from autograd.ops.shape import broadcast_shapes, unsqueeze
from autograd.primitive import Array, primitive

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["dist", "cdist", "pdist", "renorm"]


@composite
def dist(input: Any, other: Any, p: float = 2) -> Tensor:
    """The p-norm of input - other, which broadcast.

    >>> import autograd
    >>> dist(autograd.tensor([3.0, 0.0]), autograd.tensor([0.0, 4.0]))
    tensor(5.)
    """
    return norm_(sub(input, other), float(p), None, False)


def _weights(g: Array, out: Array) -> Array:
    """g / out, 0 where the distance is 0."""
    return drop(g / (out + (out == 0)), out == 0)


def _distances_dx(g: Array, out: Array, x: Array, y: Array) -> Array:
    weights = _weights(g, out)
    return weights.sum(axis=-1)[..., None] * x - weights @ y


def _distances_dy(g: Array, out: Array, x: Array, y: Array) -> Array:
    return _distances_dx(np.swapaxes(g, -1, -2), np.swapaxes(out, -1, -2), y, x)


# A primitive for speed: differences of all pairs of rows would take M times the memory.
@primitive(c_order=True, x=_distances_dx, y=_distances_dy)
def euclidean_distances(x: Array, y: Array) -> Array:
    """|xᵢ - yⱼ| of all rows.  dx = Σⱼ g (xᵢ - yⱼ) / out, dy = -Σᵢ g (xᵢ - yⱼ) / out."""
    if not x.shape[-2]:
        return np.zeros((*np.broadcast_shapes(x.shape[:-2], y.shape[:-2]), 0, y.shape[-2]), x.dtype)
    middle = x.mean(axis=-2, keepdims=True)
    x, y = x - middle, y - middle
    squares = np.vecdot(x, x)[..., None] + np.vecdot(y, y)[..., None, :] - 2 * (x @ np.swapaxes(y, -1, -2))
    return np.sqrt(np.maximum(squares, 0))


@composite
def cdist(
    x1: Any, x2: Any, p: float = 2.0, compute_mode: str | None = "use_mm_for_euclid_dist_if_necessary"
) -> Tensor:
    """The p-norm distance of each row of one matrix from each of the other: (*, P, M), (*, R, M) → (*, P, R).

    The batches broadcast. Where a distance is 0 its derivative is 0. Euclidean distances of more than 25 rows are
    computed by a matrix product, |x|² + |y|² - 2 x·y with both moved to the mean of the first, which is much faster and
    loses digits where distances are small beside the vectors. compute_mode "donot_use_mm_for_euclid_dist" computes them
    from the differences, and "use_mm_for_euclid_dist" always by a product.

    Raises:
        ShapeError: if the rows are not equally long.
        ArgumentError: if p is negative.

    >>> import autograd
    >>> cdist(autograd.tensor([[0.0, 0.0]]), autograd.tensor([[3.0, 4.0], [0.0, 1.0]]))
    tensor([[5., 1.]])
    """
    a, b = facts("cdist", x1), facts("cdist", x2)
    compute_mode = compute_mode or "use_mm_for_euclid_dist_if_necessary"
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
    large = max(a.shape[-2], b.shape[-2]) > 25 and compute_mode != "donot_use_mm_for_euclid_dist"
    if p == 2 and a.dtype == b.dtype and a.shape[-1] and (large or compute_mode == "use_mm_for_euclid_dist"):
        return euclidean_distances(x1, x2)
    differences = sub(unsqueeze(x1, -2), unsqueeze(x2, -3))
    if not a.shape[-1] and math.isinf(p):
        p = 2.0  # of no differences every norm is 0
    return norm_(differences, float(p), -1, False)


def _pair_distances_dx(g: Array, x: Array, out: Array) -> tuple[Array]:
    weights, start = _weights(g, out), 0
    d = np.zeros_like(x)
    for i in range(len(x) - 1):
        stop = start + len(x) - 1 - i
        difference = x[i] - x[i + 1 :]
        part = weights[start:stop]
        d[i] += part @ difference
        difference *= part[:, None]
        d[i + 1 :] -= difference
        start = stop
    return (d,)


def pair_norms(x: Any, p: float) -> Any:
    """The p-norms of the differences of all pairs of rows i < j: (…, N, M) → (…, N (N - 1) / 2)."""
    first, second = np.triu_indices(x.shape[-2], 1)
    difference: Any = sub(index_select(x, -2, first), index_select(x, -2, second))
    return norm_(difference, p, -1, False) if x.shape[-1] else sum_(difference, -1, False)


# A primitive for speed and memory: the differences of all pairs are N / 2 times the input.
@primitive(joint=_pair_distances_dx, reference=lambda x: pair_norms(x, 2.0))
def pair_distances(x: Array) -> Array:
    """|xᵢ - xⱼ| of all pairs i < j, a row at a time.  dxᵢ = Σⱼ g (xᵢ - xⱼ) / out."""
    out, start = np.empty(len(x) * (len(x) - 1) // 2, x.dtype), 0
    for i in range(len(x) - 1):
        stop = start + len(x) - 1 - i
        difference = x[i] - x[i + 1 :]
        np.vecdot(difference, difference, out=out[start:stop])
        start = stop
    return np.sqrt(out, out=out)


@composite
def pdist(input: Any, p: float = 2.0) -> Tensor:
    """The p-norm distances of all pairs of rows i < j, (0, 1), (0, 2), …: (N, M) → (N (N - 1) / 2).

    Where a distance is 0 its derivative is 0.

    Raises:
        ShapeError: if the input is not a matrix.
        DTypeError: if it is not floating point.
        ArgumentError: if p is negative.

    >>> import autograd
    >>> pdist(autograd.tensor([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]]))
    tensor([5.0000, 1.0000, 4.2426])
    """
    x = facts("pdist", input)
    if len(x.shape) != 2:
        raise ShapeError(f"pdist: only supports 2D tensors, got shape {tuple(x.shape)}")
    if x.dtype.kind != "f":
        raise DTypeError(f"pdist: needs a floating-point tensor, got {x.dtype}")
    if p < 0:
        raise ArgumentError(f"pdist: only supports non-negative p values, got {p}")
    if p == 2 and x.dtype.itemsize > 2:
        return pair_distances(input)
    return pair_norms(input, float(p))  # type: ignore[no-any-return]  # a tensor


@composite
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
    return contiguous(mul(input, factors))
