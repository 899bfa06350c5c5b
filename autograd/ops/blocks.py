"""Elementwise expressions computed a block at a time, so that their temporaries stay in the processor's cache."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from autograd.dtypes import Array

F = TypeVar("F", bound=Callable[..., Any])

_PLAIN = (int, float, bool, str, type(None))
SIZE = 32768  # elements of a block; a few temporaries of that size fit in the second level of the cache


def in_blocks(f: Callable[..., Any], *args: Any) -> Any:
    """f(*args) for an elementwise f, block by block where its arrays are large. The first argument is an array.

    The arrays must have one shape and lie in memory in C order, and everything else be a number or text; otherwise, as
    when a formula is recorded on tensors, f is called once. The result has the dtype of the first.

    >>> in_blocks(lambda x, a: x * a + 1, np.ones(100_000), 2.0)
    array([3., 3., 3., ..., 3., 3., 3.], shape=(100000,))
    """
    first = args[0]
    if type(first) is not np.ndarray or first.size <= SIZE:
        return f(*args)
    for a in args:
        if type(a) is np.ndarray:
            if a.shape != first.shape or not a.flags.c_contiguous:
                return f(*args)
        elif type(a) not in _PLAIN:
            return f(*args)
    out = np.empty(first.shape, first.dtype)
    flat = out.reshape(-1)
    flats = [a.reshape(-1) if type(a) is np.ndarray else None for a in args]
    for start in range(0, flat.size, SIZE):
        block = slice(start, start + SIZE)
        flat[block] = f(*[a if v is None else v[block] for a, v in zip(args, flats, strict=True)])
    return out


def blocked(formula: F) -> F:
    """An elementwise formula that is computed in blocks."""

    @functools.wraps(formula)
    def run(*args: Any) -> Any:
        return in_blocks(formula, *args)

    return run  # type: ignore[return-value]  # it is called as the formula is


def polynomial(x: Array, coefficients: tuple[float, ...]) -> Array:
    """The polynomial with these coefficients, the highest power first (Horner's scheme).

    >>> polynomial(np.array([1.0, 2.0]), (3.0, 0.0, 1.0))
    array([ 4., 13.])
    """
    p: Array = x * coefficients[0]
    for c in coefficients[1:-1]:
        p += c
        p *= x
    p += coefficients[-1]
    return p
