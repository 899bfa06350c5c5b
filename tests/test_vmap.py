"""vmap: every row of the table against a loop over examples, and what in_dims, out_dims and nesting mean."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
from autograd import vmap
from autograd.errors import BatchingError
from autograd.hidden import RULES
from autograd.table import registry
from autograd.tape import Variable, wrap
from tests.case import Array, Case, Sample
from tests.test_ops import Call, close, cotangents, differentiable, drawn, leaves, mapped, outputs, rows

BATCH = 3

REFUSED: dict[str, str] = {
    "nonzero": "as many rows as there are nonzero elements",
    "argwhere": "as many rows as there are nonzero elements",
    "unique": "as many elements as there are different ones",
    "unique_consecutive": "as many elements as there are different ones",
    "masked_select": "as many elements as the mask has true ones, if it differs between examples",
    "getitem": "the same, for an index that is a mask",
    "setitem": "the same, for values written at a mask",
    "additem": "the same, for values added at a mask",
    "unindex": "the same, for its derivative",
    "index_put": "the same, for values written at a mask",
    "one_hot": "as many classes as the largest number says, if num_classes is left out",
    "repeat_interleave": "as many elements as the repeats add up to, if they differ between examples",
}
"""Rows that may be refused, because the size of something depends on values: what it depends on."""

OUTSIDE = {
    **dict.fromkeys(("bincount", "histc", "histogram", "cells"), "counts on ndarrays"),
    "cov": "checks weights by their values",
    **dict.fromkeys(
        ("as_strided", "as_strided_copy", "as_strided_scatter"), "reads memory, which examples share"
    ),
}
"""Rows of functions that take whole batches, but outside vmap: why."""


def test_every_primitive_has_a_batching_rule() -> None:
    assert sorted(p.name for p in registry().values() if p not in RULES) == []


# ------------------------------------------------------------------------------------------------ the table


def variants(call: Call, which: set[int]) -> list[Call]:
    """The call BATCH times, with other numbers in the arrays of those numbers: permuted, so that a domain holds."""
    made = []
    for b in range(BATCH):
        rng = np.random.default_rng(b)
        number = iter(range(1000))

        def varied(a: Array, rng: Any = rng, number: Any = number, b: int = b) -> Array:
            if next(number) not in which or not b:
                return a
            if a.ndim and a.shape[-1] > 1:  # along the last dimension alone: rows stay rows
                return np.ascontiguousarray(a[..., rng.permutation(a.shape[-1])])
            return a.copy()

        made.append(mapped(call, varied, np.ndarray))
    return made


def stacked(calls: list[Call], which: set[int], dim: int) -> tuple[Call, list[int | None]]:
    """One call with the examples' arrays stacked along `dim`, and the in_dims of its arrays in order."""
    columns = list(zip(*(list(leaves(c, np.ndarray)) for c in calls), strict=True))
    whole = iter(
        np.stack(column, 0 if dim == 0 else column[0].ndim) if i in which else column[0]
        for i, column in enumerate(columns)
    )
    dims = [dim if i in which else None for i in range(len(columns))]
    return mapped(calls[0], lambda _: next(whole), np.ndarray), dims


def under_vmap(
    case: Case, whole: Call, dims: list[int | None], tensors: list[Any], out_dims: int = 0
) -> list[Any]:
    """The results of the operation on all examples, from its arrays as tensors."""

    def call(*given: Any) -> tuple[Any, ...]:
        values = iter(given)
        args, options = mapped(whole, lambda _: next(values), np.ndarray)
        found = outputs(case.op(*args, **options))
        return tuple(found)

    return list(vmap(call, in_dims=tuple(dims), out_dims=out_dims)(*tensors))


def masks(number: int) -> list[set[int]]:
    """Which of the arrays differ between the examples: all, and each alone."""
    everything = set(range(number))
    return [everything] + ([{i} for i in range(number)] if number > 1 else [])


def mappable(case: Case, sample: Sample) -> bool:
    return any(True for _ in leaves(drawn(case, sample), np.ndarray))


def refused(case: Case, error: BatchingError) -> bool:
    """Whether an error is the one that says that a size depends on values, of a row for which it may."""
    if case.name in OUTSIDE:
        return True
    return case.name in REFUSED and ("depends on values" in str(error) or "x[mask]" in str(error))


@pytest.mark.parametrize(("case", "sample"), rows(mappable))
def test_rows_under_vmap(case: Case, sample: Sample) -> None:
    """The results are those of a loop, whichever arguments are mapped over, along the first or the last dimension."""
    call = drawn(case, sample)
    number = len(list(leaves(call, np.ndarray)))
    for which in masks(number):
        calls = variants(call, which)
        loop = []
        for c in calls:
            args, options = mapped(c, wrap, np.ndarray)
            loop.append([np.asarray(r.array) for r in outputs(case.op(*args, **options))])
        if case.name in REFUSED and any(
            [r.shape for r in found] != [r.shape for r in loop[0]] for found in loop
        ):
            continue
        expected = [np.stack(column) for column in zip(*loop, strict=True)]
        for dim in (0, -1):
            whole, dims = stacked(calls, which, dim)
            try:
                found = under_vmap(case, whole, dims, [wrap(a) for a in leaves(whole, np.ndarray)])
            except BatchingError as error:
                if refused(case, error):
                    continue
                raise
            assert [(f.array.shape, f.array.dtype) for f in found] == [(e.shape, e.dtype) for e in expected]
            close([f.array for f in found], expected, 1e-9, f"{which} along {dim}")


@pytest.mark.parametrize(
    ("case", "sample"),
    rows(
        lambda case, sample: (
            mappable(case, sample) and case.differentiable and differentiable(sample, drawn(case, sample))
        )
    ),
)
def test_gradients_of_rows_under_vmap(case: Case, sample: Sample) -> None:
    """The gradients through vmap are those through a loop; those of what is not mapped over add up."""
    call = drawn(case, sample)
    inputs = differentiable(sample, call)
    places = [i for i, a in enumerate(leaves(call, np.ndarray)) if any(a is b for b in inputs)]
    number = len(list(leaves(call, np.ndarray)))
    for which in masks(number):
        calls = variants(call, which)
        whole, dims = stacked(calls, which, 0)
        arrays = list(leaves(whole, np.ndarray))
        tensors = [wrap(a.copy()) for a in arrays]
        for i in places:
            tensors[i].requires_grad_()
        try:
            found = [r for r in under_vmap(case, whole, dims, tensors) if r.requires_grad]
        except BatchingError as error:
            if refused(case, error):
                continue
            raise
        assert found
        weights = cotangents(case, found, 1)
        got = autograd.grad(
            found, [tensors[i] for i in places], [wrap(w) for w in weights], allow_unused=True
        )
        expected = [np.zeros_like(arrays[i]) for i in places]
        for b, c in enumerate(calls):
            own = [wrap(a.copy()) for a in leaves(c, np.ndarray)]
            for i in places:
                own[i].requires_grad_()
            values = iter(own)
            args, options = mapped(c, lambda _, values=values: next(values), np.ndarray)
            results = [
                r for r in outputs(case.op(*args, **options)) if isinstance(r, Variable) and r.requires_grad
            ]
            gradients = autograd.grad(
                results, [own[i] for i in places], [wrap(w[b]) for w in weights], allow_unused=True
            )
            for k, (i, g) in enumerate(zip(places, gradients, strict=True)):
                if g is not None:
                    target = expected[k][b] if i in which else expected[k]
                    np.add(
                        target,
                        g.array,
                        out=target
                        if target.ndim
                        else expected[k][b : b + 1].reshape(())
                        if i in which
                        else target,
                    )
        close(
            [np.zeros_like(e) if g is None else g.array for g, e in zip(got, expected, strict=True)],
            expected,
            1e-9,
            str(which),
        )
