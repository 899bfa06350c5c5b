"""Linear algebra: factors, inverses, systems of equations, norms; NumPy's and SciPy's LAPACK with derivatives.

The names and arguments are those of `torch.linalg`. Every function takes batches of matrices in its last two dimensions
(*, M, N), in float32 or float64. Results of several parts are named tuples.

>>> import autograd
>>> a = autograd.tensor([[2.0, 0.0], [0.0, 4.0]], requires_grad=True)
>>> autograd.linalg.slogdet(a).logabsdet.backward()
>>> a.grad
tensor([[0.5000, 0.0000],
        [0.0000, 0.2500]])
"""

from autograd.errors import LinAlgError
from autograd.linalg.choleskies import cholesky, cholesky_ex
from autograd.linalg.determinants import det, slogdet
from autograd.linalg.householder import householder_product, qr
from autograd.linalg.inverses import inv, inv_ex, matrix_rank, pinv, tensorinv
from autograd.linalg.ldl import ldl_factor, ldl_factor_ex, ldl_solve
from autograd.linalg.lu_factors import lu, lu_factor, lu_factor_ex, lu_solve
from autograd.linalg.norms import cond, matrix_norm, norm, vector_norm
from autograd.linalg.powers import matrix_exp, matrix_power, multi_dot
from autograd.linalg.spectra import eig, eigh, eigvals, eigvalsh, svd, svdvals
from autograd.linalg.systems import lstsq, solve, solve_ex, solve_triangular, tensorsolve
from autograd.linalg.vectors import cross, diagonal, vander, vecdot
from autograd.ops.linalg import matmul

__all__ = [
    "LinAlgError", "cholesky", "cholesky_ex", "cond", "cross", "det", "diagonal", "eig", "eigh", "eigvals", "eigvalsh",
    "householder_product", "inv", "inv_ex", "ldl_factor", "ldl_factor_ex", "ldl_solve", "lstsq", "lu", "lu_factor",
    "lu_factor_ex", "lu_solve", "matmul", "matrix_exp", "matrix_norm", "matrix_power", "matrix_rank", "multi_dot",
    "norm", "pinv", "qr", "slogdet", "solve", "solve_ex", "solve_triangular", "svd", "svdvals", "tensorinv",
    "tensorsolve", "vander", "vecdot", "vector_norm",
]  # fmt: skip
