"""LU factors with exchanged rows: P L U = A."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import return_types
from autograd.composite import composite
from autograd.errors import ArgumentError, DTypeError, PositionError, ShapeError
from autograd.linalg.checks import facts, failed, floating, matrices, square, transposed
from autograd.linalg.lapack import lu_factors
from autograd.linalg.systems import linalg_solve_triangular
from autograd.ops.identity import contiguous
from autograd.ops.rearrange import tril, triu
from autograd.ops.shape import broadcast_shapes, expand, matrix_transpose, reshape
from autograd.primitive import Array, primitive

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["lu", "lu_factor", "lu_factor_ex", "lu_solve", "lu_unpack"]


def permutation(pivots: Array, m: int) -> Array:
    """For each row of P L U the row of L U that it is, from the exchanges that were made, one after the other."""
    rows = np.broadcast_to(np.arange(m), (*pivots.shape[:-1], m)).copy()
    for i in range(pivots.shape[-1]):
        j = pivots[..., i : i + 1].astype(np.intp) - 1
        held = rows[..., i : i + 1].copy()
        rows[..., i : i + 1] = np.take_along_axis(rows, j, -1)
        np.put_along_axis(rows, j, held, -1)
    return np.argsort(rows, -1)


@primitive(c_order=True, pivots=None)
def permutation_matrix(pivots: Array, m: int, dtype: Any) -> Array:
    """P of P L U.

    Raises:
        PositionError: (an IndexError) if a pivot is not the number of a row, from 1.
    """
    wrong = (pivots < 1) | (pivots > m)
    if wrong.any():
        raise PositionError(
            f"linalg.lu: pivots must be between 1 and {m}, the number of rows, as lu_factor returns them; "
            f"got {pivots[wrong].reshape(-1)[0]}"
        )
    return np.eye(m, dtype=dtype)[permutation(pivots, m)]


def _unit_lower(x: Any, n: int) -> Any:
    """The strictly lower triangle of the first n columns and rows, with ones on the diagonal."""
    square_part = x[..., :n, :n]
    return np.tril(square_part, -1) + np.eye(n, dtype=x.dtype)


def _lu_dx(g: Any, out: Any) -> Any:
    """With P L U = x square: P L⁻ᵀ (tril(Lᵀ gL, -1) + triu(gU Uᵀ)) U⁻ᵀ, and more where x is wide or tall."""
    g = g[0]
    if g is None:
        return None
    packed, pivots, _ = out
    m, n = packed.shape[-2:]
    k = min(m, n)
    lower, upper = _unit_lower(packed, k), np.triu(packed[..., :k, :k])
    g_lower, g_upper = np.tril(g[..., :k, :k], -1), np.triu(g[..., :k, :k])
    lower_part, upper_part = transposed(lower) @ g_lower, g_upper @ transposed(upper)
    if n > m:  # A₂ = P L U₂
        right, g_right = packed[..., :, k:], g[..., :, k:]
        lower_part = lower_part - g_right @ transposed(right)
    if m > n:  # A₂ = L₂ U, below
        below, g_below = packed[..., k:, :], g[..., k:, :]
        upper_part = upper_part - transposed(below) @ g_below
    inner = np.tril(lower_part, -1) + np.triu(upper_part)
    dx = _over_upper(upper, linalg_solve_triangular(transposed(lower), inner, True, True))
    if n > m:
        dx = np.concatenate((dx, linalg_solve_triangular(transposed(lower), g_right, True, True)), -1)
    if m > n:
        dx = np.concatenate((dx, _over_upper(upper, g_below)), -2)
    return permutation_matrix(pivots, m, packed.dtype) @ dx


def _over_upper(upper: Any, x: Any) -> Any:
    """x U⁻ᵀ."""
    return transposed(linalg_solve_triangular(upper, transposed(x), True, False))


@primitive(several=True, materialize=False, x=_lu_dx)
def linalg_lu_factor_ex(x: Array, check: bool = False) -> tuple[Array, Array, Array]:
    """L and U in one array, the pivots, and the number of the first that is 0; the derivative is beside it."""
    packed, pivots, infos = lu_factors(x)
    if check and infos.any():
        raise failed(
            "linalg.lu_factor", infos, "U[{0}, {0}], counted from 1, is 0: it cannot be used to solve"
        )
    return packed, pivots, infos


def _factored(op: str, A: Any, pivot: bool, check: bool = False) -> Any:
    matrices(op, A)
    if not pivot:
        raise ArgumentError(
            f"{op}: pivot=False is not supported; rows are exchanged, so that no digits are lost"
        )
    return linalg_lu_factor_ex(A, check)


@composite
def lu_factor(A: Any, *, pivot: bool = True) -> return_types.linalg_lu_factor:
    """P L U = A, packed for `lu_solve`: L (unit diagonal, not stored) and U in one array, and the exchanges of rows.

    A: (*, M, N) → LU (*, M, N), pivots (*, min(M, N)) of int32.

    Raises:
        LinAlgError: if a pivot of a matrix is 0.

    >>> import autograd
    >>> lu_factor(autograd.tensor([[1.0, 2.0], [2.0, 2.0]]))
    autograd.return_types.linalg_lu_factor(
    LU=tensor([[2.0000, 2.0000],
            [0.5000, 1.0000]]),
    pivots=tensor([2, 2], dtype=autograd.int32))
    """
    return return_types.linalg_lu_factor(*_factored("linalg.lu_factor", A, pivot, True)[:2])


@composite
def lu_factor_ex(
    A: Any, *, pivot: bool = True, check_errors: bool = False
) -> return_types.linalg_lu_factor_ex:
    """`lu_factor`, and for each matrix 0 or the number of its first pivot that is 0."""
    return return_types.linalg_lu_factor_ex(*_factored("linalg.lu_factor_ex", A, pivot, check_errors))


@composite
def lu(A: Any, *, pivot: bool = True) -> return_types.linalg_lu:
    """P L U = A: a permutation, a lower triangular matrix with ones on its diagonal, and an upper triangular one.

    A: (*, M, N) → P (*, M, M), L (*, M, K), U (*, K, N) with K = min(M, N). P has no derivative.

    >>> import autograd
    >>> p, l, u = lu(autograd.tensor([[1.0, 2.0], [2.0, 2.0]]))
    >>> p @ l @ u
    tensor([[1., 2.],
            [2., 2.]])
    """
    packed, pivots, _ = _factored("linalg.lu", A, pivot)
    return return_types.linalg_lu(*lu_unpack(packed, pivots))


@composite
def lu_unpack(
    LU_data: Any, LU_pivots: Any, unpack_data: bool = True, unpack_pivots: bool = True
) -> return_types.lu_unpack:
    """P, L and U from what `lu_factor` returns; what is not to be unpacked is empty."""
    packed, pivots = facts("lu_unpack", LU_data), facts("lu_unpack", LU_pivots)
    if packed.ndim < 2:
        raise ShapeError(f"lu_unpack: LU_data holds matrices (*, M, N), got shape {packed.shape}")
    if unpack_pivots and pivots.dtype != np.int32:
        raise DTypeError(f"lu_unpack: LU_pivots must be int32, as lu_factor returns them, got {pivots.dtype}")
    m, n = packed.shape[-2:]
    k = min(m, n)
    nothing: Any = reshape(LU_data[..., :0], (-1,))
    p = permutation_matrix(LU_pivots, m, packed.dtype) if unpack_pivots else nothing
    lower, upper = nothing, nothing
    if unpack_data:
        ones = np.eye(m, k, dtype=packed.dtype)
        lower, upper = tril(LU_data[..., :, :k], -1) + ones, triu(LU_data[..., :k, :])
    return return_types.lu_unpack(p, lower, upper)


@composite
def lu_solve(LU: Any, pivots: Any, B: Any, *, left: bool = True, adjoint: bool = False) -> Tensor:
    """X with A X = B, X A = B if not `left`, or with Aᵀ for A if `adjoint`, given A's packed factors.

    LU: (*, N, N), pivots (*, N) and B (*, N, K), or (*, K, N) if not `left`. The batches broadcast.

    Raises:
        ShapeError: if the shapes do not fit.

    >>> import autograd
    >>> a = autograd.tensor([[1.0, 2.0], [2.0, 2.0]])
    >>> lu_solve(*lu_factor(a), autograd.tensor([[3.0], [4.0]]))
    tensor([[1.],
            [1.]])
    """
    square("linalg.lu_solve", LU)
    matrices("linalg.lu_solve", B)
    floating("linalg.lu_solve", LU, B)
    exchanged = facts("linalg.lu_solve", pivots)
    shape, wanted = tuple(LU.shape), tuple(B.shape)
    if exchanged.dtype != np.int32:
        raise DTypeError(
            f"linalg.lu_solve: pivots must be int32, as lu_factor returns them, got {exchanged.dtype}"
        )
    if exchanged.shape != shape[:-1]:
        raise ShapeError(
            f"linalg.lu_solve: pivots of shape {exchanged.shape} do not belong to LU of shape {shape}"
        )
    if shape[-1] != wanted[-2 if left else -1]:
        raise ShapeError(f"linalg.lu_solve: LU of shape {shape} does not fit B of shape {wanted}")
    batch = broadcast_shapes(shape[:-2], wanted[:-2])
    b = expand(B, (*batch, *wanted[-2:]))
    if not left:  # X A = B means Aᵀ Xᵀ = Bᵀ
        return contiguous(matrix_transpose(_lu_solved(LU, pivots, matrix_transpose(b), not adjoint)))
    return _lu_solved(LU, pivots, b, adjoint)  # type: ignore[no-any-return]  # a tensor


def _lu_solved(LU: Any, pivots: Any, b: Any, adjoint: bool) -> Any:
    p = permutation_matrix(pivots, b.shape[-2], facts("linalg.lu_solve", LU).dtype)
    if adjoint:  # Uᵀ Lᵀ Pᵀ X = B
        half = linalg_solve_triangular(matrix_transpose(LU), b, False, False)
        return p @ linalg_solve_triangular(matrix_transpose(LU), half, True, True)
    half = linalg_solve_triangular(LU, matrix_transpose(p) @ b, False, True)
    return linalg_solve_triangular(LU, half, True, False)
