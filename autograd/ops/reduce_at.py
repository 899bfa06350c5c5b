"""Reducing at an index: elements of a source that go to one place are reduced there.

The elements for one place are put in a row of a table, filled up with what changes nothing, and the rows are reduced by
an ordinary reduction: its derivatives, of every order and at ties and zeros, are theirs.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.composite import composite
from autograd.dims import checked_dim
from autograd.errors import ArgumentError
from autograd.hidden import holds_hidden, of_examples
from autograd.ops.arithmetic import div
from autograd.ops.extremum import amax, amin
from autograd.ops.identity import clone
from autograd.ops.index import additem, getitem_, setitem
from autograd.ops.join import cat
from autograd.ops.positions import flat_positions, slices_at, target_of
from autograd.ops.reduce import prod
from autograd.ops.rounding import floor_divide
from autograd.ops.shape import expand, flatten, reshape
from autograd.primitive import Array

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["index_reduce", "scatter_reduce"]


@composite
def scatter_reduce(
    input: Any, dim: int, index: Any, src: Any, reduce: str, *, include_self: bool = True
) -> Tensor:
    """A copy of `input` with elements of `src` reduced into it along `dim` at the positions in `index`.

    reduce: "sum", "prod", "mean", "amax" or "amin", of the elements for one place and, unless include_self is False,
            the one that was there.

    Raises:
        ShapeError, DTypeError, DimensionError: as for `scatter`.

    >>> import autograd
    >>> x = autograd.tensor([1.0, 2.0, 3.0, 4.0])
    >>> scatter_reduce(autograd.zeros(2), 0, autograd.tensor([0, 0, 1, 1]), x, "amax")
    tensor([2., 4.])
    """
    if reduce not in ("sum", "prod", "mean", "amax", "amin"):
        raise ArgumentError(
            f"scatter_reduce: reduce is 'sum', 'prod', 'mean', 'amax' or 'amin', got {reduce!r}"
        )
    if holds_hidden((input, index, src)):
        return of_examples(scatter_reduce, input, dim, index, src, reduce, include_self)  # type: ignore[no-any-return]
    key, part = target_of("scatter_reduce", input, dim, index, src)
    if reduce == "sum" and include_self and (places := flat_positions(input, dim, key)) is not None:
        return reshape(additem(flatten(input), part, places), tuple(input.shape))
    return _reduced(input, key, part, reduce, include_self)


@composite
def index_reduce(
    input: Any, dim: int, index: Any, source: Any, reduce: str, *, include_self: bool = True
) -> Tensor:
    """A copy of `input` with slices of `source` reduced into it at the positions in `index` along `dim`.

    reduce: "prod", "mean", "amax" or "amin", as for `scatter_reduce`.

    >>> import autograd
    >>> x = autograd.tensor([2.0, 3.0, 4.0])
    >>> index_reduce(autograd.ones(2), 0, autograd.tensor([0, 0, 1]), x, "prod")
    tensor([6., 4.])
    """
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise ArgumentError(f"index_reduce: reduce is 'prod', 'mean', 'amax' or 'amin', got {reduce!r}")
    if not len(input.shape):
        as_vectors = reshape(input, (1,)), reshape(source, (-1,))
        result = index_reduce(as_vectors[0], dim, index, as_vectors[1], reduce, include_self=include_self)
        return reshape(result, ())
    if holds_hidden((input, index, source)):
        dim = checked_dim("index_reduce", dim, input.shape)
        at = reshape(index, (*(1,) * dim, -1, *(1,) * (len(input.shape) - 1 - dim)))
        return scatter_reduce(input, dim, expand(at, source.shape), source, reduce, include_self=include_self)
    key = slices_at("index_reduce", input, dim, index, source)
    return _reduced(input, key, source, reduce, include_self)


def _reduced(input: Any, key: Any, src: Any, reduce: str, include_self: bool) -> Tensor:
    shape = tuple(input.shape)
    size = math.prod(shape)
    places = np.arange(size).reshape(shape)[key]
    if not places.size:
        return clone(input)
    if reduce in ("sum", "mean"):
        total = additem(input if include_self else setitem(input, 0, key), src, key)
        if reduce == "sum":
            return total
        numbers = np.bincount(places.reshape(-1), minlength=size) + include_self
        numbers = np.maximum(numbers, 1).reshape(shape)
        dtype = np.dtype(str(input.dtype).rpartition(".")[2])
        divide: Any = div if dtype.kind == "f" else floor_divide
        return divide(total, numbers.astype(dtype))  # type: ignore[no-any-return]  # a tensor
    touched, rows = _rows(places.reshape(-1), size, include_self)
    elements = flatten(expand(src, places.shape))
    table = getitem_(cat([flatten(input), elements, _neutral(reduce, input)]), rows)
    if reduce == "prod":
        reduced: Any = prod(table, 1, dtype=input.dtype)
    else:
        reduced = (amax if reduce == "amax" else amin)(table, 1)
    return reshape(setitem(flatten(input), reduced, touched), shape)


def _rows(places: Array, size: int, include_self: bool) -> tuple[Array, Array]:
    """The places that are written, and for each a row of the numbers of its elements.

    The elements are numbered: first the `size` that were there, then those that come, last one that changes nothing.
    """
    order = np.argsort(places, kind="stable")
    touched, starts, counts = np.unique(places[order], return_index=True, return_counts=True)
    rows = np.full((len(touched), include_self + counts.max()), size + len(places))
    if include_self:
        rows[:, 0] = touched
    row = np.repeat(np.arange(len(touched)), counts)
    rows[row, include_self + np.arange(len(places)) - starts[row]] = size + order
    return touched, rows


def _neutral(reduce: str, like: Any) -> Array:
    """One number that changes no result."""
    dtype = np.dtype(str(like.dtype).rpartition(".")[2])
    if reduce == "prod":
        return np.ones(1, dtype)
    if dtype.kind == "b":
        return np.array([reduce == "amin"])
    low, high = (-np.inf, np.inf) if dtype.kind == "f" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    return np.array([low if reduce == "amax" else high], dtype)
