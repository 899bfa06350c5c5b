"""Batching rules of the recurrent kernels: examples with the same weights are more sequences of one batch."""

from __future__ import annotations

from typing import Any

from autograd.batching.rules import batches, examples, is_at
from autograd.errors import ShapeError
from autograd.hidden import Level
from autograd.kernels import packing, recurrent_gru, recurrent_lstm, recurrent_rnn
from autograd.ops.shape import movedim, reshape
from autograd.table import Primitive


@batches(recurrent_gru.gru_, recurrent_lstm.lstm_, recurrent_rnn.rnn_)
def _recurrent(p: Primitive, level: Level, args: list[Any]) -> Any:
    """With weights of their own, or packed, the examples go through the steps in small operations."""
    first = p.positions["w_ih"]
    x, *states = args[:first]
    if args[p.positions["batch_sizes"]] is not None or any(is_at(a, level) for a in args[first:]):
        return p.reference(*args)  # type: ignore[misc]  # every fused kernel has one
    size, (steps, n, numbers) = level.size, tuple(x.shape)
    rows = reshape(movedim(examples(x, level), 0, 1), (steps, size * n, numbers))
    folded = [reshape(examples(s, level), (size * n, s.shape[-1])) for s in states]
    out, *finals = p.function(rows, *folded, *args[first:])
    out = movedim(reshape(out, (steps, size, n, out.shape[-1])), 1, 0)
    return out, *(reshape(f, (size, n, f.shape[-1])) for f in finals)


@batches(packing.pack_rows, packing.unpack_rows)
def _packing(p: Primitive, level: Level, args: list[Any]) -> Any:  # noqa: ARG001  # every rule is called alike
    """The examples are one more dimension of the elements."""
    x, *options = args
    first = 2 if p.name == "pack_rows" else 1  # of an element's dimensions
    if x.ndim < first:
        raise ShapeError(f"{p.name}: needs {first} dimensions, got shape {tuple(x.shape)}")
    return movedim(p.function(movedim(x.value, 0, first), *options), 3 - first, 0)
