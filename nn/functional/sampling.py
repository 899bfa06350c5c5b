"""Reading an image at any points: `grid_sample`, and the grids of affine maps."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Sequence
from typing import Any

from autograd import Tensor, ops
from autograd.create import ones_like, zeros_like
from autograd.errors import ArgumentError, DTypeError, ModeError, ShapeError
from autograd.kernels.mixtures import mixed
from autograd.kernels.taps import CUBIC, keys_far, keys_near
from autograd.ranges import arange, linspace


def grid_sample(
    input: Tensor, grid: Tensor, mode: str = "bilinear", padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:  # fmt: skip
    """The input's values at the points of a grid (Jaderberg et al., 2015: spatial transformer networks).

    input (N, C, H, W), grid (N, Hₒ, Wₒ, 2) → (N, C, Hₒ, Wₒ); or
    input (N, C, D, H, W), grid (N, Dₒ, Hₒ, Wₒ, 3) → (N, C, Dₒ, Hₒ, Wₒ).
    grid[n, h, w] = (x, y): −1 and 1 are the input's left and right, its top and bottom edge; with z in front of it. The
    gradient goes to both.

    Args:
        mode: "bilinear" between the nearest pixels (of a volume, too), the "nearest" pixel, or "bicubic" (images only).
        padding_mode: what lies outside: "zeros", the "border" pixels, or the image's "reflection".
        align_corners: whether −1 and 1 are the middle of the outermost pixels, instead of their outer edges.

    Raises:
        ShapeError, DTypeError: if input and grid do not fit together.
        ModeError, ArgumentError: for other modes.

    >>> import autograd
    >>> x = autograd.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    >>> grid_sample(x, autograd.tensor([[[[0.0, 0.0], [-0.5, -0.5]]]]), align_corners=False)
    tensor([[[[2.5000, 1.0000]]]])
    """
    n = _checked(input, grid, mode, padding_mode)
    if align_corners is None:
        warnings.warn(
            "grid_sample: align_corners is False unless it is given; give it, to say which is meant",
            UserWarning,
            stacklevel=2,
        )
    shape, points = tuple(input.shape), tuple(grid.shape)[1:-1]
    sizes, corners = shape[2:], bool(align_corners)
    batch, channels, inside = shape[0], shape[1], math.prod(sizes)
    flat = ops.reshape(grid, (batch * math.prod(points), n))
    at = [_unnormalised(flat[:, n - 1 - d], sizes[d], corners) for d in range(n)]
    if mode == "bicubic":
        taps = [_cubic_taps(c) for c in at]
    else:
        at = [_inside(c, size, padding_mode, corners) for c, size in zip(at, sizes, strict=True)]
        taps = [[(ops.round(c.detach()), None)] if mode == "nearest" else _linear_taps(c) for c in at]
    first = ops.reshape(arange(batch).unsqueeze(1).expand(batch, math.prod(points)), (-1,)) * inside
    places, weights = [], []
    for combination in itertools.product(*taps):
        place, weight, valid = first, None, None
        for d, (where, share) in enumerate(combination):
            if mode == "bicubic":
                where = _inside(where, sizes[d], padding_mode, corners)
                where = ops.round(where) if padding_mode != "zeros" else where
            good = (where >= 0) & (where <= sizes[d] - 1)
            valid = good if valid is None else valid & good
            place = place + where.long() * math.prod(sizes[d + 1 :])
            if share is not None:
                weight = share if weight is None else weight * share
        places.append(ops.where(valid, place, batch * inside))  # outside: a row of zeros behind all others
        weights.append(_ones(at[0]) if weight is None else weight)
    rows = ops.reshape(ops.movedim(input, 1, -1), (batch * inside, channels))
    rows = ops.constant_pad_nd(rows, (0, 0, 0, 1))
    found = mixed(rows, ops.stack(weights, 1), ops.stack(places, 1))
    return ops.movedim(ops.reshape(found, (batch, *points, channels)), -1, 1).contiguous()


def _checked(input: Any, grid: Any, mode: str, padding_mode: str) -> int:
    """The number of spatial dimensions."""
    shape, points = tuple(input.shape), tuple(grid.shape)
    if mode not in ("bilinear", "nearest", "bicubic"):
        raise ArgumentError(
            f"grid_sample: expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: {mode!r}"
        )
    if padding_mode not in ("zeros", "border", "reflection"):
        raise ArgumentError(
            f"grid_sample: expected padding_mode to be 'zeros', 'border', or 'reflection', but got: {padding_mode!r}"
        )
    if input.dtype != grid.dtype or not input.is_floating_point():
        raise DTypeError(
            f"grid_sample: expected input and grid to have same floating-point dtype, but input has {input.dtype} and "
            f"grid has {grid.dtype}"
        )
    n = len(shape) - 2
    if n not in (2, 3) or len(points) != len(shape):
        raise ShapeError(
            f"grid_sample: expected 4D or 5D input and grid with same number of dimensions, but got input with sizes "
            f"{shape} and grid with sizes {points}"
        )
    if shape[0] != points[0] or points[-1] != n:
        raise ShapeError(
            f"grid_sample: expected grid to have size {n} in last dimension and the batch size {shape[0]} of input "
            f"{shape}, but got grid with sizes {points}"
        )
    if 0 in shape[2:]:
        raise ShapeError(
            f"grid_sample: expected input to have non-empty spatial dimensions, but got input with sizes {shape}"
        )
    if mode == "bicubic" and n == 3:
        raise ModeError("grid_sample: bicubic interpolation only supports 4D input")
    return n


def _unnormalised(c: Any, size: int, corners: bool) -> Any:
    """From [−1, 1] to pixels."""
    return (c + 1) / 2 * (size - 1) if corners else ((c + 1) * size - 1) / 2


def _inside(c: Any, size: int, padding_mode: str, corners: bool) -> Any:
    """The coordinate of the pixel that stands for one outside."""
    if padding_mode == "zeros":
        return c
    nowhere = ops.isnan(c) if padding_mode == "border" else ops.logical_not(ops.isfinite(c))
    c = ops.masked_fill(c, nowhere, 0.0)
    if padding_mode == "reflection":
        c = _reflected(c, 0, 2 * (size - 1)) if corners else _reflected(c, -1, 2 * size - 1)
    if size == 1:
        return c * 0
    return ops.hardtanh(c, 0.0, size - 1.0)  # its gradient at the bounds is 0, as PyTorch's here


def _reflected(c: Any, twice_low: int, twice_high: int) -> Any:
    """c brought between low and high by reflecting at them."""
    if twice_low == twice_high:
        return c * 0
    low, span = twice_low / 2, (twice_high - twice_low) / 2
    distance = c - low
    distance = ops.where(distance < 0, -distance, distance)
    flips = ops.floor(distance.detach() / span)
    extra = distance - flips * span
    return ops.where(ops.remainder(flips, 2) == 0, extra, span - extra) + low


def _ones(c: Any) -> Any:
    """Ones with a gradient to c, of zeros."""
    return ops.where(zeros_like(c).bool(), c, ones_like(c))


def _linear_taps(c: Any) -> list[tuple[Any, Any]]:
    """(pixel, weight) of the two neighbours."""
    low = ops.floor(c.detach())
    right = c - low
    return [(low, 1 - right), (low + 1, right)]


def _cubic_taps(c: Any) -> list[tuple[Any, Any]]:
    """(pixel, weight) of four neighbours, by the cubic convolution of Keys (1981)."""
    low = ops.floor(c.detach())
    t = c - low
    return [
        (low - 1, keys_far(t + 1, CUBIC)),
        (low, keys_near(t, CUBIC)),
        (low + 1, keys_near(1 - t, CUBIC)),
        (low + 2, keys_far(2 - t, CUBIC)),
    ]


def affine_grid(theta: Tensor, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    """The grid for `grid_sample` of an affine map of each image: grid[n, h, w] = theta[n] · (x, y, 1).

    theta (N, 2, 3) and size (N, C, H, W) → (N, H, W, 2); theta (N, 3, 4) and size (N, C, D, H, W) → (N, D, H, W, 3).
    (x, y) are the pixels' places in an image from −1 to 1; see `grid_sample` for align_corners.

    Raises:
        ShapeError, DTypeError: if theta and size do not fit together.

    >>> import autograd
    >>> affine_grid(autograd.eye(2, 3)[None], (1, 1, 1, 2), align_corners=False)
    tensor([[[[-0.5000,  0.0000],
              [ 0.5000,  0.0000]]]])
    """
    shape, sizes = tuple(theta.shape), tuple(map(int, size))
    if not theta.is_floating_point():
        raise DTypeError(f"affine_grid: expected theta to have floating point type, but got {theta.dtype}")
    n = len(sizes) - 2
    if n not in (2, 3):
        raise ModeError(
            f"affine_grid: only supports 4D and 5D sizes, for 2D and 3D affine transforms; got size {sizes}"
        )
    if len(shape) != 3 or shape[1:] != (n, n + 1):
        raise ShapeError(
            f"affine_grid: expected a batch of {n}D affine matrices of shape Nx{n}x{n + 1} for size {sizes}, "
            f"got {shape}"
        )
    if min(sizes) < 1:
        raise ShapeError(f"affine_grid: expected non-zero, positive output size, got {sizes}")
    if align_corners is None:
        warnings.warn(
            "affine_grid: align_corners is False unless it is given; give it, to say which is meant",
            UserWarning,
            stacklevel=2,
        )
    base = []
    for d in range(n):
        count = sizes[-1 - d]
        line = (
            linspace(-1, 1, count, dtype=theta.dtype) if count > 1 else linspace(0, 0, 1, dtype=theta.dtype)
        )
        if not align_corners:
            line = line * (count - 1) / count
        base.append(line.reshape((-1,) + (1,) * d).expand(sizes[2:]))
    base.append(ones_like(base[0]))
    points = ops.reshape(ops.stack(base, -1), (1, -1, n + 1))
    return ops.reshape(ops.matmul(points, theta.mT), (shape[0], *sizes[2:], n))
