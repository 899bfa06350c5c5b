"""Dimensions as users give them: negative, several, or out of range."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar

from autograd.errors import ArgumentError, DimensionError, DTypeError

P = ParamSpec("P")
R = TypeVar("R")

_NUMPYS = {"axis": "dim", "keepdims": "keepdim"}


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


def on_tensor(function: Callable[P, R]) -> Callable[..., R]:
    """The function of a tensor, checked to be one; it also takes NumPy's `axis` and `keepdims` for `dim` and `keepdim`.

    Raises:
        DTypeError: if the first argument is not a tensor (or an array, as when a formula calls).
        ArgumentError: if `dim` and `axis`, or `keepdim` and `keepdims`, are both given.

    >>> first = on_tensor(lambda x, dim: x)
    >>> first([1, 2], dim=0)
    Traceback (most recent call last):
    autograd.errors.DTypeError: <lambda>: needs a tensor, got list [1, 2]; use autograd.tensor()
    """
    name = function.__name__

    @functools.wraps(function)
    def call(*args: Any, **named: Any) -> R:
        if args and not hasattr(args[0], "shape"):
            raise DTypeError(
                f"{name}: needs a tensor, got {type(args[0]).__name__} {args[0]!r:.80}; use autograd.tensor()"
            )
        if "axis" in named or "keepdims" in named:
            given = named
            named = {_NUMPYS.get(k, k): value for k, value in given.items()}
            if len(named) != len(given):
                raise ArgumentError(f"{name}: an argument is given twice among {sorted(given)}")
        return function(*args, **named)

    return call
