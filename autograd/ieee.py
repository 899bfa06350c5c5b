"""Functions of Python floats that answer as IEEE 754, NumPy and PyTorch do: inf or nan where Python raises."""

import math
from collections.abc import Callable
from math import inf, nan


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
        return math.copysign(inf, x) if n % 2 == 1 else inf
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
