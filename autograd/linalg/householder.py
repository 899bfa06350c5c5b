"""QR factors, and the products of reflections that they are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import return_types
from autograd.composite import composite
from autograd.errors import ArgumentError, GradientError, ShapeError
from autograd.linalg.checks import facts, floating, matrices, transposed
from autograd.linalg.systems import linalg_solve_triangular
from autograd.ops.rearrange import tril
from autograd.ops.shape import matrix_transpose
from autograd.primitive import Array, primitive

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["qr", "geqrf", "householder_product", "orgqr", "ormqr"]


# ------------------------------------------------------------------------------------------------ Q R


def _qr_dx(g: Any, out: Any, mode: str) -> Any:
    """(gQ + Q S) R⁻ᵀ with S symmetric, its lower triangle that of R gRᵀ - gQᵀ Q (Walter and Lehmann 2010).

    Of a wide matrix, the first columns are those of Q R and the others Q times what stands right of R.
    """
    if mode == "r":
        raise GradientError(
            "linalg.qr: with mode='r' there is no derivative, for it needs Q; use mode='reduced'"
        )
    (g_q, g_r), (q, r) = g, out
    m, n = q.shape[-2], r.shape[-1]
    if mode == "complete" and m > n:
        raise GradientError(
            f"linalg.qr: with mode='complete' there is no derivative for {m} by {n} matrices, with more rows than "
            "columns: the last columns of Q are not determined; use mode='reduced'"
        )
    right: Any = None
    if m < n and g_r is not None:
        right = q @ g_r[..., m:]
        more = (q @ r[..., m:]) @ transposed(g_r[..., m:])
        g_q = more if g_q is None else g_q + more
        g_r = g_r[..., :m]
    r = r[..., :m]
    if g_r is None:
        inner = -(transposed(g_q) @ q)
    else:
        inner = r @ transposed(g_r)
        if g_q is not None:
            inner = inner - transposed(g_q) @ q
    symmetric = np.tril(inner) + transposed(np.tril(inner, -1))
    total = q @ symmetric if g_q is None else g_q + q @ symmetric
    dx = transposed(linalg_solve_triangular(r, transposed(total), True, False))
    if m < n:
        rest = 0 * (q @ out[1][..., m:]) if right is None else right
        dx = np.concatenate((dx, rest), -1)
    return dx


@primitive(several=True, materialize=False, x=_qr_dx)
def linalg_qr(x: Array, mode: str) -> tuple[Array, Array]:
    """Q and R of A = Q R; their derivative is beside it."""
    if mode == "r":
        return np.zeros(0, x.dtype), np.linalg.qr(x, "r")
    q, r = np.linalg.qr(x, mode)  # type: ignore[call-overload]  # it was checked
    return q, r


@composite
def qr(A: Any, mode: str = "reduced") -> return_types.linalg_qr:
    """A = Q R with orthonormal columns in Q and R upper triangular, by reflections.

    A: (*, M, N). With K = min(M, N), mode "reduced" gives Q (*, M, K) and R (*, K, N); "complete" Q (*, M, M) and
    R (*, M, N); "r" only R of "reduced", and an empty Q. The signs are LAPACK's: R's diagonal may be negative.

    The derivative needs the first K columns of A to be independent. There is none for "r", nor for "complete" if
    M > N.

    Raises:
        ArgumentError: for another mode.
        ShapeError: if A has less than two dimensions.

    >>> import autograd
    >>> q, r = qr(autograd.tensor([[3.0, 1.0], [4.0, 2.0]]))
    >>> r.abs()
    tensor([[5.0000, 2.2000],
            [0.0000, 0.4000]])
    """
    matrices("linalg.qr", A)
    if mode not in ("reduced", "complete", "r"):
        raise ArgumentError(f"linalg.qr: mode is 'reduced', 'complete' or 'r', got {mode!r}")
    return return_types.linalg_qr(*linalg_qr(A, mode))


# ------------------------------------------------------------------------------------------------ reflections


@primitive(several=True, x=None)
def linalg_geqrf(x: Array) -> tuple[Array, Array]:
    """R and the reflections."""
    h, tau = np.linalg.qr(x, "raw")
    return np.ascontiguousarray(transposed(h)), tau


@composite
def geqrf(input: Any) -> return_types.geqrf:
    """R and the reflections that make `input` R, as LAPACK keeps them: see `householder_product`. No derivative."""
    matrices("geqrf", input)
    return return_types.geqrf(*linalg_geqrf(input))


def _checked_reflections(op: str, a: Any, tau: Any) -> None:
    matrices(op, a)
    floating(op, a, tau)
    shape, count = tuple(a.shape), tuple(tau.shape)
    if not count or count[:-1] != shape[:-2] or count[-1] > shape[-1] or shape[-2] < shape[-1]:
        raise ShapeError(
            f"{op}: needs vectors (*, M, N) with M >= N and factors (*, K) with K <= N, got shapes {shape} and {count}"
        )


def _vectors(a: Any, count: int) -> Any:
    """The reflections' vectors: what is below the diagonal, and 1 on it."""
    x = a[..., :, :count]
    return tril(x, -1) + np.eye(x.shape[-2], count, dtype=facts("householder_product", a).dtype)


@composite
def householder_product(input: Any, tau: Any) -> Tensor:
    """The first N columns of H₁ H₂ … H_K, the product of the reflections Hᵢ = I - τᵢ vᵢ vᵢᵀ.

    input: (*, M, N) with M >= N, of which column i below the diagonal is vᵢ below its 1; tau: (*, K) with K <= N.

    Raises:
        ShapeError: if the shapes do not fit.

    >>> import autograd
    >>> x = autograd.tensor([[3.0], [4.0]])
    >>> householder_product(*geqrf(x))
    tensor([[-0.6000],
            [-0.8000]])
    """
    _checked_reflections("linalg.householder_product", input, tau)
    x = facts("linalg.householder_product", input)
    v = _vectors(input, tau.shape[-1])
    product: Any = np.broadcast_to(np.eye(*x.shape[-2:], dtype=x.dtype), x.shape)
    if not tau.shape[-1]:
        return input * 0 + product  # type: ignore[no-any-return]  # a tensor
    for i in reversed(range(tau.shape[-1])):
        product = _reflected(product, v[..., :, i : i + 1], tau[..., i : i + 1, None])
    return product  # type: ignore[no-any-return]  # a tensor


def _reflected(x: Any, v: Any, factor: Any) -> Any:
    """(I - τ v vᵀ) x."""
    return x - (factor * v) @ (transposed(v) @ x)


@composite
def orgqr(input: Any, input2: Any) -> Tensor:
    """`linalg.householder_product` by LAPACK's name."""
    return householder_product(input, input2)


@composite
def ormqr(input: Any, input2: Any, input3: Any, left: bool = True, transpose: bool = False) -> Tensor:
    """Q X, or X Q if not `left`, with Q = H₁ H₂ … H_K, all of its M columns, or Qᵀ if `transpose`.

    input (*, M, N) and input2 (*, K) are as A and tau of `householder_product`; X, input3: (*, M, C), or
    (*, C, M) if not `left`.

    Raises:
        ShapeError: if the shapes do not fit.
    """
    tau, other = input2, input3
    matrices("ormqr", input, other)
    floating("ormqr", input, tau)
    a, t, x = tuple(input.shape), tuple(tau.shape), tuple(other.shape)
    if not t or t[-1] > min(a[-2:]) or t[:-1] != a[:-2] or x[:-2] != a[:-2] or x[-2 if left else -1] != a[-2]:
        raise ShapeError(
            f"ormqr: needs vectors (*, M, N), factors (*, K) with K <= min(M, N) and matrices "
            f"{'(*, M, C)' if left else '(*, C, M)'}, got shapes {a}, {t} and {x}"
        )
    if not left:  # (other Q)ᵀ = Qᵀ otherᵀ
        return matrix_transpose(ormqr(input, tau, matrix_transpose(other), True, not transpose))
    v = _vectors(input, t[-1])
    order = range(t[-1]) if transpose else reversed(range(t[-1]))
    for i in order:
        other = _reflected(other, v[..., :, i : i + 1], tau[..., i : i + 1, None])
    return other if t[-1] else other + 0  # type: ignore[no-any-return]  # a tensor
