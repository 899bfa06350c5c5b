"""The windows of a pool: where each of them lies in its input.

Along each dimension window i covers the places i·stride − padding + k·dilation, for k = 0 … kernel − 1, as far as they
are inside. No input is padded: for each k the windows that have a k-th place are one slice of the output, and their
places one slice of the input. `Span.parts` lists these pairs of slices; a pool is a maximum, or a sum, of them.

The dimensions of windows are the last ones of an array; there may be any number before them.
"""

from __future__ import annotations

import functools
import itertools
import math
from typing import Any

import numpy as np

from autograd.dtypes import Array


class Span:
    """The windows along one dimension: `size` places of the input, so many windows."""

    def __init__(
        self, kernel: int, stride: int, padding: int, dilation: int, size: int, windows: int
    ) -> None:
        self.kernel, self.stride, self.padding, self.dilation = kernel, stride, padding, dilation
        self.size, self.windows = size, windows
        self.reach = (kernel - 1) * dilation + 1  # from a window's first place to its last, both counted
        self.is_whole = windows == 1 and not padding and dilation == 1 and kernel >= size

    @functools.cached_property
    def parts(self) -> tuple[tuple[slice, slice], ...]:
        """For each k that any window has: (the windows that have a k-th place, these places)."""
        found = map(self.part, range(self.kernel))
        return tuple(part for part in found if part is not None)

    def part(self, k: int) -> tuple[slice, slice] | None:
        """The windows that have a k-th place, and these places; None if there are no such windows."""
        start = k * self.dilation - self.padding  # of the first window
        first = max(0, -(start // self.stride))
        end = min(self.windows, (self.size - 1 - start) // self.stride + 1)
        if end <= first:
            return None
        low = start + first * self.stride
        return slice(first, end), slice(low, low + (end - first - 1) * self.stride + 1, self.stride)

    @functools.cached_property
    def is_full(self) -> bool:
        """Whether no window reaches outside."""
        return (
            all(where == slice(0, self.windows) for where, _ in self.parts) and len(self.parts) == self.kernel
        )

    def starts(self) -> Array:
        """The first place inside of each window."""
        first = np.arange(self.windows) * self.stride - self.padding
        return np.where(first < 0, first + -(first // self.dilation) * self.dilation, first)

    def counts(self, include_padding: bool) -> Array:
        """How many places each window has, inside or also in the padding (PyTorch's rule for the last windows)."""
        first = np.arange(self.windows) * self.stride - self.padding
        last = np.minimum(first + self.kernel, self.size + self.padding)
        if include_padding:
            return last - first
        return np.minimum(last, self.size) - np.maximum(first, 0)


class Windows:
    """The windows of a pool, a span for each dimension.

    overlap:   whether some place may be in two windows
    tile:      whether each place is in exactly one window, and no window reaches outside
    volume:    the number of places of a window
    """

    def __init__(self, *spans: Span) -> None:
        self.spans = spans
        self.sizes = tuple(s.size for s in spans)
        self.overlap = any(s.stride < s.reach and s.windows > 1 for s in spans)
        self.tile = all(
            s.stride == s.kernel and not s.padding and s.dilation == 1 and s.windows * s.kernel == s.size
            for s in spans
        )
        self.volume = math.prod(s.kernel for s in spans)

    @functools.cached_property
    def places(self) -> tuple[tuple[Any, Any], ...]:
        """(windows, places) as indices of whole arrays, for each place of a window, in C order."""
        combinations = itertools.product(*(s.parts for s in self.spans))
        return tuple(((..., *(p[0] for p in c)), (..., *(p[1] for p in c))) for c in combinations)

    def __repr__(self) -> str:
        return f"<windows {'x'.join(str(s.kernel) for s in self.spans)} of {'x'.join(map(str, self.sizes))}>"


def along(ndim: int, dim: int, s: Any) -> tuple[Any, ...]:
    """The index of a slice along a dimension counted from the last, -1, of `ndim` that windows have.

    >>> along(2, -2, slice(1))
    (Ellipsis, slice(None, 1, None), slice(None, None, None))
    """
    index = [slice(None)] * ndim
    index[dim] = s
    return (..., *index)


def empty_like(x: Array, shape: tuple[int, ...], dtype: Any = None) -> Array:
    """An uninitialised array of another shape, with its dimensions in memory in x's order; no view of another.

    >>> empty_like(np.zeros((4, 3, 2)).T, (5, 6, 7)).T.flags.c_contiguous
    True
    """
    return np.empty_like(x, dtype, order="K", shape=shape)


def in_memory_order(x: Array) -> tuple[Array, tuple[int, ...]]:
    """A view with the dimensions in the order in which they lie in memory, and that order."""
    order = tuple(sorted(range(x.ndim), key=lambda d: (-abs(x.strides[d]), d)))
    return x.transpose(order), order
