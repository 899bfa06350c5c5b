"""Padding: a tensor with borders of one number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.composite import composite
from autograd.errors import ShapeError
from autograd.layout import order_like
from autograd.primitive import Array, primitive
from autograd.storing import stored
from autograd.tape import raw

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["constant_pad_nd"]


Pairs = tuple[tuple[int, int], ...]
"""How many elements before and after, for each dimension; a negative number takes away."""


def _negative(pairs: Pairs) -> Pairs:
    return tuple((-a, -b) for a, b in pairs)


def _without(g: Any, pairs: Pairs) -> Any:
    return bordered(g, _negative(pairs), 0)


@primitive(x=lambda g, pairs: _without(g, pairs))
def bordered(x: Array, pairs: Pairs, value: Any) -> Array:
    """x with a border of `value`.  dx = g without the border."""
    sizes = tuple(n + a + b for n, (a, b) in zip(x.shape, pairs, strict=True))
    kept = tuple(slice(max(-a, 0), n - max(-b, 0)) for n, (a, b) in zip(x.shape, pairs, strict=True))
    if all(a <= 0 >= b for a, b in pairs):
        return np.array(x[kept], order=order_like(x))
    place = tuple(slice(max(a, 0), n - max(b, 0)) for n, (a, b) in zip(sizes, pairs, strict=True))
    out = np.empty_like(x, shape=sizes)
    out.fill(value)
    out[place] = x[kept]
    return out


@composite
def constant_pad_nd(input: Any, pad: Sequence[int], value: float = 0) -> Tensor:
    """The tensor with `value` around it; pad is (before, after) of the last dimension, then of the one before it, ….

    A negative number takes elements away. The border has no gradient.

    Raises:
        ShapeError: if there are more pairs than dimensions, or a size would be negative.

    >>> import autograd
    >>> constant_pad_nd(autograd.ones(2), (1, 2))
    tensor([0., 1., 1., 0., 0.])
    """
    shape = tuple(input.shape)
    if len(pad) % 2 or len(pad) > 2 * len(shape):
        raise ShapeError(
            f"constant_pad_nd: pad has a pair of numbers for each of at most {len(shape)} dimensions, got {tuple(pad)}"
        )
    pairs = [(0, 0)] * (len(shape) - len(pad) // 2) + [
        (pad[i], pad[i + 1]) for i in range(len(pad) - 2, -1, -2)
    ]
    sizes = tuple(n + a + b for n, (a, b) in zip(shape, pairs, strict=True))
    if min(sizes, default=0) < 0:
        raise ShapeError(
            f"constant_pad_nd: padding {shape} by {tuple(pad)} gives the negative size in {sizes}"
        )
    dtype = np.dtype(str(input.dtype).rpartition(".")[2])
    return bordered(input, tuple(pairs), stored("constant_pad_nd", raw(value), dtype))
