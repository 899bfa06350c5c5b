"""y ← y + a x in one pass through memory, by BLAS; NumPy alone takes two passes and a work array."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

Array = Any


@functools.cache
def _axpy(kind: str) -> Callable[..., Any]:
    """BLAS's axpy for a dtype. Loaded when first used: scipy.linalg is large."""
    from scipy.linalg import blas

    return blas.saxpy if kind == "f" else blas.daxpy


def add_scaled(y: Array, x: Array, a: float) -> None:
    """y ← y + a x, in place.

    >>> import numpy as np
    >>> y = np.array([1.0, 2.0])
    >>> add_scaled(y, np.array([10.0, 20.0]), 0.5)
    >>> y
    array([ 6., 12.])
    """
    kind = y.dtype.char
    if kind in "fd" and y.ndim == 1 and x.dtype is y.dtype and y.size and x.flags.forc and y.flags.forc:
        _axpy(kind)(x, y, a=a)
    else:
        y += a * x
