"""What other libraries do with modules, beside PyTorch: copies that share, weight dropout, fans, uint8 classes."""

import copy

import numpy as np
import pytest

import nn
from tests.nn.both import compare, fill, ramp


def layer_on_a_copy(lib, n):
    """What is done to a shallow copy leaves the module it was made from as it was: PyTorch's share their dicts."""
    module = fill(lib, n.Sequential(n.Linear(2, 2)))
    other = copy.copy(module)
    other._modules = dict(other._modules)
    other._buffers = dict(other._buffers)
    other.add_module("more", n.ReLU())
    other.register_buffer("mean", lib.ones(2))
    return (
        repr(module),
        repr(other),
        list(module.state_dict()),
        list(other.state_dict()),
        module(lib.ones(1, 2)),
    )


def replica(lib, n):
    """As data parallelism makes them."""
    module = fill(lib, n.BatchNorm1d(3))
    module.inner = n.ReLU()
    other = module.__new__(type(module))
    other.__dict__ = module.__dict__.copy()
    other._parameters = {}
    other._buffers = other._buffers.copy()
    other._modules = other._modules.copy()
    other._buffers["running_mean"] = lib.ones(3)
    other._modules["inner"] = n.Tanh()
    return (
        [k for k, _ in other.named_parameters()], dict(other.named_buffers()), repr(other),
        [k for k, _ in module.named_parameters()], dict(module.named_buffers()), repr(module),
    )  # fmt: skip


def own_set_state(lib, n):
    class Layer(n.Linear):
        def __setstate__(self, state):
            super().__setstate__(state)
            self.restored = True

    module = fill(lib, Layer(2, 3))
    other = copy.deepcopy(module)
    return other.restored, dict(other.named_parameters()), hasattr(module, "restored")


def assigned_dict(lib, n):
    module = n.Linear(2, 2)
    module._parameters = {"bias": module.bias, "scale": n.Parameter(lib.ones(1))}
    return [k for k, _ in module.named_parameters()], hasattr(module, "weight"), list(module.state_dict())


def weight_dropout(lib, n):
    class WeightDropout(n.Module):
        def __init__(self, module, name):
            super().__init__()
            self.module, self.name = module, name
            weight = getattr(module, name)
            delattr(module, name)
            self.raw = n.Parameter(weight.data)
            setattr(module, name, weight.clone())

        def forward(self, *args):
            setattr(self.module, self.name, self.raw * 0.5)
            return self.module(*args)

    model = WeightDropout(fill(lib, n.LSTM(3, 4).double()), "weight_hh_l0")
    out, _ = model(ramp(lib, 5, 2, 3))
    out.square().sum().backward()
    names = model.module._flat_weights_names
    shapes = [list(w.shape) for w in model.module._flat_weights]
    return out, {k: p.grad for k, p in model.named_parameters()}, names, shapes


def fans(lib, n):
    w = lib.zeros(4, 3, 5, 5)
    return (
        n.init._calculate_fan_in_and_fan_out(w),
        n.init._calculate_correct_fan(w, "fan_in"),
        n.init._calculate_correct_fan(w, "FAN_OUT"),
    )


def fan_of_a_vector(lib, n):
    return n.init._calculate_fan_in_and_fan_out(lib.zeros(3))


def unknown_fan(lib, n):
    return n.init._calculate_correct_fan(lib.zeros(3, 3), "both")


def class_out_of_range(lib, n):
    return n.functional.one_hot(lib.tensor([0, 3]), 3)


def lazy_number(lib, n):
    return n.LazyLinear(3)(lib.ones(()))


def changed_results(lib, n):
    """Residual connections, masks and dropout in place, on what recurrent layers returned."""
    found = []
    for kind in (n.RNN, n.GRU, n.LSTM):
        for options in ({}, {"num_layers": 2, "batch_first": True}, {"bidirectional": True}):
            shortened = [{**options, "proj_size": 1}] if kind is n.LSTM else []
            for given in (options, *shortened):
                layer = fill(lib, kind(2, 2, **given).double())
                x = ramp(lib, 3, 2, 2, requires_grad=True)
                out, h = layer(x)
                out += 1
                out[:, 1] = 0
                out.tanh_()
                h = h[0] if kind is n.LSTM else h
                (out.square().sum() + h.mul_(3).sum()).backward()
                found += [out, h, x.grad, *(p.grad for p in layer.parameters())]
    return found


def changed_packed_results(lib, n):
    layer = fill(lib, n.GRU(2, 2).double())
    x = ramp(lib, 3, 2, 2, requires_grad=True)
    out, _ = layer(n.utils.rnn.pack_padded_sequence(x, [3, 2]))
    out.data.mul_(2)
    out.data.square().sum().backward()
    return x.grad, [p.grad for p in layer.parameters()]


PROGRAMS = [
    changed_results, changed_packed_results,
    layer_on_a_copy, replica, own_set_state, assigned_dict, weight_dropout, fans, fan_of_a_vector, unknown_fan,
    lazy_number, class_out_of_range,
]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_as_in_pytorch(program):
    compare(program, 1e-10)


def test_a_shallow_copy_has_members_of_its_own():
    module = nn.Sequential(nn.Linear(2, 2))
    other = copy.copy(module)
    other.add_module("more", nn.ReLU())
    del other[0]
    assert [name for name, _ in module.named_children()] == ["0"]
    assert [name for name, _ in other.named_children()] == ["0"]
    assert isinstance(other[0], nn.ReLU)
    assert isinstance(module[0], nn.Linear)


@pytest.mark.parametrize("layer", [nn.RNN, nn.GRU, nn.LSTM, nn.RNNCell, nn.GRUCell])
def test_an_initial_state_that_is_no_tensor(layer):
    shape = (2, 1, 3) if layer in (nn.RNN, nn.GRU, nn.LSTM) else (1, 3)
    x = nn.Parameter(np.ones(shape, np.float32))
    with pytest.raises(TypeError, match=r"tensor"):
        layer(3, 4)(x, ("h", "c"))
