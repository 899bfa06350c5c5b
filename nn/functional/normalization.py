"""Normalisations as functions: values brought to mean 0 and variance 1, each over its own dimensions."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import Tensor, ops
from autograd.composite import composite
from autograd.errors import ArgumentError, BatchingError, DTypeError, InPlaceError, ShapeError
from autograd.hidden import holds_hidden
from autograd.kernels.layer_norm import layer_norm_, rms_norm_
from autograd.kernels.normalize import batch_norm_, group_norm_
from autograd.ops.forms import real
from autograd.ops.identity import kinked
from autograd.tape import bump

_EPS = {"e": float(np.finfo(np.float32).eps)}  # float16 is computed in float32


@composite
def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """(x − mean) / √(variance + eps) · weight + bias for each channel of x (N, C, …) (Ioffe & Szegedy, 2015).

    In training, mean and (biased) variance are those of x over all dimensions but the second, and the running ones,
    if given, move towards them in place: running ← (1 − momentum) · running + momentum · batch, with the unbiased
    variance. Otherwise the running ones are used.

    Args:
        input: (N, C) or (N, C, …).
        running_mean, running_var: (C), both or neither.
        weight, bias: (C) or None.

    Raises:
        ShapeError: (a ValueError) in training, for a single value in each channel; for other shapes.
        ArgumentError: if only one of the running ones is given, or none where they are used; for a bad eps.
        DTypeError: for integers, or dtypes that do not fit.

    >>> import autograd
    >>> batch_norm(autograd.tensor([[1.0, 5.0], [3.0, 5.0]]), None, None, training=True)
    tensor([[-1.0000,  0.0000],
            [ 1.0000,  0.0000]])
    """
    shape = tuple(input.shape)
    if training and (math.prod(shape[:1] + shape[2:])) == 1:
        raise ShapeError(
            f"batch_norm: Expected more than 1 value per channel when training, got input size {shape}; a variance "
            "needs two values: use a larger batch, drop_last=True, or eval()"
        )
    real("batch_norm", eps=eps, momentum=momentum)
    if eps < 0 or (training and eps == 0):
        wanted = "positive during training" if training else "non-negative"
        raise ArgumentError(f"batch_norm: eps must be {wanted}, but got {eps}")
    if shape == (0,):  # which PyTorch lets pass
        rows = input.reshape(0, 0)
        return batch_norm(rows, running_mean, running_var, weight, bias, training, momentum, eps).reshape(0)
    if len(shape) < 2:
        raise ShapeError(f"batch_norm: needs an input (N, C) or (N, C, …), got shape {shape}")
    if (running_mean is None) != (running_var is None):
        raise ArgumentError(
            "batch_norm: running_mean and running_var must either both be None or neither be None"
        )
    if not training and running_mean is None:
        raise ArgumentError(
            "batch_norm: running_mean must be defined in evaluation mode; training=True uses the batch's own"
        )
    _check("batch_norm", input, shape[1], weight, bias, running_mean, running_var)
    if 0 in shape:
        return _of_nothing(input, weight, bias)
    if not training:
        return batch_norm_(input, weight, bias, running_mean, running_var, eps, None)
    noted: list[Any] | None = None if running_mean is None else []
    _check_running("batch_norm", noted, input, weight, bias, running_mean, running_var)
    out = batch_norm_(input, weight, bias, None, None, eps, noted)
    if noted:
        mean, variance = noted
        _move(running_mean, mean, momentum)
        n = math.prod(shape[:1] + shape[2:])
        _move(running_var, variance * (n / max(n - 1, 1)), momentum)
    return out


@composite
def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """(x − mean) / √(variance + eps) · weight + bias for each channel of each example (Ulyanov et al., 2016).

    With use_input_stats, mean and (biased) variance are those of x (N, C, …) over the dimensions after the second, and
    the running ones, if given, move towards their average over the batch; otherwise the running ones are used.

    Raises:
        ShapeError: (a ValueError) for a single value in each channel; for other shapes.
        ArgumentError: if there are no running ones where they are used.
        DTypeError: for integers, or dtypes that do not fit.

    >>> import autograd
    >>> instance_norm(autograd.tensor([[[1.0, 3.0], [5.0, 9.0]]]))
    tensor([[[-1.0000,  1.0000],
             [-1.0000,  1.0000]]])
    """
    shape = tuple(input.shape)
    real("instance_norm", eps=eps, momentum=momentum)
    if use_input_stats and math.prod(shape[2:]) == 1:
        raise ShapeError(
            f"instance_norm: Expected more than 1 spatial element when training, got input size {shape}; it normalises "
            "over the dimensions after (N, C)"
        )
    if not use_input_stats and (running_mean is None or running_var is None):
        raise ArgumentError(
            "instance_norm: Expected running_mean and running_var to be defined when use_input_stats is false"
        )
    if len(shape) < 2:
        raise ShapeError(f"instance_norm: needs an input (N, C, …), got shape {shape}")
    _check("instance_norm", input, shape[1], weight, bias, running_mean, running_var)
    if 0 in shape:
        return _of_nothing(input, weight, bias)
    if not use_input_stats:
        return batch_norm_(input, weight, bias, running_mean, running_var, eps, None)
    noted: list[Any] | None = None if running_mean is None and running_var is None else []
    _check_running("instance_norm", noted, input, weight, bias, running_mean, running_var)
    out = group_norm_(input, weight, bias, shape[1], eps, noted)
    if noted:
        mean, variance = noted
        n = math.prod(shape[2:])
        _move(running_mean, mean.mean(axis=0), momentum)
        _move(running_var, variance.mean(axis=0) * (n / max(n - 1, 1)), momentum)
    return out


@composite
def group_norm(
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """(x − mean) / √(variance + eps) · weight + bias for each group of channels of each example (Wu & He, 2018).

    Args:
        input: (N, C, …).
        num_groups: how many groups the C channels are divided into.
        weight, bias: (C) or None.

    Raises:
        ShapeError: if C is not a multiple of num_groups, for a single value in each group, or for other shapes.
        DTypeError: for integers, or dtypes that do not fit.

    >>> import autograd
    >>> group_norm(autograd.tensor([[1.0, 3.0, 5.0, 9.0]]), 2)
    tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])
    """
    shape = tuple(input.shape)
    real("group_norm", eps=eps)
    if len(shape) < 2:
        raise ShapeError(
            f"group_norm: Expected at least 2 dimensions for input tensor but received {len(shape)}"
        )
    if num_groups < 1 or shape[1] % num_groups:
        raise ShapeError(
            f"group_norm: Expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{shape} and num_groups={num_groups}"
        )
    if math.prod((shape[0] * shape[1] // num_groups, *shape[2:])) == 1:
        raise ShapeError(
            f"group_norm: Expected more than 1 value per channel when training, got input size {shape}"
        )
    _check("group_norm", input, shape[1], weight, bias)
    if 0 in shape:
        return _of_nothing(kinked(input), weight, bias)
    return group_norm_(input, weight, bias, num_groups, eps, None)


@composite
def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """(x − mean) / √(variance + eps) · weight + bias over the last dimensions (Ba et al., 2016).

    Args:
        input: (…, *normalized_shape).
        normalized_shape: the sizes of the dimensions that mean and variance are taken over.
        weight, bias: of normalized_shape, or None.

    Raises:
        ShapeError: if the shapes do not fit.
        DTypeError: for integers, or dtypes that do not fit.

    >>> import autograd
    >>> layer_norm(autograd.tensor([[1.0, 3.0], [5.0, 9.0]]), (2,))
    tensor([[-1.0000,  1.0000],
            [-1.0000,  1.0000]])
    """
    dims = _last("layer_norm", input, normalized_shape, weight=weight, bias=bias)
    _check_dtypes("layer_norm", input, weight=weight, bias=bias)
    real("layer_norm", eps=eps)
    return layer_norm_(input, weight, bias, dims, eps)


@composite
def rms_norm(
    input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None, eps: float | None = None
) -> Tensor:
    """x / √(mean of x² + eps) · weight over the last dimensions (Zhang & Sennrich, 2019).

    Args:
        input: (…, *normalized_shape).
        normalized_shape: the sizes of the dimensions that the mean is taken over.
        weight: of normalized_shape, or None.
        eps: by default the machine epsilon of the dtype that is computed in.

    Raises:
        ShapeError: if the shapes do not fit.
        DTypeError: for integers.

    >>> import autograd
    >>> rms_norm(autograd.tensor([[3.0, 4.0]]), (2,))
    tensor([[0.8485, 1.1314]])
    """
    dims = _last("rms_norm", input, normalized_shape, weight=weight)
    _check_dtypes("rms_norm", input)
    if eps is not None:
        real("rms_norm", eps=eps)
    kind = np.dtype(input.dtype)
    if weight is not None and weight.dtype != input.dtype:
        weight = weight.to(input.dtype)
    return rms_norm_(
        input, weight, dims, _EPS.get(kind.char, float(np.finfo(kind).eps)) if eps is None else eps
    )


@composite
def local_response_norm(
    input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Tensor:
    """x / (k + alpha · mean of x² over `size` neighbouring channels)^beta (Krizhevsky et al., 2012).

    The neighbours of channel c are c − size // 2 to c + (size − 1) // 2; there are zeros outside.

    Args:
        input: (N, C, …), of three dimensions or more.

    Raises:
        ShapeError: (a ValueError) for fewer dimensions.
        ArgumentError: if size is not positive.

    >>> import autograd
    >>> local_response_norm(autograd.ones(1, 3, 1), 2, alpha=2.0, beta=1.0)
    tensor([[[0.5000],
             [0.3333],
             [0.3333]]])
    """
    if input.ndim < 3:
        raise ShapeError(
            f"local_response_norm: Expected 3D or higher dimensionality input (got {input.ndim} dimensions)"
        )
    if size < 1:
        raise ArgumentError(f"local_response_norm: size should be greater than zero, but got {size}")
    if not math.prod(input.shape):
        return input
    scale: Any = _sum_of_neighbours(input * input, size) / size
    out: Tensor = input / (scale * alpha + k) ** beta
    return out


def _sum_of_neighbours(square: Any, size: int) -> Any:
    """For each channel the sum over c − size // 2 … c + (size − 1) // 2, where there are such channels."""
    channels = square.shape[1]
    total = square
    for offset in range(-(size // 2), (size - 1) // 2 + 1):
        n = channels - abs(offset)
        if offset and n > 0:
            moved = square.narrow(1, max(offset, 0), n)
            before = max(-offset, 0)
            filled = [0, 0] * (square.ndim - 2) + [before, channels - n - before]
            total = total + ops.constant_pad_nd(moved, filled)
    return total


def _of_nothing(input: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    """Of no elements: none, and gradients of 0 by weight and bias. There are no statistics to move towards."""
    by_channel = (1, input.shape[1]) + (1,) * (input.ndim - 2)
    out: Tensor = input.clone() if weight is None else input * weight.reshape(by_channel)
    if bias is not None:
        out = out + bias.reshape(by_channel)
    result: Tensor = out.to(input.dtype)
    return result


# ------------------------------------------------------------------------------------------------ checks


def _check(
    op: str, input: Any, channels: int, weight: Any, bias: Any, mean: Any = None, var: Any = None
) -> None:
    """Raise unless there is one number for each channel, of a dtype that fits."""
    given = {"weight": weight, "bias": bias, "running_mean": mean, "running_var": var}
    for name, value in given.items():
        if value is not None and tuple(value.shape) != (channels,):
            raise ShapeError(
                f"{op}: {name} should contain {channels} elements not {math.prod(value.shape)}: a vector with one for "
                f"each channel (dimension 1) of the input of shape {tuple(input.shape)}, got shape {tuple(value.shape)}"
            )
    _check_dtypes(op, input, **given)


def _check_dtypes(op: str, input: Any, **given: Any) -> None:
    kind = np.dtype(input.dtype)
    if kind.kind != "f":
        raise DTypeError(
            f"{op}: needs a floating-point tensor, got {kind} of shape {tuple(input.shape)}; convert it with .float()"
        )
    for name, value in given.items():
        if (
            value is None
            or value.dtype == input.dtype
            or (kind.char == "e" and np.dtype(value.dtype).char == "f")
        ):
            continue
        raise DTypeError(
            f"{op}: {name} must have the input's dtype {kind}, got {np.dtype(value.dtype)}; convert one with .to()"
        )


def _last(op: str, input: Any, normalized_shape: Sequence[int], **given: Any) -> int:
    """How many dimensions `normalized_shape` has; raise unless they are the last ones of the input."""
    try:
        sizes = tuple(map(operator.index, normalized_shape))
    except TypeError:
        raise ArgumentError(
            f"{op}: normalized_shape must be a tuple of integers, got {normalized_shape!r}"
        ) from None
    if not sizes:
        raise ShapeError(
            f"{op}: Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but "
            f"got normalized_shape = {sizes}"
        )
    for name, value in given.items():
        if value is not None and tuple(value.shape) != sizes:
            raise ShapeError(
                f"{op}: Expected {name} to be of same shape as normalized_shape, but got {name} of shape "
                f"{tuple(value.shape)} and normalized_shape = {sizes}"
            )
    if tuple(input.shape[-len(sizes) :]) != sizes:
        wanted = ", ".join(map(str, sizes))
        raise ShapeError(
            f"{op}: Given normalized_shape={list(sizes)}, expected input with shape [*, {wanted}], but got input of "
            f"size {list(input.shape)}"
        )
    return len(sizes)


def _check_running(op: str, noted: Any, *given: Any) -> None:
    """Raise if running statistics would be written that cannot be."""
    if noted is None:
        return
    if holds_hidden(given):
        raise BatchingError(
            f"vmap: {op} would move running statistics in place, which the examples share; pass None for them, or use "
            "eval()"
        )
    for value in given[-2:]:
        if value is not None and not value.array.flags.writeable:
            raise InPlaceError(
                f"{op}: the running statistics of shape {value.array.shape} are read-only; clone() them first"
            )


def _move(running: Any, found: Any, momentum: float) -> None:
    """running ← (1 − momentum) · running + momentum · found, in place."""
    if running is None:
        return
    running.array[...] = (1 - momentum) * running.array + momentum * found
    bump(running)
