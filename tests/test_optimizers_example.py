"""The picture of the ways that optimizers take: `examples/optimizers.py`."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

FILE = Path(__file__).resolve().parent.parent / "examples" / "optimizers.py"


@pytest.fixture(scope="module")
def example():
    spec = importlib.util.spec_from_file_location("optimizers_example", FILE)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_where_the_ways_end(example):
    rosenbrock, beale, saddle, bowl = example.LANDSCAPES
    ends = {name: example.path(rosenbrock, rule)[-1] for name, rule in example.RULES.items()}
    np.testing.assert_allclose(ends["LBFGS"], [1, 1], atol=1e-4)
    assert rosenbrock.height(*ends["momentum"]) < rosenbrock.height(*ends["SGD"])
    for landscape in (beale, bowl):
        np.testing.assert_allclose(
            example.path(landscape, example.RULES["Adam"])[-1], landscape.best, atol=0.1
        )
    way = example.path(saddle, example.RULES["SGD"])
    assert abs(way[-1][1]) < 0.1  # plain descent is still at the saddle's height
    np.testing.assert_allclose(example.path(saddle, example.RULES["RMSprop"])[-1], saddle.best, atol=0.05)


def test_what_a_learning_rate_does(example):
    def end(rate):
        way = example.path(example.BOWL, lambda p: example.optim.SGD(p, lr=rate, momentum=0.5), 60)
        return example.BOWL.height(*way[-1])

    low, lower, right, high = (end(rate) for rate in example.RATES.values())
    assert right < lower < low < example.BOWL.height(*example.BOWL.start) < high


def test_the_picture(example, tmp_path, capsys):
    example.main(["--steps", "5", "--out", str(tmp_path)])
    file = tmp_path / "optimizers.png"
    assert file.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert str(file) in capsys.readouterr().out
