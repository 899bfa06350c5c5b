"""Systems of linear equations: general, triangular, over- and underdetermined."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import return_types
from autograd.composite import composite
from autograd.dims import checked_dims
from autograd.errors import ArgumentError, ShapeError
from autograd.hidden import all_examples
from autograd.linalg.checks import facts, failed, floating, matrices, square, transposed
from autograd.linalg.inverses import _pinv_dx, first_zero_pivots, linalg_pinv
from autograd.linalg.lapack import least_squares, triangular_solution, zero_pivots
from autograd.ops.identity import contiguous
from autograd.ops.reduce import sum
from autograd.ops.selection import where
from autograd.ops.shape import broadcast_shapes, matrix_transpose, permute, reshape, squeeze, unsqueeze
from autograd.primitive import Array, primitive

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["solve", "solve_ex", "solve_triangular", "triangular_solve", "tensorsolve", "lstsq"]


# ------------------------------------------------------------------------------------------------ general systems


def _solve_dx(g: Array, out: Array, x: Array) -> Array:
    return -(_solve_dy(g, x) @ transposed(out))


def _solve_dy(g: Array, x: Array) -> Array:
    solution: Array = linalg_solve(transposed(x), g)
    return solution


@primitive(x=_solve_dx, y=_solve_dy)
def linalg_solve(x: Array, y: Array) -> Array:
    """x⁻¹ y.  dy = x⁻ᵀ g, dx = -dy outᵀ."""
    try:
        return np.linalg.solve(x, y)
    except np.linalg.LinAlgError:
        raise failed("linalg.solve", zero_pivots(x), "the matrix is singular: pivot {} is 0") from None


def is_vector(A: Any, B: Any) -> bool:
    """Whether B, beside matrices A (*, N, N), is one vector or a batch of them, (N) or (*, N)."""
    a, b = tuple(A.shape), tuple(B.shape)
    return len(b) == 1 or (len(a) - 1 == len(b) and b == a[:-1])


def _fits(op: str, a: tuple[int, ...], b: tuple[int, ...], left: bool) -> None:
    """Raise unless A (*, M, M) times (*, M, K), or (*, K, M) times it, can be B, with batches that broadcast."""
    if a[-2] != b[-2 if left else -1]:
        equation = "A X = B" if left else "X A = B"
        raise ShapeError(
            f"{op}: in {equation}, A of shape {a} has {a[-2]} rows, and B of shape {b} "
            f"{b[-2] if left else b[-1]} {'rows' if left else 'columns'}; they must be equal"
        )
    broadcast_shapes(a[:-2], b[:-2])


@composite
def solve(A: Any, B: Any, *, left: bool = True) -> Tensor:
    """X with A X = B, or X A = B if not `left`.

    A: (*, N, N); B: (*, N, K), or (*, K, N) if not `left`, or vectors (N) or (*, N). The batches broadcast.
    dB = A⁻ᵀ g, dA = -dB Xᵀ.

    Raises:
        LinAlgError: if a matrix is singular.
        ShapeError: if the shapes do not fit.

    >>> import autograd
    >>> solve(autograd.tensor([[2.0, 0.0], [0.0, 4.0]]), autograd.tensor([2.0, 2.0]))
    tensor([1.0000, 0.5000])
    """
    return _solved("linalg.solve", A, B, left)


def _solved(op: str, A: Any, B: Any, left: bool) -> Tensor:
    square(op, A)
    floating(op, A, B)
    if not B.shape:
        raise ShapeError(f"{op}: B must have at least one dimension, got shape ()")
    vector = is_vector(A, B)
    if vector and not left:
        raise ShapeError(
            f"{op}: with left=False B must hold matrices, got shapes {tuple(A.shape)} and {tuple(B.shape)}; "
            "use B.unsqueeze(-2)"
        )
    b = unsqueeze(B, -1) if vector else B
    _fits(op, tuple(A.shape), tuple(b.shape), left)
    if not left:
        return contiguous(matrix_transpose(linalg_solve(matrix_transpose(A), matrix_transpose(b))))
    x = linalg_solve(A, b)
    return squeeze(x, -1) if vector else x


@composite
def solve_ex(
    A: Any, B: Any, *, left: bool = True, check_errors: bool = False
) -> return_types.linalg_solve_ex:
    """`solve`, and for each matrix 0 or the number of its first pivot that is 0.

    Where a matrix is singular the result is nan, unless `check_errors` asks for a LinAlgError.
    """
    square("linalg.solve_ex", A)
    infos = first_zero_pivots(A)
    if check_errors:
        return return_types.linalg_solve_ex(_solved("linalg.solve_ex", A, B, left), infos)
    a = facts("linalg.solve_ex", A)
    singular = unsqueeze(infos, -1) != 0  # beside vectors
    wide = unsqueeze(singular, -1)
    regular = where(wide, np.eye(a.shape[-1], dtype=a.dtype), A)
    result = _solved("linalg.solve_ex", regular, B, left)
    return return_types.linalg_solve_ex(
        where(singular if is_vector(A, B) else wide, float("nan"), result), infos
    )


# ------------------------------------------------------------------------------------------------ triangular systems


def _triangle(x: Array, upper: bool, unitriangular: bool) -> Array:
    """The part of x that a triangular solution reads."""
    return np.triu(x, int(unitriangular)) if upper else np.tril(x, -int(unitriangular))


def _triangular_dx(g: Array, out: Array, x: Array, upper: bool, unitriangular: bool) -> Array:
    return -_triangle(_triangular_dy(g, x, upper, unitriangular) @ transposed(out), upper, unitriangular)


def _triangular_dy(g: Array, x: Array, upper: bool, unitriangular: bool) -> Array:
    solution: Array = linalg_solve_triangular(transposed(x), g, not upper, unitriangular)
    return solution


# A primitive, because a general solution takes more operations, and exchanges rows.
@primitive(x=_triangular_dx, y=_triangular_dy)
def linalg_solve_triangular(x: Array, y: Array, upper: bool, unitriangular: bool) -> Array:
    """x⁻¹ y for triangular x.  dy = x⁻ᵀ g, dx = that triangle of -dy outᵀ."""
    return triangular_solution(x, y, upper, unitriangular)


@composite
def solve_triangular(
    input: Any, B: Any, *, upper: bool, left: bool = True, unitriangular: bool = False
) -> Tensor:
    """X with A X = B, or X A = B if not `left`, for upper or lower triangular A, of which the rest is not read.

    input: (*, N, N); B: (*, N, K), or (*, K, N) if not `left`. The batches broadcast. With `unitriangular` the diagonal
    is not read either, and taken to be 1. A 0 on the diagonal gives inf or nan.
    dB = A⁻ᵀ g, dA = that triangle of -dB Xᵀ.

    Raises:
        ShapeError: if the shapes do not fit.

    >>> import autograd
    >>> solve_triangular(
    ...     autograd.tensor([[2.0, 0.0], [1.0, 4.0]]), autograd.tensor([[2.0], [5.0]]), upper=False
    ... )
    tensor([[1.],
            [1.]])
    """
    square("linalg.solve_triangular", input)
    matrices("linalg.solve_triangular", B)
    floating("linalg.solve_triangular", input, B)
    _fits("linalg.solve_triangular", tuple(input.shape), tuple(B.shape), left)
    if left:
        return linalg_solve_triangular(input, B, upper, unitriangular)
    flipped = linalg_solve_triangular(matrix_transpose(input), matrix_transpose(B), not upper, unitriangular)
    return matrix_transpose(flipped)


@composite
def triangular_solve(
    input: Any, A: Any, upper: bool = True, transpose: bool = False, unitriangular: bool = False
) -> return_types.triangular_solve:
    """X with A X = B, or Aᵀ X = B with `transpose`, for triangular A, and a copy of A; see `solve_triangular`."""
    square("triangular_solve", A)
    matrices("triangular_solve", input)
    a, upper = (matrix_transpose(A), not upper) if transpose else (A, upper)
    return return_types.triangular_solve(
        solve_triangular(a, input, upper=upper, unitriangular=unitriangular), A + 0
    )


# ------------------------------------------------------------------------------------------------ maps of dimensions


@composite
def tensorsolve(input: Any, other: Any, dims: Any = None) -> Tensor:
    """X with `tensordot(A, X, X.ndim) = B`: `solve` with `A` read as a map of its last dimensions to those of B.

    `dims` of A are first moved to the end.

    Raises:
        ShapeError: if the shapes do not fit.

    >>> import autograd
    >>> tensorsolve(autograd.eye(6).reshape(2, 3, 6), autograd.ones(2, 3)).shape
    autograd.Size([6])
    """
    shape, wanted = facts("linalg.tensorsolve", input).shape, facts("linalg.tensorsolve", other).shape
    if dims is not None:
        moved = checked_dims("linalg.tensorsolve", dims, shape)
        input = permute(input, [*(d for d in range(len(shape)) if d not in moved), *moved])
        shape = tuple(input.shape)
    last = shape[len(wanted) :]
    n = math.prod(wanted)
    if n != math.prod(last) or math.prod(shape[: len(wanted)]) != n:
        raise ShapeError(
            f"linalg.tensorsolve: A of shape {shape} does not map {last} to B's shape {wanted}: "
            f"they have {math.prod(last)} and {n} elements, which must be equal"
        )
    return reshape(solve(reshape(input, (n, n)), reshape(other, (n,))), last)


# ------------------------------------------------------------------------------------------------ least squares


def _lstsq_dx(g: Any, x: Array, y: Array, rcond: float) -> Any:
    return None if g[0] is None else _pinv_dx(g[0] @ transposed(y), linalg_pinv(x, None, rcond), x)


def _lstsq_dy(g: Any, x: Array, rcond: float) -> Any:
    return None if g[0] is None else transposed(linalg_pinv(x, None, rcond)) @ g[0]


# A primitive: the pseudo-inverse itself would lose digits, and its product with y operations.
@primitive(several=True, materialize=False, x=_lstsq_dx, y=_lstsq_dy)
def linalg_lstsq(x: Array, y: Array, rcond: float, driver: str) -> tuple[Array, Array, Array]:
    """The smallest z that makes |x z - y| smallest, x⁺ y, the rank and the singular values, if the driver has them.

    dy = x⁺ᵀ g; dx is that of x⁺ for g yᵀ.
    """
    return least_squares(x, y, rcond, driver)


@composite
def lstsq(
    input: Any, b: Any, rcond: float | None = None, *, driver: str | None = None
) -> return_types.linalg_lstsq:
    """X that makes |A X - b| smallest, and of those the smallest: (solution, residuals, rank, singular_values).

    input: (*, M, N); b: (*, M, K), or vectors (M) or (*, M). Singular values up to rcond σ₁ count as 0, where rcond is
    by default the machine epsilon times max(M, N). `driver` is LAPACK's: "gelsy" (the default), "gelsd", "gelss", or
    "gels" for matrices of full rank. The residuals are given by all but "gelsy" if M > N and the rank is N, the
    rank by all but "gels", and the singular values by "gelsd" and "gelss"; what is not given is empty.
    db = A⁺ᵀ g; dA is that of A⁺ b.

    Raises:
        ShapeError: if the shapes do not fit.
        ArgumentError: for an unknown driver.

    >>> import autograd
    >>> lstsq(autograd.tensor([[1.0], [1.0]]), autograd.tensor([[1.0], [3.0]])).solution
    tensor([[2.0000]])
    """
    matrices("linalg.lstsq", input)
    floating("linalg.lstsq", input, b)
    if driver not in (None, "gels", "gelsy", "gelsd", "gelss"):
        raise ArgumentError(f"linalg.lstsq: driver is 'gels', 'gelsy', 'gelsd' or 'gelss', got {driver!r}")
    a, given = facts("linalg.lstsq", input), facts("linalg.lstsq", b)
    if not given.ndim or not len(input.shape) - 1 <= given.ndim <= len(input.shape):
        raise ShapeError(
            f"linalg.lstsq: b has as many dimensions as A, or one less, got shapes {a.shape} and {given.shape}"
        )
    vector = given.ndim == 1 or (a.ndim - 1 == given.ndim and given.shape == a.shape[:-1])
    if vector:
        b = unsqueeze(b, -1)
    if b.shape[-2] != a.shape[-2]:
        raise ShapeError(
            f"linalg.lstsq: A of shape {a.shape} has {a.shape[-2]} rows, and b of shape {given.shape} {b.shape[-2]}; "
            "they must be equal"
        )
    broadcast_shapes(a.shape[:-2], tuple(b.shape[:-2]))
    m, n = a.shape[-2:]
    limit = float(np.finfo(a.dtype).eps * max(m, n)) if rcond is None else float(rcond)
    known = driver if driver in ("gelsd", "gelss") else "gelsy"
    solution, ranks, values = linalg_lstsq(input, b, limit, known)
    if m > n and (
        driver == "gels" or (driver in ("gelsd", "gelss") and bool((all_examples(ranks) == n).all()))
    ):
        left = input @ solution - b
        residuals = sum(left * left, -2)
    else:
        residuals = reshape(solution[..., :0], (-1,))
    return return_types.linalg_lstsq(
        squeeze(solution, -1) if vector else solution,
        residuals,
        reshape(ranks[..., None][..., :0], (-1,)) if driver == "gels" else ranks,
        values if driver in ("gelsd", "gelss") else reshape(values[..., :0], (-1,)),
    )
