"""Whole models from PyTorch's world, in `models/`: only their import lines are changed, and they train alike.

Each file has `build()`, the model; `train(model, rng, steps)`, which returns the losses; and `evaluate(model, rng)`. A
model is built by PyTorch, its weights are loaded into ours by name, and both are trained on the same data.
"""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
from tests.test_programs import converted

torch = pytest.importorskip("torch")

MODELS = sorted((Path(__file__).parent / "models").glob("*.py"))
STEPS = 20
SMALL = 0.01  # a bias that the next normalisation takes away is a sum of rounding errors
TOLERANCES = {"float64": 1e-9, "float32": 1e-4}


def loaded(path: Path, change: bool) -> dict[str, Any]:
    """The names of a file, run as it stands or as ours."""
    source = path.read_text(encoding="utf-8")
    namespace: dict[str, Any] = {"__name__": path.stem}
    exec(compile(converted(source) if change else source, str(path), "exec"), namespace)  # the file is ours
    return namespace


def leaves(value: Any) -> Iterator[np.ndarray]:
    """Every number, array and tensor in a result, as arrays."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for part in value:
            yield from leaves(part)
    elif value is not None:
        yield np.asarray(value.detach().numpy() if hasattr(value, "detach") else value)


def close(ours: Any, theirs: Any, tolerance: float, what: str) -> None:
    for found, expected in zip(leaves(ours), leaves(theirs), strict=True):
        assert found.shape == expected.shape, what
        assert found.dtype == expected.dtype, what
        if expected.dtype.kind != "f":
            np.testing.assert_array_equal(found, expected, err_msg=what)
            continue
        finite = np.abs(expected[np.isfinite(expected)])
        scale = float(np.max(finite, initial=SMALL))
        np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance * scale, err_msg=what)


def both(path: Path, dtype: str) -> tuple[tuple[Any, list[float], Any], tuple[Any, list[float], Any]]:
    """(model, losses, evaluation) of PyTorch, and ours."""
    sides = loaded(path, change=False), loaded(path, change=True)
    defaults = torch.get_default_dtype(), autograd.get_default_dtype()
    try:
        torch.set_default_dtype(getattr(torch, dtype))
        autograd.set_default_dtype(getattr(autograd, dtype))
        torch.manual_seed(0)
        theirs = sides[0]["build"]().to(getattr(torch, dtype))
        ours = sides[1]["build"]().to(getattr(autograd, dtype))
        assert repr(ours) == repr(theirs)
        assert ours.load_state_dict(theirs.state_dict()) == ([], [])
        results = []
        for side, model in zip(sides, (theirs, ours), strict=True):
            losses = side["train"](model, np.random.default_rng(1), STEPS)
            results.append((model, losses, side["evaluate"](model.eval(), np.random.default_rng(2))))
    finally:
        torch.set_default_dtype(defaults[0])
        autograd.set_default_dtype(defaults[1])
    return results[0], results[1]


@pytest.mark.parametrize("dtype", TOLERANCES)
@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_trains_as_in_pytorch(path: Path, dtype: str) -> None:
    tolerance = TOLERANCES[dtype]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module="torch")
        (theirs, expected, their_answers), (ours, losses, answers) = both(path, dtype)
    assert len(losses) >= STEPS
    assert np.isfinite(losses).all()
    close(losses, expected, tolerance, "losses")
    assert list(ours.state_dict()) == list(theirs.state_dict())
    for name, value in theirs.state_dict().items():
        close(ours.state_dict()[name], value, tolerance, name)
    close(answers, their_answers, tolerance, "evaluation")
