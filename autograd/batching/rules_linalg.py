"""Batching rules of linear algebra: every primitive takes batches of matrices, so examples are one more dimension."""

from __future__ import annotations

from typing import Any

from autograd.batching.rules import batches, examples, grown, is_at, line_up, ndim_of
from autograd.hidden import Level
from autograd.linalg import (
    choleskies,
    determinants,
    distances,
    householder,
    inverses,
    ldl,
    lu_factors,
    powers,
    spectra,
    systems,
)
from autograd.ops.shape import expand
from autograd.table import Primitive

batches(
    choleskies.linalg_cholesky, choleskies.leading_minors, determinants.linalg_det, determinants.linalg_slogdet,
    householder.linalg_qr, householder.linalg_geqrf, inverses.linalg_inv, inverses.linalg_inv_ex,
    inverses.first_zero_pivots, ldl.linalg_ldl_factor_ex, lu_factors.linalg_lu_factor_ex,
    lu_factors.permutation_matrix, powers.linalg_matrix_exp, spectra.linalg_eigh, spectra.linalg_eigvalsh,
    spectra.linalg_svd, spectra.linalg_svdvals, distances.euclidean_distances,
    systems.linalg_solve, systems.linalg_solve_triangular, systems.linalg_lstsq,
)(line_up)  # fmt: skip


@batches(inverses.linalg_pinv, inverses.linalg_matrix_rank)
def _with_tolerances(p: Primitive, level: Level, args: list[Any]) -> Any:
    """Matrices, and tolerances for each of a batch of them."""
    x, *tolerances, hermitian = args
    ndim = max(ndim_of(x), *(ndim_of(t) + 2 for t in tolerances))
    if any(is_at(t, level) for t in tolerances):
        x = grown(examples(x, level), ndim)
        tolerances = [grown(t.value, ndim - 2) if is_at(t, level) else t for t in tolerances]
    else:
        x = grown(x.value, ndim)
    return p.function(x, *tolerances, hermitian)


@batches(ldl.linalg_ldl_solve)
def _ldl_solve(p: Primitive, level: Level, args: list[Any]) -> Any:
    """Factors with their pivots, of which both or none differ between examples, and right-hand sides."""
    factors, pivots, b = args
    ndim = max(ndim_of(factors), ndim_of(b))
    if is_at(factors, level) or is_at(pivots, level):
        factors, pivots = grown(examples(factors, level), ndim), grown(examples(pivots, level), ndim - 1)
    if is_at(b, level):
        b = grown(b.value, ndim)
    return p.function(factors, expand(pivots, factors.shape[:-1]), b)


@batches(distances.pair_distances)
def _pair_distances(p: Primitive, level: Level, args: list[Any]) -> Any:  # noqa: ARG001  # every rule is called alike
    return distances.pair_norms(args[0].value, 2.0)
