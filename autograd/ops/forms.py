"""Fast forms of a few expressions that derivative formulas share.

On ndarrays each takes the quickest road; on anything else (tensors under create_graph) it is the plain expression,
which records itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.constants import ones
from autograd.dims import checked_dims
from autograd.dtypes import BOOL
from autograd.errors import ArgumentError, DTypeError
from autograd.ops.identity import flat
from autograd.primitive import Array
from autograd.reals import is_number

# Arguments by position are read faster than by name; NumPy's types do not know that they may be.
add_reduce: Any = np.add.reduce
multiply_reduce: Any = np.multiply.reduce
maximum_reduce: Any = np.maximum.reduce
minimum_reduce: Any = np.minimum.reduce
all_reduce: Any = np.logical_and.reduce
any_reduce: Any = np.logical_or.reduce

_ROW = 1024
_ndarray = np.ndarray
# itemsize of a float -> integers of that size
_BITS: dict[int, Any] = {n: np.dtype(f"i{n}") for n in (2, 4, 8)}


def floating(op: str, x: Array) -> None:
    """Raise unless x is floating point.

    Raises:
        DTypeError: naming the operation, the dtype and the shape.
    """
    if x.dtype.kind != "f":
        raise DTypeError(
            f"{op}: needs a floating-point tensor, got {x.dtype} of shape {x.shape}; convert it with .float()"
        )


def real(op: str, **options: Any) -> None:
    """Raise unless each option is one real number.

    Raises:
        ArgumentError: naming the operation, the option and what it is.
    """
    for name, value in options.items():
        if not is_number(value) and getattr(value, "ndim", None) != 0:
            raise ArgumentError(f"{op}: {name} is one number, got {value!r}")


def same_dtype(op: str, x: Array, y: Array) -> None:
    """Raise unless both arrays have one dtype; a number fits any.

    Raises:
        DTypeError: naming the operation and the dtypes.
    """
    if isinstance(x, np.ndarray) and isinstance(y, np.ndarray) and x.dtype != y.dtype:
        raise DTypeError(
            f"{op}: the tensors must have one dtype, got {x.dtype} and {y.dtype}; convert with .to()"
        )


def in_dtype_of(x: Array, out: Array) -> Array:
    """SciPy's result in the dtype of x, if that is floating point: SciPy has no float16.

    >>> in_dtype_of(np.zeros(1, np.float16), np.ones(1, np.float32))
    array([1.], dtype=float16)
    """
    return out.astype(x.dtype, copy=False) if x.dtype.kind == "f" else out


def keep(g: Array, mask: Array) -> Array:
    """g where the mask is true, 0 elsewhere: `where(mask, g, 0)`.

    g * mask would be nan where an infinite gradient meets a false mask, and `np.where` takes ten times as long. So the
    bits of g are multiplied, as integers, by 0 or 1.

    >>> keep(np.array([1.0, np.inf]), np.array([True, False]))
    array([1., 0.])
    """
    if type(g) is not _ndarray or type(mask) is not _ndarray:
        return np.where(mask, g, 0)
    if g.shape != mask.shape:
        return (g.view(_BITS[g.itemsize]) * mask).view(g.dtype)
    return _kept(g, mask)


def _kept(g: Array, mask: Array) -> Array:
    """`keep` for arrays of one shape."""
    integers = _BITS[g.itemsize]
    bits = mask.astype(integers)
    bits *= g.view(integers)
    return bits.view(g.dtype)


def keep_nonzero(g: Array, out: Array) -> Array:
    """g where out is not 0, 0 elsewhere: `where(out != 0, g, 0)`, in less time than `keep(g, out != 0)`.

    >>> keep_nonzero(np.array([1.0, np.inf]), np.array([2.0, 0.0]))
    array([1., 0.])
    """
    if type(g) is not _ndarray or type(out) is not _ndarray:
        return flat(np.where(out != 0, g, 0), out)
    return _kept(g, out.astype(BOOL))


def drop(g: Array, mask: Array) -> Array:
    """0 where the mask is true, g elsewhere: `where(mask, 0, g)`.

    >>> drop(np.array([1.0, np.inf]), np.array([True, False]))
    array([ 0., inf])
    """
    return keep(g, ~mask)


def pick(mask: Array, x: Array, y: Array) -> Array:
    """x where the mask is true, y elsewhere: `where(mask, x, y)`; by their bits where that is faster.

    >>> pick(np.array([True, False]), np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    array([1., 4.])
    """
    if not (type(x) is type(y) is type(mask) is _ndarray) or mask.size < 2048 or x.dtype.char != y.dtype.char:
        return np.where(mask, x, y)
    if x.dtype.char not in "efd":
        return np.where(mask, x, y)
    bits = mask.astype(_BITS[x.itemsize])
    a, b = x.view(bits.dtype), y.view(bits.dtype)
    out = a ^ b
    if out.shape != bits.shape:
        return ((out * bits) ^ b).view(x.dtype)
    out *= bits
    if b.shape != out.shape:
        return (out ^ b).view(x.dtype)
    out ^= b
    return out.view(x.dtype)


def scaled(g: Array, mask: Array, x: float, y: float) -> Array:
    """g * x where the mask is true, g * y elsewhere.

    >>> scaled(np.array([1.0, 2.0]), np.array([True, False]), 10.0, 0.5)
    array([10.,  1.])
    """
    if type(g) is not _ndarray or type(mask) is not _ndarray or g.shape != mask.shape or not g.ndim:
        return np.where(mask, g * x, g * y)
    bits = mask.astype(_BITS[g.itemsize])  # the factors, put together from the bits of x and y
    a, b = np.array((x, y), g.dtype).view(bits.dtype)
    bits *= a ^ b
    bits ^= b
    factors = bits.view(g.dtype)
    factors *= g
    return factors


def kept_shape(shape: Sequence[int], dim: int | Sequence[int] | None) -> tuple[int, ...]:
    """The shape of a reduction's result with keepdim=True.

    >>> kept_shape((2, 3, 4), (0, -1))
    (1, 3, 1)
    """
    kept = list(shape)
    for d in (dim,) if isinstance(dim, int) else dim or range(len(kept)):
        kept[d] = 1
    return tuple(kept)


def spread(
    g: Array, shape: Sequence[int], dim: int | Sequence[int] | None = None, keepdim: bool = True
) -> Array:
    """A reduction's result, or its gradient, repeated along the dimensions of `shape` that were reduced; a view.

    >>> spread(np.array([1.0, 2.0]), (2, 3), dim=1, keepdim=False)
    array([[1., 1., 1.],
           [2., 2., 2.]])
    """
    if not keepdim and dim is not None and shape:
        g = g.reshape(kept_shape(shape, dim))
    if isinstance(g, np.generic) or (type(g) is _ndarray and g.size == 1):
        out = np.ndarray(
            shape, g.dtype, np.asarray(g), 0, (0,) * len(shape)
        )  # a fifth of broadcast_to's time
        out.flags.writeable = False
        return out
    return np.broadcast_to(g, shape)


def sums(x: Array, dim: int, keepdim: bool = True) -> Array:
    """The sums of x along one dimension, by a matrix product with ones where that is three times faster.

    >>> sums(np.array([[1.0, 2.0], [3.0, 4.0]]), 1)
    array([[3.],
           [7.]])
    """
    if type(x) is _ndarray and x.ndim > 1 and x.size > 256 and x.dtype.char in "fd":
        n = x.shape[dim]
        if n <= 4096 and x.flags.c_contiguous:  # longer ones lose digits: BLAS does not sum in pairs
            if dim in (-1, x.ndim - 1):
                out = x @ ones(n, x.dtype)
                return out[..., None] if keepdim else out
            if x.ndim == 2:
                out = ones(n, x.dtype) @ x
                return out[None] if keepdim else out
        if n > 4096 and x.ndim == 2 and x.dtype.char == "f":  # neither does NumPy along rows
            rows = x if dim in (0, -2) else x.T
            if rows.flags.c_contiguous:
                out = _in_blocks(rows)
                return np.expand_dims(out, dim) if keepdim else out
    return x.sum(axis=dim, keepdims=keepdim)


def _in_blocks(rows: Array) -> Array:
    """The sum of the rows: first within blocks, then of those, which rounds far less than one after the other."""
    width = math.isqrt(len(rows))
    whole = len(rows) // width * width
    blocks = rows[:whole].reshape(-1, width, rows.shape[1])
    found: Array = blocks.sum(1).sum(0)
    found += rows[whole:].sum(0)
    return found


def largest(x: Array, dim: Any) -> Array:
    """The largest elements of x along a dimension, which is kept with size 1; -inf of nothing.

    >>> largest(np.array([[1.0, 3.0], [5.0, 2.0]]), 1)
    array([[3.],
           [5.]])
    """
    if x.ndim == 2 and x.shape[1] <= 64 and x.shape[0] > 2 * x.shape[1] and x.size and dim in (1, -1):
        return maximum_reduce(x.T.copy(), 0)[:, None]  # along short rows NumPy is slow
    return maximum_reduce(x, dim, None, None, True, -np.inf)


def total(x: Array) -> Array:
    """The sum of all elements, by matrix products with ones for as many as fill rows.

    >>> total(np.arange(10000.0))
    np.float64(49995000.0)
    """
    if x.size < 4096 or x.dtype.char not in "fd" or not x.flags.c_contiguous:
        return add_reduce(x, None)
    rows, rest = _in_rows(x)
    return add_reduce(rows @ ones(_ROW, x.dtype)) + add_reduce(rest)


def squares(x: Array) -> Array:
    """The sum of the squares of all elements of a contiguous float32 or float64 array.

    >>> squares(np.array([3.0, 4.0]))
    np.float64(25.0)
    """
    if x.size < 4096:
        return np.vdot(x, x)
    rows, rest = _in_rows(x)
    return add_reduce(np.vecdot(rows, rows)) + np.vdot(rest, rest)


def _in_rows(x: Array) -> tuple[Array, Array]:
    """All elements as a matrix, and those that do not fill a row: BLAS adds up a row, NumPy the rows' sums in pairs."""
    flat = x.reshape(-1)
    whole = flat.size // _ROW * _ROW
    return flat[:whole].reshape(-1, _ROW), flat[whole:]


def dots(x: Array, y: Array, dim: int | tuple[int, ...]) -> Array:
    """The sums of x * y along a dimension, which is kept with size 1.

    >>> dots(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]]), 1)
    array([[11.]])
    """
    if type(x) is _ndarray and type(y) is _ndarray and dim in (-1, x.ndim - 1) and x.ndim:
        return np.vecdot(x, y)[..., None]
    return (x * y).sum(axis=dim, keepdims=True)


def axes(op: str, x: Array, dim: int | Sequence[int] | None) -> int | tuple[int, ...] | None:
    """`dim` as NumPy takes it: None for all dimensions, which PyTorch also writes as ().

    Raises:
        DimensionError: if it is out of range.
    """
    if dim is None or (isinstance(dim, int) and -x.ndim <= dim < x.ndim):
        return dim
    wrapped = checked_dims(op, dim, x.shape)
    return wrapped if wrapped and x.ndim else None
