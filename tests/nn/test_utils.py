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


@pytest.mark.parametrize("foreach", [None, True, False])
@pytest.mark.parametrize("norm_type", [0, 1, 2, math.inf, -math.inf])
def test_norms_as_in_pytorch(norm_type, foreach):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    for dtypes in (
        (np.float32,) * 3,
        (np.float64,) * 3,
        (np.float32, np.float64, np.float32),
        (np.float16,) * 3,
    ):
        arrays = [rng.standard_normal(s).astype(d) for s, d in zip(((3, 4), (5,), ()), dtypes, strict=True)]
        norm = get_total_norm([autograd.tensor(a) for a in arrays], norm_type, foreach=foreach)
        expected = torch.nn.utils.get_total_norm(
            [torch.tensor(a) for a in arrays], norm_type, foreach=foreach
        )
        assert str(norm.dtype).split(".")[1] == str(expected.dtype).split(".")[1]
        tolerance = 2e-3 if dtypes[0] == np.float16 else 1e-6
        assert norm.item() == pytest.approx(expected.item(), rel=tolerance)
    large = autograd.tensor(np.full(100, 300.0, np.float16))  # its square is more than half precision holds
    assert get_total_norm(large).item() == pytest.approx(3000, rel=1e-3)


def test_a_generator_that_is_used_up():
    with pytest.warns(UserWarning, match="`parameters` is an empty generator"):
        assert clip_grad_norm_((p for p in ()), 1.0).item() == 0


def test_an_older_name():
    params, gradients = parameters()
    with pytest.warns(FutureWarning, match="`nn.utils.clip_grad_norm` is now deprecated"):
        nn.utils.clip_grad_norm(params, 0.5)
    assert get_total_norm([p.grad for p in params[:-1]]).item() == pytest.approx(0.5, rel=1e-5)
    assert np.linalg.norm(gradients[0]) > 0.5


def test_clipping_by_value_as_in_pytorch():
    torch = pytest.importorskip("torch")
    values = [1.0, -2.0, math.inf, -math.inf, math.nan, 0.2]
    p, q = nn.Parameter(autograd.zeros(6)), torch.nn.Parameter(torch.zeros(6))
    p.grad, q.grad = autograd.tensor(values), torch.tensor(values)
    clip_grad_value_(p, 0.5)
    torch.nn.utils.clip_grad_value_(q, 0.5)
    np.testing.assert_array_equal(p.grad.numpy(), q.grad.numpy())


def test_vectors_as_in_pytorch():
    """Gradients flow through the vector; a vector of another dtype changes the parameters' dtype."""
    torch = pytest.importorskip("torch")
    answers = []
    for lib, layers in ((autograd, nn), (torch, torch.nn)):
        params = [
            layers.Parameter(lib.ones(2, 3)),
            layers.Parameter(lib.zeros(())),
            layers.Parameter(lib.ones(4)),
        ]
        vector = layers.utils.parameters_to_vector(params)
        (vector * lib.arange(11.0)).sum().backward()
        gradients = [p.grad.numpy() for p in params]
        layers.utils.vector_to_parameters(lib.arange(11.0, dtype=lib.float64), params)
        answers.append([*gradients, *(p.detach().numpy() for p in params)])
    for a, b in zip(*answers, strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)
    with pytest.raises(RuntimeError):
        parameters_to_vector([])


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
