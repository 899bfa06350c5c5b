"""Rows of normalisations."""

from __future__ import annotations

import numpy as np

from nn import functional as F
from tests.case import Case, Given, Real, on

ROWS, SERIES, IMAGES = Real(5, 4), Real(3, 4, 5), Real(2, 4, 3, 2)
VOLUMES = Real(2, 4, 2, 1, 3)
W, B = Real(4, low=0.5, high=2.0), Real(4)
MEAN, VARIANCE = Real(4, grad=False), Real(4, low=0.3, high=2.0, grad=False)
FAR = Given(
    np.random.default_rng(0).normal(size=(5, 4)) + np.array([100.0, 0.0, -30.0, 3.0])
)  # means beyond deviations
MANY = Real(30, 4, 40, 20, grad=False)  # in several blocks
WIDE = Real(2, 4, 300, 250, grad=False)  # in several blocks of channels
LAST = Real(4, 5, low=0.5, high=2.0), Real(4, 5)

CASES = [
    Case(
        F.batch_norm,
        *(on(x, None, None, W, B, True) for x in (ROWS, SERIES, IMAGES, VOLUMES)),
        on(SERIES, None, None, training=True),
        on(SERIES, None, None, W, training=True, eps=0.1),
        on(IMAGES, None, None, None, B, training=True),
        on(Real(1, 4, 3), None, None, W, B, True),
        on(FAR, None, None, W, B, True),
        *(on(x, MEAN, VARIANCE, W, B) for x in (ROWS, IMAGES)),
        on(SERIES, MEAN, VARIANCE),
        on(Real(1, 4), MEAN, VARIANCE, W, B, eps=0.1),
        on(Real(0, 4, 3), MEAN, VARIANCE, W, B),
        on(MANY, None, None, W, B, True),
        on(WIDE, None, None, W, B, True),
        torch="nn.functional.batch_norm",
        covers=("batch_norm",),
        torch_tolerance=1e-10,
    ),
    Case(
        F.instance_norm,
        on(SERIES, None, None, W, B),
        on(IMAGES),
        on(VOLUMES, None, None, W, eps=0.1),
        on(SERIES, MEAN, VARIANCE, W, B, False),
        torch="nn.functional.instance_norm",
    ),
    Case(
        F.group_norm,
        on(ROWS, 2, W, B),
        on(SERIES, 2, W, B),
        on(SERIES, 1, W),
        on(IMAGES, 4, W, B, 0.1),
        on(VOLUMES, 2),
        on(Real(2, 6, 3), 2, Real(6), Real(6)),
        on(FAR, 2, W, B),
        on(Real(0, 4, 3), 2, W, B),
        on(MANY, 2, W, B),
        on(WIDE, 2, W, B),
        torch="nn.functional.group_norm",
        covers=("group_norm",),
        torch_tolerance=1e-10,
    ),
    Case(
        F.layer_norm,
        on(ROWS, (4,), W, B),
        on(Real(4), (4,), W, B),
        on(SERIES, (4, 5), *LAST),
        on(SERIES, (5,)),
        on(ROWS, (4,), W, eps=0.1),
        on(ROWS, (4,), None, B),
        on(FAR, (4,), W, B),
        on(Real(0, 4), (4,), W, B),
        on(Real(4000, 40, grad=False), (40,), Real(40, grad=False), Real(40, grad=False)),
        torch="nn.functional.layer_norm",
        covers=("layer_norm",),
        torch_tolerance=1e-10,
    ),
    Case(
        F.rms_norm,
        on(ROWS, (4,), W),
        on(Real(4), (4,), W),
        on(SERIES, (4, 5), LAST[0]),
        on(SERIES, (5,)),
        on(ROWS, (4,), W, 0.1),
        on(Real(0, 4), (4,), W),
        on(Real(4000, 40, grad=False), (40,), Real(40, grad=False)),
        torch="nn.functional.rms_norm",
        covers=("rms_norm",),
        torch_tolerance=1e-10,
    ),
    Case(
        F.local_response_norm,
        *(on(SERIES, n) for n in (1, 2, 3, 6, 9)),
        on(IMAGES, 3, 0.5, 1.5, 2.0),
        on(VOLUMES, 2, alpha=0.3),
        torch="nn.functional.local_response_norm",
    ),
]
