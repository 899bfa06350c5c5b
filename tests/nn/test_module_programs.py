"""`Module` beside PyTorch's: attributes, going through the parts, conversions, copies, printing."""

import copy
import pickle
from collections import OrderedDict

import numpy as np
import pytest

import autograd
import nn
from tests.nn.both import compare, fill, ramp


def net(lib, n):
    class Net(n.Module):
        def __init__(self):
            super().__init__()
            self.first = n.Linear(3, 4)
            self.scale = n.Parameter(lib.ones(1))
            self.last = n.Sequential(n.ReLU(), n.Linear(4, 2))
            self.register_buffer("mean", lib.zeros(2))
            self.register_buffer("cache", lib.zeros(5), persistent=False)

        def forward(self, x):
            return self.last(self.first(x)) * self.scale - self.mean

    return fill(lib, Net())


# ------------------------------------------------------------------------------------------ attributes


def names(module):
    return (
        [k for k, _ in module.named_parameters()],
        [k for k, _ in module.named_buffers()],
        [k for k, _ in module.named_modules()],
        list(module._parameters),
        list(module._buffers),
        list(module._modules),
        sorted(module._non_persistent_buffers_set),
        list(module.state_dict()),
    )


def kinds_change(lib, n):
    seen = []
    for new in (3, n.Parameter(lib.ones(1)), n.Identity(), n.Buffer(lib.ones(1)), lib.ones(1), None):
        for old in ("plain", "scale", "mean", "cache", "first"):
            module = net(lib, n)
            module.plain = 5
            try:
                setattr(module, old, new)
            except TypeError:
                seen.append((old, "TypeError"))
            except KeyError:  # PyTorch refuses a Buffer where a plain attribute is
                assert old == "plain"
                assert isinstance(new, n.Buffer)
            else:
                if old != "plain" or not isinstance(new, n.Buffer):
                    seen.append((old, *names(module)))
    return seen


def registering_again(lib, n):
    module = net(lib, n)
    module.register_buffer("mean", lib.ones(3), persistent=False)
    module.register_buffer("cache", None)
    module.register_parameter("scale", None)
    module.register_module("first", n.Identity())
    module.add_module("more", None)
    module.mean = n.Buffer(lib.ones(1))
    return names(module)


def non_persistent_names(lib, n):
    module = net(lib, n)
    module._non_persistent_buffers_set.discard("cache")
    module._non_persistent_buffers_set.add("mean")
    return (
        names(module),
        "mean" in module._non_persistent_buffers_set,
        len(module._non_persistent_buffers_set),
    )


def deleting(lib, n):
    module = net(lib, n)
    del module.scale, module.first, module.mean, module.cache
    return names(module), hasattr(module, "scale")


def through_the_dicts(lib, n):
    module = net(lib, n)
    module._parameters["w"] = n.Parameter(lib.ones(2))
    module._modules["extra"] = n.Linear(1, 1)
    module._buffers["b"] = lib.ones(1)
    del module._modules["first"]
    module._parameters.pop("scale")
    return names(module), module.w, module.b


def rule(text):
    def program(lib, n):
        return eval(text, {"lib": lib, "n": n, "m": net(lib, n)})

    program.__name__ = text
    return program


RULES = [
    rule(text)
    for text in (
        "m.nothing",
        "m.first.nothing",
        "m.register_parameter('a.b', None)",
        "m.register_parameter('', None)",
        "m.register_parameter(3, None)",
        "m.register_parameter('forward', None)",
        "m.register_parameter('mean', None)",
        "m.register_parameter('w', lib.ones(1))",
        "m.register_buffer('training', None)",
        "m.register_buffer('scale', lib.ones(1))",
        "m.register_buffer('a.b', lib.ones(1))",
        "m.register_buffer('', lib.ones(1))",
        "m.register_buffer('x', 3)",
        "m.register_buffer(3, lib.ones(1))",
        "m.register_module('a.b', n.Identity())",
        "m.add_module('x', n.Identity)",
        "m.add_module('', n.Identity())",
        "m.add_module(3, n.Identity())",
        "m.add_module('train', n.Identity())",
        "m.register_parameter('w', m.scale * 1)",
        "delattr(m, 'nothing')",
        "n.Module(3)",
        "n.Module(x=3)",
        "m.train(1)",
        "m.to(lib.int64)",
        "m.to('nowhere')",
        "m.type(lib.int64)",
        "m.cuda()",
        "m.get_submodule('last.0.x')",
        "m.get_submodule('scale')",
        "m.get_parameter('mean')",
        "m.get_parameter('first.nothing')",
        "m.get_buffer('scale')",
        "m.get_buffer('nothing')",
        "m.set_submodule('', n.Identity())",
        "m.set_submodule('last', 3)",
        "m.set_submodule('nothing.x', n.Identity())",
        "m.set_submodule('scale', n.Identity())",
        "m.set_submodule('nothing', n.Identity(), strict=True)",
        "m.get_submodule('first').in_features",
        "[(k, v.shape == (2,)) for k, v in m.named_buffers('x')]",
        "[k for k, _ in m.named_parameters('x', False)]",
        "[k for k, _ in m.named_modules(prefix='p')]",
        "[k for k, _ in m.named_children()]",
        "len(list(m.modules(remove_duplicate=False)))",
        "list(m.get_buffer('mean').shape)",
        "m.dump_patches",
        "m._version",
        "m.call_super_init",
        "m.extra_repr()",
        "m._get_name()",
        "str(m)",
        "sorted(set(dir(n.Sequential(n.ReLU()))) & {'0', 'forward', 'training', 'append'})",
        "m.eval().training, m.train().training, m.train(False).first.training",
        "m.requires_grad_(False) is m, m.scale.requires_grad",
        "m.apply(lambda x: None) is m",
    )
]


def set_submodule(lib, n):
    module = net(lib, n)
    module.set_submodule("last.0", n.Tanh())
    module.set_submodule("last.1", n.Identity(), strict=True)
    module.set_submodule("extra", n.Linear(1, 1))
    return repr(module), [k for k, _ in module.named_modules()]


def super_init(lib, n):
    class Other:
        def __init__(self, x, y=0):
            self.sum = x + y

    class Both(n.Module, Other):
        call_super_init = True

        def __init__(self, x, y):
            super().__init__(x, y=y)

    return Both(3, 4).sum


def before_init(lib, n):
    class Early(n.Module):
        def __init__(self):
            self.x = 5
            self.layer = n.Linear(1, 1)

    Early()


def plain_before_init(lib, n):
    class Early(n.Module):
        def __init__(self):
            self.x = 5
            super().__init__()

    return Early().x


def broken_property(lib, n):
    class Broken(n.Module):
        @property
        def size(self):
            return self.nothing

    return Broken().size


def no_forward(lib, n):
    try:
        n.Module()(1)
    except NotImplementedError:
        return "NotImplementedError"
    return None


# ------------------------------------------------------------------------------------------ conversions


def dtypes_of(module):
    return [str(t.dtype).split(".")[-1] for t in [*module.parameters(), *module.buffers()]]


def conversions(lib, n):
    module = net(lib, n)
    module.register_buffer("steps", lib.tensor(3))
    p, b = module.scale, module.mean
    seen = [dtypes_of(module.double()), module.scale is p, module.mean is b]
    seen += [dtypes_of(module.half()), dtypes_of(module.float()), dtypes_of(module.to(lib.float64))]
    seen += [dtypes_of(module.to(lib.ones(1))), dtypes_of(module.to("cpu", lib.float64))]
    seen += [dtypes_of(module.to(device="cpu", dtype=lib.float32)), dtypes_of(module.to("cpu"))]
    seen += [dtypes_of(module.to(torch_device(lib))), dtypes_of(module.type(lib.float64))]
    module.to(lib.float32, non_blocking=True)
    module.cpu()
    seen.append(module.first.weight)
    return seen


def torch_device(lib):
    return lib.device("cpu")


def gradients_follow(lib, n):
    module = net(lib, n)
    module(ramp(lib, 2, 3, dtype="float32")).sum().backward()
    g = module.first.weight.grad
    module.double()
    return module.first.weight.grad, g is module.first.weight.grad, g.dtype == lib.float64


def own_apply(lib, n):
    class Counts(n.Linear):
        calls = 0

        def _apply(self, fn, recurse=True):
            self.calls += 1
            return super()._apply(fn, recurse)

    module = n.Sequential(Counts(2, 2), n.Linear(2, 2))
    module.double().float()
    module._apply(lambda t: t.double())
    return module[0].calls, dtypes_of(module)


def to_empty(lib, n):
    module = net(lib, n)
    p = module.scale
    module.to_empty(device="cpu")
    return module.scale is p, list(module.first.weight.shape), module.first.weight.requires_grad


def frozen_conversion(lib, n):
    module = net(lib, n).requires_grad_(False)
    return dtypes_of(module.type(lib.int64))


def in_memory_order(lib, n):
    module = n.Module()
    module.w = n.Parameter(ramp(lib, 2, 3, 4, 5))
    module.v = n.Parameter(ramp(lib, 2, 3))
    module.to(memory_format=lib.channels_last)
    return list(module.w.stride()), list(module.v.stride()), module.w


def zeroed(lib, n):
    module = net(lib, n)
    module(ramp(lib, 2, 3, dtype="float32")).sum().backward()
    kept = module.scale.grad
    module.zero_grad(set_to_none=False)
    first = module.scale.grad is kept, kept
    module.zero_grad()
    return first, module.scale.grad


def zeroed_with_a_graph(lib, n):
    module = net(lib, n)
    module(ramp(lib, 2, 3, dtype="float32")).sum().backward(create_graph=True)
    before = module.scale.grad.requires_grad
    module.zero_grad(set_to_none=False)
    return before, module.scale.grad, module.scale.grad.requires_grad


# ------------------------------------------------------------------------------------------ copies


def deep_copies(lib, n):
    module = net(lib, n)
    module.again = module.scale
    module.note = {"list": [1, 2]}
    module(ramp(lib, 2, 3, dtype="float32")).sum().backward()
    module.scale.tag = "tag"
    other = copy.deepcopy(module)
    other.note["list"].append(3)
    other.extra = n.ReLU()
    return (
        names(module), names(other), other.again is other.scale, other.scale is module.scale, module.note,
        other.first.weight.grad is None, other(ramp(lib, 2, 3, dtype="float32")),
    )  # fmt: skip


def shallow_copies(lib, n):
    module = net(lib, n)
    other = copy.copy(module)
    other.scale = n.Parameter(lib.zeros(1))
    other.more = 3
    return other.first is module.first, hasattr(module, "more")


def parameters_alone(lib, n):
    t = ramp(lib, 3)
    p = n.Parameter(t)
    q = copy.deepcopy(p)
    frozen = n.Parameter(t, requires_grad=False)
    with lib.no_grad():
        t.add_(1)
    return (
        p, q, q.requires_grad, frozen.requires_grad, type(q).__name__, type(p * 2).__name__, p.is_leaf,
        repr(n.Parameter(lib.ones(2))), repr(frozen.float()), list(n.Parameter().shape), type(p.data).__name__,
        isinstance(n.Buffer(t), n.Parameter), type(n.Buffer(t) + 1).__name__, n.Buffer(t).persistent,
        n.Buffer(t, persistent=False).persistent, list(n.Buffer().shape), type(p.detach()).__name__,
    )  # fmt: skip


def integer_parameter(lib, n):
    n.Parameter(lib.tensor([1]))


def frozen_integer_parameter(lib, n):
    module = n.Module()
    module.table = n.Parameter(lib.tensor([1, 2]), requires_grad=False)
    return module.state_dict(), dtypes_of(module.double())


def assigning_data(lib, n):
    layer = n.Linear(2, 2).double()
    layer.weight.data = ramp(lib, 2, 2)
    layer.weight.data.mul_(2)
    layer.bias.data.fill_(1)
    layer.bias.data[0] = 5
    return layer.state_dict(), layer.weight.requires_grad


# ------------------------------------------------------------------------------------------ printing


def printed(lib, n):
    class Odd(n.Module):
        def __init__(self, *parts):
            super().__init__()
            for i, part in enumerate(parts):
                setattr(self, f"part{i}", part)

        def extra_repr(self):
            return "one=1\n\ntwo=2"

    class Named(n.Linear):
        def _get_name(self):
            return "Renamed"

    return [
        repr(m)
        for m in (
            n.Module(), Odd(), Odd(n.ReLU()), Odd(Odd(), n.Sequential(Odd())), Named(1, 2), n.Sequential(Named(1, 2)),
            n.ModuleList([Odd(n.ReLU())] * 3), n.Sequential(OrderedDict(a=n.ReLU(), b=n.Sequential())),
        )
    ]  # fmt: skip


PROGRAMS = [
    kinds_change, registering_again, non_persistent_names, deleting, through_the_dicts, *RULES, set_submodule,
    super_init, before_init, plain_before_init, broken_property, no_forward, conversions, gradients_follow, own_apply,
    to_empty, frozen_conversion, in_memory_order, zeroed, zeroed_with_a_graph, deep_copies, shallow_copies,
    parameters_alone, integer_parameter, frozen_integer_parameter, assigning_data,
    printed,
]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_as_in_pytorch(program):
    compare(program, 1e-5)


class Plain(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 2)
        self.register_buffer("table", autograd.ones(2), persistent=False)
        self.tied = self.layer.weight

    def forward(self, x):
        return self.layer(x) + self.table


def test_pickling():
    model = nn.Sequential(Plain(), nn.ModuleList([nn.ReLU()]), nn.ModuleDict({"a": nn.Linear(1, 1)}))
    back = pickle.loads(pickle.dumps(model))
    assert back[0].tied is back[0].layer.weight
    assert isinstance(back[0].tied, nn.Parameter)
    assert repr(back) == repr(model)
    assert names(back) == names(model)
    x = autograd.ones(3, 2)
    np.testing.assert_array_equal(back[0](x).detach().numpy(), model[0](x).detach().numpy())
    p = pickle.loads(pickle.dumps(nn.Parameter(autograd.ones(2), requires_grad=False)))
    assert type(p) is nn.Parameter
    assert not p.requires_grad
    b = pickle.loads(pickle.dumps(nn.Buffer(autograd.ones(2), persistent=False)))
    assert type(b) is nn.Buffer
    assert not b.persistent
