"""Activations as functions. Those that take `inplace` may overwrite their input."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from autograd import Tensor, ops
from autograd.errors import ArgumentError
from autograd.inplace import in_place
from autograd.ops.arithmetic import mul
from autograd.ops.forms import real
from autograd.random import draw_uniform
from autograd.tape import wrap
from nn.functional import given


def _apply(name: str, function: Callable[..., Any], input: Tensor, inplace: bool, *options: Any) -> Tensor:
    """function(input, *options), written over the input if that is wanted."""
    if inplace:
        return in_place(f"{name}_", function, input, *options)
    result: Tensor = function(input, *options)
    return result


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """x where x > threshold, `value` elsewhere."""
    return _apply("threshold", ops.threshold, input, inplace, threshold, value)


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(x, 0); see `autograd.relu`."""
    return in_place("relu_", ops.relu, input) if inplace else ops.relu(input)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """x brought into [0, 6]."""
    return _apply("relu6", ops.relu6, input, inplace)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """x where x > 0, negative_slope · x elsewhere."""
    return _apply("leaky_relu", ops.leaky_relu, input, inplace, negative_slope)


def rrelu(
    input: Tensor,
    lower: float = 1.0 / 8,
    upper: float = 1.0 / 3,
    training: bool = False,
    inplace: bool = False,
) -> Tensor:
    """leaky_relu with a slope drawn for each element from [lower, upper) in training, their mean otherwise.

    Raises:
        ArgumentError: if lower is above upper.
    """
    real("rrelu", lower=lower, upper=upper)
    if lower > upper:
        raise ArgumentError(f"rrelu: lower must not be above upper, got {lower} and {upper}")
    if not training:
        return leaky_relu(input, (lower + upper) / 2, inplace)
    slope = draw_uniform(input.shape, input.array.dtype)
    slope *= upper - lower
    slope += lower
    slope[input.array > 0] = 1
    return _apply("rrelu", mul, input, inplace, wrap(slope))


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x where x > 0, alpha (eˣ − 1) elsewhere."""
    return _apply("elu", ops.elu, input, inplace, alpha)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """1.0507 · elu(x, 1.6733)."""
    return _apply("selu", ops.selu, input, inplace)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """max(x, 0) + min(alpha (exp(x / alpha) − 1), 0)."""
    return _apply("celu", ops.celu, input, inplace, alpha)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """x · sigmoid(x)."""
    return _apply("silu", ops.silu, input, inplace)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """x · tanh(softplus(x))."""
    return _apply("mish", ops.mish, input, inplace)


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """x brought into [min_val, max_val]."""
    return _apply("hardtanh", ops.hardtanh, input, inplace, min_val, max_val)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """relu6(x + 3) / 6."""
    return _apply("hardsigmoid", ops.hardsigmoid, input, inplace)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """x · relu6(x + 3) / 6."""
    return _apply("hardswish", ops.hardswish, input, inplace)


# ------------------------------------------------------------------------------------------------ in place


def threshold_(input: Tensor, threshold: float, value: float) -> Tensor:
    """`threshold`, written over the input."""
    return _apply("threshold", ops.threshold, input, True, threshold, value)


def relu_(input: Tensor) -> Tensor:
    """`relu`, written over the input."""
    return relu(input, inplace=True)


def leaky_relu_(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """`leaky_relu`, written over the input."""
    return leaky_relu(input, negative_slope, inplace=True)


def rrelu_(input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False) -> Tensor:
    """`rrelu`, written over the input."""
    return rrelu(input, lower, upper, training, inplace=True)


def elu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """`elu`, written over the input."""
    return elu(input, alpha, inplace=True)


def selu_(input: Tensor) -> Tensor:
    """`selu`, written over the input."""
    return selu(input, inplace=True)


def celu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """`celu`, written over the input."""
    return celu(input, alpha, inplace=True)


def hardtanh_(input: Tensor, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """`hardtanh`, written over the input."""
    return hardtanh(input, min_val, max_val, inplace=True)


# ------------------------------------------------------------------------------------------------ softmax


def _implicit_dim(name: str, ndim: int) -> int:
    """The dimension PyTorch takes where none is given."""
    dim = 0 if ndim in (0, 1, 3) else 1
    warnings.warn(
        f"{name}: no dim is given, so dimension {dim} was chosen for {ndim} dimensions; say which, with dim=",
        UserWarning,
        stacklevel=3,
    )
    return dim


def softmax(input: Tensor, dim: int | None = None, dtype: Any = None) -> Tensor:
    """exp(x) / Σ exp(x) along `dim`; see `autograd.softmax`."""
    if dim is None:
        given.tensors("softmax", input=input)
        dim = _implicit_dim("softmax", input.ndim)
    return ops.softmax(input, dim, dtype=dtype)


def softmin(input: Tensor, dim: int | None = None, dtype: Any = None) -> Tensor:
    """The softmax of −x."""
    if dim is None:
        given.tensors("softmin", input=input)
        dim = _implicit_dim("softmin", input.ndim)
    return ops.softmin(input, dim, dtype=dtype)


def log_softmax(input: Tensor, dim: int | None = None, dtype: Any = None) -> Tensor:
    """log(softmax(x)) along `dim`, without overflow; see `autograd.log_softmax`."""
    if dim is None:
        given.tensors("log_softmax", input=input)
        dim = _implicit_dim("log_softmax", input.ndim)
    return ops.log_softmax(input, dim, dtype=dtype)
