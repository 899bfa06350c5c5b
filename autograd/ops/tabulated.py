"""Fast float32 forms of functions that are constant far out, from tables: a straight line for each of many cells.

NumPy has no erf, and a polynomial of it takes a dozen calls, each a pass over memory; looking up the two coefficients
of a line takes three. The leading bits of a number say in which cell it lies: its sign, its exponent and ten bits of
its mantissa. Cells are 1/1024 wide between 1 and 2, and proportionally elsewhere, so that a line is within 5e-8 of a
function whose second derivative is at most 0.8 there (1.5e-7 with all rounding).
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

from autograd.primitive import Array

_DROPPED = 13  # bits of a float32 that do not count
_STRAIGHT = 2.0**-8  # |x| below which one line is enough
_CONSTANT = 8.0  # |x| from which on the function is 0 or 1
_BLOCK = 1 << 16  # elements that are looked up at a time: what is computed on the way stays in cache


@functools.cache  # two tables of 2 MiB for each function
def _lines(function: Callable[[Array], Array]) -> tuple[Array, Array]:
    """The line over each cell: where it meets x = 0, and its slope."""
    bits = np.arange(1 << 32 - _DROPPED, dtype=np.uint32) << _DROPPED
    start = bits.view(np.float32)
    height, slope = np.where(start < 0, np.float32(0), np.float32(1)), np.zeros_like(start)
    straight = np.abs(start) < _STRAIGHT
    slope[straight] = (function(np.array(_STRAIGHT)) - function(np.array(-_STRAIGHT))) / (2 * _STRAIGHT)
    height[straight] = function(np.array(0.0))
    curved = (np.abs(start) < _CONSTANT) & ~straight
    left = start[curved].astype(np.float64)
    right = (bits[curved] | (1 << _DROPPED) - 1).view(np.float32).astype(np.float64)
    at_left, at_right = function(left), function(right)
    slope[curved] = (at_right - at_left) / (right - left)
    middle = (at_left + function((left + right) / 2) * 2 + at_right) / 4  # half the error there
    height[curved] = middle - slope[curved].astype(np.float64) * ((left + right) / 2)
    far = np.isinf(start)
    slope[far] = function(start[far].astype(np.float64))
    return height, slope


def worth_it(x: Array) -> bool:
    """Whether x is a float32 array that is large enough to gain by a table."""
    return type(x) is np.ndarray and x.dtype.char == "f" and x.size > 512


def looked_up(x: Array, function: Callable[[Array], Array]) -> Array:
    """The function of float32 x; of infinite x it is x times that, so that x times the result is right there too.

    The function goes from 0 at -8 to 1 at 8, is straight around 0, and is given float64.

    >>> looked_up(np.array([-9.0, 0.0, 1.0, 9.0], np.float32), normal).round(4)
    array([0.    , 0.5   , 0.8413, 1.    ], dtype=float32)
    """
    height, slope = _lines(function)
    out = np.empty(x.shape, np.float32)
    flat, given = out.reshape(-1), x.reshape(-1)
    for start in range(0, x.size, _BLOCK):
        part, result = given[start : start + _BLOCK], flat[start : start + _BLOCK]
        cell = (part.view(np.uint32) >> _DROPPED).astype(np.intp)
        slope.take(cell, None, result, "clip")
        result *= part
        result += height.take(cell, None, None, "clip")
    return out


def normal(x: Array) -> Array:
    """The distribution function of the standard normal distribution, Φ."""
    from scipy import special

    return special.ndtr(x)


def gelu_slope(x: Array) -> Array:
    """Φ(x) + x φ(x), the derivative of gelu."""
    return normal(x) + x * np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi)
