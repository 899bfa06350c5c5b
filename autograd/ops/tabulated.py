"""Fast float32 forms of functions that are constant far out, from tables: a straight line for each of many cells.

NumPy has no erf, and a polynomial of it takes a dozen calls, each a pass over memory; looking up the two coefficients
of a line takes three. Cells are 1/1024 wide, so that a line is within 5e-8 of a function whose second derivative is at
most 0.8, and the coefficients are rounded from float64, so that small values keep their digits.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

from autograd.ops.forms import maximum_reduce, minimum_reduce
from autograd.primitive import Array

_CELLS = 1024  # in a unit
_LIMIT = 6 * _CELLS  # cells to either side of 0; beyond, the functions are constant in float32
_BLOCK = 1 << 18  # elements that are looked up at a time; a call costs more than what leaves the cache


@functools.cache  # two tables of 48 KiB for each function
def _lines(function: Callable[[Array], Array]) -> tuple[Array, Array]:
    """The line over each cell from -6 to 6: where it meets x = 0, and its slope."""
    left = np.arange(-_LIMIT, _LIMIT) / _CELLS
    height, end = function(left), function(left + 1 / _CELLS)
    slope = (end - height) * _CELLS
    height = height + (function(left + 0.5 / _CELLS) - (height + end) / 2) / 2  # half the error in the middle
    height[0], height[-1], slope[[0, -1]] = 0, 1, 0  # what lies beyond
    slope = slope.astype(np.float32)
    return (height - slope.astype(np.float64) * left).astype(np.float32), slope


def worth_it(x: Array) -> bool:
    """Whether x is a float32 array that is large enough to gain by a table."""
    return type(x) is np.ndarray and x.dtype.char == "f" and x.size > 512


def looked_up(x: Array, function: Callable[[Array], Array]) -> Array:
    """function(x) for float32 x; the function goes from 0 at -6 to 1 at 6, and is given float64 where it is tabulated.

    >>> looked_up(np.array([-9.0, 0.0, 1.0, 9.0], np.float32), normal).round(4)
    array([0.    , 0.5   , 0.8413, 1.    ], dtype=float32)
    """
    height, slope = _lines(function)
    out = np.empty(x.shape, np.float32)
    flat, given = out.reshape(-1), x.reshape(-1)
    limit = _LIMIT / _CELLS
    for start in range(0, x.size, _BLOCK):
        part, result = given[start : start + _BLOCK], flat[start : start + _BLOCK]
        if not (minimum_reduce(part, None) >= -limit and maximum_reduce(part, None) < limit):
            part = np.clip(
                part, np.float32(-limit), np.float32(limit)
            )  # nan stays nan, whichever line it gets
        place = part * np.float32(_CELLS)
        place += np.float32(_LIMIT)
        cell = place.astype(np.int32).astype(np.intp)  # in two steps: at once takes half as long again
        slope.take(cell, None, result, "clip")
        result *= part
        result += height.take(cell, None, place, "clip")
    return out


def normal(x: Array) -> Array:
    """The distribution function of the standard normal distribution, Φ."""
    from scipy import special

    return special.ndtr(x)


def gelu_slope(x: Array) -> Array:
    """Φ(x) + x φ(x), the derivative of gelu."""
    return normal(x) + x * np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi)
