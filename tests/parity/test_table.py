"""Every row of our own table beside PyTorch: functions and methods, in both precisions, with derivatives and errors."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import autograd  # noqa: E402  # after the check that torch is there
from autograd import dtypes  # noqa: E402
from tests.case import Case, Sample, Spec  # noqa: E402
from tests.op_cases import CASES  # noqa: E402
from tests.parity.compare import differences, quiet  # noqa: E402
from tests.parity.translate import Translator, flat  # noqa: E402
from tests.test_ops import differentiable, drawn, mapped, rows  # noqa: E402

FLOATS = ["float32", "float64"]
ABSENT = 17  # a dimension that no sample has


def theirs(case: Case) -> Callable[..., Any]:
    """PyTorch's function of a row."""
    if callable(case.torch):
        reference = case.torch
        return lambda *args, **named: reference(torch, *args, **named)
    return operator.attrgetter(case.torch)(torch)


def call(case: Case, sample: Sample, dtype: str) -> tuple[Any, Any]:
    """The sample's arguments as PyTorch tensors, leaves where derivatives are taken."""
    made = drawn(case, sample)
    wanted = [id(a) for a in differentiable(sample, made)] if case.differentiable else []

    def tensor(a: Any) -> Any:
        kind = dtype if a.dtype == np.float64 else a.dtype
        return torch.from_numpy(np.array(a, kind)).requires_grad_(id(a) in wanted)

    args, named = mapped(made, tensor, np.ndarray)
    return args, {k: getattr(torch, v.name) if isinstance(v, dtypes.dtype) else v for k, v in named.items()}


def translated(function: Callable[..., Any]) -> Callable[..., Any]:
    """The results of a row's function as a flat list: rows may return lists, tuples or one tensor."""
    return lambda *args, **named: flat(function(*args, **named))


def tolerance(case: Case) -> float:
    return max(1.0, case.torch_tolerance / 1e-10)


def none(reports: list[str]) -> None:
    assert not reports, "\n".join(reports)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(("case", "sample"), rows(lambda case, sample: case.torch))
def test_function(case: Case, sample: Sample, dtype: str) -> None:
    """Results, dtypes, first derivatives and (in float64) second derivatives."""
    args, named = call(case, sample, dtype)
    order = (2 if case.twice and dtype == "float64" else 1) if case.differentiable else 0
    none(
        differences(
            translated(theirs(case)), translated(case.op), args, named, order=order, tolerance=tolerance(case)
        )
    )


def methods() -> list[Any]:
    """The rows whose function is a method in PyTorch as well."""
    return rows(
        lambda case, sample: (
            isinstance(case.torch, str)
            and "." not in case.torch
            and callable(getattr(torch.Tensor, case.torch, None))
            and sample.args
            and isinstance(sample.args[0], Spec)
        )
    )


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(("case", "sample"), methods())
def test_method(case: Case, sample: Sample, dtype: str) -> None:
    """The method of the same name: results, dtypes and first derivatives."""
    args, named = call(case, sample, dtype)
    one, other = getattr(torch.Tensor, case.torch), getattr(autograd.Tensor, case.torch)
    order = int(case.differentiable)
    none(differences(translated(one), translated(other), args, named, order=order, tolerance=tolerance(case)))


# ------------------------------------------------------------------------------------------ mistakes


def refused(case: Case, sample: Sample, change: Callable[[list[Any], dict[str, Any]], None]) -> None:
    """Where PyTorch raises for the changed call, so do we: an error of ours, and an IndexError where it has one."""
    args, named = call(case, sample, "float64")
    changed = list(args)
    change(changed, named)
    try:
        with quiet():
            theirs(case)(*changed, **named)
    except Exception as error:  # noqa: BLE001  # whatever PyTorch raises, AttributeError among it
        kind = type(error)
    else:
        return
    translate = Translator()
    with pytest.raises(autograd.AutogradError) as raised, quiet():
        case.op(*translate(changed), **translate(named))
    if kind is IndexError and "dim" in named and named["dim"] == ABSENT:
        assert isinstance(raised.value, IndexError), raised.value
    assert ":" in str(raised.value)


def public(case: Case) -> bool:
    """Whether PyTorch has the operation, and the row is of ours, not of a function around it."""
    return bool(case.torch) and case.op.__module__.split(".")[0] in ("autograd", "nn")


@pytest.mark.parametrize(
    ("case", "sample"), rows(lambda case, sample: case.torch and "dim" in sample.options)
)
def test_a_dimension_that_is_not_there(case: Case, sample: Sample) -> None:
    def change(args: list[Any], named: dict[str, Any]) -> None:
        named["dim"] = ABSENT

    refused(case, sample, change)


@pytest.mark.parametrize(
    ("case", "sample"),
    rows(
        lambda case, sample: (
            public(case) and isinstance(case.torch, str) and sample is case.samples[0] and sample.args
        )
    ),
)
@pytest.mark.parametrize("wrong", ["text", None, [[1.0], [2.0, 3.0]], {"a": 1}], ids=repr)
def test_arguments_of_another_kind(case: Case, sample: Sample, wrong: Any) -> None:
    def change(args: list[Any], named: dict[str, Any]) -> None:
        args[0] = wrong

    refused(case, sample, change)


@pytest.mark.parametrize(
    ("case", "sample"),
    rows(
        lambda case, sample: (
            public(case)
            and sample is case.samples[0]
            and len(sample.args) > 1
            and isinstance(sample.args[1], Spec)
        )
    ),
)
def test_shapes_that_do_not_fit(case: Case, sample: Sample) -> None:
    def change(args: list[Any], named: dict[str, Any]) -> None:
        args[1] = torch.ones(7, 5, 3, dtype=torch.float64)

    refused(case, sample, change)


def test_every_row_with_a_name_of_pytorch_is_here_by_that_name() -> None:
    """`autograd.name` is there for each row that PyTorch has as `torch.name`."""
    names = [c.torch for c in CASES if isinstance(c.torch, str) and "." not in c.torch]
    assert [n for n in names if not callable(getattr(autograd, n, None))] == []
