"""Losses: one number, or one for each element, for how far a prediction is from its target.

reduction: "mean" (the default), "sum", or "none" for the elements themselves.
"""

from __future__ import annotations

import functools
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.composite import composite
from autograd.dtypes import INT64
from autograd.errors import ArgumentError, DimensionError, DTypeError, ShapeError
from autograd.hidden import Hidden, of_examples
from autograd.ops import activation, arithmetic, reduce, selection
from autograd.ops.along import placed, positions_along
from autograd.ops.forms import maximum_reduce
from autograd.primitive import Array, primitive
from autograd.tape import raw

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["mse_loss", "l1_loss", "nll_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits"]


def reduced(op: str, loss: Tensor, reduction: str) -> Tensor:
    """The elements of a loss as one number."""
    if reduction == "mean":
        return reduce.mean_(loss, None, False)
    if reduction == "sum":
        return reduce.sum_(loss, None, False)
    if reduction == "none":
        return loss
    raise ArgumentError(f"{op}: reduction is 'mean', 'sum' or 'none', got {reduction!r}")


def checked_same_shape(op: str, input: Any, target: Any) -> None:
    """Broadcasting a target is nearly always a mistake: (N, 1) against (N) makes (N, N)."""
    if tuple(input.shape) != tuple(target.shape):
        warnings.warn(
            f"Using a target size ({tuple(target.shape)}) that is different to the input size ({tuple(input.shape)}): "
            f"{op} will broadcast them, which is rarely meant. Give them the same shape.",
            UserWarning,
            stacklevel=4,
        )


@composite
def mse_loss(input: Any, target: Any, reduction: str = "mean") -> Tensor:
    """The squared error (input - target)².

    >>> import autograd
    >>> mse_loss(autograd.tensor([1.0, 2.0]), autograd.tensor([1.0, 4.0]))
    tensor(2.)
    """
    checked_same_shape("mse_loss", input, target)
    return reduced("mse_loss", arithmetic.square(arithmetic.sub(input, target)), reduction)


@composite
def l1_loss(input: Any, target: Any, reduction: str = "mean") -> Tensor:
    """The absolute error |input - target|; its derivative where they are equal is 0.

    >>> import autograd
    >>> l1_loss(autograd.tensor([1.0, 2.0]), autograd.tensor([1.0, 4.0]))
    tensor(1.)
    """
    checked_same_shape("l1_loss", input, target)
    return reduced("l1_loss", arithmetic.abs(arithmetic.sub(input, target)), reduction)


def _huber(x: Array, delta: float) -> Array:
    """x² / 2 up to |x| = delta, then a line: h (x - h / 2) for the clipped h, without a choice between the two."""
    h = np.clip(x, -delta, delta)
    out = np.asarray(h * -0.5)
    out += x
    out *= h
    return out


# Primitives, for their simple derivatives, which save the difference alone.
@primitive(x=lambda g, x, beta: g * np.clip(x / beta, -1.0, 1.0))
def smooth_l1_(x: Array, beta: float) -> Array:
    """x² / (2 beta) where |x| < beta, and |x| - beta / 2 elsewhere.  dx = g * clip(x / beta, -1, 1)."""
    out = _huber(x, beta)
    out /= beta
    return out


@primitive(x=lambda g, x, delta: g * np.clip(x, -delta, delta))
def huber_(x: Array, delta: float) -> Array:
    """x² / 2 where |x| <= delta, and delta (|x| - delta / 2) elsewhere.  dx = g * clip(x, -delta, delta)."""
    return _huber(x, delta)


# ------------------------------------------------------------------------------------------------ class indices


def checked_classes(op: str, shape: tuple[int, ...], target: Array, ignore_index: int) -> Array | None:
    """Whether each target counts, that is, is not `ignore_index`; None if all do.

    Raises:
        DTypeError: if the target is not integers.
        ShapeError: if it has not the shape of the input without its class dimension.
        DimensionError: if a target that counts is not a class.
    """
    if not shape:
        raise ShapeError(f"{op}: the input needs a dimension of classes, got a number")
    classes = shape[1] if len(shape) > 1 else shape[0]
    expected = shape[:1] + shape[2:] if len(shape) > 1 else ()
    if (
        target.dtype is INT64
        and target.shape == expected
        and target.size
        and _are_classes(target, classes)
        and not 0 <= ignore_index < classes
    ):
        return None  # nearly always
    if target.dtype.kind not in "iu":
        raise DTypeError(
            f"{op}: the target must hold class indices (int64), got {target.dtype}; convert with .long()"
        )
    if target.shape != expected:
        raise ShapeError(
            f"{op}: the input has shape {shape}, so the target must have shape {expected}, got {target.shape}. Classes "
            "are dimension 1 of the input (dimension 0 if it has only one)."
        )
    valid = np.asarray(target != ignore_index)
    wrong = target[valid & ((target < 0) | (target >= classes))]
    if wrong.size:
        raise DimensionError(
            f"{op}: target {wrong[0]} is out of range for {classes} classes (expected to be in range of "
            f"[0, {classes - 1}]{'' if ignore_index < 0 else f', or {ignore_index}, which is ignored'}); "
            f"the input has shape {shape}"
        )
    return None if valid.all() else valid


def _are_classes(target: Array, classes: int) -> bool:
    """Whether every int64 is in [0, classes)."""
    if target.size <= 128 and classes <= 1024:  # Python takes less time than NumPy's overhead
        return _numbers(classes).issuperset((target if target.ndim == 1 else target.reshape(-1)).tolist())
    return bool(maximum_reduce(target.view(np.uint64), None) < classes)  # a negative number is too large


@functools.lru_cache(maxsize=16)
def _numbers(n: int) -> frozenset[int]:
    """0 to n - 1."""
    return frozenset(range(n))


def checked_weight(op: str, weight: Any, classes: int, dtype: Any = None) -> Array | None:
    """The weight of each class as an array, of the given dtype if there is one."""
    if weight is None:
        return None
    w = raw(weight)
    if dtype is not None and w.dtype != dtype:
        raise DTypeError(
            f"{op}: the input is {dtype}, the weight {w.dtype}; convert with weight.to(input.dtype)"
        )
    if w.shape != (classes,):
        raise ShapeError(
            f"{op}: weight must have one element for each of {classes} classes, got shape {w.shape}"
        )
    return w


# A primitive, because PyTorch counts its derivative as a function of x.
@primitive(flat=True, x=lambda g, x_shape, index, dim: placed(-g, index, dim, False, x_shape))
def negative_at(x: Array, index: Any, dim: int) -> Array:
    """-x at `index`, an ndarray that names one element in each line along `dim`.  dx = -g there, 0 elsewhere."""
    return np.negative(x.take(positions_along(x.shape, index, dim, False)))


@composite
def nll_loss(
    input: Any, target: Any, weight: Any = None, ignore_index: int = -100, reduction: str = "mean"
) -> Tensor:
    """The negative of the log-probability that the input gives to the target class.

    input (N, C), (N, C, d1, …) or (C): log-probabilities; target: class indices of the same shape without C.

    Args:
        weight: one factor per class; the mean is then the weighted mean.
        ignore_index: a target that does not count.

    Raises:
        DimensionError: if a target is not a class.
        ShapeError, DTypeError: if the target's shape or dtype does not fit.

    >>> import autograd
    >>> nll_loss(autograd.tensor([[-0.5, -1.0], [-2.0, -0.1]]), autograd.tensor([0, 1]))
    tensor(0.3000)
    """
    if isinstance(input, Hidden) or isinstance(target, Hidden) or isinstance(weight, Hidden):
        return of_examples(nll_loss, input, target, weight, ignore_index, reduction)  # type: ignore[no-any-return]
    t = np.asarray(raw(target))
    shape = tuple(input.shape)
    valid = checked_classes("nll_loss", shape, t, ignore_index)
    dim = 1 if len(shape) > 1 else 0
    if valid is None and weight is None:  # nearly always
        return reduced("nll_loss", negative_at(input, t.astype(np.int64), dim), reduction)
    if valid is None:
        valid = np.ones(t.shape, np.bool_)
    w = checked_weight("nll_loss", weight, shape[dim], raw(input).dtype)
    safe = np.where(valid, t, 0).astype(np.int64)
    each = valid.astype(raw(input).dtype) if w is None else w[safe] * valid
    loss = selection.where(valid, arithmetic.mul(negative_at(input, safe, dim), each), 0.0)
    if reduction == "mean":
        return arithmetic.div(reduce.sum_(loss, None, False), np.asarray(each.sum()))
    return reduced("nll_loss", loss, reduction)


# ------------------------------------------------------------------------------------------------ binary


LEAST = float(np.float32(1e-12))
"""What PyTorch divides by at least, a number that it keeps in float32."""


# A primitive, because the logarithms are cut off at -100 but the derivative goes on.
@primitive(
    cast="promote",
    x=lambda g, x, target: g * ((x - target) / np.maximum((1 - x) * x, LEAST)),
    target=lambda g, x: g * (np.log1p(-x) - np.log(x)),
)
def binary_cross_entropy_(x: Array, target: Array) -> Array:
    """-(t log x + (1 - t) log(1 - x)), with logarithms of at least -100.  dx = g * (x - t) / (x (1 - x))."""
    if not ((x >= 0) & (x <= 1)).all():
        raise ArgumentError(
            f"binary_cross_entropy: the input must be probabilities in [0, 1], got values from {np.min(x)} to "
            f"{np.max(x)}; use sigmoid(), or binary_cross_entropy_with_logits"
        )
    if not ((target >= 0) & (target <= 1)).all():
        raise ArgumentError(
            f"binary_cross_entropy: the target must be probabilities in [0, 1], got values from {np.min(target)} to "
            f"{np.max(target)}"
        )
    return (target - 1) * np.maximum(np.log1p(-x), -100.0) - target * np.maximum(np.log(x), -100.0)


@composite
def binary_cross_entropy(input: Any, target: Any, weight: Any = None, reduction: str = "mean") -> Tensor:
    """-(t log p + (1 - t) log(1 - p)) for probabilities p and targets t in [0, 1].

    A logarithm is at least -100, so that a wrong 0 or 1 costs 100.

    Args:
        weight: a factor for each element, broadcast.

    Raises:
        ShapeError: if the shapes differ.
        ArgumentError: if a probability or a target is outside [0, 1].

    >>> import autograd
    >>> binary_cross_entropy(autograd.tensor([0.9, 0.2]), autograd.tensor([1.0, 0.0]))
    tensor(0.1643)
    """
    if tuple(input.shape) != tuple(target.shape):
        raise ShapeError(
            f"binary_cross_entropy: the input has shape {tuple(input.shape)} and the target {tuple(target.shape)}; "
            "they must be equal"
        )
    loss: Any = binary_cross_entropy_(input, target)
    if weight is not None:
        loss = arithmetic.mul(loss, weight)
    return reduced("binary_cross_entropy", loss, reduction)


# A primitive, because its derivative is simple, and saves the arguments alone.
@primitive(
    cast="promote", x=lambda g, x, target: g * (activation.sigmoid(x) - target), target=lambda g, x: -g * x
)
def binary_cross_entropy_with_logits_(x: Array, target: Array) -> Array:
    """(1 - target) x - logsigmoid(x).  dx = g * (sigmoid(x) - target), dtarget = -g * x."""
    return (1 - target) * x - activation.logsigmoid(x)


@composite
def binary_cross_entropy_with_logits(
    input: Any, target: Any, weight: Any = None, reduction: str = "mean", pos_weight: Any = None
) -> Tensor:
    """`binary_cross_entropy` of sigmoid(input), without overflow.

    (1 - t) x - (1 + (pos_weight - 1) t) logsigmoid(x)

    Args:
        weight: a factor for each element, broadcast.
        pos_weight: a factor for the positive targets, broadcast.

    Raises:
        ShapeError: if the shapes of input and target differ.

    >>> import autograd
    >>> binary_cross_entropy_with_logits(autograd.tensor([2.0, -1.0]), autograd.tensor([1.0, 0.0]))
    tensor(0.2201)
    """
    if tuple(input.shape) != tuple(target.shape):
        raise ShapeError(
            f"binary_cross_entropy_with_logits: the input has shape {tuple(input.shape)} and the target "
            f"{tuple(target.shape)}; they must be equal"
        )
    if pos_weight is None:
        loss: Any = binary_cross_entropy_with_logits_(input, target)
    else:
        log_p: Any = activation.logsigmoid(input)
        log_p = arithmetic.mul(
            log_p, arithmetic.add(arithmetic.mul(arithmetic.sub(pos_weight, 1), target), 1)
        )
        loss = arithmetic.sub(arithmetic.mul(arithmetic.sub(1, target), input), log_p)
    if weight is not None:
        loss = arithmetic.mul(loss, weight)
    return reduced("binary_cross_entropy_with_logits", loss, reduction)


# A primitive, to save the arguments alone.
@primitive(
    cast="promote",
    x=lambda g, x, target: -g * target * activation.sigmoid(-target * x),
    target=lambda g, x, target: -g * x * activation.sigmoid(-target * x),
)
def soft_margin_(x: Array, target: Array) -> Array:
    """log(1 + exp(-target x)).  dx = -g * target * sigmoid(-target x), dtarget = -g * x * sigmoid(-target x)."""
    return np.negative(activation.logsigmoid(x * target))
