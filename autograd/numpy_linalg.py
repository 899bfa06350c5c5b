"""`np.linalg` on tensors, in NumPy's own signatures. `inv`, `det` and `slogdet` say themselves what they are."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import ArgumentError
from autograd.linalg import choleskies, householder, inverses, norms, older, powers, spectra, systems
from autograd.ops.shape import unsqueeze
from autograd.table import implements

implements(np.linalg.matrix_power)(powers.matrix_power)
implements(np.linalg.multi_dot)(powers.multi_dot)
implements(np.linalg.cond)(norms.cond)
implements(np.linalg.svdvals)(spectra.svdvals)
implements(np.linalg.eigvalsh)(spectra.eigvalsh)
implements(np.linalg.eigh)(spectra.eigh)
implements(np.linalg.eig)(spectra.eig)
implements(np.linalg.eigvals)(spectra.eigvals)
implements(np.linalg.tensorinv)(inverses.tensorinv)


@implements(np.linalg.solve)
def _solve(a: Any, b: Any) -> Any:
    """NumPy takes only a 1-d b for a vector."""
    return systems.solve(a, unsqueeze(b, -1))[..., 0] if len(np.shape(b)) == 1 else systems.linalg_solve(a, b)


@implements(np.linalg.tensorsolve)
def _tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    return systems.tensorsolve(a, b, axes)


@implements(np.linalg.lstsq)
def _lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    return systems.lstsq(a, b, rcond, driver="gelsd")


@implements(np.linalg.pinv)
def _pinv(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    return inverses.pinv(a, 1e-15 if rcond is None and rtol is None else rcond, hermitian, rtol=rtol)


@implements(np.linalg.matrix_rank)
def _matrix_rank(A: Any, tol: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    return inverses.matrix_rank(A, tol, hermitian, rtol=rtol)


@implements(np.linalg.cholesky)
def _cholesky(a: Any, *, upper: bool = False) -> Any:
    return choleskies.cholesky(a, upper=upper)


@implements(np.linalg.qr)
def _qr(a: Any, mode: str = "reduced") -> Any:
    if mode == "raw":
        h, tau = householder.geqrf(a)
        return h.mT, tau
    return householder.qr(a, mode).R if mode == "r" else householder.qr(a, mode)


@implements(np.linalg.svd)
def _svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    if hermitian:
        raise ArgumentError(
            "np.linalg.svd: hermitian=True is not supported on tensors; leave it out, or use eigh"
        )
    return spectra.svd(a, full_matrices) if compute_uv else spectra.svdvals(a)


@implements(np.linalg.norm)
def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    return norms.norm(x, ord, axis, keepdims)


@implements(np.linalg.vector_norm)
def _vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    return norms.vector_norm(x, ord, axis, keepdims)


@implements(np.linalg.matrix_norm)
def _matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    return norms.matrix_norm(x, ord, keepdim=keepdims)


@implements(np.vander)
def _vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    return older.vander(x, N, increasing)
