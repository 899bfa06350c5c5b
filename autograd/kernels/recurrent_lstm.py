"""The LSTM as a fused kernel: one direction of one layer, over all steps.

    i, f, g, o = σ, σ, tanh, σ (W_ih x + b_ih + W_hh h + b_hh)
    c' = f c + i g
    h' = o tanh(c')          or W_hr (o tanh(c')) with a projection

The rows [h | 1 | x] of a step times the stacked weights are all four gates in one product. They are kept gate by gate,
in the order o i f g, followed by the c they meet and tanh(c'), so that one call of NumPy works on neighbours at once.
Backward first computes the local derivatives for as many steps as stay in cache, then goes through the steps with one
product each; the gradients of weights and input are one product over all steps.
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

__all__ = ["lstm"]

# where a step's block holds what
O, I, F, G, C, TANH_C = range(6)  # noqa: E741  # the gates' usual names
SIGMOIDS, GATES = slice(O, G), slice(O, C)


def _stacked(w_ih: Array, w_hh: Array, bias: Array | None) -> Array:
    """The stacked weights (numbers, 4, hidden) of the gates o i f g, negated for the sigmoids, which start from e⁻ᶻ."""
    weights = sequences.stacked(w_ih, w_hh, bias)
    hidden = len(w_hh) // 4
    given = weights.reshape(len(weights), 4, hidden)
    out = np.empty_like(given)
    np.negative(given[:, 3], out[:, O])
    np.negative(given[:, :2], out[:, I : F + 1])
    out[:, G] = given[:, 2]
    return out


def _parts(blocks: Array) -> Iterator[tuple[Array, ...]]:
    """Of each step's block: the gates, the sigmoids, g, (i, f), what they meet, o, and tanh(c')."""
    parts = GATES, SIGMOIDS, G, slice(I, F + 1), slice(G, C + 1), O, TANH_C
    return sequences.parts(blocks, *parts)


def _finish(parts: tuple[Array, ...], c: Array, m: Array, scratch: tuple[Array, ...], unit: Array) -> None:
    """From -z of o, i, f and z of g to the gates, c' and m = o tanh(c')."""
    _, s, g, pair, partners, o, t = parts
    two, ig, fc = scratch
    np.exp(s, s)
    np.add(s, unit, s)
    np.divide(unit, s, s)
    np.tanh(g, g)
    np.multiply(pair, partners, two)
    np.add(ig, fc, c)
    np.tanh(c, t)
    np.multiply(o, t, m)


def _by_stacked_rows(
    x: Array, h: Array, blocks: Array, out: Array, c: Array, weights: Array, ones: bool, w_hr: Array | None
) -> None:
    """All steps of a run, [h | 1 | x] of each times the stacked weights; `c` takes the last c'."""
    width = h.shape[1]
    rows = sequences.rows_of(x, h, ones)
    gates: Any = repeat(None)
    if h.shape[0] == 1:  # a row is quicker than four parts of it
        flat = weights.reshape(len(weights), -1)
        gates = blocks.reshape(len(blocks), 1, -1)[:, :, : flat.shape[1]]
    by_gate = weights.transpose(1, 0, 2)
    two, unit = np.empty((2, *c.shape), c.dtype), one(c.dtype)
    scratch = two, two[0], two[1]
    m = None if w_hr is None else np.empty(c.shape, c.dtype)
    after_each = chain(rows[1:, :, :width], out[-1:])
    views = zip(rows, gates, _parts(blocks), chain(blocks[1:, C], (c,)), after_each, strict=False)
    for row, whole, parts, c_after, after in views:
        if whole is None:
            np.matmul(row, by_gate, parts[0])
        else:
            np.dot(row, flat, whole)
        _finish(parts, c_after, after if m is None else m, scratch, unit)
        if m is not None:
            np.matmul(m, w_hr.T, after)  # type: ignore[union-attr]  # there is a projection
    out[:-1] = rows[1:, :, :width]


def _by_parts(
    z: Array, h: Array, blocks: Array, out: Array, c: Array, w_hh: Array, w_hr: Array | None
) -> None:
    """All steps of a run from z = W_ih x + b: for so few rows that stacking the weights would take longer."""
    width, hidden = c.shape
    two, unit = np.empty((2, *c.shape), c.dtype), one(c.dtype)
    scratch = two, two[0], two[1]
    for z_x, parts, c_after, after in zip(z, _parts(blocks), chain(blocks[1:, C], (c,)), out, strict=False):
        gates = product(h, w_hh.T)
        gates += z_x
        given = gates.reshape(width, 4, hidden).transpose(1, 0, 2)
        np.negative(given[3], parts[0][O])
        np.negative(given[:2], parts[3])
        parts[2][...] = given[2]
        h = after
        m = h if w_hr is None else np.empty(c.shape, c.dtype)
        _finish(parts, c_after, m, scratch, unit)
        if w_hr is not None:
            np.matmul(m, w_hr.T, h)


def _local_derivatives(p: Array, d: Array) -> None:
    """Of some steps: what turns the gradient of h into those of z_o and c (the last), that of c into z_i, z_f, z_g."""
    s = p[:, SIGMOIDS]
    np.multiply(s, s, d[:, SIGMOIDS])
    np.subtract(s, d[:, SIGMOIDS], d[:, SIGMOIDS])  # σ' = σ - σ²
    d[:, I : F + 1] *= p[:, G : C + 1]
    d[:, O] *= p[:, TANH_C]
    tangents, slopes = p[:, G::2], d[:, G:]  # of g and of c
    np.multiply(tangents, tangents, slopes)
    np.subtract(1, slopes, slopes)
    slopes *= p[:, I::-1]  # g meets i, and tanh(c) meets o


def _backward(
    p: Array, g: Array | None, dh: Array, dc: Array, dz: Array, w_hh: Array, w_hr: Array | None, dp: Array | None
) -> tuple[Array, Array]:  # fmt: skip
    """All steps of a run, the last first: fills dz (steps, sequences, 4 hidden) and dp, the gradient of projections."""
    block = (5, *p.shape[2:])
    parts = dz.reshape(len(p), p.shape[2], 4, p.shape[3]).transpose(0, 2, 1, 3)
    chunks = sequences.chunks(len(p), int(np.prod(block)) * p.itemsize)
    d = np.empty((chunks[0][1] - chunks[0][0], *block), p.dtype)
    dh, dc, scratch = dh.copy(), dc.copy(), np.empty(dc.shape, dc.dtype)
    dm = dh if w_hr is None else np.empty(dc.shape, dc.dtype)
    for start, stop in chunks:
        local = d[: stop - start]
        _local_derivatives(p[start:stop], local)
        steps = slice(stop - 1, start - 1 if start else None, -1)
        back = local[::-1]
        views = zip(
            back[:, C],
            back[:, I:C],
            back[:, O],
            parts[steps, :3],
            parts[steps, 3],
            dz[steps],
            p[steps, F],
            repeat(None) if g is None else g[steps],
            repeat(None) if dp is None else dp[steps],
            strict=False,
        )
        for of_c, from_c, of_o, z_ifg, z_o, z, f, g_out, projected in views:
            if g_out is not None:
                np.add(dh, g_out, dh)
            if w_hr is not None and projected is not None:
                projected[...] = dh
                np.matmul(dh, w_hr, dm)
            np.multiply(dm, of_c, scratch)
            np.add(dc, scratch, dc)
            np.multiply(from_c, dc, z_ifg)
            np.multiply(of_o, dm, z_o)
            np.dot(z, w_hh, dh)
            np.multiply(dc, f, dc)
    return dh, dc


def _gradients(
    g: Any, x: Array, h0: Array, c0: Array, w_ih: Array, w_hh: Array, w_hr: Array | None,
    batch_sizes: Sequence[int] | None, reverse: bool, blocks: tuple[Array, ...], projected: Array | None,
    needs: tuple[bool, ...],
) -> tuple[Array | None, ...]:  # fmt: skip
    order = sequences.runs("lstm", x, batch_sizes, reverse)
    need_x, need_h, need_c, need_ih, need_hh, need_b, need_b2, need_hr = needs
    hidden, width = len(w_hh) // 4, w_hh.shape[1]
    lead = x.shape[:-1]
    g_out = g[0]
    g_h, g_c = sequences.like(g[1], h0), sequences.like(g[2], c0)
    dh0, dc0 = np.empty(h0.shape, h0.dtype), np.empty(c0.shape, c0.dtype)
    dz = np.empty((*lead, 4 * hidden), x.dtype)
    dp = None if w_hr is None else np.empty((*lead, width), x.dtype)
    dh, dc = g_h[: order[-1].width], g_c[: order[-1].width]
    for run, p in zip(reversed(order), reversed(blocks), strict=True):
        retired(dh0, dh, run.width)
        retired(dc0, dc, run.width)
        dh, dc = _backward(
            p,
            None if g_out is None else steps(g_out, run, reverse),
            entering(dh, g_h, run.width),
            entering(dc, g_c, run.width),
            steps(dz, run, reverse),
            w_hh,
            w_hr,
            None if dp is None else steps(dp, run, reverse),
        )
    dh0[: len(dh)], dc0[: len(dc)] = dh, dc
    rows = as_rows(dz)
    db = column_sums(rows) if need_b or need_b2 else None
    dw_hr = None
    if dp is not None and need_hr:
        m = np.empty((*lead, hidden), x.dtype)
        for run, p in zip(order, blocks, strict=True):
            np.multiply(p[:, O], p[:, TANH_C], steps(m, run, reverse))
        dw_hr = product(as_rows(dp).T, as_rows(m))
    before = None
    if need_hh:
        if projected is None:
            before = _before(order, blocks, x, h0, reverse)
        else:
            before = sequences.before(order, projected, h0, reverse)
    return (
        product(rows, w_ih).reshape(x.shape) if need_x else None,
        dh0 if need_h else None,
        dc0 if need_c else None,
        product(rows.T, as_rows(x)) if need_ih else None,
        product(rows.T, as_rows(before)) if before is not None else None,
        db if need_b else None,
        db if need_b2 else None,
        dw_hr,
    )


def _before(
    order: list[sequences.Run], blocks: tuple[Array, ...], x: Array, h0: Array, reverse: bool
) -> Array:
    """The state h that each step started from: o tanh(c') of the step before it, which is not kept."""
    out = np.empty((*x.shape[:-1], h0.shape[1]), h0.dtype)
    h = h0[: order[0].width]
    for run, p in zip(order, blocks, strict=True):
        at = steps(out, run, reverse)
        at[0] = entering(h, h0, run.width)
        np.multiply(p[:-1, O], p[:-1, TANH_C], at[1:])
        h = p[-1, O] * p[-1, TANH_C]
    return out


def _composed(
    x: Any, h0: Any, c0: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any, w_hr: Any,
    batch_sizes: Sequence[int] | None, reverse: bool, keep: bool,  # noqa: ARG001  # as the kernel takes it
) -> tuple[Any, Any, Any]:  # fmt: skip
    """The same in small primitives."""

    def cell(z: Any, state: tuple[Any, Any]) -> tuple[Any, tuple[Any, Any]]:
        h, c = state
        i, f, g, o = (z + linear(h, w_hh, b_hh)).chunk(4, -1)
        c = sigmoid(f) * c + sigmoid(i) * tanh(g)
        h = sigmoid(o) * tanh(c)
        if w_hr is not None:
            h = linear(h, w_hr)
        return h, (h, c)

    out, (h, c) = sequences.composed(linear(x, w_ih, b_ih), (h0, c0), cell, batch_sizes, reverse)
    return out, h, c


@primitive(
    cast="same",
    several=True,
    materialize=False,
    joint=_gradients,
    reference=_composed,
    residuals=("blocks", "projected"),
    hint="x (steps, sequences, in), h0 (sequences, width), c0 (sequences, hidden), w_ih (4 * hidden, in), "
    "w_hh (4 * hidden, width).",
)
def lstm_(
    x: Array, h0: Array, c0: Array, w_ih: Array, w_hh: Array, b_ih: Array | None, b_hh: Array | None,
    w_hr: Array | None, batch_sizes: Sequence[int] | None, reverse: bool, keep: bool,
) -> Any:  # fmt: skip
    """One direction of one layer; see `lstm`.  With dh, dc from the steps after: dz_o = dh tanh(c') σ', …"""
    order = sequences.runs("lstm", x, batch_sizes, reverse)
    hidden, width = len(w_hh) // 4, w_hh.shape[1]
    bias = sequences.added(b_ih, b_hh)
    out = np.empty((*x.shape[:-1], width), x.dtype)
    h_n, c_n = np.empty(h0.shape, x.dtype), np.empty(c0.shape, x.dtype)
    few = out.size < width * (width + x.shape[-1])
    weights = z = None
    if few:
        z = product(as_rows(x), w_ih.T)
        if bias is not None:
            z += bias
        z = z.reshape((*x.shape[:-1], 4 * hidden))
    else:
        weights = _stacked(w_ih, w_hh, bias)
    blocks: list[Array] = []
    h, c = h0[: order[0].width], c0[: order[0].width]
    for run in order:
        retired(h_n, h, run.width)
        retired(c_n, c, run.width)
        h = entering(h, h0, run.width)
        p = sequences.memory(keep, (run.steps, 6, run.width, hidden), x.dtype)
        p[0, C] = entering(c, c0, run.width)
        c = np.empty((run.width, hidden), x.dtype)
        to = steps(out, run, reverse)
        if few:
            _by_parts(steps(z, run, reverse), h, p, to, c, w_hh, w_hr)
        else:
            _by_stacked_rows(steps(x, run, reverse), h, p, to, c, weights, bias is not None, w_hr)
        h = to[-1]
        if keep:
            blocks.append(p)
    h_n[: len(h)], c_n[: len(c)] = h, c
    return out, h_n, c_n, tuple(blocks), out if keep and w_hr is not None else None


def lstm(
    input: Any, h0: Any, c0: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None, w_hr: Any = None,
    batch_sizes: Sequence[int] | None = None, reverse: bool = False,
) -> tuple[Any, Any, Any]:  # fmt: skip
    """One direction of one layer of an LSTM (Hochreiter & Schmidhuber, 1997; forget gates Gers et al., 2000).

    For each step, with the gates in the order i, f, g, o in the weights' rows:

        i, f, g, o = σ, σ, tanh, σ (W_ih x + b_ih + W_hh h + b_hh),  c' = f c + i g,  h' = o tanh(c')

    input (steps, sequences, in), h0 (sequences, width), c0 (sequences, hidden), w_ih (4 hidden, in), w_hh (4 hidden,
    width) → h' of all steps (steps, sequences, width), the last h' and the last c'. width is hidden, unless there is
    a projection w_hr (width, hidden): then h' = W_hr (o tanh(c')).

    Args:
        batch_sizes: how many sequences reach each step; the input is then packed: (rows, in).
        reverse: go through the steps from the last to the first.

    Raises:
        ShapeError, DTypeError: if shapes or dtypes do not fit.

    >>> import autograd
    >>> x, state = autograd.ones(3, 2, 1), autograd.zeros(2, 4)
    >>> out, h, c = lstm(x, state, state, autograd.ones(16, 1), autograd.ones(16, 4))
    >>> out.shape, (out[-1] == h).all().item()
    (autograd.Size([3, 2, 4]), True)
    """
    states = {"h0": h0, "c0": c0}
    sizes = sequences.checked("lstm", 4, input, states, w_ih, w_hh, (b_ih, b_hh), batch_sizes, w_hr)
    keep = sequences.recording(input, h0, c0, w_ih, w_hh, b_ih, b_hh, w_hr)
    found: Any = lstm_(input, h0, c0, w_ih, w_hh, b_ih, b_hh, w_hr, sizes, reverse, keep)
    return found  # type: ignore[no-any-return]  # a tuple of tensors
