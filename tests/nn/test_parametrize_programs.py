"""Parametrizations, and the weight and spectral norms of both kinds, beside PyTorch's: names, numbers, gradients."""

import copy
import pickle
from importlib import import_module

import numpy as np
import pytest

import autograd
import nn
from autograd.errors import ArgumentError
from nn.utils import parametrizations, parametrize
from tests.nn.both import compare, fill, ramp, torch


def parts(n):
    name = n.__name__
    return import_module(f"{name}.utils.parametrize"), import_module(f"{name}.utils.parametrizations")


def symmetric(lib, n):
    class Symmetric(n.Module):
        def forward(self, x):
            return x.triu() + x.triu(1).mT

        def right_inverse(self, a):
            return a.triu()

    return Symmetric()


def steps(lib, n, model, *shape, count=3):
    """Several steps of gradient descent: outputs, gradients, and the state at the end."""
    seen = []
    for i in range(count):
        out = model(ramp(lib, *shape) + i)
        model.zero_grad()
        (out * out).sum().backward()
        seen.append([out, [p.grad for p in model.parameters()]])
        with lib.no_grad():
            for p in model.parameters():
                p -= 0.01 * p.grad
    model.eval()
    return seen, model(ramp(lib, *shape)), model.state_dict()


def same_state(lib, n, model):
    """The model with values that are the same in both libraries."""
    return fill(lib, model.double())


def plain_parametrization(lib, n):
    p, _ = parts(n)
    model = same_state(lib, n, n.Linear(3, 3))
    result = p.register_parametrization(model, "weight", symmetric(lib, n))
    return result is model, repr(model), type(model).__name__, model.weight, steps(lib, n, model, 2, 3)


def several(lib, n):
    p, _ = parts(n)

    class Double(n.Module):
        def forward(self, x):
            return x * 2

        def right_inverse(self, x):
            return x / 2

    model = same_state(lib, n, n.Linear(3, 3))
    p.register_parametrization(model, "weight", symmetric(lib, n))
    p.register_parametrization(model, "weight", Double())
    p.register_parametrization(model, "bias", Double())
    before = model.weight.clone()
    model.weight = ramp(lib, 3, 3)
    return before, model.weight, model.bias, repr(model), steps(lib, n, model, 2, 3)


def several_originals(lib, n):
    p, _ = parts(n)

    class LowRank(n.Module):
        def forward(self, u, v):
            return u @ v

        def right_inverse(self, x):
            return x[:, :1].clone(), x[:1].clone()

    model = same_state(lib, n, n.Linear(3, 2))
    p.register_parametrization(model, "weight", LowRank())
    held = model.parametrizations.weight
    names = (
        list(model.state_dict()),
        held.is_tensor,
        held.ntensors,
        [str(k) for k, _ in model.named_parameters()],
    )
    return names, model.weight, steps(lib, n, model, 2, 3)


def removal(lib, n):
    p, _ = parts(n)
    model = same_state(lib, n, n.Linear(3, 3))
    original = model.weight
    p.register_parametrization(model, "weight", symmetric(lib, n))
    value = model.weight.clone()
    p.remove_parametrizations(model, "weight")
    same = model.weight is original, type(model) is n.Linear, hasattr(model, "parametrizations")
    p.register_parametrization(model, "weight", symmetric(lib, n))
    p.register_parametrization(model, "bias", n.Identity())
    p.remove_parametrizations(model, "weight", leave_parametrized=False)
    still = type(model).__name__, p.is_parametrized(model), p.is_parametrized(model, "weight")
    p.remove_parametrizations(model, "bias")
    return same, still, value, model.weight, list(model.state_dict()), repr(model), p.is_parametrized(model)


def removal_of_several_originals(lib, n):
    p, q = parts(n)
    model = same_state(lib, n, q.weight_norm(n.Linear(3, 2)))
    value = model.weight.detach().clone()
    p.remove_parametrizations(model, "weight")
    return value, model.weight, model.weight.requires_grad, model.weight.is_leaf, type(model).__name__


def removal_that_cannot_be(lib, n):
    p, q = parts(n)
    p.remove_parametrizations(q.weight_norm(n.Linear(3, 2)), "weight", leave_parametrized=False)


def removal_of_nothing(lib, n):
    parts(n)[0].remove_parametrizations(n.Linear(3, 2), "weight")


def a_buffer(lib, n):
    p, _ = parts(n)
    model = n.Module()
    model.register_buffer("table", ramp(lib, 3, 3))
    p.register_parametrization(model, "table", symmetric(lib, n))
    seen = list(model.state_dict()), [k for k, _ in model.named_buffers()], model.table
    p.remove_parametrizations(model, "table")
    return seen, list(model.state_dict()), model.table, [k for k, _ in model.named_buffers()]


def caching(lib, n):
    p, _ = parts(n)

    class Counts(n.Module):
        calls = 0

        def forward(self, x):
            Counts.calls += 1
            return x * 2

    model = n.Linear(2, 2)
    p.register_parametrization(model, "weight", Counts())
    start, seen = Counts.calls, []
    with p.cached():
        same = model.weight is model.weight
        with p.cached():
            _ = model.weight
        _ = model.weight
        seen.append(Counts.calls - start)
    _ = model.weight
    seen.append(Counts.calls - start)
    return same, seen, model.weight is model.weight


def training_mode(lib, n):
    p, _ = parts(n)
    part = symmetric(lib, n)
    p.register_parametrization(n.Linear(2, 2).eval(), "weight", part)
    return part.training


def conversion(lib, n):
    _, q = parts(n)
    model = q.weight_norm(n.Linear(3, 2))
    model.double()
    return [str(t.dtype)[-7:] for t in model.state_dict().values()], str(model.weight.dtype)[-7:]


def transferring(lib, n):
    p, q = parts(n)
    a, b = same_state(lib, n, q.weight_norm(n.Linear(3, 2))), same_state(lib, n, n.Linear(3, 2))
    c = p.register_parametrization(same_state(lib, n, n.Linear(3, 3)), "weight", symmetric(lib, n))
    d = n.Module()
    p.transfer_parametrizations_and_params(a, b)
    p.transfer_parametrizations_and_params(c, d, "weight")
    before = p.type_before_parametrizations(b) is n.Linear, p.type_before_parametrizations(n.ReLU()) is n.ReLU
    return (
        b.state_dict(),
        b.weight,
        d.weight,
        before,
        p.transfer_parametrizations_and_params(n.ReLU(), d) is d,
    )


def mistake(body):
    def program(lib, n):
        p, q = parts(n)

        def part(f, inverse=None):
            class Part(n.Module):
                def forward(self, *x):
                    return f(*x)

            if inverse is not None:
                Part.right_inverse = lambda self, x: inverse(x)
            return Part()

        return eval(
            body, {"lib": lib, "n": n, "p": p, "q": q, "part": part, "linear": lambda *k: n.Linear(*k)}
        )

    program.__name__ = body
    return program


MISTAKES = [
    mistake(body)
    for body in (
        "p.register_parametrization(linear(2, 2), 'nothing', n.Identity())",
        "p.register_parametrization(linear(2, 3), 'weight', part(lambda x: x.T))",
        "p.register_parametrization(linear(2, 3), 'weight', part(lambda x: x.double()))",
        "p.register_parametrization(linear(2, 3), 'weight', part(lambda x: 3))",
        "p.register_parametrization(linear(2, 3), 'weight', part(lambda x: x, lambda x: 3))",
        "p.register_parametrization(linear(2, 3), 'weight', part(lambda x: x, lambda x: [x, 3]))",
        "p.register_parametrization(linear(2, 3), 'weight', part(lambda x: x, lambda x: x.double()))",
        "list(p.register_parametrization(linear(2, 3), 'weight', part(lambda x: x.T), unsafe=True).weight.shape)",
        "p.register_parametrization(p.register_parametrization(linear(2, 3), 'weight', n.Identity()), 'weight', "
        "part(lambda x: x.T))",
        "p.register_parametrization(p.register_parametrization(linear(2, 3), 'weight', n.Identity()), 'weight', "
        "part(lambda x: x, lambda x: x.T))",
        "setattr(p.register_parametrization(linear(2, 2), 'weight', part(lambda x: x)), 'weight', lib.ones(2, 2))",
        "setattr(q.weight_norm(linear(2, 2)), 'weight', lib.ones(2, 2).double())",
        "p.ParametrizationList([], lib.ones(1))",
        "q.spectral_norm(linear(2, 2), n_power_iterations=0)",
        "q.spectral_norm(linear(2, 2), dim=5)",
        "q.spectral_norm(linear(2, 2), 'nothing')",
        "q.orthogonal(linear(2, 2), 'bias')",
        "q.orthogonal(linear(2, 2), 'nothing')",
        "q.orthogonal(linear(2, 2), orthogonal_map='other')",
        "setattr(q.orthogonal(linear(2, 2)), 'weight', lib.ones(3, 3))",
    )
]


# ------------------------------------------------------------------------------------------ the norms


def weight_norms(lib, n):
    _, q = parts(n)
    seen = []
    for dim in (0, 1, -1, None):
        model = same_state(lib, n, q.weight_norm(n.Linear(3, 2), dim=dim))
        seen.append(
            [repr(model), list(model.parametrizations.weight.original0.shape), steps(lib, n, model, 2, 3)]
        )
    model = same_state(lib, n, n.Linear(3, 2))
    q.weight_norm(model)
    first = model.state_dict()
    model.weight = ramp(lib, 2, 3)
    return seen, first, model.state_dict(), model.weight


def weight_norm_reads_the_older(lib, n):
    _, q = parts(n)
    model = q.weight_norm(n.Linear(3, 2).double())
    model.load_state_dict({"bias": ramp(lib, 2), "weight_g": ramp(lib, 2, 1), "weight_v": ramp(lib, 2, 3)})
    return model.state_dict(), model.weight


def older_weight_norm(lib, n):
    u = import_module(f"{n.__name__}.utils")
    seen = []
    for dim in (0, 1, None):
        model = same_state(lib, n, n.Linear(3, 2))
        u.weight_norm(model, dim=dim)
        seen.append([repr(model), [k for k, _ in model.named_parameters()], steps(lib, n, model, 2, 3)])
        value = model.weight.detach().clone()
        u.remove_weight_norm(model)
        seen.append(
            [value, model.weight, [k for k, _ in model.named_parameters()], len(model._forward_pre_hooks)]
        )
    return seen


def spectral_norms(lib, n):
    _, q = parts(n)
    seen = []
    for options in ({}, {"n_power_iterations": 3}, {"dim": 1}, {"eps": 0.5}):
        model = same_state(lib, n, q.spectral_norm(n.Linear(3, 2), **options))
        seen.append([repr(model), [k for k, _ in model.named_buffers()], steps(lib, n, model, 2, 3)])
    vector = same_state(lib, n, q.spectral_norm(n.Linear(3, 2), "bias"))
    return seen, steps(lib, n, vector, 2, 3)


def spectral_norm_of_a_tensor_of_four_dimensions(lib, n):
    _, q = parts(n)

    class Table(n.Module):
        def __init__(self):
            super().__init__()
            self.weight = n.Parameter(ramp(lib, 3, 2, 2, 2))

        def forward(self, x):
            return (self.weight * x).sum((1, 2, 3))

    model = same_state(lib, n, q.spectral_norm(Table(), dim=1))
    return steps(lib, n, model, 2)


def older_spectral_norm(lib, n):
    u = import_module(f"{n.__name__}.utils")
    seen = []
    for options in ({}, {"n_power_iterations": 3}, {"dim": 1}):
        model = same_state(lib, n, n.Linear(3, 2))
        u.spectral_norm(model, **options)
        fill(lib, model)
        seen.append(
            [list(model.state_dict()), dict(model.state_dict()._metadata[""]), steps(lib, n, model, 2, 3)]
        )
        model.load_state_dict(model.state_dict())
        value = model.weight.detach().clone()
        u.remove_spectral_norm(model)
        seen.append([value, model.weight, list(model.state_dict()), len(model._forward_pre_hooks)])
        seen.append(dict(model.state_dict()._metadata[""]))
    return seen


def older_spectral_norm_of_older_state_dicts(lib, n):
    u = import_module(f"{n.__name__}.utils")
    model = u.spectral_norm(n.Linear(3, 2).double())
    w = ramp(lib, 2, 3)
    model.load_state_dict({"bias": ramp(lib, 2), "weight_orig": w, "weight": w / 2, "weight_u": ramp(lib, 2)})
    missing = model.load_state_dict({"bias": ramp(lib, 2), "weight_orig": w}, strict=False).missing_keys
    return model.state_dict(), sorted(set(missing))


def twice(lib, n):
    u = import_module(f"{n.__name__}.utils")
    u.spectral_norm(u.spectral_norm(n.Linear(3, 2)))


def twice_weight_norm(lib, n):
    u = import_module(f"{n.__name__}.utils")
    u.weight_norm(u.weight_norm(n.Linear(3, 2)))


def removing_what_is_not_there(lib, n):
    import_module(f"{n.__name__}.utils").remove_spectral_norm(n.Linear(3, 2))


def removing_weight_norm_that_is_not_there(lib, n):
    import_module(f"{n.__name__}.utils").remove_weight_norm(n.Linear(3, 2))


# ------------------------------------------------------------------------------------------ orthogonal


def orthogonal_maps(lib, n):
    _, q = parts(n)
    seen = []
    for sizes in ((3, 3), (2, 4), (4, 2)):
        for kind in ("matrix_exp", "cayley", "householder", None):
            model = q.orthogonal(n.Linear(*sizes).double(), orthogonal_map=kind)
            part = model.parametrizations.weight[0]
            with lib.no_grad():  # the start is random unless the weight is square
                m = max(sizes)
                part.base.copy_(lib.tensor(np.linalg.qr(np.cos(np.arange(m * m)).reshape(m, m))[0]))
                original = model.parametrizations.weight.original
                original.copy_(lib.tensor(np.sin(np.arange(sizes[0] * sizes[1])).reshape(sizes[::-1])) * 0.3)
                original.diagonal().fill_(-1)
                model.bias.fill_(0.1)
            seen.append([repr(model), steps(lib, n, model, 2, sizes[0])])
    return seen


def orthogonal_start(lib, n):
    _, q = parts(n)
    seen = []
    for kind in ("matrix_exp", "cayley", "householder"):
        model = same_state(lib, n, n.Linear(3, 3))
        seen.append(q.orthogonal(model, orthogonal_map=kind).weight)
        model.weight = model.weight.detach().flip(0)
        seen.append(model.weight)
    for sizes in ((3, 3), (2, 4), (4, 2)):
        model = same_state(lib, n, n.Linear(*sizes))
        q.orthogonal(model, orthogonal_map="householder", use_trivialization=False)
        seen.append([model.weight, list(model.state_dict()), steps(lib, n, model, 2, sizes[0])])
    return seen


def orthogonal_batch(lib, n):
    _, q = parts(n)
    model = n.Module()
    model.w = n.Parameter(ramp(lib, 2, 3, 3))
    q.orthogonal(model, "w")
    return model.w


def orthogonal_without_a_start(lib, n):
    _, q = parts(n)
    model = same_state(lib, n, n.Linear(3, 3))
    q.orthogonal(model, orthogonal_map="cayley", use_trivialization=False)
    return steps(lib, n, model, 2, 3)


PROGRAMS = [
    plain_parametrization, several, several_originals, removal, removal_of_several_originals, removal_that_cannot_be,
    removal_of_nothing, a_buffer, caching, training_mode, conversion, transferring, *MISTAKES, weight_norms,
    weight_norm_reads_the_older, older_weight_norm, spectral_norms, spectral_norm_of_a_tensor_of_four_dimensions,
    older_spectral_norm, older_spectral_norm_of_older_state_dicts, twice, twice_weight_norm,
    removing_what_is_not_there, removing_weight_norm_that_is_not_there, orthogonal_maps, orthogonal_start,
    orthogonal_batch, orthogonal_without_a_start,
]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_as_in_pytorch(program):
    compare(program, 1e-9)


@pytest.mark.parametrize("name", ["weight_norm", "spectral_norm", "orthogonal"])
def test_pytorch_s_state_dict_loads(name):
    ours = getattr(parametrizations, name)(nn.Linear(3, 4).double())
    theirs = getattr(torch.nn.utils.parametrizations, name)(torch.nn.Linear(3, 4).double())
    assert list(ours.state_dict()) == list(theirs.state_dict())
    ours.load_state_dict(theirs.state_dict())
    ours.eval(), theirs.eval()
    np.testing.assert_allclose(
        ours.weight.detach().numpy(), theirs.weight.detach().numpy(), rtol=1e-10, atol=1e-12
    )


def test_copies_and_pickles_have_a_class_of_their_own():
    model = parametrizations.weight_norm(nn.Linear(3, 2))
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert type(other).__name__ == "ParametrizedLinear"
        assert isinstance(other, nn.Linear)
        np.testing.assert_array_equal(other.weight.detach().numpy(), model.weight.detach().numpy())
        parametrize.remove_parametrizations(other, "weight")
        assert type(other) is nn.Linear
        assert parametrize.is_parametrized(model, "weight")
        assert model.weight.requires_grad


def test_a_parametrization_that_does_not_fit_changes_nothing():
    class Transposed(nn.Module):
        def forward(self, x):
            return x.T

        def right_inverse(self, x):
            return x * 0 + 5

    layer = nn.Linear(2, 3)
    kept = layer.weight.detach().clone()
    with pytest.raises(ArgumentError, match="may not change the shape"):
        parametrize.register_parametrization(layer, "weight", Transposed())
    assert type(layer) is nn.Linear
    assert list(layer.state_dict()) == ["weight", "bias"]
    np.testing.assert_array_equal(layer.weight.detach().numpy(), kept.numpy())


def test_functional_call_reaches_the_originals():
    layer = parametrizations.weight_norm(nn.Linear(3, 2))
    values = {k: autograd.ones(*v.shape) for k, v in layer.named_parameters()}
    out = autograd.func.functional_call(layer, values, autograd.ones(1, 3))
    np.testing.assert_allclose(out.numpy(), [[1 + 3**0.5] * 2], rtol=1e-6)
