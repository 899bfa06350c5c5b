"""Rows of attention."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special as sp

from autograd.kernels.attention import attention, scaled_dot_product_attention
from tests.case import Array, Case, Given, Mask, Real, on

Q, K, V = Real(2, 2, 3, 2), Real(2, 2, 4, 2), Real(2, 2, 4, 3)
FLAT = Real(3, 2), Real(4, 2), Real(4, 3)
LONG = tuple(Real(1, 2, n, 3, grad=False) for n in (150, 1100, 1100))  # in several blocks of queries
UNSEEING = np.array([[True, False, True, True], [False] * 4, [False, True, False, False]])


def by_hand(
    q: Array, k: Array, v: Array, mask: Any, kept: Any, causal: bool, scale: float, factor: float
) -> Array:
    """Attention as its definition has it; all rows see a key."""
    s = q @ k.swapaxes(-1, -2) * scale
    if causal:
        s = np.where(np.tri(*s.shape[-2:], dtype=bool), s, -np.inf)
    if mask is not None:
        s = s + mask if mask.dtype.kind == "f" else np.where(mask, s, -np.inf)
    p = sp.softmax(s, -1)
    result: Array = (p if kept is None else p * kept * factor) @ v
    return result


CASES = [
    Case(
        scaled_dot_product_attention,
        on(Q, K, V),
        on(Q, K, V, is_causal=True),
        on(K, Q, Real(2, 2, 3, 1), is_causal=True),
        on(Q, K, V, Real(3, 4)),
        on(Q, K, V, Real(2, 1, 3, 1), scale=0.3),
        on(Q, K, V, Mask(2, 1, 4, p=0.9)),
        on(Q, K, V, Given(UNSEEING)),
        on(*FLAT),
        on(*FLAT, is_causal=True, scale=2.0),
        on(Real(2, 3, 2), Real(4, 2), Real(1, 4, 1), Real(2, 3, 4)),
        on(Real(2, 1, 2, 2, 2), Real(2, 2, 1, 3, 2), Real(1, 2, 2, 3, 1), Real(2, 2, 3)),
        on(Real(1, 4, 2, 2), Real(1, 2, 3, 2), Real(1, 2, 3, 1), enable_gqa=True, is_causal=True),
        on(Real(2, 4, 2, 2), Real(2, 2, 3, 2), Real(2, 2, 3, 1), Real(4, 1, 3), enable_gqa=True),
        on(Real(2, 3, 2), Real(1, 4, 2), Real(1, 4, 1), enable_gqa=True),
        on(Real(2, 0, 4, 5), Real(2, 0, 6, 5), Real(2, 0, 6, 3)),
        on(Q, Real(2, 2, 0, 2), Real(2, 2, 0, 3)),
        on(Real(2, 2, 0, 2), K, V),
        on(Real(2, 2, 3, 0), Real(2, 2, 4, 0), V),
        on(Real(1, 1, 3, 2, low=-90, high=90, grad=False), *(Real(1, 1, 4, 2, low=-90, high=90),) * 2),
        on(*LONG),
        on(*LONG, is_causal=True),
        on(*LONG[::-1][:1], *LONG[:1] * 2, is_causal=True),
        torch="nn.functional.scaled_dot_product_attention",
        covers=("attention",),
    ),
    Case(
        attention,
        on(Q, K, V, None, Mask(2, 2, 3, 4), False, 0.4, 2.0),
        on(Q, K, V, None, Mask(2, 2, 3, 4), True, 0.4, 1.5),
        on(Q, K, V, Real(2, 2, 3, 4), Mask(2, 2, 3, 4), False, 0.4, 2.0),
        numpy=by_hand,
    ),
]
