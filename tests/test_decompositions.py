"""Linear algebra beyond its rows in the table: singular matrices, named results, NumPy's functions, vmap, errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import linalg
from autograd.errors import AutogradError, DTypeError, LinAlgError, ShapeError

SINGULAR = [[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 0.0, 1.0]]  # of rank 2
COFACTORS = [[4.0, 4.0, -4.0], [-2.0, -2.0, 2.0], [0.0, 0.0, 0.0]]


def matrix(rng: np.random.Generator, *shape: int) -> Any:
    return autograd.tensor(rng.normal(size=shape), requires_grad=True)


# ------------------------------------------------------------------------------------------------ determinants


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_derivative_of_det_at_a_singular_matrix_is_its_cofactors(dtype: str) -> None:
    x = autograd.tensor(SINGULAR, dtype=dtype, requires_grad=True)
    linalg.det(x).backward()
    np.testing.assert_allclose(x.grad.array, COFACTORS, atol=1e-5 if dtype == "float32" else 1e-13)


@pytest.mark.parametrize("rank", [0, 1, 2, 3])
def test_second_derivatives_of_det_at_any_rank(rng: np.random.Generator, rank: int) -> None:
    """The derivative of the cofactors is exact even at the zero matrix, where there are no pivots."""
    x = autograd.tensor(rng.normal(size=(3, rank)) @ rng.normal(size=(rank, 3)), requires_grad=True)
    assert autograd.gradcheck(linalg.det, (x,))
    assert autograd.gradgradcheck(linalg.det, (x,))


def test_a_batch_with_a_singular_matrix(rng: np.random.Generator) -> None:
    x = autograd.tensor(np.stack([np.eye(3), SINGULAR]), requires_grad=True)
    linalg.det(x).sum().backward()
    np.testing.assert_allclose(x.grad.array, [np.eye(3), COFACTORS], atol=1e-13)


def test_det_and_slogdet_of_nothing_and_of_singular_matrices() -> None:
    nothing = autograd.zeros(0, 0, requires_grad=True)
    linalg.det(nothing).backward()
    assert linalg.det(nothing).item() == 1
    assert nothing.grad.shape == (0, 0)
    sign, size = linalg.slogdet(autograd.tensor(SINGULAR))
    assert (sign.item(), size.item()) == (0, -np.inf)
    x = autograd.tensor([[1.0, 1.0], [1.0, 1.0]], requires_grad=True)
    linalg.slogdet(x).logabsdet.backward()
    assert x.grad.tolist() == [[np.inf, -np.inf], [-np.inf, np.inf]]


def test_logdet_of_a_negative_determinant_is_nan() -> None:
    assert autograd.logdet(-autograd.eye(3)).isnan()
    assert autograd.logdet(autograd.zeros(2, 2)).item() == -np.inf


# ------------------------------------------------------------------------------------------------ equal values


def test_values_have_derivatives_where_vectors_have_none() -> None:
    x = autograd.eye(3, requires_grad=True)
    linalg.svdvals(x).sum().backward()
    np.testing.assert_array_equal(x.grad.array, np.eye(3))
    y = autograd.eye(3, requires_grad=True)
    linalg.eigvalsh(y).sum().backward()
    np.testing.assert_allclose(y.grad.array, np.eye(3))
    z = autograd.eye(2, requires_grad=True)
    linalg.eigh(z).eigenvectors.sum().backward()
    assert not z.grad.isfinite().all()


@pytest.mark.parametrize("ord", ["fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf, None])
def test_norms_at_zero_have_finite_derivatives(ord: Any) -> None:
    x = autograd.zeros(3, 2, requires_grad=True)
    linalg.norm(x, ord).backward()
    assert x.grad.isfinite().all()


def test_a_rank_deficient_pseudo_inverse(rng: np.random.Generator) -> None:
    """Along matrices of one rank the pseudo-inverse has derivatives, although singular values are 0."""
    x, y = matrix(rng, 4, 2), matrix(rng, 2, 3)
    assert autograd.gradcheck(lambda x, y: linalg.pinv(x @ y), (x, y))
    assert autograd.gradgradcheck(lambda x, y: linalg.pinv(x @ y), (x, y))


# ------------------------------------------------------------------------------------------------ results


def test_results_are_named() -> None:
    x = autograd.eye(2, dtype="float64")
    assert linalg.svd(x)._fields == ("U", "S", "Vh")
    assert autograd.svd(x)._fields == ("U", "S", "V")
    assert linalg.qr(x)._fields == x.qr()._fields == ("Q", "R")
    assert linalg.eigh(x)._fields == ("eigenvalues", "eigenvectors")
    assert linalg.slogdet(x)._fields == ("sign", "logabsdet")
    assert linalg.lu(x)._fields == ("P", "L", "U")
    assert linalg.lu_factor(x)._fields == ("LU", "pivots")
    assert linalg.lstsq(x, x)._fields == ("solution", "residuals", "rank", "singular_values")
    assert linalg.inv_ex(x)._fields == ("inverse", "info")
    assert linalg.cholesky_ex(x)._fields == ("L", "info")
    assert linalg.solve_ex(x, x)._fields == ("result", "info")


def test_one_singular_matrix_does_not_keep_a_batch_from_its_results() -> None:
    x = autograd.tensor(np.stack([2 * np.eye(2), np.zeros((2, 2)), [[1.0, 1.0], [1.0, 1.0]]]))
    inverse, info = linalg.inv_ex(x)
    assert info.tolist() == [0, 1, 2]
    assert inverse[0].tolist() == [[0.5, 0.0], [0.0, 0.5]]
    assert inverse[1:].isnan().all()
    result, info = linalg.solve_ex(x, autograd.ones(3, 2, dtype="float64"))
    assert info.tolist() == [0, 1, 2]
    assert result[0].tolist() == [0.5, 0.5]
    assert result[1:].isnan().all()
    with pytest.raises(LinAlgError, match="batch element 1"):
        linalg.solve_ex(x, autograd.ones(3, 2, dtype="float64"), check_errors=True)
    factor, info = linalg.cholesky_ex(autograd.tensor(np.stack([np.eye(2), -np.eye(2)])))
    assert info.tolist() == [0, 1]
    assert factor[0].tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_only_a_part_of_several_results_needs_a_gradient(rng: np.random.Generator) -> None:
    for part in range(3):
        x = matrix(rng, 4, 3)
        weights = autograd.tensor(rng.normal(size=linalg.svd(x, False)[part].shape))
        assert autograd.gradcheck(lambda x, p=part, w=weights: (linalg.svd(x, False)[p] * w).sum(), (x,))
        assert autograd.gradgradcheck(lambda x, p=part, w=weights: (linalg.svd(x, False)[p] * w).sum(), (x,))


def test_results_written_over_before_backward_are_noticed(rng: np.random.Generator) -> None:
    u, s, _ = linalg.svd(matrix(rng, 3, 3))
    u.mul_(2)
    with pytest.raises(AutogradError, match="changed in place"):
        s.sum().backward()


def test_rank_counts_by_tolerance() -> None:
    x = autograd.diag(autograd.tensor([1.0, 1e-3, 1e-9]))
    assert [linalg.matrix_rank(x).item(), linalg.matrix_rank(x, atol=1e-2).item()] == [2, 1]
    assert linalg.matrix_rank(x, rtol=1e-2, hermitian=True).item() == 1
    assert linalg.matrix_rank(autograd.stack([x, 0 * x])).tolist() == [2, 0]


# ------------------------------------------------------------------------------------------------ NumPy and vmap

NUMPY: list[tuple[Callable[..., Any], int]] = [
    (np.linalg.inv, 1),
    (np.linalg.det, 1),
    (lambda x: np.linalg.slogdet(x)[1], 1),
    (lambda x: np.linalg.solve(x, x @ x), 1),
    (lambda x: np.linalg.solve(x, x[0]), 1),
    (lambda x: np.linalg.cholesky(x @ x.T), 1),
    (lambda x: np.linalg.qr(x).R, 1),
    (lambda x: np.linalg.qr(x, "r"), 0),
    (lambda x: np.linalg.svd(x)[1], 1),
    (lambda x: np.linalg.svd(x, compute_uv=False), 1),
    (lambda x: np.linalg.eigh(x + x.T)[0], 1),
    (lambda x: np.linalg.eigvalsh(x + x.T), 1),
    (np.linalg.svdvals, 1),
    (lambda x: np.linalg.pinv(x[:2]), 1),
    (lambda x: np.linalg.lstsq(x[:, :2], x[0])[0], 1),
    (lambda x: np.linalg.norm(x, 2), 1),
    (lambda x: np.linalg.norm(x, axis=1), 1),
    (lambda x: np.linalg.matrix_norm(x, ord=1), 1),
    (lambda x: np.linalg.vector_norm(x, axis=0, ord=3), 1),
    (np.linalg.cond, 1),
    (lambda x: np.linalg.matrix_power(x, -2), 1),
    (lambda x: np.linalg.multi_dot([x, x, x[0]]), 1),
    (np.linalg.matrix_rank, 0),
    (lambda x: np.linalg.tensorinv(x.reshape(3, 3, 1), 1), 1),
    (lambda x: np.linalg.tensorsolve(x, x[0]), 1),
    (lambda x: np.vander(x[0]), 1),
]


@pytest.mark.parametrize(("function", "differentiable"), NUMPY)
def test_numpys_functions(
    rng: np.random.Generator, function: Callable[..., Any], differentiable: int
) -> None:
    array = rng.normal(size=(3, 3)) + 3 * np.eye(3)
    x = autograd.tensor(array, requires_grad=True)
    found = function(x)
    np.testing.assert_allclose(found.array, function(array), 1e-12, 1e-12)
    if differentiable:
        assert autograd.gradcheck(function, (x,))


def positive(x: Any) -> Any:
    return x @ x.mT + autograd.eye(3, dtype="float64")


MAPPED: list[Callable[..., Any]] = [
    lambda x, y: linalg.inv(positive(x)),
    lambda x, y: linalg.inv_ex(positive(x)),
    lambda x, y: linalg.det(x),
    lambda x, y: linalg.slogdet(x),
    lambda x, y: autograd.logdet(positive(x)),
    lambda x, y: linalg.solve(positive(x), y),
    lambda x, y: linalg.solve(positive(x), y[:, 0]),
    lambda x, y: linalg.solve_ex(positive(x), y),
    lambda x, y: linalg.solve_triangular(positive(x), y, upper=False),
    lambda x, y: linalg.cholesky(positive(x)),
    lambda x, y: linalg.cholesky_ex(positive(x)),
    lambda x, y: autograd.cholesky_solve(y, linalg.cholesky(positive(x))),
    lambda x, y: autograd.cholesky_inverse(linalg.cholesky(positive(x))),
    lambda x, y: linalg.qr(x),
    lambda x, y: autograd.geqrf(x),
    lambda x, y: linalg.householder_product(*autograd.geqrf(y)),
    lambda x, y: linalg.svd(x),
    lambda x, y: linalg.eigh(positive(x)),
    lambda x, y: linalg.lu(x),
    lambda x, y: linalg.lu_solve(*linalg.lu_factor(x), y),
    lambda x, y: linalg.ldl_solve(*linalg.ldl_factor(positive(x)), y),
    lambda x, y: linalg.lstsq(y, x).solution,
    lambda x, y: linalg.pinv(y),
    lambda x, y: linalg.pinv(y, atol=y[0, 0].abs()),
    lambda x, y: linalg.matrix_rank(y),
    lambda x, y: linalg.matrix_exp(x),
    lambda x, y: linalg.matrix_power(x, -2),
    lambda x, y: linalg.multi_dot([x, x, y]),
    lambda x, y: [linalg.matrix_norm(x, p) for p in ("fro", "nuc", 1, 2, np.inf)],
    lambda x, y: linalg.vector_norm(x, 3, 0),
    lambda x, y: [linalg.cond(x, p) for p in (None, 1)],
    lambda x, y: autograd.cdist(x, y.mT @ x),
    lambda x, y: autograd.dist(x, x * x),
    lambda x, y: autograd.renorm(x, 2, 0, 1.0),
    lambda x, y: linalg.vander(x),
    lambda x, y: linalg.vecdot(x, x),
    lambda x, y: linalg.cross(x, x[:1]),
    lambda x, y: linalg.tensorsolve(x, y[:, 0]),
    lambda x, y: autograd.addmm(y, x, y, beta=2, alpha=3),
    lambda x, y: autograd.einsum("ij,jk->ki", x, y),
]


@pytest.mark.parametrize("function", MAPPED)
def test_vmap_is_a_loop_over_the_examples(rng: np.random.Generator, function: Callable[..., Any]) -> None:
    x, y = autograd.tensor(rng.normal(size=(4, 3, 3))), autograd.tensor(rng.normal(size=(4, 3, 2)))
    for in_dims, pairs in (((0, 0), list(zip(x, y, strict=True))), ((0, None), [(one, y[0]) for one in x])):
        found = autograd.vmap(function, in_dims)(x, y if in_dims[1] == 0 else y[0])
        expected = [function(*pair) for pair in pairs]
        if not isinstance(found, (tuple, list)):
            found, expected = [found], [[e] for e in expected]
        for part, parts in zip(found, zip(*expected, strict=True), strict=True):
            wanted = np.stack([p.array for p in parts])
            np.testing.assert_allclose(part.array, wanted, 1e-10, 1e-10)


# ------------------------------------------------------------------------------------------------ errors

A = autograd.ones(3, 3)
INTEGERS = autograd.ones(3, 3, dtype="int64")
VECTOR = autograd.ones(3)


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: linalg.inv(A), LinAlgError, ["linalg.inv", "singular", "pivot 2"]),
        (lambda: linalg.inv(A[:2]), ShapeError, ["square", "(2, 3)"]),
        (lambda: linalg.inv(INTEGERS), DTypeError, ["int64", ".float()"]),
        (lambda: linalg.inv(A.half()), DTypeError, ["float16"]),
        (lambda: linalg.inv([[1.0]]), DTypeError, ["list"]),
        (lambda: linalg.solve(A, A), LinAlgError, ["linalg.solve", "pivot 2"]),
        (lambda: linalg.solve(A, A.double()), DTypeError, ["float32", "float64"]),
        (lambda: linalg.solve(A, A[:2]), ShapeError, ["3 rows", "2 rows"]),
        (lambda: linalg.solve(A, VECTOR, left=False), ShapeError, ["left=False"]),
        (lambda: linalg.solve_triangular(A, VECTOR, upper=True), ShapeError, ["(3,)"]),
        (lambda: linalg.cholesky(-A), LinAlgError, ["positive-definite", "order 1"]),
        (lambda: linalg.qr(A, "full"), AutogradError, ["'full'", "complete"]),
        (lambda: linalg.eigh(A, "X"), AutogradError, ["UPLO", "'X'"]),
        (lambda: linalg.eigh(A * np.nan), LinAlgError, ["converge", "nan"]),
        (lambda: linalg.svd(A * np.inf), LinAlgError, ["converge", "inf"]),
        (lambda: linalg.eig(A), DTypeError, ["complex", "eigh", "svd"]),
        (lambda: linalg.eigvals(A), DTypeError, ["complex"]),
        (lambda: np.linalg.eig(A), DTypeError, ["complex"]),
        (lambda: linalg.svd(A, driver="gesvd"), AutogradError, ["driver"]),
        (lambda: linalg.lu(A, pivot=False), AutogradError, ["pivot"]),
        (lambda: linalg.lu_factor(autograd.zeros(2, 2)), LinAlgError, ["U[1, 1]"]),
        (lambda: linalg.lu_solve(A, INTEGERS[0], A), DTypeError, ["int32", "int64"]),
        (lambda: linalg.lstsq(A, A, driver="qr"), AutogradError, ["driver", "'qr'"]),
        (lambda: linalg.lstsq(A, A[:2]), ShapeError, ["3 rows"]),
        (lambda: linalg.tensorinv(A.reshape(1, 3, 3), 3), ShapeError, ["(1, 3, 3)"]),
        (lambda: linalg.tensorsolve(A, A), ShapeError, ["(3, 3)"]),
        (lambda: linalg.householder_product(A[:2], VECTOR), ShapeError, ["M >= N"]),
        (lambda: linalg.matrix_norm(A, "max"), AutogradError, ["'max'", "nuc"]),
        (lambda: linalg.matrix_norm(A, 3), AutogradError, ["3"]),
        (lambda: linalg.matrix_norm(VECTOR), ShapeError, ["(3,)"]),
        (lambda: linalg.vector_norm(A, "fro"), AutogradError, ["'fro'"]),
        (lambda: linalg.norm(autograd.ones(2, 2, 2), 1), AutogradError, ["(2, 2, 2)"]),
        (lambda: linalg.norm(A, "nuc", 1), AutogradError, ["'nuc'"]),
        (lambda: linalg.norm(INTEGERS), DTypeError, ["int64"]),
        (lambda: linalg.norm(A, dtype="float16"), DTypeError, ["float16", "narrower"]),
        (lambda: linalg.cond(A[:2], 1), ShapeError, ["square"]),
        (lambda: linalg.multi_dot([A]), AutogradError, ["2"]),
        (lambda: linalg.multi_dot([A, A[:2]]), ShapeError, ["(2, 3)"]),
        (lambda: linalg.matrix_power(A, 0.5), AutogradError, ["0.5"]),
        (lambda: linalg.vander(VECTOR, 1), AutogradError, ["1"]),
        (lambda: autograd.cdist(A, A[:, :2]), ShapeError, ["(3, 2)"]),
        (lambda: autograd.cdist(A, A, -1.0), AutogradError, ["-1"]),
        (lambda: autograd.renorm(A, 0, 0, 1.0), AutogradError, ["positive"]),
        (lambda: autograd.addmm(VECTOR.double(), A, A), DTypeError, ["float64"]),
        (lambda: autograd.addmm(autograd.ones(2), A, A), ShapeError, ["(2,)"]),
    ],
)
def test_errors(call: Callable[[], Any], kind: type[Exception], words: list[str]) -> None:
    with pytest.raises(kind) as caught:
        call()
    assert isinstance(caught.value, AutogradError)
    assert isinstance(caught.value, RuntimeError)  # as PyTorch's are
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_no_derivative_is_an_error_that_says_so(rng: np.random.Generator) -> None:
    with pytest.raises(AutogradError, match="mode='reduced'"):
        linalg.qr(matrix(rng, 3, 3), "r").R.sum().backward()
    with pytest.raises(AutogradError, match="mode='reduced'"):
        linalg.qr(matrix(rng, 3, 2), "complete").Q.sum().backward()


def test_numpys_error_catches_ours() -> None:
    with pytest.raises(np.linalg.LinAlgError):
        np.linalg.inv(autograd.zeros(2, 2))
