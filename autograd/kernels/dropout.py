"""Dropout's arithmetic: what is kept is scaled, what is not is 0; and the quick drawing of what is kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.hidden import LEVELS
from autograd.primitive import Array, primitive
from autograd.random import Generator, source

__all__ = ["draw_kept", "dropout_"]


def _dropout_dx(g: Any, kept: Array, scale: float) -> Any:
    return dropout_(g, kept, scale)


@primitive(kept=None, x=_dropout_dx)
def dropout_(x: Array, kept: Array, scale: float) -> Array:
    """x * scale where `kept` is true, 0 elsewhere; `kept` broadcasts against x.  dx = g * scale where it is true."""
    out: Array = np.multiply(x, kept, dtype=x.dtype)
    out *= scale
    return out


def draw_kept(shape: Sequence[int], p: float, generator: Generator | None = None, like: Any = None) -> Any:
    """Bools that are true with probability 1 - p, each by itself; lying in memory as the array `like` does.

    A byte, or two, of random bits decide; where they are level with p, which happens once in 256, or 65536, times,
    further ones do, so that the probability is exact.
    """
    rng = source(generator)
    if LEVELS.get():
        return rng.random(tuple(shape), np.float64) >= p
    n = math.prod(shape)
    kind: Any = np.uint8 if p * 256 == int(p * 256) else np.uint16
    bits = 8 * np.dtype(kind).itemsize
    drawn = rng.bit_generator.random_raw(-(-n * bits // 64)).view(kind)[:n]
    level = p * (1 << bits)
    whole = int(level)
    if whole == 1 << bits:
        return _laid(np.zeros(n, bool), shape, like)
    kept = drawn >= kind(whole)
    if level != whole:
        even = np.flatnonzero(drawn == kind(whole))
        kept[even] = rng.random(len(even)) >= level - whole
    return _laid(kept, shape, like)


def _laid(flat: Array, shape: Sequence[int], like: Any) -> Array:
    """The elements in that shape, in memory in the order of `like`."""
    if type(like) is np.ndarray and like.shape == tuple(shape) and not like.flags.c_contiguous:
        order = sorted(range(like.ndim), key=lambda d: -abs(like.strides[d]))
        inverse = sorted(range(like.ndim), key=order.__getitem__)
        return flat.reshape([shape[d] for d in order]).transpose(inverse)
    return flat.reshape(shape)
