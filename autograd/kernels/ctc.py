"""Connectionist temporal classification as a fused kernel: the probability of a sequence under all its alignments.

(Graves, Fernández, Gomez & Schmidhuber, 2006.) A sequence of S labels is written with a blank before, between and
after them, 2S + 1 symbols, and an alignment gives each of T steps one of them: it stays, goes on to the next one, or
skips a blank between two labels that differ. alpha[t, s] is the logarithm of the probability of all ways to be at
symbol s after step t, beta[t, s] of all ways on from there. Both are computed for the whole batch and all symbols at
once, a step at a time, in logarithms: probabilities of long sequences are smaller than any number.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import ArgumentError, DimensionError, DTypeError, ShapeError
from autograd.ops import elementwise, join, reduce, selection
from autograd.ops.forms import floating
from autograd.ops.positions import gather
from autograd.primitive import Array, primitive
from autograd.tape import raw

__all__: list[str] = []

_FLOOR = -1e30  # stands for the logarithm of 0 where a difference of two infinities would be nan


class _Symbols:
    """The labels of a batch with blanks around them.

    labels:   (N, L), with blanks also where a shorter sequence has ended
    skips:    (N, L), 0 where the blank before a symbol may be skipped, -inf elsewhere
    last:     (N,), the number of the last symbol of each sequence, a blank
    """

    def __init__(self, targets: Array, lengths: Array, blank: int, dtype: Any) -> None:
        n, longest = len(lengths), int(lengths.max(initial=0))
        inside = np.arange(longest) < lengths[:, None]
        self.labels = np.full((n, 2 * longest + 1), blank, np.int64)
        self.labels[:, 1::2] = np.where(inside, targets[:, :longest], blank)
        self.skips = np.full(self.labels.shape, -np.inf, dtype)
        self.skips[:, 3::2][self.labels[:, 3::2] != self.labels[:, 1:-2:2]] = 0
        self.last = 2 * lengths

    def positions(self, classes: int) -> Array:
        """Where each symbol's probability is in an (N, C) array, counted in C order."""
        return self.labels + np.arange(len(self.labels))[:, None] * classes


def _checked(
    x: Array, targets: Array, input_lengths: tuple[int, ...], target_lengths: tuple[int, ...], blank: int
) -> tuple[Array, Array]:
    """The lengths as arrays, everything checked.

    Raises:
        ShapeError, DTypeError, ArgumentError, DimensionError: for what does not fit.
    """
    floating("ctc_loss", x)
    if targets.dtype.kind not in "iu":
        raise DTypeError(f"ctc_loss: targets must be integral, got {targets.dtype}; convert with .long()")
    steps, n, classes = x.shape
    if not steps or not n:
        raise ShapeError(f"ctc_loss: log_probs tensor must not be empty, got shape {x.shape}")
    found = []
    for name, given, most in (("input", input_lengths, steps), ("target", target_lengths, targets.shape[1])):
        lengths = np.array(given, np.int64)
        if lengths.shape != (n,):
            raise ShapeError(
                f"ctc_loss: {name}_lengths must be of size batch_size, ({n},), got {lengths.shape}"
            )
        if lengths.min() < 0 or lengths.max() > most:
            raise ArgumentError(
                f"ctc_loss: {name}_lengths must be from 0 to {most}, the size of "
                f"{'log_probs' if name == 'input' else 'targets'}, got {lengths.min()} to {lengths.max()}"
            )
        found.append(lengths)
    if not 0 <= blank < classes:
        raise ArgumentError(f"ctc_loss: blank must be in label range [0, {classes}), got {blank}")
    used = targets[np.arange(targets.shape[1]) < found[1][:, None]]
    if used.size and not (used.min() >= 0 and used.max() < classes):
        raise DimensionError(
            f"ctc_loss: labels must be in [0, {classes - 1}], got {used.min()} to {used.max()}"
        )
    return found[0], found[1]


def _step(ways: Array, out: Array) -> None:
    """log Σ exp of the three ways that lead to each symbol, (3, N, L), which is overwritten, to `out`."""
    most = np.maximum.reduce(ways, 0)
    np.maximum(most, _FLOOR, out=most)
    ways -= most
    np.exp(ways, out=ways)
    np.add.reduce(ways, 0, None, out)
    np.log(out, out=out)
    out += most


def _windows(padded: Array, count: int) -> Array:
    """The three views of `count` columns of (N, count + 2), each one column further to the right: (3, N, count)."""
    rows, columns = padded.strides
    return np.lib.stride_tricks.as_strided(
        padded, (3, len(padded), count), (columns, rows, columns), writeable=False
    )


def _alphas(x: Array, symbols: _Symbols) -> Array:
    """alpha, (T, N, L)."""
    steps, n, classes = x.shape
    count = symbols.labels.shape[1]
    positions = symbols.positions(classes)
    alpha = np.empty((steps, n, count), x.dtype)
    before = np.full((n, count + 2), -np.inf, x.dtype)
    ways_back = _windows(before, count)
    allowed = np.zeros((3, n, count), x.dtype)  # by way: two symbols back, one back, the same symbol
    allowed[0] = symbols.skips
    ways = np.empty_like(allowed)
    alpha[0] = -np.inf
    alpha[0, :, :2] = x[0].take(positions[:, :2])
    for t in range(1, steps):
        before[:, 2:] = alpha[t - 1]
        np.add(ways_back, allowed, out=ways)
        _step(ways, alpha[t])
        alpha[t] += x[t].take(positions)
    return alpha


def _log_likelihoods(alpha: Array, symbols: _Symbols, lengths: Array) -> Array:
    """Of each sequence: of being, after its last step, at its last blank or at the label before it."""
    numbers = np.arange(len(lengths))
    end = alpha[lengths - 1, numbers]
    blank, label = end[numbers, symbols.last], end[numbers, symbols.last - 1]
    total = np.where(symbols.last > 0, np.logaddexp(blank, label), blank)
    nothing = np.where(symbols.last > 0, -np.inf, 0)  # of no steps
    return np.where(lengths > 0, total, nothing).astype(alpha.dtype)


def _gradient(
    g: Array, x: Array, targets: Array, input_lengths: tuple[int, ...], target_lengths: tuple[int, ...],
    blank: int, zero_infinity: bool, alpha: Array,
) -> tuple[Array]:  # fmt: skip
    """exp(x) minus the probability, given the sequence, of being at each class."""
    steps, n, classes = x.shape
    lengths = np.array(input_lengths, np.int64)
    symbols = _Symbols(targets, np.array(target_lengths, np.int64), blank, x.dtype)
    losses = -_log_likelihoods(alpha, symbols, lengths)
    positions = symbols.positions(classes)
    count = symbols.labels.shape[1]
    flat = positions.reshape(-1)
    d = np.exp(x)
    after = np.full((n, count + 2), -np.inf, x.dtype)  # beta of the next step, and that step itself
    ways_on = _windows(after, count)
    allowed = np.zeros((3, n, count), x.dtype)  # by way: the same symbol, one on, two on
    allowed[2] = -np.inf
    allowed[2, :, :-2] = symbols.skips[:, 2:]
    ways, beta = np.empty_like(allowed), np.empty((n, count), x.dtype)
    places = np.arange(count)
    ends = np.where((places <= symbols.last[:, None]) & (places >= symbols.last[:, None] - 1), 0, -np.inf)
    finite = np.where(np.isfinite(losses), losses, 0)[:, None]
    for t in range(int(lengths.max()) - 1, -1, -1):
        np.add(ways_on, allowed, out=ways)
        _step(ways, beta)
        starting = lengths == t + 1
        if starting.any():
            beta[starting] = ends[starting]
        at = np.exp(alpha[t] + beta + finite)
        d[t] -= np.bincount(flat, at.reshape(-1), n * classes).reshape(n, classes)
        beta += x[t].take(positions)
        after[:, :count] = beta
    infinite = np.isinf(losses)
    if infinite.any():
        d[:, infinite] = 0 if zero_infinity else np.nan
    each = g if not zero_infinity or not infinite.any() else np.where(infinite, 0, g)
    d *= each[:, None]
    for number in np.flatnonzero(lengths < steps):
        d[lengths[number] :, number] = 0
    return (d,)


def _composed(
    x: Any, targets: Any, input_lengths: tuple[int, ...], target_lengths: tuple[int, ...], blank: int,
    zero_infinity: bool,
) -> Any:  # fmt: skip
    """The same in small operations; infinite losses have no derivatives."""
    kind = raw(x).dtype
    lengths = np.array(input_lengths, np.int64)
    symbols = _Symbols(np.asarray(raw(targets)), np.array(target_lengths, np.int64), blank, kind)
    steps, n, _ = x.shape
    count = symbols.labels.shape[1]
    emitted = gather(x, 2, np.broadcast_to(symbols.labels, (steps, n, count)))
    skips = np.where(symbols.skips == 0, 0, _FLOOR).astype(kind)
    nothing = np.full((n, 2), _FLOOR, kind)
    started = np.broadcast_to(np.arange(count) < 2, (n, count))
    alpha: Any = selection.where(started, emitted[0], _FLOOR)
    for t in range(1, steps):
        before = join.cat([nothing, alpha], 1)
        ways = join.stack([before[:, :count] + skips, before[:, 1 : count + 1], alpha], 0)
        alpha = selection.where(
            np.broadcast_to((lengths > t)[:, None], (n, count)),
            _log_sum(ways, 0) + emitted[t],
            alpha,
        )
    last = np.stack((symbols.last, np.maximum(symbols.last - 1, 0)), 1)
    both = gather(alpha, 1, last) + np.where(
        np.stack((last[:, 0] >= 0, last[:, 0] > 0), 1), 0, _FLOOR
    ).astype(kind)
    total = _log_sum(both, 1)
    possible = (raw(total) > _FLOOR / 2) & (lengths > 0)
    inside = np.arange(steps)[:, None] < lengths
    e = elementwise.exp(x)
    normalised = reduce.sum_(e - e.detach(), 2, False) * inside.astype(kind)
    losses = reduce.sum_(normalised, 0, False) - total
    none = np.where((lengths == 0) & (symbols.last == 0) | zero_infinity, 0, np.inf).astype(kind)
    return selection.where(possible, losses, none)


def _log_sum(ways: Any, dim: int) -> Any:
    """log Σ exp along `dim`, of finite numbers."""
    most = np.maximum.reduce(np.asarray(raw(ways.detach())), dim)
    difference = ways - np.expand_dims(most, dim)
    return elementwise.log(reduce.sum_(elementwise.exp(difference), dim, False)) + most


@primitive(targets=None, joint=_gradient, reference=_composed, residuals=("alpha",))
def ctc_(
    x: Array, targets: Array, input_lengths: Any, target_lengths: Any, blank: int, zero_infinity: bool
) -> Any:
    """-log of the probability of each target sequence, (N,), from log-probabilities x (T, N, C) and targets (N, S).

    The lengths are tuples.  dx = g (exp(x) - the probability of being at each class, given the sequence).
    """
    lengths, label_counts = _checked(x, targets, input_lengths, target_lengths, blank)
    symbols = _Symbols(targets, label_counts, blank, x.dtype)
    alpha = _alphas(x, symbols)
    losses = -_log_likelihoods(alpha, symbols, lengths)
    if zero_infinity:
        losses = np.where(np.isinf(losses), 0, losses).astype(x.dtype)
    return losses, alpha
