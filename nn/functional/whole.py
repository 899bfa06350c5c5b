"""Counts and sizes that functions and layers are given: whole numbers."""

from __future__ import annotations

import operator
from typing import Any

from autograd.errors import ArgumentError


def whole(op: str, **options: Any) -> None:
    """Raise unless each option is one whole number.

    Raises:
        ArgumentError: naming the layer or function, the option and what it is.

    >>> whole("Conv2d", groups=2.5)
    Traceback (most recent call last):
    autograd.errors.ArgumentError: Conv2d: groups is a whole number, got 2.5
    """
    for name, value in options.items():
        try:
            operator.index(value)
        except TypeError:
            raise ArgumentError(f"{op}: {name} is a whole number, got {value!r}") from None
