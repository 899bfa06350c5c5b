"""Gradient clipping, and parameters as a vector: the numbers of PyTorch."""

import math

import numpy as np
import pytest

import autograd
import nn
from autograd.errors import AutogradError, GradientError
from nn.utils import (
    clip_grad_norm_,
    clip_grad_value_,
    clip_grads_with_norm_,
    get_total_norm,
    parameters_to_vector,
    vector_to_parameters,
)


def parameters(dtype=np.float64):
    rng = np.random.default_rng(0)
    gradients = [rng.standard_normal(s).astype(dtype) for s in ((3, 4), (5,), (), (2, 2))]
    params = [nn.Parameter(autograd.tensor(np.zeros_like(g))) for g in gradients]
    for p, g in zip(params[:-1], gradients, strict=False):  # the last has none
        p.grad = autograd.tensor(g)
    params[0].grad = autograd.tensor(np.ascontiguousarray(gradients[0].T)).T  # a view with gaps
    return params, gradients


@pytest.mark.parametrize("norm_type", [2, 1, 3.5, math.inf, "inf"])
@pytest.mark.parametrize("max_norm", [0.5, 100.0])
def test_clipping_by_norm(norm_type, max_norm):
    torch = pytest.importorskip("torch")
    params, gradients = parameters()
    others = [torch.nn.Parameter(torch.zeros(g.shape, dtype=torch.float64)) for g in gradients]
    for p, g in zip(others[:-1], gradients, strict=False):
        p.grad = torch.tensor(g)
    norm = clip_grad_norm_(params, max_norm, norm_type)
    expected = torch.nn.utils.clip_grad_norm_(others, max_norm, norm_type)
    assert norm.item() == pytest.approx(expected.item(), rel=1e-12)
    for p, q in zip(params[:-1], others, strict=False):
        np.testing.assert_allclose(p.grad.numpy(), q.grad.numpy(), rtol=1e-10)
    assert params[-1].grad is None


def test_clipping_by_value():
    params, gradients = parameters()
    kept = params[1].grad
    clip_grad_value_(params, 0.3)
    assert params[1].grad is kept
    for p, g in zip(params[:-1], gradients, strict=False):
        np.testing.assert_array_equal(p.grad.numpy(), np.clip(g, -0.3, 0.3))
    clip_grad_value_(params[0], 0.0)
    assert (params[0].grad == 0).all()
    with pytest.raises(ValueError, match="must not be negative"):
        clip_grad_value_(params, -1.0)


def test_in_two_steps_and_of_nothing():
    params, gradients = parameters()
    norm = get_total_norm([p.grad for p in params[:-1]])
    clip_grads_with_norm_(params, norm.item() / 2, norm)
    np.testing.assert_allclose(params[1].grad.numpy(), gradients[1] / 2, rtol=1e-6)
    assert clip_grad_norm_([nn.Parameter(autograd.ones(1))], 1.0).item() == 0
    assert get_total_norm([]).item() == 0


def test_norms_that_are_not_finite():
    p = nn.Parameter(autograd.zeros(2))
    p.grad = autograd.tensor([math.inf, 1.0])
    with pytest.raises(GradientError, match=r"norm of order 2\.0 of the gradients is inf"):
        clip_grad_norm_(p, 1.0, error_if_nonfinite=True)
    assert p.grad.tolist() == [math.inf, 1.0]
    assert clip_grad_norm_(p, 1.0).item() == math.inf
    np.testing.assert_array_equal(p.grad.numpy(), [math.nan, 0])  # as in PyTorch
    assert math.isnan(clip_grad_norm_(p, 1.0).item())
    np.testing.assert_array_equal(p.grad.numpy(), [math.nan, math.nan])


def test_vectors():
    model = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
    vector = parameters_to_vector(model.parameters())
    assert vector.shape == (13,)
    (vector * vector).sum().backward()
    np.testing.assert_allclose(model[0].weight.grad.numpy(), 2 * model[0].weight.detach().numpy())
    new = autograd.arange(13.0)
    vector_to_parameters(new, model.parameters())
    assert model[1].bias.item() == 12
    assert model[0].weight.tolist() == [[0, 1], [2, 3], [4, 5]]
    assert np.shares_memory(model[0].weight.array, new.array)
    for wrong in (autograd.zeros(12), autograd.zeros(13, 1), [1.0]):
        with pytest.raises(AutogradError, match="vector_to_parameters"):
            vector_to_parameters(wrong, model.parameters())
    assert model[1].bias.item() == 12
