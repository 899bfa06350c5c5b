"""Functions of functions, beside torch.func where PyTorch is installed, and by what they are where it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import func, vmap
from autograd.errors import ArgumentError, DTypeError, GradientError, MemberNameError, ShapeError
from autograd.func import (
    functional_call,
    grad,
    grad_and_value,
    hessian,
    jacfwd,
    jacrev,
    jvp,
    linearize,
    stack_module_state,
    value_and_grad,
    vjp,
)

RNG = np.random.default_rng(0)
A = RNG.normal(size=(5, 4))
X = RNG.normal(size=(3, 4))


def tensor(a: Any) -> Any:
    return autograd.tensor(np.array(a))


@pytest.fixture(scope="module")
def torch() -> Any:
    return pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")


def alike(found: Any, expected: Any, tolerance: float = 1e-9) -> None:
    """The same structure, shapes and numbers."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for key in expected:
            alike(found[key], expected[key], tolerance)
    elif isinstance(expected, (tuple, list)):
        assert len(found) == len(expected)
        for f, e in zip(found, expected, strict=True):
            alike(f, e, tolerance)
    else:
        e = expected.detach().numpy() if hasattr(expected, "detach") else np.asarray(expected)
        assert tuple(found.shape) == e.shape
        np.testing.assert_allclose(found.detach().array, e, rtol=tolerance, atol=tolerance)


# ------------------------------------------------------------------------------------------------ beside torch.func


def scalar(m: Any, x: Any) -> Any:
    return m.tanh(x @ x) * m.sin(x).sum() + (x[0] * x[1]).exp() + m.logsumexp(x, 0)


def vector(m: Any, x: Any, a: Any) -> Any:
    return m.sin(a @ x) * x.sum() + m.softmax(a @ x, 0)


PROGRAMS: dict[str, Callable[[Any, Any, Callable[..., Any]], Any]] = {
    "grad": lambda f, m, t: f.grad(lambda x: scalar(m, x))(t(X[0])),
    "grad of grad": lambda f, m, t: f.grad(lambda x: f.grad(lambda y: scalar(m, y))(x).sin().sum())(t(X[0])),
    "three times": lambda f, m, t: f.grad(f.grad(f.grad(lambda x: (x**5).sin())))(t(0.7)),
    "argnums": lambda f, m, t: f.grad(lambda a, x: vector(m, x, a).sum(), argnums=(1, 0))(t(A), t(X[0])),
    "negative argnums": lambda f, m, t: f.grad(lambda a, x: vector(m, x, a).sum(), argnums=-1)(t(A), t(X[0])),
    "trees": lambda f, m, t: f.grad(lambda p: (p["a"] @ p["b"][0]).sum() * p["b"][1])(
        {"a": t(A), "b": [t(X[0]), t(2.0)]}
    ),
    "aux": lambda f, m, t: f.grad(lambda x: (scalar(m, x), (x * 2, {"s": x.sum()})), has_aux=True)(t(X[0])),
    "grad_and_value": lambda f, m, t: f.grad_and_value(lambda x: scalar(m, x))(t(X[0])),
    "vmap of grad": lambda f, m, t: f.vmap(f.grad(lambda x: scalar(m, x)))(t(X)),
    "vmap of grad by a constant": lambda f, m, t: f.vmap(f.grad(lambda a, x: vector(m, x, a).sum()), (None, 0))(
        t(A), t(X)
    ),
    "vmap of grad with chunks": lambda f, m, t: f.vmap(f.grad(lambda x: scalar(m, x)), chunk_size=2)(t(X)),
    "grad of vmap": lambda f, m, t: f.grad(lambda a: f.vmap(lambda x: vector(m, x, a).sum())(t(X)).sin().sum())(t(A)),
    "grad of vmap of grad": lambda f, m, t: f.grad(
        lambda a: (f.vmap(f.grad(lambda x: vector(m, x, a).sum()))(t(X)) ** 2).sum()
    )(t(A)),
    "vmap of vmap of grad": lambda f, m, t: f.vmap(f.vmap(f.grad(lambda x, s: scalar(m, x) * s), (0, None)), (None, 0))(
        t(X), t([1.0, 2.0])
    ),
    "jacrev": lambda f, m, t: f.jacrev(lambda x: vector(m, x, t(A)))(t(X[0])),
    "jacrev with chunks": lambda f, m, t: f.jacrev(lambda x: vector(m, x, t(A)), chunk_size=2)(t(X[0])),
    "jacfwd": lambda f, m, t: f.jacfwd(lambda x: vector(m, x, t(A)))(t(X[0])),
    "jacobian of trees": lambda f, m, t: f.jacrev(lambda x, a: {"v": vector(m, x, a), "s": (x.sum(),)}, (0, 1))(
        t(X[0]), t(A)
    ),
    "jacfwd of trees": lambda f, m, t: f.jacfwd(lambda x, a: {"v": vector(m, x, a), "s": (x.sum(),)}, (0, 1))(
        t(X[0]), t(A)
    ),
    "jacobian and aux": lambda f, m, t: f.jacrev(lambda x: (vector(m, x, t(A)), x * 2), has_aux=True)(t(X[0])),
    "vmap of jacrev": lambda f, m, t: f.vmap(f.jacrev(lambda x: vector(m, x, t(A))), in_dims=1)(t(X.T)),
    "vmap of jacfwd": lambda f, m, t: f.vmap(f.jacfwd(lambda x: vector(m, x, t(A))))(t(X)),
    "jacobian of a matrix": lambda f, m, t: f.jacrev(lambda a: a.T @ a)(t(A)),
    "jacobian of losses": lambda f, m, t: f.jacrev(
        lambda x: m.nn.functional.cross_entropy(x, m.tensor([1, 0, 3]), reduction="none")
    )(t(X)),
    "hessian": lambda f, m, t: f.hessian(lambda x: scalar(m, x))(t(X[0])),
    "vmap of hessian": lambda f, m, t: f.vmap(f.hessian(lambda x: scalar(m, x)))(t(X)),
    "hessian of two": lambda f, m, t: f.hessian(lambda x, y: (x * y).sin().sum() * x.sum(), (0, 1))(t(X[0]), t(X[1])),
    "jacfwd of jacrev": lambda f, m, t: f.jacfwd(f.jacrev(lambda x: scalar(m, x)))(t(X[0])),
    "jacrev of jacfwd": lambda f, m, t: f.jacrev(f.jacfwd(lambda x: scalar(m, x)))(t(X[0])),
    "hessian of cross entropy": lambda f, m, t: f.hessian(
        lambda x: m.nn.functional.cross_entropy(x, m.tensor([1, 0, 3]))
    )(t(X)),
    "vjp": lambda f, m, t: f.vjp(lambda x: vector(m, x, t(A)), t(X[0]))[1](t(A[:, 0])),
    "vmap of vjp": lambda f, m, t: f.vmap(f.vjp(lambda x: vector(m, x, t(A)), t(X[0]))[1])(t(A.T)),
    "vjp of two": lambda f, m, t: f.vjp(lambda x, a: (a @ x, x.sum()), t(X[0]), t(A))[1]((t(A[:, 0]), t(2.0))),
    "vjp and aux": lambda f, m, t: f.vjp(lambda x: (x * 2, x.sum()), t(X[0]), has_aux=True)[2],
    "jvp": lambda f, m, t: f.jvp(lambda x: vector(m, x, t(A)), (t(X[0]),), (t(X[1]),)),
    "jvp of two": lambda f, m, t: f.jvp(lambda x, a: a @ x, (t(X[0]), t(A)), (t(X[1]), t(A * 2))),
    "jvp of jvp": lambda f, m, t: f.jvp(
        lambda x: f.jvp(lambda y: scalar(m, y), (x,), (t(X[1]),))[1], (t(X[0]),), (t(X[2]),)
    ),
    "vmap of jvp": lambda f, m, t: f.vmap(lambda v: f.jvp(lambda x: vector(m, x, t(A)), (t(X[0]),), (v,))[1])(t(X)),
    "grad of jvp": lambda f, m, t: f.grad(lambda x: f.jvp(lambda y: scalar(m, y), (x,), (t(X[1]),))[1])(t(X[0])),
    "hessian-vector product": lambda f, m, t: f.jvp(f.grad(lambda x: scalar(m, x)), (t(X[0]),), (t(X[1]),))[1],
    "linearize": lambda f, m, t: f.linearize(lambda x: vector(m, x, t(A)), t(X[0]))[1](t(X[1])),
    "maml": lambda f, m, t: f.grad(
        lambda w: f.vmap(
            lambda x, y: ((w - 0.1 * f.grad(lambda v: ((v * x).sum() - y) ** 2)(w)) * x).sum().sub(y).square()
        )(t(X), t([1.0, 2.0, 3.0])).sum()
    )(t(X[0])),
}  # fmt: skip


@pytest.mark.filterwarnings(
    "ignore:.torch.jit:DeprecationWarning", "ignore:Attempted to insert"
)  # PyTorch's own
@pytest.mark.parametrize("name", PROGRAMS)
def test_as_torch_func(torch: Any, name: str) -> None:
    def torch_tensor(a: Any) -> Any:
        return torch.from_numpy(np.array(a))

    autograd_face = Face()
    alike(PROGRAMS[name](func, autograd_face, tensor), PROGRAMS[name](torch.func, torch, torch_tensor))


class Face:
    """autograd with nn beside it, as torch is."""

    nn = nn

    def __getattr__(self, name: str) -> Any:
        return getattr(autograd, name)


# ------------------------------------------------------------------------------------------------ modules


def network(m: Any, depth: int = 2) -> Any:
    return m.Sequential(m.Linear(4, 8), m.Tanh(), m.Linear(8, 3), *[m.Identity()] * (depth - 2)).double()


def same_values(ours: Any, theirs: Any, torch: Any) -> None:
    for (_, p), (_, q) in zip(ours.named_parameters(), theirs.named_parameters(), strict=True):
        q.data = torch.from_numpy(p.detach().array.copy())


def test_gradients_of_each_example_of_a_network(torch: Any) -> None:
    ours, theirs = network(nn), network(torch.nn)
    same_values(ours, theirs, torch)
    targets = np.array([2, 0, 1])
    values = {k: v.detach() for k, v in ours.named_parameters()}

    def loss(p: Any, x: Any, y: Any) -> Any:
        return nn.functional.cross_entropy(functional_call(ours, p, x), y)

    def torch_loss(p: Any, x: Any, y: Any) -> Any:
        return torch.nn.functional.cross_entropy(torch.func.functional_call(theirs, p, (x,)), y)

    found = vmap(grad_and_value(loss), (None, 0, 0))(values, tensor(X), tensor(targets))
    torch_values = {k: v.detach() for k, v in theirs.named_parameters()}
    expected = torch.func.vmap(torch.func.grad_and_value(torch_loss), (None, 0, 0))(
        torch_values, torch.from_numpy(X), torch.from_numpy(targets)
    )
    alike(found, expected)
    by_loop = [grad(loss)(values, tensor(x), tensor(t)) for x, t in zip(X, targets, strict=True)]
    alike(found[0], {k: np.stack([g[k].array for g in by_loop]) for k in values})
    assert ours[0].weight.grad is None
    assert dict(ours.named_parameters())["0.weight"].requires_grad


def test_an_ensemble() -> None:
    models = [network(nn) for _ in range(5)]
    parameters, buffers = stack_module_state(models)
    base = network(nn)
    out = vmap(lambda p, b, x: functional_call(base, (p, b), x), (0, 0, None))(parameters, buffers, tensor(X))
    alike(out, np.stack([model(tensor(X)).detach().array for model in models]))
    out.sum().backward()
    models[1](tensor(X)).sum().backward()
    alike(parameters["0.weight"].grad[1], models[1][0].weight.grad.array)


def test_functional_call() -> None:
    layer = nn.Linear(2, 2)
    before = layer.weight
    w = autograd.ones(2, 2, requires_grad=True)
    functional_call(layer, {"weight": w}, (autograd.ones(2),)).sum().backward()
    alike(w.grad, np.ones((2, 2)))
    assert layer.weight is before
    with pytest.raises(ZeroDivisionError):
        functional_call(Failing(), {"w": w}, autograd.ones(2))
    with pytest.raises(MemberNameError, match="weigth"):
        functional_call(layer, {"weigth": w}, autograd.ones(2))
    with pytest.raises(ArgumentError, match="missing"):
        functional_call(layer, {"weight": w}, autograd.ones(2), strict=True)
    with pytest.raises(ArgumentError, match="more than one"):
        functional_call(layer, ({"weight": w}, {"weight": w}), autograd.ones(2))


class Failing(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(autograd.zeros(2))

    def forward(self, x: Any) -> Any:
        return x / (1 // 0)


def test_tied_weights_are_replaced_together() -> None:
    class Tied(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a = nn.Linear(2, 2, bias=False)
            self.b = nn.Linear(2, 2, bias=False)
            self.b.weight = self.a.weight

        def forward(self, x: Any) -> Any:
            return self.b(self.a(x))

    model, two = Tied(), {"a.weight": autograd.eye(2) * 2}
    alike(functional_call(model, two, autograd.ones(2)), np.full(2, 4.0))
    once = functional_call(model, two, autograd.ones(2), tie_weights=False)
    alike(once, 2 * model.b.weight.detach().array.sum(1), 1e-6)


# ------------------------------------------------------------------------------------------------ what it leaves


def test_nothing_is_written_and_nothing_required() -> None:
    x = autograd.tensor([1.0, 2.0], requires_grad=True)
    plain = autograd.tensor([1.0, 2.0])
    assert grad(lambda a: (a * a).sum())(x).requires_grad  # a function of x
    assert not grad(lambda a: (a * a).sum())(plain).requires_grad
    assert not value_and_grad(lambda a: (a * a).sum())(plain)[0].requires_grad
    assert not vjp(lambda a: a * 2, plain)[0].requires_grad
    assert x.grad is None
    (grad(lambda a: (a * a * a).sum())(x)).sum().backward()
    alike(x.grad, [6.0, 12.0])


def test_other_tensors_can_be_differentiated_by_afterwards() -> None:
    w = autograd.tensor(3.0, requires_grad=True)
    g = grad(lambda a: w * w * a)(autograd.tensor(1.0))
    g.backward()
    assert w.grad.item() == 6.0
    with autograd.no_grad():
        assert not grad(lambda a: w * w * a)(autograd.tensor(1.0)).requires_grad


def test_no_grad_inside_is_respected_and_outside_does_not_matter() -> None:
    x = autograd.tensor(2.0)

    def f(a: Any) -> Any:
        with autograd.no_grad():
            b = a * a
        return a + b

    assert grad(f)(x).item() == 1.0
    with autograd.no_grad():
        assert grad(lambda a: a**3)(x).item() == 12.0
        assert grad(grad(lambda a: a**3))(x).item() == 12.0


def test_inner_and_outer_derivatives_do_not_mix() -> None:
    x = autograd.tensor(1.0)
    assert grad(lambda a: a * grad(lambda b: a + b)(autograd.tensor(1.0)))(x).item() == 1.0
    assert grad(lambda a: a * grad(lambda b: a * b)(autograd.tensor(5.0)))(x).item() == 2.0


def test_what_the_result_does_not_depend_on_has_derivative_zero() -> None:
    x = autograd.tensor([1.0, 2.0])
    alike(grad(lambda a: autograd.tensor(3.0))(x), [0.0, 0.0])
    alike(jacrev(lambda a: autograd.ones(3))(x), np.zeros((3, 2)))
    alike(jacfwd(lambda a: autograd.ones(3))(x), np.zeros((3, 2)))
    alike(vmap(grad(lambda a, b: a.sum(), argnums=1))(x, x), [0.0, 0.0])
    alike(hessian(lambda a: a.sum())(x), np.zeros((2, 2)))


def test_vjp_fn_may_be_called_again() -> None:
    y, pull = vjp(lambda a: a.exp(), tensor(X[0]))
    alike(pull(y)[0], np.exp(2 * X[0]))
    alike(pull(y * 0)[0], X[0] * 0)
    _, push = linearize(lambda a: a.exp(), tensor(X[0]))
    alike(push(y), np.exp(2 * X[0]))
    alike(push(y), np.exp(2 * X[0]))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda x: grad(lambda a: a)(x), GradientError, r"shape \(2,\)"),
        (lambda x: grad(lambda a: (a.sum(), a.sum()))(x), GradientError, "one number"),
        (lambda x: grad(lambda a: 3.0)(x), ArgumentError, "must be a tensor"),
        (lambda x: grad(lambda a: a.sum(), argnums=1)(x), ArgumentError, "argnums"),
        (lambda x: grad(lambda a: a.sum(), argnums=(0, 0))(x), ArgumentError, "once"),
        (lambda x: grad(lambda a: a.sum())(x.long()), DTypeError, "floating point"),
        (lambda x: grad(lambda a: a.sum())(1.0), ArgumentError, "must be a tensor"),
        (lambda x: grad(lambda a: a.sum(), has_aux=True)(x), ArgumentError, "has_aux"),
        (lambda x: vjp(lambda: x), ArgumentError, "at least one"),
        (lambda x: vjp(lambda a: a, x)[1](x[0]), ShapeError, "cotangent"),
        (lambda x: vjp(lambda a: a, x)[1](x.double()), DTypeError, "cotangent"),
        (lambda x: vjp(lambda a: (a, a), x)[1](x), ArgumentError, "structure"),
        (lambda x: jvp(lambda a: a, (x,), (x[0],)), ShapeError, "tangent"),
        (lambda x: jvp(lambda a: a, x, x), ArgumentError, "tuples"),
        (lambda x: jvp(lambda a: a, (x,), (x, x)), ArgumentError, "structure"),
        (lambda x: jvp(lambda a: x, (x,), (x,), strict=True), GradientError, "strict"),
        (lambda x: jacrev(lambda a: 1)(x), ArgumentError, "must be a tensor"),
        (lambda x: stack_module_state([]), ArgumentError, "at least one"),
        (lambda x: stack_module_state([nn.ReLU(), nn.Tanh()]), ArgumentError, "classes"),
    ],
)  # fmt: skip
def test_mistakes(call: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        call(autograd.tensor([1.0, 2.0]))
