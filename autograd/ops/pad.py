"""Padding: a tensor with borders of one number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.composite import composite
from autograd.errors import ShapeError
from autograd.ops.index import getitem, setitem
from autograd.storing import stored
from autograd.tape import raw

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["constant_pad_nd"]


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
    kept = tuple(slice(max(-a, 0), n - max(-b, 0)) for n, (a, b) in zip(shape, pairs, strict=True))
    place = tuple(slice(max(a, 0), n - max(b, 0)) for n, (a, b) in zip(sizes, pairs, strict=True))
    dtype = np.dtype(str(input.dtype).rpartition(".")[2])
    border = np.full(sizes, stored("constant_pad_nd", raw(value), dtype), dtype)
    return setitem(border, getitem(input, (*kept, ...)), (*place, ...))
