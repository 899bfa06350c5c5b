"""Rows of a table, one for each index, or their sum, mean or maximum in bags."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import Tensor, ops
from autograd.composite import composite
from autograd.errors import ArgumentError, AssertedError, BatchingError, DTypeError, PositionError, ShapeError
from autograd.hidden import all_examples, holds_hidden
from autograd.kernels.embedding import bag_sum_, check_rows, embedding_, largest_in_bags, rows_added_
from autograd.tape import Variable, bump, wrap
from nn.functional.given import whole

MODES = ("sum", "mean", "max")
_SMALL = 1 << 31  # what fits into four bytes


@composite
def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """weight[input]: indices (…) of rows of weight (num_embeddings, D) → (…, D).

    Args:
        padding_idx: an index whose row gets no gradient; negative ones count from the end.
        max_norm: rows that are used and longer than this are first shortened to it, in place.
        norm_type: the p of the norm that is meant.
        scale_grad_by_freq: divide a row's gradient by how often its index occurs.

    Raises:
        PositionError: (an IndexError) if an index is out of range.
        AssertedError: (an AssertionError) if padding_idx is.
        DTypeError: if the indices are not int64 or int32.
        ArgumentError: for sparse=True; gradients are dense.

    >>> import autograd
    >>> weight = autograd.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> embedding(autograd.tensor([2, 0]), weight)
    tensor([[5., 6.],
            [1., 2.]])
    """
    if weight.ndim != 2:
        raise ShapeError(f"embedding: 'weight' must be 2-D, got shape {tuple(weight.shape)}")
    check_dense("embedding", sparse)
    padding_idx = checked_padding("embedding", padding_idx, weight.shape[0])
    _check_indices("embedding", input)
    if max_norm is not None:
        _shorten("embedding", weight, input, max_norm, norm_type)
    return embedding_(weight, input, padding_idx, scale_grad_by_freq)


@composite
def embedding_bag(
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | None = None,
    max_norm: float | None = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """The sum, mean or maximum of the rows of weight (num_embeddings, D) that each bag of indices names → (B, D).

    Args:
        input: (B, N), B bags of N indices; or (K), with offsets.
        offsets: (B), where each bag begins in the input; the last one ends with it.
        max_norm, norm_type: as in `embedding`.
        scale_grad_by_freq: divide a row's gradient by how often its index occurs; not with "max". (PyTorch divides
            some by how often another index does.)
        mode: "sum", "mean" or "max"; an empty bag is 0.
        per_sample_weights: a factor for each index, of the input's shape; only with "sum".
        include_last_offset: offsets has one more number, the end of the last bag.
        padding_idx: an index that counts for nothing.

    Raises:
        PositionError: (an IndexError and a RuntimeError) if an index or an offset is out of range.
        ArgumentError: for options that do not go together, or sparse=True.
        ShapeError: (a ValueError) for other shapes.
        DTypeError: if the indices are not int64 or int32.

    >>> import autograd
    >>> weight = autograd.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> embedding_bag(autograd.tensor([0, 1, 2]), weight, autograd.tensor([0, 2]), mode="sum")
    tensor([[4., 6.],
            [5., 6.]])
    """
    _check_bag_options(input, weight, mode, scale_grad_by_freq, per_sample_weights, sparse)
    _check_indices("embedding_bag", input)
    count = weight.shape[0]
    if padding_idx is not None:
        if not -count <= padding_idx < count:
            raise PositionError(
                f"embedding_bag: padding_idx must be within the number of embeddings, {-count} through {count - 1}, "
                f"but got {padding_idx}"
            )
        padding_idx %= max(count, 1)
    if holds_hidden((offsets,)):
        raise BatchingError(
            "vmap: embedding_bag with offsets that differ between the examples has bags of other sizes"
        )
    indices, starts = _bags(input, offsets, include_last_offset)
    if max_norm is not None:
        _shorten("embedding_bag", weight, input, max_norm, norm_type)
    n = starts.size - 1
    bags = np.repeat(np.arange(n), np.diff(starts))
    if starts[-1] < indices.shape[0]:  # what lies behind the last bag
        indices = indices[: int(starts[-1])]
    factors: Any = per_sample_weights
    if factors is not None:
        factors = factors.reshape(-1)[: bags.size]
    if holds_hidden((input, weight, per_sample_weights)):
        return _of_examples(indices, weight, bags, n, mode, factors, padding_idx, scale_grad_by_freq)
    chosen = indices.array
    check_rows("embedding_bag", chosen, count)
    if padding_idx is not None:
        kept = np.flatnonzero(chosen != padding_idx)
        if len(kept) < len(chosen):
            chosen, bags = chosen[kept], bags[kept]
            factors = None if factors is None else factors[wrap(kept)]
    if mode == "max":
        places, filled = largest_in_bags(weight.array.take(chosen, axis=0), bags, n)
        width = weight.shape[1]
        rows = chosen[places] if len(chosen) else places
        found = ops.take(weight, wrap(rows * width + np.arange(width)))
        return found if filled.all() else ops.where(wrap(filled[:, None]), found, 0.0)
    if mode == "mean":
        sizes = np.bincount(bags, minlength=n)
        factors = wrap((1 / sizes[bags]).astype(np.dtype(weight.dtype)))
    if scale_grad_by_freq:
        return _scaled_by_frequency(weight, chosen, bags, n, factors)
    rows, places = (wrap(v.astype(np.int32) if max(count, n) < _SMALL else v) for v in (chosen, bags))
    return bag_sum_(weight, factors, rows, places, n)


def _scaled_by_frequency(weight: Any, chosen: Any, bags: Any, n: int, factors: Any) -> Tensor:
    """The rows of their own, whose gradients `embedding_` scales."""
    rows: Any = embedding_(weight, wrap(chosen), None, True)
    return rows_added_(rows if factors is None else rows * factors[:, None], wrap(bags), n)


def _of_examples(
    indices: Any,
    weight: Any,
    bags: Any,
    n: int,
    mode: str,
    factors: Any,
    padding_idx: int | None,
    scale: bool,
) -> Tensor:
    """Under vmap, where indices, rows or factors differ between the examples: composed of the rows themselves."""
    if scale:
        raise BatchingError("vmap: embedding_bag has no scale_grad_by_freq; leave it out")
    rows: Any = embedding_(weight, indices, None, False)
    used: Any = None if padding_idx is None else (indices != padding_idx)
    if mode == "max":
        out = []
        for b in range(n):
            where = np.flatnonzero(bags == b)
            part = rows[int(where[0]) : int(where[-1]) + 1] if where.size else rows[:0]
            if not where.size:
                out.append(weight[0] * 0)
            elif used is None:
                out.append(part.max(0)[0])
            else:
                counted = used[int(where[0]) : int(where[-1]) + 1]
                top = part.masked_fill(~counted[:, None], -math.inf).max(0)[0]
                out.append(ops.where(counted.any(), top, 0.0))
        return ops.stack(out)
    given: Any = factors
    if used is not None:
        ones = used.to(weight.dtype)
        given = ones if given is None else given * ones
    total: Any = rows_added_(rows if given is None else rows * given[:, None], wrap(bags), n)
    if mode == "sum":
        return total  # type: ignore[no-any-return]  # a tensor
    kind = np.dtype(weight.dtype)
    if used is None:
        sizes: Any = wrap(np.maximum(np.bincount(bags, minlength=n), 1).astype(kind))
    else:
        sizes = rows_added_(used.to(weight.dtype)[:, None], wrap(bags), n)[:, 0].clamp_min(1)
    return total / sizes[:, None]  # type: ignore[no-any-return]  # a tensor


# ------------------------------------------------------------------------------------------------ checks


def check_dense(op: str, sparse: bool) -> None:
    """Raise if sparse gradients are asked for.

    Raises:
        ArgumentError: if so.
    """
    if sparse:
        raise ArgumentError(
            f"{op}: sparse=True asks for sparse gradients, and tensors here are dense; leave it out"
        )


def checked_padding(op: str, padding_idx: int | None, count: int) -> int | None:
    """The padding index counted from 0.

    Raises:
        AssertedError: (an AssertionError) if it is out of range.
    """
    if padding_idx is None:
        return None
    whole(op, padding_idx=padding_idx)
    if not -count <= padding_idx < max(count, 1):
        raise AssertedError(
            f"{op}: Padding_idx must be within num_embeddings, {-count} to {count - 1}, got {padding_idx}"
        )
    return padding_idx + count if padding_idx < 0 else padding_idx


def _check_indices(op: str, input: Any) -> None:
    kind = np.dtype(input.dtype)
    if kind not in (np.int64, np.int32):
        raise DTypeError(
            f"{op}: the indices must be int64 or int32, got {kind} of shape {tuple(input.shape)}; convert them with "
            ".long()"
        )


def _check_bag_options(input: Any, weight: Any, mode: str, scale: bool, factors: Any, sparse: bool) -> None:
    op = "embedding_bag"
    check_dense(op, sparse)
    if factors is not None and tuple(factors.shape) != tuple(input.shape):
        raise ShapeError(
            f"{op}: If per_sample_weights ({tuple(factors.shape)}) is not None, then it must have the same shape as "
            f"the input ({tuple(input.shape)})"
        )
    if weight.ndim != 2:
        raise ShapeError(f"{op}: weight has to be a 2D Tensor, but got Tensor of dimension {weight.ndim}")
    if mode not in MODES:
        raise ArgumentError(f"{op}: mode has to be one of sum, mean or max, got {mode!r}")
    if mode == "max" and scale:
        raise ArgumentError(f"{op}: max mode does not support scaling the gradient by the frequency")
    if factors is not None and mode != "sum":
        raise ArgumentError(f"{op}: per_sample_weights is only supported for mode='sum' (got mode={mode!r})")
    if factors is not None and factors.dtype != weight.dtype:
        raise DTypeError(
            f"{op}: per_sample_weights must have the weight's dtype {weight.dtype}, got {factors.dtype}"
        )


def _bags(input: Any, offsets: Any, include_last: bool) -> tuple[Any, Any]:
    """The indices as a vector, and where each bag begins, with the end of the last."""
    op = "embedding_bag"
    if input.ndim == 2:
        if offsets is not None:
            raise ShapeError(
                f"{op}: if input is 2D, then offsets has to be None, as input is treated as a mini-batch of fixed "
                f"length sequences; got input {tuple(input.shape)} and offsets {tuple(offsets.shape)}"
            )
        rows, length = input.shape
        return input.reshape(-1), np.arange(rows + 1) * length
    if input.ndim != 1:
        raise ShapeError(f"{op}: input has to be 1D or 2D Tensor, but got Tensor of dimension {input.ndim}")
    if offsets is None or offsets.ndim != 1:
        raise ShapeError(
            f"{op}: offsets has to be a 1D Tensor"
            + (" but got None" if offsets is None else f", got shape {tuple(offsets.shape)}")
        )
    starts = offsets.array.astype(np.int64)
    if include_last and not starts.size:
        raise ShapeError(f"{op}: include_last_offset: number of offset should be at least 1")
    length = input.shape[0]
    if starts.size and starts[0] != 0:
        raise PositionError(
            f"{op}: offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. "
            f"However, got {starts[0]}"
        )
    if starts.size and starts[-1] > length:
        raise PositionError(
            f"{op}: offsets[-1] can not be greater than input's length {length} but got offsets[-1] of {starts[-1]}"
        )
    if np.any(np.diff(starts) < 0):
        raise PositionError(f"{op}: offsets must not fall, got {starts.tolist()}")
    if not include_last:
        starts = np.append(starts, length if starts.size else 0)
    return input, starts


def _shorten(op: str, weight: Any, input: Any, max_norm: float, norm_type: float) -> None:
    """Shorten the rows that are used and longer than max_norm, in place."""
    if holds_hidden((weight,)):
        raise BatchingError(f"vmap: {op} with max_norm writes to its rows, which differ between the examples")
    indices = all_examples(input).array
    table = weight.array
    check_rows(op, indices, len(table))
    rows = np.unique(indices)
    used = table[rows]
    lengths = np.linalg.norm(used, norm_type, axis=1, keepdims=True)
    long = lengths[:, 0] > max_norm
    if long.any():
        table[rows[long]] = used[long] * (max_norm / (lengths[long] + 1e-7))
        if isinstance(weight, Variable):
            bump(weight)
