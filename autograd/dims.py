"""Dimensions as users give them: negative, several, or out of range."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

from autograd.errors import ArgumentError, DimensionError

MOST_DIMENSIONS = 64  # of an ndarray


def checked_dim(op: str, dim: int, shape: Sequence[int], new: int = 0) -> int:
    """`dim` of `shape`, counted from the front; a 0-d tensor has the dimension 0, also called -1.

    `new` dimensions are to be added, as by unsqueeze and stack.

    Raises:
        DimensionError: if there is no such dimension.
        ArgumentError: if it is not an integer.

    >>> checked_dim("sum", -1, (2, 3, 4))
    2
    """
    try:
        wrapped = operator.index(dim)
    except TypeError:
        raise ArgumentError(f"{op}: dim is an integer, got {dim!r}") from None
    n = (len(shape) + new) or 1
    if -n <= wrapped < n:
        return wrapped % n
    raise DimensionError(
        f"{op}: dim {dim} is out of range for shape {tuple(shape)} (expected to be in range of [{-n}, {n - 1}])"
    )


def checked_dims(op: str, dims: int | Sequence[int], shape: Sequence[int]) -> tuple[int, ...]:
    """Several dimensions of `shape`, counted from the front and each different.

    >>> checked_dims("sum", (0, -1), (2, 3, 4))
    (0, 2)
    """
    given: Sequence[Any] = dims if isinstance(dims, (tuple, list)) else (dims,)
    wrapped = tuple(checked_dim(op, d, shape) for d in given)
    if len(set(wrapped)) != len(wrapped):
        raise ArgumentError(f"{op}: dim {tuple(given)} names a dimension twice")
    return wrapped
