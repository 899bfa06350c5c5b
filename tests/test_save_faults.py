"""Faults around files: a save that is killed or finds the disk full, and files that are damaged in any way.

The old file is whole, the error says what is wrong, and the model that was to be loaded into is untouched.
"""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

import autograd
import nn
from autograd.errors import AutogradError, FileFormatError

PROGRAM = """
import os, sys, time
import autograd

def slowly(write):
    def chunks(data):
        for start in range(0, len(data), 1 << 20):
            write(data[start : start + (1 << 20)])
            if start == 1 << 21:
                print("writing", flush=True)
            time.sleep(0.02 if start > 1 << 21 else 0)
        return len(data)
    return chunks

class Slow:
    def __init__(self, opened):
        self.opened = opened
    def __enter__(self):
        self.opened.__enter__()
        return self
    def __exit__(self, *found):
        return self.opened.__exit__(*found)
    def write(self, data):
        return slowly(self.opened.write)(data)
    def __getattr__(self, name):
        return getattr(self.opened, name)

fdopen = os.fdopen
os.fdopen = lambda *arguments: Slow(fdopen(*arguments))
autograd.save({"w": autograd.zeros(50_000_000 // 4)}, sys.argv[1])
print("saved", flush=True)
"""


def model():
    autograd.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))


def weights(m):
    return {k: v.numpy().copy() for k, v in m.state_dict().items()}


def same(a, b):
    return a.keys() == b.keys() and all(np.array_equal(a[k], b[k]) for k in a)


@pytest.fixture
def saved(tmp_path):
    """A model's file."""
    path = tmp_path / "model.safetensors"
    autograd.save(model().state_dict(), path)
    return path


def test_a_save_that_is_killed_leaves_the_old_file(tmp_path):
    path = tmp_path / "weights.safetensors"
    autograd.save({"w": autograd.ones(5)}, path)
    before = path.read_bytes()
    program = subprocess.Popen([sys.executable, "-c", PROGRAM, str(path)], stdout=subprocess.PIPE, text=True)
    assert program.stdout.readline() == "writing\n"
    program.kill()
    out, _ = program.communicate(timeout=30)
    assert (program.returncode, out) == (-signal.SIGKILL, "")
    assert path.read_bytes() == before
    assert autograd.load(path)["w"].tolist() == [1.0] * 5
    autograd.save({"w": autograd.zeros(2)}, path)  # what the other left does not stand in the way
    assert autograd.load(path)["w"].tolist() == [0.0, 0.0]


def test_saves_that_are_killed_at_any_time(tmp_path):
    """At whatever moment a program dies that saves again and again, the file is one that it saved."""
    path = tmp_path / "weights.safetensors"
    program = """
        import sys, autograd
        for n in range(10**9):
            autograd.save({"n": autograd.full((20_000,), float(n))}, sys.argv[1])
            if n == 0:
                print("begun", flush=True)
    """
    for moment in (0.0, 0.013, 0.05):
        running = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(program), str(path)], stdout=subprocess.PIPE, text=True
        )
        assert running.stdout.readline() == "begun\n"
        time.sleep(moment)
        running.kill()
        running.communicate(timeout=30)
        found = autograd.load(path)["n"]
        assert found.shape == (20_000,)
        assert (found == found[0]).all()


FULL = """
import resource, signal, sys
import autograd
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    autograd.save({"w": autograd.zeros(1_000_000)}, sys.argv[1])
except OSError as error:
    print(error)
"""


def test_a_file_that_there_is_no_room_for(tmp_path):
    """The system refuses to write more, as it does on a full disk."""
    path = tmp_path / "weights.safetensors"
    autograd.save({"w": autograd.ones(5)}, path)
    before = path.read_bytes()
    done = subprocess.run([sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, check=True)
    assert "File too large" in done.stdout
    assert str(path) in done.stdout
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["weights.safetensors"]


@pytest.mark.parametrize("step", ["write", "fsync", "rename"])
def test_a_full_disk_at_each_step_of_a_save(tmp_path, monkeypatch, step):
    path = tmp_path / "weights.safetensors"
    autograd.save({"w": autograd.ones(5)}, path)
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    if step == "write":
        fdopen = os.fdopen

        def broken(*arguments):
            opened = fdopen(*arguments)
            return Full(opened, full)

        monkeypatch.setattr(os, "fdopen", broken)
    elif step == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(OSError, match=r"No space left on device.*weights\.safetensors") as caught:
        autograd.save({"w": autograd.zeros(5)}, path)
    assert caught.value.errno == 28
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["weights.safetensors"]


class Full:
    """A file that takes a few bytes and no more."""

    def __init__(self, opened, full):
        self.opened, self.full = opened, full

    def __enter__(self):
        return self

    def __exit__(self, *found):
        self.opened.close()

    def write(self, data):
        self.opened.write(data[:10])
        self.full()


def written(header, data=b"", length=None):
    """A safetensors file with this header."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return (len(text) if length is None else length).to_bytes(8, "little") + text + data


def entry(start, end, shape=None, dtype="F32"):
    return {
        "dtype": dtype,
        "shape": [(end - start) // 4] if shape is None else shape,
        "data_offsets": [start, end],
    }


DAMAGED = {
    "nothing": b"",
    "only a length": (5).to_bytes(8, "little"),
    "a header longer than the file": written({"w": entry(0, 8)}, b"\0" * 8, length=10**6),
    "a header of the largest length": written({}, length=2**64 - 1),
    "a header that is not JSON": written(b"{w: 5}", b"\0" * 8),
    "a header that is not UTF-8": written(b'{"\xff": 5}', b"\0" * 8),
    "a header that is a list": written([1, 2], b"\0" * 8),
    "a header nested without end": written(b"[" * 10**5 + b"]" * 10**5),
    "an entry without a shape": written({"w": {"dtype": "F32", "data_offsets": [0, 8]}}, b"\0" * 8),
    "an entry that is a number": written({"w": 5}, b"\0" * 8),
    "data cut off": written({"w": entry(0, 8)}, b"\0" * 7),
    "data too long": written({"w": entry(0, 8)}, b"\0" * 9),
    "overlapping offsets": written({"a": entry(0, 8), "b": entry(4, 12)}, b"\0" * 12),
    "a tensor within another": written({"a": entry(0, 16), "b": entry(4, 8)}, b"\0" * 16),
    "two tensors at one place": written({"a": entry(0, 8), "b": entry(0, 8)}, b"\0" * 8),
    "a hole between tensors": written({"a": entry(0, 8), "b": entry(12, 16)}, b"\0" * 16),
    "offsets backwards": written({"w": {"dtype": "F32", "shape": [2], "data_offsets": [8, 0]}}, b"\0" * 8),
    "negative offsets": written({"w": {"dtype": "F32", "shape": [2], "data_offsets": [-8, 0]}}, b"\0" * 8),
    "offsets beyond the file": written({"w": entry(0, 80)}, b"\0" * 8),
    "a shape that does not fit its data": written({"w": entry(0, 8, [3])}, b"\0" * 8),
    "a shape whose size overflows": written({"w": entry(0, 8, [2**40, 2**40])}, b"\0" * 8),
    "a negative size": written({"w": entry(0, 8, [-2])}, b"\0" * 8),
    "an unknown type": written({"w": entry(0, 8, dtype="C64")}, b"\0" * 8),
    "noise": bytes(range(256)) * 4,
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_refused_and_the_model_untouched(tmp_path, name):
    path = tmp_path / "model.safetensors"
    path.write_bytes(DAMAGED[name])
    m = model()
    before = weights(m)
    with pytest.raises(
        FileFormatError, match=r"load: .*model\.safetensors is not a readable safetensors file \("
    ):
        m.load_state_dict(autograd.load(path))
    assert same(weights(m), before)


def test_a_file_cut_off_anywhere_is_refused(saved):
    data = saved.read_bytes()
    for end in range(0, len(data), 7):
        saved.write_bytes(data[:end])
        with pytest.raises(FileFormatError, match=r"model\.safetensors"):
            autograd.load(saved)


def test_a_file_with_any_byte_of_its_header_changed_is_refused_or_misfits(saved):
    """A changed byte may still make a valid file, of other names or sizes: then the model refuses it, or it fits."""
    data = saved.read_bytes()
    length = 8 + int.from_bytes(data[:8], "little")
    refused = 0
    for at in range(0, length, 3):
        for flip in (0x01, 0x80):
            damaged = bytearray(data)
            damaged[at] ^= flip
            saved.write_bytes(damaged)
            m = model()
            before = weights(m)
            try:
                m.load_state_dict(autograd.load(saved))
            except AutogradError:
                refused += 1
                assert same(weights(m), before)
            else:
                assert all(np.shape(a) == np.shape(before[k]) for k, a in weights(m).items())
    assert refused > 0.9 * 2 * length / 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s.pop("0.weight"), r"Missing key\(s\).*0\.weight"),
        (lambda s: s.update({"3.weight": autograd.ones(2)}), r"Unexpected key\(s\).*3\.weight"),
        (lambda s: s.update({"2.bias": autograd.ones(3)}), r"2\.bias.*\(?\[?3"),
        (lambda s: s.clear(), r"Missing key\(s\)"),
        (
            lambda s: [s.pop("2.weight"), s.update({"0.weight": autograd.ones(1, 1)})],
            r"(?s)Missing.*0\.weight",
        ),
    ],
)
def test_a_file_of_another_model_changes_nothing(tmp_path, change, message):
    state = {k: v + 1 for k, v in model().state_dict().items()}
    change(state)
    path = tmp_path / "other.safetensors"
    autograd.save(state, path)
    m = model()
    before = weights(m)
    with pytest.raises(AutogradError, match=message):
        m.load_state_dict(autograd.load(path))
    assert same(weights(m), before)
    m.load_state_dict(model().state_dict())  # and the model still takes what fits
