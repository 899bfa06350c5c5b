"""Matrix products in their fastest form, for the bodies and formulas of matmul, linear, and contractions.

On anything but ndarrays (tensors under create_graph) each is the plain expression, which records itself.
"""

from __future__ import annotations

import math

import numpy as np

from autograd.constants import ones
from autograd.primitive import Array

SMALL = 9216
"""Elements of the second matrix up to which BLAS takes it as it is."""

_ndarray = np.ndarray  # asked for at every product


def product(x: Array, y: Array) -> Array:
    """x @ y of two matrices.

    A large product with one inner dimension is a broadcast. For few rows and a transposed y, as in `x @ weight.T`, BLAS
    spends its time on rearranging y; computing the transpose of the result instead takes half as long in float32.

    >>> product(np.ones((2, 3)), np.ones((3, 1)))
    array([[3.],
           [3.]])
    """
    if type(x) is type(y) is _ndarray and x.ndim == y.ndim == 2:
        if y.size <= SMALL and len(y) > 1:
            return x.dot(y)  # the same as @, with half of its overhead
        rows, inner = x.shape
        if inner == 1 and len(y) == 1 and rows * y.size > 2**18:  # smaller ones BLAS has done sooner
            return x * y
        if (
            rows * y.size >= 200_000
            and 2 <= rows <= 128
            and 2 * rows <= inner
            and y.shape[1] >= 64
            and y.flags.f_contiguous
            and y.dtype.char == "f"
        ):
            return np.ascontiguousarray((y.T @ x.T).T)
        return x.dot(y)
    if type(x) is type(y) is _ndarray and x.ndim == y.ndim == 3 and len(x) == len(y) > 1:
        if x.shape[2] == 1 == y.shape[1]:
            return x * y
        if not (x.size and y.size):
            return x @ y
        if y.strides[0] == 0 and x.shape[2] == y.shape[1]:  # one matrix for a whole batch: one large product
            rows = product(x.reshape(len(x) * x.shape[1], x.shape[2]), y[0])
            return rows.reshape(*x.shape[:2], y.shape[2])
        if x.strides[0] == 0 and x.shape[2] == y.shape[1] and y.shape[2] == 1:
            return product(y[..., 0], x[0].T)[..., None]
    return x @ y


def as_rows(x: Array) -> Array:
    """All dimensions but the last made one: (…, N) as (M, N).

    >>> as_rows(np.zeros((2, 3, 4))).shape
    (6, 4)
    """
    return x if x.ndim == 2 else x.reshape((math.prod(x.shape[:-1]), x.shape[-1]))


def column_sums(g: Array) -> Array:
    """The sum over all dimensions but the last, by a product with ones: three times faster than np.sum.

    >>> column_sums(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([4., 6.])
    """
    ndim = g.ndim
    if ndim == 1:
        return g
    if ndim > 2:
        g = as_rows(g)
    return ones(len(g), g.dtype).dot(g) if type(g) is _ndarray else g.sum(axis=0)
