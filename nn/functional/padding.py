"""Padding as a function: borders around the last dimensions of a tensor."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import Tensor, ops
from autograd.composite import composite
from autograd.errors import ArgumentError, ModeError, ShapeError
from autograd.kernels.edges import edged
from autograd.kernels.resample import Taps, resample
from autograd.ops.identity import kinked

_MODES = ("constant", "reflect", "replicate", "circular")


@composite
def pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    """The tensor with borders around its last dimensions; a negative number takes elements away instead.

    Args:
        pad: (before, after) of the last dimension, then of the one before it, and so on.
        mode: "constant", the same number everywhere; "reflect", the tensor mirrored at its outermost elements (c b a b
            c b a); "replicate", the outermost elements again (a a a b c c c); "circular", the tensor from its other
            end. All but "constant" are for the last one, two or three dimensions, after one or two others (channels).
        value: the number of "constant", 0 by default.

    Raises:
        ShapeError: if there are more pairs than dimensions, nothing would be left, or a border is too wide.
        ModeError: for another mode, or one that this input has not.
        ArgumentError: if a value is given that the mode does not use.

    >>> import autograd
    >>> x = autograd.tensor([[1.0, 2.0, 3.0]])
    >>> pad(x, (1, 2)), pad(x, (2, 1), "reflect")
    (tensor([[0., 1., 2., 3., 0., 0.]]), tensor([[3., 2., 1., 2., 3., 2.]]))
    >>> pad(x, (2, 1), "replicate"), pad(x, (2, -1), "circular")
    (tensor([[1., 1., 1., 2., 3., 3.]]), tensor([[1., 2., 1., 2.]]))
    """
    try:
        widths = tuple(map(operator.index, pad))
    except TypeError:
        raise ArgumentError(f"pad: pad must be a sequence of ints, got {pad!r}") from None
    shape = tuple(input.shape)
    if len(widths) % 2:
        raise ArgumentError(
            f"pad: padding length must be divisible by 2, got {len(widths)} numbers: {widths}"
        )
    if mode == "constant":
        return ops.constant_pad_nd(input, widths, 0 if value is None else value)
    if mode not in _MODES:
        raise ModeError(f"pad: mode is one of {', '.join(_MODES)}, got {mode!r}")
    if value is not None and value != 0:
        raise ArgumentError(f"pad: padding mode {mode!r} doesn't take in value argument, got {value!r}")
    n = len(widths) // 2
    if not (n in (1, 2, 3) and len(shape) in (n + 1, n + 2)):
        raise ModeError(
            f"pad: only 2D, 3D, 4D, 5D padding with non-constant padding are supported: mode {mode!r} takes 2, 4 or 6 "
            f"numbers, for a tensor with one or two dimensions before; got {len(widths)} numbers and shape {shape}"
        )
    pairs = tuple((widths[i], widths[i + 1]) for i in range(len(widths) - 2, -1, -2))
    _check(input, mode, shape[-n:], pairs)
    if mode != "circular":
        input = kinked(input)
    if min(widths) >= 0:
        return edged(input, pairs, mode) if max(widths) else ops.clone(input)
    if mode == "circular":
        cut = (..., *(slice(max(-a, 0), m - max(-b, 0)) for m, (a, b) in zip(shape[-n:], pairs, strict=True)))
        return edged(ops.getitem(input, cut), tuple((max(a, 0), max(b, 0)) for a, b in pairs), mode)
    found: Any = input
    for dim, (m, (a, b)) in enumerate(zip(shape[-n:], pairs, strict=True), -n):
        found = resample(found, _places(m, a, b, mode), dim, False)
    return found  # type: ignore[no-any-return]  # a tensor


def _places(size: int, before: int, after: int, mode: str) -> Taps:
    """Which element stands at each place."""
    i = np.arange(-before, size + after)
    inside = np.clip(i, 0, size - 1)
    places = inside if mode == "replicate" else 2 * inside - i
    return Taps(places[:, None], np.ones((len(i), 1)), size)


def _check(input: Any, mode: str, sizes: Sequence[int], pairs: Sequence[tuple[int, int]]) -> None:
    """Raise unless there is enough of the tensor for its borders, and something left."""
    shape = tuple(input.shape)
    new = tuple(n + a + b for n, (a, b) in zip(sizes, pairs, strict=True))
    channels = shape[len(shape) - len(sizes) - 1]
    if 0 in sizes or not channels:
        raise ShapeError(
            f"pad: expected a tensor with non-zero size for non-batch dimensions, but got shape {shape}"
        )
    if min(new) < (0 if mode == "circular" else 1):
        raise ShapeError(f"pad: padding {shape} by {tuple(pairs)} gives the sizes {new}; they are too small")
    for n, pair in zip(sizes, pairs, strict=True):
        if mode == "reflect" and max(pair) >= n:
            raise ShapeError(
                f"pad: padding size should be less than the corresponding input dimension in mode 'reflect', but got "
                f"{pair} for a dimension of size {n} of {shape}"
            )
        if mode == "circular" and max(pair) > n + min(*pair, 0):
            raise ShapeError(
                f"pad: padding value causes wrapping around more than once, {pair} for a dimension of size {n} of "
                f"{shape}"
            )
