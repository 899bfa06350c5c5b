"""Every module that is ours too, over the samples of PyTorch's own database and of `module_samples`."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("expecttest")  # what PyTorch's testing package needs

import nn  # noqa: E402  # after the check that torch is there
from tests.parity import exclusions, module_db  # noqa: E402

DTYPES = [pytest.param(dtype, id=str(dtype).removeprefix("torch.")) for dtype in module_db.DTYPES]
SHARED = module_db.shared()
MODES = [
    pytest.param(name, training, id=f"{name}-{'train' if training else 'eval'}")
    for name in SHARED
    for training in module_db.modes(name)
]
CONTAINERS = {"Module", "Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict"}
BASES = {"RNNBase", "RNNCellBase"}


def none(reports: list[str]) -> None:
    assert not reports, f"{len(reports)} differences:\n  " + "\n  ".join(reports[:20])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("name", "training"), MODES)
def test_results_and_derivatives(name: str, dtype: Any, training: bool) -> None:
    """repr, weights, buffers, results, first and (in float64) second derivatives by inputs and weights."""
    none(module_db.failures(name, dtype, training))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", SHARED)
def test_training(name: str, dtype: Any) -> None:
    """Weights and buffers step by step, and results in evaluation after it."""
    none(module_db.training_failures(name, dtype))


@pytest.mark.parametrize("name", SHARED)
def test_layouts(name: str) -> None:
    """Inputs in other orders of memory, which stay as they are."""
    none(module_db.layout_failures(name))


@pytest.mark.parametrize("name", SHARED)
def test_errors(name: str) -> None:
    """Where PyTorch says an error must be raised, one of ours of the same built-in type is."""
    none(module_db.error_failures(name))


@pytest.mark.parametrize("name", SHARED)
def test_arguments(name: str) -> None:
    """Names, order and defaults of the arguments of the constructor and of forward."""
    none(module_db.signature_failures(name))


@pytest.mark.parametrize("name", SHARED)
def test_copies_and_options(name: str) -> None:
    """deepcopy and pickle; inplace=, dtype= and device=."""
    none(module_db.kept_failures(name))


def test_every_module_of_nn_is_compared() -> None:
    """Containers have tests of their own; bases are compared as the modules that are made from them."""
    compared = {*SHARED, *CONTAINERS, *BASES}
    assert sorted(set(module_db.classes()) - compared - set(exclusions.MODULES)) == []


def test_exclusions_are_of_modules_that_exist() -> None:
    """No exclusion outlives what it was for."""
    listed = {
        *exclusions.MODULES,
        *exclusions.MODULE_SAMPLES,
        *exclusions.MODULE_ERRORS,
        *exclusions.MODULE_TOLERANCES,
        *exclusions.MODULE_SIGNATURES,
    }
    assert sorted(name for name in listed if not hasattr(torch.nn, name)) == []


def test_every_module_of_pytorch_is_here_or_excluded_with_a_reason() -> None:
    ours = {name for name in torch.nn.modules.__all__ if hasattr(nn, name)}
    assert set(torch.nn.modules.__all__) - ours == set(exclusions.MODULES)
