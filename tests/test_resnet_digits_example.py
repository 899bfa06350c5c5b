"""`examples/resnet_digits.py`: a short run, and one that was interrupted and went on."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

import autograd

pytest.importorskip("sklearn")

FILE = Path(__file__).resolve().parent.parent / "examples" / "resnet_digits.py"


@pytest.fixture(scope="module")
def example():
    """The program, as a module."""
    spec = importlib.util.spec_from_file_location("resnet_digits_example", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def checkpoint(folder):
    return autograd.load(folder / "resnet_digits.safetensors")


def same(a, b):
    """Whether two checkpoints are equal to the last bit."""
    if isinstance(a, dict):
        assert a.keys() == b.keys()
        return all(same(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    return np.array_equal(np.asarray(a), np.asarray(b))


def test_an_interrupted_run_goes_on_with_the_same_numbers(example, tmp_path, capsys):
    arguments = ["--epochs", "3", "--seed", "1", "--width", "4", "--out"]
    whole, parts = tmp_path / "whole", tmp_path / "new" / "parts"
    accuracy = example.main([*arguments, str(whole)])
    assert f"test accuracy: {accuracy:.2%} of 360 images" in capsys.readouterr().out
    assert accuracy > 0.6
    example.main([*arguments, str(parts), "--stop-after", "1"])
    assert len(checkpoint(parts)["losses"]) == 1
    assert not same(checkpoint(whole), checkpoint(parts))
    assert example.main([*arguments, str(parts), "--resume"]) == accuracy
    assert same(checkpoint(whole), checkpoint(parts))
    losses = checkpoint(whole)["losses"]
    assert len(losses) == 3
    assert losses[2] < losses[1] < losses[0]


def test_a_checkpoint_of_another_run_is_refused(example, tmp_path):
    arguments = ["--width", "2", "--out", str(tmp_path)]
    example.main([*arguments, "--epochs", "2", "--stop-after", "1"])
    with pytest.raises(SystemExit, match="--epochs 2 --seed 0 --width 2"):
        example.main([*arguments, "--epochs", "3", "--resume"])


def test_images_are_shifted_by_a_pixel_at_most(example):
    images = autograd.zeros(2000, 1, 8, 8)
    images[:, 0, 0, 3] = 1.0
    autograd.manual_seed(0)
    moved = example.shifted(images)
    assert moved.shape == images.shape
    places = moved.sum(0)[0].numpy()  # a third of the images loses the pixel over the upper border
    assert places[:2, 2:5].min() > 160
    assert places.sum() == places[:2, 2:5].sum()
    assert 1250 < places.sum() < 1420


@pytest.mark.slow
def test_it_learns_to_read(example, tmp_path):
    assert example.main(["--epochs", "8", "--seed", "2", "--out", str(tmp_path)]) >= 0.985
