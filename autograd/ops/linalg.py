"""Matrix products: one primitive, `matmul`, and what is composed of it. contraction.py has the general case."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.dims import checked_dim
from autograd.errors import ArgumentError, ShapeError
from autograd.ops.arithmetic import add, mul, sub
from autograd.ops.index import getitem
from autograd.ops.products import product
from autograd.ops.rearrange import diagonal
from autograd.ops.reduce import sum
from autograd.ops.shape import broadcast_shapes, expand, reshape, unsqueeze
from autograd.primitive import Array, primitive
from autograd.tape import Variable

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = [
    "matmul", "mm", "bmm", "mv", "dot", "vdot", "outer", "ger",
    "addmm", "addmv", "addbmm", "baddbmm", "addr", "chain_matmul", "matrix_power", "cross", "trace",
]  # fmt: skip


# ------------------------------------------------------------------------------------------------ the primitive


def _transposed(a: Array) -> Array:
    """The matrices in the last two dimensions, transposed."""
    return a.T if a.ndim == 2 else np.swapaxes(a, -1, -2)


def _matmul_dx(g: Array, y: Array) -> Array:
    """g yᵀ."""
    if y.ndim == 1:
        return g[..., None] * y
    if g.ndim < y.ndim:  # x is a vector
        return (y @ g[..., None])[..., 0]
    return product(g, _transposed(y))


def _matmul_dy(g: Array, x: Array) -> Array:
    """xᵀ g."""
    if x.ndim == 1:
        return x[:, None] * g[..., None, :] if g.ndim else x * g
    if g.ndim < x.ndim:  # y is a vector
        return (_transposed(x) @ g[..., None])[..., 0]
    return product(_transposed(x), g)


@primitive(
    cast="promote",
    x=_matmul_dx,
    y=_matmul_dy,
    hint="The last dimension of the first must equal the last but one of the second (the only one of a vector), and "
    "the dimensions before those must broadcast. Use .T or mT to transpose.",
)
def matmul_(x: Array, y: Array) -> Array:
    """x @ y.  dx = g yᵀ, dy = xᵀ g."""
    return product(x, y)


def matmul(input: Any, other: Any) -> Tensor:
    """The matrix product x @ y, for every rank.

    (M, K) @ (K, N) → (M, N), broadcast over dimensions before the last two; (K) @ (K) → a number, (K) @ (K, N) → (N),
    (M, K) @ (K) → (M).  dx = g yᵀ, dy = xᵀ g.

    Raises:
        ShapeError: if the shapes do not fit.

    >>> import autograd
    >>> matmul(autograd.tensor([[1.0, 2.0]]), autograd.tensor([[3.0], [4.0]]))
    tensor([[11.]])
    """
    x = input.array if isinstance(input, Variable) else input
    y = other.array if isinstance(other, Variable) else other
    if (
        y.ndim == 2 and x.ndim > 2 and x.shape[-1] == len(y)
    ):  # one large product instead of a batch of small ones
        return reshape(matmul_(_as_matrix(input, x.shape), other), (*x.shape[:-1], y.shape[1]))
    return matmul_(input, other)


def _as_matrix(x: Any, shape: tuple[int, ...]) -> Any:
    return reshape(x, (math.prod(shape[:-1]), shape[-1]))


# ------------------------------------------------------------------------------------------------ products of one rank


def mm(input: Any, mat2: Any) -> Tensor:
    """The product of two matrices: (M, K) @ (K, N) → (M, N).

    Raises:
        ShapeError: if they are not matrices, or do not fit.
    """
    _need("mm", (input, 2), (mat2, 2))
    return matmul_(input, mat2)


def bmm(input: Any, mat2: Any) -> Tensor:
    """The products of two batches of matrices: (B, M, K) @ (B, K, N) → (B, M, N), without broadcasting.

    Raises:
        ShapeError: if they are not batches of equal size, or do not fit.
    """
    _need("bmm", (input, 3), (mat2, 3))
    if input.shape[0] != mat2.shape[0]:
        raise ShapeError(
            f"bmm: the batches have {input.shape[0]} and {mat2.shape[0]} matrices: {tuple(input.shape)}, "
            f"{tuple(mat2.shape)}; matmul broadcasts"
        )
    return matmul_(input, mat2)


def mv(input: Any, vec: Any) -> Tensor:
    """A matrix times a vector: (M, K) @ (K) → (M).

    Raises:
        ShapeError: if the shapes do not fit.
    """
    _need("mv", (input, 2), (vec, 1))
    return matmul_(input, vec)


def dot(input: Any, tensor: Any) -> Tensor:
    """The sum of the products of two vectors' elements: (N), (N) → a number.

    Raises:
        ShapeError: if they are not vectors of one length.

    >>> import autograd
    >>> dot(autograd.tensor([1.0, 2.0]), autograd.tensor([3.0, 4.0]))
    tensor(11.)
    """
    _need("dot", (input, 1), (tensor, 1))
    return matmul_(input, tensor)


vdot = dot


def outer(input: Any, vec2: Any) -> Tensor:
    """Every element of one vector times every element of the other: (M), (N) → (M, N).

    Raises:
        ShapeError: if they are not vectors.

    >>> import autograd
    >>> outer(autograd.tensor([1, 2]), autograd.tensor([3, 4]))
    tensor([[3, 4],
            [6, 8]])
    """
    _need("outer", (input, 1), (vec2, 1))
    return mul(unsqueeze(input, 1), vec2)


ger = outer


def _need(op: str, *wanted: tuple[Any, int]) -> None:
    """Raise ShapeError unless each array has its number of dimensions."""
    if any(len(x.shape) != n for x, n in wanted):
        raise ShapeError(
            f"{op}: needs {' and '.join(f'{n}-d' for _, n in wanted)} tensors, got shapes "
            f"{', '.join(str(tuple(x.shape)) for x, _ in wanted)}; matmul takes every rank"
        )


# ------------------------------------------------------------------------------------------------ beta x + alpha a @ b


def _plus(input: Any, result: Any, beta: float, alpha: float) -> Tensor:
    """beta * input + alpha * result; with beta = 0 the input does not count, even where it is nan."""
    if alpha != 1:
        result = mul(result, alpha)
    if beta == 0:
        return result  # type: ignore[no-any-return]  # a tensor
    return add(input if beta == 1 else mul(input, beta), result)


def addmm(input: Any, mat1: Any, mat2: Any, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """beta * input + alpha * (mat1 @ mat2) of matrices; the input broadcasts.

    >>> import autograd
    >>> addmm(autograd.tensor([1.0, 0.0]), autograd.ones(2, 3), autograd.ones(3, 2))
    tensor([[4., 3.],
            [4., 3.]])
    """
    return _plus(input, mm(mat1, mat2), beta, alpha)


def addmv(input: Any, mat: Any, vec: Any, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """beta * input + alpha * (mat @ vec)."""
    return _plus(input, mv(mat, vec), beta, alpha)


def addr(input: Any, vec1: Any, vec2: Any, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """beta * input + alpha * outer(vec1, vec2)."""
    return _plus(input, outer(vec1, vec2), beta, alpha)


def baddbmm(input: Any, batch1: Any, batch2: Any, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """beta * input + alpha * (batch1 @ batch2) of batches of matrices; the input broadcasts."""
    return _plus(input, bmm(batch1, batch2), beta, alpha)


def addbmm(input: Any, batch1: Any, batch2: Any, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """beta * input + alpha * the sum over the batch of batch1 @ batch2."""
    return _plus(input, sum(bmm(batch1, batch2), 0), beta, alpha)


# ------------------------------------------------------------------------------------------------ composed further


def chain_matmul(*matrices: Any) -> Tensor:
    """The product of several matrices, in the order that takes the fewest multiplications.

    Raises:
        ShapeError: if they are not matrices, or do not fit.
    """
    given = matrices[0] if len(matrices) == 1 and isinstance(matrices[0], (list, tuple)) else matrices
    if not given:
        raise ArgumentError("chain_matmul: needs at least one matrix")
    _need("chain_matmul", *((m, 2) for m in given))
    sizes = [given[0].shape[0], *(m.shape[1] for m in given)]
    n = len(given)
    cost = [[0] * n for _ in range(n)]
    cut = [[0] * n for _ in range(n)]
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            cost[i][j], cut[i][j] = min(
                (cost[i][k] + cost[k + 1][j] + sizes[i] * sizes[k + 1] * sizes[j + 1], k) for k in range(i, j)
            )

    def multiplied(i: int, j: int) -> Any:
        return given[i] if i == j else matmul_(multiplied(i, cut[i][j]), multiplied(cut[i][j] + 1, j))

    return multiplied(0, n - 1)  # type: ignore[no-any-return]  # a tensor


def matrix_power(input: Any, n: int) -> Tensor:
    """A square matrix, or a batch of them, multiplied by itself n times (n >= 0), by repeated squaring.

    Raises:
        ShapeError: if it is not square.
        ArgumentError: if n is negative.

    >>> import autograd
    >>> matrix_power(autograd.tensor([[1, 1], [1, 0]]), 5)
    tensor([[8, 5],
            [5, 3]])
    """
    shape = tuple(input.shape)
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise ShapeError(f"matrix_power: needs square matrices, got shape {shape}")
    if n < 0:
        raise ArgumentError(f"matrix_power: needs n >= 0, got {n}; invert the matrix first")
    result: Any = None
    square = input
    while n:
        if n % 2:
            result = square if result is None else matmul_(result, square)
        n //= 2
        square = matmul_(square, square) if n else square
    if result is None:  # n = 0
        raw = input.array if isinstance(input, Variable) else input
        result = add(mul(input, 0), np.eye(shape[-1], dtype=raw.dtype))
    return result  # type: ignore[no-any-return]  # a tensor


def cross(input: Any, other: Any, dim: int | None = None) -> Tensor:
    """The vector product in three dimensions along `dim`, by default the first of size 3; the others broadcast.

    Raises:
        ShapeError: if the size along `dim` is not 3.

    >>> import autograd
    >>> cross(autograd.tensor([1, 0, 0]), autograd.tensor([0, 1, 0]))
    tensor([0, 0, 1])
    """
    shape = broadcast_shapes(tuple(input.shape), tuple(other.shape))
    if dim is None:
        d = shape.index(3) if 3 in shape else -1
    else:
        d = checked_dim("cross", dim, shape)
    if not shape or shape[d] != 3:
        raise ShapeError(f"cross: needs size 3 along the dimension, got shape {shape} and dim {dim}")
    x, y = expand(input, shape), expand(other, shape)
    lead = (slice(None),) * (d % len(shape))

    def turned(a: Any, order: Sequence[int]) -> Any:
        return getitem(a, (*lead, list(order)))

    return sub(
        mul(turned(x, (1, 2, 0)), turned(y, (2, 0, 1))), mul(turned(x, (2, 0, 1)), turned(y, (1, 2, 0)))
    )


def trace(input: Any) -> Tensor:
    """The sum of a matrix's diagonal.

    Raises:
        ShapeError: if it is not a matrix.

    >>> import autograd
    >>> trace(autograd.tensor([[1, 2], [3, 4]]))
    tensor(5)
    """
    _need("trace", (input, 2))
    total: Tensor = sum(diagonal(input))
    return total
