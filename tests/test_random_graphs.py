"""Random graphs: Hypothesis puts operations together, with broadcasting and fan-out, and PyTorch says what is right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import autograd
from autograd import ops

pytest.importorskip("torch")


class Step(NamedTuple):
    """One operation of a graph: its inputs are the values with these numbers (modulo how many there are)."""

    name: str
    first: int
    second: int
    choice: int


def squashed(library: Any, x: Any) -> Any:
    """Into (-1, 1), so that no chain of operations runs off to infinity."""
    return library.tanh(x)


def positive(library: Any, x: Any) -> Any:
    return library.exp(squashed(library, x))


# name -> function of (library, x, y, choice). What both libraries do alike is written once.
OPERATIONS: dict[str, Callable[[Any, Any, Any, int], Any]] = {
    "add": lambda t, x, y, c: x + y,
    "sub": lambda t, x, y, c: x - y,
    "mul": lambda t, x, y, c: squashed(t, x) * y,
    "div": lambda t, x, y, c: x / positive(t, y),
    "pow": lambda t, x, y, c: positive(t, x) ** squashed(t, y),
    "square": lambda t, x, y, c: squashed(t, x) ** 2,
    "cube": lambda t, x, y, c: squashed(t, x) ** 3,
    "reflected": lambda t, x, y, c: 2.0 - x * 0.5,
    "exp": lambda t, x, y, c: t.exp(squashed(t, x)),
    "log": lambda t, x, y, c: t.log(positive(t, x)),
    "sqrt": lambda t, x, y, c: t.sqrt(positive(t, x)),
    "sin": lambda t, x, y, c: t.sin(x),
    "sigmoid": lambda t, x, y, c: t.sigmoid(x),
    "atan2": lambda t, x, y, c: t.atan2(x, positive(t, y)),
    "relu": lambda t, x, y, c: t.relu(x),
    "maximum": lambda t, x, y, c: t.maximum(x, y),
    "clamp": lambda t, x, y, c: t.clamp(x, -0.7, 0.9),
    "where": lambda t, x, y, c: t.where(x > y, x * 2, y),
    "sum": lambda t, x, y, c: t.sum(x, axis(x, c), keepdim=True) if x.ndim else x.sum(),
    "mean": lambda t, x, y, c: t.mean(x, axis(x, c)) if x.ndim else x.mean(),
    "var": lambda t, x, y, c: t.var(x, correction=0) + x,
    "amax": lambda t, x, y, c: t.amax(x, axis(x, c)) if x.ndim else x,
    "max": lambda t, x, y, c: t.max(x, axis(x, c), keepdim=True)[0] if x.ndim else x,
    "prod": lambda t, x, y, c: t.prod(squashed(t, x), axis(x, c)) if x.ndim else x,
    "cumsum": lambda t, x, y, c: t.cumsum(x, axis(x, c)) * 0.3 if x.ndim else x,
    "softmax": lambda t, x, y, c: t.softmax(x, axis(x, c)) if x.ndim else x,
    "logsumexp": lambda t, x, y, c: t.logsumexp(x, axis(x, c)) if x.ndim else x,
    "transpose": lambda t, x, y, c: t.transpose(x, 0, -1) if x.ndim else x,
    "reshape": lambda t, x, y, c: x.reshape(-1),
    "unsqueeze": lambda t, x, y, c: t.unsqueeze(x, c % (x.ndim + 1)) if x.ndim < 3 else x,
    "index": lambda t, x, y, c: x[c % x.shape[0]] if x.ndim else x,
    "slice": lambda t, x, y, c: x[..., : 1 + c % x.shape[-1]] if x.ndim else x,
    "matmul": lambda t, x, y, c: t.matmul(x.reshape(1, -1), x.reshape(-1, 1)) * 0.1,
    "cat": lambda t, x, y, c: t.cat([x, x * 0.5], axis(x, c)) if x.ndim > 0 and x.shape[-1] < 9 else x,
    "expand": lambda t, x, y, c: (x + 0.0).expand(2, *x.shape) if x.ndim < 3 else x,
}

BINARY = {"add", "sub", "mul", "div", "pow", "atan2", "maximum", "where"}


def axis(x: Any, choice: int) -> int:
    return choice % (2 * x.ndim) - x.ndim


STEPS = st.lists(
    st.builds(Step, st.sampled_from(sorted(OPERATIONS)), *(st.integers(0, 30) for _ in range(3))),
    min_size=1,
    max_size=12,
)
SHAPES = st.lists(st.sampled_from([(), (3,), (2, 3), (2, 1), (1, 3), (4, 2, 3)]), min_size=1, max_size=3)


def broadcasts(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    try:
        return len(np.broadcast_shapes(a, b)) <= 3
    except ValueError:
        return False


def run(library: Any, leaves: list[Any], steps: list[Step]) -> Any:
    """The graph's results added up, each with its own weight."""
    values = list(leaves)
    for step in steps:
        x, y = values[step.first % len(values)], values[step.second % len(values)]
        if step.name in BINARY and not broadcasts(tuple(x.shape), tuple(y.shape)):
            y = x.reshape(-1)[0]
        values.append(OPERATIONS[step.name](library, x, y, step.choice))
    return sum((1 + 0.1 * i) * v.mean() for i, v in enumerate(values))


def inputs(shapes: list[tuple[int, ...]]) -> list[np.ndarray[Any, Any]]:
    """Numbers that are all different, so that no maximum is a tie."""
    rng = np.random.default_rng(7)
    return [np.asarray(rng.normal(size=shape)) for shape in shapes]


@settings(max_examples=250)
@given(SHAPES, STEPS)
def test_gradients_are_pytorchs(shapes: list[tuple[int, ...]], steps: list[Step]) -> None:
    import torch

    arrays = inputs(shapes)
    ours = [autograd.tensor(a, requires_grad=True) for a in arrays]
    theirs = [torch.tensor(a, requires_grad=True) for a in arrays]
    y, z = run(ops, ours, steps), run(torch, theirs, steps)
    np.testing.assert_allclose(y.item(), z.item(), rtol=1e-10, atol=1e-12)
    y.backward()
    z.backward()
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine.grad.numpy(), other.grad.numpy(), rtol=1e-8, atol=1e-10)


@settings(max_examples=100)
@given(SHAPES, STEPS)
def test_second_derivatives_are_pytorchs(shapes: list[tuple[int, ...]], steps: list[Step]) -> None:
    import torch

    arrays = inputs(shapes)
    ours = [autograd.tensor(a, requires_grad=True) for a in arrays]
    theirs = [torch.tensor(a, requires_grad=True) for a in arrays]
    y, z = run(ops, ours, steps), run(torch, theirs, steps)
    first = autograd.grad(y, ours, create_graph=True)
    other_first = torch.autograd.grad(z, theirs, create_graph=True)
    total = sum((f * f).sum() for f in first)
    other_total = sum((f * f).sum() for f in other_first)
    if not other_total.requires_grad:
        return
    second = autograd.grad(total, ours, allow_unused=True) if total.requires_grad else [None] * len(ours)
    other_second = torch.autograd.grad(other_total, theirs, allow_unused=True)
    for mine, other, a in zip(second, other_second, arrays, strict=True):
        np.testing.assert_allclose(
            np.zeros_like(a) if mine is None else mine.numpy(),
            np.zeros_like(a) if other is None else other.numpy(),
            rtol=1e-7,
            atol=1e-9,
        )


@settings(max_examples=60)
@given(SHAPES, STEPS)
def test_hooks_on_saved_tensors_and_checkpoints_change_no_number(
    shapes: list[tuple[int, ...]], steps: list[Step]
) -> None:
    from autograd.checkpoint import checkpoint
    from autograd.graph import saved_tensors_hooks

    def derivatives(compute: Callable[[list[Any]], Any]) -> list[Any]:
        leaves = [autograd.tensor(a, requires_grad=True) for a in inputs(shapes)]
        first = autograd.grad(compute(leaves), leaves, create_graph=True)
        total = sum((f * f).sum() for f in first)
        second = autograd.grad(total, leaves, allow_unused=True) if total.requires_grad else ()
        return [None if t is None else t.detach().numpy() for t in (*first, *second)]

    def hooked(leaves: list[Any]) -> Any:
        with saved_tensors_hooks(lambda t: t.numpy().copy(), autograd.from_numpy):
            return run(ops, leaves, steps)

    expected = derivatives(lambda leaves: run(ops, leaves, steps))
    for compute in (
        hooked,
        lambda leaves: checkpoint(lambda *values: run(ops, list(values), steps), *leaves),
        lambda leaves: checkpoint(lambda: checkpoint(run, ops, leaves, steps) * 1.0),
    ):
        for ours, plain in zip(derivatives(compute), expected, strict=True):
            np.testing.assert_array_equal(ours, plain)
