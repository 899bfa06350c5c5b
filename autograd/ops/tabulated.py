"""Fast float32 forms of functions that are constant far out, from tables: a straight line for each of many cells.

NumPy has no erf, and a polynomial of it takes a dozen calls, each a pass over memory; looking up the two coefficients
of a line takes six, and the tables stay in cache. Cells are 1/1024 wide, so that a line is within 5e-8 of a function
whose second derivative is at most 0.8 (within 1.5e-7 with all rounding).
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

from autograd.primitive import Array

_CELLS = 1024  # in a unit
_LIMIT = 6  # |x| from which on the functions are constant in float32
_ROUNDING = np.float32(
    1.5 * 2**23 / _CELLS
)  # x plus this is rounded to whole cells, counted by its last bits
_FIRST = int((_ROUNDING - np.float32(_LIMIT)).view(np.int32))  # the bits that stand for cell 0, around x = -6
_LEAST = np.float32(1e-45)  # nothing times any number, and infinite times infinity
_BLOCK = 1 << 16  # elements that are looked up at a time: what is computed on the way stays in cache


@functools.cache  # two tables of 48 KiB for each function
def _lines(function: Callable[[Array], Array]) -> tuple[Array, Array]:
    """The line over each cell from -6 to 6: where it meets x = 0, and its slope."""
    middle = np.arange(-_LIMIT * _CELLS, _LIMIT * _CELLS) / _CELLS
    left, right = function(middle - 0.5 / _CELLS), function(middle + 0.5 / _CELLS)
    slope = ((right - left) * _CELLS).astype(np.float32)
    level = (left + 2 * function(middle) + right) / 4  # half the error in the middle, half at the ends
    height = (level - slope.astype(np.float64) * middle).astype(np.float32)
    height[0], height[-1] = 0, 1  # and what lies beyond
    with np.errstate(invalid="ignore"):
        ends_at_one = function(np.array(np.inf)) == 1  # or is nan there
    slope[0], slope[-1] = 0, _LEAST if ends_at_one else 0
    return height, slope


def worth_it(x: Array, factor: Array) -> bool:
    """Whether x is a float32 array that is large enough to gain by a table, and the factor is one like it."""
    return (
        type(x) is np.ndarray
        and x.dtype.char == "f"
        and x.size > 512
        and type(factor) is np.ndarray
        and factor.dtype is x.dtype
        and factor.shape == x.shape
    )


def times(factor: Array, function: Callable[[Array], Array], x: Array) -> Array:
    """The factor times the function of x, both float32.

    The function goes from 0 at -6 to 1 at 6. It is given float64 where it is tabulated.

    >>> times(np.ones(4, np.float32), normal, np.array([-9.0, 0.0, 1.0, 9.0], np.float32)).round(4)
    array([0.    , 0.5   , 0.8413, 1.    ], dtype=float32)
    """
    height, slope = _lines(function)
    out = np.empty(x.shape, np.float32)
    flat, given, factors = out.reshape(-1), x.reshape(-1), factor.reshape(-1)
    for start in range(0, x.size, _BLOCK):
        block = slice(start, start + _BLOCK)
        part, result = given[block], flat[block]
        place = part + _ROUNDING
        cell = place.view(np.int32).astype(np.intp)
        cell -= _FIRST
        slope.take(cell, None, result, "clip")
        result *= part
        result += height.take(cell, None, place, "clip")
        result *= factors[block]
    return out


def normal(x: Array) -> Array:
    """The distribution function of the standard normal distribution, Φ."""
    from scipy import special

    return special.ndtr(x)


def gelu_slope(x: Array) -> Array:
    """Φ(x) + x φ(x), the derivative of gelu."""
    return normal(x) + x * np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi)
