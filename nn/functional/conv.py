"""Convolutions as functions."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from autograd import Tensor, ops
from autograd.composite import composite
from autograd.errors import ArgumentError, ShapeError
from autograd.kernels.conv import Geometry, convolution, transposed_convolution
from autograd.settling import settle
from autograd.tape import Variable
from nn.functional.sizes import Sizes, each


def _plain(value: Any) -> Any:
    """A list as a tuple, so that it can be remembered."""
    return tuple(value) if isinstance(value, list) else value


def _lead(op: str, shape: tuple[int, ...], weight: tuple[int, ...], dims: int) -> int:
    """How many dimensions there are before the spatial ones: 2, or 1 without a batch.

    Raises:
        ShapeError: if the input or the weight has another number of dimensions.
    """
    if len(weight) != dims + 2:
        raise ShapeError(f"{op}: weight must have {dims + 2} dimensions, got shape {weight}")
    lead = len(shape) - dims
    if lead not in (1, 2):
        raise ShapeError(
            f"{op}: input must have {dims + 1} dimensions (C, …), or {dims + 2} with a batch (N, C, …), got shape "
            f"{shape}"
        )
    return lead


def _without_batch(out: Any) -> Any:
    """The only example, in C order: a view of it can be taken."""
    if isinstance(out, Variable):
        settle(out)
    return ops.reshape(out, tuple(out.shape[1:]))


def _checked(
    op: str,
    shape: tuple[int, ...],
    channels: int,
    weight: tuple[int, ...],
    bias: Any,
    groups: Any,
    transposed: bool,
) -> int:
    """The groups, if they and the channels fit.

    Raises:
        ArgumentError: if `groups` is not a positive whole number.
        ShapeError: if channels do not fit.
    """
    if not hasattr(groups, "__index__") or groups.__index__() < 1:
        raise ArgumentError(f"{op}: groups must be a positive whole number, got {groups!r}")
    groups = groups.__index__()
    first, second = weight[:2]
    wanted = first if transposed else second * groups
    if first % groups or not first:
        raise ShapeError(f"{op}: groups={groups} must divide the first size of weight, not 0; got {weight}")
    if channels != wanted:
        raise ShapeError(
            f"{op}: weight of shape {weight} with groups={groups} needs an input of {wanted} channels, "
            f"got shape {shape}"
        )
    outputs = second * groups if transposed else first
    if bias is not None and bias != (outputs,):
        raise ShapeError(f"{op}: bias must have shape ({outputs},), got {bias}")
    return int(groups)


def same_padding(taps: Sequence[int], dilation: Sequence[int]) -> list[tuple[int, int]]:
    """Zeros (before, behind) that keep the size; where their number is odd, the last one is behind."""
    totals = [d * (k - 1) for k, d in zip(taps, dilation, strict=True)]
    return [(total // 2, total - total // 2) for total in totals]


@functools.lru_cache(maxsize=512, typed=True)
def _geometry(
    op: str, shape: tuple[int, ...], weight: tuple[int, ...], bias: Any, stride: Any, padding: Any, dilation: Any,
    groups: Any, dims: int,
) -> Geometry:  # fmt: skip
    """What links the arguments of a convolution, checked; remembered, as a network repeats itself."""
    lead = _lead(op, shape, weight, dims)
    steps = each(op, "stride", stride, dims, 1)
    spread = each(op, "dilation", dilation, dims, 1)
    groups = _checked(op, shape, shape[lead - 1], weight, bias, groups, False)
    size, taps = shape[lead:], weight[2:]
    if isinstance(padding, str):
        if padding not in ("same", "valid"):
            raise ArgumentError(f"{op}: padding is 'same', 'valid' or numbers, got {padding!r}")
        if padding == "same" and any(s != 1 for s in steps):
            raise ArgumentError(f"{op}: padding='same' keeps the size, so stride must be 1, got {steps}")
        pads = same_padding(taps, spread) if padding == "same" else [(0, 0)] * dims
    else:
        pads = [(p, p) for p in each(op, "padding", padding, dims, 0)]
    held = [n + sum(p) for n, p in zip(size, pads, strict=True)]
    needed = [d * (k - 1) + 1 for k, d in zip(taps, spread, strict=True)]
    if min(taps) < 1 or any(h < n for h, n in zip(held, needed, strict=True)):
        raise ShapeError(
            f"{op}: the kernel, which spans {tuple(needed)}, must be neither empty nor larger than the padded input, "
            f"of {tuple(held)}; input {shape}, weight {weight}"
        )
    outputs = tuple((h - n) // s + 1 for h, n, s in zip(held, needed, steps, strict=True))
    return Geometry(size, outputs, taps, steps, tuple(p for p, _ in pads), spread, groups)


@functools.lru_cache(maxsize=512, typed=True)
def _transposed_geometry(
    op: str, shape: tuple[int, ...], weight: tuple[int, ...], bias: Any, stride: Any, padding: Any,
    output_padding: Any, groups: Any, dilation: Any, dims: int,
) -> Geometry:  # fmt: skip
    """The same of a transposed convolution: its input is what the convolution would give."""
    lead = _lead(op, shape, weight, dims)
    steps = each(op, "stride", stride, dims, 1)
    pads = each(op, "padding", padding, dims, 0)
    extra = each(op, "output_padding", output_padding, dims, 0)
    spread = each(op, "dilation", dilation, dims, 1)
    groups = _checked(op, shape, shape[lead - 1], weight, bias, groups, True)
    if any(e >= s and e >= d for e, s, d in zip(extra, steps, spread, strict=True)):
        raise ArgumentError(
            f"{op}: output_padding must be smaller than stride or dilation, got {extra}, {steps} and {spread}"
        )
    outputs, taps = shape[lead:], weight[2:]
    size = tuple(
        (n - 1) * s - 2 * p + d * (k - 1) + e + 1
        for n, s, p, d, k, e in zip(outputs, steps, pads, spread, taps, extra, strict=True)
    )
    if min(size) < 1 or min(outputs) < 1 or min(taps) < 1:
        raise ShapeError(
            f"{op}: the result would have size {size}; input {shape}, weight {weight}, stride {steps}, padding {pads}"
        )
    return Geometry(size, outputs, taps, steps, pads, spread, groups)


def _applied(operation: Any, input: Any, weight: Any, bias: Any, geometry: Geometry) -> Any:
    """The operation, on a batch of one if the input has no batch."""
    if len(input.shape) == len(geometry.size) + 2:
        return operation(input, weight, bias, geometry)
    return _without_batch(operation(ops.unsqueeze(input, 0), weight, bias, geometry))


def _convolved(
    op: str,
    input: Any,
    weight: Any,
    bias: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: Any,
    dims: int,
) -> Tensor:
    shapes = tuple(input.shape), tuple(weight.shape), None if bias is None else tuple(bias.shape)
    options = _plain(stride), _plain(padding), _plain(dilation), groups, dims
    result: Tensor = _applied(convolution, input, weight, bias, _geometry(op, *shapes, *options))
    return result


def _transposed(
    op: str, input: Any, weight: Any, bias: Any, stride: Any, padding: Any, output_padding: Any, groups: Any,
    dilation: Any, dims: int,
) -> Tensor:  # fmt: skip
    shapes = tuple(input.shape), tuple(weight.shape), None if bias is None else tuple(bias.shape)
    options = _plain(stride), _plain(padding), _plain(output_padding), groups, _plain(dilation), dims
    geometry = _transposed_geometry(op, *shapes, *options)
    result: Tensor = _applied(transposed_convolution, input, weight, bias, geometry)
    return result


@composite
def conv1d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Sizes = 1, padding: Sizes | str = 0,
    dilation: Sizes = 1, groups: int = 1,
) -> Tensor:  # fmt: skip
    """Convolution of sequences (cross-correlation, as everywhere in deep learning).

    y[n, o, p] = bias[o] + Σ_{c, t} weight[o, c, t] · x[n, c, p · stride + t · dilation - padding].

    input (N, C, L) or (C, L), weight (O, C / groups, k), bias (O) → (N, O, L'), with
    L' = ⌊(L + 2 padding - dilation (k - 1) - 1) / stride⌋ + 1.

    Args:
        stride, dilation: steps between outputs, and between the taps of the kernel; a number or one for each dimension.
        padding: how many zeros are put around the input; "valid" for none, "same" for as many as keep the size.
        groups: into how many parts the channels are divided, each convolved by itself; C of them is a depthwise
            convolution.

    Raises:
        ShapeError: if shapes do not fit, or the kernel is larger than the padded input.
        ArgumentError: for a stride, dilation, padding or groups that means nothing.

    >>> import autograd
    >>> conv1d(autograd.ones(1, 2, 5), autograd.ones(4, 2, 3), padding=1).shape
    autograd.Size([1, 4, 5])
    """
    return _convolved("conv1d", input, weight, bias, stride, padding, dilation, groups, 1)


@composite
def conv2d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Sizes = 1, padding: Sizes | str = 0,
    dilation: Sizes = 1, groups: int = 1,
) -> Tensor:  # fmt: skip
    """Convolution of images (cross-correlation, as everywhere in deep learning).

    y[n, o, p, q] = bias[o] + Σ_{c, t, u} weight[o, c, t, u] · x[n, c, p · stride + t · dilation - padding, …].

    input (N, C, H, W) or (C, H, W), weight (O, C / groups, kh, kw), bias (O) → (N, O, H', W'), with
    H' = ⌊(H + 2 padding - dilation (kh - 1) - 1) / stride⌋ + 1 and W' alike.

    Arguments and errors: see `conv1d`.

    >>> import autograd
    >>> conv2d(autograd.ones(1, 2, 5, 5), autograd.ones(4, 2, 3, 3), padding=1).shape
    autograd.Size([1, 4, 5, 5])
    """
    return _convolved("conv2d", input, weight, bias, stride, padding, dilation, groups, 2)


@composite
def conv3d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Sizes = 1, padding: Sizes | str = 0,
    dilation: Sizes = 1, groups: int = 1,
) -> Tensor:  # fmt: skip
    """Convolution of volumes (cross-correlation, as everywhere in deep learning).

    y[n, o, p, q, r] = bias[o] + Σ weight[o, c, t, u, v] · x[n, c, p · stride + t · dilation - padding, …, …].

    input (N, C, D, H, W) or (C, D, H, W), weight (O, C / groups, kd, kh, kw), bias (O) → (N, O, D', H', W'), with
    D' = ⌊(D + 2 padding - dilation (kd - 1) - 1) / stride⌋ + 1 and H', W' alike.

    Arguments and errors: see `conv1d`.

    >>> import autograd
    >>> conv3d(autograd.ones(1, 2, 5, 5, 5), autograd.ones(4, 2, 3, 3, 3), padding=1).shape
    autograd.Size([1, 4, 5, 5, 5])
    """
    return _convolved("conv3d", input, weight, bias, stride, padding, dilation, groups, 3)


@composite
def conv_transpose1d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Sizes = 1, padding: Sizes = 0,
    output_padding: Sizes = 0, groups: int = 1, dilation: Sizes = 1,
) -> Tensor:  # fmt: skip
    """Transposed convolution of sequences: the gradient of `conv1d` by its input, also called deconvolution.

    y[n, o, p · stride + t · dilation - padding] = bias[o] + Σ_{c, t} weight[c, o, t] · x[n, c, p].

    input (N, C, L) or (C, L), weight (C, O / groups, k), bias (O) → (N, O, L'), with
    L' = (L - 1) stride - 2 padding + dilation (k - 1) + output_padding + 1.

    Args:
        stride, dilation: of the convolution whose input has the shape of this result.
        padding: how many elements are cut off at each end.
        output_padding: how many are added behind: a stride leaves open which of several sizes the input had.
        groups: into how many parts the channels are divided.

    Raises:
        ShapeError: if shapes do not fit, or nothing would be left.
        ArgumentError: for arguments that mean nothing, such as an output_padding as large as the stride.

    >>> import autograd
    >>> conv_transpose1d(autograd.ones(1, 2, 5), autograd.ones(2, 4, 3), stride=2).shape
    autograd.Size([1, 4, 11])
    """
    return _transposed(
        "conv_transpose1d", input, weight, bias, stride, padding, output_padding, groups, dilation, 1
    )


@composite
def conv_transpose2d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Sizes = 1, padding: Sizes = 0,
    output_padding: Sizes = 0, groups: int = 1, dilation: Sizes = 1,
) -> Tensor:  # fmt: skip
    """Transposed convolution of images: the gradient of `conv2d` by its input, also called deconvolution.

    y[n, o, p · stride + t · dilation - padding, …] = bias[o] + Σ_{c, t, u} weight[c, o, t, u] · x[n, c, p, q].

    input (N, C, H, W) or (C, H, W), weight (C, O / groups, kh, kw), bias (O) → (N, O, H', W'),
    H' = (H - 1) stride - 2 padding + dilation (kh - 1) + output_padding + 1 and W' alike.

    Arguments and errors: see `conv_transpose1d`.

    >>> import autograd
    >>> conv_transpose2d(autograd.ones(1, 2, 5, 5), autograd.ones(2, 4, 3, 3), stride=2).shape
    autograd.Size([1, 4, 11, 11])
    """
    return _transposed(
        "conv_transpose2d", input, weight, bias, stride, padding, output_padding, groups, dilation, 2
    )


@composite
def conv_transpose3d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Sizes = 1, padding: Sizes = 0,
    output_padding: Sizes = 0, groups: int = 1, dilation: Sizes = 1,
) -> Tensor:  # fmt: skip
    """Transposed convolution of volumes: the gradient of `conv3d` by its input, also called deconvolution.

    y[n, o, p · stride + t · dilation - padding, …, …] = bias[o] + Σ weight[c, o, t, u, v] · x[n, c, p, q, r].

    input (N, C, D, H, W) or (C, D, H, W), weight (C, O / groups, kd, kh, kw), bias (O) → (N, O, D', H', W'), with
    D' = (D - 1) stride - 2 padding + dilation (kd - 1) + output_padding + 1 and H', W' alike.

    Arguments and errors: see `conv_transpose1d`.

    >>> import autograd
    >>> conv_transpose3d(autograd.ones(1, 2, 5, 5, 5), autograd.ones(2, 4, 3, 3, 3), stride=2).shape
    autograd.Size([1, 4, 11, 11, 11])
    """
    return _transposed(
        "conv_transpose3d", input, weight, bias, stride, padding, output_padding, groups, dilation, 3
    )
