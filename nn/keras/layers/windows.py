"""Sizes, strides and borders of windows, as Keras counts them; and where the channels are."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from autograd.errors import ArgumentError
from nn import functional as F

PADDINGS = ("valid", "same", "causal")


def sizes(layer: str, what: str, value: Any, rank: int, least: int = 1) -> tuple[int, ...]:
    """One number, or one for each dimension, as a tuple.

    Raises:
        ArgumentError: if they are not whole numbers of at least `least`, or too few or many.
    """
    many = tuple(value) if isinstance(value, (list, tuple)) else (value,) * rank
    if len(many) != rank or any(
        isinstance(n, bool) or not hasattr(n, "__index__") or int(n) < least for n in many
    ):
        raise ArgumentError(
            f"{layer}: {what} is a whole number of {least} or more, or {rank} of them, got {value!r}"
        )
    return tuple(int(n) for n in many)


def padding_name(layer: str, value: Any, causal: bool) -> str:
    """The name of a padding, in lower case.

    Raises:
        ArgumentError: if it is none.
    """
    names = PADDINGS if causal else PADDINGS[:2]
    name = value.lower() if isinstance(value, str) else value
    if name not in names:
        raise ArgumentError(f"{layer}: padding is one of {', '.join(map(repr, names))}, got {value!r}")
    return str(name)


def borders(
    padding: str,
    shape: tuple[int, ...],
    window: tuple[int, ...],
    strides: tuple[int, ...],
    dilation: tuple[int, ...],
) -> list[tuple[int, int]]:
    """How much is added before and behind each dimension of `shape`.

    "same" makes ⌈size / stride⌉ outputs, with the odd one behind; "causal" adds all before.

    >>> borders("same", (5,), (3,), (2,), (1,)), borders("same", (6,), (3,), (2,), (1,))
    ([(1, 1)], [(0, 1)])
    """
    if padding == "valid":
        return [(0, 0)] * len(window)
    spans = [d * (k - 1) + 1 for k, d in zip(window, dilation, strict=True)]
    if padding == "causal":
        return [(span - 1, 0) for span in spans]
    found = []
    for n, span, step in zip(shape, spans, strides, strict=True):
        total = max((-(-n // step) - 1) * step + span - n, 0)
        found.append((total // 2, total - total // 2))
    return found


def length(padding: str, size: int | None, window: int, stride: int, dilation: int = 1) -> int | None:
    """How many windows there are along a dimension.

    >>> length("valid", 7, 3, 2), length("same", 7, 3, 2), length("same", None, 3, 2)
    (3, 4, None)
    """
    if size is None:
        return None
    if padding == "valid":
        return (size - dilation * (window - 1) - 1) // stride + 1
    return -(-size // stride)


def padded(x: Tensor, added: list[tuple[int, int]], value: float = 0.0) -> Tensor:
    """x (N, C, …) with a border around its last dimensions."""
    flat = [n for pair in reversed(added) for n in pair]
    return F.pad(x, flat, value=value) if any(flat) else x


def channels_first(x: Tensor) -> Tensor:
    """(N, …, C) as (N, C, …), a view."""
    return x.movedim(-1, 1)


def channels_last(x: Tensor) -> Tensor:
    """(N, C, …) as (N, …, C), a view."""
    return x.movedim(1, -1)


def windowed(
    shape: tuple[int | None, ...], first: bool, padding: str, window: tuple[int, ...], strides: tuple[int, ...],
    dilation: tuple[int, ...], filters: int | None,
) -> tuple[int | None, ...]:  # fmt: skip
    """The shape of a convolution's or a pool's result.

    first:  whether the channels are the second dimension, not the last
    filters:  the channels of the result; None for as many as there are
    """
    inner = shape[2:] if first else shape[1:-1]
    depth = (shape[1] if first else shape[-1]) if filters is None else filters
    sizes = tuple(length(padding, *each) for each in zip(inner, window, strides, dilation, strict=True))
    return (shape[0], depth, *sizes) if first else (shape[0], *sizes, depth)
