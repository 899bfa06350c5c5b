"""`autograd.functional` beside `torch.autograd.functional`: values, structure and errors."""

import numpy as np
import pytest

import autograd
from autograd import errors, functional

torch = pytest.importorskip("torch")
theirs = torch.autograd.functional

X = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])
Y = np.array([1.0, 2.0, -0.5])


def one_to_one(x, lib):
    return (x * x).sin()


def two_to_one(x, y, lib):
    return ((x * y).exp().sum(1) * y[0]).cumsum(0)


def one_to_two(x, lib):
    return x.sum(0) ** 3, x[0, 1] * x


def two_to_two(x, y, lib):
    return x @ y, y.prod() * x.mean()


def ignores_one(x, y, lib):
    return x * 2, x.sum() ** 2


def scalar_of_one(x, lib):
    return (x**3).sum() * x[0, 0]


def scalar_of_two(x, y, lib):
    return ((x * y) ** 2).sum() + x.sum() * y.exp().sum()


def linear(x, y, lib):
    return x.sum() + (y * y).sum()


def plain(result):
    """Tensors as arrays, in their structure."""
    if isinstance(result, tuple):
        return tuple(map(plain, result))
    return np.asarray(result.detach().numpy())


def same(ours, others):
    assert type(ours) is type(others)
    if isinstance(ours, tuple):
        assert len(ours) == len(others)
        for a, b in zip(ours, others, strict=True):
            same(a, b)
    else:
        assert ours.shape == others.shape
        assert ours.dtype == others.dtype
        np.testing.assert_allclose(ours, others, rtol=1e-9, atol=1e-12)


def both(name, f, arrays, v=None, dtype=np.float64, **options):
    def call(lib, module):
        tensors = tuple(lib.tensor(a.astype(dtype)) for a in arrays)
        given = [] if v is None else [v_of(lib, v, dtype)]
        inputs = tensors if len(tensors) > 1 else tensors[0]
        return plain(getattr(module, name)(lambda *args: f(*args, lib), inputs, *given, **options))

    return call(autograd, functional), call(torch, theirs)


def v_of(lib, v, dtype):
    return (
        tuple(v_of(lib, part, dtype) for part in v) if isinstance(v, tuple) else lib.tensor(v.astype(dtype))
    )


RNG = np.random.default_rng(0)
CASES = [
    ("vjp", one_to_one, (X,), RNG.normal(size=(2, 3))),
    ("vjp", two_to_one, (X, Y), RNG.normal(size=2)),
    ("vjp", one_to_two, (X,), (RNG.normal(size=3), RNG.normal(size=(2, 3)))),
    ("vjp", two_to_two, (X, Y), (RNG.normal(size=2), np.array(3.0))),
    ("vjp", ignores_one, (X, Y), (RNG.normal(size=(2, 3)), np.array(3.0))),
    ("vjp", scalar_of_two, (X, Y), None),
    ("jvp", one_to_one, (X,), RNG.normal(size=(2, 3))),
    ("jvp", two_to_one, (X, Y), (RNG.normal(size=(2, 3)), RNG.normal(size=3))),
    ("jvp", one_to_two, (X,), RNG.normal(size=(2, 3))),
    ("jvp", two_to_two, (X, Y), (RNG.normal(size=(2, 3)), RNG.normal(size=3))),
    ("jvp", ignores_one, (X, Y), (RNG.normal(size=(2, 3)), RNG.normal(size=3))),
    ("vhp", scalar_of_one, (X,), RNG.normal(size=(2, 3))),
    ("vhp", scalar_of_two, (X, Y), (RNG.normal(size=(2, 3)), RNG.normal(size=3))),
    ("vhp", linear, (X, Y), (RNG.normal(size=(2, 3)), RNG.normal(size=3))),
    ("hvp", scalar_of_one, (X,), RNG.normal(size=(2, 3))),
    ("hvp", scalar_of_two, (X, Y), (RNG.normal(size=(2, 3)), RNG.normal(size=3))),
    ("hvp", linear, (X, Y), (RNG.normal(size=(2, 3)), RNG.normal(size=3))),
    ("jacobian", one_to_one, (X,), None),
    ("jacobian", two_to_one, (X, Y), None),
    ("jacobian", one_to_two, (X,), None),
    ("jacobian", two_to_two, (X, Y), None),
    ("jacobian", ignores_one, (X, Y), None),
    ("jacobian", scalar_of_one, (X,), None),
    ("hessian", scalar_of_one, (X,), None),
    ("hessian", scalar_of_two, (X, Y), None),
    ("hessian", linear, (X, Y), None),
]


@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize(("name", "f", "arrays", "v"), CASES)
def test_values_and_structure_are_pytorchs(name, f, arrays, v, create_graph):
    same(*both(name, f, arrays, v, create_graph=create_graph))


def test_options_that_choose_a_way_change_no_numbers():
    same(*both("jacobian", two_to_two, (X, Y), vectorize=True))
    same(*both("hessian", scalar_of_two, (X, Y), vectorize=True))
    x = autograd.tensor(X)
    for f, given in (
        (functional.jacobian, {"strategy": "forward-mode"}),
        (functional.hessian, {"outer_jacobian_strategy": "forward-mode"}),
    ):
        same(
            plain(f(lambda t: (t**3).sum(), x, vectorize=True, **given)), plain(f(lambda t: (t**3).sum(), x))
        )
    with pytest.raises(errors.ArgumentError, match="reverse-mode"):
        functional.jacobian(lambda t: t, x, strategy="sideways")


def test_dtype_follows_the_inputs():
    ours, others = both("jacobian", one_to_one, (X,), dtype=np.float32)
    assert ours.dtype == others.dtype == np.float32
    np.testing.assert_allclose(ours, others, rtol=1e-5, atol=1e-6)


def test_create_graph_reaches_the_inputs():
    def loss(lib, module):
        x = lib.tensor(X, requires_grad=True)
        y = lib.tensor(Y, requires_grad=True)
        jac = module.jacobian(lambda x, y: (x * y).sin().sum(1), (x, y), create_graph=True)
        out, product = module.hvp(lambda x: (x**4).sum(), x, lib.tensor(X), create_graph=True)
        total = sum((j**2).sum() for j in jac) + (product * out).sum()
        return tuple(plain(g) for g in lib.autograd.grad(total, (x, y)))

    class ours:  # the package's own names, arranged as PyTorch's
        tensor = staticmethod(autograd.tensor)
        autograd = autograd

    same(loss(ours, functional), loss(torch, theirs))


def test_without_create_graph_nothing_is_recorded():
    x = autograd.tensor(X, requires_grad=True)
    out, product = functional.vjp(lambda t: t.sin(), x, autograd.ones(2, 3, dtype=autograd.float64))
    assert not out.requires_grad
    assert not product.requires_grad
    with autograd.no_grad():
        assert functional.jacobian(lambda t: t * 2, autograd.ones(2)).tolist() == [[2.0, 0.0], [0.0, 2.0]]


ones = autograd.ones
MISTAKES = [
    (lambda m, lib: m.vjp(lambda x: x, 3.0), TypeError, "inputs given to it must be a tensor"),
    (lambda m, lib: m.vjp(lambda x: 3.0, lib.ones(2)), TypeError, "outputs of the function must be a tensor"),
    (lambda m, lib: m.vjp(lambda x: x, lib.ones(2)), RuntimeError, r"v can be left out.*\(2,\)"),
    (lambda m, lib: m.vjp(lambda x: x, lib.ones(2), lib.ones(3)), RuntimeError, r"v\[0\] has shape \(3,\)"),
    (
        lambda m, lib: m.jvp(lambda x: x, lib.ones(2), (lib.ones(2), lib.ones(2))),
        RuntimeError,
        "2 tensors for 1",
    ),
    (lambda m, lib: m.hvp(lambda x: x, lib.ones(2), lib.ones(2)), RuntimeError, "must return one number"),
    (
        lambda m, lib: m.hessian(lambda x: (x.sum(), x.sum()), lib.ones(2)),
        RuntimeError,
        "must return one number",
    ),
    (
        lambda m, lib: m.vjp(lambda x: x.detach().sum(), lib.ones(2), strict=True),
        RuntimeError,
        "does not depend",
    ),
    (
        lambda m, lib: m.vjp(lambda x, y: x.sum(), (lib.ones(2), lib.ones(2)), strict=True),
        RuntimeError,
        "does not depend on input 1",
    ),
    (
        lambda m, lib: m.jacobian(lambda x: x.detach(), lib.ones(2), strict=True),
        RuntimeError,
        "does not depend",
    ),
    (
        lambda m, lib: m.jacobian(lambda x, y: x, (lib.ones(2), lib.ones(2)), strict=True),
        RuntimeError,
        "does not depend on input 1",
    ),
    (lambda m, lib: m.hessian(lambda x: x.sum(), lib.ones(2), strict=True), RuntimeError, "does not depend"),
    (
        lambda m, lib: m.jvp(lambda x: x.detach(), lib.ones(2), lib.ones(2), strict=True),
        RuntimeError,
        "does not depend",
    ),
    (
        lambda m, lib: m.vhp(lambda x: x.sum(), lib.ones(2), lib.ones(2), strict=True),
        RuntimeError,
        "does not depend",
    ),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_mistakes(mistake, kind, message):
    with pytest.raises(kind):
        mistake(theirs, torch)
    with pytest.raises(kind, match=message) as caught:
        mistake(functional, autograd)
    assert isinstance(caught.value, errors.AutogradError)


def test_an_empty_output_has_an_empty_jacobian():
    assert functional.jacobian(lambda x: x[:0], autograd.ones(2)).shape == (0, 2)


def test_rows_by_one_mapped_sweep_are_those_of_a_sweep_each():
    calls = []

    def f(x, y):
        out = x.sin() * y.sum()
        out.requires_grad and out.register_hook(lambda g: calls.append(g.shape))
        return out, x.prod(), autograd.ones(2)

    inputs = (autograd.tensor([0.5, 1.0, 2.0]), autograd.tensor([1.0, 3.0]))
    loop = functional.jacobian(f, inputs)
    assert calls == [(3,)] * 3
    mapped = functional.jacobian(f, inputs, vectorize=True)
    assert calls == [(3,)] * 4  # one sweep, in which a hook sees one row
    for a, b in zip(loop, mapped, strict=True):
        for p, q in zip(a, b, strict=True):
            assert p.shape == q.shape
            np.testing.assert_allclose(p.array, q.array, rtol=1e-6)
    x = autograd.tensor([1.0, 2.0], dtype=autograd.float64, requires_grad=True)
    j = functional.jacobian(lambda t: t**3, x, create_graph=True, vectorize=True)
    (g,) = autograd.grad(j.sum(), x)
    assert g.tolist() == [6.0, 12.0]
    h = functional.hessian(lambda t: (t**3).sum(), x, vectorize=True)
    assert h.tolist() == [[6.0, 0.0], [0.0, 12.0]]
