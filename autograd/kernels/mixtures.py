"""Weighted sums of a few rows of a table each: what a grid of sample points reads from an image.

Three operations, whose derivatives are each other:

    mixed       out[p] = Σₖ weight[p, k] · x[index[p, k]]
    mixed_back  out[r] = Σ weight[p, k] · g[p] over all (p, k) with index[p, k] = r
    row_dots    out[p, k] = g[p] · x[index[p, k]]

The first two are products with a sparse matrix that has `weight` at (p, index[p, k]), and with its transpose.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import ShapeError
from autograd.kernels.embedding import check_rows
from autograd.primitive import Array, primitive

__all__ = ["mixed", "mixed_back", "row_dots"]


def sparse(weight: Array, index: Array, rows: int) -> Any:
    """The matrix (P, rows) with weight[p, k] at (p, index[p, k])."""
    if weight.shape != index.shape:
        raise ShapeError(f"mixed: weight {weight.shape} and index {index.shape} must have one shape (P, K)")
    check_rows("mixed", index, rows)  # SciPy trusts it
    from scipy.sparse import csr_array

    count, taps = index.shape
    wide = weight.astype(np.float32) if weight.dtype == np.float16 else weight
    starts = np.arange(count + 1, dtype=index.dtype) * taps
    return csr_array((wide.reshape(-1), index.reshape(-1), starts), shape=(count, rows))


def _back(g: Any, weight: Any, index: Any, rows: int) -> Any:
    return mixed_back(g, weight, index, rows)


def _dots(y: Any, x: Any, index: Any) -> Any:
    return row_dots(y, x, index)


@primitive(
    x=lambda g, x_shape, weight, index: _back(g, weight, index, x_shape[0]),
    weight=lambda g, x, index: _dots(g, x, index),
    index=None,
)
def mixed(x: Array, weight: Array, index: Array) -> Array:
    """out[p] = Σₖ weight[p, k] · x[index[p, k]]: x (R, C), weight and index (P, K) → (P, C)."""
    found = sparse(weight, index, len(x)) @ np.ascontiguousarray(x)
    return np.asarray(found).astype(x.dtype, copy=False)


@primitive(
    y=lambda g, weight, index: mixed(g, weight, index),
    weight=lambda g, y, index: _dots(y, g, index),
    index=None,
)
def mixed_back(y: Array, weight: Array, index: Array, rows: int) -> Array:
    """out[r] = Σ weight[p, k] · y[p] where index[p, k] = r: y (P, C) → (rows, C)."""
    found = sparse(weight, index, rows).T @ np.ascontiguousarray(y)
    return np.asarray(found).astype(y.dtype, copy=False)


@primitive(
    y=lambda g, x, index: mixed(x, g, index),
    x=lambda g, y, index, x_shape: mixed_back(y, g, index, x_shape[0]),
    index=None,
)
def row_dots(y: Array, x: Array, index: Array) -> Array:
    """out[p, k] = y[p] · x[index[p, k]]: y (P, C), x (R, C), index (P, K) → (P, K)."""
    out = np.empty(index.shape, y.dtype)
    for k in range(index.shape[1]):
        np.vecdot(y, x.take(index[:, k], 0), out=out[:, k])
    return out
