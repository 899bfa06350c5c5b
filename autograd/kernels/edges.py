"""Borders made of the tensor itself: reflected, replicated, or continued from the other end.

The middle is written, and then the borders of one dimension after the other, from what stands in the result already, so
that corners come by themselves. `edged` and `unedged` are each other's derivatives.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.kernels.windows import empty_like
from autograd.primitive import Array, primitive

__all__ = ["edged", "unedged"]

Pairs = tuple[tuple[int, int], ...]
"""How many places before and after, for each of the last dimensions; none is negative."""


def _without(g: Any, pairs: Pairs, mode: str) -> Any:
    return unedged(g, pairs, mode)


@primitive(x=lambda g, pairs, mode: _without(g, pairs, mode))
def edged(x: Array, pairs: Pairs, mode: str) -> Array:
    """x with borders: mode "reflect", "replicate" or "circular".  dx = g of each place and of its copies."""
    first = x.ndim - len(pairs)
    sizes = x.shape[first:]
    out = empty_like(x, x.shape[:first] + tuple(n + a + b for n, (a, b) in zip(sizes, pairs, strict=True)))
    out[_middle(sizes, pairs)] = x
    for dim in range(len(pairs)):
        for border, source in _copies(sizes, pairs, dim, mode):
            out[border] = out[source]
    return out


@primitive(g=lambda g, pairs, mode: edged(g, pairs, mode))
def unedged(g: Array, pairs: Pairs, mode: str) -> Array:
    """The middle of g, with what stands in the borders added to the places that it is a copy of."""
    first = g.ndim - len(pairs)
    sizes = tuple(n - a - b for n, (a, b) in zip(g.shape[first:], pairs, strict=True))
    total = np.array(g, order="K")
    for dim in reversed(range(len(pairs))):
        for border, source in _copies(sizes, pairs, dim, mode):
            target, given = total[source], total[border]
            target += given.sum(first + dim, keepdims=True) if mode == "replicate" else given
    return total[_middle(sizes, pairs)]


def _middle(sizes: tuple[int, ...], pairs: Pairs) -> tuple[Any, ...]:
    return (..., *(slice(a, a + n) for n, (a, _) in zip(sizes, pairs, strict=True)))


def _copies(sizes: tuple[int, ...], pairs: Pairs, dim: int, mode: str) -> list[tuple[Any, Any]]:
    """(a border of `dim`, what it is a copy of): whole along the dimensions before, the middle along those after."""
    n, (a, b) = sizes[dim], pairs[dim]
    end = a + n
    if mode == "reflect":
        stop = end - 2 - b
        sources = slice(2 * a, a, -1), slice(end - 2, None if stop < 0 else stop, -1)
    elif mode == "replicate":
        sources = slice(a, a + 1), slice(end - 1, end)
    else:
        sources = slice(n, n + a), slice(a, a + b)
    whole = [slice(None)] * dim
    middle = [slice(p, p + m) for m, (p, _) in zip(sizes[dim + 1 :], pairs[dim + 1 :], strict=True)]
    borders = (slice(0, a), slice(end, end + b))
    return [
        ((..., *whole, border, *middle), (..., *whole, source, *middle))
        for border, source, width in zip(borders, sources, (a, b), strict=True)
        if width
    ]
