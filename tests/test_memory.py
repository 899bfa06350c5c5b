"""`graph_memory`: what a graph keeps."""

import numpy as np
import pytest

import autograd
import nn
from autograd import errors, graph, graph_memory


def test_shared_memory_is_counted_once_and_leaves_apart():
    x = autograd.ones(32, 64)
    model = nn.Sequential(nn.Linear(64, 48), nn.ReLU(), nn.Linear(48, 10))
    loss = autograd.cross_entropy(model(x), autograd.zeros(32, dtype=autograd.int64))
    kept = graph_memory(loss)
    rows = {o.op: (o.nodes, o.bytes, o.leaf_bytes) for o in kept.ops}
    hidden = 32 * 48 * 4
    assert rows["relu"] == (1, hidden, 0)  # the next layer saved the same array
    assert rows["linear"] == (2, 32 * 64 * 4, 48 * 10 * 4)  # x, and the second weight: x needs no gradient
    assert rows["cross_entropy"] == (1, 32 * 10 * 4 + 32 * 8, 0)
    assert kept.bytes == sum(b for _, b, _ in rows.values())
    assert kept.leaf_bytes == 48 * 10 * 4
    loss.backward()
    assert graph_memory(loss).bytes == 0


def test_a_view_keeps_its_base():
    x = autograd.ones(100, 100, requires_grad=True)
    y = x + 1
    kept = graph_memory((y[0] * y[1]).sum())
    assert kept.bytes == 100 * 100 * 4


def test_the_table():
    x = autograd.ones(32, 64, requires_grad=True)
    kept = graph_memory((x * x).exp().sum())
    assert repr(kept).splitlines() == [
        "operation  nodes  arrays    saved  of leaves",
        "mul            1       1      0 B    8.0 KiB",
        "exp            1       1  8.0 KiB        0 B",
        "sum            1       0      0 B        0 B",
        "total          3       2  8.0 KiB    8.0 KiB",
    ]
    with graph.saved_tensors_hooks(lambda t: t, lambda t: t):
        packed = graph_memory([x.exp(), x.sin()])
    assert packed.bytes == 0
    assert "2 of the arrays are packed" in repr(packed)
    with pytest.raises(errors.ArgumentError, match="got ndarray"):
        graph_memory([np.ones(2)])
    assert graph_memory(autograd.ones(2)).ops == ()


def test_several_results_and_long_chains():
    x = autograd.ones(10, requires_grad=True)
    a, b = x.chunk(2)
    assert {o.op for o in graph_memory(a * b).ops} >= {"mul"}
    y = x
    for _ in range(5000):
        y = y.sin()
    kept = graph_memory(y)
    assert kept.ops[0].nodes == 5000
    assert kept.bytes == 4999 * 40
    assert kept.leaf_bytes == 40
