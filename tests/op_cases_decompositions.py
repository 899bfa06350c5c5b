"""Rows of the table: inverses, factors, eigenvalues, systems of equations and norms of matrices.

Each function is called with our library and with PyTorch. Where a result is determined up to signs only, what does not
depend on them is compared; where one triangle is read, the function gives a symmetric or triangular matrix.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
from autograd.linalg import distances, powers
from tests.case import Case, Real, Sample, on


def row(name: str, function: Callable[..., Any], *samples: Sample, **more: Any) -> Case:
    """A row for function(library, …)."""

    def ours(*args: Any, **named: Any) -> Any:
        return function(autograd, *args, **named)

    ours.__name__ = name
    return Case(ours, *samples, torch=function, **more)


def dominant(library: Any, x: Any) -> Any:
    """A matrix far from singular."""
    return x + 6 * library.eye(x.shape[-1], dtype=x.dtype)


def positive(library: Any, x: Any) -> Any:
    """A positive-definite matrix."""
    return x @ x.mT + 2 * library.eye(x.shape[-2], dtype=x.dtype)


def symmetric(library: Any, x: Any) -> Any:
    """A symmetric matrix with eigenvalues apart."""
    steps = library.arange(x.shape[-1], dtype=x.dtype)
    return (x + x.mT) * 0.2 + library.diag(3 * steps - 4)


def spread(library: Any, x: Any) -> Any:
    """A matrix with singular values apart."""
    m, n = x.shape[-2:]
    steps = library.arange(min(m, n), dtype=x.dtype)
    return 0.3 * x + library.eye(m, min(m, n), dtype=x.dtype) @ library.diag(2 * steps + 1) @ library.eye(
        min(m, n), n, dtype=x.dtype
    )


def eigen(library: Any, x: Any, UPLO: str = "L") -> Any:
    values, vectors = library.linalg.eigh(symmetric(library, x), UPLO)
    return values, vectors * vectors, vectors[..., :1, :] * vectors[..., 1:, :]


def singular(library: Any, x: Any, full_matrices: bool = False) -> Any:
    u, s, vh = library.linalg.svd(spread(library, x), full_matrices)
    k = s.shape[-1]
    u, v = u[..., :k], vh.mT[..., :k]
    return u * u, s, v * v, u[..., :1, :] * v


def condition(x: Any, p: Any = None) -> Any:
    return autograd.linalg.cond(spread(autograd, x), p)


def condition_of(torch: Any, x: Any, p: Any) -> Any:
    """PyTorch's own second derivatives of the condition number raise; those of what it is a product of do not."""
    if p in (None, 2, -2):
        return torch.linalg.cond(x, p)
    return torch.linalg.matrix_norm(x, p) * torch.linalg.matrix_norm(torch.linalg.inv(x), p)


SQUARE = (on(Real(3, 3)), on(Real(2, 2, 2)), on(Real(1, 1)), on(Real(0, 0)))
TALL, WIDE, BATCH = on(Real(4, 2)), on(Real(2, 4)), on(Real(2, 3, 2))

CASES = [
    row("det", lambda t, x: t.linalg.det(x), *SQUARE, covers=("linalg_det",)),
    row(
        "slogdet",
        lambda t, x: t.linalg.slogdet(dominant(t, x)),
        *SQUARE,
        covers=("linalg_slogdet",),
    ),
    row("logdet", lambda t, x: t.logdet(dominant(t, x)), *SQUARE),
    row("inv", lambda t, x: t.linalg.inv(dominant(t, x)), *SQUARE, covers=("linalg_inv",)),
    row(
        "inv_ex",
        lambda t, x: t.linalg.inv_ex(dominant(t, x)),
        *SQUARE,
        covers=("linalg_inv_ex", "first_zero_pivots"),
    ),
    row(
        "pinv",
        lambda t, x, **named: t.linalg.pinv(spread(t, x), **named),
        TALL,
        WIDE,
        BATCH,
        on(Real(3, 3)),
        on(Real(3, 0)),
        on(Real(3, 2), rtol=1e-3),
        covers=("linalg_pinv",),
    ),
    row("pinv of rank 1", lambda t, x, y: t.linalg.pinv(x @ y), on(Real(3, 1, low=1), Real(1, 2, low=1))),
    row("pinv of symmetric", lambda t, x: t.linalg.pinv(positive(t, x), hermitian=True), on(Real(3, 3))),
    row(
        "solve",
        lambda t, x, y, **named: t.linalg.solve(dominant(t, x), y, **named),
        on(Real(3, 3), Real(3, 2)),
        on(Real(3, 3), Real(3)),
        on(Real(2, 3, 3), Real(2, 3)),
        on(Real(2, 1, 2, 2), Real(3, 2, 1)),
        on(Real(3, 3), Real(2, 3), left=False),
        on(Real(0, 0), Real(0, 2)),
        covers=("linalg_solve",),
    ),
    row("solve_ex", lambda t, x, y: t.linalg.solve_ex(dominant(t, x), y), on(Real(3, 3), Real(3, 2))),
    row(
        "solve_triangular",
        lambda t, x, y, **named: t.linalg.solve_triangular(dominant(t, x), y, **named),
        on(Real(3, 3), Real(3, 2), upper=True),
        on(Real(3, 3), Real(3, 2), upper=False, unitriangular=True),
        on(Real(2, 3, 3), Real(1, 2, 3), upper=False, left=False),
        on(Real(3, 3), Real(4, 2, 3), upper=True, left=False, unitriangular=True),
        on(Real(2, 2), Real(2, 0), upper=True),
        on(Real(9, 2, 2), Real(9, 2, 2), upper=True),  # many small ones: all at once
        on(Real(9, 2, 2), Real(2, 1), upper=False, unitriangular=True),
        covers=("linalg_solve_triangular",),
    ),
    row(
        "triangular_solve",  # deprecated in PyTorch, with a warning
        lambda t, y, x, upper, transpose: (
            t.linalg.solve_triangular(x.mT if transpose else x, y, upper=upper != transpose)
            if t is not autograd
            else t.triangular_solve(y, x, upper, transpose).solution
        ),
        on(Real(3, 2), Real(3, 3, low=1), True, False),
        on(Real(3, 2), Real(3, 3, low=1), True, True),
        on(Real(3, 2), Real(3, 3, low=1), False, False),
    ),
    row(
        "lstsq",
        lambda t, x, y, **named: t.linalg.lstsq(spread(t, x), y, **named)[:2],
        on(Real(4, 2), Real(4, 3)),
        on(Real(2, 3), Real(2, 1), driver="gels"),
        on(Real(2, 3, 2), Real(2, 3), driver="gelsd"),
        covers=("linalg_lstsq",),
    ),
    row(
        "tensorsolve",
        lambda t, x, y, **named: t.linalg.tensorsolve(x, y, **named),
        on(Real(2, 2, 4, apart=True), Real(2, 2)),
        on(Real(4, 2, 2, apart=True), Real(2, 2), dims=(0,)),
    ),
    row("tensorinv", lambda t, x: t.linalg.tensorinv(dominant(t, x).reshape(2, 3, 6)), on(Real(6, 6))),
    row(
        "cholesky",
        lambda t, x, **named: t.linalg.cholesky(positive(t, x), **named),
        *SQUARE,
        on(Real(3, 3), upper=True),
        covers=("linalg_cholesky",),
    ),
    row(
        "cholesky_ex",
        lambda t, x: t.linalg.cholesky_ex(positive(t, x)),
        on(Real(3, 3)),
        covers=("leading_minors",),
    ),
    row(
        "matrix_rank",
        lambda t, x, **named: t.linalg.matrix_rank(x.round(), **named),
        on(Real(3, 3)),
        on(Real(2, 3, 2), atol=0.5),
        on(Real(3, 0)),
        differentiable=False,
        covers=("linalg_matrix_rank",),
    ),
    row("geqrf", lambda t, x: t.geqrf(x), TALL, WIDE, BATCH, differentiable=False, covers=("linalg_geqrf",)),
    row(
        "cholesky_solve",
        lambda t, y, x, upper=False: t.cholesky_solve(y, (x.triu() if upper else x.tril()), upper),
        on(Real(3, 2), Real(3, 3, low=1)),
        on(Real(3, 2), Real(2, 3, 3, low=1), upper=True),
    ),
    row(
        "cholesky_inverse",
        lambda t, x, upper=False: t.cholesky_inverse((x.triu() if upper else x.tril()), upper),
        on(Real(3, 3, low=1)),
        on(Real(2, 2, 2, low=1), upper=True),
    ),
    row(
        "lu_factor",
        lambda t, x: t.linalg.lu_factor_ex(spread(t, x)),
        *SQUARE,
        TALL,
        WIDE,
        BATCH,
        covers=("linalg_lu_factor_ex",),
    ),
    row(
        "lu",
        lambda t, x: t.linalg.lu(spread(t, x)),
        *SQUARE,
        TALL,
        WIDE,
        BATCH,
        covers=("permutation_matrix",),
    ),
    row(
        "lu_solve",
        lambda t, x, y, **named: t.linalg.lu_solve(*t.linalg.lu_factor(dominant(t, x)), y, **named),
        on(Real(3, 3), Real(3, 2)),
        on(Real(2, 3, 3), Real(3, 1), adjoint=True),
        on(Real(3, 3), Real(2, 3), left=False),
        on(Real(3, 3), Real(2, 3), left=False, adjoint=True),
    ),
    row(
        "ldl",
        lambda t, x, y: t.linalg.ldl_solve(*t.linalg.ldl_factor(symmetric(t, x)), y),
        on(Real(4, 4, grad=False), Real(4, 2, grad=False)),
        on(Real(2, 3, 3, grad=False), Real(3, 1, grad=False)),
        differentiable=False,
        covers=("linalg_ldl_factor_ex", "linalg_ldl_solve"),
    ),
    row(
        "qr",
        lambda t, x, **named: t.linalg.qr(spread(t, x), **named),
        *SQUARE,
        TALL,
        WIDE,
        BATCH,
        on(Real(2, 3), mode="complete"),
        covers=("linalg_qr",),
    ),
    row(
        "householder_product",
        lambda t, x, tau: t.linalg.householder_product(x, tau),
        on(Real(3, 2), Real(2)),
        on(Real(2, 3, 3), Real(2, 2)),
    ),
    row(
        "ormqr",
        lambda t, x, tau, other, **named: t.ormqr(x, tau, other, **named),
        on(Real(3, 2), Real(2), Real(3, 2)),
        on(Real(3, 2), Real(2), Real(2, 3), left=False, transpose=True),
    ),
    row("eigh", eigen, on(Real(3, 3)), on(Real(2, 3, 3), UPLO="U"), covers=("linalg_eigh",)),
    row(
        "values alone",
        lambda t, x: (t.linalg.eigvalsh(symmetric(t, x)), t.linalg.svdvals(x[:2])),
        on(Real(3, 3, grad=False)),
        differentiable=False,
        covers=("linalg_eigvalsh", "linalg_svdvals"),
    ),
    row("eigvalsh", lambda t, x: t.linalg.eigvalsh(symmetric(t, x)), on(Real(3, 3)), on(Real(2, 2, 2))),
    row("svd", singular, on(Real(3, 3)), TALL, WIDE, BATCH, on(Real(3, 2), True), covers=("linalg_svd",)),
    row("svdvals", lambda t, x: t.linalg.svdvals(spread(t, x)), on(Real(3, 3)), TALL, WIDE, BATCH),
    row(
        "matrix_exp",
        lambda t, x: t.linalg.matrix_exp(x),
        *SQUARE,
        on(Real(3, 3, low=-0.01, high=0.01)),
        covers=("linalg_matrix_exp",),
        tolerance=1e-5,
    ),
    row(
        "matrix_power of the inverse", lambda t, x: t.linalg.matrix_power(dominant(t, x), -2), on(Real(2, 2))
    ),
    Case(
        powers.matrix_power,
        *(on(Real(3, 3), n) for n in (0, 1, 2, 3, 5)),
        on(Real(2, 2, 2), 3),
        torch="matrix_power",
    ),
    Case(
        powers.chain_matmul,
        on(Real(2, 3), Real(3, 4), Real(4, 1), Real(1, 2)),
        on(Real(2, 3)),
        torch=lambda torch, *m: torch.linalg.multi_dot(m) if len(m) > 1 else m[0],
    ),
    Case(
        powers.multi_dot,
        on([Real(3), Real(3, 4), Real(4, 1), Real(1)]),
        on([Real(2, 3), Real(3)]),
        torch="linalg.multi_dot",
    ),
    Case(
        autograd.linalg.matrix_norm,
        *(on(Real(2, 3), ord) for ord in ("fro", "nuc", 1, -1, 2, -2, math.inf, -math.inf)),
        *(on(Real(2, 3, 2), ord, (2, 0), True) for ord in ("fro", "nuc", 1, 2)),
        torch="linalg.matrix_norm",
    ),
    Case(
        autograd.linalg.norm,
        on(Real(2, 3)),
        on(Real(2, 3), 1),
        on(Real(2, 3), 3, 1),
        on(Real(2, 3, 2), 2, (0, 2), keepdim=True),
        torch="linalg.norm",
    ),
    Case(  # by a sum of products: PyTorch's own second derivatives raise
        condition,
        *(on(Real(3, 3), p) for p in (None, 2, -2, "fro", "nuc", 1, -1, math.inf, -math.inf)),
        on(Real(2, 3)),
        torch=lambda torch, x, p=None: condition_of(torch, spread(torch, x), p),
    ),
    Case(
        distances.pdist,
        *(on(Real(4, 3), p) for p in (1.0, 1.5, 3.0, float("inf"))),
        on(Real(4, 3)),
        on(Real(1, 3)),
        on(Real(4, 0)),
        torch="pdist",
        covers=("pair_distances",),
    ),
    Case(
        distances.cdist,
        *(on(Real(3, 2), Real(4, 2), p) for p in (0.0, 1.0, 2.0, 2.5, math.inf)),
        on(Real(2, 1, 3, 2), Real(5, 1, 2)),
        torch="cdist",
    ),
    Case(  # by a matrix product, moved to the mean
        distances.euclidean_distances,
        on(Real(3, 2), Real(4, 2)),
        on(Real(2, 1, 3, 2), Real(5, 1, 2)),
        on(Real(0, 2), Real(3, 2)),
        torch=lambda torch, x, y: torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist"),
    ),
    Case(distances.dist, on(Real(3, 2), Real(2)), on(Real(3), Real(3), 1), torch="dist"),
    Case(
        distances.renorm,
        on(Real(3, 2), 2, 0, 1.5),
        on(Real(2, 3, 2), 1, 1, 2.0),
        on(Real(2, 3), 3, -1, 1.0),
        torch="renorm",
    ),
    Case(
        autograd.linalg.vander,
        on(Real(3)),
        on(Real(2, 3), N=4),
        torch="linalg.vander",
        integers=("int64", "uint8"),
    ),
    Case(
        autograd.vander,
        on(Real(3)),
        on(Real(3), 2, increasing=True),
        on(Real(3), 0),
        on(Real(3), 1),
        numpy=np.vander,
    ),
    Case(
        autograd.linalg.vecdot,
        on(Real(2, 3), Real(2, 3)),
        on(Real(3, 1, 2), Real(2, 2), dim=1),
        torch="linalg.vecdot",
    ),
    Case(
        autograd.linalg.cross,
        on(Real(2, 3), Real(2, 3)),
        on(Real(1, 3), Real(4, 3)),
        on(Real(3, 2), Real(3, 2), dim=0),
        torch="linalg.cross",
    ),
]
