"""Matrix products: one primitive, `matmul`, and what is composed of it. contraction.py has the general case."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.composite import composite
from autograd.dims import checked_dim
from autograd.errors import ArgumentError, DTypeError, ShapeError
from autograd.ops.arithmetic import add, mul, sub
from autograd.ops.index import getitem
from autograd.ops.products import product
from autograd.ops.rearrange import diagonal
from autograd.ops.reduce import converted, sum
from autograd.ops.shape import broadcast_shapes, expand, matrix_transpose, reshape, transpose, unsqueeze
from autograd.primitive import Array, primitive
from autograd.tape import Variable

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = [
    "matmul", "mm", "bmm", "mv", "dot", "vdot", "outer", "ger",
    "addmm", "addmv", "addbmm", "baddbmm", "addr", "cross", "trace",
    "adjoint", "conjugate_transpose",
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
    cast="same",
    x=_matmul_dx,
    y=_matmul_dy,
    hint="The last dimension of the first must equal the last but one of the second (the only one of a vector), and "
    "the dimensions before those must broadcast. Use .T or mT to transpose.",
)
def matmul_(x: Array, y: Array) -> Array:
    """x @ y.  dx = g yᵀ, dy = xᵀ g."""
    return product(x, y)


@composite
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
    try:
        as_one = y.ndim == 2 and x.ndim > 2 and x.shape[-1] == len(y)
    except AttributeError:
        for value in (input, other):
            _shape("matmul", value)
        raise
    if as_one:  # one large product instead of a batch of small ones
        return reshape(matmul_(_as_matrix(input, x.shape), other), (*x.shape[:-1], y.shape[1]))
    return matmul_(input, other)


def _as_matrix(x: Any, shape: tuple[int, ...]) -> Any:
    return reshape(x, (math.prod(shape[:-1]), shape[-1]))


# ------------------------------------------------------------------------------------------------ products of one rank


@composite
def mm(input: Any, mat2: Any) -> Tensor:
    """The product of two matrices: (M, K) @ (K, N) → (M, N).

    Raises:
        ShapeError: if they are not matrices, or do not fit.
    """
    _need("mm", (input, 2), (mat2, 2))
    return matmul_(input, mat2)


@composite
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


@composite
def mv(input: Any, vec: Any) -> Tensor:
    """A matrix times a vector: (M, K) @ (K) → (M).

    Raises:
        ShapeError: if the shapes do not fit.
    """
    _need("mv", (input, 2), (vec, 1))
    return matmul_(input, vec)


@composite
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


@composite
def vdot(input: Any, other: Any) -> Tensor:
    """The sum of the products of two vectors' elements; of real numbers it is `dot`."""
    return dot(input, other)


@composite
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


def _shape(op: str, x: Any) -> tuple[int, ...]:
    """The shape of a tensor.

    Raises:
        DTypeError: if it is none.
    """
    if not hasattr(x, "shape"):
        raise DTypeError(f"{op}: needs a tensor, got {type(x).__name__} {x!r:.80}; use autograd.tensor()")
    return tuple(x.shape)


def _need(op: str, *wanted: tuple[Any, int]) -> None:
    """Raise ShapeError unless each array has its number of dimensions."""
    if any(len(_shape(op, x)) != n for x, n in wanted):
        raise ShapeError(
            f"{op}: needs {' and '.join(f'{n}-d' for _, n in wanted)} tensors, got shapes "
            f"{', '.join(str(tuple(x.shape)) for x, _ in wanted)}; matmul takes every rank"
        )


# ------------------------------------------------------------------------------------------------ beta x + alpha a @ b


def _dtype(x: Any) -> np.dtype[Any]:
    dtype: np.dtype[Any] = np.dtype(x.dtype)
    return dtype


def _plus(op: str, input: Any, result: Any, beta: float, alpha: float) -> Tensor:
    """beta * input + alpha * result; with beta = 0 the input does not count, even where it is nan.

    Beside integers and bools the factors are taken as such.
    """
    kind = _dtype(result).kind
    if kind != "f":
        beta, alpha = (bool(f) if kind == "b" else int(f) for f in (beta, alpha))
    if _shape(op, input) != tuple(result.shape):
        _expandable(op, tuple(input.shape), tuple(result.shape))
    if alpha != 1:
        result = mul(result, alpha)
    if beta == 0:
        return result  # type: ignore[no-any-return]  # a tensor
    return add(input if beta == 1 else mul(input, beta), result)


def _expandable(op: str, shape: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    """Raise unless the input broadcasts to the shape of the product."""
    if len(shape) > len(wanted) or any(
        a not in (1, b) for a, b in zip(shape[::-1], wanted[::-1], strict=False)
    ):
        raise ShapeError(
            f"{op}: the input of shape {shape} does not broadcast to the product's shape {wanted}"
        )


def _same_dtype(op: str, *arrays: Any) -> None:
    for x in arrays:
        _shape(op, x)
    dtypes = [_dtype(x) for x in arrays]
    if len(set(dtypes)) > 1:
        raise DTypeError(f"{op}: the tensors must have one dtype, got {', '.join(map(str, dtypes))}")


@composite
def addmm(input: Any, mat1: Any, mat2: Any, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """beta * input + alpha * (mat1 @ mat2) of matrices; the input broadcasts.

    >>> import autograd
    >>> addmm(autograd.tensor([1.0, 0.0]), autograd.ones(2, 3), autograd.ones(3, 2))
    tensor([[4., 3.],
            [4., 3.]])
    """
    _same_dtype("addmm", input, mat1, mat2)
    return _plus("addmm", input, mm(mat1, mat2), beta, alpha)


@composite
def addmv(input: Any, mat: Any, vec: Any, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """beta * input + alpha * (mat @ vec)."""
    _same_dtype("addmv", input, mat, vec)
    return _plus("addmv", input, mv(mat, vec), beta, alpha)


@composite
def addr(input: Any, vec1: Any, vec2: Any, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """beta * input + alpha * outer(vec1, vec2)."""
    product = outer(vec1, vec2)
    if _dtype(product).kind != "f" and any(isinstance(f, float) for f in (beta, alpha)):
        raise ArgumentError(
            f"addr: beta={beta} and alpha={alpha} must be integers for a product of {product.dtype}"
        )
    return _plus("addr", input, product, beta, alpha)


@composite
def baddbmm(input: Any, batch1: Any, batch2: Any, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """beta * input + alpha * (batch1 @ batch2) of batches of matrices; the input broadcasts."""
    _same_dtype("baddbmm", input, batch1, batch2)
    return _plus("baddbmm", input, bmm(batch1, batch2), beta, alpha)


@composite
def addbmm(input: Any, batch1: Any, batch2: Any, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """beta * input + alpha * the sum over the batch of batch1 @ batch2."""
    _same_dtype("addbmm", input, batch1, batch2)
    products = bmm(batch1, batch2)
    return _plus("addbmm", input, converted(sum(products, 0), products.dtype), beta, alpha)


# ------------------------------------------------------------------------------------------------ composed further


@composite
def cross(input: Any, other: Any, dim: int | None = None) -> Tensor:
    """The vector product in three dimensions along `dim`, by default the first of size 3; the others broadcast.

    Raises:
        ShapeError: if the size along `dim` is not 3.

    >>> import autograd
    >>> cross(autograd.tensor([1, 0, 0]), autograd.tensor([0, 1, 0]))
    tensor([0, 0, 1])
    """
    a, b = _shape("cross", input), _shape("cross", other)
    if len(a) != len(b):
        raise ShapeError(f"cross: the tensors must have equal numbers of dimensions, got shapes {a} and {b}")
    shape = broadcast_shapes(a, b)
    if dim is None:
        d = shape.index(3) if 3 in shape else -1
    else:
        d = checked_dim("cross", dim, shape)
    if not shape or shape[d] != 3:
        raise ShapeError(f"cross: needs size 3 along the dimension, got shape {tuple(shape)} and dim {dim}")
    x, y = expand(input, shape), expand(other, shape)
    lead = (slice(None),) * (d % len(shape))

    def turned(a: Any, order: Sequence[int]) -> Any:
        return getitem(a, (*lead, list(order)))

    return sub(
        mul(turned(x, (1, 2, 0)), turned(y, (2, 0, 1))), mul(turned(x, (2, 0, 1)), turned(y, (1, 2, 0)))
    )


@composite
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


@composite
def adjoint(input: Any) -> Tensor:
    """The last two dimensions exchanged: of real numbers the adjoint, what `x.mH` is.

    >>> import autograd
    >>> adjoint(autograd.tensor([[1, 2], [3, 4]]))
    tensor([[1, 3],
            [2, 4]])
    """
    return matrix_transpose(input)


@composite
def conjugate_transpose(input: Any) -> Tensor:
    """The transpose of a matrix, or a number as it is: what `x.H` is.

    Raises:
        ShapeError: for other numbers of dimensions.
    """
    if len(input.shape) not in (0, 2):
        raise ShapeError(
            f"H: needs a matrix or a number, got shape {tuple(input.shape)}; x.mH is for batches of matrices"
        )
    return transpose(input, 0, 1) if len(input.shape) else input.view(())
