"""Inverses: of square matrices, and the pseudo-inverse of any."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import return_types
from autograd.composite import composite
from autograd.errors import ArgumentError, ShapeError
from autograd.linalg.checks import batches, facts, failed, finite, matrices, square, transposed
from autograd.linalg.lapack import zero_pivots
from autograd.ops.shape import reshape
from autograd.primitive import Array, primitive

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["inv", "inv_ex", "inverse", "pinv", "pinverse", "matrix_rank", "tensorinv"]


# ------------------------------------------------------------------------------------------------ of square matrices


def _inverse_dx(g: Array, out: Array) -> Array:
    return -(transposed(out) @ g @ transposed(out))


@primitive(numpy=np.linalg.inv, x=_inverse_dx)
def linalg_inv(x: Array) -> Array:
    """x⁻¹.  dx = -x⁻ᵀ g x⁻ᵀ."""
    try:
        return np.linalg.inv(x)
    except np.linalg.LinAlgError:
        raise failed("linalg.inv", zero_pivots(x), "the matrix is singular: pivot {} is 0") from None


# Beside linalg_inv, because one singular matrix must not keep a batch from its inverses.
@primitive(x=_inverse_dx)
def linalg_inv_ex(x: Array) -> Array:
    """x⁻¹, or nan where there is none.  dx = -x⁻ᵀ g x⁻ᵀ."""
    try:
        return np.linalg.inv(x)
    except np.linalg.LinAlgError:
        out = np.full_like(x, np.nan)
        infos = zero_pivots(x)
        for i in batches(x):
            if not infos[i]:
                out[i] = np.linalg.inv(x[i])
        return out


@primitive(x=None)
def first_zero_pivots(x: Array) -> Array:
    """For each matrix the number, from 1, of the first pivot that is 0; 0 if there is none."""
    return zero_pivots(x)


def inverse_or_nan(x: Any) -> Any:
    """The inverses, nan where there is none; of tensors and of arrays."""
    return linalg_inv_ex(x)


@composite
def inv(A: Any) -> Tensor:
    """The inverse of square matrices: (*, N, N) → (*, N, N).  dA = -A⁻ᵀ g A⁻ᵀ.

    To solve A x = b, `solve` is faster and more exact.

    Raises:
        LinAlgError: if a matrix has none.
        ShapeError: if the matrices are not square.

    >>> import autograd
    >>> inv(autograd.tensor([[2.0, 0.0], [0.0, 4.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.2500]])
    """
    square("linalg.inv", A)
    return linalg_inv(A)


@composite
def inverse(input: Any) -> Tensor:
    """The inverse of square matrices; `linalg.inv` by another name."""
    return inv(input)


@composite
def inv_ex(A: Any, *, check_errors: bool = False) -> return_types.linalg_inv_ex:
    """The inverse of square matrices, and for each 0 or the number of its first pivot that is 0.

    Where there is no inverse the result is nan, unless `check_errors` asks for a LinAlgError.
    """
    if check_errors:
        inv(A)
    square("linalg.inv_ex", A)
    return return_types.linalg_inv_ex(linalg_inv_ex(A), first_zero_pivots(A))


@composite
def tensorinv(input: Any, ind: int = 2) -> Tensor:
    """The inverse of `A` as a map of its last dimensions to its first `ind`, as for `tensordot`.

    input: (*first, *last) with as many elements in both; the result has shape (*last, *first).

    Raises:
        ShapeError: if first and last do not have equal numbers of elements.

    >>> import autograd
    >>> tensorinv(autograd.eye(6).reshape(2, 3, 6), ind=2).shape
    autograd.Size([6, 2, 3])
    """
    shape = facts("linalg.tensorinv", input).shape
    if ind <= 0:
        raise ArgumentError(f"linalg.tensorinv: ind must be a positive integer, got {ind}")
    first, last = shape[:ind], shape[ind:]
    n = math.prod(first)
    if n != math.prod(last):
        raise ShapeError(
            f"linalg.tensorinv: the first {ind} dimensions of shape {shape} have {n} elements and the others "
            f"{math.prod(last)}; they must be equal"
        )
    return reshape(inv(reshape(input, (n, n))), (*last, *first))


# ------------------------------------------------------------------------------------------------ of any matrices


def tolerance(x: Array, largest: Array, atol: Any, rtol: Any) -> Array:
    """max(atol, rtol * the largest singular value), below which a singular value counts as 0; for each matrix.

    By default atol is 0 and rtol the machine epsilon times the larger side; a given atol > 0 makes rtol 0.
    """
    absolute, relative = (None if t is None else np.asarray(t, largest.dtype) for t in (atol, rtol))
    if relative is None:
        usual = np.asarray(np.finfo(x.dtype).eps * max(x.shape[-2:]), largest.dtype)
        relative = usual if absolute is None else np.where(absolute > 0, np.zeros_like(usual), usual)
    return np.maximum(relative * largest, 0 if absolute is None else absolute)


def _largest(values: Array) -> Array:
    return values.max(-1, initial=0)


def _pinv_dx(g: Array, out: Array, x: Array) -> Array:
    """From Golub and Pereyra's derivative of A⁺, for matrices of one rank (SIAM J. Numer. Anal. 10, 1973)."""
    p, pt, gt = out, transposed(out), transposed(g)
    inside = gt @ p
    outside = gt - inside @ x
    return inside @ pt - x @ (p @ (inside @ pt)) + pt @ (p @ outside) - transposed(p @ inside)


# A primitive, because the derivative of the SVD would divide by differences of equal singular values.
@primitive(x=_pinv_dx, atol=None, rtol=None)
def linalg_pinv(
    x: Array, atol: Array | None = None, rtol: Array | None = None, hermitian: bool = False
) -> Array:
    """The pseudo-inverse; its derivative beside it."""
    if not x.size:
        return np.zeros((*x.shape[:-2], x.shape[-1], x.shape[-2]), x.dtype)
    if hermitian:
        values, vectors = np.linalg.eigh(x)
        limit = tolerance(x, _largest(np.abs(values)), atol, rtol)
        kept = np.abs(values) > limit[..., None]
        scaled = vectors * (kept / np.where(kept, values, 1))[..., None, :]
        return scaled @ transposed(vectors)
    finite("linalg.pinv", x)
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    kept = s > tolerance(x, _largest(s), atol, rtol)[..., None]
    inverses = (kept / np.where(kept, s, 1)).astype(x.dtype)
    return (transposed(vh) * inverses[..., None, :]) @ transposed(u)


@composite
def pinv(
    input: Any, rcond: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None
) -> Tensor:
    """The pseudo-inverse A⁺ of Moore and Penrose: (*, M, N) → (*, N, M).

    Singular values up to max(atol, rtol σ₁) count as 0. By default atol is 0 and rtol the machine epsilon times
    max(M, N); a given atol > 0 makes rtol 0. `rcond` is rtol's older name. With `hermitian`, A is taken to be
    symmetric.

    The derivative is that of matrices of this rank; where the rank changes there is none.

    >>> import autograd
    >>> pinv(autograd.tensor([[2.0, 0.0], [0.0, 0.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.0000]])
    """
    matrices("linalg.pinv", input)
    if hermitian:
        square("linalg.pinv", input)
    return linalg_pinv(input, atol, rcond if rtol is None else rtol, hermitian)


@composite
def pinverse(input: Any, rcond: float = 1e-15) -> Tensor:
    """The pseudo-inverse; `linalg.pinv` with singular values up to rcond σ₁ counted as 0."""
    return pinv(input, rcond)


@composite
def matrix_rank(
    input: Any, tol: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None
) -> Tensor:
    """The number of singular values above max(atol, rtol σ₁): (*, M, N) → (*) of int64. `tol` is an absolute one.

    >>> import autograd
    >>> matrix_rank(autograd.tensor([[1.0, 1.0], [1.0, 1.0]]))
    tensor(1)
    """
    matrices("linalg.matrix_rank", input)
    if hermitian:
        square("linalg.matrix_rank", input)
    return linalg_matrix_rank(input, atol if tol is None else tol, rtol if tol is None else 0.0, hermitian)


@primitive(x=None, atol=None, rtol=None)
def linalg_matrix_rank(
    x: Array, atol: Array | None = None, rtol: Array | None = None, hermitian: bool = False
) -> Array:
    """The numbers of singular values above the tolerance."""
    if hermitian:
        values = np.abs(np.linalg.eigvalsh(x))
    else:
        finite("linalg.matrix_rank", x)
        values = np.linalg.svd(x, compute_uv=False)
    limit = tolerance(x, _largest(values), atol, rtol)
    return np.asarray((values > limit[..., None]).sum(-1), np.int64)
