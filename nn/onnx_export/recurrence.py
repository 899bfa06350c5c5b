"""Recurrent layers: one direction of one layer is one node. What ONNX has no node for is written step by step."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.tape import Variable
from nn.onnx_export.elementwise import is_traced, kind_of
from nn.onnx_export.graph import Graph
from nn.onnx_export.table import writes


def _rows(array: Any, order: tuple[int, ...]) -> Any:
    """The gates of a weight or a bias in another order."""
    parts = np.split(np.asarray(array.array if isinstance(array, Variable) else array), len(order))
    return np.concatenate([parts[i] for i in order])


def _weights(g: Graph, order: tuple[int, ...], w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any) -> tuple[Any, ...]:
    """W, R and B of the node."""
    w, r = (g.constant(_rows(weight, order)[None], g.value(weight) + "_ordered") for weight in (w_ih, w_hh))
    if b_ih is None and b_hh is None:
        return w, r, None
    zeros = np.zeros(len(_rows(w_ih, order)), kind_of(w_ih))
    biases = [_rows(zeros if b is None else b, order) for b in (b_ih, b_hh)]
    return w, r, g.constant(np.concatenate(biases)[None], "biases")


def _state(g: Graph, state: Any) -> str | None:
    """A first state, with the dimension of directions; None for zeros, which the node begins with."""
    if not is_traced(state):
        array = np.asarray(state.array if isinstance(state, Variable) else state.example.array)
        if not array.any():
            return None
    return g.node("Unsqueeze", state, g.numbers([0]))


def _recurrent(
    g: Graph, op: str, x: Any, states: tuple[Any, ...], order: tuple[int, ...], weights: tuple[Any, ...],
    sizes: Any, reverse: bool, **attributes: Any,
) -> Any:  # fmt: skip
    if sizes is not None or any(is_traced(w) for w in weights):
        return NotImplemented
    found = g.nodes_of(
        op,
        1 + len(states),
        x,
        *_weights(g, order, *weights),
        None,  # the lengths of the sequences: all are whole
        *(_state(g, state) for state in states),
        hidden_size=int(weights[1].shape[1]),
        direction="reverse" if reverse else "forward",
        **attributes,
    )
    axes = g.numbers([1]), g.numbers([0])
    return [g.node("Squeeze", name, axes[min(i, 1)]) for i, name in enumerate(found)]


@writes("rnn")
def _rnn(
    g: Graph, out: Any, x: Any, h0: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any,
    nonlinearity: str, batch_sizes: Any, reverse: bool, keep: bool,
) -> Any:  # fmt: skip
    activation = {"tanh": "Tanh", "relu": "Relu"}[nonlinearity]
    weights = (w_ih, w_hh, b_ih, b_hh)
    return _recurrent(g, "RNN", x, (h0,), (0,), weights, batch_sizes, reverse, activations=[activation])


@writes("gru")
def _gru(
    g: Graph, out: Any, x: Any, h0: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any,
    batch_sizes: Any, reverse: bool, keep: bool,
) -> Any:  # fmt: skip
    weights = (w_ih, w_hh, b_ih, b_hh)
    return _recurrent(g, "GRU", x, (h0,), (1, 0, 2), weights, batch_sizes, reverse, linear_before_reset=1)


@writes("lstm")
def _lstm(
    g: Graph, out: Any, x: Any, h0: Any, c0: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any, w_hr: Any,
    batch_sizes: Any, reverse: bool, keep: bool,
) -> Any:  # fmt: skip
    if w_hr is not None:
        return NotImplemented
    weights = (w_ih, w_hh, b_ih, b_hh)
    return _recurrent(g, "LSTM", x, (h0, c0), (0, 3, 1, 2), weights, batch_sizes, reverse)
