"""Rows of the recurrent kernels: one direction of one layer, over all steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.kernels.packing import pack_rows, unpack_rows
from autograd.kernels.recurrent_gru import gru
from autograd.kernels.recurrent_lstm import lstm
from autograd.kernels.recurrent_rnn import rnn
from tests.case import Case, Real, Sample, on

SIZES = (3, 2, 1)


def _number(*shape: int, **options: Any) -> Real:
    return Real(*shape, low=-0.8, high=0.8, **options)


def _sample(
    gates: int, states: int, steps: int, n: int, *rest: Any, bias: bool = True, proj: int = 0, small: bool = True,
    **options: Any,
) -> Sample:  # fmt: skip
    """Input, states and weights for 2 numbers in and in the state, as the kernels take them."""
    width = proj or 2

    def number(*shape: int) -> Real:
        return _number(*shape, grad=small)

    x = number(sum(SIZES), 2) if "batch_sizes" in options else number(steps, n, 2)
    state = [number(n, width), *[number(n, 2)] * (states - 1)]
    weights: list[Any] = [number(gates * 2, 2), number(gates * 2, width)]
    weights += [number(gates * 2), number(gates * 2)] if bias else [None, None]
    if proj:
        weights.append(number(proj, 2))
    return on(x, *state, *weights, *rest, **options)


def _samples(gates: int, states: int, *rest: Any) -> list[Sample]:
    return [
        _sample(gates, states, 2, 2, *rest),
        _sample(gates, states, 5, 2, *rest),
        _sample(gates, states, 5, 2, *rest, bias=False),
        _sample(gates, states, 3, 2, *rest, reverse=True),
        _sample(gates, states, 3, 3, *rest, batch_sizes=SIZES),
        _sample(gates, states, 3, 3, *rest, batch_sizes=SIZES, reverse=True, bias=False),
        _sample(gates, states, 2, 0, *rest),
        _sample(gates, states, 70, 4, *rest, small=False),
    ]


def _in_torch(name: str, states: int) -> Callable[..., Any]:
    """PyTorch's function on the whole layer: backwards in time on the reversed sequences."""

    def call(torch: Any, x: Any, *args: Any, batch_sizes: Any = None, reverse: bool = False) -> Any:
        hx, weights = list(args[:states]), [w for w in args[states:] if hasattr(w, "shape")]
        function = f"rnn_{args[-1]}" if isinstance(args[-1], str) else name
        bias = len(weights) > 3
        if reverse:  # of each sequence: its rows in the opposite order
            order = _reversed_rows(x, batch_sizes)
            x = x[order]
        state = hx[0][None] if states == 1 else tuple(h[None] for h in hx)
        options = (bias, 1, 0.0, False, False)
        if batch_sizes is None:
            out, *final = getattr(torch, function)(x, state, weights, *options, False)
        else:
            out, *final = getattr(torch, function)(x, torch.tensor(batch_sizes), state, weights, *options)
        return [out[order] if reverse else out, *(f[0] for f in final)]

    call.__name__ = name
    return call


def _reversed_rows(x: Any, batch_sizes: Any) -> list[int]:
    """Which row of the batch stands at each place when every sequence is turned round."""
    if batch_sizes is None:
        return list(range(len(x)))[::-1]
    starts = [sum(batch_sizes[:t]) for t in range(len(batch_sizes))]
    lengths = [sum(size > i for size in batch_sizes) for i in range(batch_sizes[0])]
    return [starts[lengths[i] - 1 - t] + i for t, size in enumerate(batch_sizes) for i in range(size)]


def _lengths(sizes: Any) -> list[int]:
    return [sum(size > i for size in sizes) for i in range(sizes[0])]


PACKING = [
    Case(
        pack_rows,
        *(on(Real(*shape), SIZES) for shape in [(3, 3, 2), (3, 3), (3, 3, 2, 2)]),
        on(Real(4, 2, 2), (2, 2, 2, 1)),
        torch=lambda torch, x, sizes: torch._pack_padded_sequence(x, torch.tensor(_lengths(sizes)), False)[0],
        integers=("int64", "bool"),
    ),
    Case(
        unpack_rows,
        on(Real(6, 2), SIZES, 3, 3, 0.5),
        on(Real(6), SIZES, 5, 3, 0.0),
        on(Real(6, 2, 2), (2, 2, 2), 3, 2, 0.0),
        torch=lambda torch, x, sizes, steps, n, value: torch._pad_packed_sequence(
            x, torch.tensor(sizes), False, value, steps
        )[0],
        integers=("int64",),
    ),
]

CASES = [
    *PACKING,
    Case(rnn, *_samples(1, 1), torch=_in_torch("rnn_tanh", 1), covers=("rnn",)),
    Case(rnn, *_samples(1, 1, "relu"), torch=_in_torch("", 1), covers=("rnn",), name="rnn_relu"),
    Case(gru, *_samples(3, 1), torch=_in_torch("gru", 1), covers=("gru",)),
    Case(
        lstm,
        *_samples(4, 2),
        _sample(4, 2, 2, 2, proj=1),
        _sample(4, 2, 5, 2, proj=1, bias=False, reverse=True),
        _sample(4, 2, 3, 3, proj=1, batch_sizes=SIZES),
        torch=_in_torch("lstm", 2),
        covers=("lstm",),
    ),
]
