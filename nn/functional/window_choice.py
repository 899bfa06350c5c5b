"""Maxima over windows of any places: of adaptive pools whose windows differ in width, and of fractional ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from autograd import ops
from autograd.ops.identity import kinked


def grid(places: Sequence[Any], sizes: Sequence[int]) -> Any:
    """The positions of each window's places, counted in C order over `sizes`: (…, windows, places of a window).

    places: for each dimension (…, windows, places)
    """
    n = len(places)
    total: Any = 0
    for d, p in enumerate(places):
        *lead, count, width = p.shape
        alone = [count if i == d else 1 for i in range(n)], [width if i == d else 1 for i in range(n)]
        total = total * sizes[d] + p.reshape(*lead, *alone[0], *alone[1])
    shape = tuple(total.shape)
    lead, counts, widths = shape[: -2 * n], shape[-2 * n : -n], shape[-n:]
    return total.reshape(*lead, math.prod(counts), math.prod(widths))


def chosen(input: Any, places: Sequence[Any]) -> tuple[Any, Any]:
    """The largest element of each window, and its position: the first, or of several that are nan the last.

    places: for each dimension a tensor (windows, places of a window), or one such for each of input's dimensions before
    """
    shape, n = tuple(input.shape), len(places)
    sizes, lead = shape[-n:], shape[:-n]
    positions = grid(places, sizes)
    counts = tuple(p.shape[-2] for p in places)
    flat = ops.reshape(kinked(input), (*lead, math.prod(sizes)))
    table = ops.expand(positions, (*lead, *tuple(positions.shape)[-2:]))
    if positions.ndim == 2:
        seen = flat.detach()[..., positions]
    else:
        index = ops.reshape(table, (*lead, math.prod(tuple(table.shape)[-2:])))
        seen = ops.reshape(ops.gather(flat.detach(), -1, index), tuple(table.shape))
    best = _first_largest(seen)
    indices = ops.squeeze(ops.gather(table, -1, ops.unsqueeze(best, -1)), -1)
    out = ops.gather(flat, -1, indices)
    return ops.reshape(out, (*lead, *counts)), ops.reshape(indices, (*lead, *counts))


def _first_largest(seen: Any) -> Any:
    """The place of each row's first largest element, or of its last nan."""
    width = seen.shape[-1]
    last = width - 1 - ops.argmax(ops.flip(seen, (-1,)), -1)
    missing = ops.isnan(ops.amax(seen, -1))
    return ops.where(missing, last, ops.argmax(seen, -1))
