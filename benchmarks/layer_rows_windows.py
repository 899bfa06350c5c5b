"""Rows for `ops.py` of pools, borders, resizing and sampling: numbers as a batch of images, signals or volumes."""
# ruff: noqa: ARG005  # each row takes both `t` and `F`, and needs one

from __future__ import annotations

from typing import Any

from op_rows import Row

_IMAGES = {64: (1, 1, 8, 8), 256: (4, 4, 64, 64), 1024: (16, 16, 64, 64)}


def images(x: Any) -> Any:
    """(N, C, H, W)."""
    return x.reshape(_IMAGES[x.shape[0] if x.ndim > 1 else 64])


def signals(x: Any) -> Any:
    """(N, C, L)."""
    return x.reshape(1, -1, x.shape[-1])


def volumes(x: Any) -> Any:
    """(N, C, D, H, W)."""
    side = 4 if x.ndim == 1 else 16
    return x.reshape(1, -1, side, side, side)


def _window(name: str, shaped: Any, *args: Any, label: str = "", **options: Any) -> Row:
    text = f"{name}({label})" if label else name
    return Row(
        text,
        "m",
        lambda t, F, x: getattr(F, name)(shaped(x.flatten() if len(x) == 8 else x), *args, **options),
    )


WINDOWS = [
    _window("max_pool1d", signals, 2),
    _window("max_pool2d", images, 2),
    _window("max_pool2d", images, 3, 2, 1, label="3, 2, 1"),
    Row("max_pool2d_with_indices", "m", lambda t, F, x: F.max_pool2d(_flat(x), 2, return_indices=True)[0]),
    _window("max_pool3d", volumes, 2),
    _window("avg_pool1d", signals, 2),
    _window("avg_pool2d", images, 2),
    _window("avg_pool2d", images, 3, 1, 1, label="3, 1, 1"),
    _window("avg_pool3d", volumes, 2),
    _window("lp_pool2d", lambda x: images(x).abs() + 0.1, 2, 2),
    _window("adaptive_avg_pool2d", images, 1),
    _window("adaptive_avg_pool2d", images, (3, 5), label="3×5"),
    _window("adaptive_max_pool2d", images, 1),
    _window("adaptive_max_pool2d", images, (3, 5), label="3×5"),
    Row(
        "fractional_max_pool2d",
        "m",
        lambda t, F, x: F.fractional_max_pool2d(
            _flat(x), 2, 3, _random_samples=t.full((*_flat(x).shape[:2], 2), 0.4)
        ),
    ),
    Row(
        "max_unpool2d",
        "m",
        lambda t, F, x: F.max_unpool2d(*F.max_pool2d(_flat(x), 2, return_indices=True), 2),
    ),
    _window("pad", images, (1, 1, 1, 1)),
    _window("pad", images, (1, 1, 1, 1), "reflect", label="reflect"),
    _window("pad", images, (1, 1, 1, 1), "replicate", label="replicate"),
    _window("pad", images, (1, 1, 1, 1), "circular", label="circular"),
    _window("interpolate", images, scale_factor=2),
    _window("interpolate", images, scale_factor=2, mode="bilinear", label="bilinear"),
    _window("interpolate", images, scale_factor=0.5, mode="bilinear", antialias=True, label="antialias"),
    _window("interpolate", images, scale_factor=2, mode="bicubic", label="bicubic"),
    Row(
        "grid_sample",
        "mm",
        lambda t, F, x, y: F.grid_sample(_flat(x), _grid(y), align_corners=False),
    ),
    Row(
        "affine_grid",
        "m",
        lambda t, F, x: F.affine_grid(x.flatten()[:6].reshape(1, 2, 3), (1, 1, 32, 32), False),
    ),
    _window("pixel_shuffle", lambda x: images(x).reshape(1, 4, -1, images(x).shape[-1]), 2),
    _window("pixel_unshuffle", images, 2),
    _window("channel_shuffle", lambda x: images(x).reshape(1, 4, -1, images(x).shape[-1]), 2),
]


def _flat(x: Any) -> Any:
    return images(x.flatten() if len(x) == 8 else x)


def _grid(y: Any) -> Any:
    """Points in and around images(x), two numbers each of a tenth as many."""
    n = _flat(y).shape[0]
    return y.flatten()[: n * (y.numel() // n // 8 // 2 * 2)].reshape(n, 1, -1, 2)
