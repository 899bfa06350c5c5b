"""y ← a y and y ← y + a x by BLAS, in one pass through memory each; the sum takes NumPy two, and a work array."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

Array = Any

_FLOAT32, _FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)


@functools.cache
def _blas(kind: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """BLAS's axpy and scal for a dtype. Loaded when first used: scipy.linalg is large."""
    from scipy.linalg import blas

    return (blas.saxpy, blas.sscal) if kind == "f" else (blas.daxpy, blas.dscal)


def _routines(y: Array) -> tuple[Callable[..., Any] | None, Callable[..., Any] | None]:
    """BLAS's axpy and scal if they write to y itself: they are given a copy of an array that is not aligned."""
    dtype = y.dtype
    if (dtype is _FLOAT32 or dtype is _FLOAT64) and y.ndim == 1 and y.size and y.flags.carray:
        return _blas(dtype.char)
    return None, None


def scale(y: Array, a: float) -> None:
    """y ← a y, in place.

    >>> y = np.array([1.0, 2.0])
    >>> scale(y, 0.5)
    >>> y
    array([0.5, 1. ])
    """
    _, scal = _routines(y) if a else (None, None)  # BLAS may make 0 of 0 · NaN
    if scal is not None:
        scal(a, y)
    else:
        y *= a


def add_scaled(y: Array, x: Array, a: float) -> None:
    """y ← y + a x, in place.

    >>> y = np.array([1.0, 2.0])
    >>> add_scaled(y, np.array([10.0, 20.0]), 0.5)
    >>> y
    array([ 6., 12.])
    """
    axpy, _ = _routines(y) if x.dtype is y.dtype else (None, None)
    if axpy is not None:
        axpy(x, y, a=a)
    else:
        y += a * x
