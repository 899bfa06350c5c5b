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
from autograd.ops import elementwise, join, reduce, selection, shape
from autograd.ops.forms import floating
from autograd.ops.positions import gather
from autograd.primitive import Array, primitive
from autograd.tape import raw

__all__: list[str] = []

_FLOOR = (
    -1e30
)  # the logarithm of 0: the difference of two infinities would be nan, and single precision holds it
_ONE_HOT = 128  # up to so many classes, probabilities are added up by class in a matrix product


class _Symbols:
    """The labels of a batch with blanks around them; a column for each sequence.

    labels:   (L, N), with blanks also where a shorter sequence has ended
    skips:    (L, N), 0 where the blank before a symbol may be skipped, the logarithm of 0 elsewhere
    last:     (N,), the number of the last symbol of each sequence, a blank
    """

    def __init__(self, targets: Array, lengths: Array, blank: int, dtype: Any) -> None:
        n, longest = len(lengths), int(lengths.max(initial=0))
        self.labels = np.full((2 * longest + 1, n), blank, np.int64)
        labels = self.labels[1::2]
        labels[...] = targets[:, :longest].T
        if n and lengths.min() < longest:
            labels[np.arange(longest)[:, None] >= lengths] = blank
        self.skips = np.full(self.labels.shape, _FLOOR, dtype)
        self.skips[3::2][labels[1:] != labels[:-1]] = 0
        self.last = 2 * lengths

    def positions(self, classes: int) -> Array:
        """Where each symbol's probability is in an (N, C) array, counted in C order."""
        return self.labels + np.arange(self.labels.shape[1]) * classes


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


class _Steps:
    """Memory for steps along the symbols of a batch.

    padded:  (L + 2, N), where the state of the last step is put, beside two rows of log 0
    """

    def __init__(self, count: int, n: int, dtype: Any) -> None:
        self.padded = np.full((count + 2, n), _FLOOR, dtype)
        row, column = self.padded.strides
        self.windows = np.lib.stride_tricks.as_strided(  # (3, L, N): rows 0 …, 1 …, 2 …
            self.padded, (3, count, n), (row, row, column), writeable=False
        )
        self.allowed = np.zeros((3, count, n), dtype)
        self.ways = np.empty_like(self.allowed)
        self.each = tuple(self.ways)
        self.most = np.empty((count, n), dtype)

    def joined(self, out: Array) -> None:
        """log Σ exp of the three ways to each symbol, to `out`."""
        ways, most = self.ways, self.most
        first, second, third = self.each
        np.add(self.windows, self.allowed, out=ways)
        np.maximum(first, second, out=most)
        np.maximum(most, third, out=most)
        np.subtract(ways, most, out=ways)
        np.exp(ways, out=ways)
        np.add(first, second, out=out)
        np.add(out, third, out=out)
        np.log(out, out=out)
        np.add(out, most, out=out)


def _emissions(x: Array, positions: Array) -> Array:
    """The log-probability of each symbol at each step, (T, L, N)."""
    out = x.reshape(len(x), -1).take(positions, axis=1)
    return np.maximum(out, np.full((1, 1), _FLOOR, x.dtype), out=out)


def _alphas(x: Array, symbols: _Symbols) -> Array:
    """alpha, (T, L, N)."""
    alpha = _emissions(x, symbols.positions(x.shape[2]))
    _, count, n = alpha.shape
    steps = _Steps(count, n, x.dtype)
    steps.allowed[0] = symbols.skips  # two symbols back; the others are one back, and the same symbol
    place, out = steps.padded[2:], np.empty((count, n), x.dtype)
    alpha[0, 2:] = _FLOOR
    before = alpha[0]
    for now in alpha[1:]:
        place[...] = before
        steps.joined(out)
        now += out
        before = now
    return alpha


def _log_likelihoods(alpha: Array, symbols: _Symbols, lengths: Array) -> Array:
    """Of each sequence: of being, after its last step, at its last blank or at the label before it."""
    numbers, last = np.arange(len(lengths)), symbols.last
    blank, label = alpha[lengths - 1, last, numbers], alpha[lengths - 1, last - 1, numbers]
    total = np.logaddexp(blank, label)
    if last.min() == 0:
        total = np.where(last > 0, total, blank)
    if lengths.min() == 0:  # no steps make no labels
        total = np.where(lengths > 0, total, np.where(last > 0, -np.inf, 0)).astype(alpha.dtype)
    total[total < _FLOOR / 2] = -np.inf
    return total


def _betas(x: Array, symbols: _Symbols, lengths: Array) -> Array:
    """beta, (T, L, N); what is after a sequence's last step means nothing."""
    emitted = _emissions(x, symbols.positions(x.shape[2]))
    _, count, n = emitted.shape
    steps = _Steps(count, n, x.dtype)
    steps.allowed[2] = _FLOOR  # two symbols on; the others are the same symbol, and one on
    steps.allowed[2, :-2] = symbols.skips[2:]
    place, places = steps.padded[:count], np.arange(count)[:, None]
    ends = np.where((places <= symbols.last) & (places >= symbols.last - 1), 0, _FLOOR)
    beta = np.full(emitted.shape, _FLOOR, x.dtype)
    ending = {int(length) - 1: lengths == length for length in np.unique(lengths)}
    for t in range(int(lengths.max()) - 1, -1, -1):
        now = beta[t]
        steps.joined(now)
        if t in ending:
            now[:, ending[t]] = ends[:, ending[t]]
        np.add(now, emitted[t], out=place)
    return beta


def _by_class(at: Array, symbols: _Symbols, classes: int) -> Array:
    """Probabilities of symbols, (T, L, N), added up by class: (T, N, C)."""
    steps, _, n = at.shape
    if classes <= _ONE_HOT:
        one_hot = (symbols.labels.T[..., None] == np.arange(classes)).astype(at.dtype)
        return np.matmul(np.ascontiguousarray(at.transpose(2, 0, 1)), one_hot).transpose(1, 0, 2)
    places = np.arange(steps)[:, None] * (n * classes) + symbols.positions(classes).reshape(-1)
    out = np.bincount(places.reshape(-1), at.reshape(-1), steps * n * classes)
    return out.reshape(steps, n, classes).astype(at.dtype)


def _gradient(
    g: Array, x: Array, targets: Array, input_lengths: tuple[int, ...], target_lengths: tuple[int, ...],
    blank: int, zero_infinity: bool, alpha: Array,
) -> tuple[Array]:  # fmt: skip
    """exp(x) minus the probability, given the sequence, of being at each class."""
    lengths = np.array(input_lengths, np.int64)
    symbols = _Symbols(targets, np.array(target_lengths, np.int64), blank, x.dtype)
    total = _log_likelihoods(alpha, symbols, lengths)
    impossible = np.isinf(total)
    at = _betas(x, symbols, lengths)
    at += alpha
    at -= np.where(impossible, 0, total)
    np.exp(at, out=at)
    d = np.exp(x)
    d -= _by_class(at, symbols, x.shape[2])
    each = g
    if impossible.any():
        d[:, impossible] = 0 if zero_infinity else np.nan
        each = np.where(impossible & zero_infinity, 0, g)
    d *= each[:, None]
    for number in np.flatnonzero(lengths < len(x)):
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
    steps, n, classes = x.shape
    count = len(symbols.labels)
    emitted = gather(
        shape.reshape(x, (steps, n * classes)),
        1,
        np.broadcast_to(symbols.positions(classes).reshape(-1), (steps, count * n)),
    )
    emitted = shape.reshape(emitted, (steps, count, n))
    nothing = np.full((2, n), _FLOOR, kind)
    started = np.broadcast_to(np.arange(count)[:, None] < 2, (count, n))
    alpha: Any = selection.where(started, emitted[0], _FLOOR)
    for t in range(1, steps):
        before = join.cat([nothing, alpha], 0)
        ways = join.stack([before[:count] + symbols.skips, before[1 : count + 1], alpha], 0)
        going = np.broadcast_to(lengths > t, (count, n))
        alpha = selection.where(going, _log_sum(ways, 0) + emitted[t], alpha)
    last = np.stack((symbols.last, np.maximum(symbols.last - 1, 0)))
    both = gather(alpha, 0, last) + np.where(np.stack((last[0] >= 0, last[0] > 0)), 0, _FLOOR).astype(kind)
    total = _log_sum(both, 0)
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
