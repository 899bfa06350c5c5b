"""NumPy's functions on tensors, in NumPy's own signatures.

Where NumPy's function and its arguments are called what the operation's are, the operation says so itself, by
`numpy=` or `@implements`. Here are those that NumPy calls differently, or whose arguments it orders differently.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import create_like
from autograd.errors import ArgumentError
from autograd.ops import (
    contraction,
    differences,
    distinct,
    histograms,
    index,
    join,
    linalg,
    order,
    positions,
    rank,
    rearrange,
    scan,
    shape,
    variance,
)  # fmt: skip
from autograd.ops.splitting import tensor_split
from autograd.table import implements
from autograd.tape import raw

OF_ARRAYS = frozenset(
    {
        np.shape, np.ndim, np.size, np.may_share_memory, np.shares_memory, np.array_equal, np.array_equiv,
        np.array_repr, np.array_str, np.array2string, np.iscomplexobj, np.isrealobj, np.result_type, np.can_cast,
        np.savetxt, np.save, np.savez,
    }
)  # fmt: skip
"""Functions whose answer is not a tensor: they see the arrays."""


def _all(size: Any) -> tuple[Any, ...]:
    return tuple(size) if isinstance(size, (tuple, list)) else (size,)


# ------------------------------------------------------------------------------------------------ shape


@implements(np.reshape)
def _reshape(a: Any, shape: Any = None, order: str = "C") -> Any:
    if order != "C":
        raise ArgumentError(f"np.reshape: tensors are read in C order, not {order!r}")
    return reshape(a, shape)


reshape = shape.reshape


@implements(np.ravel)
def _ravel(a: Any) -> Any:
    return shape.ravel(a)


@implements(np.transpose, np.permute_dims)
def _transpose(a: Any, axes: Any = None) -> Any:
    return shape.reverse_dims(a) if axes is None else shape.permute(a, axes)


@implements(np.matrix_transpose, np.linalg.matrix_transpose)
def _matrix_transpose(x: Any) -> Any:
    return shape.matrix_transpose(x)


@implements(np.swapaxes)
def _swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    return shape.transpose(a, axis1, axis2)


@implements(np.moveaxis)
def _moveaxis(a: Any, source: Any, destination: Any) -> Any:
    return shape.movedim(a, source, destination)


@implements(np.expand_dims)
def _expand_dims(a: Any, axis: Any) -> Any:
    axes = _all(axis)
    ndim = len(a.shape) + len(axes)
    for d in sorted(d % ndim for d in axes):
        a = shape.unsqueeze(a, d)
    return a


@implements(np.squeeze)
def _squeeze(a: Any, axis: Any = None) -> Any:
    if axis is not None and any(a.shape[d] != 1 for d in _all(axis)):
        raise ArgumentError(f"np.squeeze: axis {axis} of shape {tuple(a.shape)} does not have size 1")
    return shape.squeeze(a, axis)


@implements(np.broadcast_to)
def _broadcast_to(array: Any, shape_: Any = None, *, shape: Any = None) -> Any:
    return expand(array, _all(shape_ if shape is None else shape))


expand = shape.expand


@implements(np.broadcast_arrays)
def _broadcast_arrays(*args: Any) -> Any:
    return shape.broadcast_tensors(*args)


@implements(np.atleast_1d)
def _atleast_1d(*arys: Any) -> Any:
    return shape.atleast_1d(*arys)


@implements(np.atleast_2d)
def _atleast_2d(*arys: Any) -> Any:
    return shape.atleast_2d(*arys)


# ------------------------------------------------------------------------------------------------ joining, splitting


@implements(np.concatenate)
def _concatenate(arrays: Any, axis: Any = 0) -> Any:
    return join.cat([shape.ravel(x) for x in arrays]) if axis is None else join.cat(arrays, axis)


@implements(np.stack)
def _stack(arrays: Any, axis: int = 0) -> Any:
    return join.stack(arrays, axis)


@implements(np.hstack)
def _hstack(tup: Any) -> Any:
    return join.hstack(tup)


@implements(np.vstack)
def _vstack(tup: Any) -> Any:
    return join.vstack(tup)


@implements(np.dstack)
def _dstack(tup: Any) -> Any:
    return join.dstack(tup)


@implements(np.column_stack)
def _column_stack(tup: Any) -> Any:
    return join.column_stack(tup)


@implements(np.tile)
def _tile(A: Any, reps: Any) -> Any:
    return join.tile(A, _all(reps))


@implements(np.repeat)
def _repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    return join.repeat_interleave(a, repeats if isinstance(repeats, int) else np.asarray(raw(repeats)), axis)


@implements(np.split)
def _split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    n = ary.shape[axis]
    if isinstance(indices_or_sections, int) and n % indices_or_sections:
        raise ArgumentError(
            f"np.split: size {n} does not divide into {indices_or_sections} equal parts; use array_split"
        )
    return list(tensor_split(ary, indices_or_sections, axis))


@implements(np.array_split)
def _array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    return list(tensor_split(ary, indices_or_sections, axis))


@implements(np.unstack)
def _unstack(x: Any, *, axis: int = 0) -> Any:
    return shape.unbind(x, axis)


# ------------------------------------------------------------------------------------------------ rearranging


@implements(np.flip)
def _flip(m: Any, axis: Any = None) -> Any:
    return rearrange.flip(m, tuple(range(len(m.shape))) if axis is None else axis)


@implements(np.fliplr)
def _fliplr(m: Any) -> Any:
    return rearrange.fliplr(m)


@implements(np.flipud)
def _flipud(m: Any) -> Any:
    return rearrange.flipud(m)


@implements(np.roll)
def _roll(a: Any, shift: Any, axis: Any = None) -> Any:
    if axis is not None and isinstance(shift, int) and not isinstance(axis, int):
        shift = (shift,) * len(axis)
    return rearrange.roll(a, shift, axis)


@implements(np.rot90)
def _rot90(m: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    return rearrange.rot90(m, k, axes)


@implements(np.diagonal, np.linalg.diagonal)
def _diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return rearrange.diagonal(a, offset, axis1, axis2)


@implements(np.diag)
def _diag(v: Any, k: int = 0) -> Any:
    return rearrange.diag(v, k)


@implements(np.diagflat)
def _diagflat(v: Any, k: int = 0) -> Any:
    return rearrange.diagflat(v, k)


@implements(np.tril)
def _tril(m: Any, k: int = 0) -> Any:
    return rearrange.tril(m, k)


@implements(np.triu)
def _triu(m: Any, k: int = 0) -> Any:
    return rearrange.triu(m, k)


# ------------------------------------------------------------------------------------------------ indexing, order


@implements(np.take)
def _take(a: Any, indices: Any, axis: int | None = None) -> Any:
    positions_ = np.asarray(raw(indices))
    if axis is None:
        return positions.take(a, positions_)
    return index.getitem(a, (*(slice(None),) * (axis % len(a.shape)), positions_))


@implements(np.take_along_axis)
def _take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    return positions.take_along_dim(arr, indices, axis)


@implements(np.sort)
def _sort(a: Any, axis: int | None = -1) -> Any:
    return order.sort(shape.ravel(a), 0).values if axis is None else order.sort(a, axis).values


@implements(np.argsort)
def _argsort(a: Any, axis: int | None = -1) -> Any:
    return order.argsort(shape.ravel(a), 0) if axis is None else order.argsort(a, axis)


@implements(np.nonzero)
def _nonzero(a: Any) -> Any:
    return order.nonzero(a, as_tuple=True)


@implements(np.argwhere)
def _argwhere(a: Any) -> Any:
    return order.argwhere(a)


@implements(np.searchsorted)
def _searchsorted(a: Any, v: Any, side: str = "left", sorter: Any = None) -> Any:
    return order.searchsorted(a, v, side=side, right=side == "right", sorter=sorter)


@implements(np.unique)
def _unique(
    ar: Any,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
) -> Any:
    if return_index:
        raise ArgumentError(
            "np.unique: return_index is not supported on tensors; use np.unique(t.detach().numpy(), ...)"
        )
    return distinct.unique(ar, True, return_inverse, return_counts, axis)


# ------------------------------------------------------------------------------------------------ linear algebra


implements(np.matmul)(linalg.matmul)  # the public one: it makes one product of a batch and a matrix


@implements(np.dot)
def _dot(a: Any, b: Any) -> Any:
    if not len(np.shape(a)) or not len(np.shape(b)):
        return a * b
    if len(np.shape(b)) <= 2:
        return linalg.matmul(a, b)
    return contraction.tensordot(a, b, ((-1,), (-2,)))


@implements(np.vdot)
def _vdot(a: Any, b: Any) -> Any:
    return linalg.dot(shape.ravel(a), shape.ravel(b))


@implements(np.inner)
def _inner(a: Any, b: Any) -> Any:
    return contraction.inner(a, b)


@implements(np.outer, np.linalg.outer)
def _outer(a: Any, b: Any) -> Any:
    return linalg.outer(shape.ravel(a), shape.ravel(b))


@implements(np.tensordot, np.linalg.tensordot)
def _tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    return contraction.tensordot(a, b, axes)


@implements(np.einsum)
def _einsum(*operands: Any, optimize: Any = True) -> Any:
    del optimize  # the cheapest order is always looked for
    return contraction.einsum(*operands)


@implements(np.kron)
def _kron(a: Any, b: Any) -> Any:
    return contraction.kron(a, b)


@implements(np.cross, np.linalg.cross)
def _cross(a: Any, b: Any, *, axis: int = -1) -> Any:
    return linalg.cross(a, b, axis)


@implements(np.trace, np.linalg.trace)
def _trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return rearrange.diagonal(a, offset, axis1, axis2).sum(-1)


@implements(np.vecdot, np.linalg.vecdot)
def _vecdot(x1: Any, x2: Any, *, axis: int = -1) -> Any:
    return (x1 * x2).sum(axis)


# ------------------------------------------------------------------------------------------------ reductions


@implements(np.var)
def _var(a: Any, axis: Any = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    return variance.var(a, axis, correction=ddof, keepdim=keepdims)


@implements(np.std)
def _std(a: Any, axis: Any = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    return variance.std(a, axis, correction=ddof, keepdim=keepdims)


@implements(np.cumsum)
def _cumsum(a: Any, axis: int | None = None, dtype: Any = None) -> Any:
    return scan.cumsum(shape.ravel(a), 0, dtype=dtype) if axis is None else scan.cumsum(a, axis, dtype=dtype)


@implements(np.cumprod)
def _cumprod(a: Any, axis: int | None = None, dtype: Any = None) -> Any:
    return (
        scan.cumprod(shape.ravel(a), 0, dtype=dtype) if axis is None else scan.cumprod(a, axis, dtype=dtype)
    )


@implements(np.diff)
def _diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    return differences.diff(a, n, axis, prepend, append)


@implements(np.quantile)
def _quantile(a: Any, q: Any, axis: int | None = None, *, keepdims: bool = False) -> Any:
    return rank.quantile(a, q, axis, keepdims)


@implements(np.isin)
def _isin(element: Any, test_elements: Any, assume_unique: bool = False, invert: bool = False) -> Any:
    return distinct.isin(element, test_elements, assume_unique=assume_unique, invert=invert)


@implements(np.bincount)
def _bincount(x: Any, weights: Any = None, minlength: int = 0) -> Any:
    return histograms.bincount(x, weights, minlength)


# ------------------------------------------------------------------------------------------------ creation


@implements(np.zeros_like)
def _zeros_like(a: Any, dtype: Any = None) -> Any:
    return create_like.zeros_like(a, dtype=dtype)


@implements(np.ones_like)
def _ones_like(a: Any, dtype: Any = None) -> Any:
    return create_like.ones_like(a, dtype=dtype)


@implements(np.empty_like)
def _empty_like(prototype: Any, dtype: Any = None) -> Any:
    return create_like.empty_like(prototype, dtype=dtype)


@implements(np.full_like)
def _full_like(a: Any, fill_value: Any, dtype: Any = None) -> Any:
    return create_like.full_like(a, fill_value, dtype=dtype)
