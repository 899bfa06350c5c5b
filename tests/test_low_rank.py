"""The largest singular values from random products: what does not depend on the numbers that were drawn."""

import numpy as np
import pytest

import autograd
from autograd import pca_lowrank, svd_lowrank
from autograd.errors import DTypeError, ShapeError


def of_rank(rank, *shape):
    rng = np.random.default_rng(0)
    a = rng.normal(size=(*shape[:-1], rank)) @ rng.normal(size=(*shape[:-2], rank, shape[-1]))
    return a, autograd.tensor(a, requires_grad=True)


@pytest.mark.parametrize("shape", [(7, 5), (5, 7), (2, 6, 4)], ids=str)
def test_a_matrix_of_low_rank_is_found_whole(shape):
    autograd.manual_seed(0)
    a, x = of_rank(2, *shape)
    u, s, v = svd_lowrank(x, 3)
    assert u.shape == (*shape[:-1], 3)
    assert v.shape == (*shape[:-2], shape[-1], 3)
    u, s, v = svd_lowrank(x, 2)
    np.testing.assert_allclose((u * s.unsqueeze(-2) @ v.mT).numpy(force=True), a, atol=1e-10)
    np.testing.assert_allclose(s.numpy(force=True), np.linalg.svd(a, compute_uv=False)[..., :2])
    np.testing.assert_allclose(
        (u.mT @ u).numpy(force=True), np.broadcast_to(np.eye(2), (*shape[:-2], 2, 2)), atol=1e-12
    )


def test_the_gradient_is_that_of_the_singular_values():
    autograd.manual_seed(0)
    a, x = of_rank(2, 6, 4)
    svd_lowrank(x, 2)[1].sum().backward()
    u, _, vh = np.linalg.svd(a)
    np.testing.assert_allclose(x.grad.numpy(force=True), u[:, :2] @ vh[:2], atol=1e-9)


def test_a_matrix_to_subtract_and_the_mean_of_the_rows():
    autograd.manual_seed(0)
    a, x = of_rank(2, 8, 5)
    mean = a.mean(0, keepdims=True)
    expected = np.linalg.svd(a - mean, compute_uv=False)[:2]
    np.testing.assert_allclose(pca_lowrank(x, 2)[1].numpy(force=True), expected)
    np.testing.assert_allclose(svd_lowrank(x, 2, M=autograd.tensor(mean))[1].numpy(force=True), expected)
    assert pca_lowrank(x)[2].shape == (5, 5)
    np.testing.assert_allclose(pca_lowrank(x, 2, center=False)[1].numpy(force=True), np.linalg.svd(a)[1][:2])


@pytest.mark.parametrize("function", [svd_lowrank, pca_lowrank])
def test_numbers_that_do_not_fit(function):
    x = autograd.ones(3, 2)
    for arguments, named in (({"q": 3}, "q=3"), ({"q": -1}, "q=-1"), ({"q": 1, "niter": -1}, "niter must")):
        with pytest.raises(ValueError, match=named):
            function(x, **arguments)
    with pytest.raises(ShapeError):
        function(autograd.ones(3), 1)
    with pytest.raises(DTypeError):
        function(autograd.tensor([[1, 2]]), 1)
