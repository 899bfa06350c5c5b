"""Arrays (N, C, …) as they lie in memory, for what adds up over some dimensions and scales along the others.

Whichever way the dimensions lie, those that are kept and those that are summed alternate at most twice, so that the
array is (A, K, B, L) in memory: A and B are summed, K and L kept. In C order a batch norm has A = N, K = C, B = H·W;
where the batch is innermost (H, C, W, N) it has A = H, K = C, B = W·N; with channels last A = N·H·W, K = C. Work goes
block by block, so that a block is still in the cache when it is read again, and temporaries are small.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograd.constants import ones
from autograd.layout import copied
from autograd.primitive import Array

BLOCK = 1 << 16  # elements that are worked on at a time
_LONG = 512  # elements in a row from which NumPy broadcasts one factor a row as fast as it multiplies equal shapes
_EXACT = 4096  # elements that BLAS may add up one after another without losing digits

Block = tuple[slice, slice]


class Layout:
    """How an array (N, C, …) lies in memory, and its views as (A, K, B, L) and back.

    kept: the dimensions that are not summed, (1,) or (0, 1)
    """

    def __init__(self, x: Array, kept: tuple[int, ...]) -> None:
        self.shape = x.shape
        self.kept = kept
        self.order = _order(x)
        groups = self._groups()
        if groups is None:
            self.order = tuple(range(x.ndim))
            groups = self._groups()
        assert groups is not None  # in C order they alternate at most once
        self.four = groups
        self.plain = self.order == tuple(range(x.ndim))
        self.swapped = len(kept) == 2 and self.order.index(1) < self.order.index(0)

    def _groups(self) -> tuple[int, int, int, int] | None:
        """The sizes (A, K, B, L); None where the dimensions alternate more often."""
        sizes = [1, 1, 1, 1]
        at = 0
        for d in self.order:
            if self.shape[d] == 1:
                continue
            if (at % 2 == 1) != (d in self.kept):
                at += 1
                if at > 3:
                    return None
            sizes[at] *= self.shape[d]
        a, k, b, n = sizes
        return a, k, b, n

    def lay(self, x: Array) -> Array:
        """The array as (A, K, B, L): a view, or a copy of one that lies otherwise."""
        y = x if self.plain else x.transpose(self.order)
        return (y if y.flags.c_contiguous else copied(y)).reshape(self.four)

    def back(self, laid: Array) -> Array:
        """An array (A, K, B, L) in the shape that the first one had."""
        if self.plain:
            return laid.reshape(self.shape)
        physical = laid.reshape([self.shape[d] for d in self.order])
        inverse = sorted(range(len(self.order)), key=self.order.__getitem__)
        return physical.transpose(inverse)

    def small(self, factors: Array) -> Array:
        """One number for each (n, c), or each c, as (K, L)."""
        _, k, _, n = self.four
        return np.ascontiguousarray(factors.T if self.swapped else factors).reshape(k, n)

    def large(self, sums: Array) -> Array:
        """(K, L) as (N, C), or (1, C)."""
        channels = self.shape[1]
        if len(self.kept) == 1:
            return sums.reshape(1, channels)
        batch = self.shape[0]
        return sums.reshape(channels, batch).T if self.swapped else sums.reshape(batch, channels)

    def blocks(self) -> Iterator[Block]:
        """Slices of A and K that make blocks, each a contiguous piece."""
        a, k, b, n = self.four
        each = k * b * n
        if each <= BLOCK:
            step = max(1, BLOCK // max(each, 1))
            for i in range(0, a, step):
                yield slice(i, min(i + step, a)), slice(0, k)
            return
        step = max(1, BLOCK // max(b * n, 1))
        for i in range(a):
            for j in range(0, k, step):
                yield slice(i, i + 1), slice(j, min(j + step, k))


def _order(x: Array) -> tuple[int, ...]:
    """The dimensions from the outermost in memory to the innermost; as they are, unless that makes x contiguous."""
    plain = tuple(range(x.ndim))
    if x.flags.c_contiguous or 0 in x.strides:
        return plain
    order = tuple(sorted(plain, key=lambda d: (-abs(x.strides[d]), d)))
    return order if x.transpose(order).flags.c_contiguous else plain


class Factors:
    """Factors for each (K, L), in the shape in which a block is multiplied fastest."""

    def __init__(self, layout: Layout, *factors: Array) -> None:
        _, k, b, n = layout.four
        self.factors = factors
        self.inner = b if n == 1 else n
        if b == 1 and n == 1:
            self.inner = k
        self.sizes = (b, n)
        self.spread: dict[int, list[Array]] = {}
        self.whole = k * b * n <= BLOCK

    def of(self, block: Block, rows: int) -> list[Array]:
        """The factors of a block of `rows` times some of K."""
        b, n = self.sizes
        parts = [f[block[1]][:, None] for f in self.factors]
        if self.inner >= _LONG:
            return parts
        if not self.whole:
            return [_repeated(p, 1, b, n) for p in parts]
        if not self.spread:  # the first block is the largest, and all have the same factors
            self.spread[0] = [_repeated(p, rows, b, n) for p in parts]
        return [s[:rows] for s in self.spread[0]]


def _repeated(part: Array, rows: int, b: int, n: int) -> Array:
    out = np.empty((rows, len(part), b, n), part.dtype)
    out[...] = part
    return out


def block_sums(v: Array) -> Array:
    """The sums over the first and third dimension of a contiguous block (a, k, b, l), as (k, l)."""
    a, k, b, n = v.shape
    if v.dtype.char not in "fd":
        return v.sum(axis=(0, 2))
    if n > 1:
        s = v.reshape(a * k, n) if b == 1 else np.matmul(ones(b, v.dtype), v.reshape(a * k, b, n))
    elif b > 1:
        s = row_sums(v.reshape(a * k, b))
    else:
        s = v
    return s.reshape(k, n) if a == 1 else (ones(a, v.dtype) @ s.reshape(a, k * n)).reshape(k, n)


def block_dots(v: Array, w: Array) -> Array:
    """`block_sums` of the product of two blocks."""
    a, k, b, n = v.shape
    if n > 1 or b == 1 or b > _EXACT:
        return block_sums(v * w)
    s = np.vecdot(v.reshape(a * k, b), w.reshape(a * k, b))
    return s.reshape(k, n) if a == 1 else (ones(a, v.dtype) @ s.reshape(a, k)).reshape(k, n)


def row_sums(rows: Array) -> Array:
    """The sum of each row: a product with ones, of pieces that lose no digits.

    >>> row_sums(np.ones((2, 5000)))
    array([5000., 5000.])
    """
    m, length = rows.shape
    if length <= _EXACT:
        return rows @ ones(length, rows.dtype)
    whole = length // _EXACT * _EXACT
    pieces = rows[:, :whole].reshape(m, -1, _EXACT) @ ones(_EXACT, rows.dtype)
    return pieces.sum(axis=1) + rows[:, whole:].sum(axis=1)


def count(shape: Sequence[int], kept: Sequence[int]) -> int:
    """How many elements one sum has."""
    return math.prod(n for d, n in enumerate(shape) if d not in kept)


def totals(layout: Layout, *pairs: Any) -> list[Array]:
    """For each laid array, or pair of laid arrays to be multiplied, its sums in float64, as (K, L)."""
    _, k, _, n = layout.four
    out = [np.zeros((k, n)) for _ in pairs]
    for rows, some in layout.blocks():
        for total, pair in zip(out, pairs, strict=True):
            x, y = pair if isinstance(pair, tuple) else (pair, None)
            part = block_sums(x[rows, some]) if y is None else block_dots(x[rows, some], y[rows, some])
            total[some] += part
    return out
