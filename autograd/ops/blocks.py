"""Elementwise expressions computed a block at a time, so that their temporaries stay in the processor's cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.dtypes import Array

SIZE = 32768  # elements of a block; a few temporaries of that size fit in the second level of the cache


def in_blocks(f: Callable[..., Any], *arrays: Any) -> Any:
    """f(*arrays) for an elementwise f, block by block where the arrays are large.

    They must have one shape and lie in memory in C order; what does not (or is no ndarray, as when a formula is
    recorded) is passed to f whole. The result has the dtype of the first.

    >>> in_blocks(lambda x, y: x * y + 1, np.ones(100_000), np.ones(100_000))
    array([2., 2., 2., ..., 2., 2., 2.], shape=(100000,))
    """
    first = arrays[0]
    if type(first) is not np.ndarray or first.size <= SIZE:
        return f(*arrays)
    for a in arrays:
        if type(a) is not np.ndarray or a.shape != first.shape or not a.flags.c_contiguous:
            return f(*arrays)
    out = np.empty(first.shape, first.dtype)
    flat, flats = out.reshape(-1), [a.reshape(-1) for a in arrays]
    for start in range(0, flat.size, SIZE):
        block = slice(start, start + SIZE)
        flat[block] = f(*[a[block] for a in flats])
    return out


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
