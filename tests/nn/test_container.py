"""Containers."""

from collections import OrderedDict

import pytest

import autograd
import nn
from autograd.errors import ArgumentError, AutogradError, DimensionError


def chain(*sizes):
    return nn.Sequential(*(nn.Linear(n, n) for n in sizes))


def sizes(container):
    return [m.in_features for m in container]


def test_sequential_passes_on():
    model = nn.Sequential(OrderedDict(twice=nn.Linear(1, 1), act=nn.ReLU()))
    nn.init.constant_(model.twice.weight, 2)
    nn.init.zeros_(model.twice.bias)
    assert model(autograd.tensor([3.0])).item() == 6
    assert nn.Sequential()(5) == 5
    assert list(model.state_dict()) == ["twice.weight", "twice.bias"]


def test_sequential_is_a_list_of_modules():
    model = chain(1, 2, 3)
    assert sizes(model[:2]) == [1, 2]
    assert type(model[:2]) is nn.Sequential
    assert model[-1] is model[2]
    model.append(nn.Linear(4, 4)).insert(1, nn.Linear(9, 9)).extend([nn.Linear(5, 5)])
    assert sizes(model) == [1, 9, 2, 3, 4, 5]
    assert [n for n, _ in model.named_children()] == list("012345")
    del model[1]
    del model[-2:]
    assert sizes(model) == [1, 2, 3]
    assert [n for n, _ in model.named_children()] == list("012")
    model[0] = nn.Linear(7, 7)
    assert sizes(model) == [7, 2, 3]
    assert model.pop(0).in_features == 7
    assert sizes(model + chain(4)) == [2, 3, 4]
    model += chain(6)
    assert sizes(model * 2) == sizes(2 * model) == [2, 3, 6, 2, 3, 6]
    model *= 2
    assert len(model) == 6
    assert len(list(model.parameters())) == 6  # the same three layers
    model.insert(-1, nn.Linear(8, 8))
    assert sizes(model) == [2, 3, 6, 2, 3, 8, 6]


def test_a_slice_keeps_the_names_and_shares_the_modules():
    model = chain(1, 2, 3)
    assert [n for n, _ in model[1:].named_children()] == ["1", "2"]
    assert model[1:][0] is model[1]


def test_module_list():
    layers = nn.ModuleList([nn.Linear(1, 1)])
    layers.append(nn.Linear(2, 2))
    layers += [nn.Linear(3, 3)]
    layers.insert(0, nn.Linear(0, 0))
    assert sizes(layers) == [0, 1, 2, 3]
    assert sizes(layers[::2]) == [0, 2]
    assert sizes(layers + nn.ModuleList([nn.Linear(4, 4)])) == [0, 1, 2, 3, 4]
    del layers[0]
    assert layers.pop(-1).in_features == 3
    assert layers[1].in_features == 2
    assert "1.weight" in layers.state_dict()
    assert repr(nn.ModuleList()) == "ModuleList()"


def test_module_dict():
    parts = nn.ModuleDict([("a", nn.ReLU()), ("b", nn.Linear(1, 2))])
    parts["c"] = nn.Tanh()
    parts.update({"a": nn.Identity()})
    assert list(parts) == list(parts.keys()) == ["a", "b", "c"]
    assert [type(m).__name__ for m in parts.values()] == ["Identity", "Linear", "Tanh"]
    assert "b" in parts
    assert parts.pop("c") is not None
    assert len(parts) == 2
    assert [name for name, _ in parts.items()] == ["a", "b"]
    del parts["a"]
    assert list(parts.state_dict()) == ["b.weight", "b.bias"]
    parts.clear()
    assert len(parts) == 0


MISTAKES = [
    (lambda: nn.Sequential(nn.ReLU), TypeError, "holds modules, got type; call it to make one"),
    (lambda: nn.Sequential([nn.ReLU()]), TypeError, "holds modules, got list"),
    (lambda: chain(1)[1], IndexError, "index 1 is out of range for 1 modules"),
    (lambda: chain(1).insert(3, nn.ReLU()), IndexError, "insert: index 3 is out of range"),
    (lambda: chain(1) + nn.ModuleList(), ValueError, "only another Sequential can be added"),
    (lambda: chain(1) * 0, ValueError, "a positive integer, got 0"),
    (lambda: chain(1) * 1.5, TypeError, "a positive integer, got 1.5"),
    (lambda: nn.ModuleDict({"a": nn.ReLU()})["b"], KeyError, "no module 'b'; there are a"),
    (lambda: nn.ModuleDict({"a.b": nn.ReLU()}), KeyError, "cannot hold a '.'"),
    (lambda: nn.ModuleDict({"keys": nn.ReLU()}), KeyError, "'keys' is already an attribute"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_mistakes(mistake, kind, message):
    with pytest.raises(AutogradError, match=message) as found:
        mistake()
    assert isinstance(found.value, kind)


def test_a_refused_module_changes_nothing():
    model = chain(1)
    for refused in (
        lambda: model.extend([nn.ReLU(), 3]),
        lambda: model.append(3),
        lambda: model.insert(0, 3),
    ):
        with pytest.raises(ArgumentError):
            refused()
    with pytest.raises(DimensionError):
        model[5] = nn.ReLU()
    assert sizes(model) == [1]


def test_repr_is_that_of_pytorch():
    torch = pytest.importorskip("torch")

    def build(lib):
        block = [lib.Linear(2, 2), lib.Linear(2, 2), lib.Sequential(lib.ReLU(), lib.Dropout(0.1))]
        return lib.Sequential(
            lib.ModuleList([*block, lib.Sequential(lib.ReLU(), lib.Dropout(0.1))]),
            lib.ModuleDict({"x": lib.Identity(), "y": lib.ModuleList()}),
            lib.Sequential(),
            lib.CrossEntropyLoss(),
        )

    assert repr(build(nn)) == repr(build(torch.nn))
