"""Random tensors: their distributions, and that a seed decides them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

import autograd
from autograd.errors import ArgumentError, DeviceError, DTypeError, ShapeError

DRAWS: list[Callable[..., Any]] = [
    lambda **g: autograd.rand(3, 4, **g),
    lambda **g: autograd.randn(5, **g),
    lambda **g: autograd.randint(0, 100, (6,), **g),
    lambda **g: autograd.randperm(10, **g),
    lambda **g: autograd.normal(1.0, 2.0, (3,), **g),
    lambda **g: autograd.bernoulli(autograd.full((20,), 0.5), **g),
    lambda **g: autograd.multinomial(autograd.ones(9), 5, **g),
    lambda **g: autograd.rand_like(autograd.zeros(3), **g),
    lambda **g: autograd.randn_like(autograd.zeros(3), **g),
    lambda **g: autograd.randint_like(autograd.zeros(3), 50, **g),
]


# ------------------------------------------------------------------------------------------ generators


@pytest.mark.parametrize("draw", DRAWS)
def test_a_seed_decides(draw: Callable[..., Any]) -> None:
    autograd.manual_seed(1)
    first, second = draw().tolist(), draw().tolist()
    autograd.manual_seed(1)
    assert draw().tolist() == first
    autograd.manual_seed(2)
    assert draw().tolist() != first or second != first
    assert draw(generator=autograd.Generator().manual_seed(1)).tolist() == first


@pytest.mark.parametrize("draw", DRAWS)
def test_a_state_can_be_kept(draw: Callable[..., Any]) -> None:
    autograd.randint(0, 7, (1,), dtype="int32")
    state = autograd.get_rng_state()
    first = draw().tolist()
    autograd.set_rng_state(state)
    assert draw().tolist() == first


def test_a_generator_of_its_own_leaves_the_default_alone() -> None:
    state = autograd.get_rng_state()
    autograd.rand(5, generator=autograd.Generator())
    assert (autograd.get_rng_state() == state).all()


def test_seeds() -> None:
    g = autograd.Generator()
    assert g.manual_seed(5) is g
    assert g.initial_seed() == 5
    assert g.seed() == g.initial_seed() != 5
    assert autograd.manual_seed(3) is autograd.default_generator
    assert autograd.initial_seed() == 3
    assert g.manual_seed(-1).initial_seed() == 2**64 - 1
    with pytest.raises(ArgumentError, match="64 bits"):
        g.manual_seed(2**64)
    other = g.clone_state()
    assert other.initial_seed() == g.initial_seed()
    assert autograd.rand(3, generator=other).tolist() == autograd.rand(3, generator=g).tolist()


def test_a_state_is_a_tensor_of_bytes() -> None:
    state = autograd.get_rng_state()
    assert state.dtype == autograd.uint8
    g = autograd.Generator()
    for wrong in (state[:5], state.float(), None):
        with pytest.raises(ArgumentError, match="get_state"):
            g.set_state(wrong)


# ------------------------------------------------------------------------------------------ distributions


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_uniform(dtype: str) -> None:
    x = autograd.rand(20_000, dtype=dtype)
    assert x.dtype == dtype
    assert x.array.min() >= 0
    assert x.array.max() < 1
    assert stats.kstest(x.array.astype(float), "uniform").pvalue > 1e-3


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_standard_normal(dtype: str) -> None:
    x = autograd.randn(20_000, dtype=dtype)
    assert x.dtype == dtype
    assert stats.kstest(x.array.astype(float), "norm").pvalue > 1e-3


def test_normal_with_tensors() -> None:
    x = autograd.normal(autograd.tensor([0.0, 100.0]), autograd.tensor([[0.0], [1.0]]))
    assert x[0].tolist() == [0.0, 100.0]
    assert 80 < x[1, 1].item() < 120
    assert autograd.normal(autograd.zeros(2, dtype="float64")).dtype == autograd.float64
    assert autograd.normal(5.0, 0.0, (2, 2)).tolist() == [[5.0, 5.0], [5.0, 5.0]]


def test_integers() -> None:
    x = autograd.randint(-2, 3, (5000,))
    assert x.dtype == autograd.int64
    assert np.unique(x.array).tolist() == [-2, -1, 0, 1, 2]
    assert autograd.randint(3, (2, 2)).shape == (2, 2)
    assert autograd.randint(0, 3, (2,), dtype="float32").dtype == autograd.float32
    counts = np.bincount(x.array + 2)
    assert stats.chisquare(counts).pvalue > 1e-3


def test_permutations() -> None:
    x = autograd.randperm(50)
    assert sorted(x.tolist()) == list(range(50)) != x.tolist()
    assert autograd.randperm(0).shape == (0,)


def test_bernoulli() -> None:
    x = autograd.bernoulli(autograd.tensor([0.0, 0.3, 1.0]).expand(10_000, 3))
    low, middle, high = x.array.mean(0)
    assert (low, high) == (0, 1)
    assert abs(middle - 0.3) < 0.02
    assert autograd.bernoulli(autograd.zeros(4, dtype="int64"), 1.0).tolist() == [1, 1, 1, 1]


def test_poisson() -> None:
    x = autograd.poisson(autograd.full((10_000,), 3.0))
    assert x.dtype == autograd.float32
    assert abs(x.array.mean() - 3) < 0.1


@pytest.mark.parametrize("replacement", [False, True])
def test_multinomial(replacement: bool) -> None:
    weights = autograd.tensor([[1.0, 0.0, 3.0], [0.5, 0.5, 0.0]]).repeat(3000, 1)
    x = autograd.multinomial(weights, 2, replacement=replacement).array
    assert x.shape == (6000, 2)
    first, second = x[::2], x[1::2]
    assert set(first.reshape(-1)) == {0, 2}
    assert set(second.reshape(-1)) == {0, 1}
    assert abs((first[:, 0] == 2).mean() - 0.75) < 0.03
    assert replacement or (first[:, 0] != first[:, 1]).all()


def test_draws_into_a_tensor() -> None:
    """The medians and means of what `log_normal_`, `cauchy_` and `geometric_` draw."""
    autograd.manual_seed(0)
    x = autograd.empty(100_000)
    assert abs(np.median(x.log_normal_(0.5, 2.0).numpy()) - np.exp(0.5)) < 0.05
    quartiles = np.quantile(x.cauchy_(3.0, 2.0).numpy(), [0.25, 0.5, 0.75])
    np.testing.assert_allclose(quartiles, [1, 3, 5], atol=0.1)
    counts = autograd.empty(100_000, dtype=autograd.int64).geometric_(0.25).numpy()
    assert counts.min() == 1
    assert abs(counts.mean() - 4) < 0.1
    assert abs((counts == 2).mean() - 0.25 * 0.75) < 0.01


@pytest.mark.parametrize(
    ("name", "args"),
    [("normal_", ()), ("uniform_", ()), ("exponential_", ()), ("log_normal_", ()), ("cauchy_", ())],
)
def test_continuous_numbers_do_not_fit_integers(name: str, args: tuple[float, ...]) -> None:
    with pytest.raises(autograd.AutogradError, match=f"{name}: needs a floating-point tensor, got int64"):
        getattr(autograd.zeros(2, dtype=autograd.int64), name)(*args)


@pytest.mark.parametrize(
    ("name", "args"),
    [("log_normal_", (0, 0)), ("cauchy_", (0, -1)), ("geometric_", (0.0,)), ("geometric_", (1.0,))],
)
def test_draws_with_impossible_parameters(name: str, args: tuple[float, ...]) -> None:
    with pytest.raises(autograd.AutogradError, match=name):
        getattr(autograd.zeros(2), name)(*args)


def test_multinomial_never_draws_weight_0_at_the_end() -> None:
    weights = autograd.tensor([0.1] * 10 + [0.0])
    assert autograd.multinomial(weights, 10_000, replacement=True).array.max() == 9


def test_like() -> None:
    x = autograd.zeros(2, 3, dtype="float64")
    assert autograd.rand_like(x).dtype == autograd.randn_like(x).dtype == autograd.float64
    assert autograd.randint_like(x, 5, 6).tolist() == [[5.0] * 3] * 2
    assert autograd.rand_like(x, dtype="float32", requires_grad=True).requires_grad


def test_gradients_can_be_asked_for() -> None:
    assert autograd.randn(2, requires_grad=True).is_leaf
    with pytest.raises(DTypeError, match="float"):
        autograd.randint(0, 5, (2,), requires_grad=True)


def test_float32_is_drawn_as_float32() -> None:
    """Half the bits of a float64: 24 are used, so every value times 2**24 is an integer."""
    x = autograd.rand(1000).array
    assert (np.ldexp(x, 24) % 1 == 0).all()
    assert len(set(x.tolist())) > 990


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: autograd.rand(2, dtype="int64"), DTypeError, ["rand", "int64", "randint"]),
        (lambda: autograd.randn(2, dtype="bool"), DTypeError, ["randn", "bool"]),
        (lambda: autograd.randint(5, 5, (1,)), ArgumentError, ["randint", "low=5", "high=5"]),
        (lambda: autograd.randint(5), ArgumentError, ["randint", "size"]),
        (lambda: autograd.rand(-1), ArgumentError, ["rand", "negative"]),
        (lambda: autograd.normal(0.0, -1.0, (2,)), ArgumentError, ["normal", "-1"]),
        (lambda: autograd.normal(0.0, 1.0), ArgumentError, ["normal", "size"]),
        (
            lambda: autograd.normal(autograd.zeros(2), autograd.ones(3)),
            ShapeError,
            ["normal", "(2,)", "(3,)"],
        ),
        (lambda: autograd.bernoulli(autograd.tensor([1.5])), ArgumentError, ["bernoulli", "1.5"]),
        (lambda: autograd.bernoulli(autograd.tensor([math.nan])), ArgumentError, ["bernoulli"]),
        (lambda: autograd.bernoulli(autograd.tensor([1])), DTypeError, ["bernoulli", "int64"]),
        (lambda: autograd.poisson(autograd.tensor([-1.0])), ArgumentError, ["poisson", "-1"]),
        (
            lambda: autograd.multinomial(autograd.tensor([1.0, 0.0]), 2),
            ArgumentError,
            ["multinomial", "2", "replacement"],
        ),
        (
            lambda: autograd.multinomial(autograd.tensor([-1.0, 2.0]), 1),
            ArgumentError,
            ["multinomial", "negative"],
        ),
        (lambda: autograd.multinomial(autograd.zeros(2), 1, True), ArgumentError, ["multinomial"]),
        (lambda: autograd.multinomial(autograd.ones(2, 2, 2), 1), ShapeError, ["multinomial", "(2, 2, 2)"]),
        (lambda: autograd.rand(2, device="cuda"), DeviceError, ["cpu"]),
        (lambda: autograd.randn(2, generator=3), ArgumentError, ["generator", "3"]),  # type: ignore[arg-type]
        (lambda: autograd.zeros(2).normal_(generator=3), ArgumentError, ["generator", "3"]),
        (lambda: autograd.manual_seed("a"), ArgumentError, ["manual_seed", "'a'"]),  # type: ignore[arg-type]
        (lambda: autograd.manual_seed(None), ArgumentError, ["manual_seed"]),  # type: ignore[arg-type]
    ],
)
def test_errors(call: Callable[[], Any], error: type[Exception], words: list[str]) -> None:
    with pytest.raises(error) as caught:
        call()
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_chances_and_weights_draw_as_methods():
    assert autograd.tensor([0.0, 1.0]).bernoulli().tolist() == [0.0, 1.0]
    assert autograd.ones(2).bernoulli(0.0).tolist() == [0.0, 0.0]
    assert autograd.tensor([0.0, 1.0]).multinomial(3, replacement=True).tolist() == [1, 1, 1]
    a, b = (autograd.Generator().manual_seed(3) for _ in range(2))
    weights = autograd.ones(50)
    assert autograd.equal(
        weights.multinomial(20, generator=a), autograd.multinomial(weights, 20, generator=b)
    )


def test_a_fork_of_the_default_generator():
    with autograd.random.fork_rng():
        first = autograd.rand(3)
    assert autograd.equal(first, autograd.rand(3))
    with autograd.random.fork_rng(enabled=False):
        first = autograd.rand(3)
    assert not autograd.equal(first, autograd.rand(3))
