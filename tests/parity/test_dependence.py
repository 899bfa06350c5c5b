"""Second derivatives exist where PyTorch's do, also those that are 0, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("expecttest")  # what PyTorch's testing package needs

import autograd  # noqa: E402  # after the check that torch is there
import nn  # noqa: E402
from autograd.graph import saved_tensors_hooks  # noqa: E402
from tests.parity import dependence, op_db  # noqa: E402

ZERO_HERE = {
    "cumprod": "of at most one number",
    "linalg.det": "of at most one number",
    "linalg.vander": "of at most one number",
    "logcumsumexp": "of at most one number",
    "prod": "of at most one number",
    "ormqr": "of no matrices",
    "nn.functional.normalize": "by the norm of order 0",
    "nn.functional.grid_sample": "of the nearest element",
    "nn.functional.linear_cross_entropy": "in pieces, of which PyTorch has first derivatives only",
}
"""Operations whose second derivatives are 0 here where PyTorch has none, in a few of its samples."""


@pytest.mark.parametrize("name", op_db.shared())
def test_gradients_depend_on_what_pytorch_says(name: str) -> None:
    found = dependence.differences(name)
    if op_db.OPS[name].name in ZERO_HERE:
        found = [f for f in found if " has one " in f]
    assert not found, "\n".join(found[:20])


def second(lib: Any, function: Any, x: Any) -> Any:
    """The derivative of the gradient of function(x).sum(), or None if the gradient has none."""
    given = lib.tensor(x.tolist(), dtype=lib.float64, requires_grad=True)
    grad = torch.autograd.grad if lib is torch else autograd.grad
    (g,) = grad(function(given).sum(), given, create_graph=True)
    return grad(g.sum(), given, allow_unused=True)[0] if g.requires_grad else None


def functional(lib: Any) -> Any:
    return torch.nn.functional if lib is torch else nn.functional


X = torch.arange(32.0).reshape(1, 1, 4, 8).sin()
CALLS: dict[str, Any] = {
    "lp_pool1d": lambda F, x: F.lp_pool1d(x[0], 1, 2),
    "lp_pool2d": lambda F, x: F.lp_pool2d(x, 3, 2),
    "adaptive_max_pool_many": lambda F, x: F.adaptive_max_pool1d(x.reshape(1, 1, 32), 20),
    "one_mean": lambda F, x: F.adaptive_avg_pool2d(x, 1),
    "upsample_nearest": lambda F, x: F.interpolate(x, scale_factor=2.0),
    "upsample_bilinear": lambda F, x: F.interpolate(x, scale_factor=2.0, mode="bilinear"),
    "pad": lambda F, x: F.pad(x, (1, 2)),
    "pad_circular": lambda F, x: F.pad(x[0], (1, 2), "circular"),
    "pad_by_nothing": lambda F, x: F.pad(x[0], (0, 0), "reflect"),
    "pad_less": lambda F, x: F.pad(x[0], (-1, 2), "replicate"),
    "relu_of_pool": lambda F, x: F.relu(F.max_pool2d(x, 2)),
    "pool_twice": lambda F, x: F.avg_pool2d(F.avg_pool2d(x, 2), 2),
    "unpool": lambda F, x: F.max_unpool2d(*F.max_pool2d(x, 2, return_indices=True), 2),
}


@pytest.mark.parametrize("name", CALLS)
def test_second_derivatives(name: str) -> None:
    expected = second(torch, lambda x: CALLS[name](torch.nn.functional, x), X)
    found = second(autograd, lambda x: CALLS[name](nn.functional, x), X)
    assert (found is None) == (expected is None)
    if found is not None:
        assert found.dtype == autograd.float64
        torch.testing.assert_close(torch.from_numpy(found.numpy()), expected, equal_nan=True)


def test_third_derivatives_of_a_pool() -> None:
    """The gradient of a mean is connected to its argument in every order, as in PyTorch."""
    for lib, pool in ((torch, torch.nn.functional.avg_pool2d), (autograd, nn.functional.avg_pool2d)):
        grad = torch.autograd.grad if lib is torch else autograd.grad
        x = lib.ones(1, 1, 2, 2, requires_grad=True)
        (g,) = grad(pool(x, 2).sum(), x, create_graph=True)
        (h,) = grad((g * x).sum(), x, create_graph=True)
        assert h.flatten().tolist() == [0.25] * 4
        assert h.requires_grad


def test_nothing_is_saved_for_a_derivative_of_0() -> None:
    saved = []
    x = autograd.ones(1, 1, 4, 4, requires_grad=True)
    with saved_tensors_hooks(lambda t: saved.append(t) or t, lambda t: t):
        nn.functional.pad(nn.functional.avg_pool2d(x, 2), (1, 1, 0, 0), "reflect")
    assert saved == []


def test_node_hooks_see_gradients_that_are_functions_of_the_argument() -> None:
    """A hook on the node of a flat operation sees the gradient that leaves it, connected."""
    seen = []
    x = autograd.ones(1, 1, 4, 4, requires_grad=True)
    y = nn.functional.avg_pool2d(x, 2)
    y.grad_fn.register_hook(lambda inputs, outputs: seen.append(inputs[0].requires_grad))
    (g,) = autograd.grad(y.sum(), x, create_graph=True)
    assert seen == [True]
    assert g.requires_grad


@pytest.mark.parametrize("mode", ["reflect", "replicate"])
def test_hessians_of_flat_functions_are_zeros(mode: str) -> None:
    """torch.func's hessian, forward over reverse, of a function that is linear piece by piece."""
    x = autograd.tensor([[0.5, -1.0, 2.0]], dtype=autograd.float64)
    found = autograd.func.hessian(lambda x: nn.functional.pad(x, (1, 1), mode).sum())(x)
    assert found.tolist() == autograd.zeros(1, 3, 1, 3).tolist()
