"""Batch norm and group norm as fused kernels: each channel, or group of channels, brought to mean 0 and variance 1.

Both are x · a + b with one a and one b for each channel, or each channel of each example, and so are their gradients
in g and x: dx = a g + c x + d. What is added up for the factors is added up in one pass over x, or over g and x.

Sums of squares lose digits where a mean is much larger than the deviation. There, and only there, the mean is
subtracted first.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.kernels.channels import Factors, Layout, count, totals
from autograd.ops import arithmetic, reduce
from autograd.ops.arithmetic import rsqrt
from autograd.ops.forms import floating
from autograd.ops.shape import reshape
from autograd.primitive import Array, primitive

__all__ = ["batch_norm_", "group_norm_"]

_FAR = 64.0  # a mean of so many squared deviations: backward subtracts it first


def _working(x: Array) -> Array:
    """x in the dtype that is computed in: float16 in float32."""
    return x.astype(np.float32) if x.dtype.char == "e" else x


class _Shifted:
    """A laid array less its mean, computed a block at a time."""

    def __init__(self, laid: Array, layout: Layout, mean: Array) -> None:
        self.laid = laid
        self.factors = Factors(layout, mean)

    def __getitem__(self, block: Any) -> Array:
        part = self.laid[block]
        out: Array = part - self.factors.of(block, part.shape[0])[0]
        return out


def _moments(layout: Layout, x: Array, n: int) -> tuple[Array, Array]:
    """The mean and the variance of each (K, L), in float64."""
    total, square = totals(layout, x, (x, x))
    mean = total / n
    variance = square / n - mean * mean
    if np.any(mean * mean > variance):
        rounded = mean.astype(x.dtype)
        centred: Any = _Shifted(x, layout, rounded)
        total, square = totals(layout, centred, (centred, centred))
        rest = total / n
        mean = rounded + rest
        variance = square / n - rest * rest
    return mean, np.maximum(variance, 0)


def _is_far(mean: Array, r: Array) -> bool:
    return bool(np.any(mean * mean * r * r > _FAR))


def _applied(layout: Layout, x: Array, a: Array, b: Array, mean: Array | None) -> Array:
    """x · a + b, or (x - mean) · a + b."""
    out = np.empty(layout.four, x.dtype)
    factors = Factors(layout, *(f.astype(x.dtype) for f in ((a, b) if mean is None else (a, b, mean))))
    for block in layout.blocks():
        part, result = x[block], out[block]
        scale, shift, *centre = factors.of(block, len(part))
        if centre:
            part = part - centre[0]
        np.multiply(part, scale, out=result)
        result += shift
    return layout.back(out)


def _combined(layout: Layout, g: Array, x: Array, a: Array, c: Array, d: Array, mean: Array | None) -> Array:
    """g · a + x · c + d, or the same of x - mean."""
    out = np.empty(layout.four, x.dtype)
    given = (a, c, d) if mean is None else (a, c, d, mean)
    factors = Factors(layout, *(f.astype(x.dtype) for f in given))
    for block in layout.blocks():
        part, result = x[block], out[block]
        by_g, by_x, shift, *centre = factors.of(block, len(part))
        np.multiply(g[block], by_g, out=result)
        part = np.multiply(part - centre[0] if centre else part, by_x)
        part += shift
        result += part
    return layout.back(out)


def _affine(weight: Any, bias: Any, r: Array, mean: Array) -> tuple[Array, Array]:
    """The factors a and b of (x - mean) · r · weight + bias = x · a + b."""
    a = r if weight is None else r * weight
    b = -mean * a
    return a, b if bias is None else b + bias


# ------------------------------------------------------------------------------------------------ gradients


def _gradients(
    g: Array, x: Array, weight: Any, mean: Array, r: Array, groups: int, kept: tuple[int, ...], fixed: bool,
    needs: tuple[bool, ...],
) -> tuple[Any, Any, Any]:  # fmt: skip
    """The gradients by x, weight and bias, from the mean and 1/deviation of each (n, group) or group.

    fixed: whether mean and deviation are numbers of their own, not computed from x
    """
    kind, x = x.dtype, _working(x)
    g = _working(g)
    layout = Layout(x, kept)
    laid_x, laid_g = layout.lay(x), layout.lay(g)
    channels = x.shape[1]
    size = channels // groups if groups else 1
    m, s = (np.repeat(v.astype(np.float64), size, axis=1) for v in (mean, r))
    w = np.ones(channels) if weight is None else weight.astype(np.float64)
    a = s * w
    if fixed and not any(needs[1:]):
        return (_scaled(layout, laid_g, a).astype(kind, copy=False) if needs[0] else None), None, None
    far = _is_far(m, s)
    shift = layout.small(m.astype(x.dtype)) if far else None
    source: Any = laid_x if shift is None else _Shifted(laid_x, layout, shift)
    found = totals(layout, laid_g, (laid_g, source))
    total, product = (layout.large(f) for f in found)
    if shift is None:
        product = product - m * total  # Σ g (x - mean)
    elif np.any(rest := m - layout.large(shift)):
        product = product - rest * total
    dweight = (product * s).sum(axis=0).astype(weight.dtype) if needs[1] else None
    dbias = total.sum(axis=0).astype(kind if weight is None else weight.dtype) if needs[2] else None
    if not needs[0]:
        return None, dweight, dbias
    if fixed:
        return _scaled(layout, laid_g, a).astype(kind, copy=False), dweight, dbias
    n = count(x.shape, kept) * size
    in_groups = [(v * w).reshape(len(v), groups, size).sum(axis=2) / n for v in (total, product)]
    mean_g, mean_gx = (np.repeat(v, size, axis=1) for v in in_groups)
    c = -(s**3) * mean_gx
    d = -s * mean_g if far else -s * mean_g - c * m
    by_g, by_x, rest = (layout.small(v) for v in (a, c, d))
    dx = _combined(layout, laid_g, laid_x, by_g, by_x, rest, shift)
    return dx.astype(kind, copy=False), dweight, dbias


def _scaled(layout: Layout, g: Array, a: Array) -> Array:
    """g · a."""
    out = np.empty(layout.four, g.dtype)
    factors = Factors(layout, layout.small(a.astype(g.dtype)))
    for block in layout.blocks():
        part = g[block]
        np.multiply(part, factors.of(block, len(part))[0], out=out[block])
    return layout.back(out)


# ------------------------------------------------------------------------------------------------ batch norm


def _by_channel(x: Any, value: Any) -> Any:
    return reshape(value, (1, -1) + (1,) * (x.ndim - 2))


def _affine_composed(x: Any, out: Any, weight: Any, bias: Any) -> Any:
    if weight is not None:
        out = arithmetic.mul(out, _by_channel(x, weight))
    return out if bias is None else arithmetic.add(out, _by_channel(x, bias))


def _batch_norm_composed(
    x: Any,
    weight: Any,
    bias: Any,
    running_mean: Any,
    running_var: Any,
    eps: float,
    noted: Any,  # noqa: ARG001  # nothing is noted twice
) -> Any:
    """The same in small primitives."""
    if running_mean is None:
        dims = (0, *range(2, x.ndim))
        centred = arithmetic.sub(x, reduce.mean_(x, dims, True))
        variance = reduce.mean_(arithmetic.mul(centred, centred), dims, True)
    else:
        centred = arithmetic.sub(x, _by_channel(x, running_mean))
        variance = _by_channel(x, running_var)
    out = arithmetic.mul(centred, rsqrt(arithmetic.add(variance, eps)))
    return _affine_composed(x, out, weight, bias)


def _batch_norm_gradients(
    g: Array, x: Array, weight: Any, running_mean: Any, mean: Array, r: Array, needs: tuple[bool, ...]
) -> tuple[Any, Any, Any]:
    return _gradients(g, x, weight, mean, r, x.shape[1], (1,), running_mean is not None, needs)


@primitive(
    running_mean=None,
    running_var=None,
    joint=_batch_norm_gradients,
    reference=_batch_norm_composed,
    residuals=("mean", "r"),
)
def batch_norm_(
    x: Array,
    weight: Array | None,
    bias: Array | None,
    running_mean: Array | None,
    running_var: Array | None,
    eps: float,
    noted: list[Any] | None,
) -> Any:
    """(x - mean) / √(variance + eps) · weight + bias, by channel, over all other dimensions.

    With running_mean and running_var those are the mean and the variance, numbers that do not depend on x; without,
    they are those of x, and are added to `noted`, if that is given.

    dx = a (g - Σg/n - x̂ Σ(g x̂)/n) with a = weight / √(variance + eps) and x̂ = (x - mean) / √(variance + eps);
    dweight = Σ g x̂, dbias = Σ g.
    """
    floating("batch_norm", x)
    kind, x = x.dtype, _working(x)
    layout = Layout(x, (1,))
    laid = layout.lay(x)
    if running_mean is None or running_var is None:
        small_mean, small_variance = _moments(layout, laid, count(x.shape, (1,)))
        mean, variance = layout.large(small_mean), layout.large(small_variance)
        if noted is not None:
            noted += [mean[0], variance[0]]
    else:
        mean, variance = (v.astype(np.float64).reshape(1, -1) for v in (running_mean, running_var))
    r = 1 / np.sqrt(variance + eps)
    out = _normalized(layout, laid, weight, bias, mean, r)
    return out.astype(kind, copy=False), mean.astype(x.dtype), r.astype(x.dtype)


def _normalized(layout: Layout, laid: Array, weight: Any, bias: Any, mean: Array, r: Array) -> Array:
    """(x - mean) · r · weight + bias, for one mean and one r for each (n, c), or each c."""
    if _is_far(mean, r):
        a = r if weight is None else r * weight
        b = (mean.astype(laid.dtype) - mean) * a  # what rounding the mean leaves
        b = b if bias is None else b + bias
        return _applied(layout, laid, layout.small(a), layout.small(b), layout.small(mean))
    a, b = _affine(weight, bias, r, mean)
    return _applied(layout, laid, layout.small(a), layout.small(b), None)


# ------------------------------------------------------------------------------------------------ group norm


def _group_norm_composed(x: Any, weight: Any, bias: Any, groups: int, eps: float, noted: Any) -> Any:  # noqa: ARG001  # likewise
    """The same in small primitives."""
    shape = tuple(x.shape)
    rows = reshape(x, (shape[0], groups, math.prod(shape[1:]) // groups))
    centred = arithmetic.sub(rows, reduce.mean_(rows, 2, True))
    variance = reduce.mean_(arithmetic.mul(centred, centred), 2, True)
    out = reshape(arithmetic.mul(centred, rsqrt(arithmetic.add(variance, eps))), shape)
    return _affine_composed(x, out, weight, bias)


def _group_norm_gradients(
    g: Array, x: Array, weight: Any, groups: int, mean: Array, r: Array, needs: tuple[bool, ...]
) -> tuple[Any, Any, Any]:
    return _gradients(g, x, weight, mean, r, groups, (0, 1), False, needs)


@primitive(joint=_group_norm_gradients, reference=_group_norm_composed, residuals=("mean", "r"))
def group_norm_(
    x: Array, weight: Array | None, bias: Array | None, groups: int, eps: float, noted: list[Any] | None
) -> Any:
    """(x - mean) / √(variance + eps) · weight + bias, with mean and variance of each group of channels of an example.

    weight and bias (C). The means and variances (N, groups) are added to `noted`, if that is given.

    dx = r (g w - Σ(g w)/n - x̂ Σ(g w x̂)/n) with w = weight, r = 1 / √(variance + eps), x̂ = (x - mean) r and the sums
    over a group; dweight = Σ g x̂, dbias = Σ g.
    """
    floating("group_norm", x)
    kind, x = x.dtype, _working(x)
    layout = Layout(x, (0, 1))
    laid = layout.lay(x)
    size = x.shape[1] // groups
    each = count(x.shape, (0, 1))
    small_mean, small_variance = _moments(layout, laid, each)
    mean, variance = layout.large(small_mean), layout.large(small_variance)
    if size > 1:
        means = mean.reshape(-1, groups, size)
        mean = means.mean(axis=2)
        spread = means - mean[..., None]
        variance = (variance.reshape(means.shape) + spread * spread).mean(axis=2)
    r = 1 / np.sqrt(variance + eps)
    if noted is not None:
        noted += [mean, variance]
    repeated = (np.repeat(v, size, axis=1) for v in (mean, r))
    out = _normalized(layout, laid, weight, bias, *repeated)
    return out.astype(kind, copy=False), mean.astype(x.dtype), r.astype(x.dtype)
