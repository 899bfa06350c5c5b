"""The gated recurrent unit as a fused kernel: one direction of one layer, over all steps.

    r, z = σ(W_ih x + b_ih + W_hh h + b_hh)
    n = tanh(W_in x + b_in + r (W_hn h + b_hn))
    h' = n + z (h - n)

The rows [h | 1 | x] of a step times the stacked weights are r and z in one product; of n, the part from x is one
product over all steps, and the part from h is kept, because r multiplies it. A step's block holds r, z, n and that
part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, repeat
from typing import Any

import numpy as np

from autograd.constants import one
from autograd.kernels import sequences
from autograd.kernels.linear import linear
from autograd.kernels.sequences import entering, retired, steps
from autograd.ops.activation import sigmoid
from autograd.ops.elementwise import tanh
from autograd.ops.products import as_rows, column_sums, product
from autograd.primitive import Array, primitive

__all__ = ["gru"]

R, Z, N, H_N = range(4)  # where a step's block holds what


class _Stacked:
    """The weights as the rows [h | 1 | x] meet them: of r and z (negated, for e⁻ᶻ), of h in n, and of x in n."""

    def __init__(self, w_ih: Array, w_hh: Array, b_ih: Array | None, b_hh: Array | None) -> None:
        hidden = len(w_hh) // 3
        two = 2 * hidden
        bias = sequences.added(b_ih, b_hh)
        self.ones = bias is not None
        gates = sequences.stacked(w_ih[:two], w_hh[:two], None if bias is None else bias[:two])
        np.negative(gates, gates)
        self.gates = gates.reshape(len(gates), 2, hidden).transpose(1, 0, 2)
        zeros = np.zeros(hidden, w_hh.dtype) if self.ones else None
        b_in, b_hn = (zeros if b is None else b[two:] for b in (b_ih, b_hh))
        none = np.empty((hidden, 0), w_hh.dtype)
        self.h_n = sequences.stacked(none, w_hh[two:], b_hn)
        self.x_n = sequences.stacked(w_ih[two:], none, b_in)


def _parts(blocks: Array) -> Iterator[tuple[Array, ...]]:
    """Of each step's block: (r, z), r, z, n, and the part of n from h."""
    return sequences.parts(blocks, slice(R, N), R, Z, N, H_N)


def _finish(
    parts: tuple[Array, ...], x_n: Array, h: Array, after: Array, scratch: Array, unit: Array
) -> None:
    """From -z of r and z, and the two parts of n, to the gates and h'."""
    s, r, z, n, h_n = parts
    np.exp(s, s)
    np.add(s, unit, s)
    np.divide(unit, s, s)
    np.multiply(r, h_n, scratch)
    np.add(scratch, x_n, n)
    np.tanh(n, n)
    np.subtract(h, n, scratch)
    np.multiply(scratch, z, scratch)
    np.add(scratch, n, after)


def _by_stacked_rows(x: Array, h: Array, blocks: Array, out: Array, weights: _Stacked) -> None:
    """All steps of a run, [h | 1 | x] of each times the stacked weights."""
    width = h.shape[1]
    rows = sequences.rows_of(x, h, weights.ones)
    x_n = rows[:, :, width:] @ weights.x_n
    scratch, unit = np.empty(h.shape, h.dtype), one(h.dtype)
    before, parts_of_n = rows[:, :, :width], rows[:, :, : width + weights.ones]
    after_each = chain(before[1:], out[-1:])
    for row, of_n, parts, x_k, h_k, after in zip(
        rows, parts_of_n, _parts(blocks), x_n, before, after_each, strict=False
    ):
        np.matmul(row, weights.gates, parts[0])
        np.dot(of_n, weights.h_n, parts[-1])
        _finish(parts, x_k, h_k, after, scratch, unit)
    out[:-1] = before[1:]


def _by_parts(x_part: Array, h: Array, blocks: Array, out: Array, w_hh: Array, b_hh: Array | None) -> None:
    """All steps of a run from W_ih x + b_ih: for so few rows that stacking the weights would take longer."""
    width, hidden = h.shape
    scratch, unit = np.empty(h.shape, h.dtype), one(h.dtype)
    for x_k, parts, after in zip(x_part, _parts(blocks), out, strict=False):
        h_part = product(h, w_hh.T)
        if b_hh is not None:
            h_part += b_hh
        by_gate, x_gates = (v.reshape(width, 3, hidden).transpose(1, 0, 2) for v in (h_part, x_k))
        np.add(by_gate[:N], x_gates[:N], parts[0])
        np.negative(parts[0], parts[0])
        parts[-1][...] = by_gate[N]
        _finish(parts, x_gates[N], h, after, scratch, unit)
        h = after


def _local_derivatives(p: Array, before: Array, d: Array) -> None:
    """Of some steps: what turns the gradient of h' into that of z_n and z_z, and that of z_n into z_r."""
    r, z, n = p[:, R], p[:, Z], p[:, N]
    rest = np.subtract(1, z)
    np.multiply(n, n, d[:, 0])
    np.subtract(1, d[:, 0], d[:, 0])
    d[:, 0] *= rest
    np.subtract(before, n, d[:, 1])
    d[:, 1] *= z
    d[:, 1] *= rest
    np.multiply(r, r, d[:, 2])
    np.subtract(r, d[:, 2], d[:, 2])
    d[:, 2] *= p[:, H_N]


def _backward(p: Array, before: Array, g: Array | None, dh: Array, dz: Array, w_hh: Array) -> Array:
    """All steps of a run, the last first: fills dz (steps, sequences, 4 hidden), of n, r, z and the h-part of n."""
    block = (3, *p.shape[2:])
    parts = dz.reshape(len(p), p.shape[2], 4, p.shape[3]).transpose(0, 2, 1, 3)
    from_h = dz[:, :, p.shape[3] :]
    chunks = sequences.chunks(len(p), int(np.prod(block)) * p.itemsize)
    d = np.empty((chunks[0][1] - chunks[0][0], *block), p.dtype)
    dh, scratch = dh.copy(), np.empty(dh.shape, dh.dtype)
    for start, stop in chunks:
        local = d[: stop - start]
        _local_derivatives(p[start:stop], before[start:stop], local)
        steps, back = slice(stop - 1, start - 1 if start else None, -1), local[::-1]
        views = zip(
            back[:, :2],
            back[:, 2],
            parts[steps, ::2],
            parts[steps, 0],
            parts[steps, 1],
            parts[steps, 3],
            from_h[steps],
            p[steps, R],
            p[steps, Z],
            repeat(None) if g is None else g[steps],
            strict=False,
        )
        for of_n_z, of_r, z_n_z, z_n, z_r, z_hn, z_h, r, z, g_out in views:
            if g_out is not None:
                np.add(dh, g_out, dh)
            np.multiply(of_n_z, dh, z_n_z)
            np.multiply(of_r, z_n, z_r)
            np.multiply(r, z_n, z_hn)
            np.multiply(dh, z, scratch)
            np.dot(z_h, w_hh, dh)
            np.add(dh, scratch, dh)
    return dh


def _gradients(
    g: Any, x: Array, h0: Array, w_ih: Array, w_hh: Array, batch_sizes: Sequence[int] | None, reverse: bool,
    blocks: tuple[Array, ...], states: Array, needs: tuple[bool, ...],
) -> tuple[Array | None, ...]:  # fmt: skip
    order = sequences.runs("gru", x, batch_sizes, reverse)
    need_x, need_h, need_ih, need_hh, need_b_ih, need_b_hh = needs
    hidden = len(w_hh) // 3
    g_out, g_h = g[0], sequences.like(g[1], h0)
    dh0 = np.empty(h0.shape, h0.dtype)
    dz = np.empty((*x.shape[:-1], 4 * hidden), x.dtype)
    before = sequences.before(order, states, h0, reverse)
    dh = g_h[: order[-1].width]
    for run, p in zip(reversed(order), reversed(blocks), strict=True):
        retired(dh0, dh, run.width)
        dh = _backward(
            p,
            steps(before, run, reverse),
            None if g_out is None else steps(g_out, run, reverse),
            entering(dh, g_h, run.width),
            steps(dz, run, reverse),
            w_hh,
        )
    dh0[: len(dh)] = dh
    rows = as_rows(dz)
    from_x, from_h = rows[:, : 3 * hidden], rows[:, hidden:]  # of n, r, z, and of r, z, the h-part of n
    db = column_sums(rows) if need_b_ih or need_b_hh else None
    return (
        np.matmul(from_x, np.concatenate([w_ih[2 * hidden :], w_ih[: 2 * hidden]])).reshape(x.shape)
        if need_x
        else None,
        dh0 if need_h else None,
        np.roll(np.matmul(from_x.T, as_rows(x)), -hidden, 0) if need_ih else None,
        np.matmul(from_h.T, as_rows(before)) if need_hh else None,
        np.roll(db[: 3 * hidden], -hidden) if db is not None and need_b_ih else None,
        db[hidden:] if db is not None and need_b_hh else None,
    )


def _composed(
    x: Any, h0: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any, batch_sizes: Sequence[int] | None, reverse: bool,
    keep: bool,  # noqa: ARG001  # as the kernel takes it
) -> tuple[Any, Any]:  # fmt: skip
    """The same in small primitives."""

    def cell(x_part: Any, state: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
        (h,) = state
        x_r, x_z, x_n = x_part.chunk(3, -1)
        h_r, h_z, h_n = linear(h, w_hh, b_hh).chunk(3, -1)
        n = tanh(x_n + sigmoid(x_r + h_r) * h_n)
        h = n + sigmoid(x_z + h_z) * (h - n)
        return h, (h,)

    out, (h,) = sequences.composed(linear(x, w_ih, b_ih), (h0,), cell, batch_sizes, reverse)
    return out, h


@primitive(
    cast="same",
    several=True,
    materialize=False,
    joint=_gradients,
    reference=_composed,
    residuals=("blocks", "states"),
    hint="x (steps, sequences, in), h0 (sequences, hidden), w_ih (3 * hidden, in), w_hh (3 * hidden, hidden).",
)
def gru_(
    x: Array, h0: Array, w_ih: Array, w_hh: Array, b_ih: Array | None, b_hh: Array | None,
    batch_sizes: Sequence[int] | None, reverse: bool, keep: bool,
) -> Any:  # fmt: skip
    """One direction of one layer; see `gru`.  dz_n = dh' (1 - z) (1 - n²), dz_z = dh' (h - n) z (1 - z), …"""
    order = sequences.runs("gru", x, batch_sizes, reverse)
    hidden = w_hh.shape[1]
    out, h_n = np.empty((*x.shape[:-1], hidden), x.dtype), np.empty(h0.shape, x.dtype)
    weights = x_part = None
    if out.size < hidden * (hidden + x.shape[-1]):
        x_part = product(as_rows(x), w_ih.T)
        if b_ih is not None:
            x_part += b_ih
        x_part = x_part.reshape((*x.shape[:-1], 3 * hidden))
    else:
        weights = _Stacked(w_ih, w_hh, b_ih, b_hh)
    blocks: list[Array] = []
    h = h0[: order[0].width]
    for run in order:
        retired(h_n, h, run.width)
        h = entering(h, h0, run.width)
        p = sequences.memory(keep, (run.steps, 4, run.width, hidden), x.dtype)
        to = steps(out, run, reverse)
        if weights is None:
            _by_parts(steps(x_part, run, reverse), h, p, to, w_hh, b_hh)
        else:
            _by_stacked_rows(steps(x, run, reverse), h, p, to, weights)
        h = to[-1]
        if keep:
            blocks.append(p)
    h_n[: len(h)] = h
    return out, h_n, tuple(blocks), out if keep else None


def gru(
    input: Any, h0: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None,
    batch_sizes: Sequence[int] | None = None, reverse: bool = False,
) -> tuple[Any, Any]:  # fmt: skip
    """One direction of one layer of gated recurrent units (Cho et al., 2014).

    For each step, with the gates in the order r, z, n in the weights' rows:

        r, z = σ(W_ih x + b_ih + W_hh h + b_hh),  n = tanh(W_in x + b_in + r (W_hn h + b_hn)),  h' = n + z (h - n)

    input (steps, sequences, in), h0 (sequences, hidden), w_ih (3 hidden, in), w_hh (3 hidden, hidden) → h' of all steps
    (steps, sequences, hidden), and the last h'.

    Args:
        batch_sizes: how many sequences reach each step; the input is then packed: (rows, in).
        reverse: go through the steps from the last to the first.

    Raises:
        ShapeError, DTypeError: if shapes or dtypes do not fit.

    >>> import autograd
    >>> x, state = autograd.ones(3, 2, 1), autograd.zeros(2, 4)
    >>> out, h = gru(x, state, autograd.ones(12, 1), autograd.ones(12, 4))
    >>> out.shape, (out[-1] == h).all().item()
    (autograd.Size([3, 2, 4]), True)
    """
    sizes = sequences.checked("gru", 3, input, {"h0": h0}, w_ih, w_hh, (b_ih, b_hh), batch_sizes)
    keep = sequences.recording(input, h0, w_ih, w_hh, b_ih, b_hh)
    found: Any = gru_(input, h0, w_ih, w_hh, b_ih, b_hh, sizes, reverse, keep)
    return found  # type: ignore[no-any-return]  # a tuple of tensors
