"""Linear algebra: matrix products."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.primitive import Array, primitive

if TYPE_CHECKING:
    from autograd.tensor import Tensor

def _mT(a: Array) -> Array:
    return a.T if a.ndim == 2 else np.swapaxes(a, -1, -2)


def _matmul_dx(g: Array, y: Array) -> Array:
    """g yᵀ, for each rank of x and y."""
    if y.ndim == 1:
        return g[..., None] * y
    if g.ndim < y.ndim:  # x is a vector
        return (y @ g[..., None])[..., 0]
    return g @ _mT(y)


def _matmul_dy(g: Array, x: Array) -> Array:
    """xᵀ g, for each rank of x and y."""
    if x.ndim == 1:
        return g[..., None, :] * x[:, None] if g.ndim else g * x
    if g.ndim < x.ndim:  # y is a vector
        return (_mT(x) @ g[..., None])[..., 0]
    return _mT(x) @ g


@primitive(cast="promote", x=_matmul_dx, y=_matmul_dy, numpy=np.matmul,
    hint="The last dimension of the first and the last but one of the second must be equal (for a vector, its only one).")
def matmul(x: Array, y: Array) -> Array:
    """Matrix product"""
    return x @ y
