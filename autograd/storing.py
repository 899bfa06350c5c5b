"""How one number is stored in a dtype: by whatever writes a number that a user gave into a tensor."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.dtypes import Array
from autograd.errors import DTypeError


def stored(op: str, value: Any, kind: np.dtype[Any], *, half: bool = False) -> Array:
    """A number, or the one in a 0-d array, as a 0-d array of a dtype.

    A fraction loses what is behind its point; an unsigned dtype wraps a negative integer around. `half`: a number
    that is too large for float16 is stored as inf, as PyTorch does where it writes one number everywhere.

    Raises:
        DTypeError: if it is out of the dtype's range, which inf and nan are for integers only.

    >>> stored("fill_", -1, np.dtype("uint8")), stored("fill_", 2.7, np.dtype("int64"))
    (array(255, dtype=uint8), array(2))
    """
    number = value.item() if isinstance(value, (np.ndarray, np.generic)) else value
    if not isinstance(number, (bool, int, float)):
        raise DTypeError(f"{op}: needs a number for a {kind} tensor, got {type(number).__name__}")
    if kind.kind == "b":
        return np.asarray(number != 0)
    low, high = _range(kind)
    if half and kind.char == "e" and abs(number) > high:
        number = math.copysign(math.inf, number)
    special = kind.kind == "f" and not math.isfinite(number)
    if not (special or (-high if kind.kind == "u" and isinstance(number, int) else low) <= number <= high):
        raise DTypeError(
            f"{op}: {number!r} cannot be stored in a {kind} tensor, whose numbers go from {low} to {high}; "
            "convert it to a wider dtype first"
        )
    return np.asarray(number if kind.kind == "f" else int(number)).astype(kind)


def _range(kind: np.dtype[Any]) -> tuple[Any, Any]:
    """The least and the largest number of a dtype, as Python's own."""
    if kind.kind == "f":
        return float(np.finfo(kind).min), float(np.finfo(kind).max)
    return np.iinfo(kind).min, np.iinfo(kind).max


def stored_if_number(op: str, value: Any, kind: np.dtype[Any], *, half: bool = False) -> Any:
    """`stored`, for what is not a tensor or an array; those as they are."""
    number = isinstance(value, (bool, int, float)) or not hasattr(value, "dtype")
    return stored(op, value, kind, half=half) if number else value
