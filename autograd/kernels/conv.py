"""Convolution (as networks mean it: cross-correlation), and the two operations that are its derivatives.

With x (N, C, …), weight (O, C / groups, …) and y (N, O, …), one number is behind all three,

    Σ y[n, o, p] · weight[o, c, t] · x[n, c, p · stride + t · dilation - padding],

over everything, x being 0 outside. It is linear in each, so its derivative with respect to one of them is an operation
on the other two: `convolution` gives the y, `transposed_convolution` the x, and `convolution_weight` the weight. The
derivatives of each of the three are the other two, which makes derivatives of every order as fast as the first.

How they are computed depends on the shape: `conv_rows` is the usual way, for one or two spatial dimensions,
`conv_samples` that for three, and `conv_depthwise` is for a filter per channel.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd.dtypes import Array as NdArray
from autograd.errors import DTypeError
from autograd.kernels import conv_depthwise as depthwise
from autograd.kernels import conv_rows as rows
from autograd.kernels import conv_samples as samples
from autograd.kernels.conv_window import Phase, Sizes, Window, phases
from autograd.kernels.image_layout import empty_hcwn, is_hcwn
from autograd.primitive import Array, primitive

__all__ = ["Geometry", "convolution", "convolution_weight", "transposed_convolution"]


@dataclass(frozen=True, slots=True)
class Geometry:
    """What links x, weight and y.

    size:      of x, its spatial dimensions
    outputs:   of y, its spatial dimensions
    taps:      of the weight, its spatial dimensions
    padding:   zeros before x in each dimension (behind it, as many as the outputs see)
    groups:    into how many parts the channels are divided
    """

    size: Sizes
    outputs: Sizes
    taps: Sizes
    stride: Sizes
    padding: Sizes
    dilation: Sizes
    groups: int

    window: Window = field(init=False, repr=False, compare=False)
    """The window through which y sees x."""

    def __post_init__(self) -> None:
        start = tuple(-p for p in self.padding)
        window = Window(start, self.stride, self.dilation, self.taps, self.outputs)
        object.__setattr__(self, "window", window)  # the class is frozen


@functools.lru_cache(maxsize=512)
def in_two(g: Geometry) -> Geometry:
    """One of one spatial dimension, with a dimension of size 1 before it."""
    one, none = (1,), (0,)
    return Geometry(
        one + g.size,
        one + g.outputs,
        one + g.taps,
        one + g.stride,
        none + g.padding,
        one + g.dilation,
        g.groups,
    )


def channel_sums(g: Array) -> Any:
    """The sum over all dimensions but the second: what a bias gets.

    >>> channel_sums(np.ones((2, 3, 4, 5)))
    array([40., 40., 40.])
    """
    if type(g) is np.ndarray and g.ndim == 4 and is_hcwn(g) and g.dtype.char in "fd":
        n, channels, height, width = g.shape
        across = np.ones(width * n, g.dtype)
        sums = g.transpose(2, 1, 3, 0).reshape(height * channels, width * n).dot(across)
        return np.add.reduce(sums.reshape(height, channels), axis=0)
    return g.sum(axis=(0, *range(2, g.ndim)))


def _back(g: Array, weight: Array, geometry: Any) -> Any:
    """y and weight → x."""
    return transposed_convolution(g, weight, None, geometry)


def _weight(g: Array, x: Array, geometry: Any) -> Any:
    """y and x → weight."""
    return convolution_weight(g, x, geometry)


@primitive(cast="same", x=_back, weight=_weight, bias=lambda g: channel_sums(g))
def convolution(x: Array, weight: Array, bias: Array | None, geometry: Any) -> Array:
    """y[n, o, p] = bias[o] + Σ weight[o, c, t] · x[n, c, p · stride + t · dilation - padding].

    x (N, C, …), weight (O, C / groups, …), bias (O) or None → (N, O, …); in the order of memory that suits it.
    """
    return in_float(convolved, (x, weight, bias), geometry, "bBhil")


@primitive(
    cast="same",
    y=lambda g, weight, geometry: convolution(g, weight, None, geometry),
    weight=lambda g, y, geometry: _weight(y, g, geometry),
    bias=lambda g: channel_sums(g),
)
def transposed_convolution(y: Array, weight: Array, bias: Array | None, geometry: Any) -> Array:
    """x[n, c, p · stride + t · dilation - padding] = bias[c] + Σ weight[o, c, t] · y[n, o, p].

    y (N, O, …), weight (O, C / groups, …), bias (C) or None → (N, C, …): the derivative of `convolution` by its input.
    """
    return in_float(sent_back, (y, weight, bias), geometry, "l")


@primitive(
    cast="same",
    y=lambda g, x, geometry: convolution(x, g, None, geometry),
    x=lambda g, y, geometry: _back(y, g, geometry),
)
def convolution_weight(y: Array, x: Array, geometry: Any) -> Array:
    """weight[o, c, t] = Σ y[n, o, p] · x[n, c, p · stride + t · dilation - padding].

    y (N, O, …), x (N, C, …) → (O, C / groups, …): the derivative of `convolution` by its weight.
    """
    return in_float(of_weight, (y, x), geometry)


def in_float(body: Any, arrays: tuple[Any, ...], geometry: Geometry, whole: str = "") -> NdArray:
    """body(*arrays, geometry); half precision is summed in single precision.

    whole:  the kinds of whole numbers, as NumPy's letters, that PyTorch takes as well

    Raises:
        DTypeError: for other dtypes.
    """
    dtype = arrays[0].dtype
    if dtype.char in "fd" or dtype.char in whole:
        return body(*arrays, geometry)  # type: ignore[no-any-return]  # any of the three
    if dtype.kind != "f":
        raise DTypeError(f"convolution: needs floating-point tensors, got {dtype}; convert with .float()")
    wide = [None if a is None else a.astype(np.float32) for a in arrays]
    return body(*wide, geometry).astype(dtype)  # type: ignore[no-any-return]


# ------------------------------------------------------------------------------------------ how they are computed


def convolved(x: NdArray, weight: NdArray, bias: Any, geometry: Geometry) -> NdArray:
    """The body of `convolution`."""
    if x.ndim == 3:
        return convolved(x[:, :, None], weight[:, :, None], bias, in_two(geometry))[:, :, 0]
    shape = (len(x), len(weight), *geometry.outputs)
    if not (x.size and weight.size and math.prod(shape)):
        return _constant(shape, bias, x.dtype)
    return _seen(x, weight, bias, geometry.window, geometry.groups)


def _constant(shape: tuple[int, ...], bias: Any, dtype: Any) -> NdArray:
    """The bias alone, where there is nothing to sum."""
    out = np.zeros(shape, dtype)
    if bias is not None:
        out += bias.reshape(-1, *(1,) * (len(shape) - 2))
    return out


def _seen(x: NdArray, weight: NdArray, bias: Any, window: Window, groups: int) -> NdArray:
    """Convolution of two or three spatial dimensions, through any window."""
    if x.ndim == 5:
        return samples.convolved(x, weight, bias, window, groups)
    if groups == x.shape[1] == len(weight) and groups > 1 and len(x) * window.size[1] < 64:
        return depthwise.convolved(x, weight, bias, window)
    if groups == 1 and rows.sees_itself(x, window) and x.flags.c_contiguous:
        return samples.convolved(
            x, weight, bias, window, groups
        )  # a product of what is there, in either order
    if groups == 1 and max(window.stride) == 1 and rows.spreads_well(len(weight), x.shape[1]):
        # the transpose of the convolution with the kernel turned round, from the inputs' point of view
        turned = np.ascontiguousarray(weight[:, :, ::-1, ::-1].swapaxes(0, 1))
        pads = [d * (k - 1) + s for d, k, s in zip(window.dilation, window.taps, window.start, strict=True)]
        shape = (len(x), len(weight), *window.size)
        return rows.spread(x, turned, bias, shape, tuple(pads), window.stride, window.dilation)
    return rows.convolved(x, weight, bias, window, groups)


def sent_back(y: NdArray, weight: NdArray, bias: Any, geometry: Geometry) -> NdArray:
    """The body of `transposed_convolution`."""
    if y.ndim == 3:
        return sent_back(y[:, :, None], weight[:, :, None], bias, in_two(geometry))[:, :, 0]
    groups = geometry.groups
    each_out, each_in = len(weight) // groups, weight.shape[1]
    shape = (len(y), each_in * groups, *geometry.size)
    if not (y.size and weight.size and math.prod(shape)):
        return _constant(shape, bias, y.dtype)
    strided = max(geometry.stride) > 1
    if y.ndim == 4 and groups == 1 and (rows.spreads_well(each_in, each_out) or (strided and y.size < 4096)):
        return rows.spread(y, weight, bias, shape, geometry.padding, geometry.stride, geometry.dilation)
    # seen from the inputs, the outputs lie in windows, and the weight's two kinds of channels change places
    turned = weight.reshape(groups, each_out, each_in, *geometry.taps).swapaxes(1, 2)
    turned = turned.reshape(groups * each_in, each_out, *geometry.taps)
    parts = phases(geometry.size, geometry.padding, geometry.stride, geometry.dilation, geometry.taps)
    if len(parts) == 1 and parts[0].window is not None:
        return _seen(y, turned[all_channels(parts[0])], bias, parts[0].window, groups)
    out = empty_hcwn(shape, y.dtype) if y.ndim == 4 else np.empty(shape, y.dtype)
    for phase in parts:
        at = out[(slice(None), slice(None), *phase.places)]
        if phase.window is None:
            at[...] = _constant(at.shape, bias, y.dtype)
        else:
            at[...] = _seen(y, turned[all_channels(phase)], bias, phase.window, groups)
    return out


def all_channels(phase: Phase) -> tuple[slice, ...]:
    """The index of a phase's taps in the weight."""
    return (slice(None), slice(None), *phase.taps)


def of_weight(y: NdArray, x: NdArray, geometry: Geometry) -> NdArray:
    """The body of `convolution_weight`."""
    if x.ndim == 3:
        return of_weight(y[:, :, None], x[:, :, None], in_two(geometry))[:, :, 0]
    groups, channels = geometry.groups, x.shape[1]
    if not (x.size and y.size):
        return np.zeros((y.shape[1], channels // groups, *geometry.taps), x.dtype)
    if x.ndim == 5:
        return samples.weight_gradient(x, y, geometry.window, groups)
    if groups == channels == y.shape[1] and groups > 1:
        return depthwise.weight_gradient(x, y, geometry.window)
    if groups == 1 and x.flags.c_contiguous and y.flags.c_contiguous and rows.sees_itself(x, geometry.window):
        return samples.weight_gradient(x, y, geometry.window, groups)
    return rows.weight_gradient(x, y, geometry.window, groups)
