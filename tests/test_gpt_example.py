"""The GPT of `examples/gpt.py`: it learns, and goes on after a stop as if there had been none."""

import importlib.util
import math
from pathlib import Path

import numpy as np
import pytest

import autograd

FILE = Path(__file__).resolve().parent.parent / "examples" / "gpt.py"


@pytest.fixture
def gpt(monkeypatch):
    """The program, as a module, with a smaller model."""
    spec = importlib.util.spec_from_file_location("gpt_example", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, value in {"LENGTH": 16, "WIDTH": 32, "HEADS": 2, "LAYERS": 2, "BATCH": 8}.items():
        monkeypatch.setattr(module, name, value)
    return module


def test_a_run_that_is_resumed(gpt, tmp_path, capsys):
    """The same weights, state and loss, to the last bit."""
    whole, parts = (str(tmp_path / name) for name in ("whole", "parts"))
    loss = gpt.main(["--steps", "12", "--sample", "20", "--out", whole])
    at_once = capsys.readouterr().out
    gpt.main(["--steps", "12", "--stop", "5", "--sample", "3", "--out", parts])
    autograd.rand(7)
    assert gpt.main(["--resume", "--sample", "20", "--out", parts]) == loss
    assert f"loss on text it has not seen: {loss:.3f}" in at_once
    one, other = (autograd.load(Path(folder) / "gpt.safetensors") for folder in (whole, parts))
    assert one["step"] == other["step"] == 12
    assert (one["generator"] == other["generator"]).all()
    for name, value in one["model"].items():
        np.testing.assert_array_equal(value.numpy(), other["model"][name].numpy(), err_msg=name)
    for number, kept in one["optimizer"]["state"].items():
        for name, value in kept.items():
            np.testing.assert_array_equal(value.numpy(), other["optimizer"]["state"][number][name].numpy())
    resumed = capsys.readouterr().out
    assert "before step 6" in resumed
    assert (
        at_once.split("after step 12:")[1].split("to go on")[0]
        == resumed.split("after step 12:")[1].split("to go on")[0]
    )


def test_it_learns(gpt, tmp_path):
    loss = gpt.main(["--steps", "120", "--sample", "5", "--out", str(tmp_path)])
    assert loss < 0.75 * math.log(98)


def test_learning_rates(gpt):
    rates = [gpt.rate_at(step, 800) for step in range(800)]
    assert rates[0] == gpt.RATE / 50
    assert max(rates) == rates[49] == gpt.RATE
    assert rates[50:] == sorted(rates[50:], reverse=True)
    assert gpt.LOWEST_RATE < rates[-1] < 1.01 * gpt.LOWEST_RATE
    assert gpt.rate_at(0, 3) == gpt.RATE


def test_pieces_of_the_text(gpt):
    text = gpt.Text("abcdefghijklmnopqrstuvwxyz" * 2)
    x, y = gpt.batch_of(text.train, autograd.tensor([0, 3]))
    assert text.decode(x[1]) == "defghijklmnopqrs"
    assert text.decode(y[1]) == "efghijklmnopqrst"
    assert text.encode("cab").tolist() == [[2, 0, 1]]


def test_earlier_places_do_not_see_later_ones(gpt):
    model = gpt.GPT(10)
    text = autograd.randint(10, (1, 16))
    other = text.clone()
    other[0, 9] = (text[0, 9] + 1) % 10
    before, after = model(text), model(other)
    np.testing.assert_array_equal(before[:, :9].detach().numpy(), after[:, :9].detach().numpy())
    assert (before[:, 9:] != after[:, 9:]).any()
