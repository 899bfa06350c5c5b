"""Rows of pools, borders, resizing and sampling."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn.functional as F
from autograd.kernels import edges, mean_pool, mixtures, resample, taps
from autograd.kernels.windows import Span, Windows
from autograd.ops import pad
from tests.case import Case, Given, Real, Whole, on

NAME = "nn.functional."


def apart(*shape: int) -> Real:
    return Real(*shape, apart=True)


def ours(name: str, /, *samples: Any, **row: Any) -> Case:
    """A function of nn.functional, against PyTorch's of the same name."""
    return Case(getattr(F, name), *samples, torch=NAME + name, **row)


IMAGE, SIGNAL, VOLUME = (1, 1, 5, 6), (1, 2, 7), (1, 1, 3, 4, 4)

MAX_POOLS = [
    ours(
        "max_pool2d",
        on(apart(*IMAGE), 2),
        on(apart(2, 4, 6), 2),
        on(apart(*IMAGE), 3, 2, 1),
        on(apart(*IMAGE), 2, 1, 0, 2),
        on(apart(*IMAGE), (2, 3), (2, 1), ceil_mode=True),
        on(apart(*IMAGE), 4, 1, 2, 1),
        on(apart(*IMAGE), (5, 6)),
        covers=("max_pool", "noted_max_pool", "routed", "collected"),
    ),
    ours(
        "max_pool2d_with_indices",
        on(apart(*IMAGE), 2),
        on(apart(*IMAGE), 3, 2, 1),
        covers=("winners",),
    ),
    ours("max_pool1d", on(apart(*SIGNAL), 3, 2), on(apart(2, 6), 4, 3, 1, ceil_mode=True)),
    ours("max_pool3d", on(apart(*VOLUME), 2), on(apart(1, 3, 4, 5), (1, 2, 3), 1)),
    ours(
        "adaptive_max_pool1d", on(apart(*SIGNAL), 3), on(apart(1, 1, 300), 140), covers=("winners_between",)
    ),
    ours("adaptive_max_pool2d", on(apart(*IMAGE), (2, 4)), on(apart(*IMAGE), 1)),
    ours("adaptive_max_pool3d", on(apart(*VOLUME), (2, None, 2))),
    ours("lp_pool2d", on(Real(*IMAGE, low=0.3), 3, 2), on(Real(*IMAGE, low=0.3), 1.5, (2, 3), 1)),
]

WIDE = Windows(Span(3, 2, 1, 1, 6, 3))
MEANS = [
    ours(
        "avg_pool2d",
        on(Real(*IMAGE), 2),
        on(Real(*IMAGE), 3, 2, 1),
        on(Real(*IMAGE), 3, 2, 1, True, False),
        on(Real(*IMAGE), 2, divisor_override=3),
        on(Real(*IMAGE), (5, 6)),
        covers=("window_means",),
    ),
    Case(
        mean_pool.window_spread,
        on(Real(2, 3), WIDE, 2),
        numpy=lambda g, w, d: (
            np.stack([g[:, 0], g[:, 0] + g[:, 1], g[:, 1], g[:, 1] + g[:, 2], g[:, 2], g[:, 2]], 1) / d
        ),
    ),
    ours("avg_pool1d", on(Real(*SIGNAL), 3, 2), on(Real(2, 6), 4, 3, 1, True)),
    ours("avg_pool3d", on(Real(*VOLUME), 2), on(Real(*VOLUME), 3, 1, 1, False, False)),
    ours("adaptive_avg_pool1d", on(Real(*SIGNAL), 3), on(Real(*SIGNAL), 1), covers=("window_shares",)),
    ours("adaptive_avg_pool2d", on(Real(*IMAGE), (2, 4)), on(Real(*IMAGE), (None, 3))),
    ours("adaptive_avg_pool3d", on(Real(*VOLUME), 2)),
]


def torch_resample(torch: Any, x: Any, points: Any, dim: int, transposed: bool) -> Any:
    matrix = torch.zeros(points.count, points.size, dtype=x.dtype)
    for i, (places, weights) in enumerate(zip(points.places, points.weights, strict=True)):
        for place, weight in zip(places, weights, strict=True):
            matrix[i, place] += weight
    return torch.movedim(torch.movedim(x, dim, -1) @ (matrix if transposed else matrix.T), -1, dim)


RESIZING = [
    Case(
        resample.resample,
        on(Real(3, 4, 2), taps.cubic(4, 7, False, None), -2, False),
        on(Real(3, 7), taps.linear(4, 7, True, None), -1, True),
        on(Real(90, 1), taps.linear(90, 130, False, None), -2, False),
        on(Real(130, 1), taps.linear(90, 130, False, None), -2, True),
        torch=torch_resample,
    ),
    ours(
        "interpolate",
        on(Real(*IMAGE), 7),
        on(Real(*IMAGE), scale_factor=2),
        on(Real(*SIGNAL), scale_factor=1.7),
        on(Real(*VOLUME), (2, 3, 7), mode="nearest-exact"),
        on(Real(*SIGNAL), 11, mode="linear", align_corners=True),
        on(Real(*IMAGE), (3, 8), mode="bilinear"),
        on(Real(*IMAGE), scale_factor=(0.6, 1.5), mode="bicubic"),
        on(Real(*IMAGE), scale_factor=1.5, mode="bilinear", recompute_scale_factor=True),
        on(Real(*VOLUME), 4, mode="trilinear"),
        on(Real(*IMAGE), 3, mode="area"),
        on(Real(1, 1, 9, 8), 3, mode="bilinear", antialias=True),
        on(Real(1, 1, 9, 8), (4, 12), mode="bicubic", antialias=True),
    ),
]

REFLECTED = [((2, 1),), ((1, 2), (2, 0))]
BORDERS = [
    Case(
        pad.bordered,
        on(Real(2, 3), ((1, 0), (0, 2)), 0.5),
        on(Real(4, 3), ((-1, 1), (-1, 0)), 0.0),
        on(Real(4, 3), ((-1, -2), (-1, 0)), 0.0),
        torch=lambda torch, x, pairs, value: torch.nn.functional.pad(
            x, [w for pair in reversed(pairs) for w in pair], value=value
        ),
    ),
    *(
        Case(
            edges.edged,
            *(on(Real(2, 3, 4), pairs, mode) for pairs in REFLECTED),
            numpy=lambda x, pairs, m: np.pad(
                x,
                [(0, 0)] * (x.ndim - len(pairs)) + list(pairs),
                {"circular": "wrap", "replicate": "edge"}.get(m, m),
            ),
            name=f"edged_{mode}",
            covers=("edged", "unedged"),
        )
        for mode in ("reflect", "replicate", "circular")
    ),
    ours(
        "pad",
        on(Real(2, 3), (1, 2)),
        on(Real(2, 3, 4), (1, 1, 0, 2), "constant", 3.0),
        on(Real(2, 3, 4), (2, 1), "reflect"),
        on(Real(2, 3, 4), (2, -1, 1, 0), "reflect"),
        on(Real(2, 3, 4), (-1, 2), "replicate"),
        on(Real(2, 3, 4), (-1, 2, 2, -1), "circular"),
    ),
]

ROWS = Whole(4, 2, high=5)
SAMPLING = [
    Case(
        mixtures.mixed,
        on(Real(5, 3), Real(4, 2), ROWS),
        numpy=lambda x, w, i: np.einsum("pk,pkc->pc", w, x[i]),
    ),
    Case(
        mixtures.mixed_back,
        on(Real(4, 3), Real(4, 2), ROWS, 5),
        numpy=lambda y, w, i, n: np.einsum("pk,pc,pkr->rc", w, y, np.eye(n)[i]),
    ),
    Case(
        mixtures.row_dots,
        on(Real(4, 3), Real(5, 3), ROWS),
        numpy=lambda y, x, i: np.einsum("pc,pkc->pk", y, x[i]),
    ),
    Case(
        F.grid_sample,
        *(
            on(Real(1, 2, 3, 4), Real(1, 1, 3, 2, low=-0.9, high=0.9), mode, padding, corners)
            for mode in ("bilinear", "bicubic")
            for padding, corners in (("zeros", False), ("border", True), ("reflection", False))
        ),
        on(Real(1, 2, 3, 4), Real(1, 2, 2, 2, low=-1.4, high=1.4), "bilinear", "reflection", True),
        on(Real(1, 2, 2, 3, 4), Real(1, 2, 1, 2, 3, low=-0.9, high=0.9), "bilinear", "zeros", False),
        on(Real(1, 2, 3, 4), Real(1, 2, 2, 2, low=-1.4, high=1.4, grad=False), "nearest", "zeros", True),
        torch=NAME + "grid_sample",
        covers=("grid_sample",),
    ),
    ours("affine_grid", on(Real(2, 2, 3), (2, 1, 3, 4), align_corners=False)),
    ours("affine_grid", on(Real(1, 3, 4), (1, 1, 2, 3, 4), align_corners=True), name="affine_grid_3d"),
]

SHUFFLES = [
    ours("pixel_shuffle", on(Real(1, 8, 2, 3), 2)),
    ours("pixel_unshuffle", on(Real(1, 2, 4, 6), 2)),
    ours("channel_shuffle", on(Real(2, 6, 3), 3)),
]

UNPOOLS = [
    ours("max_unpool1d", on(Real(1, 2, 3), Given([[[1, 2, 5], [0, 3, 4]]]), 2)),
    ours("max_unpool2d", on(Real(1, 1, 2, 2), Given([[[[1, 6], [8, 15]]]]), 2)),
    ours("max_unpool3d", on(Real(1, 1, 1, 2), Given([[[[3, 12]]]]), 2)),
]

SAMPLES = Given(np.linspace(0.1, 0.9, 4).reshape(1, 2, 2), grad=False)
FRACTIONAL = [
    ours(
        "fractional_max_pool2d",
        on(apart(1, 2, 5, 4), 2, 3, _random_samples=SAMPLES),
    ),
    ours(
        "fractional_max_pool3d",
        on(
            apart(1, 1, 4, 4, 5), 2, 2,
            _random_samples=Given([[[0.1, 0.5, 0.8]]], grad=False),
        ),
    ),
]  # fmt: skip

CASES = [*MAX_POOLS, *MEANS, *RESIZING, *BORDERS, *SAMPLING, *SHUFFLES, *UNPOOLS, *FRACTIONAL]
