"""Running results along a dimension: sums, products, the largest and the smallest so far, and sums of exponentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import return_types
from autograd.composite import composite
from autograd.dims import checked_dim
from autograd.ops.forms import floating
from autograd.ops.reduce import converted
from autograd.ops.running import (
    accumulated,
    elements_of_runs,
    latest_positions,
    running_sums,
    sums_of_runs,
)
from autograd.primitive import Array, primitive
from autograd.tape import raw

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["cumsum", "cumprod", "cummax", "cummin", "logcumsumexp"]


def _from_the_end(g: Array, dim: int) -> Array:
    """Running sums, the last element first."""
    if type(g) is np.ndarray and g.ndim and g.dtype.kind == "f":
        return running_sums(g, dim, reverse=True)
    return np.flip(np.cumsum(np.flip(g, dim), dim), dim) if g.ndim else g


@primitive(c_order=True, x=lambda g, dim: _from_the_end(g, dim))
def cumsum_(x: Array, dim: int) -> Array:
    """out[k] = x[0] + … + x[k] along `dim`.  dx[k] = g[k] + … + g[n-1]."""
    axis = checked_dim("cumsum", dim, x.shape)
    if x.dtype.kind != "f":
        x = x.astype(np.int64)
    if not x.ndim:
        return x.copy()
    return running_sums(x, axis) if x.dtype.kind == "f" else accumulated(np.add, x, axis)


@composite
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


@primitive(c_order=True, x=lambda g, out, x, dim: _cumprod_dx(g, out, x, dim))
def cumprod_(x: Array, dim: int) -> Array:
    """out[k] = x[0] ⋯ x[k] along `dim`.  dx[k] = Σ_{j≥k} g[j] out[j] / x[k]."""
    axis = checked_dim("cumprod", dim, x.shape)
    wide = np.dtype(np.float64 if x.dtype.kind == "f" else np.int64)
    if x.dtype.kind != "f":
        x = x.astype(np.int64)
    return accumulated(np.multiply, x, axis, wide) if x.ndim else x.copy()


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


@composite
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


@primitive(c_order=True, x=lambda g, index, dim: _held(g, index, dim))
def holding(x: Array, index: Any, dim: int) -> Array:
    """The elements of x at `index` along `dim`, an ndarray that stays or moves on.  dx = g, added at the index."""
    return elements_of_runs(x, index, dim % x.ndim) if x.ndim else x.copy()


@primitive(x=lambda g, index, dim: holding(g, index, dim))
def held(x: Array, index: Any, dim: int) -> Array:
    """x added at `index` along `dim`, an ndarray that stays or moves on.  dx = g at the index.

    So each element gets the sum of a run: that takes a fraction of the time of adding one by one.
    """
    return sums_of_runs(x, index, dim % x.ndim) if x.ndim else x.copy()


@primitive(c_order=True, x=None)
def latest(x: Array, dim: int, largest: bool) -> Array:
    """For each element the position along `dim` of the last of the largest (or smallest) elements so far."""
    axis = checked_dim("cummax" if largest else "cummin", dim, x.shape)
    if not x.ndim:
        return np.zeros((), np.int64)
    new = x == accumulated(np.maximum if largest else np.minimum, x, axis)
    if x.dtype.kind == "f":
        new |= np.isnan(x)
    return latest_positions(new, axis)


def _running(input: Any, dim: int, largest: bool) -> tuple[Any, Any]:
    index = latest(input, dim, largest)
    array = raw(index)
    return holding(input, array.copy() if isinstance(array, np.ndarray) else array, dim), index


@composite
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


@composite
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
    if finite.size == raw(out).size and (raw(top) - raw(out)).max(initial=0) < 60:
        rise = np.exp(top - out)
        return np.exp(x - out) * _from_the_end(g * rise, dim) / rise
    here, after = _part(out, dim, 0, n - 1), _part(out, dim, 1, n)
    fall = np.where(
        raw(after) == np.inf, -np.inf, here - after
    )  # also from inf to inf: nan would spread to the front
    return np.exp(x - out) * _decaying(g, np.exp(fall), dim)


# A primitive, because composing it would overflow.
@primitive(c_order=True, x=_logcumsumexp_dx)
def logcumsumexp_(x: Array, dim: int) -> Array:
    """log(exp(x[0]) + … + exp(x[k])) along `dim`.  dx[k] = Σ_{j≥k} g[j] exp(x[k] - out[j])."""
    floating("logcumsumexp", x)
    axis = checked_dim("logcumsumexp", dim, x.shape)
    if not x.ndim:
        return x.copy()
    wide = np.float32 if x.dtype.char == "e" else x.dtype
    return np.logaddexp.accumulate(x, axis, wide).astype(x.dtype, copy=False)


@composite
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
