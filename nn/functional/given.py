"""What functions and layers are given, checked before they use it: tensors, counts and sizes."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from autograd.errors import ArgumentError, DTypeError


def tensors(op: str, **inputs: Any) -> None:
    """Raise unless each input is a tensor.

    Raises:
        DTypeError: naming the layer or function, the input and what it is.

    >>> tensors("BatchNorm1d", input=None)
    Traceback (most recent call last):
    autograd.errors.DTypeError: BatchNorm1d: input is a tensor, got NoneType; does the forward before it return one?
    """
    for name, value in inputs.items():
        if not hasattr(value, "ndim") or isinstance(value, (np.ndarray, np.generic)):
            fix = "does the forward before it return one?" if value is None else "use autograd.tensor()"
            raise DTypeError(f"{op}: {name} is a tensor, got {type(value).__name__}; {fix}")


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
