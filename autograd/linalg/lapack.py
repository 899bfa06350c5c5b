"""Batches through those LAPACK and BLAS routines that NumPy does not have; SciPy brings them, one matrix at a time."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.errors import ShapeError
from autograd.linalg.checks import batches, finite, matrices, square
from autograd.primitive import Array


def routine(name: str, x: Array) -> Any:
    """The routine of LAPACK for the dtype of x."""
    from scipy.linalg.lapack import get_lapack_funcs  # on use: it takes long to import

    found: Any = get_lapack_funcs((name,), (x,))
    return found[0]


def blas_routine(name: str, x: Array) -> Any:
    """The routine of BLAS for the dtype of x."""
    from scipy.linalg.blas import get_blas_funcs  # on use: it takes long to import

    found: Any = get_blas_funcs((name,), (x,))
    return found[0]


def lu_factors(x: Array) -> tuple[Array, Array, Array]:
    """P L U = x of each matrix (*, M, N): L and U in one array, the rows exchanged, the first pivot that is 0.

    Rows and pivots are counted from 1.
    """
    matrices("linalg.lu_factor", x)
    m, n = x.shape[-2:]
    factors = np.array(x)
    pivots = np.empty((*x.shape[:-2], min(m, n)), np.int32)
    infos = np.zeros(x.shape[:-2], np.int32)
    if not x.size:
        return factors, pivots, infos
    getrf = routine("getrf", x)
    for i in batches(x):
        factors[i], exchanged, infos[i] = getrf(x[i])
        pivots[i] = exchanged + 1
    return factors, pivots, infos


def zero_pivots(x: Array) -> Array:
    """For each matrix the number, from 1, of the first pivot that is 0; 0 if there is none."""
    return lu_factors(x)[2]


def triangular_solution(a: Array, b: Array, upper: bool, unitriangular: bool) -> Array:
    """x with a x = b for triangular a; inf and nan where the diagonal has a 0. The batches broadcast."""
    if a.ndim < 2 or b.ndim < 2 or not a.shape[-2] == a.shape[-1] == b.shape[-2]:
        raise ShapeError(
            f"linalg.solve_triangular: needs square matrices (*, N, N) and (*, N, K), got shapes {a.shape} and "
            f"{b.shape}"
        )
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    out = np.empty((*batch, *b.shape[-2:]), b.dtype)
    if not out.size:
        return out
    if math.prod(batch) > 4 * a.shape[-1]:
        return _substituted(a, b, out, upper, unitriangular)
    a, b = np.broadcast_to(a, (*batch, *a.shape[-2:])), np.broadcast_to(b, out.shape)
    trsm = blas_routine("trsm", b)
    for i in batches(out):  # its transpose is what Fortran can read without a copy
        out[i] = trsm(1.0, a[i].T, b[i], lower=bool(upper), trans_a=1, diag=bool(unitriangular))
    return out


def _substituted(a: Array, b: Array, out: Array, upper: bool, unitriangular: bool) -> Array:
    """The same row by row, for all matrices of a large batch of small ones at once."""
    n = a.shape[-1]
    for i in reversed(range(n)) if upper else range(n):
        known = slice(i + 1, n) if upper else slice(0, i)
        row = b[..., i, :] - (a[..., i, None, known] @ out[..., known, :])[..., 0, :]
        out[..., i, :] = row if unitriangular else row / a[..., i, i, None]
    return out


def cholesky_factors(x: Array) -> tuple[Array, Array]:
    """L with L Lᵀ = x of each matrix, from its lower triangle, and the order of the first minor not positive."""
    square("linalg.cholesky", x)
    factors = np.array(x)
    infos = np.zeros(x.shape[:-2], np.int32)
    if not x.size:
        return factors, infos
    potrf = routine("potrf", x)
    for i in batches(x):
        factors[i], infos[i] = potrf(x[i], lower=1, clean=1)
    return factors, infos


def least_squares(x: Array, y: Array, rcond: float, driver: str) -> tuple[Array, Array, Array]:
    """The smallest z that make |x z - y| smallest, the ranks, and the singular values (0 if the driver has none)."""
    from scipy import linalg  # on use: it takes long to import

    solve: Any = linalg.lstsq
    batch = np.broadcast_shapes(x.shape[:-2], y.shape[:-2])
    x, y = np.broadcast_to(x, (*batch, *x.shape[-2:])), np.broadcast_to(y, (*batch, *y.shape[-2:]))
    out = np.zeros((*batch, x.shape[-1], y.shape[-1]), x.dtype)
    ranks = np.zeros(batch, np.int64)
    values = np.zeros((*batch, min(x.shape[-2:])), x.dtype)
    if driver in ("gelsd", "gelss"):
        finite("linalg.lstsq", x)
    k = y.shape[-1]
    if not k:  # LAPACK wants one
        y = np.zeros((*y.shape[:-1], 1), y.dtype)
    for i in batches(x) if x.size else ():
        z, _, ranks[i], found = solve(x[i], y[i], cond=rcond, lapack_driver=driver, check_finite=False)
        out[i] = z[:, :k]
        if found is not None:
            values[i] = found
    return out, ranks, values
