"""Models as files: what is written is read again, and a damaged file changes nothing."""

from __future__ import annotations

import json
import os
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
from autograd.errors import ArgumentError, FileFormatError, StateDictError
from nn import keras
from tests.keras.model_cases import MODELS, straight


def weights_of(model: Any) -> list[Any]:
    return [w.copy() for w in model.get_weights()]


def same(a: list[Any], b: list[Any]) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize("make", MODELS, ids=lambda make: make.__name__)
def test_a_model_is_read_as_it_was(make: Any, tmp_path: Path) -> None:
    model = make(keras)
    path = tmp_path / "model.safetensors"
    model.save(path)
    again = keras.models.load_model(path)
    assert again.to_json() == model.to_json()
    assert same(again.get_weights(), model.get_weights())
    assert sorted(again.state_dict()) == sorted(model.state_dict())


class Residual(keras.layers.Layer):
    def __init__(self, units: int, scale: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.inner = keras.layers.Dense(units)
        self.scale = scale

    def call(self, x: Any) -> Any:
        return x + self.inner(x) * self.scale


class Net(keras.Model):
    def __init__(self, units: int = 4) -> None:
        super().__init__()
        self.units = units
        self.blocks: Any = []
        for _ in range(2):
            self.blocks.append(Residual(units, scale=0.5))
        self.out = keras.layers.Dense(1)

    def call(self, x: Any, training: bool | None = None) -> Any:
        for block in self.blocks:
            x = block(x)
        return self.out(x)

    def get_config(self) -> dict[str, Any]:
        return {"units": self.units}


def test_classes_of_ones_own(tmp_path: Path) -> None:
    model = Net()
    x = np.ones((2, 4), np.float32)
    wanted = model(x)
    model.save(tmp_path / "net")
    with pytest.raises(ArgumentError, match=r"'Net'.*custom_objects"):
        keras.models.load_model(tmp_path / "net")
    again = keras.models.load_model(tmp_path / "net", custom_objects={"Net": Net})
    assert np.array_equal(again(x).detach(), wanted.detach())
    graph = keras.Sequential([keras.Input((4,)), Residual(4, scale=2.0)])
    graph.save(tmp_path / "graph")
    read = keras.models.load_model(tmp_path / "graph", custom_objects={"Residual": Residual})
    assert read.layers[0].scale == 2.0
    assert same(read.get_weights(), graph.get_weights())


def doubled(x: Any) -> Any:
    return 2 * x


def test_functions_are_written_by_name(tmp_path: Path) -> None:
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Lambda(doubled), keras.layers.Dense(2, doubled)]
    )
    model.save(tmp_path / "m")
    with pytest.raises(ArgumentError, match="doubled"):
        keras.models.load_model(tmp_path / "m")
    again = keras.models.load_model(tmp_path / "m", {"doubled": doubled})
    x = np.ones((1, 3), np.float32)
    assert np.array_equal(again(x).detach(), model(x).detach())
    nameless = keras.Sequential([keras.Input((3,)), keras.layers.Lambda(lambda x: x)])
    with pytest.raises(ArgumentError, match="named function"):
        nameless.save(tmp_path / "m")
    assert same(
        keras.models.load_model(tmp_path / "m", {"doubled": doubled}).get_weights(), model.get_weights()
    )


def test_weights_alone(tmp_path: Path) -> None:
    model = straight(keras)
    model.save_weights(tmp_path / "w")
    assert set(autograd.load(tmp_path / "w")) == set(model.state_dict())
    other = straight(keras)
    other.load_weights(tmp_path / "w")
    assert same(other.get_weights(), model.get_weights())
    model.save(tmp_path / "m")
    third = straight(keras)
    third.load_weights(tmp_path / "m")
    assert same(third.get_weights(), model.get_weights())
    with pytest.raises(FileFormatError, match=r"no model.*load_weights"):
        keras.models.load_model(tmp_path / "w")


def test_weights_that_do_not_fit(tmp_path: Path) -> None:
    model = straight(keras)
    before = weights_of(model)
    keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]).save_weights(tmp_path / "w")
    with pytest.raises(StateDictError):
        model.load_weights(tmp_path / "w")
    assert same(model.get_weights(), before)
    with pytest.raises(ArgumentError, match="no weights yet"):
        keras.Sequential([keras.layers.Dense(2)]).load_weights(tmp_path / "w")


def test_what_is_not_built_cannot_be_saved(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="no weights yet"):
        keras.Sequential([keras.layers.Dense(2)]).save(tmp_path / "m")
    assert not list(tmp_path.iterdir())


def test_overwriting_must_be_allowed(tmp_path: Path) -> None:
    model = straight(keras)
    model.save(tmp_path / "m")
    content = (tmp_path / "m").read_bytes()
    with pytest.raises(FileExistsError, match="overwrite=True"):
        straight(keras).save(tmp_path / "m", overwrite=False)
    assert (tmp_path / "m").read_bytes() == content


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = straight(keras)
    model.save(tmp_path / "m")
    content = (tmp_path / "m").read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        straight(keras).save(tmp_path / "m")
    assert (tmp_path / "m").read_bytes() == content
    assert list(tmp_path.iterdir()) == [tmp_path / "m"]


def split(data: bytes) -> tuple[dict[str, Any], bytes]:
    (length,) = struct.unpack("<Q", data[:8])
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def joined(header: dict[str, Any], body: bytes) -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + body


def truncated(data: bytes) -> bytes:
    return data[:-10]


def cut_in_header(data: bytes) -> bytes:
    return data[:100]


def oversized_header(data: bytes) -> bytes:
    return struct.pack("<Q", 1 << 62) + data[8:]


def garbage(data: bytes) -> bytes:
    return b"\x00garbage" * 20


def overlapping(data: bytes) -> bytes:
    header, body = split(data)
    names = [name for name in header if name != "__metadata__"]
    header[names[1]]["data_offsets"] = header[names[0]]["data_offsets"]
    return joined(header, body)


def wrong_key(data: bytes) -> bytes:
    header, body = split(data)
    name = next(name for name in header if name != "__metadata__")
    renamed = {("model.9.other" if key == name else key): value for key, value in header.items()}
    return joined(renamed, body)


def other_architecture(data: bytes) -> bytes:
    header, body = split(data)
    about = json.loads(header["__metadata__"]["tapegrad.keras"])
    about["model"]["config"]["layers"][1]["config"]["filters"] = 7
    header["__metadata__"]["tapegrad.keras"] = json.dumps(about)
    return joined(header, body)


def broken_architecture(data: bytes) -> bytes:
    header, body = split(data)
    header["__metadata__"]["tapegrad.keras"] = (
        '{"version": 1, "model": {"class_name": "Sequential", "config": {}}}'
    )
    return joined(header, body)


def no_json(data: bytes) -> bytes:
    header, body = split(data)
    header["__metadata__"]["tapegrad.keras"] = "{"
    return joined(header, body)


def later_version(data: bytes) -> bytes:
    header, body = split(data)
    about = json.loads(header["__metadata__"]["tapegrad.keras"])
    header["__metadata__"]["tapegrad.keras"] = json.dumps({**about, "version": 99})
    return joined(header, body)


_DAMAGED = r"model\.safetensors.*(not a readable|is damaged|do not fit|version 99)|damaged: |do not fit"

DAMAGES = [
    truncated, cut_in_header, oversized_header, garbage, overlapping, wrong_key, other_architecture,
    broken_architecture, no_json, later_version,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_file_is_an_error_that_names_it(damage: Any, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    straight(keras).save(path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(
        FileFormatError,
        match=_DAMAGED,
    ):
        keras.models.load_model(path)


@pytest.mark.parametrize(
    "damage",
    [truncated, cut_in_header, oversized_header, garbage, overlapping],
    ids=lambda damage: damage.__name__,
)
def test_a_model_is_unchanged_by_a_damaged_file(damage: Any, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    straight(keras).save(path)
    path.write_bytes(damage(path.read_bytes()))
    model = straight(keras)
    before = weights_of(model)
    with pytest.raises(FileFormatError):
        model.load_weights(path)
    assert same(model.get_weights(), before)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        keras.models.load_model(tmp_path / "none")


def test_training_goes_on_where_it_was(tmp_path: Path) -> None:
    """The optimizer's moments, loss and metrics are in the file: two epochs are one, a save, and one."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(64, 3)).astype("float32"), rng.integers(0, 2, 64)

    def made() -> Any:
        model = keras.Sequential(
            [keras.Input((3,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(2, "softmax")]
        )
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    whole = made()
    start = weights_of(whole)
    whole.fit(x, y, epochs=2, shuffle=False, verbose=0)
    half = made()
    half.set_weights(start)
    half.fit(x, y, epochs=1, shuffle=False, verbose=0)
    half.save(tmp_path / "half")
    rest = keras.models.load_model(tmp_path / "half")
    rest.fit(x, y, epochs=1, shuffle=False, verbose=0)
    assert same(rest.get_weights(), whole.get_weights())
    assert rest.evaluate(x, y, verbose=0) == whole.evaluate(x, y, verbose=0)
    assert not keras.models.load_model(tmp_path / "half", compile=False).compiled
