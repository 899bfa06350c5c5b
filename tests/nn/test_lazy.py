"""The lazy mechanism: uninitialised parameters and buffers, and modules that complete themselves, beside PyTorch's."""

import copy
import pickle

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd.errors import AutogradError
from nn.lazy import LazyModuleMixin
from nn.parameter import UninitializedBuffer, UninitializedParameter, is_lazy


class Scale(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(autograd.ones(size))
        self.register_buffer("mean", autograd.zeros(size))

    def forward(self, x):
        return x * self.weight + self.mean


class LazyScale(LazyModuleMixin, Scale):
    cls_to_become = Scale

    def __init__(self):
        super().__init__(0)
        self.weight = UninitializedParameter()
        self.mean = UninitializedBuffer()

    def initialize_parameters(self, x):
        if self.has_uninitialized_params():
            with autograd.no_grad():
                self.weight.materialize((x.shape[-1],))
                nn.init.constant_(self.weight, 2)
                self.mean.materialize((x.shape[-1],))
                self.mean.fill_(1)


def test_the_first_call_completes_it():
    layer = LazyScale()
    assert layer.has_uninitialized_params()
    assert [n for n, _ in layer.named_parameters()] == ["weight"]
    assert [n for n, _ in layer.named_buffers()] == ["mean"]
    weight = layer.weight
    out = layer(autograd.ones(2, 3))
    assert type(layer) is Scale
    assert layer.weight is weight
    assert type(layer.weight) is nn.Parameter
    assert type(layer.mean) is autograd.Tensor
    assert out.tolist() == [[3.0] * 3] * 2
    out.sum().backward()
    assert layer.weight.grad.tolist() == [2.0, 2.0, 2.0]
    layer(autograd.ones(2, 3))
    assert layer._call_hooks is None  # as quick as one that never was lazy


def test_an_optimizer_made_before_keeps_the_same_parameter():
    layer = nn.Sequential(LazyScale(), LazyScale())
    parameters = list(layer.parameters())
    layer(autograd.ones(1, 2))
    assert all(p is q for p, q in zip(parameters, layer.parameters(), strict=True))


def test_dtypes_before_the_first_call():
    layer = LazyScale().double()
    assert layer.weight.dtype == layer.mean.dtype == autograd.float64
    assert layer.weight.is_floating_point()
    assert layer.half().weight.dtype == autograd.float16
    layer.to("cpu", autograd.float64).requires_grad_(False)
    assert layer(autograd.ones(1, 2, dtype=autograd.float64)).dtype == autograd.float64
    assert not layer.weight.requires_grad
    p = UninitializedParameter(dtype=autograd.float16)
    p.materialize((2,), dtype=autograd.float64)
    assert p.dtype == autograd.float64
    assert p.grad is None


def test_state_dicts():
    lazy, full = LazyScale(), Scale(3)
    full.mean.fill_(7)
    state = lazy.state_dict()
    assert list(state) == ["weight", "mean"]
    assert repr(state["weight"]) == "<UninitializedParameter>"
    assert LazyScale().load_state_dict(state) == ([], [])
    weight = lazy.weight
    lazy.load_state_dict(full.state_dict())
    assert lazy.weight is weight
    assert not lazy.has_uninitialized_params()
    assert type(lazy) is LazyScale  # until it is called
    assert lazy.mean.tolist() == [7.0] * 3
    assert lazy(autograd.ones(1, 3)).tolist() == [[8.0] * 3]
    assert type(lazy) is Scale
    with pytest.raises(
        RuntimeError, match="weight: cannot load an uninitialized tensor into an initialized one"
    ):
        full.load_state_dict(state)
    assigned = LazyScale()
    assigned.load_state_dict(full.state_dict(), assign=True)
    assert np.shares_memory(assigned.weight.array, full.weight.array)


def test_a_failed_load_leaves_it_uninitialized():
    lazy = LazyScale()
    with pytest.raises(RuntimeError, match="Unexpected"):
        lazy.load_state_dict({**Scale(2).state_dict(), "extra": autograd.ones(1)})
    assert is_lazy(lazy.weight)
    assert is_lazy(lazy.mean)


def test_copies():
    lazy = LazyScale().double()
    for other in (copy.deepcopy(lazy), pickle.loads(pickle.dumps(lazy))):
        assert is_lazy(other.weight)
        assert other.weight is not lazy.weight
        assert other.weight.dtype == autograd.float64
        other(autograd.ones(1, 2))
        assert type(other) is Scale
    assert is_lazy(lazy.weight)
    assert type(lazy) is LazyScale


class Forgetful(LazyModuleMixin, Scale):
    def __init__(self):
        super().__init__(0)
        self.weight = UninitializedParameter()

    def initialize_parameters(self, x):
        pass


class Undefined(LazyModuleMixin, Scale):
    def __init__(self):
        super().__init__(0)


MISTAKES = [
    (lambda: LazyScale().weight * 2, ValueError, "uninitialized parameter.*call the module once"),
    (lambda: LazyScale().mean.sum(), ValueError, "uninitialized buffer"),
    (lambda: LazyScale().weight.shape, RuntimeError, "Can't access the shape of an uninitialized parameter"),
    (lambda: LazyScale().weight.share_memory_(), RuntimeError, "has no memory"),
    (lambda: LazyScale().weight.numel(), ValueError, "uninitialized parameter"),
    (lambda: LazyScale().forward(autograd.ones(1, 2)), ValueError, "uninitialized parameter"),
    (lambda: Forgetful()(autograd.ones(1, 2)), RuntimeError, "module Forgetful has not been fully initialized"),
    (lambda: UninitializedParameter(dtype=autograd.int64), RuntimeError, "floating-point"),
    (lambda: UninitializedParameter().materialize((2,), dtype=autograd.int64), RuntimeError, "floating-point"),
    (lambda: setattr(UninitializedParameter(), "data", autograd.ones(1)), ValueError, "by materialize"),
]  # fmt: skip


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_mistakes(mistake, kind, message):
    with pytest.raises(AutogradError, match=message) as found:
        mistake()
    assert isinstance(found.value, kind)


def test_a_lazy_module_defines_how_it_is_initialized():
    with pytest.raises(NotImplementedError, match="initialize_parameters is not implemented for Undefined"):
        Undefined()(autograd.ones(1, 2))


def test_an_optimizer_made_before_the_first_call_trains():
    layer = LazyScale()
    optimizer = optim.SGD(layer.parameters(), lr=0.1)
    for _ in range(2):
        optimizer.zero_grad()
        layer(autograd.ones(1, 3)).sum().backward()
        optimizer.step()
    np.testing.assert_allclose(layer.weight.detach().numpy(), [1.8] * 3, rtol=1e-6)
