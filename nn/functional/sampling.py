"""Reading an image at any points: `grid_sample`, and the grids of affine maps."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from autograd import Tensor, ops
from autograd.composite import composite
from autograd.create_like import ones_like
from autograd.errors import ArgumentError, DTypeError, ModeError, ShapeError
from autograd.kernels.grid_sample import composed, grid_sample_
from autograd.ranges import linspace


@composite
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
    _check(input, grid, mode, padding_mode)
    if align_corners is None:
        warnings.warn(
            "grid_sample: align_corners is False unless it is given; give it, to say which is meant",
            UserWarning,
            stacklevel=3,  # past the decorator
        )
    whole = mode == "bicubic" or input.dtype.itemsize < 4
    return (composed if whole else grid_sample_)(input, grid, mode, padding_mode, bool(align_corners))


def _check(input: Any, grid: Any, mode: str, padding_mode: str) -> None:
    """Raise unless the arguments of `grid_sample` fit together."""
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


@composite
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
            stacklevel=3,  # past the decorator
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
