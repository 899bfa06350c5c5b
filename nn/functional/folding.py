"""Images taken apart into the patches that a convolution sees, and put together again, as functions."""

from __future__ import annotations

import math
from typing import Any

from autograd import Tensor, ops
from autograd.composite import composite
from autograd.errors import ShapeError
from autograd.kernels.conv import Geometry
from autograd.kernels.patches import patches, summed_patches
from nn.functional.sizes import Sizes, each


def _geometry(op: str, size: Any, taps: Any, dilation: Any, padding: Any, stride: Any) -> Geometry:
    kernel = each(op, "kernel_size", taps, 2, 1)
    spread = each(op, "dilation", dilation, 2, 1)
    pads = each(op, "padding", padding, 2, 0)
    steps = each(op, "stride", stride, 2, 1)
    outputs = tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1
        for n, p, d, k, s in zip(size, pads, spread, kernel, steps, strict=True)
    )
    if min(outputs) < 1:
        raise ShapeError(
            f"{op}: the kernel {kernel} with dilation {spread} is larger than the image of size {tuple(size)} with "
            f"padding {pads}"
        )
    return Geometry(tuple(size), outputs, kernel, steps, pads, spread, 1)


@composite
def unfold(
    input: Tensor, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1
) -> Tensor:
    """The patches that a convolution sees, one in each column.

    out[n, (c, t, u), (p, q)] = x[n, c, p · stride + t · dilation - padding, …], with zeros outside.

    input (N, C, H, W) or (C, H, W) → (N, C · kh · kw, H' · W'), as many columns as the convolution has outputs.

    Raises:
        ShapeError: if the input is no image, or the kernel larger than it.
        ArgumentError: for arguments that mean nothing.

    >>> import autograd
    >>> unfold(autograd.arange(9.0).reshape(1, 1, 3, 3), 2)
    tensor([[[0., 1., 3., 4.],
             [1., 2., 4., 5.],
             [3., 4., 6., 7.],
             [4., 5., 7., 8.]]])
    """
    shape = tuple(input.shape)
    if len(shape) not in (3, 4) or 0 in shape[-3:]:
        raise ShapeError(
            f"unfold: needs images (N, C, H, W) or (C, H, W) that are not empty, got shape {shape}"
        )
    x: Any = input if len(shape) == 4 else ops.unsqueeze(input, 0)
    geometry = _geometry("unfold", shape[-2:], kernel_size, dilation, padding, stride)
    out = patches(x, geometry)
    return out if len(shape) == 4 else ops.squeeze(out, 0)


@composite
def fold(
    input: Tensor, output_size: Sizes, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0,
    stride: Sizes = 1,
) -> Tensor:  # fmt: skip
    """Patches, one in each column, added up to an image: the derivative of `unfold` by its input.

    out[n, c, p · stride + t · dilation - padding, …] = Σ x[n, (c, t, u), (p, q)]

    input (N, C · kh · kw, H' · W') or (C · kh · kw, H' · W') → (N, C, *output_size).

    Raises:
        ShapeError: if the input has not as many rows and columns as the other arguments say.
        ArgumentError: for arguments that mean nothing.

    >>> import autograd
    >>> fold(autograd.ones(1, 4, 4), (3, 3), 2)
    tensor([[[[1., 2., 1.],
              [2., 4., 2.],
              [1., 2., 1.]]]])
    """
    size = each("fold", "output_size", output_size, 2, 1)
    geometry = _geometry("fold", size, kernel_size, dilation, padding, stride)
    shape = tuple(input.shape)
    taps, columns = math.prod(geometry.taps), math.prod(geometry.outputs)
    if len(shape) not in (2, 3) or not shape[-2] or shape[-2] % taps or shape[-1] != columns:
        raise ShapeError(
            f"fold: needs (N, C · {taps}, {columns}) or (C · {taps}, {columns}) for output_size {size}, kernel_size "
            f"{geometry.taps}, dilation {geometry.dilation}, padding {geometry.padding} and stride {geometry.stride}, "
            f"got shape {shape}"
        )
    x: Any = input if len(shape) == 3 else ops.unsqueeze(input, 0)
    out = summed_patches(x, geometry)
    return out if len(shape) == 3 else ops.squeeze(out, 0)
