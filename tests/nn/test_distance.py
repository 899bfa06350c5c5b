"""Lengths and distances: PyTorch's values and gradients, also where a vector is 0 and for second derivatives."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
import nn.functional as F
from autograd.errors import ArgumentError

A = np.array([[1.0, -2.0, 0.5], [0.0, 0.0, 0.0], [3.0, 4.0, 0.0], [1e-9, 0.0, 0.0]])
B = np.array([[0.5, 1.0, -1.0], [1.0, 2.0, 3.0], [3.0, 4.5, 0.1], [0.2, -0.3, 0.4]])

CALLS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "normalize": lambda F, x, y: F.normalize(x),
    "normalize, p=1, dim=0": lambda F, x, y: F.normalize(x, p=1.0, dim=0),
    "normalize, eps": lambda F, x, y: F.normalize(x, p=3, dim=-1, eps=1.0),
    "cosine": lambda F, x, y: F.cosine_similarity(x, y),
    "cosine, dim=0": lambda F, x, y: F.cosine_similarity(x, y, dim=0, eps=0.1),
    "cosine, broadcast": lambda F, x, y: F.cosine_similarity(x[:, None], y[None], dim=-1),
    "distance": lambda F, x, y: F.pairwise_distance(x, y),
    "distance, p=1": lambda F, x, y: F.pairwise_distance(x, y, p=1, keepdim=True),
    "distance, vector": lambda F, x, y: F.pairwise_distance(x[0], y, eps=0.0),
    "triplet": lambda F, x, y: F.triplet_margin_loss(x, y, y.flip(0)),
    "triplet, swap": lambda F, x, y: F.triplet_margin_loss(
        x, y, y.flip(0), margin=5, swap=True, reduction="none"
    ),
    "triplet, sum": lambda F, x, y: F.triplet_margin_loss(x, y, x.flip(0), p=1, reduction="sum"),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_is_pytorchs(call: Callable[[Any, Any, Any], Any], rng: np.random.Generator) -> None:
    torch = pytest.importorskip("torch")
    answers = []
    g = v = None
    for library, functions in ((autograd, F), (torch, torch.nn.functional)):
        x, y = (library.tensor(a, requires_grad=True) for a in (A, B))
        out = call(functions, x, y)
        g = rng.normal(size=tuple(out.shape)) if g is None else g
        v = rng.normal(size=A.shape) if v is None else v
        first = library.autograd.grad(out, (x, y), library.tensor(g), create_graph=True, allow_unused=True)
        rows = [0, 2]  # where nothing is 0
        second = library.autograd.grad((first[0] * library.tensor(v))[rows].sum(), x, allow_unused=True)[0]
        answers.append([out, *first, None if second is None else second[rows]])
    for ours, theirs in zip(*answers, strict=True):
        if theirs is None or ours is None:
            assert ours is None or not ours.detach().numpy().any()
            assert theirs is None or not theirs.detach().numpy().any()
        else:
            np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), rtol=1e-9, atol=1e-9)


def test_mistakes() -> None:
    x = autograd.ones(2, 3)
    with pytest.raises(ArgumentError, match="margin"):
        F.triplet_margin_loss(x, x, x, margin=-1.0)
    with pytest.raises(ArgumentError, match="reduction"):
        F.triplet_margin_loss(x, x, x, reduction="median")
