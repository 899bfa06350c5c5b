"""Cross entropy as a fused kernel: softmax, logarithm and the choice of the target class in one pass each way."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.composite import composite
from autograd.constants import ones
from autograd.errors import ArgumentError, ShapeError
from autograd.kernels.softmax import log_softmax_
from autograd.layout import copied
from autograd.ops import arithmetic, reduce, selection
from autograd.ops.forms import add_reduce, floating, keep, largest, maximum_reduce, sums
from autograd.ops.loss import checked_classes, checked_weight, nll_loss, reduced
from autograd.primitive import Array, primitive
from autograd.tape import raw

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["cross_entropy"]


def _rows(x: Array) -> Array:
    """(N, C, d1, …) or (C) as a matrix with one row of C classes per target."""
    if x.ndim == 2:
        return x
    return np.moveaxis(x, 1, -1).reshape(-1, x.shape[1]) if x.ndim > 2 else x[None]


def _from_rows(rows: Array, shape: tuple[int, ...]) -> Array:
    """The matrix in the shape of the input again."""
    if len(shape) == 2:
        return rows
    if len(shape) < 2:
        return rows.reshape(shape)
    return np.moveaxis(rows.reshape((shape[0], *shape[2:], shape[1])), -1, 1)


def _lowered(rows: Array) -> Array:
    """Each row less its largest element. Many short rows are turned round in memory: along those NumPy is slow."""
    n, classes = rows.shape
    if classes <= 64 and n > 2 * classes > 0:
        columns = rows.T.copy()
        columns -= maximum_reduce(columns, 0)
        return columns.T
    return copied(rows - largest(rows, 1)) if not rows.flags.c_contiguous else rows - largest(rows, 1)


def _in_memory(rows: Array, chosen: Array) -> tuple[Array, Array]:
    """The elements of a matrix in their order in memory, and at which place the chosen one of each row is."""
    n, classes = rows.shape
    if rows.flags.c_contiguous:
        return rows.reshape(-1), _row_starts(n, classes) + chosen
    return rows.T.reshape(-1), chosen * n + _row_starts(n, 1)


@functools.lru_cache(maxsize=16)
def _row_starts(n: int, classes: int) -> Array:
    """Where each row of a matrix starts, counted in elements."""
    return np.arange(0, n * classes, classes)


def _composed(
    x: Any, target: Any, weight: Any, ignore_index: int, reduction: str, label_smoothing: float
) -> Any:
    """The same in small primitives: (1 - ε) nll_loss + ε/C Σ_c weight[c] (-log p[c])."""
    dim = 1 if x.ndim > 1 else 0
    log_p = log_softmax_(x, dim)
    loss = nll_loss(log_p, target, weight, ignore_index, reduction)
    if not label_smoothing:
        return loss
    t = np.asarray(raw(target))
    valid = np.asarray(t != ignore_index)
    weighted = log_p if weight is None else log_p * _along_classes(raw(weight), x.ndim)
    smooth = selection.where(valid, -reduce.sum_(weighted, dim, False), 0.0)
    if reduction == "mean":
        n = valid.sum() if weight is None else raw(weight)[t[valid]].sum()
        smooth = arithmetic.div(reduce.sum_(smooth, None, False), float(n))
    else:
        smooth = reduced("cross_entropy", smooth, reduction)
    return loss * (1 - label_smoothing) + smooth * (label_smoothing / x.shape[dim])


def _along_classes(weight: Array, ndim: int) -> Array:
    """One factor per class, shaped to broadcast against the input."""
    return weight.reshape((1, -1) + (1,) * (ndim - 2)) if ndim > 1 else weight


def _counted(
    target: Array, weight: Any, ignore_index: int, all_count: bool, kind: Any
) -> tuple[Any, Any, Any]:
    """Of each target: its class (0 if it does not count), whether it counts as 0 or 1, and the weight of its class.

    The last two are one number if all are equal.
    """
    chosen, counts = target.reshape(-1).astype(np.int64, copy=False), 1
    if not all_count:
        valid = target != ignore_index
        chosen, counts = np.where(valid.reshape(-1), chosen, 0), valid.reshape(-1).astype(kind)
    return chosen, counts, counts if weight is None else counts * weight.astype(kind)[chosen]


def _gradient(
    g: Array, target: Array, weight: Any, ignore_index: int, reduction: str, label_smoothing: float,
    shape: tuple[int, ...], p: Array, all_count: bool, norm: float,
) -> tuple[Array]:  # fmt: skip
    """dx = (p * the row's weight - its targets' weights) * g / norm, where p is the softmax."""
    chosen, counts, each = _counted(target, weight, ignore_index, all_count, p.dtype)
    g = g.reshape(-1) if reduction == "none" else float(g) / norm if norm else 0.0
    row = hard = (
        g * each * (1 - label_smoothing)
    )  # what a row gives to its target, or one number for all rows
    if label_smoothing:
        soft = g * counts * (label_smoothing / p.shape[1])  # what it gives to each class
        row = hard + soft * (p.shape[1] if weight is None else weight.sum())
    d = p * (row[:, None] if isinstance(row, np.ndarray) else row)
    elements, places = _in_memory(d, chosen)
    elements[places] -= hard
    if label_smoothing:
        d -= np.reshape(soft, (-1, 1)) * (1 if weight is None else weight)
    if not norm:  # a mean over rows whose weights are all 0
        d = np.where(np.reshape(counts, (-1, 1)) != 0, np.nan, d)
    return (_from_rows(d, shape),)


@primitive(
    target=None,
    weight=None,
    joint=_gradient,
    reference=_composed,
    recover={"x": lambda p, shape: _from_rows(np.log(p), shape)},  # x but for one number in each row
    residuals=("shape", "p", "all_count", "norm"),
)
def cross_entropy_(
    x: Array, target: Array, weight: Array | None, ignore_index: int, reduction: str, label_smoothing: float
) -> Any:
    """Cross entropy of class indices; see `cross_entropy`.  dx = (softmax(x) - one_hot(target)) * g / n."""
    floating("cross_entropy", x)
    valid = checked_classes("cross_entropy", x.shape, target, ignore_index)
    rows = _rows(x)
    n, classes = rows.shape
    weight = checked_weight("cross_entropy", weight, classes, x.dtype)
    chosen, counts, each = _counted(target, weight, ignore_index, valid is None, x.dtype)
    shifted = _lowered(rows)
    elements, places = _in_memory(shifted, chosen)
    picked = elements.take(places)
    e = np.exp(shifted)
    by_dot = e.dtype.char in "fd" and max(n, classes) <= 4096  # a product with ones: half of a sum's time
    total = e.dot(ones(classes, e.dtype)) if by_dot else sums(e, 1, keepdim=False)
    log_total = np.log(total)
    np.divide(e.T, total, out=e.T)
    loss = log_total - picked
    if not isinstance(each, int):
        loss *= each
    if label_smoothing:
        smooth = log_total[:, None] - shifted
        smooth = (smooth.sum(1) if weight is None else smooth @ weight.astype(x.dtype)) * counts
        loss = loss * (1 - label_smoothing) + smooth * (label_smoothing / classes)
    if valid is not None:
        loss = keep(loss, counts != 0)
    norm = 1.0
    if reduction == "mean":
        norm = float(n) if isinstance(each, int) else float(each.sum())
        out = (loss.dot(ones(n, loss.dtype)) if by_dot else add_reduce(loss)) / norm
    elif reduction == "sum":
        out = add_reduce(loss)
    elif reduction == "none":
        out = loss.reshape(target.shape)
    else:
        raise ArgumentError(f"cross_entropy: reduction is 'mean', 'sum' or 'none', got {reduction!r}")
    return out, x.shape, e, valid is None, norm


@composite
def cross_entropy(
    input: Any,
    target: Any,
    weight: Any = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """The cross entropy -log softmax(input)[target], from unnormalised scores.

    input (N, C), (N, C, d1, …) or (C): scores of C classes. target: class indices of the same shape without C, or
    probabilities of the same shape.  dinput = (softmax(input) - one_hot(target)) * g / N.

    Args:
        weight: one factor per class; the mean is then the weighted mean.
        ignore_index: a class index that does not count.
        reduction: "mean", "sum" or "none".
        label_smoothing: how much of each target, in [0, 1], is spread evenly over all classes.

    Raises:
        DimensionError: if a target is not a class.
        ShapeError, DTypeError: if the shape or dtype of the target, or of the weight, does not fit.
        ArgumentError: for another reduction, label_smoothing outside [0, 1], or an ignore_index ≥ 0 where the target
            is probabilities.

    >>> import autograd
    >>> cross_entropy(autograd.tensor([[2.0, 0.0], [0.0, 1.0]]), autograd.tensor([0, 0]))
    tensor(0.7201)
    """
    if not 0.0 <= label_smoothing <= 1.0:
        raise ArgumentError(f"cross_entropy: label_smoothing must be in [0, 1], got {label_smoothing}")
    t = raw(target)
    if t.dtype.kind == "f":
        if ignore_index >= 0:
            raise ArgumentError(
                f"cross_entropy: ignore_index={ignore_index} names a class, but the target holds probabilities, which "
                "have none to ignore; give class indices, or weights of 0"
            )
        return _of_probabilities(input, target, weight, reduction, label_smoothing)
    return cross_entropy_(input, target, weight, ignore_index, reduction, label_smoothing)


def _of_probabilities(input: Any, target: Any, weight: Any, reduction: str, label_smoothing: float) -> Tensor:
    """-Σ_c weight[c] target[c] log softmax(input)[c]; the mean is over the targets."""
    if tuple(input.shape) != tuple(target.shape):
        raise ShapeError(
            f"cross_entropy: target probabilities must have the input's shape {tuple(input.shape)}, got "
            f"{tuple(target.shape)}; class indices must be integers"
        )
    dim = 1 if input.ndim > 1 else 0
    classes = input.shape[dim]
    weight = checked_weight("cross_entropy", weight, classes)
    if label_smoothing:
        target = target * (1 - label_smoothing) + label_smoothing / classes
    log_p: Any = log_softmax_(input, dim)
    if weight is not None:
        log_p = log_p * _along_classes(weight, input.ndim)
    loss = arithmetic.neg(reduce.sum_(log_p * target, dim, False))
    return reduced("cross_entropy", loss, reduction)
