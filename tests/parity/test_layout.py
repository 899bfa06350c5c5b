"""How results lie in memory: a program that takes a view of a result in PyTorch can take it here.

Most lie in C order. Those of pools and normalisations keep an order, and come into C order when a program takes a view
(see `autograd.settling`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import autograd  # noqa: E402  # after the check that torch is there
from autograd.settling import settle  # noqa: E402
from autograd.tape import Variable  # noqa: E402
from tests.case import Case, Sample  # noqa: E402
from tests.op_cases import CASES  # noqa: E402
from tests.parity.compare import quiet  # noqa: E402
from tests.parity.test_table import call, theirs  # noqa: E402
from tests.parity.translate import Translator, flat, mapped, tensor  # noqa: E402


def _with_last_first(t: Any) -> Any:
    order = (*range(1, t.ndim), 0)
    return t.permute(order).contiguous().permute((t.ndim - 1, *range(t.ndim - 1))) if t.ndim > 2 else t


def _reverse(t: Any) -> tuple[int, ...]:
    return tuple(range(t.ndim))[::-1]


def _each_second(t: Any) -> Any:
    return torch.repeat_interleave(t, 2, -1)[..., ::2] if t.ndim else t


LAYOUTS: dict[str, Callable[[Any], Any]] = {
    "C order": lambda t: t,
    "all dimensions reversed": lambda t: t.permute(_reverse(t)).contiguous().permute(_reverse(t)),
    "the last two exchanged": lambda t: t.mT.contiguous().mT if t.ndim > 2 else t,
    "the first innermost": _with_last_first,
    "each second of a row": _each_second,
    "each second row": lambda t: torch.repeat_interleave(t, 2, 0)[::2] if t.ndim > 1 else t,
    "rows repeated": lambda t: t[:1].expand(t.shape) if t.ndim and t.shape[0] else t,
    "columns repeated": lambda t: t[..., :1].expand(t.shape) if t.ndim and t.shape[-1] else t,
    "channels last": lambda t: t.contiguous(memory_format=torch.channels_last) if t.ndim == 4 else t,
}  # fmt: skip


def _laid(layout: str, value: Any) -> Any:
    return mapped(value, lambda v: LAYOUTS[layout](v.detach()) if isinstance(v, torch.Tensor) else v)


def _calls(case: Case, sample: Sample, layout: str) -> Iterator[tuple[Any, Any]]:
    """The sample with its first argument in this layout, and with all arguments in it."""
    args, named = call(case, sample, "float64")
    plain = _laid("C order", args)
    yield (*_laid(layout, args[:1]), *plain[1:]), named
    if len(args) > 1:
        yield _laid(layout, args), named


def _others(case: Case, sample: Sample, layout: str) -> Iterator[str]:
    """Where PyTorch's result is in C order and ours is not."""
    for args, named in _calls(case, sample, layout):
        translate = Translator()
        with quiet():
            try:
                expected = flat(theirs(case)(*args, **named))
            except RuntimeError:  # rows that repeat have no inverse, say
                continue
            found = flat(case.op(*translate(args), **translate(named)))
        for e, f in zip(expected, found, strict=True):
            both = isinstance(e, torch.Tensor) and isinstance(f, Variable)
            if both and e.is_contiguous() and not settle(f, any_order=True):
                strides = [step // f.array.itemsize for step in f.array.strides]
                yield f"{sample}, {layout}: {tuple(e.shape)}, strides {e.stride()} in PyTorch, {strides} here"


ELSEWHERE = {
    "alias": "PyTorch has it by another name, under which it is called with a copy",
    "view": "the row compares with reshape",
    "view_as": "the row compares with reshape",
    "svd": "the row transposes Vh, which is in column order in PyTorch and in C order here",
}
"""Rows that say nothing about layouts, and why."""


@pytest.mark.parametrize("case", [c for c in CASES if c.torch and c.name not in ELSEWHERE], ids=repr)
def test_a_result_in_c_order_in_pytorch_is_in_c_order_here(case: Case) -> None:
    """So that `view` works wherever it works in PyTorch."""
    found = [o for sample in case.samples for layout in LAYOUTS for o in _others(case, sample, layout)]
    assert not found, "\n".join(found)


SHAPES = [(2, 3, 4), (6, 4), (2, 12), (3, 8), (24,), (4, 3, 2), (2, 3, 2, 2), (1, 24), (2, 1, 12)]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_view_fails_where_it_fails_in_pytorch(layout: str, shape: tuple[int, ...]) -> None:
    for source in ((2, 3, 4), (4, 6), (2, 3, 2, 2)):
        x = LAYOUTS[layout](torch.arange(24.0).reshape(source))
        ours = tensor(x)
        try:
            expected = x.view(shape)
        except RuntimeError:
            with pytest.raises(RuntimeError, match=r"reshape\(\)"):
                ours.view(shape)
        else:
            found = ours.view(shape)
            np.testing.assert_array_equal(found.array, expected.numpy())
            assert np.may_share_memory(found.array, ours.array)
        assert isinstance(ours, autograd.Tensor)
