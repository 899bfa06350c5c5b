"""Hooks of modules beside PyTorch's: forward, backward, of one module and of all."""

import copy
import pickle
import warnings
from collections import OrderedDict

import pytest

import autograd
import nn
from autograd.errors import InPlaceError
from tests.nn.both import compare, fill, ramp


def linear(lib, n, *sizes):
    return fill(lib, n.Linear(*sizes).double())


def full_hook(lib, n):
    layer, seen = linear(lib, n, 3, 2), []
    layer.register_full_backward_hook(lambda m, gi, go: seen.append((m is layer, gi, go)))
    x = ramp(lib, 4, 3, requires_grad=True)
    y = layer(x)
    (y * y).sum().backward()
    return seen, x.grad, layer.weight.grad, y


def full_hook_replaces(lib, n):
    layer = linear(lib, n, 3, 2)
    layer.register_full_backward_hook(lambda m, gi, go: (gi[0] * 2,))
    layer.register_full_backward_hook(lambda m, gi, go: (gi[0] + 1,))
    layer.register_full_backward_hook(lambda m, gi, go: (gi[0] * 10,), prepend=True)
    x = ramp(lib, 4, 3, requires_grad=True)
    layer(x).sum().backward()
    return x.grad, layer.weight.grad


def pre_hook_replaces(lib, n):
    layer, seen = linear(lib, n, 3, 2), []
    layer.register_full_backward_pre_hook(lambda m, go: (go[0] * 3,))
    layer.register_full_backward_pre_hook(lambda m, go: seen.append(go))
    layer.register_full_backward_pre_hook(lambda m, go: (go[0] + 1,), prepend=True)
    layer.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go)))
    x = ramp(lib, 4, 3, requires_grad=True)
    layer(x).sum().backward()
    return seen, x.grad, layer.weight.grad


def several_inputs_and_outputs(lib, n):
    class Mixed(n.Module):
        def forward(self, a, k, b, c=None):
            return a * k, None, a + b, b.detach()

    module, seen = Mixed(), []
    module.register_full_backward_pre_hook(lambda m, go: seen.append(go))
    module.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go)))
    a, b = ramp(lib, 3, requires_grad=True), ramp(lib, 3)
    p, _, q, d = module(a, 2.5, b, c=ramp(lib, 3))
    (p * q).sum().backward()
    return seen, a.grad, d.requires_grad


def one_output_unused(lib, n):
    class Two(n.Module):
        def forward(self, a):
            return a * 2, a * 3

    module, seen = Two(), []
    module.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go)))
    a = ramp(lib, 3, requires_grad=True)
    module(a)[0].sum().backward()
    return seen, a.grad


def no_input_needs_a_gradient(lib, n):
    layer, seen = linear(lib, n, 3, 2), []
    layer.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go)))
    layer(ramp(lib, 4, 3)).sum().backward()
    return seen, layer.weight.grad


def no_input_and_a_replacement(lib, n):
    layer = linear(lib, n, 3, 2)
    layer.register_full_backward_hook(lambda m, gi, go: (go[0],))
    layer(ramp(lib, 4, 3)).sum().backward()


def nothing_needs_a_gradient(lib, n):
    layer, seen = linear(lib, n, 3, 2).requires_grad_(False), []
    layer.register_full_backward_hook(lambda m, gi, go: seen.append(1))
    y = layer(ramp(lib, 4, 3))
    with lib.no_grad():
        z = layer(ramp(lib, 4, 3, requires_grad=True))
    return y.requires_grad, z.requires_grad, seen


def wrong_number_of_inputs(lib, n):
    layer = linear(lib, n, 3, 2)
    layer.register_full_backward_hook(lambda m, gi, go: (gi[0], gi[0]))
    layer(ramp(lib, 4, 3, requires_grad=True)).sum().backward()


def wrong_number_of_outputs(lib, n):
    layer = linear(lib, n, 3, 2)
    layer.register_full_backward_pre_hook(lambda m, go: (go[0], go[0]))
    layer(ramp(lib, 4, 3, requires_grad=True)).sum().backward()


def hooks_in_a_chain(lib, n):
    model = fill(lib, n.Sequential(n.Linear(3, 4), n.Tanh(), n.Linear(4, 1)).double())
    seen = []
    for name, module in model.named_modules():
        module.register_full_backward_hook(lambda m, gi, go, name=name: seen.append((name, gi[0], go[0])))
        module.register_full_backward_pre_hook(lambda m, go, name=name: seen.append((name, go[0])))
    x = ramp(lib, 2, 3, requires_grad=True)
    model(x).sum().backward()
    return seen, x.grad


def second_derivatives_through_hooks(lib, n):
    layer = fill(lib, n.Sequential(n.Linear(3, 2), n.Tanh()).double())
    layer.register_full_backward_hook(lambda m, gi, go: (gi[0] * 2,))
    x = ramp(lib, 4, 3, requires_grad=True)
    (g,) = lib.autograd.grad(layer(x).sum(), x, create_graph=True)
    (g * g).sum().backward()
    return g, x.grad, layer[0].weight.grad


def one_module_called_twice(lib, n):
    layer, seen = linear(lib, n, 3, 3), []
    layer.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go)))
    x = ramp(lib, 2, 3, requires_grad=True)
    layer(layer(x)).sum().backward()
    return seen, x.grad


def removed(lib, n):
    layer, seen = linear(lib, n, 3, 2), []
    handles = [
        layer.register_full_backward_hook(lambda m, gi, go: seen.append("full")),
        layer.register_full_backward_pre_hook(lambda m, go: seen.append("pre")),
        layer.register_forward_hook(lambda m, a, out: seen.append("forward")),
    ]
    handles[0].remove()
    handles[2].remove()
    x = ramp(lib, 4, 3, requires_grad=True)
    layer(x).sum().backward()
    handles[1].remove()
    y = layer(x)
    y.sum().backward()
    return seen, len(layer._forward_hooks), len(layer._backward_hooks), len(layer._backward_pre_hooks)


def older_hook(lib, n):
    module, seen = n.Tanh(), []
    module.register_backward_hook(lambda m, gi, go: seen.append((gi, go)))
    module.register_backward_hook(lambda m, gi, go: (gi[0] * 2,))
    x = ramp(lib, 4, requires_grad=True)
    module(x * 1).sum().backward()
    return seen, x.grad


def both_kinds(lib, n):
    module = n.Tanh()
    module.register_backward_hook(lambda m, gi, go: None)
    module.register_full_backward_hook(lambda m, gi, go: None)


def both_kinds_reversed(lib, n):
    module = n.Tanh()
    module.register_full_backward_hook(lambda m, gi, go: None)
    module.register_backward_hook(lambda m, gi, go: None)


def output_is_a_dict(lib, n):
    class Named(n.Module):
        def forward(self, x):
            return {"y": x * 2}

    module, seen = Named(), []
    module.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go)))
    x = ramp(lib, 4, requires_grad=True)
    module(x)["y"].sum().backward()
    return seen, x.grad


def the_hook_sees_a_view(lib, n):
    module = n.ReLU(inplace=True)
    module.register_full_backward_hook(lambda m, gi, go: None)
    module(ramp(lib, 4, requires_grad=True) * 1)


def a_forward_hook_that_takes_a_gradient(lib, n):
    kept = {}
    layer = linear(lib, n, 3, 2)
    layer.register_forward_hook(lambda m, args, out: kept.update(out=out, x=args[0]))
    layer.register_forward_hook(lambda m, args, out: out.register_hook(lambda g: kept.update(g=g)) and None)
    x = ramp(lib, 4, 3, requires_grad=True)
    layer(x).tanh().sum().backward()
    return kept["out"], kept["g"], kept["x"]


def order_of_forward_hooks(lib, n):
    module, seen = n.Identity(), []
    for i in range(3):
        module.register_forward_pre_hook(lambda m, a, i=i: seen.append(f"pre {i}"), prepend=i == 2)
        module.register_forward_hook(lambda m, a, out, i=i: seen.append(f"post {i}"), prepend=i == 2)
    module(1)
    return seen


def always_called(lib, n):
    class Fails(n.Module):
        def forward(self, x):
            raise ZeroDivisionError("forward")

    module, seen = Fails(), []

    def raises(m, args, out):
        raise ValueError("in the hook")

    module.register_forward_hook(raises, always_call=True)
    module.register_forward_hook(lambda m, a, out: seen.append(("always", a, out)), always_call=True)
    module.register_forward_hook(lambda m, a, k, out: seen.append(k), always_call=True, with_kwargs=True)
    module.register_forward_hook(lambda m, a, out: seen.append("never"))
    try:
        module(x=5)
    except ZeroDivisionError as error:
        seen.append(str(error))
    return seen


def a_pre_hook_that_returns_too_little(lib, n):
    module = n.Identity()
    module.register_forward_pre_hook(lambda m, a, k: a, with_kwargs=True)
    module(1)


def dicts_of_hooks(lib, n):
    module = n.Identity()
    module.register_forward_hook(lambda m, a, out: out + 1)
    count = len(module._forward_hooks)
    module._forward_hooks.clear()
    module._forward_pre_hooks = OrderedDict()
    return count, module(1), len(module._forward_hooks), list(module._forward_pre_hooks)


def hooks_of_copies(lib, n):
    seen = []
    module = n.Identity()
    module.register_forward_hook(lambda m, a, out: seen.append(m is module))
    other = copy.deepcopy(module)
    other(1)
    module(1)
    return seen


def on_all_modules(lib, n):
    from importlib import import_module

    where = import_module("torch.nn.modules.module" if n.__name__ == "torch.nn" else "nn.modules.module")
    seen = []
    handles = [
        where.register_module_forward_pre_hook(lambda m, a: seen.append(("pre", type(m).__name__))),
        where.register_module_forward_hook(lambda m, a, out: seen.append(("post", type(m).__name__, out))),
        where.register_module_full_backward_pre_hook(lambda m, go: seen.append(("back", type(m).__name__))),
        where.register_module_full_backward_hook(lambda m, gi, go: seen.append((type(m).__name__, gi, go))),
    ]
    model = fill(lib, n.Sequential(n.Linear(3, 2), n.Tanh()).double())
    model[0].register_forward_hook(lambda m, a, out: seen.append("own"))
    x = ramp(lib, 4, 3, requires_grad=True)
    model(x).sum().backward()
    for handle in handles:
        handle.remove()
    count = len(seen)
    model(x)
    return seen, count, x.grad


def on_registration(lib, n):
    from importlib import import_module

    where = import_module("torch.nn.modules.module" if n.__name__ == "torch.nn" else "nn.modules.module")
    seen = []
    handles = [
        where.register_module_parameter_registration_hook(lambda m, name, p: seen.append(("p", name))),
        where.register_module_buffer_registration_hook(lambda m, name, b: seen.append(("b", name))),
        where.register_module_module_registration_hook(lambda m, name, x: seen.append(("m", name))),
    ]
    module = n.Sequential(n.Linear(1, 1))
    module.register_buffer("k", lib.zeros(1))
    module.k = lib.ones(1)
    module.inner = n.Identity()
    module.weight = n.Parameter(lib.zeros(1))
    module.weight = None
    for handle in handles:
        handle.remove()
    module.more = n.Linear(1, 1)
    return seen


PROGRAMS = [
    full_hook, full_hook_replaces, pre_hook_replaces, several_inputs_and_outputs, one_output_unused,
    no_input_needs_a_gradient, no_input_and_a_replacement, nothing_needs_a_gradient, wrong_number_of_inputs,
    wrong_number_of_outputs, hooks_in_a_chain, second_derivatives_through_hooks, one_module_called_twice, removed,
    older_hook, both_kinds, both_kinds_reversed, output_is_a_dict, the_hook_sees_a_view,
    a_forward_hook_that_takes_a_gradient, order_of_forward_hooks, always_called, a_pre_hook_that_returns_too_little,
    dicts_of_hooks, hooks_of_copies, on_all_modules, on_registration,
]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_as_in_pytorch(program):
    compare(program)


def test_what_is_said_of_hooks_that_miss_something():
    layer = nn.Linear(2, 2)
    layer.register_full_backward_hook(lambda m, gi, go: None)
    with pytest.warns(UserWarning, match="no inputs require gradients"):
        layer(autograd.ones(1, 2)).sum().backward()
    for module, reason in (
        (nn.Sequential(nn.Tanh(), nn.Tanh()), "when the forward contains multiple autograd Nodes"),
        (Nested(), "does not return a single Tensor"),
        (Pair(), "generated by different autograd Nodes"),
    ):
        module.register_backward_hook(lambda m, gi, go: None)
        with pytest.warns(FutureWarning, match=reason):
            module(autograd.ones(2, requires_grad=True))
    named = Nested()
    named.register_full_backward_hook(lambda m, gi, go: None)
    with pytest.warns(UserWarning, match="should be a Tensor or a tuple of Tensors"):
        named(autograd.ones(2, requires_grad=True))


class Nested(nn.Module):
    def forward(self, x):
        return {"y": [x * 2]}


class Pair(nn.Module):
    def forward(self, x):
        return x * 2, x * 3


def test_a_module_with_backward_hooks_is_not_written_in_place():
    module = nn.ReLU(inplace=True)
    module.register_full_backward_hook(lambda m, gi, go: None)
    with pytest.raises(InPlaceError, match="backward hooks"):
        module(autograd.ones(2, requires_grad=True) * 1)


def test_an_unhooked_module_is_called_directly():
    module = nn.Identity()
    handle = module.register_forward_hook(lambda m, a, out: out + 1)
    assert module(1) == 2
    handle.remove()
    assert module(1) == 1
    assert module._call_hooks is None
    with module.register_forward_pre_hook(lambda m, a: a[0] + 5):
        assert module(1) == 6
    assert module(1) == 1


def doubled(module, args, result):
    return result * 2


def test_hooks_are_pickled_with_their_module():
    module = nn.Identity()
    module.register_forward_hook(doubled)
    assert pickle.loads(pickle.dumps(module))(3) == 6


def test_no_warnings_without_hooks():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nn.Linear(2, 2)(autograd.ones(1, 2)).sum().backward()
