"""The first program that anyone runs: `examples/digits.py`."""

import importlib.util
import struct
from pathlib import Path

import pytest

import autograd

pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")

FILE = Path(__file__).resolve().parent.parent / "examples" / "digits.py"


@pytest.fixture(scope="module")
def digits():
    """The program, as a module."""
    spec = importlib.util.spec_from_file_location("digits_example", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_short_run(digits, tmp_path, capsys):
    accuracy = digits.main(["--epochs", "4", "--seed", "1", "--out", str(tmp_path / "new" / "out")])
    assert accuracy > 0.85
    printed = capsys.readouterr().out
    assert f"test accuracy: {accuracy:.2%} of 360 images" in printed
    counts = [
        [int(n.replace("·", "0")) for n in line.split()[1:]]
        for line in printed.splitlines()
        if line[6:7].isdigit()
    ]
    assert [len(row) for row in counts] == [10] * 10
    assert sum(map(sum, counts)) == 360
    assert sum(counts[i][i] for i in range(10)) == round(accuracy * 360)

    png, svg, weights = (
        tmp_path / "new" / "out" / f"digits.{kind}" for kind in ("png", "svg", "safetensors")
    )
    header = png.read_bytes()[:24]
    assert header.startswith(b"\x89PNG")
    assert min(struct.unpack(">II", header[16:])) > 500
    assert "cross_entropy" in svg.read_text(encoding="utf-8")
    assert sorted(autograd.load(weights)) == sorted(digits.make_model().state_dict())


def test_the_parts_are_stratified_and_apart(digits):
    parts = digits.load_parts(3)
    assert [len(x) for x, _ in parts] == [1257, 180, 360]
    for images, labels in parts:
        assert (images.min().item(), images.max().item()) == (0, 1)
        shares = [(labels == digit).float().mean().item() for digit in range(10)]
        assert max(shares) - min(shares) < 0.02
    again = digits.load_parts(3)
    assert all((a[0] == b[0]).all() for a, b in zip(parts, again, strict=True))
    rows = [{tuple(row) for row in x.tolist()} for x, _ in parts]
    assert not rows[0] & rows[2]


@pytest.mark.parametrize("seed", [0, 1])
def test_it_learns_to_read(digits, seed, tmp_path):
    assert digits.main(["--seed", str(seed), "--out", str(tmp_path)]) >= 0.975
