"""Initialisation: what parameters start from. Each function overwrites its tensor, unrecorded, and returns it.

A weight has the shape (outputs, inputs, …kernel). Its fan-in, the number of inputs that each output sums, is
inputs · kernel; its fan-out is outputs · kernel. Xavier's and Kaiming's rules choose the variance by them, so that
signals keep their size from layer to layer.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any, ParamSpec

import numpy as np

from autograd import Tensor, random
from autograd.composite import composite
from autograd.errors import ArgumentError, ShapeError
from autograd.ops.forms import real
from autograd.random import Generator
from autograd.tape import bump

__all__ = [
    "calculate_gain", "uniform_", "normal_", "trunc_normal_", "constant_", "ones_", "zeros_", "eye_", "dirac_",
    "xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_", "orthogonal_", "sparse_",
    # without the underscore, deprecated
    "uniform", "normal", "constant", "eye", "dirac", "xavier_uniform", "xavier_normal", "kaiming_uniform",
    "kaiming_normal", "orthogonal", "sparse",
]  # fmt: skip

P = ParamSpec("P")

_GAIN_1 = ("linear", "sigmoid", *(f"{c}{n}d" for c in ("conv", "conv_transpose") for n in (1, 2, 3)))


def _fill(tensor: Tensor, values: Any) -> Tensor:
    tensor.array[...] = values
    bump(tensor)
    return tensor


@composite
def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """By how much a layer's weights are scaled to make up for the nonlinearity behind it.

    1 for "linear", "sigmoid" and convolutions, 5/3 for "tanh", √2 for "relu", √(2 / (1 + param²)) for "leaky_relu"
    with that slope (0.01 if left out), 3/4 for "selu".

    Raises:
        ArgumentError: for any other name, or a slope that is not a number.

    >>> calculate_gain("tanh"), calculate_gain("leaky_relu", 1.0)
    (1.6666666666666667, 1.0)
    """
    if nonlinearity in _GAIN_1:
        return 1.0
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, (int, float)):
            raise ArgumentError(f"calculate_gain: the slope of leaky_relu is a number, got {slope!r}")
        return math.sqrt(2 / (1 + slope * slope))
    gains = {"tanh": 5 / 3, "relu": math.sqrt(2), "selu": 3 / 4}
    if nonlinearity not in gains:
        known = ", ".join((*gains, "leaky_relu", *_GAIN_1))
        raise ArgumentError(f"calculate_gain: no nonlinearity {nonlinearity!r}; there are {known}")
    return gains[nonlinearity]


# ------------------------------------------------------------------------------------------ plain distributions


@composite
def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Draw evenly from [a, b).

    Raises:
        ArgumentError: if a > b.

    >>> import autograd
    >>> w = uniform_(autograd.zeros(1000), 2, 3)
    >>> 2 <= w.min().item() < 2.1 and 2.9 < w.max().item() < 3
    True
    """
    if not a <= b:
        raise ArgumentError(f"uniform_: needs a <= b, got a={a}, b={b}")
    values = random.draw_uniform(tensor.shape, tensor.array.dtype, generator)
    values *= b - a
    values += a
    return _fill(tensor, values)


@composite
def normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Draw from the normal distribution of that mean and standard deviation.

    Raises:
        ArgumentError: if std is negative.

    >>> import autograd
    >>> w = normal_(autograd.zeros(100, 100), mean=1.0, std=0.5)
    >>> abs(w.mean().item() - 1) < 0.05 and abs(w.std().item() - 0.5) < 0.05
    True
    """
    if not std >= 0:
        raise ArgumentError(f"normal_: the standard deviation must not be negative, got {std}")
    values = random.draw_normal(tensor.shape, tensor.array.dtype, generator)
    values *= std
    values += mean
    return _fill(tensor, values)


@composite
def trunc_normal_(
    tensor: Tensor,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Generator | None = None,
) -> Tensor:
    """Draw from the part of a normal distribution that lies in [a, b], by inverting its distribution function.

    Raises:
        ArgumentError: if a > b, or std is not positive.

    >>> import autograd
    >>> w = trunc_normal_(autograd.zeros(1000), std=10.0)
    >>> -2 <= w.min().item() and w.max().item() <= 2
    True
    """
    from scipy.special import ndtr, ndtri

    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The values are from a far tail of the "
            "distribution.",
            UserWarning,
            stacklevel=3,
        )
    if not a <= b or not std > 0:
        raise ArgumentError(f"trunc_normal_: needs a <= b and std > 0, got a={a}, b={b}, std={std}")
    low, high = (a - mean) / std, (b - mean) / std
    mirror = low > 0  # the distribution function is exact in the lower tail only
    if mirror:
        low, high = -high, -low
    points = random.draw_uniform(tensor.shape, np.float64, generator)
    values = ndtri(ndtr(low) + points * (ndtr(high) - ndtr(low)))
    values = (-values if mirror else values) * std + mean
    bounds = np.array([a, b], tensor.array.dtype)
    return _fill(tensor, np.clip(values.astype(tensor.array.dtype), *bounds))


@composite
def constant_(tensor: Tensor, val: float) -> Tensor:
    """Fill with one value.

    >>> import autograd
    >>> constant_(autograd.zeros(2), 0.5)
    tensor([0.5000, 0.5000])
    """
    real("constant_", val=val)
    return _fill(tensor, val)


@composite
def ones_(tensor: Tensor) -> Tensor:
    """Fill with 1.

    >>> import autograd
    >>> ones_(autograd.zeros(2))
    tensor([1., 1.])
    """
    return _fill(tensor, 1)


@composite
def zeros_(tensor: Tensor) -> Tensor:
    """Fill with 0.

    >>> import autograd
    >>> zeros_(autograd.rand(2))
    tensor([0., 0.])
    """
    return _fill(tensor, 0)


# ------------------------------------------------------------------------------------------ structure


@composite
def eye_(tensor: Tensor) -> Tensor:
    """Make a matrix the identity, so that a linear layer passes on as many inputs as it can.

    Raises:
        ShapeError: if the tensor is not 2-d.

    >>> import autograd
    >>> eye_(autograd.zeros(2, 3))
    tensor([[1., 0., 0.],
            [0., 1., 0.]])
    """
    if tensor.ndim != 2:
        raise ShapeError(f"eye_: needs a matrix, got shape {tensor.array.shape}")
    return _fill(tensor, np.eye(tensor.shape[0], tensor.shape[1]))


@composite
def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """Make a convolution's weight pass on as many input channels as it can, in each group: 1 at the kernel's centre.

    Raises:
        ShapeError: if the weight is not 3-d to 5-d, or its outputs cannot be split into the groups.

    >>> import autograd
    >>> w = dirac_(autograd.zeros(2, 2, 3))
    >>> w[0]
    tensor([[0., 1., 0.],
            [0., 0., 0.]])
    """
    if tensor.ndim not in (3, 4, 5):
        raise ShapeError(
            f"dirac_: needs a convolution's weight of 3 to 5 dimensions, got shape {tensor.array.shape}"
        )
    outputs, inputs, *kernel = tensor.shape
    if groups < 1 or outputs % groups:
        raise ShapeError(f"dirac_: {outputs} outputs cannot be split into {groups} groups")
    values = np.zeros(tensor.shape)
    centre = tuple(n // 2 for n in kernel)
    for group in range(groups):
        for i in range(min(outputs // groups, inputs)):
            values[(group * (outputs // groups) + i, i, *centre)] = 1
    return _fill(tensor, values)


@composite
def orthogonal_(tensor: Tensor, gain: float = 1, generator: Generator | None = None) -> Tensor:
    """Draw a random orthogonal matrix times `gain`; further dimensions count as columns.

    The rows are orthonormal, or the columns where there are more rows than columns (Saxe et al., 2013).

    Raises:
        ShapeError: if the tensor has fewer than 2 dimensions.

    >>> import autograd
    >>> w = orthogonal_(autograd.zeros(3, 5))
    >>> (w @ w.T).allclose(autograd.eye(3), atol=1e-6)
    True
    """
    if tensor.ndim < 2:
        raise ShapeError(f"orthogonal_: needs 2 dimensions or more, got shape {tensor.array.shape}")
    if tensor.numel() == 0:
        return tensor
    rows, columns = tensor.shape[0], tensor.numel() // tensor.shape[0]
    drawn = random.draw_normal((max(rows, columns), min(rows, columns)), np.float64, generator)
    q, r = np.linalg.qr(drawn)
    q *= np.copysign(1, np.diag(r))  # without it, q would not be uniform over the orthogonal matrices
    return _fill(tensor, gain * (q if rows >= columns else q.T).reshape(tensor.shape))


@composite
def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Generator | None = None) -> Tensor:
    """Draw a matrix from the normal distribution, with a share `sparsity` of each column 0 (Martens, 2010).

    Raises:
        ShapeError: if the tensor is not 2-d.

    >>> import autograd
    >>> w = sparse_(autograd.zeros(10, 3), 0.2)
    >>> (w == 0).sum(0)
    tensor([2, 2, 2])
    """
    if tensor.ndim != 2:
        raise ShapeError(f"sparse_: needs a matrix, got shape {tensor.array.shape}")
    rows, columns = tensor.shape
    normal_(tensor, 0, std, generator)
    for column in range(columns):
        chosen = random.source(generator).permutation(rows)[: math.ceil(sparsity * rows)]
        tensor.array[chosen, column] = 0
    return tensor


# ------------------------------------------------------------------------------------------ by fan-in and fan-out


def _fans(op: str, tensor: Tensor) -> tuple[int, int]:
    if tensor.ndim < 2:
        raise ShapeError(
            f"{op}: a weight has 2 dimensions or more, (outputs, inputs, …kernel), got shape {tensor.array.shape}"
        )
    kernel = math.prod(tensor.shape[2:])
    return tensor.shape[1] * kernel, tensor.shape[0] * kernel


def _fan(op: str, tensor: Tensor, mode: str) -> int:
    modes = ("fan_in", "fan_out")
    if mode.lower() not in modes:
        raise ArgumentError(f"{op}: mode is 'fan_in' or 'fan_out', got {mode!r}")
    return _fans(op, tensor)[modes.index(mode.lower())]


def _calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    """The fan-in and the fan-out of a weight, by the name that layers written for PyTorch call.

    >>> import autograd
    >>> _calculate_fan_in_and_fan_out(autograd.zeros(8, 3, 5, 5))
    (75, 200)
    """
    return _fans("_calculate_fan_in_and_fan_out", tensor)


def _calculate_correct_fan(tensor: Tensor, mode: str) -> int:
    """One of the two, by "fan_in" or "fan_out"; also a name from PyTorch."""
    return _fan("_calculate_correct_fan", tensor, mode)


@composite
def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Draw evenly from ±gain · √(6 / (fan_in + fan_out)) (Glorot & Bengio, 2010).

    Raises:
        ShapeError: if the tensor has fewer than 2 dimensions.

    >>> import autograd
    >>> w = xavier_uniform_(autograd.zeros(100, 50))
    >>> 0.19 < w.max().item() < 0.2
    True
    """
    bound = math.sqrt(3) * _xavier_std("xavier_uniform_", tensor, gain)
    return uniform_(tensor, -bound, bound, generator)


@composite
def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Draw from the normal distribution with std = gain · √(2 / (fan_in + fan_out)) (Glorot & Bengio, 2010).

    >>> import autograd
    >>> w = xavier_normal_(autograd.zeros(300, 100))
    >>> abs(w.std().item() - (2 / 400) ** 0.5) < 0.002
    True
    """
    return normal_(tensor, 0, _xavier_std("xavier_normal_", tensor, gain), generator)


def _xavier_std(op: str, tensor: Tensor, gain: float) -> float:
    return gain * math.sqrt(2 / max(1, sum(_fans(op, tensor))))


@composite
def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Draw evenly from ±gain · √(3 / fan) (He et al., 2015).

    Args:
        tensor: the weight.
        a: the slope of the leaky_relu behind the layer.
        mode: "fan_in" keeps the size of signals on the way forward, "fan_out" that of gradients on the way back.
        nonlinearity: what is behind the layer, see `calculate_gain`.
        generator: where to draw from.

    Raises:
        ShapeError: if the tensor has fewer than 2 dimensions.
        ArgumentError: if mode is neither of the two.

    >>> import autograd
    >>> w = kaiming_uniform_(autograd.zeros(50, 100), nonlinearity="relu")
    >>> 0.24 < w.max().item() < 0.245
    True
    """
    if 0 in tensor.shape:
        return _nothing(tensor)
    bound = math.sqrt(3) * _kaiming_std("kaiming_uniform_", tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


@composite
def kaiming_normal_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Draw from the normal distribution with std = gain / √fan (He et al., 2015); see `kaiming_uniform_`.

    >>> import autograd
    >>> w = kaiming_normal_(autograd.zeros(100, 200), nonlinearity="relu")
    >>> abs(w.std().item() - 0.1) < 0.003
    True
    """
    if 0 in tensor.shape:
        return _nothing(tensor)
    return normal_(tensor, 0, _kaiming_std("kaiming_normal_", tensor, a, mode, nonlinearity), generator)


def _kaiming_std(op: str, tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    return calculate_gain(nonlinearity, a) / math.sqrt(max(1, _fan(op, tensor, mode)))


def _nothing(tensor: Tensor) -> Tensor:
    warnings.warn("Initializing zero-element tensors is a no-op", UserWarning, stacklevel=4)
    return tensor


# ------------------------------------------------------------------------------------------ the older names


def _older(function: Callable[P, Tensor]) -> Callable[P, Tensor]:
    """The function by its name without the underscore, which warns."""
    name = function.__name__[:-1]

    def call(*args: P.args, **named: P.kwargs) -> Tensor:
        warnings.warn(
            f"`nn.init.{name}` is now deprecated in favor of `nn.init.{name}_`.", FutureWarning, stacklevel=2
        )
        return function(*args, **named)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"`{name}_`, by its older name, with a warning."
    return call


uniform = _older(uniform_)
normal = _older(normal_)
constant = _older(constant_)
eye = _older(eye_)
dirac = _older(dirac_)
xavier_uniform = _older(xavier_uniform_)
xavier_normal = _older(xavier_normal_)
kaiming_uniform = _older(kaiming_uniform_)
kaiming_normal = _older(kaiming_normal_)
orthogonal = _older(orthogonal_)
sparse = _older(sparse_)
