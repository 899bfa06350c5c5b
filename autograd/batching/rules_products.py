"""Batching rules of matrix products and of what is built like them: linear layers, contractions, cross entropy."""

from __future__ import annotations

import math
from typing import Any

from autograd.batching.rules import batches, examples, grown, is_at, line_up, ndim_of
from autograd.errors import ShapeError
from autograd.hidden import Level
from autograd.kernels import linear as linear_kernel
from autograd.kernels import loss as loss_kernel
from autograd.ops import arithmetic, contraction, linalg, loss, reduce, selection
from autograd.ops.shape import matrix_transpose, reshape, unsqueeze
from autograd.table import Primitive

# every rule is called alike


@batches(linalg.matmul_)
def _matmul(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, y = args
    nx, ny = ndim_of(x), ndim_of(y)
    if not nx or not ny:
        raise ShapeError(f"matmul: needs at least vectors, got shapes {tuple(x.shape)} and {tuple(y.shape)}")
    if not is_at(y, level) and (ny <= 2 or nx > 1):  # a batch of rows times one matrix
        if nx == 1 or ny <= 2:
            return linalg.matmul(x.value, y)
        return linalg.matmul(grown(x.value, max(nx, ny)), y)
    if not is_at(x, level) and ny == 1 and nx <= 2:  # one matrix times a batch of vectors
        return linalg.matmul(y.value, matrix_transpose(x) if nx == 2 else x)
    # matrices with equally many dimensions before them
    rows: Any = unsqueeze(x, 0) if nx == 1 else x
    columns: Any = unsqueeze(y, 1) if ny == 1 else y
    ndim = max(rows.ndim, columns.ndim)
    a, b = (grown(v.value, ndim) if is_at(v, level) else v for v in (rows, columns))
    out = p.function(a, b)
    sizes = tuple(out.shape)
    if nx == 1:
        sizes = (*sizes[:-2], sizes[-1])
    if ny == 1:
        sizes = sizes[:-1]
    return out if sizes == tuple(out.shape) else reshape(out, sizes)


@batches(linear_kernel.linear)
def _linear(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, weight, bias = args
    if weight.ndim != 2 or (bias is not None and bias.ndim != 1):
        raise ShapeError(
            f"linear: weight must have shape (out, in) and bias (out), got weight {tuple(weight.shape)}"
            + ("" if bias is None else f" and bias {tuple(bias.shape)}")
        )
    if is_at(x, level) and not is_at(weight, level) and not is_at(bias, level):
        return p.function(x.value, weight, bias)
    out = linalg.matmul(x, matrix_transpose(weight))
    return out if bias is None else arithmetic.add(out, bias)


@batches(contraction.contract)
def _contract(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, y, indices = args
    new = next(c for c in map(chr, range(0x4E00, 0x9FFF)) if c not in "".join(indices))
    a, b = (new + labels if is_at(v, level) else labels for v, labels in zip((x, y), indices, strict=False))
    x, y = (v.value if is_at(v, level) else v for v in (x, y))
    return p.function(x, y, (a, b, new + indices[2]))


# ------------------------------------------------------------------------------------------------ losses


@batches(loss.binary_cross_entropy_)
def _binary_cross_entropy(p: Primitive, level: Level, args: list[Any]) -> Any:
    return line_up(p, level, args)


@batches(loss_kernel.cross_entropy_)
def _cross_entropy(p: Primitive, level: Level, args: list[Any]) -> Any:
    """The examples' own batches made one, of which each takes its mean."""
    x, target, weight, ignore_index, reduction, label_smoothing = args
    if is_at(weight, level) or not isinstance(ignore_index, int):
        return p.reference(x, target, weight, ignore_index, reduction, label_smoothing)  # type: ignore[misc]  # it has one
    shape = tuple(x.shape)
    expected = shape[:1] + shape[2:] if len(shape) > 1 else ()
    if tuple(target.shape) != expected:
        raise ShapeError(
            f"cross_entropy: the input has shape {shape}, so the target must have shape {expected}, got "
            f"{tuple(target.shape)}"
        )
    x, target = examples(x, level), examples(target, level)
    rows = shape if len(shape) > 1 else (1, *shape)
    joined = reshape(x, (level.size * rows[0], *rows[1:]))
    chosen = reshape(target, (level.size * rows[0], *rows[2:]))
    each = p.function(joined, chosen, weight, ignore_index, "none", label_smoothing)
    each = reshape(each, (level.size, math.prod(expected)))
    if reduction == "none":
        return reshape(each, (level.size, *expected))
    total = reduce.sum_(each, 1, False)
    if reduction != "mean":
        return total
    counts = reshape(selection.where(target != ignore_index, 1.0, 0.0), (level.size, math.prod(expected)))
    if weight is not None:
        safe = selection.where(target == ignore_index, 0, target)
        chosen_weights = weight[reshape(safe, (level.size, math.prod(expected)))]
        counts = arithmetic.mul(counts, chosen_weights)
    return arithmetic.div(total, reduce.sum_(counts.astype(x.dtype), 1, False))
