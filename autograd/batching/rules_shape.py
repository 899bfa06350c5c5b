"""Batching rules of shape, joining and rearranging: the dimensions of an example come after the hidden one."""

from __future__ import annotations

import math
from typing import Any

from autograd.batching.rules import batches, examples, grown, shifted
from autograd.dims import checked_dims
from autograd.errors import BatchingError, DimensionError, ShapeError
from autograd.hidden import Level
from autograd.ops import join, rearrange, shape, strided
from autograd.ops.splitting import pieces
from autograd.table import Primitive

# ruff: noqa: ARG001  # every rule is called alike


@batches(shape.reshape)
def _reshape(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, sizes = args[0].value, args[1]
    sizes = tuple(sizes) if isinstance(sizes, (tuple, list)) else (sizes,)
    count = math.prod(x.shape[1:])
    if sizes.count(-1) == 1:  # worked out here, where the number of examples may be 0
        others = -math.prod(sizes)
        known = count // others if others > 0 and count % others == 0 else -1
        sizes = tuple(known if n == -1 else n for n in sizes)
    if math.prod(sizes) != count or min(sizes, default=0) < 0:
        raise ShapeError(
            f"reshape: shape {tuple(x.shape[1:])} cannot become {tuple(args[1]) if sizes else ()}. {p.hint}"
        )
    return p.function(x, (x.shape[0], *sizes))


@batches(shape.squeeze)
def _squeeze(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, dim = args[0].value, args[1]
    sizes = tuple(x.shape[1:])
    dims = range(len(sizes)) if dim is None else checked_dims(p.name, dim, sizes)
    return p.function(x, tuple(d + 1 for d in dims if sizes and sizes[d] == 1))


@batches(shape.unsqueeze)
def _unsqueeze(p: Primitive, level: Level, args: list[Any]) -> Any:
    x = args[0].value
    return p.function(x, shifted(p.name, args[1], x.shape[1:], 1))


@batches(shape.transpose)
def _transpose(p: Primitive, level: Level, args: list[Any]) -> Any:
    x = args[0].value
    a, b = (shifted(p.name, d, x.shape[1:]) for d in args[1:])
    return p.function(x, a, b) if x.ndim > 1 else x.alias()


@batches(shape.permute)
def _permute(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, dims = args[0].value, args[1]
    order = checked_dims(p.name, dims, x.shape[1:]) if dims else ()
    if len(order) != x.ndim - 1:
        raise ShapeError(f"permute: dims {tuple(dims)} must name each dimension of {tuple(x.shape[1:])} once")
    return p.function(x, (0, *(d + 1 for d in order)))


@batches(shape.expand)
def _expand(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, sizes = args[0].value, tuple(args[1])
    lead = len(sizes) - (x.ndim - 1)
    if lead < 0 or -1 in sizes[:lead]:
        raise ShapeError(f"expand: shape {tuple(x.shape[1:])} cannot be expanded to {sizes}")
    return p.function(grown(x, len(sizes)), (x.shape[0], *sizes))


@batches(shape.unbind)
def _unbind(p: Primitive, level: Level, args: list[Any]) -> Any:
    x = args[0].value
    if x.ndim == 1:
        raise DimensionError("unbind: a 0-d tensor has no dimension to take apart")
    return p.function(x, shifted(p.name, args[1], x.shape[1:]))


@batches(pieces)
def _pieces(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, sizes, dim = args
    return p.function(x.value, sizes, dim + 1)


@batches(join.cat_, join.stack_)
def _join(p: Primitive, level: Level, args: list[Any]) -> Any:
    tensors, dim, *rest = args
    return p.function([examples(t, level) for t in tensors], dim + 1, *rest)


# ------------------------------------------------------------------------------------------------ rearranging


@batches(rearrange.flip)
def _flip(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, dims = args[0].value, args[1]
    dims = tuple(dims) if isinstance(dims, (tuple, list)) else (dims,)
    return p.function(x, shifted(p.name, dims, x.shape[1:]) if x.ndim > 1 else ())


@batches(rearrange.roll)
def _roll(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, shifts, dims = args[0].value, args[1], args[2]
    if dims is not None:
        return p.function(x, shifts, shifted(p.name, dims, x.shape[1:]) if x.ndim > 1 else dims)
    flat = shape.reshape(x, (x.shape[0], math.prod(x.shape[1:])))
    return shape.reshape(p.function(flat, shifts, 1), tuple(x.shape))


@batches(rearrange.diagonal)
def _diagonal(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, offset, *dims = args
    _planes(p, x.value)
    return p.function(x.value, offset, *(shifted(p.name, d, x.value.shape[1:]) for d in dims))


@batches(rearrange.on_diagonal)
def _on_diagonal(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, sizes, offset, *dims = args
    return p.function(x.value, (level.size, *sizes), offset, *(shifted(p.name, d, sizes) for d in dims))


@batches(rearrange.tril, rearrange.triu)
def _triangle(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, diagonal = args
    _planes(p, x.value)
    return p.function(x.value, diagonal)


@batches(rearrange.unfold)
def _unfold(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, dimension, size, step = args
    if x.value.ndim == 1:
        raise DimensionError("unfold: a 0-d tensor has no dimension to unfold")
    return p.function(x.value, shifted(p.name, dimension, x.value.shape[1:]), size, step)


@batches(rearrange.fold)
def _fold(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, sizes, dimension, step = args
    return p.function(x.value, (level.size, *sizes), shifted(p.name, dimension, sizes), step)


def _planes(p: Primitive, x: Any) -> None:
    if x.ndim < 3:
        raise ShapeError(f"{p.name}: needs at least 2 dimensions, got shape {tuple(x.shape[1:])}")


@batches(strided.strided)
def _strided(p: Primitive, level: Level, args: list[Any]) -> Any:
    raise BatchingError(
        "vmap: as_strided reads memory, which the examples share; use select, narrow, unfold or an index instead"
    )
