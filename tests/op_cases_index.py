"""Rows of the indexing operations: reading and writing at an index, gather and scatter, order."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.ops import distinct, index, order, positions
from autograd.tape import raw
from tests.case import Case, Given, Mask, Real, Whole, on

INTEGERS = ("bool", "uint8", "int32", "int64")
ROWS = Given([2, 0, 2, -1])
PAIR = (Given([0, 1, 1]), Given([2, 0, 0]))


def written(torch: Any, x: Any, value: Any, key: Any) -> Any:
    out = x.clone()
    out[key] = value
    return out


def added(torch: Any, x: Any, value: Any, key: Any) -> Any:
    where = torch.arange(x.numel()).reshape(x.shape)[key]
    value = torch.as_tensor(value, dtype=x.dtype).expand(where.shape)
    return x.reshape(-1).index_add(0, where.reshape(-1), value.reshape(-1)).reshape(x.shape)


def key_of(shape: Any, key: Any) -> Any:
    """What the primitives take: an index of NumPy's."""
    return index.raw_index(np.empty(shape), key)


def unindex(x: Any, shape: Any, key: Any) -> Any:
    return index.unindex(x, shape, key_of(shape, key))


def setitem(x: Any, value: Any, key: Any) -> Any:
    return index.setitem(x, value, key_of(x.shape, key))


def additem(x: Any, value: Any, key: Any) -> Any:
    return index.additem(x, value, key_of(x.shape, key))


def take(x: Any, places: Any) -> Any:
    return index.take(x, raw(places))


def put(x: Any, places: Any, value: Any) -> Any:
    return index.put(x, raw(places), value)


def unindexed(torch: Any, x: Any, shape: Any, key: Any) -> Any:
    return added(torch, torch.zeros(shape, dtype=x.dtype), x, key)


INDEXING = [
    Case(
        index.getitem,
        on(Real(3, 4), 1),
        on(Real(3, 4), (1, -1)),
        on(Real(3, 4), (slice(1, None), slice(None, None, 2))),
        on(Real(3, 4), (..., None, 0)),
        on(Real(3, 4), None),
        on(Real(3), 0),
        on(Real(), ...),
        on(Real(), None),
        on(Real(3, 4), ROWS),
        on(Real(3, 4), (slice(None), ROWS)),
        on(Real(3, 4), PAIR),
        on(Real(3, 4), (Given([[0], [2]]), Given([[1, 1]]))),
        on(Real(2, 3, 4), (0, slice(None), ROWS)),
        on(Real(2, 3, 4), (Given([1, 0]), slice(None), Given([1, 0]))),
        on(Real(3, 4), Given(np.eye(3, 4) > 0)),
        on(Real(3, 4), Given([True, False, True])),
        on(Real(3, 4), (Given([True, False, True]), slice(1, 2))),
        on(Real(3, 4), [0, 2]),
        on(Real(3, 4), slice(3, 1)),
        on(Real(0, 4), slice(None)),
        on(Real(3, 4), Given([], "int64")),
        torch=lambda torch, x, key: x[key],
        covers=("getitem",),
        integers=INTEGERS,
    ),
    Case(
        unindex,
        on(Real(4), (3, 4), (1, ...)),
        on(Real(3, 2), (3, 4), (slice(None), slice(0, 3, 2), ...)),
        on(Real(4, 2), (3, 2), ROWS),
        on(Real(2, 4), (2, 3), (slice(None), ROWS)),
        on(Real(3), (3, 4), PAIR),
        on(Real(2), (3,), Given([True, False, True])),
        torch=unindexed,
        covers=("unindex",),
    ),
    Case(
        setitem,
        on(Real(3, 4), Real(4), (1, ...)),
        on(Real(3, 4), Real(3, 1), (slice(None), slice(1, 3), ...)),
        on(Real(3, 4), Real(), Given([0, 2])),
        on(Real(3, 4), 2.5, (Given([0, 1]), Given([2, 0]))),
        on(Real(3), Real(2), Given([True, False, True])),
        on(Real(3, 4), Real(1, 1, 4), (0, ...)),
        torch=written,
        covers=("setitem",),
        integers=INTEGERS,
    ),
    Case(
        additem,
        on(Real(3, 4), Real(4), (1, ...)),
        on(Real(3, 4), Real(4, 4), ROWS),
        on(Real(3, 4), Real(3), PAIR),
        on(Real(3, 4), Real(), (slice(None), ROWS)),
        on(Real(2, 3, 4), Real(2, 1), (Given([1, 1]), slice(None), Given([3, 3]))),
        on(Real(3), Real(2), Given([True, False, True])),
        torch=added,
        covers=("additem",),
        integers=INTEGERS[1:],
    ),
    Case(
        index.index_put,
        on(Real(3, 4), (Given([0, 2]),), Real(4)),
        on(Real(3, 4), PAIR, Real(3), accumulate=True),
        on(Real(3, 4), (Given(np.eye(3, 4) > 0),), Real()),
        torch="index_put",
    ),
    Case(
        take,
        on(Real(3, 4), Given([0, 5, 5, 11])),
        on(Real(3, 4), Given([[0], [5]])),
        on(Real(), Given([0, 0])),
        on(Real(3), Given([], "int64")),
        numpy=np.take,
        torch="take",
        covers=("take",),
        integers=INTEGERS,
    ),
    Case(
        put,
        on(Real(3, 4), Given([0, 5, 11]), Real(3)),
        on(Real(3, 4), Given([[0], [5]]), Real(2, 1)),
        torch=lambda torch, x, i, v: x.put(i, v),
        covers=("put",),
        integers=INTEGERS,
    ),
]

POSITIONS = [
    Case(
        positions.gather,
        on(Real(3, 4), 1, Whole(3, 2, high=4)),
        on(Real(3, 4), 0, Whole(5, 3, high=3)),
        on(Real(3, 4), -1, Whole(2, 6, high=4)),
        on(Real(2, 3, 2), 1, Whole(2, 4, 2, high=3)),
        on(Real(), 0, Given(0)),
        on(Real(3, 4), 1, Whole(3, 0, high=1)),
        torch="gather",
    ),
    Case(
        positions.scatter,
        on(Real(3, 4), 1, Given([[0, 2], [3, 1], [1, 0]]), Real(3, 2)),
        on(Real(3, 4), 0, Given([[2, 0, 1, 1]]), Real(1, 4)),
        on(Real(3, 4), 1, Given([[0], [2]]), 1.5),
        torch="scatter",
    ),
    Case(
        positions.scatter_add,
        on(Real(3, 4), 1, Whole(3, 6, high=4), Real(3, 6)),
        on(Real(3, 4), 0, Whole(5, 2, high=3), Real(5, 2)),
        torch="scatter_add",
    ),
    Case(
        positions.take_along_dim,
        on(Real(3, 4), Whole(3, 2, high=4), 1),
        on(Real(3, 4), Whole(1, 2, high=4), 1),
        on(Real(1, 4), Whole(3, 2, high=4), -1),
        on(Real(3, 4), Whole(5, high=12)),
        torch="take_along_dim",
    ),
    Case(positions.take, on(Real(3, 4), Given([0, 5, 5])), on(Real(3), Given([[-1], [0]])), torch="take"),
    Case(
        positions.put,
        on(Real(3, 4), Given([0, 5]), Real(2)),
        on(Real(3, 4), Given([5, 5, 0]), Real(3), accumulate=True),
        torch="put",
    ),
    Case(
        positions.index_select,
        on(Real(3, 4), 0, Given([2, 0, 2])),
        on(Real(3, 4), -1, Given([1, 1])),
        on(Real(), 0, Given([0])),
        on(Real(3, 4), 0, Given([], "int64")),
        torch="index_select",
    ),
    Case(
        positions.index_add,
        on(Real(3, 4), 0, Given([2, 0, 2]), Real(3, 4)),
        on(Real(3, 4), 1, Given([1, 1]), Real(3, 2), alpha=-0.5),
        torch="index_add",
    ),
    Case(
        positions.index_copy,
        on(Real(3, 4), 0, Given([2, 0]), Real(2, 4)),
        on(Real(3, 4), 1, Given([1]), Real(3, 1)),
        torch="index_copy",
    ),
    Case(
        positions.index_fill,
        on(Real(3, 4), 0, Given([2, 0]), 1.5),
        on(Real(3, 4), 1, Given([1]), Real()),
        torch="index_fill",
    ),
    Case(
        positions.masked_select,
        on(Real(3, 4), Mask(3, 4)),
        on(Real(3, 4), Mask(4)),
        on(Real(4), Mask(3, 4)),
        on(Real(2), Mask(2, p=0)),
        torch="masked_select",
    ),
    Case(
        positions.masked_scatter,
        on(Real(3, 4), Mask(3, 4), Real(12)),
        on(Real(3, 4), Mask(4), Real(4, 3)),
        torch="masked_scatter",
    ),
]

ORDER = [
    Case(
        order.argsort,
        on(Real(3, 4, apart=True)),
        on(Real(3, 4, apart=True), 0, True),
        on(Whole(20, high=4), descending=True),
        on(Real()),
        torch=lambda torch, x, dim=-1, descending=False: (
            torch.sort(x, stable=True, dim=dim, descending=descending).indices
        ),
        differentiable=False,
        integers=INTEGERS,
    ),
    Case(
        order.sort,
        on(Real(3, 4, apart=True)),
        on(Real(3, 4, apart=True), 0, True),
        on(Real()),
        on(Real(0, 2)),
        torch=lambda torch, x, dim=-1, descending=False: torch.sort(
            x, stable=True, dim=dim, descending=descending
        ),
    ),
    Case(order.msort, on(Real(4, 2, apart=True)), torch="msort"),
    Case(
        order.topk,
        on(Real(3, 4, apart=True), 2),
        on(Real(30, 2, apart=True), 3, 0),
        on(Real(2, 40, apart=True), 2, largest=False),
        on(Real(4, apart=True), 4),
        on(Real(4, apart=True), 0),
        torch="topk",
        covers=("first_of",),
    ),
    Case(order.nonzero, on(Whole(3, 4, high=2)), on(Whole(high=2)), torch="nonzero", differentiable=False),
    Case(order.argwhere, on(Whole(3, 4, high=2)), torch="argwhere", differentiable=False),
    Case(
        order.searchsorted,
        on(Given([1.0, 2.0, 2.0, 3.0]), Given([[0.0, 2.0], [2.5, 4.0]])),
        on(Given([1.0, 2.0, 2.0, 3.0]), Given([2.0]), right=True),
        on(Given([[1.0, 2.0], [3.0, 4.0]]), Given([[2.0, 0.0, 1.5], [3.5, 5.0, 3.0]])),
        torch="searchsorted",
        differentiable=False,
    ),
    Case(
        order.bucketize,
        on(Given([[3.0, 6.0], [1.0, 0.0]]), Given([1.0, 3.0, 5.0])),
        on(Given([3, 6, 1]), Given([1, 3, 5]), right=True),
        torch="bucketize",
        differentiable=False,
    ),
    Case(
        distinct.unique,
        on(Whole(3, 4, high=4)),
        on(Whole(3, 4, high=4), return_inverse=True, return_counts=True),
        on(Whole(5, 2, high=2), dim=0, return_counts=True, return_inverse=True),
        torch="unique",
        differentiable=False,
    ),
    Case(
        distinct.unique_consecutive,
        on(Whole(20, high=2)),
        on(Whole(20, high=2), return_inverse=True, return_counts=True),
        on(Whole(2, 9, high=2), dim=1, return_counts=True),
        torch="unique_consecutive",
        differentiable=False,
    ),
    Case(
        distinct.one_hot,
        on(Whole(2, 3, high=4)),
        on(Whole(2, 3, high=4), 6),
        on(Given(2)),
        torch="nn.functional.one_hot",
        differentiable=False,
    ),
]

CASES = [*INDEXING, *POSITIONS, *ORDER]
