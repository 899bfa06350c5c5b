"""NumPy's functions on tensors: they record, give NumPy's values, or say what to do instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd.errors import ArgumentError, GradientError

A = np.arange(1.0, 13.0).reshape(3, 4) / 7
B = A[::-1] + 0.5
ORDER = np.array([[1, 0], [3, 2], [0, 0]])

CALLS: list[Callable[..., Any]] = [
    lambda x, y: np.sin(x) + np.exp(x) * np.sqrt(y),
    lambda x, y: np.add(x, y) - np.subtract(x, y) * np.multiply(x, y) / np.divide(x, y),
    lambda x, y: np.power(x, 2) + np.negative(y) + np.abs(-x) + np.square(y),
    lambda x, y: np.maximum(x, y) + np.minimum(x, y),
    lambda x, y: np.tanh(x) + np.log(y) + np.log1p(x) + np.expm1(y) + np.arctan2(x, y) + np.hypot(x, y),
    lambda x, y: np.sum(x * y),
    lambda x, y: np.sum(x * y, axis=0, keepdims=True),
    lambda x, y: np.sum(x * y, 1),
    lambda x, y: np.mean(x * y, axis=(0, 1)),
    lambda x, y: np.prod(x, axis=1),
    lambda x, y: np.var(x, axis=1) + np.std(y, axis=1),
    lambda x, y: np.max(x, axis=0) + np.amin(y, axis=0),
    lambda x, y: np.max(x),
    lambda x, y: np.cumsum(x, axis=1),
    lambda x, y: np.add.reduce(x),
    lambda x, y: np.add.reduce(x, axis=(0, 1), keepdims=True),
    lambda x, y: np.multiply.reduce(x, 1),
    lambda x, y: np.maximum.reduce(x, axis=None),
    lambda x, y: np.add.accumulate(x, axis=1),
    lambda x, y: np.multiply.outer(x[0], y),
    lambda x, y: np.where(A > 1, x, y),
    lambda x, y: np.where(A > 1, x, 0.0),
    lambda x, y: np.clip(x, 0.5, 1.0),
    lambda x, y: np.concatenate([x, y]),
    lambda x, y: np.concatenate((x, y), axis=None),
    lambda x, y: np.concatenate([x, A], axis=1),
    lambda x, y: np.stack([x, y], axis=-1),
    lambda x, y: np.hstack([x, y]) @ np.vstack([x, y, x[:2]])[:, :3],
    lambda x, y: np.dstack([x, y]),
    lambda x, y: np.column_stack([x[:, 0], y]),
    lambda x, y: np.reshape(x, (4, 3)) @ y,
    lambda x, y: np.reshape(x, -1),
    lambda x, y: np.ravel(x),
    lambda x, y: np.transpose(x) @ y,
    lambda x, y: np.transpose(np.stack([x, y]), (2, 0, 1)),
    lambda x, y: np.swapaxes(x, 0, 1) + np.moveaxis(y, 0, 1),
    lambda x, y: np.expand_dims(x, 1) * np.expand_dims(y, (0, -1)).squeeze(-1),
    lambda x, y: np.squeeze(np.expand_dims(x, 0), 0),
    lambda x, y: np.broadcast_to(x[0], (2, 3, 4)) * y,
    lambda x, y: np.broadcast_arrays(x[0], y)[0],
    lambda x, y: np.tile(x, (2, 1)) + np.repeat(y, 2, axis=0),
    lambda x, y: np.split(x, 2, axis=1)[1] + np.array_split(y, 2, axis=1)[0],
    lambda x, y: np.flip(x) + np.fliplr(y) + np.flipud(x) + np.flip(x, 1),
    lambda x, y: np.roll(x, 1) + np.roll(y, 1, axis=1) + np.roll(x, (1, 2), (0, 1)),
    lambda x, y: np.rot90(x),
    lambda x, y: np.diagonal(x) + np.diag(y[:, :3]),
    lambda x, y: np.tril(x) + np.triu(y, 1),
    lambda x, y: np.take(x, [0, 5]),
    lambda x, y: np.take(x, ORDER, axis=1),
    lambda x, y: np.take_along_axis(x, ORDER, axis=1),
    lambda x, y: np.take_along_axis(x, ORDER, 1),
    lambda x, y: np.sort(-x, axis=1) + np.sort(y, axis=0),
    lambda x, y: np.matmul(x, y.T) @ np.dot(x, y.T),
    lambda x, y: np.dot(x[0], y[1]) * np.vdot(x, y) * np.inner(x[0], y[0]),
    lambda x, y: np.inner(x, y),
    lambda x, y: np.outer(x, y),
    lambda x, y: np.tensordot(x, y, axes=([0], [0])),
    lambda x, y: np.einsum("ij,kj->ik", x, y),
    lambda x, y: np.kron(x, y),
    lambda x, y: np.cross(x[:, :3], y[:, :3]),
    lambda x, y: np.trace(x) + np.trace(y, 1),
    lambda x, y: np.vecdot(x, y),
    lambda x, y: np.linalg.matrix_power(x[:, :3], 3),
    lambda x, y: A + x,
    lambda x, y: A * x - B / y + A**x - A // 1 * y,
    lambda x, y: A @ x.T,
    lambda x, y: x @ A.T,
]  # fmt: skip


@pytest.mark.parametrize("call", CALLS, ids=range(len(CALLS)))
def test_values_and_gradients(call: Callable[..., Any]) -> None:
    """What NumPy computes on arrays, and a gradient that agrees with finite differences along a random direction."""
    x, y = (autograd.tensor(a, requires_grad=True) for a in (A, B))
    found, expected = call(x, y), call(A, B)
    assert isinstance(found, autograd.Tensor)
    np.testing.assert_allclose(found.array, expected, 1e-12)
    rng = np.random.default_rng(0)
    weights, direction = rng.normal(size=np.shape(expected)), rng.normal(size=A.shape)
    gx, gy = autograd.grad(found, (x, y), autograd.tensor(weights), allow_unused=True)
    slope = sum(np.sum(g.array * direction) for g in (gx, gy) if g is not None)
    h = 1e-6
    above, below = call(A + h * direction, B + h * direction), call(A - h * direction, B - h * direction)
    fixed = gx is None or gy is None
    if not fixed:
        np.testing.assert_allclose(slope, np.sum((above - below) * weights) / (2 * h), 1e-5, 1e-6)
    assert gx is not None or gy is not None


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.argmax(x, axis=1),
        lambda x: np.argsort(-x, axis=0),
        lambda x: np.argwhere(x > 1),
        lambda x: np.nonzero(x > 1),
        lambda x: np.searchsorted(x[0], 0.3),
        lambda x: np.unique(x),
        lambda x: np.unique(x, return_counts=True),
        lambda x: np.isnan(x),
        lambda x: np.isfinite(x),
        lambda x: np.greater(x, 1.0),
        lambda x: np.equal(x, x),
        lambda x: np.logical_and(x > 0.5, x < 1),
        lambda x: np.all(x > 0),
        lambda x: np.any(x > 1, axis=0),
        lambda x: np.sign(x),
        lambda x: np.floor(x * 3),
        lambda x: np.zeros_like(x),
        lambda x: np.ones_like(x),
        lambda x: np.full_like(x, 3.0),
    ],
)
def test_without_gradients(call: Callable[[Any], Any]) -> None:
    found, expected = call(autograd.tensor(A)), call(A)
    several = isinstance(expected, tuple)
    for f, e in zip(found, expected, strict=True) if several else [(found, expected)]:
        assert isinstance(f, autograd.Tensor)
        assert f.array.dtype == np.asarray(e).dtype
        np.testing.assert_array_equal(f.array, e)


def test_questions_about_the_array() -> None:
    x = autograd.tensor(A)
    assert np.shape(x) == (3, 4)
    assert np.ndim(x) == 2
    assert np.size(x) == 12
    assert np.shares_memory(x, x.numpy())
    assert np.array_equal(x, A)
    assert np.empty_like(x).shape == (3, 4)


def test_float32_stays() -> None:
    x = autograd.ones(3)
    for result in (x * np.float64(2), np.float64(2) * x, np.exp(x), x + 1, np.sum(x), np.arange(3) * x):
        assert result.dtype == autograd.float32


def test_arrays_first() -> None:
    """An ndarray on the left leaves the operation to the tensor."""
    x = autograd.tensor([1.0, 2.0], requires_grad=True)
    (np.array([3.0, 4.0]) * x).sum().backward()
    assert x.grad.tolist() == [3.0, 4.0]


def test_in_place_on_an_array() -> None:
    a = np.array([1.0, 2.0])
    a -= autograd.tensor([0.5, 0.5])
    assert a.tolist() == [0.5, 1.5]
    assert isinstance(np.add(a, autograd.ones(2), out=a), np.ndarray)
    np.concatenate([autograd.zeros(1), autograd.ones(1)], out=a)
    assert a.tolist() == [0.0, 1.0]
    with pytest.raises(GradientError) as caught:
        a -= autograd.tensor([1.0, 1.0], requires_grad=True)
    assert "detach" in str(caught.value)
    assert a.tolist() == [0.0, 1.0]
    with pytest.raises(ArgumentError, match="out="):
        np.add(a, a, out=autograd.zeros(2))


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda x: np.fft.fft(x), "np.fft"),
        (lambda x: np.convolve(x[0], x[0]), "np.convolve"),
        (lambda x: np.spacing(x), "np.spacing"),
        (lambda x: np.add.at(x, [0], 1.0), "np.add.at"),
        (lambda x: np.add.reduceat(x, [0]), "np.add.reduceat"),
        (lambda x: np.apply_along_axis(np.sum, 0, x), "np.apply_along_axis"),
    ],
)
def test_what_is_missing(call: Callable[[Any], Any], name: str) -> None:
    """The message names the function, and the way round by an ndarray."""
    with pytest.raises(ArgumentError) as caught:
        call(autograd.tensor(A, requires_grad=True))
    assert name in str(caught.value)
    assert "t.detach().numpy()" in str(caught.value)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.allclose(x, x + 1e-12),
        lambda x: np.percentile(x, 30),
        lambda x: np.convolve(x[0], x[0]),
        lambda x: np.gradient(x, axis=0),
        lambda x: np.digitize(x, [0.5, 1.0]),
        lambda x: np.spacing(x),
        lambda x: np.add.reduceat(x, [0, 2], 1),
        lambda x: np.append(x, x),
    ],
)
def test_without_a_gradient_numpy_computes(call: Callable[[Any], Any]) -> None:
    """What is not in the table gives NumPy's answer, as an array."""
    answer = call(autograd.tensor(A))
    assert not isinstance(answer, autograd.Tensor)
    np.testing.assert_array_equal(answer, call(A))


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.reshape(x, (4, 3), order="F"),
        lambda x: np.squeeze(x, axis=0),
        lambda x: np.split(x, 3, axis=1),
        lambda x: np.unique(x, return_index=True),
        lambda x: np.exp(x, where=A > 1),
    ],
)
def test_options_that_are_not_supported(call: Callable[[Any], Any]) -> None:
    with pytest.raises(ArgumentError):
        call(autograd.tensor(A))


def test_second_derivatives_through_numpy_functions() -> None:
    x = autograd.tensor(A, requires_grad=True)
    y = np.sum(np.exp(np.sin(x)) * np.transpose(np.reshape(x, (4, 3))))
    (first,) = autograd.grad(y, x, create_graph=True)
    (second,) = autograd.grad(first.sum(), x)
    h = 1e-5

    def slope(a: np.ndarray[Any, Any]) -> Any:
        t = autograd.tensor(a, requires_grad=True)
        return autograd.grad(np.sum(np.exp(np.sin(t)) * np.transpose(np.reshape(t, (4, 3)))), t)[
            0
        ].array.sum()

    for i in np.ndindex(A.shape):
        step = np.zeros_like(A)
        step[i] = h
        assert second.array[i] == pytest.approx((slope(A + step) - slope(A - step)) / (2 * h), rel=1e-5)
