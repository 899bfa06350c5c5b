"""Determinants. The derivative of det is the matrix of cofactors, which a singular matrix has, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import return_types
from autograd.composite import composite
from autograd.linalg.checks import square, transposed
from autograd.linalg.inverses import inverse_or_nan, linalg_inv
from autograd.ops.compare import lt
from autograd.ops.selection import where
from autograd.primitive import Array, primitive
from autograd.tape import Variable

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["det", "slogdet", "logdet"]


# ------------------------------------------------------------------------------------------------ det


# A primitive, because LU factors have no derivative where a pivot is 0; the determinant, a polynomial, has every one.
@primitive(numpy=np.linalg.det, x=lambda g, x: g[..., None, None] * cofactors(x))
def linalg_det(x: Array) -> Array:
    """The determinant.  dx = g cof(x), which is g det(x) x⁻ᵀ where x has an inverse."""
    return np.linalg.det(x)


@composite
def det(A: Any) -> Tensor:
    """The determinant of square matrices: (*, N, N) → (*). That of a 0 x 0 matrix is 1.

    dA = g cof(A), the matrix of cofactors: det(A) A⁻ᵀ where A has an inverse, and right for singular matrices as well.

    Raises:
        ShapeError: if the matrices are not square.

    >>> import autograd
    >>> det(autograd.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor(-2.)
    """
    square("linalg.det", A)
    return linalg_det(A)


def cofactors(x: Any) -> Any:
    """The determinants of x without one row and one column, with alternating signs: the derivative of det(x)."""
    if isinstance(x, Variable):
        if _regular_inverse(x.array) is None:
            return _cofactors_from_minors(x)
        return linalg_det(x)[..., None, None] * transposed(linalg_inv(x))
    inverse = _regular_inverse(x)
    if inverse is None:
        return _cofactors_from_svd(x)
    return np.linalg.det(x)[..., None, None] * transposed(inverse)


def _regular_inverse(x: Array) -> Array | None:
    """The inverses, unless one of the matrices is singular or so close to it that digits would be lost."""
    try:
        inverse = np.linalg.inv(x)
    except np.linalg.LinAlgError:
        return None
    condition = np.linalg.norm(x, axis=(-2, -1)) * np.linalg.norm(inverse, axis=(-2, -1))
    return inverse if np.all(condition < np.finfo(x.dtype).eps ** -0.5) else None


def _cofactors_from_svd(x: Array) -> Array:
    """cof(U S Vᵀ) = det(U) det(V) U cof(S) Vᵀ, where cof(S) is on the diagonal the product of the other values."""
    if not np.isfinite(x).all():
        return np.full_like(x, np.nan)
    u, s, vh = np.linalg.svd(x)
    ones = np.ones_like(s[..., :1])
    before = np.cumprod(np.concatenate((ones, s[..., :-1]), -1), -1)
    after = np.cumprod(np.concatenate((ones, s[..., :0:-1]), -1), -1)[..., ::-1]
    sign = np.sign(np.linalg.det(u) * np.linalg.det(vh))
    return sign[..., None, None] * ((u * (before * after)[..., None, :]) @ vh)


def _cofactors_from_minors(x: Any) -> Any:
    """The definition, in determinants of size N - 1, so that it has every derivative at singular matrices as well."""
    n = x.shape[-1]
    others = np.array([[j for j in range(n) if j != i] for i in range(n)], np.intp).reshape(n, n - 1)
    minors = x[..., others[:, None, :, None], others[None, :, None, :]]
    signs = np.where(np.add.outer(np.arange(n), np.arange(n)) % 2, -1, 1).astype(x.array.dtype)
    return np.linalg.det(minors) * signs


# ------------------------------------------------------------------------------------------------ its logarithm


def _slogdet_dx(g: Any, x: Array) -> Any:
    """Of log |det(x)|; the sign is constant."""
    return None if g[1] is None else g[1][..., None, None] * _inverse_transposed(x)


def _inverse_transposed(x: Any) -> Any:
    """x⁻ᵀ, or cof(x) / 0 of a singular matrix."""
    found = transposed(inverse_or_nan(x))
    raw = found.array if isinstance(found, Variable) else found
    singular = np.isnan(raw).all((-2, -1), keepdims=True)
    if not found.shape[-1] or not singular.any():
        return found
    return np.where(singular, cofactors(x) / np.zeros_like(raw), found)


# A primitive, because det itself overflows.
@primitive(numpy=np.linalg.slogdet, several=True, materialize=False, x=_slogdet_dx)
def linalg_slogdet(x: Array) -> tuple[Array, Array]:
    """The sign and the logarithm of the size of the determinant.  dx = g x⁻ᵀ for the logarithm."""
    sign, size = np.linalg.slogdet(x)
    return np.asarray(sign), np.asarray(size)


@composite
def slogdet(A: Any) -> return_types.linalg_slogdet:
    """The sign of the determinant and log |det(A)|, safe from overflow: (*, N, N) → (*), (*).

    The derivative of the logarithm is A⁻ᵀ. A singular matrix has sign 0 and logarithm -inf.

    Raises:
        ShapeError: if the matrices are not square.

    >>> import autograd
    >>> slogdet(autograd.tensor([[0.0, 1.0], [1.0, 0.0]]))
    autograd.return_types.linalg_slogdet(
    sign=tensor(-1.),
    logabsdet=tensor(0.))
    """
    square("linalg.slogdet", A)
    return return_types.linalg_slogdet(*linalg_slogdet(A))


@composite
def logdet(input: Any) -> Tensor:
    """log(det(A)) of square matrices: (*, N, N) → (*); -inf of a singular one, nan if the determinant is negative.

    >>> import autograd
    >>> logdet(autograd.eye(2) * 2.0)
    tensor(1.3863)
    """
    square("logdet", input)
    sign, size = linalg_slogdet(input)
    return where(lt(sign, 0), float("nan"), size)  # type: ignore[no-any-return]  # a tensor
