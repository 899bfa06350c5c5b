"""Running results along a dimension: sums, products, the largest and the smallest so far, and sums of exponentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import return_types
from autograd.dims import checked_dim, on_tensor
from autograd.ops.forms import floating
from autograd.ops.reduce import converted
from autograd.ops.selection import raw
from autograd.primitive import Array, primitive

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["cumsum", "cumprod", "cummax", "cummin", "logcumsumexp"]


def _scanned(op: str, ufunc: np.ufunc, x: Array, dim: int) -> Array:
    """Running results: integers as int64, floats with float64 (float32 for float16 products) on the way."""
    axis = checked_dim(op, dim, x.shape)
    kind = x.dtype if x.dtype.kind == "f" else np.dtype(np.int64)
    if not x.ndim:
        return x.astype(kind)
    wide = np.float64 if kind.kind == "f" else kind
    return ufunc.accumulate(x, axis, wide).astype(kind, copy=False)


def _from_the_end(g: Array, dim: int) -> Array:
    """Running sums, the last element first."""
    return np.flip(np.cumsum(np.flip(g, dim), dim), dim) if g.ndim else g


@primitive(x=lambda g, dim: _from_the_end(g, dim))
def cumsum_(x: Array, dim: int) -> Array:
    """out[k] = x[0] + … + x[k] along `dim`.  dx[k] = g[k] + … + g[n-1]."""
    return _scanned("cumsum", np.add, x, dim)


@on_tensor
def cumsum(input: Any, dim: int, *, dtype: Any = None) -> Tensor:
    """Running sums along `dim`: out[k] = x[0] + … + x[k]. Integers add up to int64.  dx[k] = g[k] + … + g[n-1].

    Args:
        dtype: convert to this dtype first; the result has it, too.

    Raises:
        DimensionError: if the dimension is out of range.

    >>> import autograd
    >>> cumsum(autograd.tensor([1, 2, 3]), 0)
    tensor([1, 3, 6])
    """
    if dtype is None:
        return cumsum_(input, dim)
    return converted(cumsum_(converted(input, dtype), dim), dtype)  # type: ignore[no-any-return]  # a tensor


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
    n = x.shape[dim]
    if not n:
        return g
    first = _part(x, dim, 0, 1) * 0 + 1
    before = np.concatenate((first, np.cumprod(_part(x, dim, 0, n - 1), dim)), axis=dim)
    return before * _decaying(g, _part(x, dim, 1, n), dim)


def _part(x: Array, dim: int, start: int, stop: int) -> Array:
    return x[(slice(None),) * dim + (slice(start, stop),)]


def _decaying(g: Array, factors: Array, dim: int) -> Array:
    """s[k] = g[k] + factors[k] s[k+1] along `dim`, where there is one factor less."""
    n = g.shape[dim]
    sums = [_part(g, dim, n - 1, n)]
    for k in range(n - 2, -1, -1):
        sums.append(_part(g, dim, k, k + 1) + _part(factors, dim, k, k + 1) * sums[-1])
    return np.concatenate(sums[::-1], axis=dim)


@on_tensor
def cumprod(input: Any, dim: int, *, dtype: Any = None) -> Tensor:
    """Running products along `dim`: out[k] = x[0] ⋯ x[k]. Integers multiply to int64.

    dx[k] = Σ_{j≥k} g[j] * the product of the others up to j, also where elements are 0.

    Args:
        dtype: convert to this dtype first; the result has it, too.

    Raises:
        DimensionError: if the dimension is out of range.

    >>> import autograd
    >>> cumprod(autograd.tensor([1, 2, 3]), 0)
    tensor([1, 2, 6])
    """
    if dtype is None:
        return cumprod_(input, dim)
    return converted(cumprod_(converted(input, dtype), dim), dtype)  # type: ignore[no-any-return]  # a tensor


# ------------------------------------------------------------------------------------------ the largest so far


def _held(g: Array, index: Any, dim: int) -> Array:
    return held(g, index, dim)


@primitive(x=lambda g, index, dim: _held(g, index, dim))
def holding(x: Array, index: Any, dim: int) -> Array:
    """The elements of x at `index` along `dim`, an ndarray that stays or moves on.  dx = g, added at the index."""
    return np.take_along_axis(x, index, dim) if x.ndim else x.copy()


@primitive(x=lambda g, index, dim: holding(g, index, dim))
def held(x: Array, index: Any, dim: int) -> Array:
    """x added at `index` along `dim`, an ndarray that stays or moves on.  dx = g at the index.

    So each element gets the sum of a run: that takes a fraction of the time of adding one by one.
    """
    if not x.ndim:
        return x.copy()
    values, places = np.moveaxis(x, dim, -1).reshape(-1), np.moveaxis(index, dim, -1).reshape(-1)
    out = np.zeros(x.shape, x.dtype)
    if values.size:
        n = x.shape[dim]
        first = places[1:] != places[:-1]
        first[n - 1 :: n] = True  # where a line begins
        starts = np.flatnonzero(np.concatenate(([True], first)))
        sums = np.zeros(values.size, x.dtype)
        sums[starts - starts % n + places[starts]] = np.add.reduceat(values, starts)
        out[...] = np.moveaxis(sums.reshape(np.moveaxis(x, dim, -1).shape), -1, dim)
    return out


@primitive(x=None)
def latest(x: Array, dim: int, largest: bool) -> Array:
    """For each element the position along `dim` of the last of the largest (or smallest) elements so far."""
    axis = checked_dim("cummax" if largest else "cummin", dim, x.shape)
    if not x.ndim:
        return np.zeros((), np.int64)
    new = x == (np.maximum if largest else np.minimum).accumulate(x, axis)
    if x.dtype.kind == "f":
        new |= np.isnan(x)
    place = np.arange(x.shape[axis]).reshape((-1,) + (1,) * (x.ndim - 1 - axis))
    return np.maximum.accumulate(np.where(new, place, 0), axis)


def _running(input: Any, dim: int, largest: bool) -> tuple[Any, Any]:
    index = latest(input, dim, largest)
    array = raw(index)
    return holding(input, array.copy() if isinstance(array, np.ndarray) else array, dim), index


@on_tensor
def cummax(input: Any, dim: int) -> return_types.cummax:
    """The largest element so far along `dim`, and its position, the last of those that tie; nan once there is one.

    The gradient of each result goes to the element that it is.

    Raises:
        DimensionError: if the dimension is out of range.

    >>> import autograd
    >>> cummax(autograd.tensor([1.0, 3.0, 2.0]), 0)
    autograd.return_types.cummax(
    values=tensor([1., 3., 3.]),
    indices=tensor([0, 1, 1]))
    """
    return return_types.cummax(*_running(input, dim, largest=True))


@on_tensor
def cummin(input: Any, dim: int) -> return_types.cummin:
    """The smallest element so far along `dim`, and its position, the last of those that tie; nan once there is one.

    The gradient of each result goes to the element that it is.

    Raises:
        DimensionError: if the dimension is out of range.

    >>> import autograd
    >>> cummin(autograd.tensor([2.0, 1.0, 3.0]), 0).values
    tensor([2., 1., 1.])
    """
    return return_types.cummin(*_running(input, dim, largest=False))


# ------------------------------------------------------------------------------------------ sums of exponentials


def _logcumsumexp_dx(g: Array, out: Array, x: Array, dim: int) -> Array:
    """Σ_{j≥k} g[j] exp(x[k] - out[j]) = exp(x[k] - out[k]) s[k], where no exponential exceeds 1.

    s[k] = Σ_{j≥k} g[j] exp(out[k] - out[j]), which is g[k] + exp(out[k] - out[k+1]) s[k+1]; where `out` does not rise
    far, a product of what depends on k and what depends on j.
    """
    if not x.ndim:
        return g * np.exp(x - out)
    dim = dim % x.ndim
    n = x.shape[dim]
    if not n:
        return g
    top = _part(out, dim, n - 1, n)
    finite = raw(out)[np.isfinite(raw(out))]
    if finite.size == raw(out).size and (raw(top) - raw(out)).max() < 60:
        rise = np.exp(top - out)
        return np.exp(x - out) * _from_the_end(g * rise, dim) / rise
    here, after = _part(out, dim, 0, n - 1), _part(out, dim, 1, n)
    fall = np.where(
        raw(after) == np.inf, -np.inf, here - after
    )  # also from inf to inf: nan would spread to the front
    return np.exp(x - out) * _decaying(g, np.exp(fall), dim)


# A primitive, because composing it would overflow.
@primitive(x=_logcumsumexp_dx)
def logcumsumexp_(x: Array, dim: int) -> Array:
    """log(exp(x[0]) + … + exp(x[k])) along `dim`.  dx[k] = Σ_{j≥k} g[j] exp(x[k] - out[j])."""
    floating("logcumsumexp", x)
    axis = checked_dim("logcumsumexp", dim, x.shape)
    if not x.ndim:
        return x.copy()
    wide = np.float32 if x.dtype.char == "e" else x.dtype
    return np.logaddexp.accumulate(x, axis, wide).astype(x.dtype, copy=False)


@on_tensor
def logcumsumexp(input: Any, dim: int) -> Tensor:
    """Running log-sum-exps along `dim`: out[k] = log(exp(x[0]) + … + exp(x[k])), without overflow.

    dx[k] = Σ_{j≥k} g[j] exp(x[k] - out[j]).

    Raises:
        DTypeError: for integers.
        DimensionError: if the dimension is out of range.

    >>> import autograd
    >>> logcumsumexp(autograd.tensor([0.0, 0.0, 10.0]), 0)
    tensor([ 0.0000,  0.6931, 10.0001])
    """
    return logcumsumexp_(input, dim)
