"""Adaptive pools: the input's places divided into so many windows, as equal as whole numbers allow.

Window i of `output_size` goes from ⌊i·size / output_size⌋ to ⌈(i + 1)·size / output_size⌉; windows may overlap by one.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import Tensor, ops
from autograd.composite import composite
from autograd.errors import ArgumentError, DTypeError, ShapeError
from autograd.kernels.max_pool import max_pool, winners, winners_between
from autograd.kernels.mean_pool import window_means, window_shares
from autograd.kernels.resample import resample
from autograd.kernels.taps import edges, shares
from autograd.kernels.windows import Span, Windows
from autograd.ops.identity import kinked
from autograd.tape import wrap
from nn.functional.window_choice import chosen

_FEW = 128  # windows, up to which each is looked at by itself

OutputSize = int | Sequence[int | None]


def _output_sizes(op: str, input: Any, n: int, output_size: Any) -> tuple[int, ...]:
    """The sizes of the output, checked together with the input; None keeps the input's size."""
    shape = tuple(input.shape)
    if len(shape) not in (n + 1, n + 2):
        raise ShapeError(f"{op}: expected {n + 1}D or {n + 2}D tensor, but got shape {shape}")
    if 0 in shape[-n:]:
        raise ShapeError(
            f"{op}: expected input to have non-zero size for non-batch dimensions, but input has sizes {shape}"
        )
    if not input.is_floating_point():
        raise DTypeError(f"{op}: needs floating-point numbers, got {input.dtype}; convert with .float()")
    several = isinstance(output_size, (tuple, list))
    given = tuple(output_size) if several else (output_size,) * n
    if len(given) != n or not (several or isinstance(output_size, (int, np.integer))):
        raise ArgumentError(f"{op}: output_size must be an int or {n} of them, got {output_size!r}")
    try:
        sizes = tuple(a if b is None else operator.index(b) for a, b in zip(shape[-n:], given, strict=True))
    except TypeError:
        raise ArgumentError(f"{op}: output_size must be an int or {n} of them, got {output_size!r}") from None
    if min(sizes) < 0:
        raise ArgumentError(
            f"{op}: elements of output_size must be greater than or equal to 0 but received {output_size!r}"
        )
    return sizes


@functools.lru_cache(maxsize=256)
def _even(shape: tuple[int, ...], sizes: tuple[int, ...]) -> Windows | None:
    """The windows, where all are equally wide and next to each other."""
    pairs = tuple(zip(shape, sizes, strict=True))
    if any(not b or a % b for a, b in pairs):
        return None
    return Windows(*(Span(a // b, a // b, 0, 1, a, b) for a, b in pairs))


def _adaptive_avg_pool(op: str, n: int, input: Any, output_size: Any) -> Tensor:
    sizes = _output_sizes(op, input, n, output_size)
    shape = tuple(input.shape)
    windows = _even(shape[-n:], sizes)
    if windows is not None:
        means = window_shares if max(sizes) == 1 else window_means  # one mean is linear in PyTorch, too
        return means(input, windows, math.prod(s.kernel for s in windows.spans))
    input = kinked(input)
    for dim, (a, b) in enumerate(zip(shape[-n:], sizes, strict=True), -n):
        if a != b:
            input = resample(input, shares(a, b), dim, False)
    return input  # type: ignore[no-any-return]  # a tensor


@composite
def adaptive_avg_pool1d(input: Tensor, output_size: int | Sequence[int]) -> Tensor:
    """The means of `output_size` windows that cover the input. (N, C, L) or (C, L) → (…, output_size).

    Window i goes from ⌊i·L / output_size⌋ to ⌈(i + 1)·L / output_size⌉.

    Raises:
        ArgumentError, ShapeError, DTypeError: if the size or the input is not of this kind.

    >>> import autograd
    >>> adaptive_avg_pool1d(autograd.tensor([[1.0, 2.0, 3.0, 4.0, 5.0]]), 2)
    tensor([[2., 4.]])
    """
    return _adaptive_avg_pool("adaptive_avg_pool1d", 1, input, output_size)


@composite
def adaptive_avg_pool2d(input: Tensor, output_size: OutputSize) -> Tensor:
    """The means of Hₒ × Wₒ windows that cover the input; see `adaptive_avg_pool1d`. (N, C, H, W) → (N, C, Hₒ, Wₒ).

    output_size: (Hₒ, Wₒ), or one number for both; None keeps a size.

    >>> import autograd
    >>> adaptive_avg_pool2d(autograd.arange(16.0).reshape(1, 4, 4), 1)
    tensor([[[7.5000]]])
    """
    return _adaptive_avg_pool("adaptive_avg_pool2d", 2, input, output_size)


@composite
def adaptive_avg_pool3d(input: Tensor, output_size: OutputSize) -> Tensor:
    """The means of Dₒ × Hₒ × Wₒ windows that cover the input; see `adaptive_avg_pool2d`.

    >>> import autograd
    >>> adaptive_avg_pool3d(autograd.ones(1, 2, 3, 4), (1, None, 2)).shape
    autograd.Size([1, 1, 3, 2])
    """
    return _adaptive_avg_pool("adaptive_avg_pool3d", 3, input, output_size)


# ------------------------------------------------------------------------------------------------ maxima


def _adaptive_max_pool(op: str, n: int, input: Any, output_size: Any, return_indices: bool) -> Any:
    sizes = _output_sizes(op, input, n, output_size)
    shape = tuple(input.shape)
    if not shape[-n - 1]:
        raise ShapeError(
            f"{op}: expected input to have non-zero size for non-batch dimensions, but input has sizes {shape}"
        )
    windows = _even(shape[-n:], sizes)
    if windows is not None:
        out: Any = max_pool(input, windows)
        return (out, winners(input.detach(), out.detach(), windows)) if return_indices else out
    if math.prod(sizes) <= _FEW:
        lines = tuple(edges(a, b) for a, b in zip(shape[-n:], sizes, strict=True))
        indices = winners_between(input.detach(), lines)
        flat = (*shape[:-n], math.prod(shape[-n:]))
        at = ops.reshape(indices, (*shape[:-n], math.prod(sizes)))
        out = ops.reshape(ops.gather(ops.reshape(kinked(input), flat), -1, at), (*shape[:-n], *sizes))
        return (out, indices) if return_indices else out
    places = []
    for a, b in zip(shape[-n:], sizes, strict=True):
        low, high = edges(a, b)
        most = int((high - low).max(initial=1))
        places.append(wrap(np.minimum(low[:, None] + np.arange(most), high[:, None] - 1)))
    out, indices = chosen(input, places)
    return (out, indices) if return_indices else out


@composite
def adaptive_max_pool1d(input: Tensor, output_size: int | Sequence[int], return_indices: bool = False) -> Any:
    """The largest elements of `output_size` windows that cover the input; see `adaptive_avg_pool1d`.

    return_indices: return (out, the positions of the largest elements).

    >>> import autograd
    >>> adaptive_max_pool1d(autograd.tensor([[1.0, 9.0, 3.0, 4.0, 5.0]]), 2)
    tensor([[9., 5.]])
    """
    return _adaptive_max_pool("adaptive_max_pool1d", 1, input, output_size, return_indices)


@composite
def adaptive_max_pool2d(input: Tensor, output_size: OutputSize, return_indices: bool = False) -> Any:
    """The largest elements of Hₒ × Wₒ windows that cover the input; see `adaptive_max_pool1d`.

    >>> import autograd
    >>> adaptive_max_pool2d(autograd.arange(16.0).reshape(1, 4, 4), (2, None))
    tensor([[[ 4.,  5.,  6.,  7.],
             [12., 13., 14., 15.]]])
    """
    return _adaptive_max_pool("adaptive_max_pool2d", 2, input, output_size, return_indices)


@composite
def adaptive_max_pool3d(input: Tensor, output_size: OutputSize, return_indices: bool = False) -> Any:
    """The largest elements of Dₒ × Hₒ × Wₒ windows that cover the input; see `adaptive_max_pool2d`.

    >>> import autograd
    >>> adaptive_max_pool3d(autograd.ones(1, 2, 3, 4), (1, None, 2)).shape
    autograd.Size([1, 1, 3, 2])
    """
    return _adaptive_max_pool("adaptive_max_pool3d", 3, input, output_size, return_indices)


@composite
def adaptive_max_pool1d_with_indices(
    input: Tensor,
    output_size: int | Sequence[int],
    return_indices: bool = False,  # noqa: ARG001  # PyTorch's
) -> tuple[Tensor, Tensor]:
    """`adaptive_max_pool1d` with return_indices=True."""
    return adaptive_max_pool1d(input, output_size, True)  # type: ignore[no-any-return]  # a pair


@composite
def adaptive_max_pool2d_with_indices(
    input: Tensor,
    output_size: OutputSize,
    return_indices: bool = False,  # noqa: ARG001  # PyTorch's
) -> tuple[Tensor, Tensor]:
    """`adaptive_max_pool2d` with return_indices=True."""
    return adaptive_max_pool2d(input, output_size, True)  # type: ignore[no-any-return]  # a pair


@composite
def adaptive_max_pool3d_with_indices(
    input: Tensor,
    output_size: OutputSize,
    return_indices: bool = False,  # noqa: ARG001  # PyTorch's
) -> tuple[Tensor, Tensor]:
    """`adaptive_max_pool3d` with return_indices=True."""
    return adaptive_max_pool3d(input, output_size, True)  # type: ignore[no-any-return]  # a pair
