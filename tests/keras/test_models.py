"""Models against Keras': weights, results, summaries, and architectures as JSON, both ways."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import pytree
from nn import keras as ours
from tests.keras.model_cases import MODELS

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning"
)  # Keras' variables

Make = Callable[[Any], Any]
each_model = pytest.mark.parametrize("make", MODELS, ids=lambda make: make.__name__)


def made(make: Make) -> tuple[Any, Any]:
    """Our model and Keras', with the same names and random weights."""
    ours.utils.clear_session()
    keras.utils.clear_session()
    model, oracle = make(ours), make(keras)
    rng = np.random.default_rng(0)
    weights = [np.abs(rng.normal(size=w.shape)) * 0.5 for w in model.get_weights()]
    model.set_weights(weights)
    oracle.set_weights(weights)
    return model, oracle


def data_for(model: Any) -> Any:
    rng = np.random.default_rng(1)

    def array(tensor: Any) -> Any:
        shape = (3, *tensor.shape[1:])
        return (
            rng.integers(0, 10, shape)
            if tensor.dtype == "int64"
            else rng.normal(size=shape).astype("float32")
        )

    structure = model.input
    if isinstance(structure, dict):
        return {key: array(tensor) for key, tensor in structure.items()}
    return [array(tensor) for tensor in structure] if isinstance(structure, list) else array(structure)


def values(result: Any) -> list[Any]:
    if isinstance(result, dict):
        return [np.asarray(result[key].detach()) for key in sorted(result)]
    many = result if isinstance(result, (list, tuple)) else [result]
    return [np.asarray(part.detach()) for part in many]


def near(found: Any, wanted: Any) -> None:
    assert type(found) is type(wanted) or not isinstance(wanted, (list, dict))
    for a, b in zip(values(found), values(wanted), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


@each_model
def test_the_same_weights_give_the_same_results(make: Make) -> None:
    model, oracle = made(make)
    x = data_for(model)
    near(model(x), oracle(x))
    assert model.count_params() == oracle.count_params()
    assert [layer.name for layer in model.layers] == [layer.name for layer in oracle.layers]
    for a, b in zip(model.losses, oracle.losses, strict=True):
        assert a.item() == pytest.approx(b.item(), rel=1e-5)


@each_model
def test_weights_go_both_ways(make: Make) -> None:
    model, oracle = made(make)
    again = make(ours)
    again.set_weights(oracle.get_weights())
    for a, b in zip(again.get_weights(), model.get_weights(), strict=True):
        assert np.array_equal(a, b)


def text_of(model: Any, **options: Any) -> str:
    found: list[str] = []
    model.summary(print_fn=found.append, **options)
    return "".join(found)


@each_model
@pytest.mark.parametrize(
    "options",
    [{}, {"expand_nested": True}, {"show_trainable": True}, {"line_length": 70}],
    ids=["plain", "nested", "trainable", "narrow"],
)
def test_the_summary_is_keras_own(make: Make, options: dict[str, Any]) -> None:
    model, oracle = made(make)
    assert text_of(model, **options) == text_of(oracle, **options)


@each_model
def test_architectures_go_both_ways(make: Make) -> None:
    model, oracle = made(make)
    x = data_for(model)
    theirs = keras.models.model_from_json(model.to_json())
    mine = ours.models.model_from_json(oracle.to_json())
    for again in (theirs, mine):
        again.set_weights(model.get_weights())
        near(again(x), oracle(x))
    same = ours.models.model_from_json(model.to_json())
    assert json.loads(same.to_json()) == json.loads(model.to_json())


@each_model
def test_gradients_reach_every_weight(make: Make) -> None:
    model, _ = made(make)
    result = model(data_for(model), training=True)
    sum((part * part).sum() for part in pytree.flatten(result)[0]).backward()
    assert all(parameter.grad is not None for parameter in model.parameters())
