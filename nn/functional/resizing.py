"""Resizing: images and signals with more or fewer places, by the nearest place or a mean of its neighbours."""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Sequence
from typing import Any

from autograd import Tensor
from autograd.composite import composite
from autograd.dtypes import uint8
from autograd.errors import ArgumentError, DTypeError, ModeError, ShapeError
from autograd.kernels import taps
from autograd.kernels.mean_pool import window_spread
from autograd.kernels.resample import Taps, resample
from autograd.kernels.windows import Span, Windows
from nn.functional.adaptive_pooling import adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d
from nn.functional.sizes import Sizes, repeated

_DIMS = {"linear": 3, "bilinear": 4, "bicubic": 4, "trilinear": 5, "lanczos": 4}
_KINDS = {"bilinear": "linear", "bicubic": "cubic", "lanczos": "lanczos"}
_MODES = ("nearest", "nearest-exact", "area", *_DIMS)


@composite
def interpolate(
    input: Tensor, size: Sizes | None = None, scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest", align_corners: bool | None = None, recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:  # fmt: skip
    """The input (N, C, L), (N, C, H, W) or (N, C, D, H, W) with other sizes of its last dimensions.

    Along each of them place i of the result is a weighted sum of the input's places around (i + ½)·s − ½, where s is
    the old size / the new one; with `align_corners` around i·s with s = (old size − 1) / (new size − 1). The map is
    linear, so its gradient is the transpose.

    Args:
        size: the new size, one number for all dimensions or one for each; or else
        scale_factor: by what to multiply the old sizes, rounded down.
        mode: "nearest" place, as PyTorch has always rounded it, or "nearest-exact"; "linear", "bilinear" or "trilinear"
            means of two places a dimension; "bicubic" of four (Keys, 1981, with a = −¾); "area" for the means of what a
            new place covers (`adaptive_avg_pool2d`); "lanczos" of six, with antialias.
        align_corners: see above; for the linear modes and "bicubic".
        recompute_scale_factor: let s be old size / new size, where it would be 1 / scale_factor.
        antialias: widen the filter where the new size is smaller, for "bilinear", "bicubic" and "lanczos".

    Raises:
        ArgumentError, ShapeError: if these do not fit together or the input.

    >>> import autograd
    >>> interpolate(autograd.tensor([[[1.0, 2.0, 4.0]]]), 6)
    tensor([[[1., 1., 2., 2., 4., 4.]]])
    >>> interpolate(autograd.tensor([[[0.0, 3.0]]]), size=4, mode="linear", align_corners=True)
    tensor([[[0., 1., 2., 3.]]])
    """
    _check_mode(input, mode, align_corners, antialias)
    corners = bool(align_corners)
    n = input.ndim - 2
    if recompute_scale_factor and size is not None:
        raise ArgumentError("interpolate: recompute_scale_factor is not meaningful with an explicit size")
    sizes, factors = _new_sizes(input, n, size, scale_factor, bool(recompute_scale_factor) or mode == "area")
    shape = tuple(input.shape)
    if min((*shape[1:], *sizes)) < 1:
        raise ShapeError(
            f"interpolate: input and output sizes should be greater than 0, but got input {shape} and output {sizes}"
        )
    if mode == "area":
        pool: Any = (adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d)[n - 1]
        return pool(input, sizes)  # type: ignore[no-any-return]  # a tensor
    if mode.startswith("nearest"):
        return _nearest(input, sizes, factors, mode == "nearest-exact")
    lines = tuple(zip(shape[2:], sizes, factors, strict=True))
    if input.dtype == uint8 and n == 2:
        return _of_bytes(input, [_taps(mode, *line, corners, antialias) for line in lines])  # type: ignore[no-any-return]  # a tensor
    if not input.is_floating_point():
        raise DTypeError(f"interpolate: mode {mode!r} needs floating-point numbers, got {input.dtype}")
    for dim, line in enumerate(lines, -n):
        input = _resampled(input, _taps(mode, *line, corners, antialias), dim)
    return input


def _taps(mode: str, old: int, new: int, factor: float | None, corners: bool, antialias: bool) -> Taps:
    """What is read along a dimension that gets a new size."""
    if antialias:
        return taps.antialiased(_KINDS[mode], old, new, corners, factor)
    return (taps.cubic if mode == "bicubic" else taps.linear)(old, new, corners, factor)


def _of_bytes(input: Any, found: Sequence[Taps]) -> Any:
    """An image of 8-bit numbers, rounded to them after each dimension, the last one first, as in PyTorch."""
    image = input.float()
    for dim in (-1, -2):
        image = (_resampled(image, found[dim], dim) + 0.5).floor().clamp(0, 255)
    return image.to(uint8)


def _resampled(input: Any, found: Taps, dim: int) -> Any:
    return input if found.is_identity else resample(input, found, dim, False)


def _nearest(input: Any, sizes: Sequence[int], factors: Sequence[float | None], exact: bool) -> Tensor:
    """Each place of the result from one of the input; by whole numbers, each place of the input spread out."""
    old = tuple(input.shape)[2:]
    found = [taps.nearest(a, b, f, exact, len(old) == 2) for a, b, f in zip(old, sizes, factors, strict=True)]
    whole = [b // a for a, b in zip(old, sizes, strict=True)]
    if (
        max(whole) > 1
        and input.is_floating_point()
        and all(_repeats(t, k) for t, k in zip(found, whole, strict=True))
    ):
        return window_spread(input, _tiles(old, tuple(whole)), 1)
    for dim, t in enumerate(found, -len(old)):
        input = _resampled(input, t, dim)
    return input  # type: ignore[no-any-return]  # a tensor


@functools.lru_cache(maxsize=256)
def _tiles(counts: tuple[int, ...], times: tuple[int, ...]) -> Windows:
    return Windows(*(Span(k, k, 0, 1, k * n, n) for n, k in zip(counts, times, strict=True)))


def _repeats(found: Taps, times: int) -> bool:
    """Whether each old place is taken so many times."""
    places = found.places[:, 0]
    return found.count == found.size * times and bool(
        (places.reshape(-1, times) == places[::times, None]).all() and places[-1] == found.size - 1
    )


def _check_mode(input: Any, mode: str, align_corners: bool | None, antialias: bool) -> None:
    """Raise unless the mode is one, and for this input."""
    if mode in ("nearest", "area", "nearest-exact") and align_corners is not None:
        raise ArgumentError(
            "interpolate: align_corners option can only be set with the interpolating modes: linear | bilinear | "
            f"bicubic | trilinear; got mode {mode!r}"
        )
    if mode not in _MODES:
        raise ModeError(f"interpolate: mode is one of {', '.join(_MODES)}, got {mode!r}")
    if input.ndim not in (3, 4, 5):
        raise ModeError(f"interpolate: needs a 3D, 4D or 5D tensor (N, C, …), got shape {tuple(input.shape)}")
    if antialias and not (mode in _KINDS and input.ndim == 4):
        raise ArgumentError(
            "interpolate: antialias is for the modes bilinear, bicubic and lanczos, and 4-D tensors; got mode "
            f"{mode!r} and shape {tuple(input.shape)}"
        )
    if mode in _DIMS and input.ndim != _DIMS[mode]:
        raise ModeError(
            f"interpolate: got {input.ndim}D input, but {mode} mode needs {_DIMS[mode]}D input; shape "
            f"{tuple(input.shape)}"
        )
    if mode == "lanczos" and align_corners:
        raise ArgumentError("interpolate: mode 'lanczos' does not support align_corners=True")
    if mode == "lanczos" and not antialias:
        raise ArgumentError("interpolate: mode 'lanczos' needs antialias=True")


def _new_sizes(
    input: Any, n: int, size: Any, scale_factor: Any, recompute: bool
) -> tuple[tuple[int, ...], tuple[float | None, ...]]:
    """The new sizes, and the factors that the scale is to be taken from, None where it is from the sizes."""
    shape = tuple(input.shape)
    if size is not None and scale_factor is not None:
        raise ArgumentError("interpolate: only one of size or scale_factor should be defined")
    given = scale_factor if size is None else size
    if given is None:
        raise ArgumentError("interpolate: either size or scale_factor should be defined")
    values = repeated(given, n)
    if len(values) != n:
        raise ArgumentError(
            f"interpolate: {'size' if size is not None else 'scale_factor'} must have {n} numbers for an input of "
            f"shape {shape}, one for each dimension after (N, C); got {given!r}"
        )
    if size is not None:
        if not all(isinstance(v, int) or hasattr(v, "__index__") for v in values):
            raise ArgumentError(f"interpolate: size must be an int or a tuple of ints, got {size!r}")
        return tuple(map(int, values)), (None,) * n
    factors = tuple(map(float, values))
    sizes = tuple(math.floor(float(a) * f) for a, f in zip(shape[2:], factors, strict=True))
    return sizes, (None,) * n if recompute else factors


def _warn(op: str) -> None:
    warnings.warn(f"{op}: deprecated; use interpolate instead", UserWarning, stacklevel=4)


@composite
def upsample(
    input: Tensor, size: Sizes | None = None, scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest", align_corners: bool | None = None,
) -> Tensor:  # fmt: skip
    """`interpolate` under its older name, which warns."""
    _warn("upsample")
    return interpolate(input, size, scale_factor, mode, align_corners)


@composite
def upsample_nearest(
    input: Tensor, size: Sizes | None = None, scale_factor: float | Sequence[float] | None = None
) -> Tensor:
    """`interpolate` by the nearest place, under an older name, which warns."""
    _warn("upsample_nearest")
    return interpolate(input, size, scale_factor, "nearest")


@composite
def upsample_bilinear(
    input: Tensor, size: Sizes | None = None, scale_factor: float | Sequence[float] | None = None
) -> Tensor:
    """`interpolate` of mode "bilinear" with align_corners=True, under an older name, which warns."""
    _warn("upsample_bilinear")
    return interpolate(input, size, scale_factor, "bilinear", True)
