"""Anomaly mode, saving, printing, copying: the tools around the engine."""

import copy
import os
import pickle

import numpy as np
import pytest

import autograd
from autograd import errors


def leaf(values, dtype=autograd.float64):
    return autograd.tensor(values, dtype=dtype, requires_grad=True)


# -- anomaly mode ---------------------------------------------------------------------------------------------------


def test_anomaly_names_operation_shapes_and_line_of_the_forward_nan():
    x = leaf([1.0, -1.0])
    with autograd.detect_anomaly(), pytest.raises(errors.AnomalyError) as caught:
        x.log()  # the line that made it
    text = str(caught.value)
    assert "'log'" in text
    assert "(2,)" in text
    assert "the line that made it" in text


def test_anomaly_names_operation_and_line_of_the_backward_nan():
    x = leaf([0.0, 1.0])
    with autograd.detect_anomaly():
        y = x.sqrt() * 0.0  # recorded here
        with pytest.raises(errors.AnomalyError) as caught:
            y.sum().backward()
    text = str(caught.value)
    assert "backward" in text
    assert "'sqrt'" in text
    assert "recorded here" in text


def test_anomaly_mode_adds_the_line_to_a_freed_graph_error():
    with autograd.detect_anomaly():
        y = leaf(2.0).exp()  # this very line
    y.backward()
    with pytest.raises(errors.GraphFreedError, match="this very line"):
        y.backward()


def test_set_detect_anomaly():
    autograd.set_detect_anomaly(True)
    assert autograd.is_anomaly_enabled()
    autograd.set_detect_anomaly(False)
    assert not autograd.is_anomaly_enabled()


# -- files ----------------------------------------------------------------------------------------------------------


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
    assert set(loaded) == {"a", "b", "n.c", "n.d", "m"}
    np.testing.assert_array_equal(loaded["n.c"].array, np.arange(6.0).reshape(2, 3).T)
    assert loaded["n.c"].dtype == autograd.float64
    assert loaded["b"].item() == 7
    assert loaded["b"].shape == ()
    assert loaded["n.d"].shape == (0, 3)
    assert loaded["m"].tolist() == [True, False]
    assert autograd.load_metadata(path) == {"epoch": "3"}
    loaded["a"] += 1  # writable
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
        ({"a": np.ones(1)}, {"tapegrad.alone": "a"}, errors.ArgumentError, r"'tapegrad\.alone' is reserved"),
        ({"a": {3: np.ones(1)}}, None, errors.ArgumentError, "names must be strings, got 3"),
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


def test_a_pickle_is_refused(tmp_path):
    path = tmp_path / "model.pt"
    path.write_bytes(pickle.dumps({"w": [1.0]}))
    with pytest.raises(errors.FileFormatError):
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
    with pytest.raises(errors.ArgumentError, match="'w' is a list"):
        autograd.save({"w": [1.0]}, path)


# -- printing -------------------------------------------------------------------------------------------------------

PRINTED = [
    np.array([1.0, 2.0, 3.0], np.float32),
    np.array([1.5, -2.25, 3.0], np.float32),
    np.array([[1.0, 2.0], [3.0, 4.5]], np.float32),
    np.array(3.0, np.float32),
    np.array(3, np.int64),
    np.array([1, -20, 300]),
    np.array([1, 2], np.int32),
    np.array([True, False]),
    np.array([], np.float32),
    np.zeros((2, 0), np.float32),
    np.zeros(0, np.int64),
    np.array([1e-7, 1.0], np.float32),
    np.array([1e9, 2e9], np.float32),
    np.array([1e5, 2.5], np.float32),
    np.array([0.001, 1.0], np.float32),
    np.array([np.inf, 1.0, -np.inf, np.nan], np.float32),
    np.array([np.inf, np.nan], np.float32),
    np.array([np.nan, 1.5], np.float32),
    np.array([0.1, 0.2]),
    np.arange(24.0, dtype=np.float32).reshape(2, 3, 4),
    np.arange(30.0, dtype=np.float32),
    np.linspace(-1, 1, 50, dtype=np.float32),
    np.arange(2000),
    np.arange(5000.0, dtype=np.float32).reshape(50, 100),
    np.zeros(3, np.float32),
    np.array([[0.0, -0.5]], np.float32),
]


@pytest.mark.parametrize("values", PRINTED, ids=str)
def test_repr_is_pytorchs(values):
    torch = pytest.importorskip("torch")
    theirs = repr(torch.tensor(values)).replace("torch.", "autograd.")
    assert repr(autograd.tensor(values)) == theirs


def test_repr_shows_what_is_not_default():
    x = leaf([1.0, 2.0])
    assert repr(x) == "tensor([1., 2.], dtype=autograd.float64, requires_grad=True)"
    assert repr(x * 2) == "tensor([2., 4.], dtype=autograd.float64, grad_fn=<MulBackward0>)"
    assert repr(autograd.tensor(2.0, requires_grad=True)) == "tensor(2., requires_grad=True)"
    assert f"{autograd.tensor(2.34567):.2f}" == "2.35"


def test_print_options():
    t = autograd.tensor([1.23456, 2.0])
    try:
        autograd.set_printoptions(precision=2)
        assert repr(t) == "tensor([1.23, 2.00])"
        autograd.set_printoptions(sci_mode=True)
        assert repr(t) == "tensor([1.23e+00, 2.00e+00])"
    finally:
        autograd.set_printoptions(profile="default")
    assert repr(t) == "tensor([1.2346, 2.0000])"


# -- copying --------------------------------------------------------------------------------------------------------


def test_deepcopy_and_pickle_of_leaves():
    x = leaf([1.0, 2.0])
    (x * 3).sum().backward()
    y = copy.deepcopy(x)
    assert y.requires_grad
    assert y.is_leaf
    assert y.grad.tolist() == [3.0, 3.0]
    y.array[0] = 9
    assert x.tolist() == [1.0, 2.0]
    z = pickle.loads(pickle.dumps(x))
    assert z.tolist() == [1.0, 2.0]
    assert z.requires_grad
    with pytest.raises(errors.GradientError, match="leaves"):
        copy.deepcopy(x * 2)


def test_attributes_can_be_set_on_tensors():
    x = leaf([1.0])
    x.tag = "weights"
    assert x.tag == "weights"
