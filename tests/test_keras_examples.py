"""The example programs in the words of Keras, and the regression: short runs, and what they print and leave."""

import importlib.util
from pathlib import Path

import pytest

import autograd

pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")

FOLDER = Path(__file__).resolve().parent.parent / "examples"


def program(name):
    """The program, as a module."""
    spec = importlib.util.spec_from_file_location(f"{name}_example", FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_exclusive_or(capsys):
    assert program("xor_keras").main(["--hidden", "16", "--seed", "3"]) == 1
    printed = capsys.readouterr().out
    assert "seed 3: 4 of 4 right" in printed
    assert printed.count(" xor ") == 4
    assert program("xor_keras").main(["--epochs", "1", "--seeds", "2", "--hidden", "1"]) < 2
    assert "of 2 seeds learnt it" in capsys.readouterr().out


def test_regression(capsys):
    found = [program("regression").main(["--seed", str(seed)]) for seed in (1, 2)]
    assert min(found) > 0.3
    printed = capsys.readouterr().out
    assert f"R² on 111 other patients: {found[0]:.3f}; a straight line: 0.4" in printed


def test_a_time_series(tmp_path, capsys):
    error = program("time_series_lstm").main(
        ["--epochs", "8", "--units", "16", "--length", "800", "--out", str(tmp_path / "new" / "out")]
    )
    printed = capsys.readouterr().out
    repeated = float(printed.partition("repeating the last value: ")[2].partition(";")[0])
    assert 0.1 < error < 0.6 * repeated
    assert printed.count("val_loss: ") == 8
    assert (tmp_path / "new" / "out" / "time_series_lstm.png").read_bytes().startswith(b"\x89PNG")


def test_text_goes_on_where_it_was_stopped(tmp_path, capsys):
    small = ["--characters", "8000", "--units", "16"]
    text = program("text_generation")
    whole = text.main([*small, "--epochs", "3", "--out", str(tmp_path / "whole")])
    first = text.main([*small, "--epochs", "1", "--out", str(tmp_path / "parts")])
    resumed = text.main([*small, "--epochs", "3", "--out", str(tmp_path / "parts")])
    assert first == whole[:1]
    assert resumed == whole == sorted(whole, reverse=True)
    runs = [autograd.load(tmp_path / name / "text_generation.safetensors") for name in ("whole", "parts")]
    for name, value in runs[0]["model"].items():
        assert (value == runs[1]["model"][name]).all(), name
    printed = capsys.readouterr().out
    assert printed.count("bits a character") == 3
    assert text.load_text(20) in printed
