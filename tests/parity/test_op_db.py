"""Every operation of PyTorch's own database that is ours too: samples, derivatives, methods, in-place forms, errors."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("expecttest")  # what PyTorch's testing package needs

from tests.parity import exclusions, op_db  # noqa: E402  # after the check that torch is there

FLOATS = [pytest.param(dtype, id=str(dtype).removeprefix("torch.")) for dtype in op_db.DIFFERENTIABLE]
OTHERS = [pytest.param(dtype, id=str(dtype).removeprefix("torch.")) for dtype in op_db.OTHERS]
SHARED = op_db.shared()


def none(reports: list[str]) -> None:
    assert not reports, f"{len(reports)} differences:\n  " + "\n  ".join(reports[:20])


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", SHARED)
def test_values_and_derivatives(name: str, dtype: Any) -> None:
    """Values, dtypes, first and (in float64) second derivatives for each of PyTorch's samples."""
    none(op_db.failures(name, dtype))


@pytest.mark.parametrize("dtype", OTHERS)
@pytest.mark.parametrize("name", SHARED)
def test_values_of_other_dtypes(name: str, dtype: Any) -> None:
    """Values and dtypes for integers, bools and half precision."""
    none(op_db.failures(name, dtype))


@pytest.mark.parametrize("name", SHARED)
def test_methods(name: str) -> None:
    """The method and the in-place method, where PyTorch has them: values and first derivatives."""
    none(op_db.variant_failures(name))


@pytest.mark.parametrize("name", SHARED)
def test_errors(name: str) -> None:
    """Where PyTorch says an error must be raised, one of ours of the same built-in type is."""
    none(op_db.error_failures(name))


def test_exclusions_are_of_operations_that_exist() -> None:
    """No exclusion outlives what it was for."""
    known = {*op_db.OPS, *(op.name for op in op_db.OPS.values())}
    listed = {*exclusions.OPERATIONS, *exclusions.SAMPLES, *exclusions.ERRORS, *exclusions.TOLERANCES}
    assert sorted((listed | {name for name, _ in exclusions.VARIANTS}) - known) == []


def test_nothing_excluded_as_missing_is_here() -> None:
    """What is excluded because it is not here yet, is not."""
    missing = [n for n, why in exclusions.OPERATIONS.items() if "does not have yet" in why]
    assert [n for n in missing if n in op_db.OPS and op_db.ours(n) is not None] == []
