"""Splitting: one tensor as several consecutive pieces along a dimension, each a view."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.composite import composite
from autograd.errors import ArgumentError, ShapeError
from autograd.ops.index import getitem
from autograd.ops.shape import divided
from autograd.primitive import Array, primitive

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = [
    "chunk", "dsplit", "hsplit", "split", "split_with_sizes", "tensor_split", "unsafe_chunk", "unsafe_split",
    "unsafe_split_with_sizes", "vsplit",
]  # fmt: skip


@primitive(view=True, several=True, x=lambda g, dim: np.concatenate(g, dim))
def pieces(x: Array, sizes: Sequence[int], dim: int) -> tuple[Array, ...]:
    """Consecutive pieces of x along `dim`, of these sizes: a tuple of views.  dx = the gradients joined."""
    lead = (slice(None),) * dim
    return tuple(
        [x[(*lead, slice(end - size, end))] for end, size in zip(accumulate(sizes), sizes, strict=True)]
    )


@composite
def split(tensor: Any, split_size_or_sections: int | Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Consecutive pieces along `dim`: each of one size (the last may be smaller), or of the sizes in a list.

    Raises:
        ShapeError: if the sizes in the list do not add up to the dimension's.

    >>> import autograd
    >>> split(autograd.arange(5), 2)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    d, n = divided("split", tensor, dim)
    if isinstance(split_size_or_sections, (tuple, list)):
        sizes = list(split_size_or_sections)
        if sum(sizes) != n or min(sizes, default=0) < 0:
            raise ShapeError(
                f"split: sizes {sizes} must be non-negative and add up to {n}, the size of dim {dim} of shape "
                f"{tuple(tensor.shape)}"
            )
        return _pieces(tensor, sizes, d)
    size = int(split_size_or_sections)  # type: ignore[arg-type]  # a number
    if size < 0 or (size == 0 and n):
        raise ArgumentError(f"split: the size of a piece must be positive, got {size}")
    return _pieces(tensor, [min(size, n - i) for i in range(0, n, size)] if n else [0], d)


@composite
def split_with_sizes(input: Any, split_sizes: Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Consecutive pieces along `dim` of the sizes in a list (see `split`)."""
    return split(input, tuple(split_sizes), dim)


@composite
def chunk(input: Any, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """At most `chunks` pieces along `dim`, all of one size but for the last.

    >>> import autograd
    >>> [len(c) for c in chunk(autograd.arange(6), 4)]
    [2, 2, 2]
    """
    d, n = divided("chunk", input, dim)
    chunks = operator.index(chunks)
    if chunks < 1:
        raise ArgumentError(f"chunk: needs at least one chunk, got {chunks}")
    size = -(-n // chunks)
    return _pieces(input, [0] * chunks, d) if size == 0 else split(input, size, d)


@composite
def unsafe_split(tensor: Any, split_size: int, dim: int = 0) -> tuple[Tensor, ...]:
    """`split`: writes to its pieces are always allowed here."""
    return split(tensor, split_size, dim)


@composite
def unsafe_split_with_sizes(input: Any, split_sizes: Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """`split_with_sizes`: writes to its pieces are always allowed here."""
    return split_with_sizes(input, split_sizes, dim)


@composite
def unsafe_chunk(input: Any, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """`chunk`: writes to its pieces are always allowed here."""
    return chunk(input, chunks, dim)


@composite
def tensor_split(input: Any, indices_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Pieces along `dim`: a number of nearly equal ones, or those between the given indices.

    >>> import autograd
    >>> [len(c) for c in tensor_split(autograd.arange(7), 3)]
    [3, 2, 2]
    """
    return _split_at("tensor_split", input, indices_or_sections, dim)


def _split_at(op: str, input: Any, indices_or_sections: Any, dim: int) -> tuple[Tensor, ...]:
    d, n = divided(op, input, dim)
    given = indices_or_sections.tolist() if hasattr(indices_or_sections, "tolist") else indices_or_sections
    if isinstance(given, int):
        if given < 1:
            raise ArgumentError(f"{op}: needs at least one section, got {given}")
        return _pieces(input, [n // given + (i < n % given) for i in range(given)], d)
    try:
        ends = [min(max(i + n if i < 0 else i, 0), n) for i in map(operator.index, given)]
    except TypeError:
        raise ArgumentError(
            f"{op}: needs a number of sections, or the indices to split at, got {indices_or_sections!r}"
        ) from None
    lead = (slice(None),) * d
    return tuple(
        getitem(input, (*lead, slice(a, max(a, b)))) for a, b in zip([0, *ends], [*ends, n], strict=True)
    )


@composite
def hsplit(input: Any, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """`tensor_split` along the columns (dim 1; dim 0 of a vector)."""
    return _evenly("hsplit", input, indices_or_sections, 1 if len(input.shape) > 1 else 0, 1)


@composite
def vsplit(input: Any, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """`tensor_split` along the rows (dim 0)."""
    return _evenly("vsplit", input, indices_or_sections, 0, 2)


@composite
def dsplit(input: Any, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """`tensor_split` along the depth (dim 2)."""
    return _evenly("dsplit", input, indices_or_sections, 2, 3)


def _evenly(op: str, input: Any, indices_or_sections: Any, dim: int, ndim: int) -> tuple[Tensor, ...]:
    """Pieces along `dim` of a tensor of at least `ndim` dimensions; a number of sections must divide the size."""
    shape = tuple(input.shape)
    if len(shape) < ndim:
        raise ShapeError(f"{op}: needs at least {ndim} dimensions, got shape {shape}")
    if isinstance(indices_or_sections, int) and (indices_or_sections < 1 or shape[dim] % indices_or_sections):
        raise ArgumentError(
            f"{op}: {indices_or_sections} sections do not divide size {shape[dim]} of dim {dim} of shape {shape}"
        )
    return _split_at(op, input, indices_or_sections, dim)


def _pieces(x: Any, sizes: Sequence[int], dim: int) -> tuple[Tensor, ...]:
    return pieces(x, sizes, dim)  # type: ignore[return-value]  # it has several results
