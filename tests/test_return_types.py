"""Named tuples of results: PyTorch's names of fields, and its way to show them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import autograd

torch = pytest.importorskip("torch")

CALLS: dict[str, Callable[[Any], Any]] = {
    "aminmax": lambda x: x.aminmax(),
    "cummax": lambda x: x.cummax(0),
    "cummin": lambda x: x.cummin(0),
    "histogram": lambda x: x.histogram(2),
    "kthvalue": lambda x: x.kthvalue(2),
    "max": lambda x: x.max(0),
    "median": lambda x: x.median(0),
    "min": lambda x: x.min(0),
    "mode": lambda x: x.mode(),
    "nanmedian": lambda x: x.nanmedian(0),
    "sort": lambda x: x.sort(),
    "topk": lambda x: x.topk(2),
}


@pytest.mark.parametrize("name", CALLS)
def test_results_are_shown_as_in_pytorch(name: str) -> None:
    found = CALLS[name](autograd.tensor([3.0, 1.0, 2.0]))
    expected = CALLS[name](torch.tensor([3.0, 1.0, 2.0]))
    assert type(found) is getattr(autograd.return_types, name)
    assert repr(found).replace("autograd.", "torch.") == repr(expected)


@pytest.mark.parametrize("name", [n for n, c in vars(autograd.return_types).items() if hasattr(c, "_fields")])
def test_fields_are_pytorchs(name: str) -> None:
    if name.startswith("_") or name == "NamedTuple":
        return
    assert getattr(autograd.return_types, name)._fields == getattr(torch.return_types, name).__match_args__
