"""How far values lie apart: variance and standard deviation, covariance and correlation."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.composite import composite
from autograd.errors import ArgumentError, BatchingError, DTypeError, ShapeError
from autograd.hidden import Hidden
from autograd.ops.forms import drop, floating, spread
from autograd.ops.linalg import mm
from autograd.ops.rearrange import diagonal
from autograd.ops.reduce import Dim, count, mean_, per, total_over
from autograd.ops.reduce import sum as total
from autograd.ops.selection import clamp_
from autograd.ops.shape import reshape, squeeze, t, unsqueeze
from autograd.primitive import Array, primitive
from autograd.tape import raw

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["var", "std", "var_mean", "std_mean", "cov", "corrcoef"]


_FAR = 1e4
"""(mean / deviation)², from which on the rounding of a mean shows in float32's variance."""


def _is_rough(mean: Array, variance: Array) -> bool:
    """Whether float32 may be too little: for means far from 0, measured by the deviation, or for large squares."""
    if variance.size == 1:
        found = variance.item()
        return bool(mean.item() ** 2 > _FAR * found or found == math.inf)
    if not variance.size:
        return False
    far = np.vdot(mean, mean).item() > _FAR * variance.min().item()
    return far or bool(np.vdot(variance, variance).item() == math.inf)


def _mean_of(input: Any, dim: Dim, keepdim: bool, variance: Any) -> Any:
    """The mean, without the rounding of float32's sums where it shows."""
    mean = mean_(input, dim, keepdim)
    if isinstance(mean, Hidden) or mean.array.dtype.char != "f" or not _is_rough(mean.array, variance):
        return mean
    return mean_(input.double(), dim, keepdim).float()


def _deviations(x: Array, dim: Dim) -> Array:
    """x - its mean over dim."""
    return x - mean_(x, dim, True)


def _variance(op: str, x: Array, dim: Dim, correction: float, keepdim: bool) -> Array:
    """The variance; of float16 in float32."""
    floating(op, x)
    y = x if x.dtype.char != "e" else x.astype(np.float32)
    n = count(x.shape, dim)
    mean = total_over(op, y, dim, True) * per(n)
    d = np.asarray(y - mean)
    np.multiply(d, d, out=d)
    out = np.asarray(total_over(op, d, dim, keepdim) * per(n - correction))
    if y.dtype.char == "f" and _is_rough(mean, out):
        return _variance(op, y.astype(np.float64), dim, correction, keepdim)
    return out


@primitive(
    c_order=True,
    x=lambda g, x, dim, correction, keepdim: (
        spread(g, x.shape, dim, keepdim) * (2 * per(count(x.shape, dim) - correction)) * _deviations(x, dim)
    ),
)
def var_(x: Array, dim: Dim, correction: float, keepdim: bool) -> Array:
    """The variance over `dim`.  dx = g * 2 (x - mean) / (n - correction)."""
    return _variance("var", x, dim, correction, keepdim).astype(x.dtype, copy=False)


# A primitive, because sqrt(var) would have a nan gradient where the variance is 0.
@primitive(
    c_order=True, x=lambda g, out, x, dim, correction, keepdim: _std_dx(g, out, x, dim, correction, keepdim)
)
def std_(x: Array, dim: Dim, correction: float, keepdim: bool) -> Array:
    """The standard deviation over `dim`.  dx = g * (x - mean) / ((n - correction) std), 0 where std is 0."""
    out = np.sqrt(_variance("std", x, dim, correction, keepdim))
    if (
        x.dtype.char == "f" and not ((out > 0) & (out < np.inf)).all()
    ):  # the squares may have left float32's range
        out = np.sqrt(_variance("std", x.astype(np.float64), dim, correction, keepdim))
    return out.astype(x.dtype, copy=False)


def _std_dx(g: Array, out: Array, x: Array, dim: Dim, correction: float, keepdim: bool) -> Array:
    slope = drop(g / (out + (out == 0)), out == 0) * per(count(x.shape, dim) - correction)
    return spread(slope, x.shape, dim, keepdim) * _deviations(x, dim)


def _statistics(op: str, dim: Any, correction: float | None, unbiased: bool | None) -> tuple[Dim, float]:
    """PyTorch's two signatures: (dim, correction), and (unbiased) or (dim, unbiased)."""
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    if unbiased is not None:
        if correction is not None:
            raise ArgumentError(f"{op}: give correction or unbiased, not both")
        correction = int(unbiased)
    return dim, (1 if correction is None else correction)


@composite
def var(
    input: Any, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *,
    correction: float | None = None,
) -> Tensor:  # fmt: skip
    """The variance: Σ (x - mean)² / (n - correction), of all elements or over `dim`.

    correction is 1 unless given (`unbiased=False` means 0). nan where n <= correction.
    dx = g * 2 (x - mean) / (n - correction).

    Raises:
        DTypeError: for integers.
        DimensionError: if a dimension is out of range.

    >>> import autograd
    >>> x = autograd.tensor([1.0, 2.0, 3.0, 4.0])
    >>> var(x), var(x, correction=0)
    (tensor(1.6667), tensor(1.2500))
    """
    dim, correction = _statistics("var", dim, correction, unbiased)
    return var_(input, dim, correction, keepdim)


@composite
def std(
    input: Any, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *,
    correction: float | None = None,
) -> Tensor:  # fmt: skip
    """The standard deviation √var; see `var`. Its derivative where it is 0 is 0.

    >>> import autograd
    >>> std(autograd.tensor([1.0, 2.0, 3.0, 4.0]))
    tensor(1.2910)
    """
    dim, correction = _statistics("std", dim, correction, unbiased)
    return std_(input, dim, correction, keepdim)


@composite
def var_mean(
    input: Any, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *,
    correction: float | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """The variance and the mean, with the arguments of `var`.

    >>> import autograd
    >>> var_mean(autograd.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """
    dim, correction = _statistics("var_mean", dim, correction, unbiased)
    out = var_(input, dim, correction, keepdim)
    return out, _mean_of(input, dim, keepdim, raw(out))


@composite
def std_mean(
    input: Any, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *,
    correction: float | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """The standard deviation and the mean, with the arguments of `var`.

    >>> import autograd
    >>> std_mean(autograd.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """
    dim, correction = _statistics("std_mean", dim, correction, unbiased)
    out = std_(input, dim, correction, keepdim)
    with np.errstate(over="ignore"):  # the square of a large one is as rough
        variance = raw(out) * raw(out)
    return out, _mean_of(input, dim, keepdim, variance)


# ------------------------------------------------------------------------------------------------ of several variables


@composite
def cov(input: Any, *, correction: int = 1, fweights: Any = None, aweights: Any = None) -> Tensor:
    """The covariances of variables, the rows of the input, whose columns are observations: shape (rows, rows).

    C = Σ w (x - mean) (y - mean) / (Σ w - correction); of one variable, a vector or a number, its variance.

    Args:
        correction: what is taken from the number of observations; 0 for the simple mean of the products.
        fweights: how often each observation was made, integers.
        aweights: how much each observation counts; the correction is then taken from their effective number.

    Raises:
        ShapeError: if the input has more than two dimensions, or weights are not as many as observations.
        DTypeError: for bools, or weights of the wrong kind.
        ArgumentError: if a weight is negative, or all are 0.

    >>> import autograd
    >>> cov(autograd.tensor([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]))
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    x = raw(input)
    if x.ndim > 2:
        raise ShapeError(f"cov: needs at most two dimensions, got shape {x.shape}")
    if x.dtype.kind == "b":
        raise DTypeError("cov: bools have no covariance; use .float()")
    rows = input if x.ndim == 2 else reshape(input, (1, -1))
    n = rows.shape[1]
    weights = None
    if fweights is not None:
        weights = _checked_weights("fweights", fweights, n, "iu")
    if aweights is not None:
        checked = _checked_weights("aweights", aweights, n, "f")
        weights = checked if weights is None else weights * checked
    number = n if weights is None else total(weights)
    if weights is not None and raw(number) == 0 and n:
        raise ArgumentError("cov: the weights add up to 0")
    weighted = rows if weights is None else rows * weights
    mean = total(weighted, 1) / number if n or weights is not None else total(weighted, 1) * np.nan
    if weights is not None and aweights is not None and correction:
        divisor = number - correction * total(weights * aweights) / number
    else:
        divisor = number - correction
    if raw(divisor) <= 0:
        warnings.warn("cov: there are too few observations (degrees of freedom <= 0)", stacklevel=2)
        divisor = divisor * 0
    deviations = rows - unsqueeze(mean, 1)
    products = mm(deviations, t(deviations if weights is None else deviations * weights))
    divided = products / divisor if raw(divisor) else products * np.inf
    return squeeze(divided)


def _checked_weights(name: str, weights: Any, n: int, kinds: str) -> Any:
    if isinstance(weights, Hidden):
        raise BatchingError(
            f"vmap: cov: {name} that differ between examples are not supported; scale the observations"
        )
    w = raw(weights)
    if w.ndim > 1 or w.size != n:
        raise ShapeError(
            f"cov: {name} must be a vector with a weight for each of {n} observations, got {w.shape}"
        )
    if w.dtype.kind not in kinds:
        kind = "integers" if "i" in kinds else "floating point"
        raise DTypeError(f"cov: {name} must be {kind}, got {w.dtype}")
    if (w < 0).any():
        raise ArgumentError(f"cov: {name} must not be negative, got {w.min()}")
    return weights


@composite
def corrcoef(input: Any) -> Tensor:
    """The correlations of variables, the rows of the input: their covariances divided by both standard deviations.

    Raises:
        ShapeError, DTypeError: as for `cov`.

    >>> import autograd
    >>> corrcoef(autograd.tensor([[1.0, 2.0, 3.0], [6.0, 4.0, 2.0]]))
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    if len(input.shape) > 2:
        raise ShapeError(f"corrcoef: needs at most two dimensions, got shape {tuple(input.shape)}")
    c = cov(input)
    if not len(c.shape):
        return c / c
    deviation = diagonal(c) ** 0.5
    return clamp_(c / unsqueeze(deviation, 1) / unsqueeze(deviation, 0), -1, 1)
