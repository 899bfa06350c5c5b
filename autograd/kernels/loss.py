"""Cross entropy as a fused kernel: softmax, logarithm and the choice of the target class in one pass each way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import exp, log

from autograd.composite import composite
from autograd.constants import multiples, ones
from autograd.dtypes import INT64
from autograd.errors import ArgumentError, ShapeError
from autograd.kernels.softmax import log_softmax_
from autograd.ops import arithmetic, reduce, selection
from autograd.ops.forms import add_reduce, floating, keep, largest, maximum_reduce, sums
from autograd.ops.loss import checked_classes, checked_weight, nll_loss, reduced
from autograd.primitive import Array, primitive
from autograd.tape import raw

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["cross_entropy"]


def _columns(x: Array) -> Array:
    """(N, C, d1, …) or (C) as a matrix with one column of C classes for each target."""
    if x.ndim == 2:
        return x.T
    return np.moveaxis(x, 1, -1).reshape(-1, x.shape[1]).T if x.ndim > 2 else x[:, None]


def _from_columns(columns: Array, shape: tuple[int, ...]) -> Array:
    """The matrix in the shape of the input again."""
    if len(shape) == 2:
        return columns.T
    if len(shape) < 2:
        return columns.reshape(shape)
    return np.moveaxis(columns.T.reshape((shape[0], *shape[2:], shape[1])), -1, 1)


def _lowered(columns: Array) -> Array:
    """Each column less its largest element, in one piece of memory: in that order in which it takes less time."""
    classes, n = columns.shape
    if classes <= 64 and n > 2 * classes > 0:
        lowered = columns.copy()
        lowered -= maximum_reduce(lowered, 0)
        return lowered
    rows = columns.T
    return (rows - largest(rows, 1)).T


def _places(columns: Array, chosen: Array) -> tuple[Array, Array]:
    """The elements of a matrix in their order in memory, and at which place the chosen one of each column is."""
    classes, n = columns.shape
    if not classes:  # so no target counts
        return np.zeros(n, columns.dtype), multiples(1, n)
    if columns.flags.c_contiguous:
        # to take the products from a list that is kept saves NumPy the conversion of a number: it counts if n is small
        places = multiples(n, classes).take(chosen) if n <= 256 and classes <= 64 else chosen * n
        places += multiples(1, n)
    else:
        places = chosen + multiples(classes, n)
    return columns.ravel("K"), places


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
    chosen: Any = target if target.ndim == 1 else target.reshape(-1)
    if chosen.dtype is not INT64:
        chosen = chosen.astype(np.int64)
    counts: Any = 1
    if not all_count:
        valid = chosen != ignore_index
        chosen, counts = np.where(valid, chosen, 0), valid.astype(kind)
    return chosen, counts, counts if weight is None else counts * weight.astype(kind)[chosen]


def _gradient(
    g: Array, target: Array, weight: Any, ignore_index: int, reduction: str, label_smoothing: float,
    shape: tuple[int, ...], p: Array, all_count: bool, norm: float,
) -> tuple[Array]:  # fmt: skip
    """dx = (p * the column's weight - its target's weight) * g / norm, where p is the softmax."""
    chosen, counts, each = _counted(target, weight, ignore_index, all_count, p.dtype)
    g = g.reshape(-1) if reduction == "none" else float(g) / norm if norm else 0.0
    # what a column gives to its target and, all told, to its classes: numbers if they are the same for all columns
    column = hard = g * each * (1 - label_smoothing)
    if label_smoothing:
        soft = g * counts * (label_smoothing / len(p))  # what it gives to each class
        column = hard + soft * (len(p) if weight is None else weight.sum())
    d = p * column
    elements, places = _places(d, chosen)
    elements[places] -= hard
    if label_smoothing:
        d -= soft if weight is None else weight[:, None] * soft
    if not norm:  # a mean over columns whose weights are all 0
        d = np.where(np.not_equal(counts, 0), np.nan, d)
    return (_from_columns(d, shape),)


@primitive(
    target=None,
    weight=None,
    joint=_gradient,
    reference=_composed,
    recover={"x": lambda p, shape: _from_columns(np.log(p), shape)},  # x but for one number in each column
    residuals=("shape", "p", "all_count", "norm"),
)
def cross_entropy_(
    x: Array, target: Array, weight: Array | None, ignore_index: int, reduction: str, label_smoothing: float
) -> Any:
    """Cross entropy of class indices; see `cross_entropy`.  dx = (softmax(x) - one_hot(target)) * g / n."""
    dtype, shape = x.dtype, x.shape
    if dtype.kind != "f":
        floating("cross_entropy", x)  # raises
    valid = checked_classes("cross_entropy", shape, target, ignore_index)
    columns = _columns(x)
    classes, n = columns.shape
    if weight is not None:
        weight = checked_weight("cross_entropy", weight, classes, dtype)
    chosen, counts, each = _counted(target, weight, ignore_index, valid is None, dtype)
    shifted = _lowered(columns)
    elements, places = _places(shifted, chosen)
    picked = elements.take(places)
    p = exp(shifted)
    # a sum as a product with ones takes half the time
    by_dot = n <= 4096 and classes <= 4096 and dtype.char in "fd"
    total = ones(classes, dtype).dot(p) if by_dot else sums(p.T, 1, keepdim=False)
    p /= total
    log_total = log(total)
    loss = log_total - picked
    if not isinstance(each, int):
        loss *= each
    if label_smoothing:
        smooth = log_total - shifted
        smooth = (smooth.sum(0) if weight is None else weight.astype(dtype) @ smooth) * counts
        loss = loss * (1 - label_smoothing) + smooth * (label_smoothing / classes)
    if valid is not None:
        loss = keep(loss, counts != 0)
    norm = 1.0
    if reduction == "mean":
        norm = float(n) if isinstance(each, int) else float(each.sum())
        out = (loss.dot(ones(n, dtype)) if by_dot else add_reduce(loss)) / norm
    elif reduction == "sum":
        out = add_reduce(loss)
    elif reduction == "none":
        out = loss.reshape(target.shape)
    else:
        raise ArgumentError(f"cross_entropy: reduction is 'mean', 'sum' or 'none', got {reduction!r}")
    return out, shape, p, valid is None, norm


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
