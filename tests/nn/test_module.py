"""`Module`: attributes, traversal, modes, state dicts, hooks, printing; as in PyTorch unless said."""

import copy
import multiprocessing
import pickle
from collections import OrderedDict

import numpy as np
import pytest

import autograd
import nn
from autograd.errors import (
    ArgumentError,
    AutogradError,
    MemberError,
    StateDictError,
)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 4)
        self.scale = nn.Parameter(autograd.ones(1))
        self.last = nn.Sequential(nn.ReLU(), nn.Linear(4, 2))
        self.register_buffer("mean", autograd.zeros(2))
        self.register_buffer("cache", autograd.zeros(5), persistent=False)

    def forward(self, x):
        return self.last(self.first(x)) * self.scale - self.mean


NAMES = ["scale", "mean", "first.weight", "first.bias", "last.1.weight", "last.1.bias"]


# ------------------------------------------------------------------------------------------ attributes


def test_members_are_plain_attributes():
    net = Net()
    assert net.__dict__["scale"] is net.scale
    assert net._parameters["scale"] is net.scale
    assert dict(net._modules) == {"first": net.first, "last": net.last}
    assert list(net._buffers) == ["mean", "cache"]
    assert len(net._modules) == 2


def test_writes_through_the_dicts_of_pytorch():
    net = Net()
    new = nn.Parameter(autograd.zeros(1))
    net._parameters["scale"] = new
    assert net.scale is new
    net._modules["extra"] = nn.Identity()
    assert "extra.x" not in dict(net.named_parameters())
    assert isinstance(net.extra, nn.Identity)
    del net._buffers["cache"]
    assert not hasattr(net, "cache")
    with pytest.raises(KeyError):
        net._buffers["scale"]
    with pytest.raises(KeyError):
        del net._parameters["first"]


def test_an_attribute_may_become_another_kind_of_member():
    net = Net()
    net.plain = 3
    net.plain = nn.Parameter(autograd.ones(1))
    assert "plain" in dict(net.named_parameters())
    net.mean = nn.Linear(1, 1)
    assert "mean" not in dict(net.named_buffers())
    assert "mean.weight" in dict(net.named_parameters())
    net.first = nn.Parameter(autograd.ones(1))
    assert [n for n, _ in net.named_children()] == ["last", "mean"]


def test_none_keeps_the_place():
    net = Net()
    net.scale = None
    assert list(net._parameters) == ["scale"]
    assert "scale" not in dict(net.named_parameters())
    net.scale = nn.Parameter(autograd.zeros(2))
    net.first = None
    assert [n for n, _ in net.named_children()] == ["last"]
    net.mean = None
    assert "mean" not in net.state_dict()
    net.mean = autograd.ones(2)
    assert "mean" in net.state_dict()


def test_buffers():
    net = Net()
    net.spare = nn.Buffer(autograd.zeros(1), persistent=False)
    net.kept = nn.Buffer(autograd.zeros(1))
    assert [n for n, _ in net.named_buffers()] == ["mean", "cache", "spare", "kept"]
    assert [n for n in net.state_dict() if n not in NAMES] == ["kept"]
    net.cache = autograd.ones(5)
    assert "cache" not in net.state_dict()


def test_deleting():
    net = Net()
    del net.scale, net.first, net.mean
    assert [n for n, _ in net.named_parameters()] == ["last.1.weight", "last.1.bias"]
    assert list(net.state_dict()) == NAMES[-2:]
    with pytest.raises(MemberError, match="no attribute 'scale'"):
        del net.scale


def test_dir_lists_members_that_can_be_written():
    names = dir(Net())
    assert {"first", "scale", "mean", "forward"} <= set(names)
    assert "0" not in dir(nn.Sequential(nn.ReLU()))


class Early(nn.Module):
    def __init__(self, value):
        self.part = value


def broken_property():
    class Broken(nn.Module):
        @property
        def size(self):
            return self.nothing_here

    return Broken().size


MISTAKES = [
    (lambda: Net().frist, AttributeError, "'Net' object has no attribute 'frist'; did you mean 'first'?"),
    (lambda: nn.Linear(1, 1).wieght, AttributeError, "did you mean 'weight'"),
    (broken_property, AttributeError, "no attribute 'nothing_here'"),
    (lambda: setattr(Net(), "scale", autograd.ones(1)), TypeError, r"Tensor as the parameter 'scale'.*nn.Parameter\("),
    (lambda: setattr(Net(), "scale", nn.ReLU()), TypeError, "ReLU as the parameter 'scale'"),
    (lambda: setattr(Net(), "first", autograd.ones(1)), TypeError, "Tensor as the module 'first'"),
    (lambda: setattr(Net(), "mean", 3), TypeError, "int as the buffer 'mean': it must be a Tensor or None"),
    (lambda: setattr(Net(), "first", nn.Buffer(autograd.ones(1))), TypeError, "as the module 'first'"),
    (lambda: Early(nn.ReLU()), AttributeError, r"cannot assign module before Module.__init__\(\) call"),
    (lambda: Early(nn.Parameter()), AttributeError, r"cannot assign parameter before Module.__init__\(\) call"),
    (lambda: Early(nn.Buffer()), AttributeError, r"cannot assign buffer before Module.__init__\(\) call"),
    (lambda: Early(3).first, AttributeError, r"call super\(\).__init__\(\) first"),
    (lambda: Net().register_parameter("a.b", None), KeyError, "cannot hold a '.', which separates modules, got 'a.b'"),
    (lambda: Net().register_parameter("", None), KeyError, "cannot be empty"),
    (lambda: Net().register_parameter("forward", None), KeyError, "'forward' is already an attribute"),
    (lambda: Net().register_parameter("mean", None), KeyError, "'mean' is already an attribute"),
    (lambda: Net().register_parameter(3, None), TypeError, "name is a string, got int"),
    (lambda: Net().register_parameter("w", autograd.ones(1)), TypeError, "Tensor as the parameter 'w'"),
    (lambda: Net().register_buffer("training", None), KeyError, "already an attribute"),
    (lambda: Net().register_buffer("b", 3), TypeError, "int as the buffer 'b'"),
    (lambda: Net().add_module("m", nn.ReLU), TypeError, "type as the module 'm'"),
    (lambda: Net().add_module("a.b", nn.ReLU()), KeyError, "cannot hold"),
    (lambda: nn.Parameter([1.0]), TypeError, "needs a tensor, got list"),
    (lambda: nn.Parameter(autograd.tensor([1])), RuntimeError, "floating-point"),
    (lambda: Net().train("yes"), ValueError, "the mode is True or False, got 'yes'"),
    (lambda: Net().to(autograd.int64), TypeError, "parameters are floating-point numbers, not autograd.int64"),
    (lambda: Net().to("cuda"), RuntimeError, "tensors live on the CPU"),
    (lambda: Net().get_submodule("last.0.x"), AttributeError, "no attribute 'x'"),
    (lambda: Net().get_submodule("scale"), AttributeError, "'scale' in Net is not a module"),
    (lambda: Net().get_parameter("first.wieght"), AttributeError, "did you mean 'weight'"),
    (lambda: Net().get_parameter("mean"), AttributeError, "'mean' in Net is not a parameter"),
    (lambda: Net().get_buffer("scale"), AttributeError, "not a buffer"),
    (lambda: nn.Linear(-1, 2), ValueError, r"Linear: sizes are whole numbers of 0 or more, got \(2, -1\)"),
    (lambda: nn.Linear(2.5, 2), TypeError, "Linear: sizes"),
    (lambda: nn.Dropout(1.5), ValueError, r"Dropout: p is the probability of being dropped, in \[0, 1\], got 1.5"),
    (lambda: nn.Hardtanh(1.0, 0.0), ValueError, "needs min_val < max_val"),
    (lambda: nn.MSELoss(reduction="avg"), ValueError, "MSELoss: reduction is 'mean', 'sum' or 'none', got 'avg'"),
    (lambda: nn.Unflatten(1, ("a", 2)), TypeError, "tuple of integers"),
]  # fmt: skip


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_mistakes(mistake, kind, message):
    with pytest.raises(AutogradError, match=message) as found:
        mistake()
    assert isinstance(found.value, kind)


def test_a_parameter_must_be_a_leaf():
    p = nn.Parameter(autograd.ones(1))
    result = p * 2
    result.__class__ = nn.Parameter
    with pytest.raises(ArgumentError, match="'w' is the result of an operation"):
        Net().register_parameter("w", result)


def test_forward_has_to_be_defined():
    with pytest.raises(NotImplementedError, match=r"Module has no forward\(\): define it"):
        nn.Module()(1)


# ------------------------------------------------------------------------------------------ Parameter


def test_a_parameter_shares_memory_and_is_a_leaf():
    t = autograd.ones(2)
    with autograd.no_grad():
        p = nn.Parameter(t)
    assert p.requires_grad
    assert p.is_leaf
    assert np.shares_memory(p.array, t.array)
    assert type(p * 2) is autograd.Tensor
    assert isinstance(copy.deepcopy(p), nn.Parameter)
    assert not nn.Parameter(t, requires_grad=False).requires_grad
    assert repr(p) == "Parameter containing:\ntensor([1., 1.], requires_grad=True)"


# ------------------------------------------------------------------------------------------ going through


def test_names_and_order():
    net = Net()
    assert [n for n, _ in net.named_parameters()] == [n for n in NAMES if n != "mean"]
    assert [n for n, _ in net.named_parameters("net", recurse=False)] == ["net.scale"]
    assert [n for n, _ in net.named_modules()] == ["", "first", "last", "last.0", "last.1"]
    assert list(net.children()) == [net.first, net.last]
    assert list(net.modules())[-1] is net.last[1]
    assert net.get_submodule("last.1") is net.last[1]
    assert net.get_submodule("") is net
    assert net.get_parameter("last.1.bias") is net.last[1].bias
    assert net.get_buffer("mean") is net.mean


def test_what_is_shared_comes_once():
    net = Net()
    net.last[1].bias = nn.Parameter(autograd.zeros(2))
    net.alias = net.last[1]
    net.again = net.scale
    assert [n for n, _ in net.named_parameters()] == [n for n in NAMES if n != "mean"]
    assert len(list(net.parameters())) == 5
    assert [n for n, _ in net.named_children()] == ["first", "last", "alias"]
    assert {"again", "alias.weight", "alias.bias"} <= set(net.state_dict())
    assert "again" in dict(net.named_parameters(remove_duplicate=False))
    assert [n for n, _ in net.named_modules(remove_duplicate=False)][-1] == "alias"


def test_apply_starts_inside():
    seen = []
    net = Net()
    assert net.apply(lambda module: seen.append(type(module).__name__)) is net
    assert seen == ["Linear", "ReLU", "Linear", "Sequential", "Net"]


def test_modes_and_freezing():
    net = Net()
    assert net.eval() is net
    assert not any(m.training for m in net.modules())
    assert net.train() is net
    assert all(m.training for m in net.modules())
    net.last.requires_grad_(False)
    assert [n for n, p in net.named_parameters() if p.requires_grad] == [
        "scale",
        "first.weight",
        "first.bias",
    ]
    net(autograd.ones(1, 3)).sum().backward()
    assert net.last[1].weight.grad is None
    assert net.scale.grad is not None


def test_zero_grad():
    net = Net()
    net(autograd.ones(1, 3)).sum().backward()
    kept = net.scale.grad
    net.zero_grad(set_to_none=False)
    assert net.scale.grad is kept
    assert kept.item() == 0
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters())


def test_conversion_is_in_place():
    net = Net()
    net.count = nn.Buffer(autograd.tensor(3))
    net(autograd.ones(1, 3)).sum().backward()
    p, expected = net.first.weight, net.first.weight.grad.double()
    assert net.double() is net
    assert net.first.weight is p
    assert p.dtype == p.grad.dtype == net.mean.dtype == autograd.float64
    assert net.count.dtype == autograd.int64
    assert (p.grad == expected).all()
    assert net(autograd.ones(1, 3, dtype=autograd.float64)).dtype == autograd.float64
    assert net.half().scale.dtype == autograd.float16
    assert net.to(autograd.zeros(1)).scale.dtype == autograd.float32
    assert net.to("cpu", autograd.float64).scale.dtype == autograd.float64
    assert net.to(device="cpu").float().cpu().scale.dtype == autograd.float32
    net(autograd.ones(1, 3)).sum().backward()
    assert net.scale.grad.dtype == autograd.float32


# ------------------------------------------------------------------------------------------ state


def test_state_dict():
    net = Net()
    state = net.state_dict()
    assert isinstance(state, OrderedDict)
    assert list(state) == NAMES
    assert not any(t.requires_grad for t in state.values())
    assert np.shares_memory(state["scale"].array, net.scale.array)
    assert net.state_dict(keep_vars=True)["scale"] is net.scale
    assert list(net.state_dict(prefix="net.", destination={"x": 1}))[:2] == ["x", "net.scale"]


def test_loading_copies():
    net, other = Net(), Net()
    p = net.first.weight
    result = net.load_state_dict(other.state_dict())
    assert result == ([], [])
    assert repr(result) == "<All keys matched successfully>"
    assert net.first.weight is p
    assert not np.shares_memory(p.array, other.first.weight.array)
    for name, value in other.state_dict().items():
        np.testing.assert_array_equal(net.state_dict()[name].array, value.array)
    net.double().load_state_dict(
        {n: t.numpy() for n, t in other.state_dict().items()}
    )  # arrays; keeps its dtype
    assert net.scale.dtype == autograd.float64


def test_loading_that_does_not_fit_names_all_and_changes_nothing():
    net = Net()
    before = copy.deepcopy(net.state_dict())
    state = {n: autograd.full(t.shape, 7.0) for n, t in net.state_dict().items()}
    del state["scale"], state["last.1.bias"]
    state |= {"lats.1.bias": autograd.zeros(2), "extra": autograd.zeros(1)}
    state |= {"first.weight": autograd.zeros(4, 5), "mean": autograd.zeros(3), "first.bias": "text"}
    with pytest.raises(StateDictError) as found:
        net.load_state_dict(state)
    message = str(found.value)
    assert isinstance(found.value, RuntimeError)
    for part in (
        'Missing key(s) in state_dict: "scale", "last.1.bias".',
        'Unexpected key(s) in state_dict: "lats.1.bias", "extra".',
        "size mismatch for first.weight: copying a param with shape (4, 5) from checkpoint, "
        "the shape in current model is (4, 3).",
        "size mismatch for mean",
        "first.bias: expected a tensor or an array, got str.",
        "nothing was changed",
    ):
        assert part in message
    for name, value in before.items():
        np.testing.assert_array_equal(net.state_dict()[name].array, value.array)
    with pytest.raises(ArgumentError, match="needs a dict of tensors by name, got list"):
        net.load_state_dict([])


def test_loading_what_cannot_be_converted_or_written():
    module = nn.Module()
    module.count = nn.Buffer(autograd.tensor(3))
    module.w = nn.Parameter(autograd.zeros(2))
    module.w.array.flags.writeable = False
    with pytest.raises(StateDictError) as found:
        module.load_state_dict({"count": np.array("text"), "w": autograd.ones(2)})
    assert "count: cannot load <U4 values." in str(found.value)
    assert "w: the model's tensor is read-only" in str(found.value)
    module.load_state_dict({"count": autograd.tensor([7])}, strict=False)  # as files of old have it
    assert module.count.item() == 7
    module.load_state_dict(
        {"count": autograd.tensor(8.5)}, strict=False
    )  # an average of state dicts; as copy_ does
    assert module.count.item() == 8
    result = module.load_state_dict({}, strict=False)
    assert repr(result) == "_IncompatibleKeys(missing_keys=['w', 'count'], unexpected_keys=[])"


def test_loading_a_part():
    net = Net()
    missing, unexpected = net.load_state_dict({"scale": autograd.full((1,), 5.0), "x": 1}, strict=False)
    assert missing == [n for n in NAMES if n != "scale"]
    assert unexpected == ["x"]
    assert net.scale.item() == 5
    with pytest.raises(StateDictError, match="size mismatch for scale"):
        net.load_state_dict({"scale": autograd.zeros(2)}, strict=False)


def test_loading_by_assignment():
    net = Net()
    net.first.bias.requires_grad_(False)
    state = {n: t.clone().double() for n, t in net.state_dict().items()}
    net.load_state_dict(state, assign=True)
    assert np.shares_memory(net.scale.array, state["scale"].array)
    assert isinstance(net.scale, nn.Parameter)
    assert net.scale.requires_grad
    assert not net.first.bias.requires_grad
    assert net.mean is state["mean"]
    assert net.first.weight.dtype == autograd.float64


def test_loading_is_noticed_by_graphs_that_saved_the_parameter():
    net = Net()
    out = net(autograd.ones(1, 3)).sum()
    net.load_state_dict(net.state_dict())
    with pytest.raises(autograd.errors.InPlaceError):
        out.backward()


def test_a_file(tmp_path):
    net, other = Net(), Net()
    autograd.save(net.state_dict(), tmp_path / "net.safetensors")
    other.load_state_dict(autograd.load(tmp_path / "net.safetensors"))
    x = autograd.randn(5, 3)
    np.testing.assert_array_equal(net(x).detach().numpy(), other(x).detach().numpy())


def test_copies_are_independent_and_keep_what_is_shared():
    net = Net()
    net.again = net.scale
    other = copy.deepcopy(net)
    assert other.again is other.scale
    assert other.scale is not net.scale
    assert list(other.state_dict()) == list(net.state_dict())
    other.extra = nn.ReLU()
    assert "extra" not in net._modules
    x = autograd.ones(1, 3)
    np.testing.assert_array_equal(net(x).detach().numpy(), other(x).detach().numpy())
    back = pickle.loads(pickle.dumps(net))  # what multiprocessing does
    assert back.again is back.scale
    np.testing.assert_array_equal(net(x).detach().numpy(), back(x).detach().numpy())
    assert multiprocessing.get_all_start_methods()


# ------------------------------------------------------------------------------------------ hooks


def test_forward_hooks():
    layer = nn.Linear(2, 2)
    x = autograd.ones(1, 2)
    plain = layer(x)
    seen = []
    handles = [
        layer.register_forward_pre_hook(lambda m, args: seen.append(("pre", len(args)))),
        layer.register_forward_pre_hook(lambda m, args: (args[0] * 2,)),
        layer.register_forward_hook(lambda m, args, out: seen.append(("post", args[0].tolist()))),
        layer.register_forward_hook(lambda m, args, out: out + 1),
        layer.register_forward_hook(lambda m, args, out: seen.append("first"), prepend=True),
    ]
    np.testing.assert_allclose(
        (layer(x) - 1 - layer.bias).detach(), (2 * (plain - layer.bias)).detach(), rtol=1e-5
    )
    assert seen == [("pre", 1), "first", ("post", [[2.0, 2.0]])]
    for handle in handles:
        handle.remove()
    np.testing.assert_array_equal(layer(x).detach(), plain.detach())


def test_forward_hooks_with_keyword_arguments():
    class Scale(nn.Module):
        def forward(self, x, factor=1):
            return x * factor

    module = Scale()
    module.register_forward_pre_hook(lambda m, args, kwargs: (args, {"factor": 3}), with_kwargs=True)
    module.register_forward_hook(lambda m, args, kwargs, out: out + kwargs["factor"], with_kwargs=True)
    assert module(2, factor=5) == 9


def test_hooks_that_are_always_called():
    class Fails(nn.Module):
        def forward(self):
            raise ZeroDivisionError

    module, seen = Fails(), []
    module.register_forward_hook(lambda m, args, out: seen.append("never"))
    module.register_forward_hook(lambda m, args, out: seen.append(out), always_call=True)
    with pytest.raises(ZeroDivisionError):
        module()
    assert seen == [None]


def learn(module):
    with autograd.no_grad():
        module.scale.fill_(7)
        module.mean[0] = 5


def test_forked_processes_share_a_model():
    net = Net()
    weight, values = net.first.weight, net.first.weight.tolist()
    assert net.share_memory() is net
    assert net.first.weight is weight
    assert weight.is_shared()
    assert weight.requires_grad
    assert weight.tolist() == values
    process = multiprocessing.get_context("fork").Process(target=learn, args=(net,))
    process.start()
    process.join()
    assert net.scale.item() == 7
    assert net.mean.tolist() == [5.0, 0.0]
    assert not Net().scale.is_shared()


def test_compiling_is_allowed_and_does_nothing():
    net = Net()
    net.compile(mode="default")
    assert net(autograd.ones(1, 3)).shape == (1, 2)


def test_the_older_names_of_hardtanhs_bounds():
    with pytest.warns(FutureWarning, match="min_val"):
        layer = nn.Hardtanh(min_value=-0.5, max_val=2.0)
    assert (layer.min_val, layer.max_val) == (-0.5, 2.0)
