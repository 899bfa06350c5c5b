"""Saving and loading: safetensors files, what is around the tensors, and what is refused."""

import io
import json
import os
import pickle

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd import errors


def test_save_and_load_keep_names_values_dtypes_and_metadata(tmp_path):
    path = tmp_path / "weights.safetensors"
    tensors = {
        "a": autograd.tensor([[1.0, 2.0]], requires_grad=True),
        "b": autograd.tensor(7),
        "n": {"c": autograd.tensor(np.arange(6.0).reshape(2, 3)).t(), "d": autograd.zeros(0, 3)},
        "m": autograd.tensor([True, False]),
    }
    autograd.save(tensors, path, {"epoch": "3"})
    loaded = autograd.load(path)
    assert set(loaded) == {"a", "b", "n", "m"}
    np.testing.assert_array_equal(loaded["n"]["c"].array, np.arange(6.0).reshape(2, 3).T)
    assert loaded["n"]["c"].dtype == autograd.float64
    assert loaded["b"].item() == 7
    assert loaded["b"].shape == ()
    assert loaded["n"]["d"].shape == (0, 3)
    assert loaded["m"].tolist() == [True, False]
    assert autograd.load_metadata(path) == {"epoch": "3"}
    loaded["b"] += 1  # writable
    assert [loaded[k].requires_grad for k in "abm"] == [True, False, False]
    (loaded["a"] * 2).sum().backward()
    assert loaded["a"].grad.tolist() == [[2.0, 2.0]]
    autograd.save(tensors["a"], path)
    assert autograd.load(path).tolist() == [[1.0, 2.0]]


def test_a_dict_with_one_tensor_stays_a_dict(tmp_path):
    path = tmp_path / "x.safetensors"
    autograd.save({"tensor": autograd.ones(2)}, path)
    assert autograd.load(path)["tensor"].tolist() == [1.0, 1.0]
    autograd.save(autograd.ones(2), path, {"epoch": "3"})
    assert autograd.load(path).tolist() == [1.0, 1.0]
    assert autograd.load_metadata(path) == {"epoch": "3"}


def test_other_programs_one_tensor_is_a_dict(tmp_path):
    from safetensors.numpy import save_file

    path = tmp_path / "x.safetensors"
    save_file({"tensor": np.ones(2)}, path)
    assert autograd.load(path)["tensor"].tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("tensors", "metadata", "error", "message"),
    [
        ({"__metadata__": np.ones(1)}, None, errors.ArgumentError, "'__metadata__' is reserved"),
        (
            {"a": np.ones(1)},
            {"tapegrad.structure": "a"},
            errors.ArgumentError,
            r"'tapegrad\.structure' is reserved",
        ),
        ({"a": {(3, 4): np.ones(1)}}, None, errors.ArgumentError, r"a key of 'a' is \(3, 4\)"),
        ({"a": [1, {2}]}, None, errors.ArgumentError, r"'a\.1' is of type set"),
        (object(), None, errors.ArgumentError, "what is to be saved is of type object"),
        ({"a": {"z": np.ones(1, complex)}}, None, errors.DTypeError, r"'a\.z' is an array of complex128"),
    ],
)
def test_what_cannot_be_saved_is_named(tmp_path, tensors, metadata, error, message):
    path = tmp_path / "x.safetensors"
    with pytest.raises(error, match=message):
        autograd.save(tensors, path, metadata)
    assert not path.exists()


def test_torch_reads_our_files_and_we_read_theirs(tmp_path):
    torch = pytest.importorskip("torch")
    safetensors_torch = pytest.importorskip("safetensors.torch")
    path = tmp_path / "x.safetensors"
    autograd.save({"w": autograd.tensor([[1.5, 2.5]])}, path)
    assert safetensors_torch.load_file(path)["w"].tolist() == [[1.5, 2.5]]
    safetensors_torch.save_file({"v": torch.arange(4.0)}, path)
    assert autograd.load(path)["v"].tolist() == [0.0, 1.0, 2.0, 3.0]


@pytest.mark.parametrize("data", [b"", b"short", b"\xff" * 64, (10**12).to_bytes(8, "little") + b"{}"])
def test_damaged_files_are_refused(tmp_path, data):
    path = tmp_path / "bad.safetensors"
    path.write_bytes(data)
    with pytest.raises(errors.FileFormatError, match=r"bad\.safetensors"):
        autograd.load(path)
    with pytest.raises(errors.FileFormatError, match=r"bad\.safetensors"):
        autograd.load_metadata(path)


@pytest.mark.parametrize("length", [640, 1152, 1408])
def test_a_header_whose_length_begins_as_a_pickle_does(length):
    """The length of the header comes first, and that of 640 bytes is 80 02 in hexadecimal."""
    for n in range(length - 100, length):
        file = io.BytesIO()
        autograd.save({"w": autograd.tensor([1.0, 2.0])}, file, {"note": "x" * n})
        if file.getvalue()[:2] == length.to_bytes(2, "little"):
            break
    assert file.getvalue()[:8] == length.to_bytes(8, "little")
    file.seek(0)
    np.testing.assert_array_equal(autograd.load(file)["w"].numpy(), [1.0, 2.0])


def test_a_pickle_is_refused(tmp_path):
    path = tmp_path / "model.pt"
    path.write_bytes(pickle.dumps({"w": [1.0]}))
    with pytest.raises(errors.FileFormatError, match=r"model\.pt.*pickle.*never"):
        autograd.load(path)


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "weights.safetensors"
    autograd.save({"w": autograd.ones(2)}, path)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        autograd.save({"w": autograd.zeros(2)}, path)
    monkeypatch.undo()
    assert autograd.load(path)["w"].tolist() == [1.0, 1.0]
    assert [p.name for p in tmp_path.iterdir()] == ["weights.safetensors"]
    with pytest.raises(errors.ArgumentError, match="'w' is of type set"):
        autograd.save({"w": {1.0}}, path)
    assert autograd.load(path)["w"].tolist() == [1.0, 1.0]


def test_structure_is_restored(tmp_path):
    path = tmp_path / "checkpoint.safetensors"
    checkpoint = {
        "epoch": 5,
        "loss": float("inf"),
        "name": "run \u00e9",
        "best": None,
        "flags": [True, False],
        "pair": (1, 2.5),
        "scalar": np.float32(0.5),
        "weights": {"a.b": autograd.ones(2), "a": {"b": autograd.zeros(3)}},
        "history": [autograd.tensor([1.0]), {"last": autograd.tensor(7)}],
        "by number": {0: autograd.ones(1), 1.5: "x"},
        "empty": {},
    }
    autograd.save(checkpoint, path)
    read = autograd.load(path)

    def plain(value):
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(plain(v) for v in value)
        return value.tolist() if isinstance(value, autograd.Tensor) else value

    assert plain(read) == plain({**checkpoint, "scalar": 0.5})
    assert list(read) == list(checkpoint)
    assert autograd.load_metadata(path) == {}
    for alone in (autograd.ones(2), [autograd.ones(2), 3], (), "text", 5, {"only": "text"}):
        autograd.save(alone, path)
        assert plain(autograd.load(path)) == plain(alone)


def test_models_and_optimizers_go_on_where_they_were(tmp_path):
    path = tmp_path / "run.safetensors"
    x, y = autograd.randn(16, 4), autograd.randn(16, 1)

    def make(rule):
        autograd.manual_seed(1)
        model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
        return model, rule(model.parameters())

    def train(model, optimizer, steps):
        for _ in range(steps):
            optimizer.zero_grad()
            nn.MSELoss()(model(x), y).backward()
            optimizer.step()

    for rule in (
        lambda p: optim.SGD(p, lr=0.1, momentum=0.9),
        lambda p: optim.Adam(p, lr=0.01, betas=(0.8, 0.99)),
        lambda p: optim.RMSprop(p, lr=0.01),
    ):
        model, optimizer = make(rule)
        train(model, optimizer, 3)
        autograd.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3}, path)
        train(model, optimizer, 3)
        other, restored = make(rule)
        read = autograd.load(path, map_location="cpu", weights_only=True)
        other.load_state_dict(read["model"])
        restored.load_state_dict(read["optimizer"])
        assert read["epoch"] == 3
        train(other, restored, 3)
        for p, q in zip(model.parameters(), other.parameters(), strict=True):
            np.testing.assert_array_equal(p.array, q.array)


def test_files_that_are_open(tmp_path):
    buffer = io.BytesIO()
    autograd.save({"w": autograd.ones(2)}, buffer, {"a": "b"})
    with pytest.raises(errors.FileFormatError, match=r"seek\(0\)"):
        autograd.load(buffer)
    buffer.seek(0)
    assert autograd.load(buffer)["w"].tolist() == [1.0, 1.0]
    buffer.seek(0)
    assert autograd.load_metadata(buffer) == {"a": "b"}
    path = tmp_path / "w"
    with path.open("wb") as opened:
        autograd.save(autograd.zeros(2), opened)
    with path.open("rb") as opened:
        assert autograd.load(f=opened).tolist() == [0.0, 0.0]
    with path.open(encoding="latin-1") as opened, pytest.raises(errors.ArgumentError, match="'rb'"):
        autograd.load(opened)
    assert autograd.load(str(path)).tolist() == [0.0, 0.0]


def test_what_load_takes(tmp_path):
    path = tmp_path / "w.safetensors"
    autograd.save(obj={"w": autograd.ones(2)}, f=path)
    for place in ("cpu", autograd.device("cpu"), lambda storage, location: storage, {"cuda:0": "cpu"}):
        assert autograd.load(path, place)["w"].tolist() == [1.0, 1.0]
    assert autograd.load(path, weights_only=False, mmap=True)["w"].tolist() == [1.0, 1.0]
    with pytest.raises(errors.AutogradError, match="cuda"):
        autograd.load(path, "cuda")
    with pytest.raises(errors.ArgumentError, match="unpickled"):
        autograd.load(path, None, pickle)
    with pytest.raises(FileNotFoundError, match="missing"):
        autograd.load(tmp_path / "missing")
    with pytest.raises(FileNotFoundError, match="nowhere"):
        autograd.save({"w": autograd.ones(2)}, tmp_path / "nowhere" / "w")


def test_a_cut_file_and_types_that_numpy_lacks(tmp_path):
    path = tmp_path / "w.safetensors"
    autograd.save({"w": autograd.ones(1000)}, path)
    data = path.read_bytes()
    for end in (4, 30, len(data) - 1):
        path.write_bytes(data[:end])
        with pytest.raises(errors.FileFormatError, match=r"w\.safetensors"):
            autograd.load(path)
    header = json.dumps({"w": {"dtype": "BF16", "shape": [1], "data_offsets": [0, 2]}}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + b"\0\0")
    with pytest.raises(errors.FileFormatError, match="tensor 'w' is of type BF16"):
        autograd.load(path)


@pytest.mark.parametrize(
    "structure", ["", "[]", '{"t": "no such tensor"}', '{"x": 1}', '{"d": 5}', "[" * 10**5]
)
def test_a_damaged_structure_is_refused(tmp_path, structure):
    from safetensors.numpy import save_file

    path = tmp_path / "w.safetensors"
    save_file({"w": np.ones(2)}, path, {"tapegrad.structure": structure})
    with pytest.raises(errors.FileFormatError, match="its structure is damaged"):
        autograd.load(path)
