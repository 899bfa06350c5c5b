"""Margin losses over classes as fused kernels: how far each class comes within a margin of the right ones.

Each takes scores (…, C) and gives a loss for each row. PyTorch has one derivative of them; the references give all.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import DTypeError, PositionError
from autograd.ops import activation, arithmetic, reduce, shape
from autograd.ops.forms import floating, sums
from autograd.ops.positions import gather
from autograd.primitive import Array, primitive
from autograd.tape import raw

__all__: list[str] = []


def checked_labels(op: str, target: Array, classes: int, lowest: int = 0) -> None:
    """Raise unless the target holds classes.

    Raises:
        DTypeError: if it is not of integers.
        PositionError: if a number is not that of a class.
    """
    if target.dtype.kind not in "iu":
        raise DTypeError(
            f"{op}: the target must hold class indices (int64), got {target.dtype}; convert with .long()"
        )
    if target.size and not (lowest <= target.min() and target.max() < classes):
        raise PositionError(
            f"{op}: targets must be in [{lowest}, {classes - 1}], got {target.min()} to {target.max()}"
        )


# ------------------------------------------------------------------------------------------------ one right class


def _excesses(x: Array, target: Array, margin: float) -> tuple[Array, Array]:
    """By how much each class comes within the margin of the right one, a row for each target; and the rows' numbers."""
    rows = x.reshape(-1, x.shape[-1])
    numbers, chosen = np.arange(len(rows)), target.reshape(-1)
    z = rows - (rows[numbers, chosen] - margin)[:, None]
    np.maximum(z, np.zeros_like(z[:1]), out=z)
    z[numbers, chosen] = 0
    return z, numbers


def _multi_margin_dx(g: Array, x: Array, target: Array, p: int, margin: float) -> tuple[Array]:
    z, numbers = _excesses(x, target, margin)
    each = (g.reshape(-1) / x.shape[-1])[:, None]
    if p == 1:
        d = (z > 0) * each
    else:
        d = z
        d *= 2 * each
    d[numbers, target.reshape(-1)] = -sums(d, 1, keepdim=False)
    return (d.reshape(x.shape),)


def _multi_margin_composed(x: Any, target: Any, p: int, margin: float) -> Any:
    index = np.asarray(raw(target))[..., None].astype(np.int64)
    z: Any = activation.relu(x - gather(x, -1, index) + margin)
    z = arithmetic.mul(z, np.asarray(np.arange(x.shape[-1]) != index, raw(x).dtype))
    return reduce.sum_(z if p == 1 else arithmetic.square(z), -1, False) / x.shape[-1]


@primitive(target=None, joint=_multi_margin_dx, reference=_multi_margin_composed)
def multi_margin_(x: Array, target: Array, p: int, margin: float) -> Array:
    """Σ_{i ≠ t} max(0, margin - x[t] + x[i])ᵖ / C of each row, where t is its target.

    dx[i] = g p max(0, …)ᵖ⁻¹ / C for i ≠ t where that is positive, and minus their sum for t.
    """
    floating("multi_margin_loss", x)
    checked_labels("multi_margin_loss", target, x.shape[-1])
    z, _ = _excesses(x, target, margin)
    out = sums(z, 1, keepdim=False) if p == 1 else np.vecdot(z, z)
    out /= x.shape[-1]
    return out.reshape(target.shape)


# ------------------------------------------------------------------------------------------------ several right ones


def _listed(target: Array) -> tuple[Array, Array]:
    """The target with 0 in the place of what does not count, and whether each number counts: it is before the first -1.

    Both have as many columns as the longest list has elements.
    """
    rows = target.reshape(-1, target.shape[-1])
    counts = np.logical_and.accumulate(rows >= 0, axis=1)
    longest = int(counts.sum(1).max(initial=0))
    counts = counts[:, :longest]
    return np.where(counts, rows[:, :longest], 0).astype(np.int64), counts


def _of_others(x: Array, labels: Array, counts: Array) -> tuple[Array, Array]:
    """The scores in rows, and those with -inf in the place of the right classes."""
    rows = x.reshape(-1, x.shape[-1])
    others = rows.copy()
    numbers, _ = np.nonzero(counts)
    others[numbers, labels[counts]] = -np.inf
    return rows, others


def _multilabel_margin_dx(g: Array, x: Array, target: Array) -> tuple[Array]:
    labels, counts = _listed(target)
    rows, others = _of_others(x, labels, counts)
    each = g.reshape(-1) / x.shape[-1]
    near = np.zeros_like(rows)  # how many right classes each other one comes near to
    d = np.zeros_like(rows)
    for k in range(labels.shape[1]):
        which = np.flatnonzero(counts[:, k])
        chosen = labels[which, k]
        within = others[which] > (rows[which, chosen] - 1)[:, None]
        near[which] += within
        d[which, chosen] -= np.count_nonzero(within, axis=1)
    d += near
    d *= each[:, None]
    return (d.reshape(x.shape),)


def _multilabel_margin_composed(x: Any, target: Any) -> Any:
    t = np.asarray(raw(target))
    labels, counts = _listed(t)
    rows = shape.reshape(x, (-1, x.shape[-1]))
    others = np.ones(rows.shape, raw(x).dtype)
    numbers, _ = np.nonzero(counts)
    others[numbers, labels[counts]] = 0
    differences = shape.unsqueeze(rows, 1) - shape.unsqueeze(gather(rows, 1, labels), 2)
    z = arithmetic.mul(activation.relu(differences + 1), counts[:, :, None] * others[:, None, :])
    return shape.reshape(reduce.sum_(z, (1, 2), False) / x.shape[-1], t.shape[:-1])


@primitive(target=None, joint=_multilabel_margin_dx, reference=_multilabel_margin_composed)
def multilabel_margin_(x: Array, target: Array) -> Array:
    """Σ_k Σ_i max(0, 1 - x[t_k] + x[i]) / C of each row, over its targets t_k and the classes i that are none of them.

    dx[i] = g / C for each k where that is positive, and minus as much for t_k.
    """
    floating("multilabel_margin_loss", x)
    checked_labels("multilabel_margin_loss", target, x.shape[-1], -1)
    labels, counts = _listed(target)
    rows, others = _of_others(x, labels, counts)
    out = np.zeros(len(rows), x.dtype)
    for k in range(labels.shape[1]):
        which = np.flatnonzero(counts[:, k])
        z = others[which] - (rows[which, labels[which, k]] - 1)[:, None]
        np.maximum(z, np.zeros_like(z[:1]), out=z)
        out[which] += sums(z, 1, keepdim=False)
    out /= x.shape[-1]
    return out.reshape(target.shape[:-1])
