"""Joining: several tensors made one, and one repeated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.arguments import describe
from autograd.composite import composite
from autograd.dims import checked_dim
from autograd.errors import ArgumentError, ShapeError
from autograd.hidden import all_examples, only_values
from autograd.layout import in_c_order
from autograd.ops.identity import contiguous, copy_in_c_order
from autograd.ops.index import getitem
from autograd.ops.shape import atleast_1d, atleast_2d, atleast_3d, expand, flatten, reshape, unsqueeze
from autograd.primitive import Array, Arrays, primitive
from autograd.tape import Variable, raw, wrap

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = [
    "cat", "concat", "concatenate", "stack", "hstack", "vstack", "row_stack", "dstack", "column_stack", "block_diag",
    "repeat", "repeat_interleave", "tile",
]  # fmt: skip


# ------------------------------------------------------------------------------------------ the derivative table


@primitive(
    cast="promote",
    tensors=lambda g, i, dim, starts: g[(*(slice(None),) * dim, slice(starts[i], starts[i + 1]))],
)
def cat_(tensors: Arrays, dim: int, starts: Sequence[int]) -> Array:  # noqa: ARG001  # the formula's
    """The tensors one after another along dim.  d tensors[i] = g between where it starts and where it ends."""
    return in_c_order(np.concatenate(tensors, dim))


@primitive(cast="promote", tensors=lambda g, i, dim: g[(*(slice(None),) * dim, i)])
def stack_(tensors: Arrays, dim: int) -> Array:
    """The tensors along a new dimension.  d tensors[i] = g at i along dim."""
    return in_c_order(np.stack(tensors, dim))


# ------------------------------------------------------------------------------------------ what users call


@composite
def cat(tensors: Sequence[Any], dim: int = 0) -> Tensor:
    """The tensors one after another along `dim`; their other sizes must agree.

    Raises:
        ShapeError: if the other sizes differ, or there is no tensor.
        DimensionError: if `dim` is out of range.

    >>> import autograd
    >>> cat([autograd.zeros(1, 2), autograd.ones(2, 2)])
    tensor([[0., 0.],
            [1., 1.],
            [1., 1.]])
    """
    given = _several("cat", tensors)
    shapes = [_shape(x) for x in given]
    if (0,) in shapes and any(len(s) != 1 for s in shapes):  # PyTorch passes over tensors of shape (0,)
        given = tuple(x for x, s in zip(given, shapes, strict=True) if s != (0,))
        shapes = [s for s in shapes if s != (0,)]
    first = shapes[0]
    d = checked_dim("cat", dim, first)
    starts = [0]
    for i, s in enumerate(shapes):
        if s != first and (len(s) != len(first) or s[:d] + s[d + 1 :] != first[:d] + first[d + 1 :]):
            raise ShapeError(
                f"cat: all sizes but that of dim {dim} must agree: tensor {i} has shape {s}, tensor 0 {first}"
            )
        if not s:
            raise ShapeError("cat: a 0-d tensor cannot be joined; use stack()")
        starts.append(starts[-1] + s[d])
    return cat_(given, d, starts)


@composite
def stack(tensors: Sequence[Any], dim: int = 0) -> Tensor:
    """The tensors, all of one shape, along a new dimension.

    Raises:
        ShapeError: if the shapes differ, or there is no tensor.

    >>> import autograd
    >>> stack([autograd.tensor([1, 2]), autograd.tensor([3, 4])], dim=1)
    tensor([[1, 3],
            [2, 4]])
    """
    given = _several("stack", tensors)
    shapes = [_shape(x) for x in given]
    for i, s in enumerate(shapes):
        if s != shapes[0]:
            raise ShapeError(
                f"stack: all shapes must agree: tensor {i} has shape {s}, tensor 0 {shapes[0]}; cat joins"
            )
    return stack_(given, checked_dim("stack", dim, shapes[0], 1))


@composite
def hstack(tensors: Sequence[Any]) -> Tensor:
    """The tensors side by side: along dim 1, or dim 0 of vectors."""
    grown = [atleast_1d(x) for x in tensors]
    return cat(grown, 0 if grown and len(grown[0].shape) == 1 else 1)


@composite
def vstack(tensors: Sequence[Any]) -> Tensor:
    """The tensors below each other: along dim 0, vectors as rows."""
    return cat([atleast_2d(x) for x in tensors], 0)


@composite
def dstack(tensors: Sequence[Any]) -> Tensor:
    """The tensors behind each other: along dim 2."""
    return cat([atleast_3d(x) for x in tensors], 2)


@composite
def column_stack(tensors: Sequence[Any]) -> Tensor:
    """The tensors side by side, vectors as columns."""
    return hstack([reshape(x, (-1, 1)) if len(x.shape) <= 1 else x for x in tensors])


@composite
def block_diag(*tensors: Any) -> Tensor:
    """The matrix with the given matrices along its diagonal, and zeros elsewhere.

    >>> import autograd
    >>> block_diag(autograd.ones(1, 2), autograd.full((1, 1), 7.0))
    tensor([[1., 1., 0.],
            [0., 0., 7.]])
    """
    blocks = [atleast_2d(x) for x in tensors]
    if any(len(b.shape) > 2 for b in blocks):
        raise ShapeError(f"block_diag: needs at most 2 dimensions, got {[tuple(b.shape) for b in blocks]}")
    width = sum(b.shape[1] for b in blocks)
    rows = []
    start = 0
    for b in blocks:
        height, n = b.shape
        pad = raw(b).dtype
        rows.append(cat([np.zeros((height, start), pad), b, np.zeros((height, width - start - n), pad)], 1))
        start += n
    return cat(rows, 0)


@composite
def repeat(input: Any, sizes: Sequence[int]) -> Tensor:
    """The whole tensor repeated `sizes[d]` times along each dimension d; more sizes than dimensions add some in front.

    >>> import autograd
    >>> repeat(autograd.tensor([1, 2]), (2, 2))
    tensor([[1, 2, 1, 2],
            [1, 2, 1, 2]])
    """
    shape = tuple(input.shape)
    lead = len(sizes) - len(shape)
    if lead < 0:
        raise ShapeError(
            f"repeat: needs a number for each of the {len(shape)} dimensions of {shape}, got {tuple(sizes)}"
        )
    if any(n < 0 for n in sizes):
        raise ArgumentError(f"repeat: a tensor is repeated 0 or more times, got {tuple(sizes)}")
    old = (1,) * lead + shape
    split = tuple(n for size in old for n in (1, size))
    spread = tuple(n for times, size in zip(sizes, old, strict=True) for n in (times, size))
    repeated = expand(reshape(input, split), spread)
    return _copied(reshape(repeated, tuple(a * b for a, b in zip(sizes, old, strict=True))), input)


@composite
def tile(input: Any, dims: Sequence[int]) -> Tensor:
    """The whole tensor repeated `dims[d]` times along each dimension d, counted from the last (see `repeat`).

    >>> import autograd
    >>> tile(autograd.tensor([[1, 2]]), (2,))
    tensor([[1, 2, 1, 2]])
    """
    return repeat(input, (*(1,) * (len(input.shape) - len(dims)), *dims))


@composite
def repeat_interleave(
    input: Any, repeats: Any = None, dim: int | None = None, *, output_size: int | None = None
) -> Tensor:
    """Each element along `dim` repeated in its place: all the same number of times, or each its own.

    Without `dim` the tensor is flattened first. `repeat_interleave(repeats)` alone repeats 0, 1, 2, …, which gives
    the index of the group that each element of the result belongs to.

    >>> import autograd
    >>> (
    ...     repeat_interleave(autograd.tensor([1, 2]), 2),
    ...     repeat_interleave(autograd.tensor([1, 2]), autograd.tensor([1, 2])),
    ... )
    (tensor([1, 1, 2, 2]), tensor([1, 2, 2]))
    >>> repeat_interleave(autograd.tensor([2, 0, 3]))
    tensor([0, 0, 2, 2, 2])
    """
    if repeats is None:
        return _numbers_of_groups(input, output_size)
    if dim is None:
        input, dim = flatten(input), 0
    shape = tuple(input.shape)
    d = checked_dim("repeat_interleave", dim, shape)
    if isinstance(repeats, int):
        if repeats < 0:
            raise ArgumentError(f"repeat_interleave: repeats must not be negative, got {repeats}")
        spread = expand(unsqueeze(input, d + 1), (*shape[: d + 1], repeats, *shape[d + 1 :]))
        return _copied(reshape(spread, (*shape[:d], shape[d] * repeats, *shape[d + 1 :])), input)
    only_values("repeat_interleave", repeats)
    counts = np.asarray(raw(repeats)).reshape(-1)
    if (
        counts.dtype.kind not in "iu"
        or len(counts) not in (1, shape[d])
        or (counts.size and counts.min() < 0)
    ):
        raise ArgumentError(
            f"repeat_interleave: repeats must be one integer >= 0 or {shape[d]}, for dim {dim} of shape {shape}; "
            f"got {counts.dtype} of shape {counts.shape}"
        )
    positions = np.repeat(np.arange(shape[d]), counts)
    if output_size is not None and output_size != len(positions):
        raise ArgumentError(
            f"repeat_interleave: output_size is {output_size}, but the repeats add up to {len(positions)}"
        )
    return getitem(input, (*(slice(None),) * d, positions))


def _numbers_of_groups(repeats: Any, output_size: int | None) -> Tensor:
    """0, 1, 2, … each as often as `repeats` says, in its dtype."""
    only_values("repeat_interleave", repeats)
    counts = raw(repeats)
    if not isinstance(counts, np.ndarray) or counts.ndim != 1:
        raise ArgumentError(
            "repeat_interleave: needs a tensor and how often to repeat it, or a vector of integers alone, "
            f"got {describe(counts)}"
        )
    groups: Any = wrap(np.arange(len(counts), dtype=counts.dtype))
    return repeat_interleave(groups, counts, 0, output_size=output_size)


def _copied(result: Any, input: Any) -> Tensor:
    """The result in C order in memory of its own: what is repeated once could still be the input."""
    shared = np.may_share_memory(raw(all_examples(result)), raw(all_examples(input)))
    return copy_in_c_order(result) if shared else contiguous(result)


def _several(op: str, tensors: Any) -> tuple[Any, ...]:
    if isinstance(tensors, (Variable, np.ndarray)) or not isinstance(tensors, Sequence):
        raise ArgumentError(f"{op}: needs a list or tuple of tensors, got {type(tensors).__name__}")
    if not tensors:
        raise ShapeError(f"{op}: needs at least one tensor, got an empty list")
    if any(x is None for x in tensors):
        raise ArgumentError(f"{op}: needs tensors, got None among them")
    return tuple(tensors)


def _shape(value: Any) -> tuple[int, ...]:
    return value.array.shape if isinstance(value, Variable) else np.shape(value)


concat = concatenate = cat
row_stack = vstack
