"""Sizes as PyTorch takes them: one number for all dimensions, or one for each."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

from autograd.errors import ArgumentError

Sizes = int | Sequence[int]
_WORDS = {1: "one int", 2: "two ints", 3: "three ints"}


def repeated(value: Any, n: int) -> tuple[Any, ...]:
    """`value` for each of n dimensions; several, as a list or a tuple, as they are.

    >>> repeated(3, 2), repeated([1, 2], 2)
    ((3, 3), (1, 2))
    """
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * n


def each(op: str, name: str, value: Any, n: int, least: int | None = None) -> tuple[int, ...]:
    """`value` for each of n dimensions: one number, also in a tuple, stands for all.

    Raises:
        ArgumentError: if there are more or fewer, or it is not an integer, or less than `least`.
    """
    try:
        values = tuple(map(operator.index, repeated(value, n)))
    except TypeError:
        values = ()
    if len(values) == 1:
        values *= n
    if len(values) != n:
        raise ArgumentError(
            f"{op}: {name} must either be a single int, or a tuple of {_WORDS[n]}, got {value!r}"
        )
    if least is not None and min(values) < least:
        raise ArgumentError(f"{op}: {name} must be at least {least}, got {value!r}")
    return values
