"""A linear layer and the cross entropy of its scores as one kernel, which never has all scores in memory.

The scores of a few rows at a time are made, used and forgotten; backward makes them again from the inputs. Beside the
arguments, one number for each row is kept: the logarithm of its sum of exponentials.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.errors import DTypeError
from autograd.kernels.linear import linear
from autograd.kernels.loss import cross_entropy_
from autograd.ops.forms import floating, largest, sums
from autograd.ops.loss import checked_classes, checked_weight
from autograd.primitive import Array, primitive

__all__: list[str] = []


def _weights(target: Array, weight: Array | None, ignore_index: int, kind: Any) -> tuple[Array, Array]:
    """Of each target its class, 0 if it does not count, and its weight."""
    valid = target != ignore_index
    chosen = np.where(valid, target, 0)
    return chosen, valid.astype(kind) if weight is None else weight[chosen].astype(kind) * valid


def _pieces(x: Array, weight: Array, bias: Array | None, rows: int) -> Iterator[tuple[slice, Array]]:
    """Which rows, and their scores, in a buffer that the next ones overwrite."""
    buffer = np.empty((min(rows, len(x)), len(weight)), x.dtype)
    for start in range(0, len(x), rows):
        part = slice(start, min(start + rows, len(x)))
        scores = buffer[: part.stop - start]
        np.matmul(x[part], weight.T, out=scores)
        if bias is not None:
            scores += bias
        yield part, scores


def _gradients(
    g: Array, needs: tuple[bool, ...], x: Array, linear_weight: Array, target: Array, linear_bias: Array | None,
    weight: Array | None, ignore_index: int, rows: int, logs: Array,
) -> tuple[Array | None, ...]:  # fmt: skip
    chosen, each = _weights(target, weight, ignore_index, x.dtype)
    each *= g
    dx = np.empty_like(x) if needs[0] else None
    dw = np.zeros_like(linear_weight) if needs[1] else None
    db = np.zeros(len(linear_weight), x.dtype) if linear_bias is not None and needs[2] else None
    for part, d in _pieces(x, linear_weight, linear_bias, rows):
        d -= logs[part, None]
        np.exp(d, out=d)
        d[np.arange(len(d)), chosen[part]] -= 1
        d *= each[part, None]
        if dx is not None:
            np.matmul(d, linear_weight, out=dx[part])
        if dw is not None:
            dw += d.T @ x[part]
        if db is not None:
            db += sums(d, 0, keepdim=False)
    return dx, dw, db


def _composed(
    x: Any, linear_weight: Any, target: Any, linear_bias: Any, weight: Any, ignore_index: int,
    rows: int,  # noqa: ARG001  # a reference has the kernel's arguments
) -> Any:  # fmt: skip
    return cross_entropy_(linear(x, linear_weight, linear_bias), target, weight, ignore_index, "none", 0.0)


@primitive(target=None, weight=None, joint=_gradients, reference=_composed, residuals=("logs",))
def linear_cross_entropy_(
    x: Array, linear_weight: Array, target: Array, linear_bias: Array | None, weight: Array | None,
    ignore_index: int, rows: int,
) -> Any:  # fmt: skip
    """-w[t] log softmax(x Wᵀ + b)[t] of each row, from `rows` rows of scores at a time.

    With d = w[t] (softmax - one_hot(t)) g:  dx = d W, dW = dᵀ x, db = the sum of d over the rows.
    """
    floating("linear_cross_entropy", x)
    if linear_weight.dtype != x.dtype or (linear_bias is not None and linear_bias.dtype != x.dtype):
        raise DTypeError(
            f"linear_cross_entropy: input and weights must have one dtype, got {x.dtype} and {linear_weight.dtype}"
        )
    checked_classes("linear_cross_entropy", (len(x), len(linear_weight)), target, ignore_index)
    weight = checked_weight("linear_cross_entropy", weight, len(linear_weight))
    chosen, each = _weights(target, weight, ignore_index, x.dtype)
    out, logs = np.empty(len(x), x.dtype), np.empty(len(x), x.dtype)
    for part, scores in _pieces(x, linear_weight, linear_bias, rows):
        picked = scores[np.arange(len(scores)), chosen[part]]
        most = largest(scores, 1)
        scores -= most
        np.exp(scores, out=scores)
        logs[part] = np.log(sums(scores, 1, keepdim=False)) + most[:, 0]
        out[part] = logs[part] - picked
    out *= each
    return np.where(target == ignore_index, 0, out).astype(x.dtype), logs
