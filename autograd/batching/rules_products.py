"""Batching rules of matrix products and of what is built like them: linear layers, contractions, cross entropy."""

from __future__ import annotations

import math
from typing import Any

from autograd.batching.rules import batches, examples, grown, is_at, ndim_of
from autograd.errors import ShapeError
from autograd.hidden import Level
from autograd.kernels import linear as linear_kernel
from autograd.kernels import loss as loss_kernel
from autograd.kernels.softmax import log_softmax_
from autograd.ops import arithmetic, contraction, linalg, loss, reduce, selection
from autograd.ops.positions import gather
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
    vector = ndim_of(x) == 1  # then the weight's gradient comes in its own layout
    out = linalg.matmul(weight, x) if vector else linalg.matmul(x, matrix_transpose(weight))
    return out if bias is None else arithmetic.add(out, bias)


@batches(contraction.contract)
def _contract(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, y, indices = args
    new = next(c for c in map(chr, range(0x4E00, 0x9FFF)) if c not in "".join(indices))
    a, b = (new + labels if is_at(v, level) else labels for v, labels in zip((x, y), indices, strict=False))
    x, y = (v.value if is_at(v, level) else v for v in (x, y))
    return p.function(x, y, (a, b, new + indices[2]))


# ------------------------------------------------------------------------------------------------ losses


@batches(loss_kernel.cross_entropy_)
def _cross_entropy(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, target, weight, ignore_index, reduction, label_smoothing = args

    def each(rows: Any, chosen: Any, factors: Any, smoothing: float) -> Any:
        return p.function(rows, chosen, factors, ignore_index, "none", smoothing)

    return _class_loss(p.name, each, level, x, target, weight, ignore_index, reduction, label_smoothing)


@batches(loss.nll_loss)
def _nll_loss(function: Any, level: Level, args: list[Any]) -> Any:
    x, target, weight, ignore_index, reduction = args

    def each(rows: Any, chosen: Any, factors: Any, smoothing: float) -> Any:  # noqa: ARG001  # it has none
        return function(rows, chosen, factors, ignore_index, "none")

    return _class_loss("nll_loss", each, level, x, target, weight, ignore_index, reduction, 0.0)


def _class_loss(
    op: str, each: Any, level: Level, x: Any, target: Any, weight: Any, ignore_index: int, reduction: str,
    label_smoothing: float,
) -> Any:  # fmt: skip
    """The examples' own batches made one, of which each takes its mean."""
    shape = tuple(x.shape)
    expected = shape[:1] + shape[2:] if len(shape) > 1 else ()
    if tuple(target.shape) != expected:
        raise ShapeError(
            f"{op}: the input has shape {shape}, so the target must have shape {expected}, got {tuple(target.shape)}"
        )
    rows, chosen = examples(x, level), examples(target, level)
    one = shape if len(shape) > 1 else (1, *shape)
    joined = reshape(rows, (level.size * one[0], *one[1:]))
    labels = reshape(chosen, (level.size * one[0], *one[2:]))
    own = is_at(weight, level)  # a weight of its own for each example
    smoothing, factors = (0.0, None) if own else (label_smoothing, weight)
    losses = reshape(each(joined, labels, factors, smoothing), (level.size, *expected))
    valid = chosen != ignore_index
    counts = selection.where(valid, 1.0, 0.0).astype(x.dtype)
    if weight is not None:
        safe = selection.where(valid, chosen, 0)
        flat = reshape(safe, (level.size, math.prod(expected)))
        weights = gather(weight.value, 1, flat) if own else weight[flat]
        counts = arithmetic.mul(counts, reshape(weights, (level.size, *expected)))
    if own:
        losses = arithmetic.mul(losses, counts)
    if own and label_smoothing:
        dim = 2 if len(shape) > 1 else 1
        factors = reshape(
            weight.value, (level.size, *(1,) * (dim - 1), shape[dim - 1], *(1,) * (len(shape) - dim))
        )
        soft = reduce.sum_(arithmetic.mul(log_softmax_(rows, dim), factors), dim, False)
        soft = selection.where(valid, soft, 0.0) * (-label_smoothing / shape[dim - 1])
        losses = arithmetic.add(losses * (1 - label_smoothing), soft)
    if reduction == "none":
        return losses
    dims = tuple(range(1, 1 + len(expected)))
    total, norm = (reduce.sum_(v, dims, False) if dims else v for v in (losses, counts))
    return arithmetic.div(total, norm) if reduction == "mean" else total
