"""`examples/watch_training.py`: three networks, and what is wrong with two of them."""

import importlib.util
import struct
from pathlib import Path

import pytest

FILE = Path(__file__).resolve().parent.parent / "examples" / "watch_training.py"


@pytest.fixture(scope="module")
def program():
    """The program, as a module."""
    spec = importlib.util.spec_from_file_location("watch_training_example", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_is_wrong_is_found(program, tmp_path, capsys):
    accuracies = program.main(["--out", str(tmp_path)])
    assert accuracies["sigmoids"] < 0.2
    assert accuracies["too-fast"] < 0.5
    assert accuracies["residual"] > 0.9
    parts = capsys.readouterr().out.split("of the digits are read correctly")[1:]
    sigmoids, too_fast, residual = parts
    assert "layer 0 and" in sigmoids
    assert "vanishing" in sigmoids
    assert "of its units are zero on every example: dead" in too_fast
    assert "vanishing" not in residual
    assert "dead." not in residual
    for name in program.NETWORKS:
        header = (tmp_path / f"watch-{name}.png").read_bytes()[:24]
        assert header.startswith(b"\x89PNG")
        assert min(struct.unpack(">II", header[16:])) > 800
        assert len((tmp_path / f"watch-{name}.csv").read_text().splitlines()) > 1000
