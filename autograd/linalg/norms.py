"""Norms of vectors and matrices, and what is measured with them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from autograd import dtypes
from autograd.composite import composite
from autograd.dims import checked_dims
from autograd.errors import ArgumentError, DTypeError, ShapeError
from autograd.linalg.checks import facts, matrices, square
from autograd.linalg.inverses import inverse_or_nan
from autograd.linalg.spectra import svdvals
from autograd.ops.compare import isnan
from autograd.ops.extremum import amax, amin
from autograd.ops.options import div
from autograd.ops.reduce import converted, norm_, sum
from autograd.ops.selection import where
from autograd.ops.shape import movedim, reshape, squeeze
from autograd.reals import is_number

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["vector_norm", "matrix_norm", "norm", "cond"]

Dim = int | Sequence[int] | None
Order = int | float | str | None


def _prepared(op: str, x: Any, dtype: Any) -> Any:
    """The tensor, which must be floating point, in another dtype if one is given, which must hold its values."""
    array = facts(op, x)
    if array.dtype.kind != "f":
        raise DTypeError(
            f"{op}: needs a floating-point tensor, got {array.dtype} of shape {array.shape}; convert it with .float()"
        )
    if dtype is None:
        return x
    wanted = dtypes.of(dtype)
    if not wanted.is_floating_point or wanted.itemsize < array.dtype.itemsize:
        raise DTypeError(f"{op}: dtype must be a floating one no narrower than {array.dtype}, got {wanted}")
    return converted(x, wanted)


@composite
def vector_norm(
    input: Any, ord: float = 2, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None
) -> Tensor:
    """(Σ |x|ᵖ)^(1/p) with p = ord, of all elements or over `dim`, as those of one vector.

    inf and -inf give the largest and the smallest |x|, and 0 the number of nonzero elements. Where the norm is 0 its
    derivative is 0; elements that tie for the largest share it.

    Raises:
        DTypeError: for integers.
        ShapeError: for the norm of no elements, where it has no value (ord < 0 and inf).

    >>> import autograd
    >>> vector_norm(autograd.tensor([3.0, -4.0])), vector_norm(autograd.tensor([3.0, -4.0]), float("inf"))
    (tensor(5.), tensor(4.))
    """
    if not is_number(ord):
        raise ArgumentError(f"linalg.vector_norm: ord is a number, got {ord!r}; see linalg.matrix_norm")
    return norm_(_prepared("linalg.vector_norm", input, dtype), float(ord), dim, keepdim)


@composite
def matrix_norm(
    input: Any,
    ord: float | str = "fro",
    dim: Sequence[int] = (-2, -1),
    keepdim: bool = False,
    *,
    dtype: Any = None,
) -> Tensor:
    """A norm of the matrices in two dimensions, by default the last.

    "fro" is the root of the sum of squares, "nuc" the sum of the singular values; 2 and -2 the largest and the smallest
    of those; 1 and -1 the largest and the smallest sum of a column's |elements|, inf and -inf that of a row's.

    Raises:
        ArgumentError: for another `ord`.
        ShapeError: if there are less than two dimensions.

    >>> import autograd
    >>> x = autograd.tensor([[3.0, 0.0], [0.0, -4.0]])
    >>> matrix_norm(x), matrix_norm(x, "nuc"), matrix_norm(x, 1)
    (tensor(5.), tensor(7.), tensor(4.))
    """
    op = "linalg.matrix_norm"
    shape = facts(op, input).shape
    input = _prepared(op, input, dtype)
    if len(shape) < 2:
        raise ShapeError(f"{op}: needs a matrix or a batch of matrices (*, M, N), got shape {shape}")
    if not isinstance(dim, (tuple, list)) or len(dim) != 2:
        raise ArgumentError(f"{op}: dim names two dimensions, got {dim!r}")
    if isinstance(ord, str) and ord not in ("fro", "nuc"):
        raise ArgumentError(f"{op}: ord is 'fro', 'nuc', 1, 2 or inf, or one of those negated, got {ord!r}")
    if not isinstance(ord, str) and abs(ord) not in (1, 2, math.inf):
        raise ArgumentError(f"{op}: ord is 'fro', 'nuc', 1, 2 or inf, or one of those negated, got {ord!r}")
    rows, columns = checked_dims(op, tuple(dim), shape)
    if ord == "fro":
        return norm_(input, 2.0, (rows, columns), keepdim)
    if not isinstance(ord, str) and abs(ord) != 2:
        summed, picked = (rows, columns) if abs(ord) == 1 else (columns, rows)
        if not shape[picked]:
            return norm_(input, 1.0, (rows, columns), keepdim)  # of no columns, or no rows, it is 0
        result = (amax if ord > 0 else amin)(norm_(input, 1.0, summed, True), picked, True)
        return result if keepdim else squeeze(result, (rows, columns))
    if facts(op, input).dtype.char not in "fd":
        raise DTypeError(
            f"{op}: ord={ord!r} needs float32 or float64, got {facts(op, input).dtype}; convert with .float()"
        )
    values = svdvals(movedim(input, (rows, columns), (-2, -1)))
    result = (
        sum(values, -1)
        if ord == "nuc" or not values.shape[-1]
        else (amax if float(ord) > 0 else amin)(values, -1)
    )
    if keepdim:
        return reshape(result, [1 if d in (rows, columns) else n for d, n in enumerate(shape)])
    return result


@composite
def norm(
    input: Any, ord: Order = None, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None
) -> Tensor:
    """`matrix_norm` for two dimensions and an `ord`, `vector_norm` otherwise.

    With `dim` one integer it is a vector's norm, with two a matrix's. Without it a tensor of one or two dimensions has
    a vector's or a matrix's norm, and with neither `ord` nor `dim` it is the 2-norm of all elements.

    Raises:
        ArgumentError: for an `ord` that there is not.

    >>> import autograd
    >>> x = autograd.tensor([[3.0, 0.0], [0.0, -4.0]])
    >>> norm(x), norm(x, 2), norm(x, 1, dim=1)
    (tensor(5.), tensor(4.), tensor([3., 4.]))
    """
    shape = facts("linalg.norm", input).shape
    dims = (dim,) if isinstance(dim, int) else None if dim is None else tuple(dim)
    if dims is not None and len(dims) not in (1, 2):
        raise ArgumentError(f"linalg.norm: dim names one or two dimensions, got {dim!r}; see vector_norm")
    if ord is not None and dims is None and len(shape) not in (1, 2):
        raise ShapeError(
            f"linalg.norm: with ord={ord!r} and no dim the tensor must have 1 or 2 dimensions, got shape {shape}"
        )
    if ord is not None and (len(dims) if dims is not None else len(shape)) == 2:
        return matrix_norm(input, ord, dims or (0, 1), keepdim, dtype=dtype)
    if isinstance(ord, str):
        raise ArgumentError(
            f"linalg.norm: ord={ord!r} is a norm of matrices, dim names one dimension: {dim!r}"
        )
    return norm_(_prepared("linalg.norm", input, dtype), 2.0 if ord is None else float(ord), dims, keepdim)


@composite
def cond(input: Any, p: Order = None) -> Tensor:
    """The condition number ‖A‖ ‖A⁻¹‖ in the norm `p` of `matrix_norm`: (*, M, N) → (*); inf for a singular matrix.

    None and 2 give σ₁ / σₖ, the largest through the smallest singular value, also of matrices that are not square; -2
    the inverse of that.

    Raises:
        ArgumentError: for another `p`.
        ShapeError: if p is none of these and the matrices are not square.

    >>> import autograd
    >>> cond(autograd.tensor([[3.0, 0.0], [0.0, -4.0]]))
    tensor(1.3333)
    """
    matrices("linalg.cond", input)
    if p is None or (not isinstance(p, str) and abs(p) == 2):
        values = svdvals(input)
        if not values.shape[-1]:
            return sum(values, -1)  # of nothing it is 0
        first, last = values[..., 0], values[..., -1]
        return div(last, first) if p == -2 else div(first, last)
    square("linalg.cond", input)
    size = matrix_norm(input, p)
    inverse = inverse_or_nan(input)
    found = size * matrix_norm(inverse, p)
    return where(isnan(found), math.inf, found)  # type: ignore[no-any-return]  # a tensor
