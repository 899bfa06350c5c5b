"""Rows of embeddings and dropout."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from autograd.kernels.dropout import dropout_
from autograd.kernels.embedding import bag_sum_, embedding_, rows_added_
from nn import functional as F
from tests.case import Array, Case, Given, Mask, Real, Whole, on

TABLE = Real(5, 3)
INDICES = Given(np.array([[1, 4, 1], [0, 2, 1]]))
MANY = Real(200, 90, grad=False)
OFFSETS = [0, 2, 2, 5]
MODES = ("sum", "mean", "max")
FLAT, FACTORS = Given(np.array([3, 0, 3, 1, 3, 4])), Real(6)
BAGS = Given(np.array([0, 0, 1, 3, 3, 3]))


def added(rows: Array, indices: Array, count: int) -> Array:
    out = np.zeros((count, rows.shape[-1]))
    np.add.at(out, indices, rows)
    return out


def sums(weight: Array, factors: Any, indices: Array, bags: Array, count: int) -> Array:
    rows = weight[indices]
    return added(rows if factors is None else rows * factors[:, None], bags, count)


def in_bags(indices: Any, weight: Any, offsets: list[int], **options: Any) -> Any:
    return F.embedding_bag(indices, weight, autograd.tensor(offsets), **options)


CASES = [
    Case(
        F.embedding,
        on(INDICES, TABLE),
        on(Whole(high=5), TABLE),
        on(Whole(0, 2, high=5), TABLE),
        on(Whole(300, high=200), MANY),
        torch="nn.functional.embedding",
        covers=(),
    ),
    Case(
        embedding_,
        on(TABLE, INDICES, None, False),
        on(MANY, Whole(300, high=200), None, False),
        numpy=lambda weight, indices, *_: weight[indices],
    ),
    Case(
        rows_added_,
        on(Real(2, 3, 4), INDICES, 5),
        on(Real(3), Whole(high=5), 5),
        on(Real(0, 4), Whole(0, high=5), 5),
        on(Real(300, 90, grad=False), Whole(300, high=20), 20),
        numpy=added,
    ),
    Case(
        bag_sum_,
        on(TABLE, None, FLAT, BAGS, 4),
        on(TABLE, FACTORS, FLAT, BAGS, 4),
        on(TABLE, None, Whole(0, high=5), Whole(0, high=5), 2),
        numpy=sums,
    ),
    Case(
        F.embedding_bag,
        *(on(INDICES, TABLE, mode=m) for m in MODES),
        *(on(INDICES, TABLE, mode=m, padding_idx=1) for m in MODES),
        on(INDICES, TABLE, mode="sum", per_sample_weights=Real(2, 3)),
        torch="nn.functional.embedding_bag",
        twice=False,  # PyTorch has no second derivatives; the row of bag_sum has ours
    ),
    Case(
        in_bags,
        *(on(FLAT, TABLE, OFFSETS, mode=m) for m in MODES),
        *(on(FLAT, TABLE, OFFSETS, mode=m, padding_idx=3) for m in MODES),
        on(FLAT, TABLE, [0, 2, 6], mode="sum", include_last_offset=True),
        on(FLAT, TABLE, OFFSETS, mode="sum", per_sample_weights=FACTORS, padding_idx=0),
        torch=lambda torch, indices, weight, offsets, **options: torch.nn.functional.embedding_bag(
            indices, weight, torch.tensor(offsets), **options
        ),
        twice=False,
    ),
    Case(
        dropout_,
        on(Real(3, 4), Mask(3, 4), 2.0),
        on(Real(3, 4, 2), Mask(3, 4, 1), 1.25),
        on(Real(), Mask(), 2.0),
        numpy=lambda x, kept, scale: x * kept * scale,
    ),
]
