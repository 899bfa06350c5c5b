"""Rows of `ops.py`: the losses that are not among the elementary ones, on scores, vectors and sequences."""
# ruff: noqa: ARG005  # each row takes both `t` and `F`, and needs one

from __future__ import annotations

from typing import Any

from op_rows import Row


def signs(x: Any) -> Any:
    """±1 of the shape of a tensor, without a gradient."""
    return x.detach().sign()


def sequences(x: Any, y: Any) -> tuple[Any, ...]:
    """A matrix as log-probabilities of n steps, 4 sequences and n / 4 classes, and n / 16 labels a sequence."""
    n = x.shape[0]
    count = max(n // 16, 1)
    labels = y[: 4 * count].reshape(4, count) % (n // 4 - 1) + 1
    return x.reshape(n, 4, n // 4).log_softmax(2), labels, (n,) * 4, (count,) * 4


def listed(t: Any, x: Any, y: Any) -> Any:
    """Four right classes in each row, then -1."""
    n = x.shape[0]
    classes = t.stack([(y + 2 * i) % n for i in range(4)], 1)
    return t.cat([classes, t.full((n, n - 4), -1)], 1)


LOSSES = [
    Row("kl_div", "rp", lambda t, F, x, y: F.kl_div(x, y, reduction="batchmean")),
    Row("kl_div(log_target)", "rr", lambda t, F, x, y: F.kl_div(x, y, reduction="sum", log_target=True)),
    Row("poisson_nll_loss", "rp", lambda t, F, x, y: F.poisson_nll_loss(x, y)),
    Row("gaussian_nll_loss", "rrp", lambda t, F, x, y, v: F.gaussian_nll_loss(x, y, v)),
    Row("margin_ranking_loss", "rr", lambda t, F, x, y: F.margin_ranking_loss(x, y, signs(x), 0.5)),
    Row("hinge_embedding_loss", "rr", lambda t, F, x, y: F.hinge_embedding_loss(x, signs(y))),
    Row("soft_margin_loss", "rr", lambda t, F, x, y: F.soft_margin_loss(x, signs(y))),
    Row("multi_margin_loss", "ml", lambda t, F, x, y: F.multi_margin_loss(x, y)),
    Row("multi_margin_loss(p=2)", "ml", lambda t, F, x, y: F.multi_margin_loss(x, y, 2)),
    Row("multilabel_margin_loss", "ml", lambda t, F, x, y: F.multilabel_margin_loss(x, listed(t, x, y))),
    Row(
        "multilabel_soft_margin_loss",
        "mm",
        lambda t, F, x, y: F.multilabel_soft_margin_loss(x, (y.detach() > 0).float()),
    ),
    Row("cosine_embedding_loss", "mm", lambda t, F, x, y: F.cosine_embedding_loss(x, y, signs(y)[:, 0])),
    Row("triplet_margin_loss", "mmm", lambda t, F, x, y, z: F.triplet_margin_loss(x, y, z)),
    Row("linear_cross_entropy", "mml", lambda t, F, x, w, y: F.linear_cross_entropy(x, w, y), 256),
    Row("cross_entropy(probabilities)", "mm", lambda t, F, x, y: F.cross_entropy(x, y.detach().softmax(1))),
    Row("cross_entropy(smoothed)", "ml", lambda t, F, x, y: F.cross_entropy(x, y, label_smoothing=0.1)),
    Row("ctc_loss", "ml", lambda t, F, x, y: F.ctc_loss(*sequences(x, y)), 256),
]
