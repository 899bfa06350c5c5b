"""Counting: how many elements there are of each number, or in each interval."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import return_types
from autograd.composite import composite
from autograd.errors import ArgumentError, DTypeError, ShapeError
from autograd.hidden import only_values
from autograd.primitive import Array
from autograd.tape import raw, wrap

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["bincount", "histc", "histogram", "histogramdd"]


@composite
def bincount(input: Any, weights: Any = None, minlength: int = 0) -> Tensor:
    """How often each number 0, 1, 2, … occurs in a vector, or the sum of the weights where it does.

    The result is int64; with weights it is float32 for float32 weights and float64 for others.

    Raises:
        DTypeError: if the numbers are not integers.
        ShapeError: if they are not a vector, or the weights are not as many.
        ArgumentError: if a number or minlength is negative.

    >>> import autograd
    >>> bincount(autograd.tensor([0, 3, 3]), minlength=5)
    tensor([1, 0, 0, 2, 0])
    """
    only_values("bincount", input, weights)
    x = raw(input)
    if x.dtype.kind not in "iu":
        raise DTypeError(f"bincount: counts integers, got {x.dtype} of shape {x.shape}; use .long()")
    if x.ndim != 1:
        raise ShapeError(f"bincount: needs a vector, got shape {x.shape}")
    if minlength < 0:
        raise ArgumentError(f"bincount: minlength must not be negative, got {minlength}")
    if x.size and x.min() < 0:
        raise ArgumentError(f"bincount: numbers must not be negative, got {x.min()}")
    w = None if weights is None else raw(weights)
    if w is not None and w.shape != x.shape:
        raise ShapeError(f"bincount: needs a weight for each number, got shapes {w.shape} and {x.shape}")
    if w is None or not x.size:
        return wrap(np.bincount(x, minlength=minlength).astype(np.int64, copy=False))
    counts = np.bincount(x, w, minlength)
    return wrap(counts.astype(np.float32) if w.dtype == np.float32 else counts)


# ------------------------------------------------------------------------------------------------ intervals


def _number_of_bins(op: str, bins: Any) -> int:
    try:
        count = operator.index(bins)
    except TypeError:
        raise ArgumentError(f"{op}: bins is a number or a tensor of edges, got {bins!r}") from None
    if count < 1:
        raise ArgumentError(f"{op}: bins must be at least 1, got {count}")
    return count


def _range(op: str, x: Array, low: float, high: float) -> tuple[float, float]:
    """The outer edges: those given, or where they are equal those of the elements, a little apart."""
    if low == high and x.size:
        low, high = float(x.min()), float(x.max())
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ArgumentError(f"{op}: the range [{low}, {high}] is not finite")
    if low > high:
        raise ArgumentError(f"{op}: the range [{low}, {high}] must not have its smaller end last")
    return low, high


def _inside(x: Array, low: float, high: float, bins: int) -> tuple[Array, Array]:
    """Which elements lie between the outer edges, and the interval of each of them, of equal intervals."""
    inside = (x >= low) & (x <= high)
    place = ((x[inside] - x.dtype.type(low)) * bins / x.dtype.type(high - low)).astype(np.int64)
    return inside, np.minimum(place, bins - 1)


@composite
def histc(input: Any, bins: int = 100, min: float = 0, max: float = 0) -> Tensor:
    """How many elements lie in each of `bins` equal intervals from min to max; those outside are not counted.

    Where min and max are equal, the smallest and the largest element are used. The last interval includes its end.

    Raises:
        DTypeError: for integers.
        ArgumentError: if bins < 1, min > max, or the range is not finite.

    >>> import autograd
    >>> histc(autograd.tensor([1.0, 2.0, 1.0]), bins=4, min=0, max=3)
    tensor([0., 2., 1., 0.])
    """
    only_values("histc", input)
    x = raw(input)
    if x.dtype.kind != "f":
        raise DTypeError(
            f"histc: needs a floating-point tensor, got {x.dtype} of shape {x.shape}; use .float()"
        )
    count = _number_of_bins("histc", bins)
    low, high = _range("histc", x, float(min), float(max))
    if low == high:
        low, high = low - 1, high + 1
    _, place = _inside(x.reshape(-1), low, high, count)
    return wrap(np.bincount(place, minlength=count).astype(x.dtype))


def _edges(op: str, x: Array, bins: Any, span: Sequence[float] | None) -> Array:
    """The edges between the intervals of one dimension."""
    if hasattr(bins, "shape") and not isinstance(bins, np.generic):
        edges = raw(bins)
        if edges.ndim != 1:
            raise ShapeError(f"{op}: the edges must be a vector, got shape {edges.shape}")
        if edges.dtype != x.dtype:
            raise DTypeError(f"{op}: input and edges must have one dtype, got {x.dtype} and {edges.dtype}")
        return np.array(edges, order="C")
    count = _number_of_bins(op, bins)
    low, high = (0.0, 0.0) if span is None else (float(v) for v in span)
    if span is None and not x.size:
        high = 1.0
    if span is None or low != high:
        low, high = _range(op, x, low, high)
    if low == high:
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, count + 1, dtype=x.dtype)


def _interval(x: Array, edges: Array, even: bool) -> Array:
    """Which interval between the edges each element lies in, the last one with its end."""
    last = len(edges) - 2
    if not even:
        return np.minimum(np.searchsorted(edges, x, "right") - 1, last)
    place = ((x - edges[0]) * ((last + 1) / (edges[-1] - edges[0]))).astype(np.int64)
    place = np.minimum(place, last)  # now at most one away, by rounding
    place -= x < edges.take(place)
    place += (x >= edges.take(place + 1)) & (place < last)
    return place


def _histogram(
    op: str, x: Array, bins: Sequence[Any], span: Sequence[float] | None, weight: Any, density: bool
) -> tuple[Array, list[Array]]:
    """Counts of the rows of x in the intervals of all columns, and the edges."""
    if x.dtype.char not in "fd":
        raise DTypeError(f"{op}: needs a float32 or float64 tensor, got {x.dtype}; use .float()")
    n = x.shape[-1]
    if span is not None and len(span) != 2 * n:
        raise ArgumentError(f"{op}: range needs {2 * n} numbers for {n} dimensions, got {len(span)}")
    w = None if weight is None else raw(weight)
    if w is not None and w.shape != x.shape[:-1]:
        raise ShapeError(f"{op}: the weights must have shape {x.shape[:-1]}, got {w.shape}")
    if w is not None and w.dtype != x.dtype:
        raise DTypeError(f"{op}: input and weights must have one dtype, got {x.dtype} and {w.dtype}")
    rows = x.reshape(-1, n)
    edges = [
        _edges(op, rows[:, d], bins[d], None if span is None else span[2 * d : 2 * d + 2]) for d in range(n)
    ]
    counts = np.zeros([max(len(e) - 1, 0) for e in edges], x.dtype)
    inside = np.ones(len(rows), bool)
    for d, e in enumerate(edges):
        inside &= (rows[:, d] >= e[0]) & (rows[:, d] <= e[-1]) if e.size else False
    if counts.size:
        chosen = None if w is None else w.reshape(-1)
        if not inside.all():
            rows, chosen = rows[inside], None if chosen is None else chosen[inside]
        cells: Any = 0
        for d, e in enumerate(edges):
            cells = cells * counts.shape[d] + _interval(rows[:, d], e, even=not hasattr(bins[d], "shape"))
        counts = np.bincount(cells, chosen, counts.size).reshape(counts.shape).astype(x.dtype)
    if density:
        counts = counts / counts.sum()
        for d, e in enumerate(edges):
            counts = counts / np.diff(e).reshape((-1,) + (1,) * (n - 1 - d))
    return counts, edges


@composite
def histogram(
    input: Any,
    bins: Any,
    *,
    range: Sequence[float] | None = None,
    weight: Any = None,
    density: bool = False,
) -> return_types.histogram:
    """How many elements lie between neighbouring edges, or the sum of their weights; and the edges.

    bins is a number of equal intervals over `range` (by default from the smallest to the largest element), or a
    vector of edges. The last interval includes its end. With density=True the integral over all intervals is 1.

    Raises:
        DTypeError: unless the input is float32 or float64, and edges and weights have the same dtype.
        ShapeError, ArgumentError: if edges, weights, bins or range do not fit.

    >>> import autograd
    >>> hist, edges = histogram(autograd.tensor([1.0, 2.0, 1.0]), 2)
    >>> hist, edges
    (tensor([2., 1.]), tensor([1.0000, 1.5000, 2.0000]))
    """
    only_values("histogram", input, bins, weight)
    x = raw(input).reshape(-1, 1)
    w = None if weight is None else raw(weight)
    if w is not None and w.shape != raw(input).shape:
        raise ShapeError(f"histogram: the weights must have shape {raw(input).shape}, got {w.shape}")
    counts, edges = _histogram("histogram", x, [bins], range, None if w is None else w.reshape(-1), density)
    return return_types.histogram(wrap(counts), wrap(edges[0]))


@composite
def histogramdd(
    input: Any,
    bins: Any,
    range: Sequence[float] | None = None,
    weight: Any = None,
    density: bool = False,
) -> return_types.histogramdd:
    """How many of the points, rows of the input of shape (…, N), lie in each cell of a grid; and its edges.

    bins is a number for all dimensions, N numbers, or N vectors of edges; `range` holds 2 N numbers, the outer edges.

    Raises:
        DTypeError, ShapeError, ArgumentError: as for `histogram`.

    >>> import autograd
    >>> points = autograd.tensor([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> histogramdd(points, [2, 2]).hist
    tensor([[0., 1.],
            [1., 1.]])
    """
    only_values("histogramdd", input, bins, weight)
    x = raw(input)
    if x.ndim < 2:
        raise ShapeError(f"histogramdd: the input has shape (…, N), got {x.shape}")
    each = list(bins) if isinstance(bins, (list, tuple)) else [bins] * x.shape[-1]
    if len(each) != x.shape[-1]:
        raise ArgumentError(f"histogramdd: needs bins for each of {x.shape[-1]} dimensions, got {len(each)}")
    counts, edges = _histogram("histogramdd", x, each, range, weight, density)
    return return_types.histogramdd(wrap(counts), tuple(map(wrap, edges)))
