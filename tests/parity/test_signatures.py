"""Arguments have PyTorch's names and order: a call by keyword means the same in both."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import autograd  # noqa: E402  # after the check that torch is there
from autograd.errors import ArgumentError  # noqa: E402

OTHER = {
    "out": "results are returned",
    "layout": "tensors are strided",
    "names": "dimensions have no names",
    "size_average": "gone from PyTorch's own documentation: reduction= says it",
    "reduce": "gone from PyTorch's own documentation: reduction= says it",
    "out_dtype": "of GPU kernels",
    "self": "a method's own tensor",
}
"""Arguments of PyTorch's that are not taken, and why."""

WRONG = {
    "addbmm": "alpha beta", "baddbmm": "alpha beta", "celu": "inplace", "cholesky_solve": "input1",
    "diag_embed": "diagonal", "dot": "other", "histogram": "min max", "index_reduce": "include_input", "isin": "e te",
    "lu_solve": "b", "msort": "descending", "nuclear_norm": "p", "orgqr": "tau", "pca_lowrank": "input",
    "polygamma": "n", "relu": "inplace",
    "selu": "inplace", "split_with_sizes": "tensor split_size_or_sections", "svd_lowrank": "input",
    "threshold": "inplace",
    "topk": "descending", "unsafe_split": "split_size_or_sections tensor",
    "unsafe_split_with_sizes": "tensor split_size_or_sections", "vdot": "other",
    "where": "x y", "xlogy": "x y",
}  # fmt: skip
"""Function -> arguments that PyTorch's list of signatures has wrong: called with them, or in that order, it refuses."""


def parameters(function: Callable[..., Any]) -> list[str]:
    several = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [n for n, p in inspect.signature(function).parameters.items() if p.kind not in several]


def shared() -> list[Any]:
    """PyTorch's functions, for which it keeps their signatures in Python, and ours of the same name."""
    found = []
    for function, signature in torch.overrides.get_testing_overrides().items():
        name = getattr(function, "__name__", "")
        ours = getattr(autograd, name, None)
        if name and getattr(torch, name, None) is function and callable(ours) and not isinstance(ours, type):
            found.append(pytest.param(name, parameters(signature), id=name))
    return found


def place(name: str, parameter: str) -> int:
    """Where our function has PyTorch's parameter."""
    function = getattr(autograd, name)
    primitive = getattr(function, "primitive", None)
    if primitive is None:
        return parameters(function).index(parameter)
    code = function.__code__
    if not code.co_flags & inspect.CO_VARKEYWORDS:  # written out for two arrays
        return code.co_varnames[: code.co_argcount].index(parameter)
    marker = object()
    for own in primitive.parameters:
        others = {p: None for p in primitive.parameters if p != own}
        try:
            return primitive.bind([], {**others, parameter: marker}).index(marker)
        except ArgumentError:
            continue
    raise ValueError(f"{name}: no argument {parameter}")


@pytest.mark.parametrize(("name", "wanted"), shared())
def test_names_and_order(name: str, wanted: list[str]) -> None:
    places = []
    for parameter in wanted:
        if parameter not in OTHER and parameter not in WRONG.get(name, "").split():
            try:
                places.append(place(name, parameter))
            except ValueError:
                pytest.fail(f"{name}() has no argument {parameter!r}")
    assert places == sorted(places), f"{name}() takes {wanted} in another order"
