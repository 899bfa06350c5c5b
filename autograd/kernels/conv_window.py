"""What a sliding window sees: the geometry that convolutions of every kind share.

In each dimension an output o looks, through its tap t, at the input position

    o · stride + t · dilation + start,        start = -padding,

and sees 0 outside of the input. The gradient of a convolution with respect to its input is made of such windows too:
the inputs h = r, r + stride, r + 2 stride, … were all seen through the same taps, so for each such phase r the
gradient is a window of stride 1 over the output's gradient (`phases`).
"""

from __future__ import annotations

import functools
import itertools
import math
from typing import NamedTuple

Sizes = tuple[int, ...]


class Window(NamedTuple):
    """For each dimension: where the first output's first tap is, the steps, and how many taps and outputs there are."""

    start: Sizes
    stride: Sizes
    dilation: Sizes
    taps: Sizes
    size: Sizes


class Phase(NamedTuple):
    """Some of a convolution's inputs, and the window over the output's gradient that gives theirs.

    places:  of the inputs, a slice for each dimension
    taps:    of the weight, a slice for each dimension (in falling order)
    window:  None where no tap reaches these inputs
    """

    places: tuple[slice, ...]
    taps: tuple[slice, ...]
    window: Window | None


def along(n: int, start: int, stride: int, size: int) -> tuple[int, int, slice]:
    """Which outputs of one tap see the input of size n: (first, end), and the positions that they see.

    >>> along(4, -1, 2, 3)
    (1, 3, slice(1, 4, 2))
    """
    first = min(size, max(0, -(start // stride)))
    end = max(first, min(size, (n - 1 - start) // stride + 1))
    begin = start + first * stride
    return first, end, slice(begin, start + (end - 1) * stride + 1 if end > first else begin, stride)


@functools.lru_cache(maxsize=512)
def phases(size: Sizes, padding: Sizes, stride: Sizes, dilation: Sizes, taps: Sizes) -> tuple[Phase, ...]:
    """The inputs of a convolution, of `size`, sorted by the taps through which they were seen.

    >>> [phase.taps for phase in phases((4,), (1,), (2,), (1,), (3,))]
    [(slice(1, None, -2),), (slice(2, None, -2),)]
    """
    found = [_phases_along(*each) for each in zip(size, padding, stride, dilation, taps, strict=True)]
    made = []
    for parts in itertools.product(*found):
        windows = [w for _, _, w in parts]
        joined = (
            None if None in windows else Window(*zip(*(w for w in windows if w is not None), strict=True))
        )
        made.append(Phase(tuple(p for p, _, _ in parts), tuple(t for _, t, _ in parts), joined))
    return tuple(made)


def _phases_along(
    size: int, padding: int, stride: int, dilation: int, taps: int
) -> list[tuple[slice, slice, tuple[int, int, int, int, int] | None]]:
    """The same in one dimension."""
    common = math.gcd(stride, dilation)
    step = stride // common
    found: list[tuple[slice, slice, tuple[int, int, int, int, int] | None]] = []
    for r in range(min(stride, size)):
        seen = [i for i in range(taps) if (r + padding - i * dilation) % stride == 0]
        places = slice(r, None, stride) if stride > 1 else slice(None)
        count = -(-(size - r) // stride)
        if not seen:
            found.append((places, slice(0, 0), None))
            continue
        last = seen[-1]
        start = (r + padding - last * dilation) // stride
        found.append((places, slice(last, None, -step), (start, 1, dilation // common, len(seen), count)))
    return found
