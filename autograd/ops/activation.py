"""Activations: the nonlinear functions between the layers of a network, elementwise."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import maximum

from autograd.composite import composite
from autograd.constants import KEPT, kept_zeros, zeros_like
from autograd.dims import checked_dim
from autograd.dtypes import FLOAT32
from autograd.errors import ArgumentError, DTypeError, ShapeError
from autograd.ops import arithmetic, elementwise, selection, single, special, tabulated
from autograd.ops.forms import drop, floating, keep, keep_nonzero, pick, real, scaled
from autograd.ops.identity import flat, kinked
from autograd.primitive import Array, primitive

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = [
    "relu", "relu6", "leaky_relu", "prelu", "threshold", "elu", "selu", "celu", "gelu", "silu", "mish",
    "sigmoid", "logsigmoid", "softplus", "softsign", "tanhshrink", "hardshrink", "softshrink",
    "hardtanh", "hardsigmoid", "hardswish", "glu",
]  # fmt: skip


# ------------------------------------------------------------------------------------------------ piecewise linear


@primitive(quiet=False, x=keep_nonzero)
def relu(x: Array) -> Array:
    """max(x, 0), elementwise; nan stays nan.  dx = g where x > 0, 0 elsewhere, also at 0.

    Raises:
        DTypeError: for bools.

    >>> import autograd
    >>> relu(autograd.tensor([-1.0, 0.0, 2.0]))
    tensor([0., 0., 2.])
    """
    dtype = x.dtype
    if dtype is not FLOAT32 and dtype.kind == "b":
        raise DTypeError("relu: needs numbers, got bool; convert with .int()")
    # each takes a third of the time of maximum(x, 0), on arrays of its size
    if x.size <= KEPT:
        return maximum(x, kept_zeros(x.shape, dtype))
    return np.clip(x, 0, np.inf) if dtype.kind == "f" else maximum(x, 0)


@primitive(x=lambda g, x, negative_slope: flat(scaled(g, x > 0, 1, negative_slope), x))
def leaky_relu(x: Array, negative_slope: float = 0.01) -> Array:
    """x where x > 0, negative_slope * x elsewhere.  dx = g or negative_slope * g, the latter also at 0.

    >>> import autograd
    >>> leaky_relu(autograd.tensor([-1.0, 2.0]), 0.1)
    tensor([-0.1000,  2.0000])
    """
    floating("leaky_relu", x)
    real("leaky_relu", negative_slope=negative_slope)
    scaled = np.asarray(x * negative_slope)
    return np.maximum(x, scaled, out=scaled) if 0 < negative_slope < 1 else pick(x > 0, x, scaled)


@composite
def prelu(input: Any, weight: Any) -> Tensor:
    """The input where it is positive, weight * input elsewhere; one weight, or one per channel (dimension 1).

    Raises:
        ShapeError: if the number of weights is neither 1 nor the number of channels.
        DTypeError: if the dtypes differ.

    >>> import autograd
    >>> prelu(autograd.tensor([[-1.0, -1.0]]), autograd.tensor([0.1, 0.5]))
    tensor([[-0.1000, -0.5000]])
    """
    if weight.ndim > 1:
        raise ShapeError(f"prelu: weight must be 0-d or 1-d, got shape {tuple(weight.shape)}; use flatten()")
    if input.dtype != weight.dtype:
        raise DTypeError(
            f"prelu: input and weight must have one dtype, got {input.dtype} and {weight.dtype}; convert with .to()"
        )
    size = math.prod(weight.shape)
    channels = input.shape[1] if input.ndim > 1 else 1
    if size not in (1, channels):
        raise ShapeError(
            f"prelu: weight has {size} elements, but the input of shape {tuple(input.shape)} has {channels} channels; "
            "use 1 or one for each channel"
        )
    ndim = input.ndim
    slope = weight.reshape((1, size) + (1,) * (ndim - 2) if ndim > 1 else (1,) * ndim)
    out: Tensor = selection.where(input > 0, kinked(input), arithmetic.mul(kinked(slope), input))
    return out


@primitive(x=lambda g, x, threshold: flat(drop(g, x <= threshold), x))
def threshold(x: Array, threshold: float, value: float) -> Array:
    """x where x > threshold, `value` elsewhere.  dx = g where x > threshold, 0 elsewhere.

    For integers both numbers are first cut to integers of their dtype.

    >>> import autograd
    >>> threshold(autograd.tensor([1.0, 3.0]), 2, -1)
    tensor([-1.,  3.])
    """
    real("threshold", threshold=threshold, value=value)
    limit, filler = (np.asarray(v).astype(x.dtype) for v in (threshold, value))
    return pick(x <= limit, np.full(x.shape, filler), x)


@primitive(x=lambda g, x, min_val, max_val: flat(drop(g, (x <= min_val) | (x >= max_val)), x))
def hardtanh(x: Array, min_val: float = -1.0, max_val: float = 1.0) -> Array:
    """x brought into [min_val, max_val].  dx = g strictly inside, 0 elsewhere, also at the bounds.

    Integers stay what they are: their bounds are cut to integers of their dtype.

    >>> import autograd
    >>> hardtanh(autograd.tensor([-2.0, 0.5, 2.0]))
    tensor([-1.0000,  0.5000,  1.0000])
    """
    real("hardtanh", min_val=min_val, max_val=max_val)
    if min_val > max_val:
        raise ArgumentError(f"hardtanh: min_val must not exceed max_val, got {min_val} and {max_val}")
    if x.dtype.kind in "iu":
        info = np.iinfo(x.dtype)
        min_val, max_val = (int(min(max(v, info.min), info.max)) for v in (min_val, max_val))
    return np.clip(x, min_val, max_val)


@composite
def relu6(input: Any) -> Tensor:
    """The input brought into [0, 6]; the derivative at both bounds is 0.

    >>> import autograd
    >>> relu6(autograd.tensor([-1.0, 3.0, 8.0]))
    tensor([0., 3., 6.])
    """
    return hardtanh(input, 0, 6)


# A primitive, because composing it would give other derivatives at -3 and 3.
@primitive(x=lambda g, x: keep(g / 6, np.abs(x) < 3))
def hardsigmoid(x: Array) -> Array:
    """relu6(x + 3) / 6, elementwise.  dx = g / 6 where -3 < x < 3, 0 elsewhere.

    >>> import autograd
    >>> hardsigmoid(autograd.tensor([-4.0, 0.0, 1.5]))
    tensor([0.0000, 0.5000, 0.7500])
    """
    floating("hardsigmoid", x)
    return np.clip(x + 3, 0, 6) / 6


def _hardswish_slope(x: Any) -> Any:
    """x/3 + 1/2, but 0 from -3 down and 1 from 3 up: there the quotient is -1 or 1, and only there trunc keeps it."""
    t: Any = np.clip(x, -3, 3) / 3
    return t + 0.5 - 0.5 * np.trunc(t)


def _hardswish_dx(g: Any, x: Any) -> Any:
    return drop(g * _hardswish_slope(x), x <= -3)


def _hardswish_dx_in_place(g: Array, x: Array) -> Array:
    """The same, in two arrays."""
    if not np.isfinite(np.vdot(g, g)):
        return _hardswish_dx(g, x)  # infinity times 0 would be nan
    t = np.clip(x, -3, 3)
    t /= 3
    out = np.trunc(t)
    out *= -0.5
    out += t
    out += 0.5
    out *= g
    return out


_hardswish_gradient = single.fast(_hardswish_dx, _hardswish_dx_in_place)


# A primitive, because composing it would give other derivatives at -3 and 3.
@primitive(x=lambda g, x: _hardswish_gradient(g, x))
def hardswish(x: Array) -> Array:
    """x * relu6(x + 3) / 6, elementwise.  dx = 0 below -3, g * (x/3 + 1/2) up to 3, g above.

    >>> import autograd
    >>> hardswish(autograd.tensor([-4.0, 0.0, 3.0]))
    tensor([-0., 0., 3.])
    """
    floating("hardswish", x)
    out = np.asarray(x + 3)
    np.clip(out, 0, 6, out=out)
    out *= x
    out /= 6
    return out


@primitive(x=lambda g, x, lambd: flat(drop(g, np.abs(x) <= lambd), x))
def hardshrink(x: Array, lambd: float = 0.5) -> Array:
    """x where |x| > lambd, 0 elsewhere.  dx = g where |x| > lambd, 0 elsewhere.

    >>> import autograd
    >>> hardshrink(autograd.tensor([-1.0, 0.3]))
    tensor([-1.,  0.])
    """
    floating("hardshrink", x)
    real("hardshrink", lambd=lambd)
    return drop(x, np.abs(x) <= lambd)


@primitive(x=lambda g, x, lambd: flat(drop(g, np.abs(x) <= lambd), x))
def softshrink(x: Array, lambd: float = 0.5) -> Array:
    """x brought closer to 0 by lambd, and 0 where |x| <= lambd.  dx = g where |x| > lambd, 0 elsewhere.

    >>> import autograd
    >>> softshrink(autograd.tensor([-1.0, 0.3, 2.0]))
    tensor([-0.5000,  0.0000,  1.5000])
    """
    floating("softshrink", x)
    real("softshrink", lambd=lambd)
    if not lambd >= 0:
        raise ArgumentError(f"softshrink: lambd must not be negative, got {lambd}")
    return x - np.clip(x, -lambd, lambd)


@composite
def tanhshrink(input: Any) -> Tensor:
    """input - tanh(input).

    >>> import autograd
    >>> tanhshrink(autograd.tensor([0.0, 1.0]))
    tensor([0.0000, 0.2384])
    """
    return arithmetic.sub(input, elementwise.tanh(input))


@composite
def softsign(input: Any) -> Tensor:
    """input / (1 + |input|).

    >>> import autograd
    >>> softsign(autograd.tensor([-1.0, 3.0]))
    tensor([-0.5000,  0.7500])
    """
    return arithmetic.div(input, arithmetic.add(1, arithmetic.abs(input)))


# ------------------------------------------------------------------------------------------------ sigmoid and kin


# A primitive, because it is everywhere and must not overflow.
@primitive(cast="float", x=lambda g, out: g * (out * (1 - out)))
def sigmoid(x: Array) -> Array:
    """1 / (1 + e⁻ˣ), elementwise: 0 and 1 far out, without overflow.  dx = g * out * (1 - out).

    >>> import autograd
    >>> sigmoid(autograd.tensor([-1000.0, 0.0, 1.0]))
    tensor([0.0000, 0.5000, 0.7311])
    """
    e = np.asarray(np.exp(0 - x))  # not -x, which bools lack; inf where x is very negative, and 1 / inf is 0
    e += 1
    return np.divide(1, e, out=e)


# A primitive, because composing it would overflow.
@primitive(cast="float", x=lambda g, x: g * sigmoid(-x))
def logsigmoid(x: Array) -> Array:
    """log(sigmoid(x)) = -log(1 + e⁻ˣ), elementwise, without overflow.  dx = g * sigmoid(-x).

    >>> import autograd
    >>> logsigmoid(autograd.tensor([-1000.0, 0.0]))
    tensor([-1.0000e+03, -6.9315e-01])
    """
    return np.minimum(x, zeros_like(x)) - single.log1p(np.exp(-np.abs(x)))


_EXP_LIMIT = {"e": 11.0, "f": 88.0, "d": 709.0}  # where eˣ overflows; there log(1 + eˣ) is x


# A primitive, because composing it would give nan gradients where eˣ overflows.
@primitive(
    x=lambda g, x, beta, threshold: pick(x * beta > threshold, g, g * sigmoid(x * beta)),
)
def softplus(x: Array, beta: float = 1.0, threshold: float = 20.0) -> Array:
    """log(1 + exp(beta x)) / beta, a smooth relu; x itself where beta x > threshold.  dx = g * sigmoid(beta x).

    >>> import autograd
    >>> softplus(autograd.tensor([-1000.0, 0.0, 1000.0]))
    tensor([0.0000e+00, 6.9315e-01, 1.0000e+03])
    """
    floating("softplus", x)
    real("softplus", beta=beta, threshold=threshold)
    z = x if beta == 1 else x * beta
    largest = min(threshold, _EXP_LIMIT[x.dtype.char])
    soft = single.log1p(np.exp(np.clip(z, -np.inf, largest)))
    if beta == 1 and threshold >= 20:  # so far out, soft at the threshold is no more than the next x
        return np.maximum(soft, x)
    return pick(z > largest, x, soft / beta)


def _silu_dx(g: Any, x: Any) -> Any:
    s: Any = sigmoid(x)
    return g * (s * (1 + x * (1 - s)))


def _silu_dx_in_place(g: Array, x: Array) -> Array:
    """The same, in two arrays."""
    s = np.negative(x)
    np.exp(s, out=s)
    s += 1
    np.reciprocal(s, out=s)
    out: Array = 1 - s
    out *= x
    out += 1
    out *= s
    out *= g
    return out


_silu_gradient = single.fast(_silu_dx, _silu_dx_in_place)


# A primitive, to compute the sigmoid once, and save x alone.
@primitive(cast="float", x=lambda g, x: _silu_gradient(g, x))
def silu(x: Array) -> Array:
    """x * sigmoid(x), elementwise, also called swish.  dx = g * s (1 + x (1 - s)), where s = sigmoid(x).

    >>> import autograd
    >>> silu(autograd.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.2689,  0.0000,  0.7311])
    """
    e = np.asarray(np.exp(0 - x))
    e += 1
    return np.divide(x, e, out=e)


def _mish_slope(x: Any) -> Any:
    t: Any = np.tanh(softplus(x))
    return t + x * (1 - t * t) * sigmoid(x)


# A primitive, to save x alone.
@primitive(cast="float", x=lambda g, x: g * _mish_slope(x))
def mish(x: Array) -> Array:
    """x * tanh(softplus(x)), elementwise.  dx = g * (t + x (1 - t²) sigmoid(x)), where t = tanh(softplus(x)).

    >>> import autograd
    >>> mish(autograd.tensor([-1.0, 1.0]))
    tensor([-0.3034,  0.8651])
    """
    return x * np.tanh(softplus(x))


def _halves(x: Any, dim: int) -> tuple[Any, Any]:
    before, size = (slice(None),) * (dim % x.ndim), x.shape[dim] // 2
    return x[(*before, slice(0, size))], x[(*before, slice(size, None))]


def _glu_dx(g: Any, x: Any, dim: int) -> Any:
    a, b = _halves(x, dim)
    s = sigmoid(b)
    first = g * s
    return np.concatenate((first, first * a * (1 - s)), dim)


# A primitive, so that the gradients of the halves are put together once.
@primitive(x=lambda g, x, dim: _glu_dx(g, x, dim))
def glu(x: Array, dim: int = -1) -> Array:
    """a * sigmoid(b), where a and b are the two halves of the input along `dim`.

    da = g * sigmoid(b), db = g * a * sigmoid(b) (1 - sigmoid(b)).

    Raises:
        ShapeError: if the size of that dimension is odd.

    >>> import autograd
    >>> glu(autograd.tensor([2.0, 4.0, 0.0, 0.0]))
    tensor([1., 2.])
    """
    floating("glu", x)
    size = x.shape[checked_dim("glu", dim, x.shape)] if x.ndim else 1
    if size % 2:
        raise ShapeError(
            f"glu: dimension {dim} of shape {x.shape} has size {size}; it must be even to be halved"
        )
    a, b = _halves(x, dim)
    return a * sigmoid(b)


# ------------------------------------------------------------------------------------------------ exponential


def _times(x: Any, factor: Any) -> Any:
    return x if isinstance(factor, float | int) and factor == 1 else x * factor  # it may be a symbol


def _elu_dx(g: Any, x: Any, alpha: Any, scale: Any, input_scale: Any) -> Any:
    e = g * np.exp(_times(np.clip(x, -np.inf, 0), input_scale))
    below = scale * alpha * input_scale
    same = isinstance(below, float | int) and below == scale
    return _times(e, scale) if same else scaled(e, x > 0, scale, below)


@primitive(x=_elu_dx)
def elu_(x: Array, alpha: float, scale: float, input_scale: float) -> Array:
    """scale * x where x > 0, scale * alpha * (exp(input_scale * x) - 1) elsewhere; its derivative beside it."""
    floating("elu", x)
    below = _times(single.expm1(_times(np.clip(x, -np.inf, 0), input_scale)), scale * alpha)
    return pick(x > 0, _times(x, scale), below)


@composite
def elu(input: Any, alpha: float = 1.0) -> Tensor:
    """The input where it is positive, alpha * (eˣ - 1) elsewhere; the derivative at 0 is alpha.

    >>> import autograd
    >>> elu(autograd.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """
    real("elu", alpha=alpha)
    return elu_(input, alpha, 1.0, 1.0)


@composite
def selu(input: Any) -> Tensor:
    """1.0507 * elu(input, 1.6733): keeps the mean 0 and the variance 1 of its inputs (Klambauer et al., 2017).

    >>> import autograd
    >>> selu(autograd.tensor([-1.0, 1.0]))
    tensor([-1.1113,  1.0507])
    """
    return elu_(input, 1.6732632423543772848170429916717, 1.0507009873554804934193349852946, 1.0)


@composite
def celu(input: Any, alpha: float = 1.0) -> Tensor:
    """max(x, 0) + min(alpha * (exp(x / alpha) - 1), 0): elu with a continuous derivative.

    Raises:
        ArgumentError: if alpha is 0.

    >>> import autograd
    >>> celu(autograd.tensor([-1.0, 2.0]), 2.0)
    tensor([-0.7869,  2.0000])
    """
    real("celu", alpha=alpha)
    if alpha == 0:
        raise ArgumentError("celu: alpha cannot be 0, because x is divided by it")
    return elu_(input, alpha, 1.0, 1.0 / alpha)


_TANH_SCALE = math.sqrt(2 / math.pi)


def _gelu_dx(g: Array, x: Array, approximate: str) -> Array:
    """g times the derivative of gelu."""
    if approximate == "none":
        if tabulated.worth_it(x, g):
            return tabulated.times(g, tabulated.gelu_slope, x)
        bell = np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)
        return g * (0.5 * (1 + special.erf(x * math.sqrt(0.5))) + x * bell)
    square = x * x
    t = np.tanh(_TANH_SCALE * x * (1 + 0.044715 * square))
    return g * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * (_TANH_SCALE * (1 + 3 * 0.044715 * square)))


# A primitive, for speed: half the temporaries of the composition.
@primitive(cast="float", x=_gelu_dx)
def gelu(x: Array, approximate: str = "none") -> Array:
    """x * Φ(x) with the standard normal distribution function Φ; or its approximation by tanh, elementwise.

    approximate="tanh": x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))).

    Raises:
        ArgumentError: if approximate is neither "none" nor "tanh".

    >>> import autograd
    >>> gelu(autograd.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.1587,  0.0000,  0.8413])
    """
    if approximate == "none":
        if tabulated.worth_it(x, x):
            return tabulated.times(x, tabulated.normal, x)
        return x * (0.5 * (1 + special.erf(x * math.sqrt(0.5))))
    if approximate == "tanh":
        return 0.5 * x * (1 + np.tanh(_TANH_SCALE * x * (1 + 0.044715 * (x * x))))
    raise ArgumentError(f"gelu: approximate is 'none' or 'tanh', got {approximate!r}")
