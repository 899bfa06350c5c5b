"""What weights start from, against Keras': ranges and spreads, names, seeds, configurations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograd.errors import ArgumentError, ShapeError
from nn import keras as ours
from nn.keras import constraints, initializers, regularizers

keras = pytest.importorskip("keras")

NAMES = [
    "zeros", "ones", "random_normal", "random_uniform", "truncated_normal", "glorot_uniform", "glorot_normal",
    "he_normal", "he_uniform", "lecun_normal", "lecun_uniform", "orthogonal", "variance_scaling",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(200, 150), (3, 3, 20, 40)], ids=["matrix", "kernel"])
def test_spreads_are_keras_own(name: str, shape: tuple[int, ...]) -> None:
    mine = initializers.get(name)(shape).numpy()
    theirs = keras.initializers.get(name)(shape).detach().cpu().numpy()
    assert mine.shape == theirs.shape
    assert mine.dtype == theirs.dtype
    scale = float(theirs.std()) or 1.0
    assert mine.mean() == pytest.approx(theirs.mean(), abs=0.05 * scale)
    assert mine.std() == pytest.approx(theirs.std(), rel=0.05)
    assert np.abs(mine).max() == pytest.approx(np.abs(theirs).max(), rel=0.3)


@pytest.mark.parametrize("name", NAMES)
def test_names_and_configurations(name: str) -> None:
    mine, theirs = initializers.get(name), keras.initializers.get(name)
    assert type(mine).__name__ == type(theirs).__name__
    assert mine.get_config() == theirs.get_config()
    again = type(mine).from_config(mine.get_config())
    assert again.get_config() == mine.get_config()
    by_dict = initializers.get({"class_name": type(mine).__name__, "config": mine.get_config()})
    assert type(by_dict) is type(mine)


def test_a_seed_draws_the_same_each_time() -> None:
    draw = initializers.GlorotUniform(seed=3)
    assert (draw((4, 5)) == draw((4, 5))).all()
    free = initializers.GlorotUniform()
    assert (free((4, 5)) != free((4, 5))).any()


def test_values_as_arrays_and_functions() -> None:
    kernel = np.arange(6.0).reshape(3, 2)
    layer = ours.layers.Dense(
        2, kernel_initializer=kernel, bias_initializer=lambda shape, dtype: np.ones(shape, dtype)
    )
    layer.build((None, 3))
    assert layer.kernel.tolist() == kernel.tolist()
    assert layer.bias.tolist() == [1.0, 1.0]


def test_orthogonal_columns_or_rows() -> None:
    tall, wide = initializers.Orthogonal()((6, 3)).numpy(), initializers.Orthogonal(gain=2.0)((3, 6)).numpy()
    np.testing.assert_allclose(tall.T @ tall, np.eye(3), atol=1e-5)
    np.testing.assert_allclose(wide @ wide.T, 4 * np.eye(3), atol=1e-5)


@pytest.mark.parametrize(
    ("mistake", "kind"),
    [
        (lambda: initializers.VarianceScaling(scale=-1), ArgumentError),
        (lambda: initializers.VarianceScaling(mode="fan"), ArgumentError),
        (lambda: initializers.Identity()((2, 2, 2)), ShapeError),
        (lambda: initializers.Orthogonal()((3,)), ShapeError),
        (lambda: initializers.GlorotUniform(seed="one"), ArgumentError),
        (lambda: regularizers.L2(-0.1), ArgumentError),
        (lambda: regularizers.OrthogonalRegularizer(mode="both"), ArgumentError),
    ],
)
def test_mistakes(mistake: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        mistake()


@pytest.mark.parametrize(
    "make",
    [
        lambda r: r.L1(0.3), lambda r: r.L2(0.3), lambda r: r.L1L2(0.1, 0.2), lambda r: r.L1L2(l2=0.2),
        lambda r: r.OrthogonalRegularizer(0.5), lambda r: r.OrthogonalRegularizer(0.5, mode="columns"),
        lambda r: r.get("l2"),
    ],
)  # fmt: skip
def test_penalties_are_keras_own(make: Any) -> None:
    import torch

    import autograd

    w = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")
    mine, theirs = make(regularizers), make(keras.regularizers)
    assert float(mine(autograd.tensor(w))) == pytest.approx(float(theirs(torch.tensor(w))), rel=1e-5)


@pytest.mark.parametrize(
    "make",
    [
        lambda c: c.MaxNorm(0.7), lambda c: c.NonNeg(), lambda c: c.UnitNorm(axis=1),
        lambda c: c.MinMaxNorm(0.5, 0.9, rate=0.6),
    ],
)  # fmt: skip
def test_constraints_are_keras_own(make: Any) -> None:
    import torch

    import autograd

    w = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")
    found, wanted = make(constraints)(autograd.tensor(w)), make(keras.constraints)(torch.tensor(w))
    np.testing.assert_allclose(found, wanted.numpy(), rtol=1e-5)
    assert make(constraints).get_config() == make(keras.constraints).get_config()
