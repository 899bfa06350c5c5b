"""Ones and zeros, kept: every backward starts from one, sums are matrix products with ones, relu compares with 0."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from autograd.dtypes import Array


def ones(n: int, dtype: np.dtype[Any]) -> Array:
    """A vector of n ones. It is read-only and may be shared.

    >>> ones(3, np.dtype("float32"))
    array([1., 1., 1.], dtype=float32)
    """
    return _kept(n, dtype.char) if n <= 4096 else np.ones(n, dtype)


@functools.lru_cache(maxsize=256)
def _kept(n: int, char: str) -> Array:
    made = np.ones(n, char)
    made.flags.writeable = False
    return made


def zeros_like(x: Array) -> Array:
    """Zeros of the shape and dtype of x. They are read-only and may be shared.

    >>> zeros_like(np.array([[1], [2]]))
    array([[0],
           [0]])
    """
    return _kept_zeros(x.shape, x.dtype.char) if x.size <= 4096 else np.zeros(x.shape, x.dtype)


@functools.lru_cache(maxsize=64)
def _kept_zeros(shape: tuple[int, ...], char: str) -> Array:
    made = np.zeros(shape, char)
    made.flags.writeable = False
    return made


@functools.lru_cache(maxsize=8)
def one(dtype: np.dtype[Any]) -> Array:
    """The number one as a 0-d array. It is read-only and shared."""
    made = np.ones((), dtype)
    made.flags.writeable = False
    return made
