"""How the recurrent kernels go through a batch of sequences, step by step.

A batch is an array (steps, sequences, numbers), or packed: (rows, numbers), where the rows of all sequences that reach
a step stand together, the longest sequence first, and `batch_sizes` tells how many rows each step has.

Consecutive steps with equally many sequences are a run, on which a kernel works as on an unpacked batch. Between two
runs the state of sequences that have ended is set aside (`retired`), and that of those that begin is taken from the
initial state (`entering`); backwards, gradients pass through the same two doors in the opposite direction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np

from autograd import ops
from autograd.errors import ShapeError
from autograd.hidden import Hidden
from autograd.modes import current_mode
from autograd.primitive import Array
from autograd.tape import Variable


class Run(NamedTuple):
    """Steps with equally many sequences: its first row, how many steps, and how many sequences."""

    start: int
    steps: int
    width: int


def runs(op: str, x: Array, batch_sizes: Sequence[int] | None, reverse: bool) -> list[Run]:
    """The runs of a batch in the order in which they are computed.

    Raises:
        ShapeError: if there is no step, or the batch sizes do not belong to `x`.
    """
    if batch_sizes is None:
        if x.ndim != 3:
            raise ShapeError(f"{op}: the input has shape (steps, sequences, numbers), got {x.shape}")
        if not len(x):
            raise ShapeError(f"{op}: Expected sequence length to be larger than 0 in RNN, got {x.shape}")
        return [Run(0, x.shape[0], x.shape[1])]
    sizes = list(batch_sizes)
    falling = all(n >= m > 0 for n, m in zip([*sizes, 1][:-1], [*sizes, 1][1:], strict=True))
    if not sizes or not falling or x.ndim != 2 or sum(sizes) != len(x):
        raise ShapeError(
            f"{op}: batch_sizes of a packed input must not rise, and add up to its rows; got {sizes} for an input of "
            f"shape {x.shape}"
        )
    found, start = [], 0
    while sizes:
        steps = sizes.count(sizes[0])
        found.append(Run(start, steps, sizes[0]))
        start += steps * sizes[0]
        del sizes[:steps]
    return found[::-1] if reverse else found


def steps(batch: Array, run: Run, reverse: bool) -> Array:
    """A run's part of a batch: (steps, sequences, numbers), in the order in which they are computed."""
    if batch.ndim == 2:
        rows = batch[run.start : run.start + run.steps * run.width]
        batch = rows.reshape(run.steps, run.width, batch.shape[1])
    return batch[::-1] if reverse else batch


def entering(state: Array, initial: Array, width: int) -> Array:
    """The state of the sequences of the next run, from that after the last one."""
    if width <= len(state):
        return state[:width]
    return np.concatenate([state, initial[len(state) : width]])


def retired(final: Array, state: Array, width: int) -> None:
    """Note the final state of the sequences that do not go on."""
    if width < len(state):
        final[width : len(state)] = state[width:]


def before(order: list[Run], states: Array, h0: Array, reverse: bool) -> Array:
    """The state that each step started from: the result of the step before it, or the initial state."""
    out = np.empty(states.shape, states.dtype)
    h = h0[: order[0].width]
    for run in order:
        at, after = steps(out, run, reverse), steps(states, run, reverse)
        at[0] = entering(h, h0, run.width)
        at[1:] = after[:-1]
        h = after[-1]
    return out


def like(g: Array | None, state: Array) -> Array:
    """The gradient of a final state; zeros if there is none."""
    return np.zeros(state.shape, state.dtype) if g is None else g


def stacked(w_ih: Array, w_hh: Array, bias: Array | None) -> Array:
    """[W_hh | b | W_ih]ᵀ in C order: what multiplies the rows [h | 1 | x]."""
    width, gates = w_hh.shape[1], len(w_hh)
    ones = bias is not None
    out = np.empty((width + ones + w_ih.shape[1], gates), w_hh.dtype)
    out[:width] = w_hh.T
    if ones:
        out[width] = bias
    out[width + ones :] = w_ih.T
    return out


def rows_of(x: Array, h: Array, ones: bool) -> Array:
    """Rows [h | 1 | x] of each step of a run, with the state h in the first step alone; (steps, sequences, numbers)."""
    width = h.shape[1]
    out = np.empty((*x.shape[:2], width + ones + x.shape[2]), x.dtype)
    out[0, :, :width] = h
    if ones:
        out[:, :, width] = 1
    out[:, :, width + ones :] = x
    return out


def added(b_ih: Array | None, b_hh: Array | None) -> Array | None:
    """The sum of the two biases, of which either may be missing."""
    if b_ih is None or b_hh is None:
        return b_ih if b_hh is None else b_hh
    out: Array = b_ih + b_hh
    return out


def memory(keep: bool, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """What a run computes on the way: a block for each step, or one for all steps if nothing is kept for backward."""
    if keep:
        return np.empty(shape, dtype)
    block = np.empty(shape[1:], dtype)
    return np.lib.stride_tricks.as_strided(block, shape, (0, *block.strides))


def parts(blocks: Array, *which: int | slice) -> Iterator[tuple[Array, ...]]:
    """These parts of each step's block; without end if all steps have the same memory."""
    if blocks.strides[0] == 0:
        return repeat(tuple([blocks[0, part] for part in which]))
    return zip(*(blocks[:, part] for part in which), strict=True)


def chunks(steps: int, block: int) -> list[tuple[int, int]]:
    """(start, stop) of consecutive steps, the last first, as many as stay in cache: `block` is the bytes of one."""
    size = max(1, (1 << 17) // max(block, 1))
    return [(max(0, stop - size), stop) for stop in range(steps, 0, -size)]


def recording(*arguments: Any) -> bool:
    """Whether a gradient may be asked for, so that a kernel has to keep what backward needs."""
    if not current_mode().grad:
        return False
    tensors: list[Any] = [a for a in arguments if isinstance(a, (Variable, Hidden))]
    return any(t.requires_grad for t in tensors)


def composed(
    z: Any,
    initial: tuple[Any, ...],
    cell: Callable[[Any, tuple[Any, ...]], tuple[Any, tuple[Any, ...]]],
    batch_sizes: Sequence[int] | None,
    reverse: bool,
) -> tuple[Any, tuple[Any, ...]]:
    """All steps in small primitives, by `cell(z of the step, state) -> (out, state)`: all outs, and the final state."""
    parts = list(ops.unbind(z) if batch_sizes is None else ops.split(z, list(batch_sizes)))
    order = range(len(parts))[:: -1 if reverse else 1]
    state = tuple(s[: parts[order[0]].shape[0]] for s in initial)
    ended: list[tuple[Any, ...]] = []
    outs = parts[:]
    for t in order:
        n, held = parts[t].shape[0], state[0].shape[0]
        if n < held:
            ended.append(tuple(s[n:] for s in state))
            state = tuple(s[:n] for s in state)
        elif n > held:
            state = tuple(ops.cat([s, s0[held:n]]) for s, s0 in zip(state, initial, strict=True))
        outs[t], state = cell(parts[t], state)
    pieces = zip(state, *reversed(ended), strict=True)
    final = tuple(ops.cat(list(p)) if len(p) > 1 else p[0] for p in pieces)
    return (ops.stack(outs) if batch_sizes is None else ops.cat(outs)), final


def checked(
    op: str,
    gates: int,
    x: Any,
    states: dict[str, Any],
    w_ih: Any,
    w_hh: Any,
    biases: Sequence[Any],
    batch_sizes: Any,
    w_hr: Any = None,
) -> tuple[int, ...] | None:
    """The batch sizes as numbers, after a look at all shapes; None for an input that is not packed.

    Raises:
        ShapeError: if the input, the states and the weights do not belong together.
    """
    sizes = None if batch_sizes is None else tuple(map(int, batch_sizes))
    shape = tuple(x.shape)
    if len(shape) != (3 if sizes is None else 2) or (sizes is not None and not sizes):
        form = "(steps, sequences, in)" if sizes is None else "(rows, in), with a batch size for each step"
        raise ShapeError(f"{op}: the input must have shape {form}, got {shape}")
    w, v = tuple(w_ih.shape), tuple(w_hh.shape)
    hidden = v[0] // gates if v else 0
    width = hidden if w_hr is None else w_hr.shape[0]
    wanted: dict[str, tuple[int, ...]] = {
        "w_ih": (gates * hidden, shape[-1]),
        "w_hh": (gates * hidden, width),
    }
    found = {"w_ih": w, "w_hh": v}
    for name, b in zip(("b_ih", "b_hh"), biases, strict=True):
        if b is not None:
            wanted[name], found[name] = (gates * hidden,), tuple(b.shape)
    if w_hr is not None:
        wanted["w_hr"], found["w_hr"] = (width, hidden), tuple(w_hr.shape)
    n = shape[1] if sizes is None else sizes[0]
    for name, state in states.items():
        wanted[name], found[name] = (n, width if name == "h0" else hidden), tuple(state.shape)
    if found != wanted:
        wrong = [name for name in wanted if found[name] != wanted[name]]
        raise ShapeError(
            f"{op}: for an input of shape {shape} and w_hh {v}, "
            + ", ".join(f"{name} must have shape {wanted[name]}, not {found[name]}" for name in wrong)
        )
    return sizes
