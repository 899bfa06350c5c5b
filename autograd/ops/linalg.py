"""Matrix products: one primitive, `matmul`, and what is composed of it. The general contraction is in einsum.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.dims import checked_dim
from autograd.errors import ArgumentError, ShapeError
from autograd.ops.arithmetic import add, mul, sub
from autograd.ops.index import getitem
from autograd.ops.products import as_rows, product
from autograd.ops.shape import broadcast_shapes, expand, flatten, reshape, unsqueeze
from autograd.primitive import Array, primitive
from autograd.tape import Variable

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = [
    "matmul", "mm", "bmm", "mv", "dot", "vdot", "inner", "outer", "ger",
    "addmm", "addmv", "addbmm", "baddbmm", "addr", "chain_matmul", "matrix_power", "cross", "trace",
]  # fmt: skip


# ------------------------------------------------------------------------------------------------ the primitive


def _transposed(a: Array) -> Array:
    """The matrices in the last two dimensions, transposed."""
    return a.T if a.ndim == 2 else np.swapaxes(a, -1, -2)


def _matmul_dx(g: Array, y: Array) -> Array:
    """g yᵀ."""
    if y.ndim == 1:
        return g[..., None] * y
    if g.ndim < y.ndim:  # x is a vector
        return (y @ g[..., None])[..., 0]
    return product(g, _transposed(y))


def _matmul_dy(g: Array, x: Array) -> Array:
    """xᵀ g."""
    if x.ndim == 1:
        return x[:, None] * g[..., None, :] if g.ndim else x * g
    if g.ndim < x.ndim:  # y is a vector
        return (_transposed(x) @ g[..., None])[..., 0]
    return product(_transposed(x), g)


@primitive(
    cast="promote",
    x=_matmul_dx,
    y=_matmul_dy,
    quiet=False,
    hint="The last dimension of the first must equal the last but one of the second (the only one of a vector), and "
    "the dimensions before those must broadcast. Use .T or mT to transpose.",
)
def matmul_(x: Array, y: Array) -> Array:
    """x @ y.  dx = g yᵀ, dy = xᵀ g."""
    return product(x, y)


def matmul(input: Any, other: Any) -> Tensor:
    """The matrix product x @ y, for every rank.

    (M, K) @ (K, N) → (M, N), broadcast over dimensions before the last two; (K) @ (K) → a number, (K) @ (K, N) → (N),
    (M, K) @ (K) → (M).  dx = g yᵀ, dy = xᵀ g.

    Raises:
        ShapeError: if the shapes do not fit.

    >>> import autograd
    >>> matmul(autograd.tensor([[1.0, 2.0]]), autograd.tensor([[3.0], [4.0]]))
    tensor([[11.]])
    """
    x = input.array if isinstance(input, Variable) else input
    y = other.array if isinstance(other, Variable) else other
    if y.ndim == 2 and x.ndim > 2:  # one large product instead of a batch of small ones
        shape = x.shape
        return reshape(matmul_(reshape(input, (-1, shape[-1]) if x.size else as_rows(x).shape), other), (*shape[:-1], y.shape[1]))
    return matmul_(input, other)
