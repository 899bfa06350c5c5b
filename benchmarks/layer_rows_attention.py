"""Rows of `ops.py`: attention, of a matrix cut into 8 heads."""
# ruff: noqa: ARG005  # each row takes both `t` and `F`, and needs one

from __future__ import annotations

from typing import Any

from op_rows import Row


def heads(x: Any) -> Any:
    """(n, n) as one example of 8 heads, without a copy."""
    n = x.shape[0]
    return x.view(1, n, 8, n // 8).transpose(1, 2)


ATTENTION = [
    Row("attention", "mmm", lambda t, F, *x: F.scaled_dot_product_attention(*map(heads, x))),
    Row(
        "attention(causal)",
        "mmm",
        lambda t, F, *x: F.scaled_dot_product_attention(*map(heads, x), is_causal=True),
    ),
]
