"""Rows of `ops.py`: normalisations, dropout and embeddings."""
# ruff: noqa: ARG005  # each row takes both `t` and `F`, and needs one

from __future__ import annotations

from typing import Any

from op_rows import Row


def images(x: Any) -> Any:
    """(n, n) as images of 8 channels, 4 high, without a copy."""
    return x.reshape(-1, 8, 4, x.shape[1] // 4)


NORMALIZATIONS = [
    Row("layer_norm", "mvv", lambda t, F, x, w, b: F.layer_norm(x, w.shape, w, b)),
    Row("rms_norm", "mv", lambda t, F, x, w: F.rms_norm(x, w.shape, w)),
    Row("batch_norm", "mvv", lambda t, F, x, w, b: F.batch_norm(x, None, None, w, b, True)),
    Row("batch_norm(images)", "m", lambda t, F, x: F.batch_norm(images(x), None, None, training=True)),
    Row("instance_norm", "m", lambda t, F, x: F.instance_norm(images(x))),
    Row("group_norm", "m", lambda t, F, x: F.group_norm(images(x), 4)),
    Row("local_response_norm", "m", lambda t, F, x: F.local_response_norm(images(x), 3)),
]

LOOKED_UP = [
    Row("embedding", "mk", lambda t, F, w, k: F.embedding(k % len(w), w)),
    Row("embedding_bag", "mK", lambda t, F, w, k: F.embedding_bag(k % len(w), w)),
    Row(
        "embedding_bag(max)",
        "mk",
        lambda t, F, w, k: F.embedding_bag((k % len(w)).view(-1, 8), w, mode="max"),
    ),
]
