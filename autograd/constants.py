"""Arrays that are kept: every backward starts from one, sums are products with ones, relu compares with zeros."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from autograd.dtypes import Array

KEPT = 4096
"""Elements up to which an array is kept."""


def ones(n: int, dtype: np.dtype[Any]) -> Array:
    """A vector of n ones. It is read-only and may be shared.

    >>> ones(3, np.dtype("float32"))
    array([1., 1., 1.], dtype=float32)
    """
    return _kept_ones(n, dtype) if n <= KEPT else np.ones(n, dtype)


@functools.lru_cache(maxsize=64)
def kept_zeros(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """Zeros, of up to KEPT elements. They are read-only and shared."""
    return _read_only(np.zeros(shape, dtype))


def zeros_like(x: Array) -> Array:
    """Zeros of the shape and dtype of x. They are read-only and may be shared.

    >>> zeros_like(np.array([[1], [2]]))
    array([[0],
           [0]])
    """
    return kept_zeros(x.shape, x.dtype) if x.size <= KEPT else np.zeros(x.shape, x.dtype)


def multiples(step: int, n: int) -> Array:
    """0, step, 2 step, …: n integers. They are read-only and may be shared.

    >>> multiples(5, 3)
    array([ 0,  5, 10])
    """
    return _kept_multiples(step, n) if n <= KEPT else np.arange(n) * step


@functools.lru_cache(maxsize=8)
def one(dtype: np.dtype[Any]) -> Array:
    """The number one as a 0-d array. It is read-only and shared."""
    return _read_only(np.ones((), dtype))


@functools.lru_cache(maxsize=256)
def _kept_ones(n: int, dtype: np.dtype[Any]) -> Array:
    return _read_only(np.ones(n, dtype))


@functools.lru_cache(maxsize=16)
def _kept_multiples(step: int, n: int) -> Array:
    return _read_only(np.arange(n) * step)


def _read_only(made: Array) -> Array:
    made.flags.writeable = False
    return made
