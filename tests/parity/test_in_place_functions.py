"""The functions that write over their argument, beside PyTorch's: `relu_(x)` in autograd and nn.functional."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import autograd  # noqa: E402  # after the check that torch is there
from autograd import functions_in_place  # noqa: E402
from nn import functional as F  # noqa: E402

ARGUMENTS: dict[str, Any] = {
    "addmv_": (np.eye(3), np.arange(3.0)),
    "clamp_": (0.2, 0.8),
    "clip_": (0.2, 0.8),
    "clamp_min_": (0.5,),
    "clamp_max_": (0.5,),
    "fill_": (3.0,),
    "gcd_": (np.array([4, 6, 9]),),
    "lcm_": (np.array([4, 6, 9]),),
    "ldexp_": (np.array([1, 2, -1]),),
    "xlogy_": (np.array([1.0, 2.0, 3.0]),),
    "index_put_": ([np.array([0, 2])], np.array([5.0, 6.0])),
    "threshold_": (0.5, -1.0),
    "as_strided_": ((3,), (1,)),
    "resize_as_": (np.zeros(3),),
}


def arguments(name: str, tensor: Any) -> list[Any]:
    def converted(a: Any) -> Any:
        if isinstance(a, list):
            return [converted(part) for part in a]
        return tensor(a) if isinstance(a, np.ndarray) else a

    return [converted(a) for a in ARGUMENTS.get(name, ())]


def compared(name: str, ours: Any, theirs: Any) -> None:
    start = np.array([12, 18, 27]) if name in ("gcd_", "lcm_") else np.array([1.1, 0.6, 0.3])
    x, y = autograd.tensor(start), torch.tensor(start)
    memory = x.numpy()
    result = ours(x, *arguments(name, autograd.tensor))
    expected = theirs(y, *arguments(name, torch.tensor))
    assert result is x
    np.testing.assert_allclose(memory, expected.numpy(), rtol=1e-12)


@pytest.mark.parametrize("name", functions_in_place.__all__)
def test_function(name: str) -> None:
    compared(name, getattr(autograd, name), getattr(torch, name))


@pytest.mark.parametrize("name", sorted(n for n in F.__all__ if n.endswith("_")))
def test_activation(name: str) -> None:
    compared(name, getattr(F, name), getattr(torch.nn.functional, name))
