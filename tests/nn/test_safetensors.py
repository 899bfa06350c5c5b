"""Weights as files: what we save `safetensors.torch` reads, and the other way round, whatever is in the state dict."""

import numpy as np
import pytest

import autograd
import nn
from autograd.errors import AutogradError, StateDictError
from tests.nn.both import fill

torch = pytest.importorskip("torch")
theirs = pytest.importorskip("safetensors.torch")


def build(lib, n):
    """A model with every kind of tensor that a state dict can have."""
    model = n.Module()
    model.first = n.Linear(3, 4)
    model.tied = n.Linear(3, 4, bias=False)
    model.tied.weight = model.first.weight
    model.half = n.Linear(2, 2).half()
    model.double = n.Linear(2, 2).double()
    model.turned = n.Parameter(lib.zeros(4, 3).t())
    model.every_second = n.Parameter(lib.zeros(8)[::2])
    model.empty = n.Parameter(lib.zeros(0, 3))
    model.scalar = n.Parameter(lib.tensor(0.0))
    model.frozen = n.Parameter(lib.zeros(2), requires_grad=False)
    for name in ("int8", "uint8", "int16", "int32", "int64", "bool"):
        model.register_buffer(name, lib.tensor([0, 1, 1], dtype=getattr(lib, name)))
    model.register_buffer("steps", lib.tensor(7))
    model.register_buffer("unsaved", lib.zeros(2), persistent=False)
    return fill(lib, model)


def test_our_file_in_pytorch(tmp_path):
    ours, other = build(autograd, nn), build(torch, torch.nn)
    autograd.save(ours.state_dict(), tmp_path / "m.safetensors", {"note": "ours"})
    state = theirs.load_file(tmp_path / "m.safetensors")
    assert sorted(state) == sorted(other.state_dict())
    for name, value in other.state_dict().items():
        assert state[name].dtype == value.dtype
        assert state[name].shape == value.shape
        np.testing.assert_allclose(state[name].numpy(), value.numpy(), rtol=1e-3)
        np.testing.assert_array_equal(state[name].numpy(), ours.state_dict()[name].numpy())
    other.load_state_dict(state)
    other.every_second = torch.nn.Parameter(torch.zeros(4))  # load_model takes no part of a storage
    assert theirs.load_model(other, tmp_path / "m.safetensors", strict=False)[0] == set()


def test_pytorch_s_file_here(tmp_path):
    other = build(torch, torch.nn)
    with torch.no_grad():
        for t in [*other.parameters(), *other.buffers()]:
            t.copy_(t * 0 + 3 if t.dtype != torch.bool else t)
    state = {k: v.clone().contiguous() for k, v in other.state_dict().items()}
    theirs.save_file(state, tmp_path / "m.safetensors", {"note": "theirs"})
    ours = build(autograd, nn)
    assert ours.load_state_dict(autograd.load(tmp_path / "m.safetensors")) == ([], [])
    assert autograd.load_metadata(tmp_path / "m.safetensors") == {"note": "theirs"}
    assert ours.tied.weight is ours.first.weight
    assert ours.turned.stride() == (1, 3)
    for name, value in state.items():
        assert str(ours.state_dict()[name].dtype).split(".")[1] == str(value.dtype).split(".")[1]
        np.testing.assert_array_equal(ours.state_dict()[name].numpy(), value.numpy())


def test_a_file_of_a_whole_model_with_tied_weights(tmp_path):
    other = build(torch, torch.nn)
    other.every_second = torch.nn.Parameter(torch.zeros(4))  # save_model takes no part of a storage
    theirs.save_model(other, str(tmp_path / "m.safetensors"))
    assert "tied.weight" not in theirs.load_file(tmp_path / "m.safetensors")
    ours = build(autograd, nn)
    assert ours.load_state_dict(autograd.load(tmp_path / "m.safetensors")) == ([], [])
    np.testing.assert_array_equal(ours.tied.weight.detach().numpy(), other.first.weight.detach().numpy())


def test_metadata_is_no_tensor(tmp_path):
    autograd.save({"w": autograd.ones(1)}, tmp_path / "m.safetensors", {"best": "w"})
    assert list(autograd.load(tmp_path / "m.safetensors")) == ["w"]


def test_outputs_are_the_same_after_the_file(tmp_path):
    def model(n):
        return n.Sequential(n.Linear(3, 5), n.Tanh(), n.Linear(5, 2))

    other, ours = model(torch.nn), model(nn)
    theirs.save_file(other.state_dict(), tmp_path / "a")
    ours.load_state_dict(autograd.load(tmp_path / "a"))
    x = np.random.default_rng(0).standard_normal((4, 3)).astype("float32")
    np.testing.assert_allclose(
        ours(autograd.tensor(x)).detach().numpy(),
        other(torch.tensor(x)).detach().numpy(),
        rtol=1e-5,
        atol=1e-6,
    )
    autograd.save(ours.state_dict(), tmp_path / "b")
    back = model(torch.nn)
    back.load_state_dict(theirs.load_file(tmp_path / "b"))
    assert all(torch.equal(a, b) for a, b in zip(back.parameters(), other.parameters(), strict=True))


def test_a_file_that_does_not_fit(tmp_path):
    theirs.save_file({"weight": torch.zeros(2, 2), "more": torch.zeros(1)}, tmp_path / "m")
    layer = nn.Linear(3, 2)
    kept = layer.weight.detach().clone()
    with pytest.raises(StateDictError) as found:
        layer.load_state_dict(autograd.load(tmp_path / "m"))
    for part in (
        'Missing key(s) in state_dict: "bias"',
        'Unexpected key(s) in state_dict: "more"',
        "size mismatch",
    ):
        assert part in str(found.value)
    np.testing.assert_array_equal(layer.weight.detach().numpy(), kept.numpy())


def test_a_failed_save_leaves_the_old_file(tmp_path):
    place = tmp_path / "m.safetensors"
    layer = nn.Linear(2, 2)
    autograd.save(layer.state_dict(), place)
    old = place.read_bytes()
    with pytest.raises(AutogradError):
        autograd.save({**layer.state_dict(), "weight": object()}, place)
    with pytest.raises(AutogradError, match="uninitialized"):
        autograd.save({"w": nn.UninitializedParameter()}, place)
    assert place.read_bytes() == old
    assert [p.name for p in tmp_path.iterdir()] == ["m.safetensors"]


def test_extra_state_in_a_file(tmp_path):
    class Counts(nn.Module):
        count = 0

        def get_extra_state(self):
            return {"count": self.count, "table": autograd.ones(2)}

        def set_extra_state(self, state):
            self.count = state["count"]

    model, other = nn.Sequential(Counts(), nn.Linear(1, 1)), nn.Sequential(Counts(), nn.Linear(1, 1))
    model[0].count = 5
    autograd.save(model.state_dict(), tmp_path / "m")
    other.load_state_dict(autograd.load(tmp_path / "m"))
    assert other[0].count == 5


def test_an_optimizer_beside_its_model(tmp_path):
    model = nn.Linear(2, 1)
    autograd.save({"model": model.state_dict(), "epoch": 3, "losses": [0.5, 0.25]}, tmp_path / "m")
    kept = autograd.load(tmp_path / "m")
    assert kept["epoch"] == 3
    assert kept["losses"] == [0.5, 0.25]
    assert nn.Linear(2, 1).load_state_dict(kept["model"]) == ([], [])
    assert sorted(theirs.load_file(tmp_path / "m")) == ["model.bias", "model.weight"]
