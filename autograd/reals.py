"""Real numbers in pure Python: what counts as one, and functions that answer inf or nan where Python's raise.

The answers are those of IEEE 754, NumPy and PyTorch.
"""

import math
from collections.abc import Callable
from math import inf, nan
from numbers import Real
from typing import TypeGuard

from .errors import DTypeError


def is_number(x: object) -> TypeGuard[float]:
    """Whether x is one real number, of Python's or of another library.

    >>> is_number(2), is_number("2"), is_number(2j)
    (True, False, False)
    """
    return isinstance(x, (float, int, Real))


def number(x: float) -> float:
    """The same number as Python's own int or float.

    >>> from fractions import Fraction
    >>> number(Fraction(1, 4)), number(3)
    (0.25, 3)
    """
    if type(x) is int:
        return x
    if not is_number(x):
        raise DTypeError(f"Value: needs one real number, not {type(x).__name__}; for arrays there is Tensor")
    return float(x)


def _total(function: Callable[[float], float], x: float) -> float:
    """function(x), or inf where the result is too large, or nan outside the function's domain."""
    try:
        return function(x)
    except OverflowError:
        return inf
    except ValueError:
        return nan


def exp(x: float) -> float:
    """e**x, inf where it is too large.

    >>> exp(1000.0)
    inf
    """
    return _total(math.exp, x)


def log(x: float) -> float:
    """The natural logarithm, -inf at 0, nan below.

    >>> log(0.0), log(-1.0)
    (-inf, nan)
    """
    return _total(math.log, x) if x else -inf


def sqrt(x: float) -> float:
    """The square root, nan below 0.

    >>> sqrt(-1.0)
    nan
    """
    return _total(math.sqrt, x)


def sin(x: float) -> float:
    """The sine of x radians, nan at ±inf.

    >>> sin(math.inf)
    nan
    """
    return _total(math.sin, x)


def cos(x: float) -> float:
    """The cosine of x radians, nan at ±inf.

    >>> cos(math.inf)
    nan
    """
    return _total(math.cos, x)


def sigmoid(x: float) -> float:
    """1 / (1 + e**-x), computed from e**-|x|, which cannot overflow.

    >>> sigmoid(-1000.0), sigmoid(0.0), sigmoid(1000.0)
    (0.0, 0.5, 1.0)
    """
    e = math.exp(-abs(x))
    return (1 if x >= 0 else e) / (1 + e)


def divide(x: float, y: float) -> float:
    """x / y, ±inf for x / ±0, nan for 0 / 0.

    >>> divide(-1.0, 0.0), divide(0.0, 0.0)
    (-inf, nan)
    """
    try:
        return x / y
    except ZeroDivisionError:
        return x * math.copysign(inf, y)


def power(x: float, n: float) -> float:
    """x**n, ±inf for ±0 to a negative power and where the result is too large, nan for a fractional power of x < 0.

    >>> power(0.0, -1.0), power(-10.0, 309.0), power(-8.0, 1 / 3)
    (inf, -inf, nan)
    """
    try:
        result = x**n
    except (ZeroDivisionError, OverflowError):
        return nan if x < 0 and n % 1 else math.copysign(inf, x) if n % 2 == 1 else inf
    return nan if isinstance(result, complex) else result


def maximum(x: float, y: float) -> float:
    """The larger of the two, nan if either is.

    >>> maximum(1.0, 2.0), maximum(1.0, nan)
    (2.0, nan)
    """
    return y if x < y or math.isnan(y) else x


def minimum(x: float, y: float) -> float:
    """The smaller of the two, nan if either is.

    >>> minimum(1.0, 2.0), minimum(1.0, nan)
    (1.0, nan)
    """
    return y if x > y or math.isnan(y) else x


def exceeds(x: float, y: float) -> float:
    """1 where x > y, 0 where x < y, 1/2 where they are equal: the derivative of max(x, y) by x.

    >>> exceeds(2.0, 1.0), exceeds(1.0, 2.0), exceeds(1.0, 1.0)
    (1.0, 0.0, 0.5)
    """
    return (not x < y) - (x == y) / 2
