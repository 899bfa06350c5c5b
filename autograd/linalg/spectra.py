"""Eigenvalues of symmetric matrices, and singular values of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from autograd import return_types
from autograd.composite import composite
from autograd.errors import ArgumentError, DTypeError
from autograd.linalg.checks import facts, finite, matrices, no_convergence, square, transposed
from autograd.modes import current_mode
from autograd.primitive import Array, primitive
from autograd.tape import raw

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["eigh", "eigvalsh", "eig", "eigvals", "svd", "svdvals"]


# ------------------------------------------------------------------------------------------------ symmetric matrices


def _eigh_dx(g: Any, out: Any) -> Any:
    """V (diag(gλ) + ½ skew(Vᵀ gV) / E) Vᵀ with E = λⱼ - λᵢ off the diagonal (Giles 2008)."""
    (g_values, g_vectors), (values, v) = g, out
    if g_vectors is None:
        return (v * g_values[..., None, :]) @ transposed(v)
    n = v.shape[-1]
    one = np.eye(n, dtype=raw(v).dtype)
    p = transposed(v) @ g_vectors  # of which the symmetric part has no effect: V stays orthogonal
    inner = (p - transposed(p)) * 0.5 / (values[..., None, :] - values[..., None] + one)
    if g_values is not None:
        inner = inner + g_values[..., None] * one
    return v @ inner @ transposed(v)


@primitive(several=True, materialize=False, x=_eigh_dx)
def linalg_eigh(x: Array, UPLO: str = "L") -> tuple[Array, Array]:
    """Eigenvalues and eigenvectors; their derivative is beside it."""
    try:
        values, vectors = np.linalg.eigh(x, UPLO)  # type: ignore[call-overload]  # it was checked
    except np.linalg.LinAlgError:
        raise no_convergence("linalg.eigh", x) from None
    return values, vectors


@primitive(x=None)
def linalg_eigvalsh(x: Array, UPLO: str = "L") -> Array:
    """Eigenvalues alone, which takes less than half of the time, where no gradient is wanted."""
    try:
        return np.linalg.eigvalsh(x, UPLO)  # type: ignore[call-overload]  # it was checked
    except np.linalg.LinAlgError:
        raise no_convergence("linalg.eigvalsh", x) from None


def wants_gradient(x: Any) -> bool:
    """Whether an operation on x is recorded."""
    return current_mode().grad and not isinstance(x, np.ndarray) and bool(x.requires_grad)


def _checked_triangle(op: str, A: Any, UPLO: str) -> str:
    square(op, A)
    if UPLO.upper() not in ("L", "U"):
        raise ArgumentError(f"{op}: UPLO is 'L' or 'U', for the triangle that is read, got {UPLO!r}")
    return UPLO.upper()


@composite
def eigh(input: Any, UPLO: str = "L") -> return_types.linalg_eigh:
    """A = V diag(λ) Vᵀ for symmetric A: eigenvalues in rising order (*, N), orthonormal eigenvectors (*, N, N).

    Only the lower triangle is read, or the upper one with UPLO="U". Vectors are determined up to their signs. The
    derivative of A is V (diag(gλ) + ½ skew(Vᵀ gV) / (λⱼ - λᵢ)) Vᵀ: that by the vectors is not
    finite if eigenvalues are equal.

    Raises:
        LinAlgError: if the iteration does not converge.
        ShapeError: if the matrices are not square.

    >>> import autograd
    >>> eigh(autograd.tensor([[2.0, 1.0], [1.0, 2.0]])).eigenvalues
    tensor([1., 3.])
    """
    return return_types.linalg_eigh(*linalg_eigh(input, _checked_triangle("linalg.eigh", input, UPLO)))


@composite
def eigvalsh(input: Any, UPLO: str = "L") -> Tensor:
    """The eigenvalues of symmetric matrices, in rising order: (*, N, N) → (*, N); see `eigh`. They always have a
    derivative.

    >>> import autograd
    >>> eigvalsh(autograd.tensor([[2.0, 1.0], [1.0, 2.0]]))
    tensor([1., 3.])
    """
    triangle = _checked_triangle("linalg.eigvalsh", input, UPLO)
    return linalg_eigh(input, triangle)[0] if wants_gradient(input) else linalg_eigvalsh(input, triangle)


@composite
def eig(input: Any) -> NoReturn:
    """The eigenvalues of a general matrix are complex, which is not supported: an error that says so.

    Raises:
        DTypeError: always.
    """
    raise DTypeError(_complex("linalg.eig", input))


@composite
def eigvals(input: Any) -> NoReturn:
    """The eigenvalues of a general matrix are complex, which is not supported: an error that says so.

    Raises:
        DTypeError: always.
    """
    raise DTypeError(_complex("linalg.eigvals", input))


def _complex(op: str, A: Any) -> str:
    return (
        f"{op}: the eigenvalues of a general matrix, here of shape {facts(op, A).shape}, are complex numbers, which "
        "are not supported. Use eigh for a symmetric matrix, svd for singular values, or "
        "np.linalg.eig(t.detach().numpy())"
    )


# ------------------------------------------------------------------------------------------------ singular values


def _svd_dx(g: Any, out: Any) -> Any:
    """U (skew(Uᵀ gU) / E S + S skew(Vᵀ gV) / E + diag(gS)) Vᵀ with E = Sⱼ² - Sᵢ² off the diagonal, and what gU and gV
    have outside the spaces of U and V (Giles 2008; Townsend 2016).

    With full matrices the columns beyond S are not determined; what comes to them is left out.
    """
    (g_u, g_s, g_vh), (u, s, vh) = g, out
    k = s.shape[-1]
    m, n = u.shape[-2], vh.shape[-1]
    u, vh = u[..., :, :k], vh[..., :k, :]
    if g_u is None and g_vh is None:
        return (u * g_s[..., None, :]) @ vh
    one = np.eye(k, dtype=raw(s).dtype)
    rows, columns = s[..., None], s[..., None, :]
    gap = (columns - rows) * (columns + rows) + one
    inner = 0 if g_s is None else g_s[..., None] * one
    dx: Any = 0
    if g_u is not None:
        g_u = g_u[..., :, :k]
        p = transposed(u) @ g_u
        inner = inner + (p - transposed(p)) / gap * columns
        if m > k:
            dx = (g_u - u @ p) / columns @ vh
    if g_vh is not None:
        g_vh = g_vh[..., :k, :]
        p = g_vh @ transposed(vh)  # its transpose is Vᵀ gV
        inner = inner + rows * ((transposed(p) - p) / gap)
        if n > k:
            dx = dx + u @ ((g_vh - p @ vh) / rows)
    return dx + u @ inner @ vh


@primitive(several=True, materialize=False, x=_svd_dx)
def linalg_svd(x: Array, full_matrices: bool = True) -> tuple[Array, Array, Array]:
    """U, S and Vh; their derivative is beside it."""
    finite("linalg.svd", x)
    try:
        u, s, vh = np.linalg.svd(x, full_matrices)
    except np.linalg.LinAlgError:
        raise no_convergence("linalg.svd", x) from None
    return u, s, vh


@composite
def svd(A: Any, full_matrices: bool = True, *, driver: str | None = None) -> return_types.linalg_svd:
    """A = U diag(S) Vh with orthonormal columns in U and rows in Vh, and S >= 0 in falling order.

    A: (*, M, N). With K = min(M, N), S is (*, K); U (*, M, M) and Vh (*, N, N), or U (*, M, K) and Vh (*, K, N) without
    `full_matrices`. Vectors are determined up to their signs. The derivative by them is not finite if singular values
    are equal, or 0 where A is not square; that by S always is. `driver` is for CUDA alone.

    Raises:
        LinAlgError: if the iteration does not converge, as with inf or nan in a matrix.
        ShapeError: if A has less than two dimensions.

    >>> import autograd
    >>> svd(autograd.tensor([[3.0, 0.0], [0.0, -4.0]])).S
    tensor([4., 3.])
    """
    matrices("linalg.svd", A)
    _check_driver("linalg.svd", driver)
    return return_types.linalg_svd(*linalg_svd(A, full_matrices))


@primitive(x=None)
def linalg_svdvals(x: Array) -> Array:
    """Singular values alone, which takes less than half of the time, where no gradient is wanted."""
    finite("linalg.svdvals", x)
    try:
        return np.linalg.svd(x, compute_uv=False)
    except np.linalg.LinAlgError:
        raise no_convergence("linalg.svdvals", x) from None


def _check_driver(op: str, driver: str | None) -> None:
    if driver is not None:
        raise ArgumentError(f"{op}: driver= chooses among CUDA's routines; leave it out, got {driver!r}")


@composite
def svdvals(A: Any, *, driver: str | None = None) -> Tensor:
    """The singular values in falling order: (*, M, N) → (*, min(M, N)). They always have a derivative, U diag(g) Vh.

    >>> import autograd
    >>> svdvals(autograd.tensor([[3.0, 0.0], [0.0, -4.0]]))
    tensor([4., 3.])
    """
    matrices("linalg.svdvals", A)
    _check_driver("linalg.svdvals", driver)
    return linalg_svd(A, False)[1] if wants_gradient(A) else linalg_svdvals(A)
