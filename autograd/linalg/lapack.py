"""Batches through those LAPACK and BLAS routines that NumPy does not have; SciPy brings them, one matrix at a time."""

from __future__ import annotations

import numpy as np

from autograd.linalg.checks import batches
from autograd.primitive import Array


def lu_factors(x: Array) -> tuple[Array, Array, Array]:
    """P L U = x of each matrix (*, M, N): L and U in one array, the rows exchanged (from 1), the first pivot that is 0."""
    from scipy.linalg.lapack import get_lapack_funcs  # on use: it takes long to import

    m, n = x.shape[-2:]
    factors = np.array(x)
    pivots = np.empty((*x.shape[:-2], min(m, n)), np.int32)
    infos = np.zeros(x.shape[:-2], np.int32)
    if not x.size:
        return factors, pivots, infos
    (getrf,) = get_lapack_funcs(("getrf",), (x,))
    for i in batches(x):
        factors[i], exchanged, infos[i] = getrf(x[i])
        pivots[i] = exchanged + 1
    return factors, pivots, infos


def zero_pivots(x: Array) -> Array:
    """For each matrix the number, from 1, of the first pivot that is 0; 0 if there is none."""
    return lu_factors(x)[2]


def triangular_solution(a: Array, b: Array, upper: bool, unitriangular: bool) -> Array:
    """x with a x = b for triangular a; inf and nan where the diagonal has a 0. The batches broadcast."""
    from scipy.linalg.blas import get_blas_funcs  # on use: it takes long to import

    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    out = np.empty((*batch, *b.shape[-2:]), b.dtype)
    if not out.size:
        return out
    a, b = np.broadcast_to(a, (*batch, *a.shape[-2:])), np.broadcast_to(b, out.shape)
    (trsm,) = get_blas_funcs(("trsm",), (a, b))
    for i in batches(out):  # its transpose is what Fortran can read without a copy
        out[i] = trsm(1.0, a[i].T, b[i], lower=upper, trans_a=1, diag=unitriangular)
    return out


def cholesky_factors(x: Array) -> tuple[Array, Array]:
    """L with L Lᵀ = x of each matrix, from its lower triangle, and the order of the leading minor that is not positive."""
    from scipy.linalg.lapack import get_lapack_funcs  # on use: it takes long to import

    factors = np.array(x)
    infos = np.zeros(x.shape[:-2], np.int32)
    if not x.size:
        return factors, infos
    (potrf,) = get_lapack_funcs(("potrf",), (x,))
    for i in batches(x):
        factors[i], infos[i] = potrf(x[i], lower=1, clean=1)
    return factors, infos
