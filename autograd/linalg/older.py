"""What PyTorch has at its top level under the names of `linalg`, with older arguments or results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd import create, return_types
from autograd.composite import composite
from autograd.dims import checked_dims
from autograd.errors import ArgumentError, ShapeError
from autograd.linalg import choleskies, determinants, householder, lu_factors, norms, spectra, vectors
from autograd.linalg.checks import facts, matrices
from autograd.ops.identity import contiguous
from autograd.ops.rearrange import flip
from autograd.ops.reduce import Dim
from autograd.ops.shape import matrix_transpose

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = [
    "cholesky",
    "det",
    "slogdet",
    "qr",
    "svd",
    "lu",
    "lu_solve",
    "norm",
    "frobenius_norm",
    "nuclear_norm",
    "vander",
]


@composite
def cholesky(input: Any, upper: bool = False) -> Tensor:
    """`linalg.cholesky`, with `upper` by position as well.

    >>> import autograd
    >>> cholesky(autograd.tensor([[4.0]]))
    tensor([[2.]])
    """
    return choleskies.cholesky(input, upper=upper)


@composite
def det(input: Any) -> Tensor:
    """`linalg.det`."""
    return determinants.det(input)


@composite
def slogdet(input: Any) -> return_types.slogdet:
    """`linalg.slogdet`."""
    return return_types.slogdet(*determinants.slogdet(input))


@composite
def qr(input: Any, some: bool = True) -> return_types.qr:
    """`linalg.qr`, "reduced" or, without `some`, "complete"."""
    return return_types.qr(*householder.qr(input, "reduced" if some else "complete"))


@composite
def svd(input: Any, some: bool = True, compute_uv: bool = True) -> return_types.svd:
    """`linalg.svd` with V in place of its transpose, and not full unless asked for; without `compute_uv` U and V are 0.

    >>> import autograd
    >>> u, s, v = svd(autograd.tensor([[3.0, 0.0], [0.0, 4.0]]))
    >>> u @ s.diag() @ v.T
    tensor([[3., 0.],
            [0., 4.]])
    """
    if compute_uv:
        u, s, vh = spectra.svd(input, not some)
        return return_types.svd(u, s, contiguous(matrix_transpose(vh)))
    matrices("svd", input)
    shape, dtype = facts("svd", input)
    u, v = (create.zeros(*shape[:-2], n, n, dtype=dtype) for n in shape[-2:])
    return return_types.svd(u, spectra.svdvals(input), v)


@composite
def lu(A: Any, pivot: bool = True, get_infos: bool = False) -> tuple[Any, ...]:
    """(LU, pivots) as of `linalg.lu_factor_ex`, and the infos if asked for."""
    found = lu_factors.lu_factor_ex(A, pivot=pivot)
    return tuple(found) if get_infos else tuple(found[:2])


@composite
def lu_solve(input: Any, LU_data: Any, LU_pivots: Any) -> Tensor:
    """`linalg.lu_solve` with the right-hand side first."""
    return lu_factors.lu_solve(LU_data, LU_pivots, input)


@composite
def norm(
    input: Any, p: float | str | None = "fro", dim: Dim = None, keepdim: bool = False, dtype: Any = None
) -> Tensor:
    """The p-norm of the elements as one vector, (Σ |x|ᵖ)^(1/p), of all or over `dim`.

    "fro" and None mean 2; inf and -inf the largest and the smallest |x|; 0 the number of nonzero elements; "nuc" the
    sum of the singular values of the matrices in two dimensions. The derivative where the norm is 0 is 0.

    Raises:
        DTypeError: for integers.
        ArgumentError: for another word.

    >>> import autograd
    >>> norm(autograd.tensor([3.0, -4.0])), norm(autograd.tensor([3.0, -4.0]), float("inf"))
    (tensor(5.), tensor(4.))
    """
    if isinstance(p, str):
        if p == "nuc":
            return nuclear_norm(input, dim, keepdim, dtype=dtype)
        if p != "fro":
            raise ArgumentError(f"norm: p is a number, 'fro', 'nuc' or None, got {p!r}")
        if isinstance(dim, (tuple, list)) and len(dim) > 2:
            raise ArgumentError(f"norm: with p='fro' dim names one or two dimensions, got {dim!r}; use p=2")
        return frobenius_norm(input, dim, keepdim, dtype=dtype)
    return norms.vector_norm(input, 2 if p is None else p, dim, keepdim, dtype=dtype)


@composite
def frobenius_norm(input: Any, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The root of the sum of squares, of all elements or over `dim`."""
    return norms.vector_norm(input, 2, dim, keepdim, dtype=dtype)


@composite
def nuclear_norm(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum of the singular values of a matrix, or of the matrices in two dimensions.

    Raises:
        ShapeError: if the tensor is not a matrix and no dimensions are given.
        ArgumentError: if not two are.
    """
    shape = facts("nuclear_norm", input).shape
    if dim is None and len(shape) != 2:
        raise ShapeError(f"nuclear_norm: needs a matrix, or dim to name two dimensions, got shape {shape}")
    dims = (-2, -1) if dim is None else checked_dims("nuclear_norm", dim, shape)
    return norms.matrix_norm(input, "nuc", dims, keepdim, dtype=dtype)


@composite
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Tensor:
    """Rows xᴺ⁻¹, …, x, 1 for each element of a vector, or from 1 up if `increasing`: (M) → (M, N), by default N = M.

    Raises:
        ShapeError: if x is not a vector.
        ArgumentError: if N is negative.

    >>> import autograd
    >>> vander(autograd.tensor([2, 3]), 3)
    tensor([[4, 2, 1],
            [9, 3, 1]])
    """
    shape = facts("vander", x).shape
    if len(shape) != 1:
        raise ShapeError(f"vander: needs a vector, got shape {shape}; linalg.vander takes batches")
    n = shape[0] if N is None else N
    if n < 0:
        raise ArgumentError(f"vander: N must not be negative, got {n}")
    rising = vectors.powers(x, n)
    return rising if increasing else flip(rising, -1)
