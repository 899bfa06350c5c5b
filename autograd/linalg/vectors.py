"""Products and diagonals along one dimension or two, and powers of numbers in rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.composite import composite
from autograd.dims import checked_dim
from autograd.errors import ArgumentError, DTypeError, ShapeError
from autograd.linalg.checks import facts
from autograd.ops import linalg as products
from autograd.ops import rearrange
from autograd.ops.arithmetic import mul
from autograd.ops.join import cat
from autograd.ops.reduce import sum
from autograd.ops.scan import cumprod
from autograd.ops.shape import broadcast_shapes, expand, unsqueeze

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["cross", "vecdot", "diagonal", "vander"]


@composite
def cross(input: Any, other: Any, *, dim: int = -1) -> Tensor:
    """The vector product in three dimensions along `dim`; the other dimensions broadcast.

    Raises:
        ShapeError: if the size along `dim` is not 3, or the numbers of dimensions differ.

    >>> import autograd
    >>> cross(autograd.tensor([1, 0, 0]), autograd.tensor([0, 1, 0]))
    tensor([0, 0, 1])
    """
    a, b = facts("linalg.cross", input), facts("linalg.cross", other)
    if a.ndim != b.ndim:
        raise ShapeError(
            f"linalg.cross: the tensors must have equal numbers of dimensions, got shapes {a.shape} and {b.shape}"
        )
    d = checked_dim("linalg.cross", dim, a.shape)
    if not a.ndim or a.shape[d] != 3 or b.shape[d] != 3:
        raise ShapeError(f"linalg.cross: needs size 3 along dim {dim}, got shapes {a.shape} and {b.shape}")
    return products.cross(input, other, dim)


@composite
def vecdot(x: Any, y: Any, *, dim: int = -1) -> Tensor:
    """The sums of products along one dimension; the others broadcast.

    >>> import autograd
    >>> vecdot(autograd.tensor([[1.0, 2.0], [3.0, 4.0]]), autograd.tensor([1.0, 1.0]))
    tensor([3., 7.])
    """
    a, b = facts("linalg.vecdot", x), facts("linalg.vecdot", y)
    d = checked_dim("linalg.vecdot", dim, broadcast_shapes(a.shape, b.shape))
    if a.dtype != b.dtype or a.dtype.kind != "f":
        raise DTypeError(
            f"linalg.vecdot: the tensors must have one floating-point dtype, got {a.dtype} and {b.dtype}; "
            "convert them with .to(dtype)"
        )
    return sum(mul(x, y), d)


@composite
def diagonal(A: Any, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The diagonals of the matrices in two dimensions, by default the last: a view; see `autograd.diagonal`.

    >>> import autograd
    >>> diagonal(autograd.tensor([[[1, 2], [3, 4]]]))
    tensor([[1, 4]])
    """
    return rearrange.diagonal(A, offset, dim1, dim2)


@composite
def vander(x: Any, N: int | None = None) -> Tensor:
    """Rows 1, x, x², …, xᴺ⁻¹ for each element: (*, M) → (*, M, N), by default N = M.

    Raises:
        ArgumentError: if N is below 2.

    >>> import autograd
    >>> vander(autograd.tensor([1, 2, 3]))
    tensor([[1, 1, 1],
            [1, 2, 4],
            [1, 3, 9]])
    """
    array = facts("linalg.vander", x)
    if not array.ndim:
        x = unsqueeze(x, 0)
    n = x.shape[-1] if N is None else N
    if n < 2:
        raise ArgumentError(f"linalg.vander: N must be greater than 1, got {n}")
    return powers(x, n)


def powers(x: Any, n: int) -> Tensor:
    """The powers from 0 to n - 1 of each element, in a new last dimension."""
    array = facts("vander", x)
    dtype = np.dtype(np.int64) if array.dtype.kind in "iub" else array.dtype
    ones = np.ones((*array.shape, min(n, 1)), dtype)
    if n <= 1:
        return mul(unsqueeze(x, -1), 0)[..., :n] + ones
    factors = expand(unsqueeze(x, -1), (*array.shape, n - 1))
    return cumprod(cat((ones, factors), -1), -1)
