"""The pages of `examples/see_backprop.py`."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

FILE = Path(__file__).resolve().parent.parent / "examples" / "see_backprop.py"


@pytest.fixture(scope="module")
def program():
    """The program, as a module."""
    spec = importlib.util.spec_from_file_location("see_backprop_example", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def data_of(file: Path):
    text = file.read_text(encoding="utf-8")
    return json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])


def test_three_pages(program, tmp_path, capsys):
    loss = program.main(["--out", str(tmp_path / "new" / "out")])
    assert loss < 0.01, "the network has learned XOR"
    assert f"XOR after 399 steps: mean loss {loss:.4f}" in capsys.readouterr().out
    neuron, xor, attention = (
        data_of(tmp_path / "new" / "out" / f"{n}.html") for n in ("neuron", "xor", "attention")
    )

    assert [n["name"] for n in neuron["nodes"] if n["kind"] == "parameter"] == ["w1", "w2", "b"]
    assert (neuron["scalar"], neuron["frozen"]) == (True, "")
    assert next(n for n in neuron["nodes"] if n["name"] == "y")["source"]["text"] == "y = s.tanh()"

    assert sum(n["op"] == "dot" for n in xor["nodes"]) == 3, (
        "two hidden neurons and one that gives the result"
    )
    assert sum(n["kind"] == "parameter" for n in xor["nodes"]) == 9
    result = len(xor["nodes"]) - 1
    losses = [frame["values"][result] for frame in xor["frames"]]
    assert len(losses) == 43
    assert losses[0] > 1
    assert losses[-1] < 0.01
    assert xor["frames"][0]["label"] == "step 3: 1 xor 1"

    assert {n["module"] for n in attention["nodes"]} == {"", "head", "head.query", "head.key", "head.value"}
    checks = [n["check"]["difference"] for n in attention["nodes"] if n["check"]]
    assert len(checks) >= 3
    assert max(checks) < 1e-5


def test_one_page(program, tmp_path):
    program.main(["--only", "xor", "--steps", "8", "--out", str(tmp_path)])
    assert [f.name for f in tmp_path.iterdir()] == ["xor.html"]
    frames = data_of(tmp_path / "xor.html")["frames"]
    assert [frame["label"] for frame in frames] == ["step 3: 1 xor 1", "step 7: 1 xor 1"]
