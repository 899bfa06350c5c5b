"""Calculus on samples: differences and slopes between neighbours, and the area under them.

All are composed of slices, sums and products, which have the derivatives.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.composite import composite
from autograd.dims import checked_dim, checked_dims
from autograd.errors import ArgumentError, DimensionError, DTypeError, ShapeError
from autograd.ops.compare import logical_xor
from autograd.ops.identity import clone
from autograd.ops.join import cat
from autograd.ops.reduce import sum as total
from autograd.ops.scan import cumsum
from autograd.ops.shape import narrow, reshape
from autograd.tape import raw

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["diff", "trapezoid", "trapz", "cumulative_trapezoid", "gradient"]


def _neighbours(x: Any, dim: int) -> tuple[Any, Any]:
    """All slices along `dim` but the first, and all but the last."""
    n = x.shape[dim]
    return narrow(x, dim, min(1, n), max(n - 1, 0)), narrow(x, dim, 0, max(n - 1, 0))


@composite
def diff(input: Any, n: int = 1, dim: int = -1, prepend: Any = None, append: Any = None) -> Tensor:
    """The differences of neighbours along `dim`: out[i] = x[i+1] - x[i], taken n times; for bools whether they differ.

    `prepend` and `append` are put before and after the input first (unless n is 0: then it is returned as it is).

    Raises:
        ShapeError: for a 0-d input, or where prepend or append do not fit.
        ArgumentError: if n is negative.
        DimensionError: if the dimension is out of range.

    >>> import autograd
    >>> diff(autograd.tensor([1, 3, 2])), diff(autograd.tensor([1, 3, 2]), n=2)
    (tensor([ 2, -1]), tensor([-3]))
    """
    if not input.ndim:
        raise ShapeError("diff: the input must have at least one dimension")
    d = checked_dim("diff", dim, input.shape)
    if n < 0:
        raise ArgumentError(f"diff: n must not be negative, got {n}")
    for other in (prepend, append):
        if other is not None and (
            other.ndim != input.ndim
            or any(a != b for i, (a, b) in enumerate(zip(other.shape, input.shape, strict=True)) if i != d)
        ):
            raise ShapeError(
                f"diff: prepend and append must fit shape {tuple(input.shape)} in all dimensions but {d}, "
                f"got {tuple(other.shape)}"
            )
    if n == 0:
        return clone(input)
    parts = [x for x in (prepend, input, append) if x is not None]
    x = cat(parts, d) if len(parts) > 1 else input
    bools = raw(x).dtype.kind == "b"
    for _ in range(min(n, x.shape[d])):
        after, before = _neighbours(x, d)
        x = logical_xor(after, before) if bools else after - before
    return x


# ------------------------------------------------------------------------------------------------ areas


def _areas(op: str, y: Any, x: Any, dx: Any, dim: int) -> tuple[Any, int]:
    """Twice the area between each two neighbours along `dim`."""
    if raw(y).dtype.kind == "b" or (x is not None and raw(x).dtype.kind == "b"):
        raise DTypeError(f"{op}: bools have no area; use .float()")
    if not y.ndim:
        raise DimensionError(f"{op}: dim {dim} of a 0-d tensor; it needs samples along a dimension")
    d = checked_dim(op, dim, y.shape)
    if x is not None and dx is not None:
        raise ArgumentError(f"{op}: give x or dx, not both")
    if raw(y).dtype.kind != "f":
        y = y * 1.0  # sums of small integers would wrap around
    if x is not None and raw(x).dtype.kind != "f":
        x = x * 1.0
    if y.shape[d] == 0:
        return y, d
    if x is not None and x.ndim != 1:
        if not x.ndim:
            raise ShapeError(f"{op}: x must have at least one dimension")
        rank = max(x.ndim, y.ndim)
        d += rank - y.ndim
        x, y = (reshape(a, (1,) * (rank - a.ndim) + tuple(a.shape)) for a in (x, y))
        right, left = _neighbours(x, d)
        return _heights(y, d) * (right - left), d
    if x is None:
        return _heights(y, d) * (1.0 if dx is None else dx), d
    if x.shape[0] != y.shape[d]:
        raise ShapeError(
            f"{op}: needs an x for each of {y.shape[d]} samples along dim {d} of {tuple(y.shape)}, "
            f"got shape {tuple(x.shape)}"
        )
    right, left = _neighbours(x, 0)
    return _heights(y, d) * reshape(right - left, (-1,) + (1,) * (y.ndim - 1 - d)), d


def _heights(y: Any, d: int) -> Any:
    """Twice the mean height between each two neighbours."""
    after, before = _neighbours(y, d)
    return after + before


@composite
def trapezoid(y: Any, x: Any = None, *, dx: Any = None, dim: int = -1) -> Tensor:
    """The area under samples y along `dim`, by the trapezoidal rule: Σ (x[i+1] - x[i]) (y[i] + y[i+1]) / 2.

    The samples are at the points x (a vector, or a tensor that broadcasts), or `dx` apart, by default 1.

    Raises:
        DTypeError: for bools.
        ShapeError: if x does not fit y.
        DimensionError: if the dimension is out of range.

    >>> import autograd
    >>> trapezoid(autograd.tensor([1.0, 3.0, 2.0])), trapezoid(autograd.tensor([1.0, 3.0]), dx=2)
    (tensor(4.5000), tensor(4.))
    """
    areas, d = _areas("trapezoid", y, x, dx, dim)
    return total(areas, d) / 2.0


trapz = trapezoid


@composite
def cumulative_trapezoid(y: Any, x: Any = None, *, dx: Any = None, dim: int = -1) -> Tensor:
    """The area under the samples up to each of them but the first; see `trapezoid`.

    >>> import autograd
    >>> cumulative_trapezoid(autograd.tensor([1.0, 3.0, 2.0]))
    tensor([2.0000, 4.5000])
    """
    areas, d = _areas("cumulative_trapezoid", y, x, dx, dim)
    return cumsum(areas, d) / 2.0


# ------------------------------------------------------------------------------------------------ slopes


@composite
def gradient(
    input: Any, *, spacing: Any = 1, dim: int | Sequence[int] | None = None, edge_order: int = 1
) -> tuple[Tensor, ...]:
    """The slopes of samples along each dimension, by central differences inside and one-sided ones at the edges.

    Args:
        spacing: the distance of the samples, a number for all dimensions; or a list with a number for each of them,
            or with the points themselves, a vector for each.
        dim: the dimensions, by default all.
        edge_order: 1 or 2, how exact the slopes at the edges are.

    Raises:
        ArgumentError: for another edge_order, or where spacing and dim do not belong together.
        ShapeError: if a dimension has not more than edge_order samples.
        DTypeError: for uint8.
        DimensionError: if a dimension is out of range.

    >>> import autograd
    >>> gradient(autograd.tensor([1.0, 4.0, 9.0, 16.0]))
    (tensor([3., 4., 6., 7.]),)
    """
    if raw(input).dtype == np.uint8:
        raise DTypeError("gradient: uint8 has no negative slopes; use .int() or .float()")
    if edge_order not in (1, 2):
        raise ArgumentError(f"gradient: edge_order is 1 or 2, got {edge_order!r}")
    dims = range(input.ndim) if dim is None else checked_dims("gradient", dim, input.shape)
    step = 1 if spacing is None else spacing
    steps: Sequence[Any] = step if isinstance(step, (list, tuple)) else [step] * len(dims)
    if len(steps) != len(dims):
        raise ArgumentError(f"gradient: {len(steps)} spacings do not belong to {len(dims)} dimensions")
    for d, step in zip(dims, steps, strict=True):
        if input.shape[d] < edge_order + 1:
            raise ShapeError(
                f"gradient: needs at least {edge_order + 1} samples along dim {d}, got shape {tuple(input.shape)}"
            )
        if getattr(step, "ndim", 0) > 1:
            raise ShapeError(f"gradient: the points along dim {d} must be a vector, got {tuple(step.shape)}")
        if getattr(step, "ndim", 0) == 1 and len(step) != input.shape[d]:
            raise ShapeError(
                f"gradient: {len(step)} points do not belong to shape {tuple(input.shape)}, dim {d}"
            )
    return tuple(_slopes(input, d, step, edge_order) for d, step in zip(dims, steps, strict=True))


def _slopes(x: Any, d: int, step: Any, order: int) -> Tensor:
    """The slopes along one dimension; `step` is the distance of the samples, or a vector of points."""
    n = x.shape[d]

    def at(i: int) -> Any:
        return narrow(x, d, i % n, 1)

    distances: Any = None
    if getattr(step, "ndim", 0) == 1:
        after, before = _neighbours(step, 0)
        distances = (after - before) * 1.0
        step = distances[0]

    def gap(i: int) -> Any:
        return step if distances is None else distances[i]

    inner = []
    if n > 2:
        left, middle, right = (narrow(x, d, i, n - 2) for i in range(3))
        if distances is None:
            inner = [(right - left) / (2 * step)]
        else:
            line = (-1,) + (1,) * (x.ndim - 1 - d)
            h0, h1 = (reshape(part, line) for part in reversed(_neighbours(distances, 0)))
            inner = [((right - middle) * h0 / h1 + (middle - left) * h1 / h0) / (h0 + h1)]
    if order == 1:
        first, last = (at(1) - at(0)) / gap(0), (at(-1) - at(-2)) / gap(-1)
    else:
        first = _slope_at_end(at(0), at(1), at(2), gap(0), gap(1))
        last = -_slope_at_end(at(-1), at(-2), at(-3), gap(-1), gap(-2))
    return cat([first, *inner, last], d)


def _slope_at_end(a: Any, b: Any, c: Any, h0: Any, h1: Any) -> Any:
    """The slope at the first of three samples, h0 and h1 apart, of the parabola through them."""
    return (b - a) * (2 * h0 + h1) / (h0 * (h0 + h1)) - (c - b) * h0 / (h1 * (h0 + h1))
