"""The Cholesky factor of a positive-definite matrix, and what is solved with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import return_types
from autograd.composite import composite
from autograd.linalg.checks import facts, failed, matrices, square, transposed
from autograd.linalg.lapack import cholesky_factors
from autograd.linalg.systems import linalg_solve_triangular, solve_triangular
from autograd.ops.shape import matrix_transpose
from autograd.primitive import Array, primitive

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["cholesky", "cholesky_ex", "cholesky_inverse", "cholesky_solve"]


def _cholesky_dx(g: Array, out: Array) -> Array:
    """½ L⁻ᵀ (P + Pᵀ) L⁻¹, with P the lower triangle of Lᵀ g, its diagonal halved (Giles 2008; Murray 2016)."""
    lower = np.tril(transposed(out) @ g)
    both = lower + transposed(np.tril(lower, -1))
    upper = transposed(out)
    half = linalg_solve_triangular(upper, both, True, False)
    return transposed(linalg_solve_triangular(upper, transposed(half), True, False)) * 0.5


@primitive(x=_cholesky_dx)
def linalg_cholesky(x: Array, check: bool = True) -> Array:
    """L, lower triangular, with L Lᵀ = x; its derivative beside it. Only the lower triangle of x is read."""
    try:
        return np.linalg.cholesky(x)
    except np.linalg.LinAlgError:
        factors, infos = cholesky_factors(x)
        if check:
            raise failed(
                "linalg.cholesky",
                infos,
                "the matrix is not positive-definite: its leading minor of order {} is not",
            ) from None
        return factors


@primitive(x=None)
def leading_minors(x: Array) -> Array:
    """For each matrix the order, from 1, of the first leading minor that is not positive; 0 if there is none."""
    return cholesky_factors(x)[1]


@composite
def cholesky(input: Any, *, upper: bool = False) -> Tensor:
    """L with L Lᵀ = A, lower triangular with a positive diagonal, or its transpose if `upper`.

    A: symmetric positive-definite matrices (*, N, N), of which one triangle is read: the lower or, if `upper`, the
    upper one. The derivative is symmetric: ½ L⁻ᵀ (P + Pᵀ) L⁻¹, with P the lower triangle of Lᵀ g, its diagonal halved.

    Raises:
        LinAlgError: if a matrix is not positive-definite.
        ShapeError: if the matrices are not square.

    >>> import autograd
    >>> cholesky(autograd.tensor([[4.0, 2.0], [2.0, 5.0]]))
    tensor([[2., 0.],
            [1., 2.]])
    """
    square("linalg.cholesky", input)
    return matrix_transpose(linalg_cholesky(matrix_transpose(input))) if upper else linalg_cholesky(input)


@composite
def cholesky_ex(
    input: Any, *, upper: bool = False, check_errors: bool = False
) -> return_types.linalg_cholesky_ex:
    """`cholesky`, and for each matrix 0 or the order of its first leading minor that is not positive.

    Such a matrix has no factor: what stands in its place has no meaning. With `check_errors` it is a LinAlgError.
    """
    square("linalg.cholesky_ex", input)
    a = matrix_transpose(input) if upper else input
    factor = linalg_cholesky(a, check_errors)
    return return_types.linalg_cholesky_ex(matrix_transpose(factor) if upper else factor, leading_minors(a))


@composite
def cholesky_solve(input: Any, input2: Any, upper: bool = False) -> Tensor:
    """X with A X = B for B (*, N, K), given A's Cholesky factor, lower or upper triangular: input2 (*, N, N).

    Raises:
        ShapeError: if the shapes do not fit.

    >>> import autograd
    >>> cholesky_solve(autograd.tensor([[8.0]]), autograd.tensor([[2.0]]))
    tensor([[2.]])
    """
    matrices("cholesky_solve", input)
    square("cholesky_solve", input2)
    lower = matrix_transpose(input2) if upper else input2
    half = solve_triangular(lower, input, upper=False)
    return solve_triangular(matrix_transpose(lower), half, upper=True)


@composite
def cholesky_inverse(input: Any, upper: bool = False) -> Tensor:
    """A⁻¹ given A's Cholesky factor (*, N, N), lower or upper triangular.

    >>> import autograd
    >>> cholesky_inverse(autograd.tensor([[2.0]]))
    tensor([[0.2500]])
    """
    square("cholesky_inverse", input)
    lower = matrix_transpose(input) if upper else input
    a = facts("cholesky_inverse", input)
    half = linalg_solve_triangular(lower, np.eye(a.shape[-1], dtype=a.dtype), False, False)
    return matrix_transpose(half) @ half
