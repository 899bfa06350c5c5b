"""Rows of convolutions, and of images taken apart into patches."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from autograd.kernels.conv import Geometry, convolution, convolution_weight, transposed_convolution
from nn.functional import conv, folding
from tests.case import Array, Case, Real, on

F = "nn.functional."


def windows(x: Array, geometry: Geometry) -> Array:
    """(N, C, outputs…, taps…): what each output sees, by NumPy's own windows."""
    dims = len(geometry.taps)
    spans = [d * (k - 1) + 1 for k, d in zip(geometry.taps, geometry.dilation, strict=True)]
    pads = [(p, p + s + d) for p, s, d in zip(geometry.padding, spans, geometry.stride, strict=True)]
    padded = np.pad(x, [(0, 0), (0, 0), *pads])
    seen = sliding_window_view(padded, spans, tuple(range(2, 2 + dims)))
    steps = [
        slice(None, n * s, s) for n, s in zip(geometry.outputs, geometry.stride, strict=True)
    ]  # more than there are outputs do not pass
    return seen[(..., *steps, *(slice(None, None, d) for d in geometry.dilation))]


def convolved(x: Array, weight: Array, bias: Any, geometry: Geometry) -> Array:
    """A convolution by its definition, one group after another."""
    groups = geometry.groups
    outs = []
    for part, w in zip(np.split(windows(x, geometry), groups, 1), np.split(weight, groups), strict=True):
        dims = len(geometry.taps)
        axes = (1, *range(2 + dims, 2 + 2 * dims))
        outs.append(np.moveaxis(np.tensordot(part, w, (axes, (1, *range(2, 2 + dims)))), -1, 1))
    out = np.concatenate(outs, 1)
    return out if bias is None else out + bias.reshape(-1, *(1,) * len(geometry.taps))


def sent_back(y: Array, weight: Array, bias: Any, geometry: Geometry) -> Array:
    """A transposed convolution by its definition, one output and one tap after another."""
    groups, each = geometry.groups, weight.shape[1]
    out = np.zeros((len(y), each * groups, *geometry.size))
    for p in np.ndindex(geometry.outputs):
        for t in np.ndindex(geometry.taps):
            place = tuple(
                a * s + b * d - pad
                for a, b, s, d, pad in zip(
                    p, t, geometry.stride, geometry.dilation, geometry.padding, strict=True
                )
            )
            if all(0 <= q < n for q, n in zip(place, geometry.size, strict=True)):
                parts = zip(
                    np.split(y[(..., *p)], groups, 1), np.split(weight[(..., *t)], groups), strict=True
                )
                out[(..., *place)] += np.concatenate([a @ w for a, w in parts], 1)
    return out if bias is None else out + bias.reshape(-1, *(1,) * len(geometry.size))


def of_weight(y: Array, x: Array, geometry: Geometry) -> Array:
    """The weight's gradient by its definition."""
    dims = len(geometry.taps)
    parts = zip(
        np.split(y, geometry.groups, 1), np.split(windows(x, geometry), geometry.groups, 1), strict=True
    )
    axes = (0, *range(2, 2 + dims))
    return np.concatenate([np.tensordot(a, b, (axes, axes)) for a, b in parts])


PLAIN = Geometry((5, 6), (5, 6), (3, 3), (1, 1), (1, 1), (1, 1), 1)
STRIDED = Geometry((7, 8), (4, 3), (3, 2), (2, 3), (1, 1), (1, 2), 2)
LINE = Geometry((9,), (3,), (3,), (3,), (2,), (2,), 1)

CASES = [
    Case(
        convolution,
        on(Real(2, 3, 5, 6), Real(4, 3, 3, 3), Real(4), PLAIN),
        on(Real(2, 4, 7, 8), Real(6, 2, 3, 2), None, STRIDED),
        on(Real(2, 2, 9), Real(3, 2, 3), Real(3), LINE),
        numpy=convolved,
    ),
    Case(
        transposed_convolution,
        on(Real(2, 4, 5, 6), Real(4, 3, 3, 3), Real(3), PLAIN),
        on(Real(2, 6, 4, 3), Real(6, 2, 3, 2), None, STRIDED),
        on(Real(2, 3, 3), Real(3, 2, 3), Real(2), LINE),
        numpy=sent_back,
    ),
    Case(
        convolution_weight,
        on(Real(2, 4, 5, 6), Real(2, 3, 5, 6), PLAIN),
        on(Real(2, 6, 4, 3), Real(2, 4, 7, 8), STRIDED),
        on(Real(2, 3, 3), Real(2, 2, 9), LINE),
        numpy=of_weight,
    ),
    Case(
        conv.conv1d,
        on(Real(2, 3, 7), Real(4, 3, 3), Real(4)),
        on(Real(3, 7), Real(4, 3, 3), stride=2, padding=2, dilation=2),
        on(Real(0, 3, 7), Real(4, 3, 3), Real(4)),
        on(Real(2, 4, 6), Real(4, 1, 3), padding="same", groups=4),
        torch=F + "conv1d",
        covers=(),
    ),
    Case(
        conv.conv2d,
        on(Real(2, 3, 5, 6), Real(4, 3, 3, 2), Real(4), stride=(2, 1), padding=(0, 1)),
        on(Real(3, 5, 4), Real(4, 3, 3, 3), padding="same"),
        on(Real(2, 4, 6, 5), Real(6, 2, 2, 3), groups=2, dilation=(2, 1), padding=2),
        on(Real(2, 3, 4, 4), Real(3, 1, 3, 3), Real(3), groups=3, padding=1),
        on(Real(20, 2, 4, 4), Real(2, 1, 3, 3), groups=2, stride=2, padding=1),
        on(Real(2, 2, 4, 5), Real(3, 2, 1, 1), Real(3)),
        on(Real(0, 3, 5, 5), Real(4, 3, 3, 3), Real(4)),
        on(Real(1, 1, 3, 3), Real(6, 1, 3, 3), padding=1),
        torch=F + "conv2d",
        covers=(),
    ),
    Case(
        conv.conv3d,
        on(Real(2, 2, 3, 4, 3), Real(3, 2, 2, 2, 2), Real(3)),
        on(Real(2, 3, 4, 3), Real(4, 1, 1, 3, 2), stride=(1, 2, 1), padding=1, groups=2),
        torch=F + "conv3d",
        covers=(),
    ),
    Case(
        conv.conv_transpose1d,
        on(Real(2, 3, 4), Real(3, 2, 3), Real(2), stride=3, output_padding=2),
        on(Real(4, 4), Real(4, 2, 2), groups=2, dilation=2, padding=1),
        torch=F + "conv_transpose1d",
        covers=(),
    ),
    Case(
        conv.conv_transpose2d,
        on(Real(2, 3, 3, 2), Real(3, 2, 2, 3), Real(2), stride=2, padding=1, output_padding=1),
        on(Real(4, 3, 3), Real(4, 1, 3, 3), groups=4, stride=(1, 2)),
        on(Real(2, 4, 3, 2), Real(4, 1, 2, 2), stride=2),
        torch=F + "conv_transpose2d",
        covers=(),
    ),
    Case(
        conv.conv_transpose3d,
        on(Real(1, 2, 2, 3, 2), Real(2, 2, 2, 2, 2), Real(2), stride=(2, 1, 2), padding=(0, 1, 0)),
        torch=F + "conv_transpose3d",
        covers=(),
    ),
    Case(
        folding.unfold,
        on(Real(2, 2, 4, 5), 2),
        on(Real(2, 4, 5), (2, 3), dilation=(2, 1), padding=1, stride=2),
        torch=F + "unfold",
        covers=("patches",),
    ),
    Case(
        folding.fold,
        on(Real(2, 8, 12), (4, 5), 2),
        on(Real(12, 6), (4, 5), (2, 3), dilation=(2, 1), padding=1, stride=2),
        torch=F + "fold",
        covers=("summed_patches",),
    ),
]
