"""`import autograd as torch`: the names under `torch.autograd` and `torch.utils`."""

import numpy as np
import pytest

import autograd


def newton(torch):
    """Minimise by Newton's method, with a Function of its own: a program on `torch.autograd`."""

    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * 3 * x**2

    def f(x):
        return (Cube.apply(x) - 3 * x).sum() + (x[0] * x[1]) ** 2

    x = torch.autograd.Variable(torch.tensor([2.0, 0.5], dtype=torch.float64), requires_grad=True)
    assert isinstance(x, torch.autograd.Variable)
    assert torch.autograd.gradcheck(f, (x,))
    assert torch.autograd.gradgradcheck(f, (x,))
    with (
        torch.autograd.set_detect_anomaly(True),
        torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t),
    ):
        for _ in range(6):
            gradient = torch.autograd.functional.jacobian(f, x)
            curvature = torch.autograd.functional.hessian(f, x)
            with torch.autograd.no_grad():
                x = (x - torch.linalg.solve(curvature, gradient)).requires_grad_()
    with torch.autograd.enable_grad(), torch.autograd.set_grad_enabled(True):
        torch.autograd.backward(torch.utils.checkpoint.checkpoint(f, x, use_reentrant=False))
    with torch.autograd.inference_mode():
        value = f(x)
    (g,) = torch.autograd.grad(f(x), x)
    return [t.detach().numpy() for t in (x, value, g, x.grad)]


def test_a_program_with_only_its_import_changed():
    torch = pytest.importorskip("torch")
    pytest.importorskip("torch.utils.checkpoint")
    for a, b in zip(newton(autograd), newton(torch), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)


def test_every_name_is_the_packages_own():
    names = autograd.autograd
    for name in names.__all__:
        assert hasattr(names, name)
    for name in ("grad", "backward", "Function", "no_grad", "gradcheck", "detect_anomaly", "inference_mode"):
        assert getattr(names, name) is getattr(autograd, name)
    assert names.function.once_differentiable
    assert names.graph.saved_tensors_hooks
    assert names.functional.hvp
    assert isinstance(autograd.ones(2), names.Variable)
    assert not isinstance(np.ones(2), names.Variable)
    x = autograd.ones(2)
    y = names.Variable(x)
    assert y is not x
    assert y.data_ptr() == x.data_ptr()


def test_methods_as_functions():
    x = autograd.tensor([1.0, 2.0], requires_grad=True)
    y = x * 2
    assert not autograd.detach(y).requires_grad
    assert autograd.detach(y).data_ptr() == y.data_ptr()
    assert autograd.conj(y) is y
    assert (autograd.is_signed(y), autograd.is_signed(autograd.ones(1).byte())) == (True, False)
    assert (autograd.is_conj(y), autograd.is_neg(y)) == (False, False)
