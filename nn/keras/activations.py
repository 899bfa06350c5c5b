"""Activation functions, by name or as functions of a tensor."""

from __future__ import annotations

from typing import Any

from autograd import Tensor, exp, where
from autograd.ops.elementwise import tanh as _tanh
from nn import functional as F
from nn.keras.configuration import named
from nn.keras.logits import note


def linear(x: Tensor) -> Tensor:
    """x."""
    return x


def relu(
    x: Tensor, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> Tensor:
    """x where it is above the threshold, else negative_slope · (x − threshold); at most max_value.

    >>> import autograd
    >>> relu(autograd.tensor([-1.0, 0.5, 8.0]), max_value=6)
    tensor([0.0000, 0.5000, 6.0000])
    """
    if negative_slope == 0.0 and threshold == 0.0:
        if max_value is None:
            return F.relu(x)
        return F.hardtanh(x, 0.0, max_value)
    if max_value is None and threshold == 0.0:
        return F.leaky_relu(x, negative_slope)
    above = F.threshold(x, threshold, 0.0) if threshold else F.relu(x)
    if max_value is not None:
        above = above.clamp(0.0, max_value)
    return above - F.relu(threshold - x) * negative_slope if negative_slope else above


def leaky_relu(x: Tensor, negative_slope: float = 0.2) -> Tensor:
    """x where it is positive, else negative_slope · x."""
    return F.leaky_relu(x, negative_slope)


def relu6(x: Tensor) -> Tensor:
    """min(max(x, 0), 6)."""
    return F.relu6(x)


def sigmoid(x: Tensor) -> Tensor:
    """1 / (1 + e⁻ˣ). Its result remembers x, from which the cross entropy is computed without loss of precision."""
    return note("sigmoid", x, F.sigmoid(x))


def softmax(x: Tensor, axis: int = -1) -> Tensor:
    """eˣ / Σ eˣ along an axis. Its result remembers x, as `sigmoid`'s does."""
    made = F.softmax(x, axis)
    return note("softmax", x, made) if axis in (-1, x.ndim - 1) else made


def log_softmax(x: Tensor, axis: int = -1) -> Tensor:
    """x − log Σ eˣ along an axis."""
    return F.log_softmax(x, axis)


def tanh(x: Tensor) -> Tensor:
    """The hyperbolic tangent."""
    made: Tensor = _tanh(x)
    return made


def elu(x: Tensor, alpha: float = 1.0) -> Tensor:
    """x where it is positive, else alpha · (eˣ − 1)."""
    return F.elu(x, alpha)


def selu(x: Tensor) -> Tensor:
    """elu with the scale and alpha that keep mean 0 and variance 1 (Klambauer et al., 2017)."""
    return F.selu(x)


def celu(x: Tensor, alpha: float = 1.0) -> Tensor:
    """max(0, x) + min(0, alpha · (e^(x / alpha) − 1))."""
    return F.celu(x, alpha)


def softplus(x: Tensor) -> Tensor:
    """log(1 + eˣ)."""
    return F.softplus(x)


def softsign(x: Tensor) -> Tensor:
    """x / (1 + |x|)."""
    return F.softsign(x)


def soft_shrink(x: Tensor, threshold: float = 0.5) -> Tensor:
    """x moved towards 0 by the threshold."""
    return F.softshrink(x, threshold)


def hard_shrink(x: Tensor, threshold: float = 0.5) -> Tensor:
    """x where |x| is above the threshold, else 0."""
    return F.hardshrink(x, threshold)


def tanh_shrink(x: Tensor) -> Tensor:
    """x − tanh x."""
    return F.tanhshrink(x)


def threshold(x: Tensor, threshold: float, default_value: float) -> Tensor:
    """x where it is above the threshold, else the default value."""
    return F.threshold(x, threshold, default_value)


def silu(x: Tensor) -> Tensor:
    """x · σ(x)."""
    return F.silu(x)


def gelu(x: Tensor, approximate: bool = False) -> Tensor:
    """x · Φ(x), exact or by tanh (Hendrycks & Gimpel, 2016)."""
    return F.gelu(x, "tanh" if approximate else "none")


def glu(x: Tensor, axis: int = -1) -> Tensor:
    """The first half of x along an axis, times σ of the second."""
    return F.glu(x, axis)


def mish(x: Tensor) -> Tensor:
    """x · tanh(softplus(x))."""
    return F.mish(x)


def exponential(x: Tensor) -> Tensor:
    """eˣ."""
    return exp(x)


def hard_tanh(x: Tensor) -> Tensor:
    """x between −1 and 1."""
    return F.hardtanh(x)


def hard_sigmoid(x: Tensor) -> Tensor:
    """x / 6 + ½ between 0 and 1."""
    return F.hardsigmoid(x)


def hard_silu(x: Tensor) -> Tensor:
    """x · hard_sigmoid(x)."""
    return F.hardswish(x)


def log_sigmoid(x: Tensor) -> Tensor:
    """log σ(x)."""
    return F.logsigmoid(x)


def squareplus(x: Tensor, b: float = 4) -> Tensor:
    """(x + √(x² + b)) / 2."""
    return (x + (x * x + b).sqrt()) / 2


def sparse_plus(x: Tensor) -> Tensor:
    """0 below −1, (x + 1)² / 4 up to 1, then x."""
    middle = (x + 1).square() / 4
    made: Tensor = where(x <= -1, x * 0.0, where(x < 1, middle, x))
    return made


def sparse_sigmoid(x: Tensor) -> Tensor:
    """(x + 1) / 2 between 0 and 1."""
    return ((x + 1) / 2).clamp(0.0, 1.0)


def sparsemax(x: Tensor, axis: int = -1) -> Tensor:
    """The nearest point of the probability simplex, along an axis (Martins & Astudillo, 2016).

    >>> import autograd
    >>> sparsemax(autograd.tensor([0.5, 0.3, -1.0]))
    tensor([0.6000, 0.4000, 0.0000])
    """
    from autograd import arange

    moved = x.movedim(axis, -1)
    ordered = moved.sort(dim=-1, descending=True).values
    counts = arange(1, moved.shape[-1] + 1, dtype=x.dtype)
    sums = ordered.cumsum(-1)
    kept = ((1 + counts * ordered) > sums).to(x.dtype)
    support = kept.sum(-1, keepdim=True)
    tau = ((ordered * kept).sum(-1, keepdim=True) - 1) / support
    nearest: Tensor = F.relu(moved - tau).movedim(-1, axis)
    return nearest


swish, hard_swish = silu, hard_silu

KNOWN: dict[str, Any] = {
    "linear": linear, "relu": relu, "leaky_relu": leaky_relu, "relu6": relu6, "sigmoid": sigmoid, "softmax": softmax,
    "log_softmax": log_softmax, "tanh": tanh, "elu": elu, "selu": selu, "celu": celu, "softplus": softplus,
    "softsign": softsign, "soft_shrink": soft_shrink, "hard_shrink": hard_shrink, "tanh_shrink": tanh_shrink,
    "threshold": threshold, "silu": silu, "swish": silu, "gelu": gelu, "glu": glu, "mish": mish,
    "exponential": exponential, "hard_tanh": hard_tanh, "hard_sigmoid": hard_sigmoid, "hard_silu": hard_silu,
    "hard_swish": hard_silu, "log_sigmoid": log_sigmoid, "squareplus": squareplus, "sparse_plus": sparse_plus,
    "sparse_sigmoid": sparse_sigmoid, "sparsemax": sparsemax,
}  # fmt: skip

ELEMENTWISE = frozenset(KNOWN.values()) - {softmax, log_softmax, glu, sparsemax}
"""Those that treat each number for itself, wherever the channels are."""


def get(identifier: Any) -> Any:
    """An activation from its name, a function of a tensor, a layer, or None for the identity.

    >>> get("relu").__name__, get(None).__name__
    ('relu', 'linear')
    """
    return linear if identifier is None else named("activation", identifier, KNOWN)


def serialize(activation: Any) -> Any:
    """The name of an activation, or its configuration."""
    from nn.keras.configuration import serialize as written

    return written(activation)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """An activation from its name or configuration."""
    return linear if config is None else named("activation", config, KNOWN, custom_objects)
