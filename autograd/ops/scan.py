"""Running sums and products along a dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.dims import checked_dim
from autograd.ops.reduce import converted
from autograd.ops.selection import raw
from autograd.primitive import Array, implements, primitive

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["cumsum", "cumprod"]


def _scanned(op: str, ufunc: np.ufunc, x: Array, dim: int) -> Array:
    axis = checked_dim(op, dim, x.shape)
    kind = None if x.dtype.kind == "f" else np.int64
    if not x.ndim:
        return x.astype(kind or x.dtype)
    return ufunc.accumulate(x, axis, kind)


def _from_the_end(g: Array, dim: int) -> Array:
    """Running sums, the last element first."""
    return np.flip(np.cumsum(np.flip(g, dim), dim), dim) if g.ndim else g


@primitive(x=lambda g, dim: _from_the_end(g, dim))
def cumsum_(x: Array, dim: int) -> Array:
    """out[k] = x[0] + … + x[k] along `dim`.  dx[k] = g[k] + … + g[n-1]."""
    return _scanned("cumsum", np.add, x, dim)


@implements(np.cumsum)
def cumsum(input: Any, dim: int | None = None, *, dtype: Any = None, axis: int | None = None) -> Tensor:
    """Running sums along `dim`: out[k] = x[0] + … + x[k]. Integers add up to int64.  dx[k] = g[k] + … + g[n-1].

    Raises:
        DimensionError: if the dimension is out of range.

    >>> import autograd
    >>> cumsum(autograd.tensor([1, 2, 3]), 0)
    tensor([1, 3, 6])
    """
    return cumsum_(*_arguments(input, dim, dtype, axis))


def _arguments(input: Any, dim: int | None, dtype: Any, axis: int | None) -> tuple[Any, int]:
    """The tensor in its dtype and the dimension; without one (as NumPy allows), of all elements in C order."""
    if dtype is not None:
        input = converted(input, dtype)
    dim = dim if axis is None else axis
    return (input.reshape(-1), 0) if dim is None else (input, dim)


@primitive(x=lambda g, out, x, dim: _cumprod_dx(g, out, x, dim))
def cumprod_(x: Array, dim: int) -> Array:
    """out[k] = x[0] ⋯ x[k] along `dim`.  dx[k] = Σ_{j≥k} g[j] out[j] / x[k]."""
    return _scanned("cumprod", np.multiply, x, dim)


def _cumprod_dx(g: Array, out: Array, x: Array, dim: int) -> Array:
    if not x.ndim:
        return g
    if (raw(x) != 0).all() and np.isfinite(raw(out)).all():
        return _from_the_end(g * out, dim) / x
    # Where there are zeros: dx[k] = before[k] s[k], with the product of those before x[k], and
    # s[k] = Σ_{j≥k} g[j] x[k+1] ⋯ x[j], so s[k] = g[k] + x[k+1] s[k+1].
    dim = dim % x.ndim
    parts = [(slice(None),) * dim + (slice(k, k + 1),) for k in range(x.shape[dim])]
    sums = [g[parts[-1]]]
    for k in range(x.shape[dim] - 2, -1, -1):
        sums.append(g[parts[k]] + x[parts[k + 1]] * sums[-1])
    first = x[parts[0]] * 0 + 1
    rest = (slice(None),) * dim + (slice(0, x.shape[dim] - 1),)
    before = np.concatenate((first, np.cumprod(x[rest], axis=dim)), axis=dim)
    return before * np.concatenate(sums[::-1], axis=dim)


@implements(np.cumprod)
def cumprod(input: Any, dim: int | None = None, *, dtype: Any = None, axis: int | None = None) -> Tensor:
    """Running products along `dim`: out[k] = x[0] ⋯ x[k]. Integers multiply to int64.

    dx[k] = Σ_{j≥k} g[j] * the product of the others up to j, also where elements are 0.

    Raises:
        DimensionError: if the dimension is out of range.

    >>> import autograd
    >>> cumprod(autograd.tensor([1, 2, 3]), 0)
    tensor([1, 2, 6])
    """
    return cumprod_(*_arguments(input, dim, dtype, axis))
