"""The windows that the arguments of a pool mean, checked with PyTorch's words."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from autograd.errors import ArgumentError, ShapeError
from autograd.kernels.windows import Span, Windows
from nn.functional.sizes import each


def check_dims(op: str, shape: Sequence[int], n: int, *, empty_batch: bool = True) -> None:
    """Raise unless the input has n dimensions of windows after the channels, with or without a batch before.

    Raises:
        ShapeError: if it has not, or one of them, or the channels, is empty.
    """
    kept = shape[1:] if len(shape) == n + 2 and empty_batch else shape
    if len(shape) not in (n + 1, n + 2) or 0 in kept:
        dims = ", ".join(("L",) if n == 1 else ("D", "H", "W")[-n:])
        raise ShapeError(
            f"{op}: needs a non-empty {n + 1}D or {n + 2}D (batch mode) tensor, of shape (C, {dims}) or (N, C, {dims})"
            f", got shape {tuple(shape)}"
        )


def windows_of(
    op: str,
    shape: Sequence[int],
    n: int,
    kernel_size: Any,
    stride: Any,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
) -> Windows:
    """The windows of a pool over the last n dimensions of an input.

    Raises:
        ArgumentError: for numbers that make no windows.
        ShapeError: if the input does not have these dimensions, or no window fits.
    """
    kernel = each(op, "kernel_size", kernel_size, n)
    empty = stride is None or (isinstance(stride, (tuple, list)) and not stride)
    step = kernel if empty else each(op, "stride", stride, n)
    border = each(op, "padding", padding, n)
    gap = each(op, "dilation", dilation, n)
    if min(step) < 1:
        problem = "stride should not be zero" if 0 in step else "stride must be positive"
        raise ArgumentError(f"{op}: {problem}, got {step}")
    if min(kernel) < 1:
        raise ArgumentError(f"{op}: kernel_size should be greater than zero, got {kernel}")
    if min(gap) < 1:
        raise ArgumentError(f"{op}: dilation should be greater than zero, got {gap}")
    if min(border) < 0:
        raise ArgumentError(f"{op}: pad must be non-negative, but got pad: {min(border)}")
    check_dims(op, shape, n)
    return _windows(op, tuple(shape), kernel, step, border, gap, bool(ceil_mode))


@functools.lru_cache(maxsize=256)
def _windows(
    op: str,
    shape: tuple[int, ...],
    kernel: tuple[int, ...],
    step: tuple[int, ...],
    border: tuple[int, ...],
    gap: tuple[int, ...],
    ceil_mode: bool,
) -> Windows:
    spans = []
    for k, s, p, d, size in zip(kernel, step, border, gap, shape[-len(kernel) :], strict=True):
        if p > ((k - 1) * d + 1) // 2:
            raise ArgumentError(
                f"{op}: pad should be at most half of effective kernel size, but got pad={p}, kernel_size={k} and "
                f"dilation={d}"
            )
        count = (size + 2 * p - d * (k - 1) - 1 + (s - 1 if ceil_mode else 0)) // s + 1
        if ceil_mode and (count - 1) * s >= size + p:
            count -= 1  # the last window would start in the padding behind
        spans.append(Span(k, s, p, d, size, count))
    if min(s.windows for s in spans) < 1:
        counts = tuple(s.windows for s in spans)
        raise ShapeError(
            f"{op}: the output size {counts} is too small, for input shape {tuple(shape)}, kernel_size {kernel}, "
            f"stride {step}, padding {border} and dilation {gap}"
        )
    return Windows(*spans)
