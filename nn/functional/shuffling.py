"""Shuffles: channels become places, places channels, or channels change their order. No number changes."""

from __future__ import annotations

import operator

from autograd import Tensor, ops
from autograd.composite import composite
from autograd.errors import ArgumentError, ShapeError


@composite
def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """Each r² channels as an r × r block of pixels: (*, C·r², H, W) → (*, C, H·r, W·r).

    out[c, h·r + i, w·r + j] = x[c·r² + i·r + j, h, w] (Shi et al., 2016: sub-pixel convolution).

    Raises:
        ArgumentError: if r is not positive.
        ShapeError: if the channels are not a multiple of r², or there are none.

    >>> import autograd
    >>> pixel_shuffle(autograd.arange(4.0).reshape(4, 1, 1), 2)
    tensor([[[0., 1.],
             [2., 3.]]])
    """
    r = _factor("pixel_shuffle", "upscale_factor", upscale_factor)
    *lead, channels, h, w = _image("pixel_shuffle", input)
    if channels % (r * r):
        raise ShapeError(
            f"pixel_shuffle: expects its input's 'channel' dimension to be divisible by the square of upscale_factor, "
            f"but {channels} is not divisible by {r * r}; shape {tuple(input.shape)}"
        )
    n = len(lead)
    split = ops.reshape(input, (*lead, channels // (r * r), r, r, h, w))
    moved = ops.permute(split, (*range(n), n, n + 3, n + 1, n + 4, n + 2))
    return ops.reshape(moved, (*lead, channels // (r * r), h * r, w * r))


@composite
def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """Each r × r block of pixels as r² channels: (*, C, H·r, W·r) → (*, C·r², H, W); undoes `pixel_shuffle`.

    Raises:
        ArgumentError: if r is not positive.
        ShapeError: if a size is not a multiple of r.

    >>> import autograd
    >>> pixel_unshuffle(autograd.arange(4.0).reshape(1, 2, 2), 2).flatten()
    tensor([0., 1., 2., 3.])
    """
    r = _factor("pixel_unshuffle", "downscale_factor", downscale_factor)
    *lead, channels, h, w = _image("pixel_unshuffle", input)
    if h % r or w % r:
        raise ShapeError(
            f"pixel_unshuffle: expects height and width to be divisible by downscale_factor {r}, got shape "
            f"{tuple(input.shape)}"
        )
    n = len(lead)
    split = ops.reshape(input, (*lead, channels, h // r, r, w // r, r))
    moved = ops.permute(split, (*range(n), n, n + 2, n + 4, n + 1, n + 3))
    return ops.reshape(moved, (*lead, channels * r * r, h // r, w // r))


@composite
def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """The channels of `groups` groups taken in turns: (N, C, *) → (N, C, *), 0 1 2 | 3 4 5 becomes 0 3 1 4 2 5.

    (Zhang et al., 2018: ShuffleNet.)

    Raises:
        ArgumentError: if groups is not positive.
        ShapeError: if the channels are not a multiple of groups, or there are no dimensions after them.

    >>> import autograd
    >>> channel_shuffle(autograd.arange(6).reshape(1, 6, 1), 2).flatten()
    tensor([0, 3, 1, 4, 2, 5])
    """
    return _channel_shuffle("channel_shuffle", input, groups)


@composite
def native_channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """`channel_shuffle` under another name of PyTorch's."""
    return _channel_shuffle("native_channel_shuffle", input, groups)


def _channel_shuffle(op: str, input: Tensor, groups: int) -> Tensor:
    g = _factor(op, "groups", groups)
    shape = tuple(input.shape)
    if len(shape) < 3:
        raise ShapeError(f"{op}: expects an input of more than 2 dimensions (N, C, *), but got shape {shape}")
    if shape[1] % g:
        raise ShapeError(
            f"{op}: number of channels must be divisible by groups, got {shape[1]} channels and {g} groups"
        )
    split = ops.reshape(input, (shape[0], g, shape[1] // g, *shape[2:]))
    return ops.reshape(ops.transpose(split, 1, 2), shape)


def _factor(op: str, name: str, value: int) -> int:
    try:
        factor = operator.index(value)
    except TypeError:
        raise ArgumentError(f"{op}: {name} must be an int, got {value!r}") from None
    if factor < 1:
        raise ArgumentError(f"{op}: expects a positive {name}, but got {value}")
    return factor


def _image(op: str, input: Tensor) -> tuple[int, ...]:
    shape = tuple(input.shape)
    if len(shape) < 3:
        raise ShapeError(
            f"{op}: expects an input of at least 3 dimensions (*, C, H, W), but got shape {shape}"
        )
    return shape
