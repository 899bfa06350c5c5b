"""Rows of `ops.py`: convolutions. The image's sides and the channels come from one matrix, cut up.

(64,) is one image of 8 × 8 with 1 channel; (256, 256) is 16 images of 16 × 16 with 16 channels; (1024, 1024) is 16
images of 32 × 32 with 64 channels.
"""
# ruff: noqa: ARG005  # each row takes both `t` and `F`, and needs one

from __future__ import annotations

from typing import Any

from op_rows import Row

_SHAPES = {8: (1, 1, 8, 8), 256: (16, 16, 16, 16), 1024: (16, 64, 32, 32)}


def images(x: Any) -> Any:
    """A matrix as images (N, C, H, W)."""
    return x.view(_SHAPES[x.shape[0]])


def kernels(w: Any, each: int | None, size: int) -> Any:
    """Weights for these images, with as many outputs as channels, of the matrix's first numbers."""
    channels = _SHAPES[w.shape[0]][1]
    inner = channels if each is None else each
    return w.reshape(-1)[: channels * inner * size * size].view(channels, inner, size, size) * 0.1


def sequences(x: Any) -> Any:
    """A matrix as sequences (N, C, L)."""
    n, c, h, w = _SHAPES[x.shape[0]]
    return x.view(n, c, h * w)


def volumes(x: Any) -> Any:
    """A matrix as volumes (N, C, 4, H, W): a quarter of the channels, or of nothing."""
    n, c, h, w = _SHAPES[x.shape[0]]
    return x.view(n, c // 4, 4, h, w) if c > 1 else x.view(1, 1, 2, 4, 8)


def cubes(w: Any) -> Any:
    """Weights for these volumes."""
    channels = max(1, _SHAPES[w.shape[0]][1] // 4)
    return w.reshape(-1)[: channels * channels * 27].view(channels, channels, 3, 3, 3) * 0.1


CONVOLUTIONS = [
    Row("conv2d", "mm", lambda t, F, x, w: F.conv2d(images(x), kernels(w, None, 3), padding=1)),
    Row("conv2d(1x1)", "mm", lambda t, F, x, w: F.conv2d(images(x), kernels(w, None, 1))),
    Row("conv2d(stride)", "mm", lambda t, F, x, w: F.conv2d(images(x), kernels(w, None, 3), None, 2, 1)),
    Row(
        "conv2d(dilation)",
        "mm",
        lambda t, F, x, w: F.conv2d(images(x), kernels(w, None, 3), padding=2, dilation=2),
    ),
    Row(
        "conv2d(depthwise)",
        "mm",
        lambda t, F, x, w: F.conv2d(images(x), kernels(w, 1, 3), padding=1, groups=images(x).shape[1]),
    ),
    Row(
        "conv_transpose2d",
        "mm",
        lambda t, F, x, w: F.conv_transpose2d(
            images(x), kernels(w, None, 4 if len(x) > 8 else 3), None, 2, 1
        ),
    ),
    Row(
        "conv1d",
        "mm",
        lambda t, F, x, w: F.conv1d(sequences(x), kernels(w, None, 3).flatten(2)[:, :, :3], padding=1),
    ),
    Row("conv3d", "mm", lambda t, F, x, w: F.conv3d(volumes(x), cubes(w), padding=1), 256),
    Row("unfold(patches)", "m", lambda t, F, x: F.unfold(images(x), 3, padding=1)),
    Row(
        "fold",
        "m",
        lambda t, F, x: F.fold(
            x.view(images(x).shape[0], -1, 4),
            images(x).shape[2:],
            images(x).shape[2] // 2,
            stride=images(x).shape[2] // 2,
        ),
    ),
]
