"""PyTorch's reference inputs of every elementwise operation: values at the edges, and their derivatives."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("expecttest")  # what PyTorch's testing package needs

from tests.parity import op_db, reference  # noqa: E402  # after the check that torch is there

FLOATS = [pytest.param(dtype, id=str(dtype).removeprefix("torch.")) for dtype in op_db.DIFFERENTIABLE]


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", reference.elementwise())
def test_reference_inputs(name: str, dtype: Any) -> None:
    """Extremal, large, small and no values, in any memory layout: results and first derivatives."""
    found = reference.failures(name, dtype)
    assert not found, f"{len(found)} differences:\n  " + "\n  ".join(found[:20])
