"""`examples/char_lstm.py`: it learns, writes, and goes on from its checkpoint as if it had never been interrupted."""

import importlib.util
import math
from pathlib import Path

import pytest

import autograd

FILE = Path(__file__).resolve().parent.parent / "examples" / "char_lstm.py"
SMALL = ["--hidden", "16", "--characters", "20000", "--length", "16"]


@pytest.fixture(scope="module")
def program():
    """The program, as a module."""
    spec = importlib.util.spec_from_file_location("char_lstm_example", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_learns_and_writes(program, tmp_path, capsys):
    history = program.main([*SMALL, "--epochs", "4", "--out", str(tmp_path / "new" / "out")])
    text = program.load_text(20_000)
    at_random = math.log(len(set(text)))
    assert history == sorted(history, reverse=True)
    assert history[-1] < 0.7 * at_random
    printed = capsys.readouterr().out
    assert printed.count("bits a character") == 4
    written = printed.rpartition("on other text\n")[2].partition("\n\ncheckpoint")[0]
    assert written.startswith(text[0])
    assert set(written) <= set(text)
    assert len(written) >= 190


def test_a_resumed_run_gives_the_same_numbers(program, tmp_path, capsys):
    whole = program.main([*SMALL, "--epochs", "3", "--out", str(tmp_path / "whole")])
    first = program.main([*SMALL, "--epochs", "1", "--out", str(tmp_path / "parts")])
    assert first == whole[:1]
    resumed = program.main([*SMALL, "--epochs", "3", "--resume", "--out", str(tmp_path / "parts")])
    assert resumed == whole
    assert "1 epochs so far" in capsys.readouterr().out
    a, b = (autograd.load(tmp_path / name / "char_lstm.safetensors") for name in ("whole", "parts"))
    for name, value in a["model"].items():
        assert (value == b["model"][name]).all(), name
    with pytest.raises(SystemExit, match="another text"):
        program.main([*SMALL[:2], "--characters", "5000", "--resume", "--out", str(tmp_path / "parts")])


def test_stretches(program):
    cut = program.in_stretches(autograd.arange(11), 3)
    assert cut.tolist() == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]


def test_another_text(program, tmp_path, capsys):
    file = tmp_path / "text.txt"
    file.write_text("abcd" * 1000, encoding="utf-8")
    history = program.main(
        ["--hidden", "8", "--length", "8", "--epochs", "6", "--text", str(file), "--out", str(tmp_path)]
    )
    assert history[-1] < 0.2  # there is nothing to guess
    assert "abcdabcd" in capsys.readouterr().out
