"""The largest singular values and their vectors, from the products with a few random vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd import random
from autograd.composite import composite
from autograd.errors import ArgumentError
from autograd.linalg.checks import facts, floating, matrices
from autograd.linalg.householder import qr
from autograd.linalg.spectra import svd
from autograd.ops.arithmetic import sub
from autograd.ops.linalg import matmul
from autograd.ops.reduce import mean
from autograd.ops.shape import expand, matrix_transpose

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["pca_lowrank", "svd_lowrank"]


def _basis(a: Any, q: int, niter: int) -> Any:
    """Orthonormal columns that nearly span the largest part of a's range: those of A (Aᵀ A)ⁿ R, R random."""
    batch, columns = tuple(a.shape)[:-2], a.shape[-1]
    start = random.randn(*batch, columns, q, dtype=a.dtype)
    found: Any = qr(matmul(a, start))[0]
    for _ in range(niter):
        found = qr(matmul(matrix_transpose(a), found))[0]
        found = qr(matmul(a, found))[0]
    return found


@composite
def svd_lowrank(A: Any, q: int = 6, niter: int = 2, M: Any = None) -> tuple[Tensor, Tensor, Tensor]:
    """U, S and V with U diag(S) Vᵀ ≈ A - M, of the q largest singular values.

    A: (*, M, N) → U (*, M, q), S (*, q), V (*, N, q). Exact, up to rounding, if the rank of A is not above q; otherwise
    the better, the faster the singular values fall, and the larger `niter` is. It draws q random vectors.

    Raises:
        ArgumentError: if q is not between 0 and the smaller of M and N, or niter is negative.
        ShapeError: if A has less than two dimensions.
        DTypeError: for integers.

    Source: Halko, Martinsson and Tropp, Finding structure with randomness, 2011, algorithms 4.4 and 5.1.

    >>> import autograd
    >>> u, s, v = svd_lowrank(autograd.tensor([[3.0, 0.0], [0.0, 4.0]]), 1, 20)
    >>> s
    tensor([4.])
    """
    matrices("svd_lowrank", A)
    floating("svd_lowrank", A)
    m, n = tuple(A.shape)[-2:]
    if not 0 <= q <= min(m, n):
        raise ArgumentError(
            f"svd_lowrank: q={q} must not be negative or above the smaller size of {tuple(A.shape)}"
        )
    if niter < 0:
        raise ArgumentError(f"svd_lowrank: niter must not be negative, got {niter}")
    a: Any = A if M is None else sub(A, expand(M, tuple(A.shape)))
    wide = m < n
    tall = matrix_transpose(a) if wide else a
    basis = _basis(tall, q, niter)
    u, s, vh = svd(matmul(matrix_transpose(basis), tall), full_matrices=False)
    left, right = matmul(basis, u), matrix_transpose(vh)
    return (right, s, left) if wide else (left, s, right)


@composite
def pca_lowrank(
    A: Any, q: int | None = None, center: bool = True, niter: int = 2
) -> tuple[Tensor, Tensor, Tensor]:
    """The principal components of rows of A (*, M, N): U, S and V of A less the mean of its rows, see `svd_lowrank`.

    The columns of V (*, N, q) are the directions; A V are the components; S² / (M - 1) their variances. q is 6 or the
    smaller of M and N unless given. Without `center` no mean is taken.

    Raises:
        ArgumentError, ShapeError, DTypeError: as for `svd_lowrank`.

    >>> import autograd
    >>> u, s, v = pca_lowrank(autograd.tensor([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]]), 1)
    >>> (v[1] / v[0]).item()  # doctest: +ELLIPSIS
    2.0...
    """
    shape = facts("pca_lowrank", A).shape
    matrices("pca_lowrank", A)
    floating("pca_lowrank", A)
    if q is None:
        q = min(6, *shape[-2:])
    if not 0 <= q <= min(shape[-2:]):
        raise ArgumentError(f"pca_lowrank: q={q} must not be negative or above the smaller size of {shape}")
    if niter < 0:
        raise ArgumentError(f"pca_lowrank: niter must not be negative, got {niter}")
    return svd_lowrank(sub(A, mean(A, -2, True)) if center else A, q, niter)
