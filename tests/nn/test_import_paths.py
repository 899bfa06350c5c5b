"""PyTorch's places: what a program imports from torch.nn.modules, torch.nn.parameter or torch.nn.utils is there."""

import importlib
from collections import OrderedDict

import pytest

import nn
from nn import common_types
from nn.modules.utils import _pair, _quadruple, _reverse_repeat_tuple, _single, _triple

torch = pytest.importorskip("torch")

PLACES = [
    f"modules.{name}"
    for name in (
        "activation", "adaptive", "batchnorm", "channelshuffle", "container", "conv", "distance", "dropout", "flatten",
        "fold", "instancenorm", "lazy", "linear", "loss", "module", "normalization", "padding", "pixelshuffle",
        "pooling", "rnn", "sparse", "transformer", "upsampling", "utils",
    )
]  # fmt: skip
PLACES += [
    "parameter",
    "utils.parametrize",
    "utils.parametrizations",
    "utils.prune",
    "utils.stateless",
    "functional",
]
PLACES += ["init", "utils.clip_grad", "utils.convert_parameters", "utils.rnn"]


@pytest.mark.parametrize("place", PLACES)
def test_what_is_there_is_there_in_pytorch(place):
    ours = importlib.import_module(f"nn.{place}")
    theirs = importlib.import_module(f"torch.nn.{place}")
    public = getattr(ours, "__all__", [name for name in vars(ours) if name in getattr(theirs, "__all__", ())])
    assert public
    if place.startswith("modules.") or "prune" in place or "param" in place:
        assert [name for name in public if not hasattr(theirs, name)] == []
    for name in public:
        if "prune" not in place and hasattr(torch.nn, name) and isinstance(getattr(nn, name, None), type):
            assert getattr(ours, name) is getattr(nn, name)


def test_the_package_of_all_places_has_all_layers():
    missing = [name for name in torch.nn.modules.__all__ if not hasattr(nn.modules, name)]
    assert [name for name in missing if hasattr(nn, name)] == []
    assert nn.modules.Module is nn.Module
    with pytest.raises(AttributeError, match="Linaer"):
        _ = nn.modules.Linaer
    with pytest.raises(AttributeError, match="export_onnx"):
        _ = nn.modules.export_onnx


def test_types_of_arguments():
    theirs = [name for name in vars(torch.nn.common_types) if name.endswith("_t") and "scalar" not in name]
    assert [name for name in theirs if not hasattr(common_types, name)] == []
    assert common_types._size_2_t == torch.nn.common_types._size_2_t


def test_classes_of_a_family():
    assert isinstance(nn.BatchNorm2d(1), nn.modules.batchnorm._BatchNorm)
    assert isinstance(nn.InstanceNorm1d(1), nn.modules.instancenorm._InstanceNorm)
    assert isinstance(nn.ConvTranspose2d(1, 1, 1), nn.modules.conv._ConvNd)
    assert isinstance(nn.MSELoss(), nn.modules.loss._Loss)
    assert isinstance(nn.Dropout2d(), nn.modules.dropout._DropoutNd)
    assert issubclass(nn.LSTM, nn.modules.rnn.RNNBase)
    assert not isinstance(nn.GroupNorm(1, 1), nn.modules.batchnorm._BatchNorm)


def test_sizes():
    theirs = torch.nn.modules.utils
    for ours, name in (
        (_single, "_single"),
        (_pair, "_pair"),
        (_triple, "_triple"),
        (_quadruple, "_quadruple"),
    ):
        for value in (3, (1, 2), [4, 5], "ab"):
            assert ours(value) == getattr(theirs, name)(value)
        assert ours.__name__ == name
    assert _reverse_repeat_tuple((1, 2), 2) == theirs._reverse_repeat_tuple((1, 2), 2)


def test_the_prefix_of_a_wrapped_model():
    def run(function):
        state = OrderedDict({"module.a": 1, "b": 2, "module.c": 3})
        state._metadata = OrderedDict(
            {"": {"version": 1}, "module": {"version": 1}, "module.x": {"version": 2}}
        )
        function(state, "module.")
        return list(state.items()), dict(state._metadata)

    assert run(nn.modules.utils.consume_prefix_in_state_dict_if_present) == run(
        torch.nn.modules.utils.consume_prefix_in_state_dict_if_present
    )
