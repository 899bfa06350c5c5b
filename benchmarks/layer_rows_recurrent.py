"""Rows of `ops.py`: recurrent layers, on a matrix taken as 8 steps of a batch."""
# ruff: noqa: ARG005  # each row takes both `t` and `F`, and needs one

from __future__ import annotations

import functools
import importlib
from typing import Any

import numpy as np

from op_rows import Row


@functools.cache
def layer(t: Any, F: Any, name: str, n: int, **options: Any) -> Any:
    """A layer of the library, n numbers in and n in the state, with the same weights in both."""
    made = getattr(importlib.import_module(F.__name__.rpartition(".")[0]), name)(n, n, **options)
    rng = np.random.default_rng(n)
    with t.no_grad():
        for p in made.parameters():
            p.copy_(t.from_numpy(rng.uniform(-(n**-0.5), n**-0.5, tuple(p.shape)).astype(np.float32)))
            p.requires_grad_(p.ndim == 2)
    return made


def _row(title: str, name: str, **options: Any) -> Row:
    def call(t: Any, F: Any, x: Any) -> Any:
        n = x.shape[1]
        return layer(t, F, name, n, **options)(x.view(8, -1, n))[0]

    return Row(title, "m", call, 256)


def packed(F: Any, x: Any) -> Any:
    """A matrix whose columns are sequences of falling lengths, packed and padded again."""
    rnn = importlib.import_module(F.__name__.rpartition(".")[0] + ".utils.rnn")
    n = x.shape[0]
    return rnn.pad_packed_sequence(rnn.pack_padded_sequence(x, list(range(n, 0, -1))))[0]


RECURRENT = [
    Row("pack_padded_sequence", "m", lambda t, F, x: packed(F, x)),
    _row("lstm", "LSTM"),
    _row("lstm(two layers, bidirectional)", "LSTM", num_layers=2, bidirectional=True),
    _row("lstm(projected)", "LSTM", proj_size=5),
    _row("gru", "GRU"),
    _row("rnn", "RNN"),
    _row("rnn(relu)", "RNN", nonlinearity="relu"),
]
