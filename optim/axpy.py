"""y ← b y + a x by BLAS, in one pass through memory for each product; NumPy takes two for the sum, and a work array."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = Any
Routines = tuple[Callable[..., Any] | None, Callable[..., Any] | None]


class _Routines(dict[Any, Routines]):
    """BLAS's axpy and scal for each dtype. Loaded when first used: scipy.linalg is large."""

    def __missing__(self, dtype: Any) -> Routines:
        found: Routines = (None, None)
        if dtype in (np.float32, np.float64):
            from scipy.linalg import blas

            found = (blas.saxpy, blas.sscal) if dtype == np.float32 else (blas.daxpy, blas.dscal)
        self[dtype] = found
        return found


_BLAS = _Routines()


def _routines(y: Array) -> Routines:
    """BLAS's axpy and scal if they write to y itself: they are given a copy of an array that is not aligned."""
    return _BLAS[y.dtype] if y.ndim == 1 and len(y) and y.flags.carray else (None, None)


def scale(y: Array, b: float) -> None:
    """y ← b y, in place.

    >>> y = np.array([1.0, 2.0])
    >>> scale(y, 0.5)
    >>> y
    array([0.5, 1. ])
    """
    _, scal = _routines(y) if b else (None, None)  # BLAS may make 0 of 0 · NaN
    if scal is not None:
        scal(b, y)
    else:
        y *= b


def add_scaled(y: Array, x: Array, a: float) -> None:
    """y ← y + a x, in place.

    >>> y = np.array([1.0, 2.0])
    >>> add_scaled(y, np.array([10.0, 20.0]), 0.5)
    >>> y
    array([ 6., 12.])
    """
    axpy, _ = _routines(y) if x.dtype is y.dtype else (None, None)
    if axpy is not None:
        axpy(x, y, len(y), a)
    else:
        y += a * x


def scale_add(y: Array, b: float, x: Array, a: float) -> None:
    """y ← b y + a x, in place; with a = 1 - b a running average.

    >>> y = np.array([1.0, 2.0])
    >>> scale_add(y, 0.5, np.array([10.0, 20.0]), 2.0)
    >>> y
    array([20.5, 41. ])
    """
    axpy, scal = _routines(y) if b and x.dtype is y.dtype else (None, None)
    if axpy is not None and scal is not None:
        scal(b, y)
        axpy(x, y, len(y), a)
    else:
        scale(y, b)
        add_scaled(y, x, a)
