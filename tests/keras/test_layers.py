"""Layers against Keras': the same weights give the same results, gradients, penalties, shapes and configurations."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import autograd
from nn import keras as ours
from tests.keras.layer_cases import CASES, Case

keras = pytest.importorskip("keras")
torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning"
)  # Keras' variables


@pytest.fixture(autouse=True)
def _in_float64(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Keras compute in float64 where a layer is of it: by itself it takes float32 inside many operations."""
    from keras.src.backend.common import dtypes

    monkeypatch.setitem(dtypes.BIT64_TO_BIT32_DTYPE, "float64", "float64")


def inputs_of(case: Case, seed: int = 0) -> list[Any]:
    rng = np.random.default_rng(seed)
    if case.integers:
        return [rng.integers(0, case.integers, shape) for shape in case.shapes]
    return [rng.normal(size=shape) for shape in case.shapes]


def near(found: Any, wanted: Any, tolerance: float) -> None:
    np.testing.assert_allclose(
        found.detach().numpy(), wanted.detach().cpu().numpy(), rtol=tolerance, atol=tolerance
    )


def called(layer: Any, case: Case, inputs: list[Any], **more: Any) -> list[Any]:
    result = layer(inputs, **case.call, **more) if case.as_list else layer(*inputs, **case.call, **more)
    return list(result) if isinstance(result, (list, tuple)) else [result]


def ours_of(case: Case, arrays: list[Any]) -> Any:
    layer = case.make(ours.layers)
    tensors = [autograd.tensor(a, requires_grad=a.dtype.kind == "f") for a in arrays]
    return layer, tensors


def both(case: Case) -> tuple[Any, Any, list[Any], list[Any]]:
    """Our layer and Keras', built, with the same random weights; and the inputs of each."""
    arrays = inputs_of(case)
    layer, tensors = ours_of(case, arrays)
    called(layer, case, tensors)
    oracle = case.make(keras.layers)
    theirs = [torch.tensor(a, requires_grad=a.dtype.kind == "f") for a in arrays]
    called(oracle, case, theirs)
    rng = np.random.default_rng(1)
    shapes = [w.shape for w in layer.get_weights()]
    assert shapes == [w.shape for w in oracle.get_weights()]
    weights = [rng.normal(size=shape) * 0.5 for shape in shapes]
    if "moving_variance" in vars(layer):
        weights[-1] = np.abs(weights[-1]) + 0.5
    layer.set_weights(weights)
    oracle.set_weights(weights)
    return layer, oracle, tensors, theirs


@pytest.mark.parametrize("case", CASES, ids=str)
def test_results_and_gradients(case: Case) -> None:
    layer, oracle, tensors, theirs = both(case)
    mine, wanted = called(layer, case, tensors), called(oracle, case, theirs)
    assert len(mine) == len(wanted)
    rng = np.random.default_rng(2)
    total, their_total = autograd.tensor(0.0, dtype=autograd.float64), torch.zeros((), dtype=torch.float64)
    for a, b in zip(mine, wanted, strict=True):
        np.testing.assert_allclose(
            a.detach().numpy(), b.detach().cpu().numpy(), rtol=case.tolerance, atol=case.tolerance
        )
        g = rng.normal(size=b.shape)
        total = total + (a * autograd.tensor(g)).sum()
        their_total = their_total + (b * torch.tensor(g)).sum()
    for loss in layer.losses:
        total = total + loss
    for loss in oracle.losses:
        their_total = their_total + loss
    np.testing.assert_allclose(
        total.item(), their_total.item(), rtol=10 * case.tolerance, atol=10 * case.tolerance
    )
    if total.requires_grad:
        total.backward()
        their_total.backward()
    for a, b in zip(tensors, theirs, strict=True):
        if b.grad is not None:
            np.testing.assert_allclose(
                a.grad.numpy(), b.grad.numpy(), rtol=10 * case.tolerance, atol=10 * case.tolerance
            )
    for a, b in zip(layer.trainable_weights, oracle.trainable_weights, strict=True):
        np.testing.assert_allclose(
            a.grad.numpy(), b.value.grad.cpu().numpy(), rtol=10 * case.tolerance, atol=10 * case.tolerance
        )


@pytest.mark.parametrize("case", CASES, ids=str)
def test_shapes_and_counts(case: Case) -> None:
    layer, oracle, _, _ = both(case)
    assert layer.count_params() == oracle.count_params()

    def symbolic(package: Any) -> list[Any]:
        made = [
            package.Input(shape[1:], dtype="int64" if case.integers else "float64") for shape in case.shapes
        ]
        return [tuple(out.shape) for out in called(case.make(package.layers), case, made)]

    found, wanted = symbolic(ours), symbolic(keras)
    if "return_attention_scores" in case.call:  # Keras says T × T of these, whatever the value's steps
        found, wanted = found[:1], wanted[:1]
    assert found == wanted


def plain(config: dict[str, Any]) -> Any:
    """A configuration as JSON, without what is not about the layer."""
    config = json.loads(json.dumps(config), parse_float=lambda text: round(float(text), 6))
    for key in (
        "dtype",
        "name",
        "quantization_config",
        "use_cudnn",
        "flash_attention",
        "weights",
        "rms_scaling",
    ):
        config.pop(key, None)
    if config.get("activity_regularizer", 0) is None:
        del config["activity_regularizer"]
    return config


@pytest.mark.parametrize("case", CASES, ids=str)
def test_configurations(case: Case) -> None:
    layer, oracle, tensors, _ = both(case)
    config = json.loads(json.dumps(layer.get_config()))
    again = type(layer).from_config(config)
    assert json.loads(json.dumps(again.get_config())) == config
    called(again, case, tensors)
    again.set_weights(layer.get_weights())
    for a, b in zip(called(layer, case, tensors), called(again, case, tensors), strict=True):
        assert np.array_equal(a.detach().numpy(), b.detach().numpy())
    if case.config:
        wanted = plain(oracle.get_config())
        assert {key: value for key, value in plain(config).items() if key in wanted} == wanted
    theirs = type(oracle).from_config({k: v for k, v in config.items() if k not in ("use_cudnn", "weights")})
    assert theirs.name == layer.name
