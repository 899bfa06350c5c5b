"""Arithmetic at the edges of the number line, against NumPy, which follows IEEE 754."""

import itertools
import math

import numpy as np
import pytest

from autograd import reals

GRID = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -2.5,
    2.0,
    3.0,
    1e-300,
    1e300,
    -1e300,
    709.0,
    1000.0,
    -1000.0,
    math.inf,
    -math.inf,
    math.nan,
]


def same(ours: float, theirs: float) -> bool:
    """Equal to rounding, with the sign of a zero, and nan the same as nan."""
    if math.isnan(theirs):
        return math.isnan(ours)
    return math.isclose(ours, theirs, rel_tol=1e-14) and math.copysign(1, ours) == math.copysign(1, theirs)


@pytest.mark.parametrize("name", ["exp", "log", "sqrt", "sin", "cos"])
def test_functions_of_one_number(name: str) -> None:
    with np.errstate(all="ignore"):
        wrong = [x for x in GRID if not same(getattr(reals, name)(x), float(getattr(np, name)(x)))]
    assert wrong == []


@pytest.mark.parametrize("name", ["divide", "power", "maximum", "minimum"])
def test_functions_of_two_numbers(name: str) -> None:
    with np.errstate(all="ignore"):
        wrong = [
            (x, y)
            for x, y in itertools.product(GRID, GRID)
            if not same(getattr(reals, name)(x, y), float(getattr(np, name)(x, y)))
        ]
    free = {
        "maximum": {(0.0, -0.0), (-0.0, 0.0)},  # either zero may be given
        "minimum": {(0.0, -0.0), (-0.0, 0.0)},
        "power": {
            (-0.0, 0.5),
            (-math.inf, 0.5),
        },  # NumPy takes a square root: -0 and nan; IEEE 754 says 0 and inf
    }
    assert set(wrong) <= free.get(name, set())


def test_power_at_the_edges() -> None:
    assert reals.power(-0.0, -1.0) == -math.inf
    assert reals.power(-0.0, -2.0) == math.inf
    assert reals.power(-math.inf, 0.5) == math.inf
    assert math.isnan(reals.power(-8.0, 1 / 3))
    assert math.isnan(reals.power(-1e200, 2.7))
    assert reals.power(math.nan, 0.0) == 1


def test_whole_numbers() -> None:
    assert reals.power(2, 10) == 1024
    assert reals.power(0, -1) == math.inf
    assert math.isnan(reals.power(-2, 0.5))
    assert reals.divide(1, 0) == math.inf
    assert reals.divide(-1, 0) == -math.inf
    assert math.isnan(reals.divide(0, 0))


def test_sigmoid_saturates_and_keeps_its_small_values() -> None:
    assert [reals.sigmoid(x) for x in (-math.inf, -1000.0, 0.0, 1000.0, math.inf)] == [0, 0, 0.5, 1, 1]
    assert math.isclose(reals.sigmoid(-40.0), math.exp(-40.0), rel_tol=1e-15)
    assert math.isnan(reals.sigmoid(math.nan))
