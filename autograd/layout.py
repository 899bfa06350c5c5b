"""Copies in C order, also of what lies in memory the other way round; and when none is needed."""

from __future__ import annotations

import sys
from typing import Any, Literal

import numpy as np

from autograd.dtypes import Array

_LINE = 64  # bytes that the processor fetches at a time


def copied(x: Any, dtype: np.dtype[Any] | None = None) -> Array:
    """A copy of x in C order, of `dtype` if it is given.

    NumPy copies a transposed matrix one row of the result after another, and takes one number of each line of memory
    it fetches. Strips as wide as a line are up to twenty times as fast.

    >>> copied(np.arange(6).reshape(2, 3).T)
    array([[0, 3],
           [1, 4],
           [2, 5]])
    """
    if type(x) is np.ndarray and x.ndim > 1 and x.size > 16384:
        columns, width = x.shape[-1], _LINE // x.itemsize
        steps = [abs(step) for step in x.strides]
        if columns > width and steps[-1] >= _LINE and x.itemsize in steps:
            out = np.empty(x.shape, dtype or x.dtype)
            for start in range(0, columns, width):
                out[..., start : start + width] = x[..., start : start + width]
            return out
    return np.array(x, dtype, order="C")


def own(gradient: Any, dtype: np.dtype[Any], names: int = 0) -> Array:
    """The gradient as a C-contiguous array of `dtype` that nothing else refers to; copied only where it must be.

    names:  how many the caller has for it
    """
    if (
        type(gradient) is np.ndarray
        and gradient.dtype is dtype
        and gradient.flags.c_contiguous
        and sys.getrefcount(gradient) <= 2 + names  # this argument, getrefcount's own, and the caller's
    ):
        base = gradient.base
        if base is None or (  # a view of the whole of an array that nobody else holds
            type(base) is np.ndarray
            and base.base is None
            and base.size == gradient.size
            and gradient.flags.writeable
            and sys.getrefcount(base) <= 3
        ):
            return gradient
    return copied(gradient, dtype)


def in_c_order(x: Array) -> Array:
    """x itself if it lies in memory in C order, else a copy that does."""
    return x if x.flags.c_contiguous else copied(x)


def order_like(x: Array) -> Literal["C", "K"]:
    """The order for a copy of x: its own, or C order where its elements are repeated by strides of 0."""
    return "C" if 0 in x.strides else "K"


def empty_in_order(x: Array, dtype: np.dtype[Any]) -> Array:
    """An array of x's shape without gaps, its dimensions in memory in x's order, as PyTorch has it.

    Where x repeats its elements by strides of 0, these dimensions stay between those they stand between.

    >>> empty_in_order(np.zeros((2, 3)).T, np.dtype(bool)).strides
    (1, 3)
    """
    if 0 not in x.strides:
        return np.empty_like(x, dtype)
    order = list(range(x.ndim))[::-1]  # from the innermost on, sorted by insertion
    for i in range(1, x.ndim):
        at = i
        for before in range(i - 1, -1, -1):
            inner, outer = order[before], order[at]
            a, b = abs(x.strides[inner]), abs(x.strides[outer])
            if a and b and (a > b or (a == b and x.shape[inner] > x.shape[outer])):
                order[before], order[at] = outer, inner
                at = before
            elif a and b and a < b:
                break
    order.reverse()
    return np.empty([x.shape[d] for d in order], dtype).transpose(np.argsort(order))
