"""Sequences of several lengths as one array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.errors import ArgumentError


def pad_sequences(
    sequences: Sequence[Any],
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: float = 0.0,
) -> Any:
    """Sequences as rows of one length, filled up and cut off: → (N, maxlen, …).

    Args:
        sequences: lists or arrays.
        maxlen: the length; that of the longest if left out.
        dtype: of the result.
        padding: fill up before ("pre") or behind ("post").
        truncating: cut off the first ("pre") or the last ("post") steps.
        value: what to fill up with.

    Raises:
        ArgumentError: for another padding or truncating.

    >>> pad_sequences([[1, 2, 3], [4]], padding="post").tolist()
    [[1, 2, 3], [4, 0, 0]]
    """
    for name, side in (("padding", padding), ("truncating", truncating)):
        if side not in ("pre", "post"):
            raise ArgumentError(f"pad_sequences: {name} is 'pre' or 'post', got {side!r}")
    rows = [np.asarray(row) for row in sequences]
    length = max((len(row) for row in rows), default=0) if maxlen is None else int(maxlen)
    inner = next((row.shape[1:] for row in rows if len(row)), ())
    made = np.full((len(rows), length, *inner), value, dtype)
    for out, row in zip(made, rows, strict=True):
        kept = row[max(len(row) - length, 0) :] if truncating == "pre" else row[:length]
        if len(kept):
            out[slice(-len(kept), None) if padding == "pre" else slice(len(kept))] = kept
    return made
