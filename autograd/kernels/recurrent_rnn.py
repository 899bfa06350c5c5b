"""The simple recurrent network as a fused kernel: one direction of one layer, over all steps.

    h' = tanh(W_ih x + b_ih + W_hh h + b_hh)          or the same with relu

The rows [h | 1 | x] of a step times the stacked weights are all of it in one product. Backward needs the results alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, repeat
from typing import Any

import numpy as np

from autograd.errors import ArgumentError
from autograd.kernels import sequences
from autograd.kernels.linear import linear
from autograd.kernels.sequences import entering, retired, steps
from autograd.ops.activation import relu
from autograd.ops.elementwise import tanh
from autograd.ops.products import as_rows, column_sums, product
from autograd.primitive import Array, primitive

__all__ = ["rnn"]

NONLINEARITIES = ("tanh", "relu")


def _finish(h: Array, nonlinearity: str, zero: Array) -> None:
    if nonlinearity == "tanh":
        np.tanh(h, h)
    else:
        np.maximum(h, zero, out=h)


def _by_stacked_rows(x: Array, h: Array, out: Array, weights: Array, ones: bool, nonlinearity: str) -> None:
    """All steps of a run, [h | 1 | x] of each times the stacked weights."""
    width = h.shape[1]
    rows = sequences.rows_of(x, h, ones)
    zero = np.zeros((), x.dtype)
    multiply: Any = (
        np.dot if len(h) == 1 else np.matmul
    )  # the quicker one writes to neighbouring numbers alone
    after_each = rows[1:, :, :width]
    for row, after in zip(rows, chain(after_each, out[-1:]), strict=True):
        multiply(row, weights, after)
        _finish(after, nonlinearity, zero)
    out[:-1] = after_each


def _by_parts(x_part: Array, h: Array, out: Array, w_hh: Array, nonlinearity: str) -> None:
    """All steps of a run from W_ih x + b: for so few rows that stacking the weights would take longer."""
    zero = np.zeros((), h.dtype)
    for k in range(len(out)):
        np.add(product(h, w_hh.T), x_part[k], out[k])
        h = out[k]
        _finish(h, nonlinearity, zero)


def _backward(h: Array, g: Array | None, dh: Array, dz: Array, w_hh: Array, nonlinearity: str) -> Array:
    """All steps of a run, the last first: fills dz (steps, sequences, hidden)."""
    if nonlinearity == "tanh":
        slopes = np.multiply(h, h)
        np.subtract(1, slopes, slopes)
    else:
        slopes = np.asarray(h > 0, h.dtype)
    dh = dh.copy()
    for g_out, slope, z in zip(repeat(None) if g is None else g[::-1], slopes[::-1], dz[::-1], strict=False):
        if g_out is not None:
            np.add(dh, g_out, dh)
        np.multiply(dh, slope, z)
        np.dot(z, w_hh, dh)
    return dh


def _gradients(
    g: Any, x: Array, h0: Array, w_ih: Array, w_hh: Array, nonlinearity: str, batch_sizes: Sequence[int] | None,
    reverse: bool, states: Array, needs: tuple[bool, ...],
) -> tuple[Array | None, ...]:  # fmt: skip
    order = sequences.runs("rnn", x, batch_sizes, reverse)
    need_x, need_h, need_ih, need_hh, need_b_ih, need_b_hh = needs
    g_out, g_h = g[0], sequences.like(g[1], h0)
    dh0 = np.empty(h0.shape, h0.dtype)
    dz = np.empty(states.shape, x.dtype)
    dh = g_h[: order[-1].width]
    for run in reversed(order):
        retired(dh0, dh, run.width)
        dh = _backward(
            steps(states, run, reverse),
            None if g_out is None else steps(g_out, run, reverse),
            entering(dh, g_h, run.width),
            steps(dz, run, reverse),
            w_hh,
            nonlinearity,
        )
    dh0[: len(dh)] = dh
    rows = as_rows(dz)
    db = column_sums(rows) if need_b_ih or need_b_hh else None
    return (
        product(rows, w_ih).reshape(x.shape) if need_x else None,
        dh0 if need_h else None,
        product(rows.T, as_rows(x)) if need_ih else None,
        product(rows.T, as_rows(sequences.before(order, states, h0, reverse))) if need_hh else None,
        db if need_b_ih else None,
        db if need_b_hh else None,
    )


def _composed(
    x: Any, h0: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any, nonlinearity: str,
    batch_sizes: Sequence[int] | None, reverse: bool, keep: bool,  # noqa: ARG001  # as the kernel takes it
) -> tuple[Any, Any]:  # fmt: skip
    """The same in small primitives."""
    function = tanh if nonlinearity == "tanh" else relu

    def cell(x_part: Any, state: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
        h: Any = function(x_part + linear(state[0], w_hh, b_hh))
        return h, (h,)

    out, (h,) = sequences.composed(linear(x, w_ih, b_ih), (h0,), cell, batch_sizes, reverse)
    return out, h


@primitive(
    cast="same",
    several=True,
    materialize=False,
    joint=_gradients,
    reference=_composed,
    residuals=("states",),
    hint="x (steps, sequences, in), h0 (sequences, hidden), w_ih (hidden, in), w_hh (hidden, hidden).",
)
def rnn_(
    x: Array, h0: Array, w_ih: Array, w_hh: Array, b_ih: Array | None, b_hh: Array | None, nonlinearity: str,
    batch_sizes: Sequence[int] | None, reverse: bool, keep: bool,
) -> Any:  # fmt: skip
    """One direction of one layer; see `rnn`.  dz = dh' (1 - h'²), or dh' where h' > 0 with relu; dh = W_hhᵀ dz."""
    order = sequences.runs("rnn", x, batch_sizes, reverse)
    hidden = w_hh.shape[1]
    out, h_n = np.empty((*x.shape[:-1], hidden), x.dtype), np.empty(h0.shape, x.dtype)
    bias = sequences.added(b_ih, b_hh)
    weights = x_part = None
    if out.size < hidden * (hidden + x.shape[-1]):
        x_part = product(as_rows(x), w_ih.T)
        if bias is not None:
            x_part += bias
        x_part = x_part.reshape(out.shape)
    else:
        weights = sequences.stacked(w_ih, w_hh, bias)
    h = h0[: order[0].width]
    for run in order:
        retired(h_n, h, run.width)
        h = entering(h, h0, run.width)
        to = steps(out, run, reverse)
        if weights is None:
            _by_parts(steps(x_part, run, reverse), h, to, w_hh, nonlinearity)
        else:
            _by_stacked_rows(steps(x, run, reverse), h, to, weights, bias is not None, nonlinearity)
        h = to[-1]
    h_n[: len(h)] = h
    return out, h_n, out if keep else None


def rnn(
    input: Any, h0: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None, nonlinearity: str = "tanh",
    batch_sizes: Sequence[int] | None = None, reverse: bool = False,
) -> tuple[Any, Any]:  # fmt: skip
    """One direction of one layer of a simple recurrent network (Elman, 1990).

    For each step h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or the same with relu.

    input (steps, sequences, in), h0 (sequences, hidden), w_ih (hidden, in), w_hh (hidden, hidden) → h' of all steps
    (steps, sequences, hidden), and the last h'.

    Args:
        nonlinearity: "tanh" or "relu".
        batch_sizes: how many sequences reach each step; the input is then packed: (rows, in).
        reverse: go through the steps from the last to the first.

    Raises:
        ShapeError, DTypeError: if shapes or dtypes do not fit.
        ArgumentError: for another nonlinearity.

    >>> import autograd
    >>> x, state = autograd.ones(3, 2, 1), autograd.zeros(2, 4)
    >>> out, h = rnn(x, state, autograd.ones(4, 1), autograd.ones(4, 4))
    >>> out.shape, (out[-1] == h).all().item()
    (autograd.Size([3, 2, 4]), True)
    """
    if nonlinearity not in NONLINEARITIES:
        raise ArgumentError(f"rnn: nonlinearity is 'tanh' or 'relu', got {nonlinearity!r}")
    sizes = sequences.checked("rnn", 1, input, {"h0": h0}, w_ih, w_hh, (b_ih, b_hh), batch_sizes)
    keep = sequences.recording(input, h0, w_ih, w_hh, b_ih, b_hh)
    found: Any = rnn_(input, h0, w_ih, w_hh, b_ih, b_hh, nonlinearity, sizes, reverse, keep)
    return found  # type: ignore[no-any-return]  # a tuple of tensors
