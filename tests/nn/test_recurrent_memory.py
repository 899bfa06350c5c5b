"""What the graph of a recurrent layer saves is never more than PyTorch saves: counted as in test_saved_bytes.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd.graph import saved_tensors_hooks
from nn.utils import rnn
from tests.test_saved_bytes import memory

torch = pytest.importorskip("torch")

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections:UserWarning")  # PyTorch's, of its speed

STEPS, BATCH, IN, HIDDEN = 40, 6, 8, 16
LENGTHS = [40, 40, 31, 20, 5, 5]


def saved(lib: Any, layer: Any, call: Any, dtype: str) -> int:
    """The bytes saved in a call, but for those of the layer's own parameters."""
    held: dict[Any, int] = {}
    alive = []

    def pack(t: Any) -> Any:
        held.update([memory(lib, t)])
        alive.append(t)
        return t

    x = lib.tensor(np.ones((STEPS, BATCH, IN), dtype), requires_grad=True)
    hooks = torch.autograd.graph.saved_tensors_hooks if lib is torch else saved_tensors_hooks
    with hooks(pack, lambda t: t):
        call(lib, layer, x + 1)
    own = {memory(lib, p)[0] for p in layer.parameters()}
    return sum(n for where, n in held.items() if where not in own)


def whole(lib: Any, layer: Any, x: Any) -> Any:
    return layer(x)


def packed(lib: Any, layer: Any, x: Any) -> Any:
    pack = torch.nn.utils.rnn if lib is torch else rnn
    return layer(pack.pack_padded_sequence(x, LENGTHS))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("call", [whole, packed])
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("RNN", {}),
        ("RNN", {"num_layers": 2, "bidirectional": True}),
        ("GRU", {}),
        ("GRU", {"num_layers": 2, "bidirectional": True}),
        ("LSTM", {}),
        ("LSTM", {"num_layers": 2, "bidirectional": True}),
        ("LSTM", {"proj_size": 4}),
        ("LSTM", {"bias": False}),
    ],
)
def test_never_more_than_pytorch(name: str, options: dict[str, Any], call: Any, dtype: str) -> None:
    ours = getattr(nn, name)(IN, HIDDEN, **options).to(getattr(autograd, dtype))
    theirs = getattr(torch.nn, name)(IN, HIDDEN, **options).to(getattr(torch, dtype))
    assert saved(autograd, ours, call, dtype) <= saved(torch, theirs, call, dtype)


def test_what_is_saved_exactly() -> None:
    """An LSTM keeps its gates, c and tanh(c), a GRU its gates, the state's part of n and the result; and the input."""
    a_state, x = STEPS * BATCH * HIDDEN * 4, STEPS * BATCH * IN * 4
    zero = 4  # the initial state: a single 0
    for name, blocks, states in (("LSTM", 6, 2), ("GRU", 5, 1), ("RNN", 1, 1)):
        layer = getattr(nn, name)(IN, HIDDEN)
        assert saved(autograd, layer, whole, "float32") == x + blocks * a_state + states * zero, name
        with autograd.no_grad():
            assert saved(autograd, layer, whole, "float32") == 0
