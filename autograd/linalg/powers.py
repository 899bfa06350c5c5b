"""Products of several matrices, powers of one, and its exponential."""

from __future__ import annotations

import itertools
import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.composite import composite
from autograd.errors import ArgumentError, ShapeError
from autograd.linalg.checks import facts, square, transposed
from autograd.linalg.inverses import inv
from autograd.ops.arithmetic import mul
from autograd.ops.identity import copy_in_c_order
from autograd.ops.linalg import matmul
from autograd.ops.options import add
from autograd.ops.reduce import converted
from autograd.ops.shape import squeeze, unsqueeze
from autograd.primitive import Array, primitive

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["chain_matmul", "multi_dot", "matrix_power", "matrix_exp"]


# ------------------------------------------------------------------------------------------------ products


@composite
def chain_matmul(*matrices: Any) -> Tensor:
    """The product of several matrices, in the order that takes the fewest multiplications.

    Raises:
        ShapeError: if they are not matrices, or do not fit.

    >>> import autograd
    >>> chain_matmul(autograd.ones(2, 3), autograd.ones(3, 1), autograd.ones(1, 2))
    tensor([[3., 3.],
            [3., 3.]])
    """
    given = matrices[0] if len(matrices) == 1 and isinstance(matrices[0], (list, tuple)) else matrices
    if not given:
        raise ArgumentError("chain_matmul: needs at least one matrix")
    return _chained("chain_matmul", given)


@composite
def multi_dot(tensors: Any) -> Tensor:
    """The product of at least two matrices, in the order that takes the fewest multiplications.

    The first may be a vector (N), taken as a row, and the last, as a column; that dimension is then left out.

    Raises:
        ShapeError: if they do not fit.

    >>> import autograd
    >>> multi_dot([autograd.ones(3), autograd.ones(3, 2), autograd.ones(2)])
    tensor(6.)
    """
    if not isinstance(tensors, (list, tuple)):
        raise ArgumentError(f"linalg.multi_dot: needs a list of tensors, got {type(tensors).__name__}")
    given = list(tensors)
    if len(given) < 2:
        raise ArgumentError(f"linalg.multi_dot: needs at least 2 tensors, got {len(given)}")
    first, last = (len(facts("linalg.multi_dot", given[i]).shape) == 1 for i in (0, -1))
    if first:
        given[0] = unsqueeze(given[0], 0)
    if last:
        given[-1] = unsqueeze(given[-1], 1)
    product = _chained("linalg.multi_dot", given)
    if last:
        product = squeeze(product, -1)
    return squeeze(product, 0) if first else product


def _chained(op: str, given: Any) -> Tensor:
    arrays = [facts(op, m) for m in given]
    shapes = [a.shape for a in arrays]
    if any(len(s) != 2 for s in shapes):
        raise ShapeError(f"{op}: needs matrices, got shapes {', '.join(map(str, shapes))}")
    if any(a[1] != b[0] for a, b in itertools.pairwise(shapes)) or len({a.dtype for a in arrays}) > 1:
        raise ShapeError(
            f"{op}: each matrix must have as many columns as the next has rows, and the same dtype; got "
            f"{', '.join(f'{a.dtype} {a.shape}' for a in arrays)}"
        )
    sizes = [shapes[0][0], *(s[1] for s in shapes)]
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
        return given[i] if i == j else matmul(multiplied(i, cut[i][j]), multiplied(cut[i][j] + 1, j))

    return multiplied(0, n - 1)  # type: ignore[no-any-return]  # a tensor


# ------------------------------------------------------------------------------------------------ powers


@composite
def matrix_power(input: Any, n: int) -> Tensor:
    """Square matrices (*, N, N) multiplied by themselves n times, by repeated squaring; of the inverse if n < 0.

    Raises:
        ShapeError: if they are not square.
        LinAlgError: if n < 0 and a matrix has no inverse.

    >>> import autograd
    >>> matrix_power(autograd.tensor([[1, 1], [1, 0]]), 5)
    tensor([[8, 5],
            [5, 3]])
    """
    array = facts("linalg.matrix_power", input)
    shape = array.shape
    try:
        n = operator.index(n)
    except TypeError:
        raise ArgumentError(f"linalg.matrix_power: n is an integer, got {n!r}") from None
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise ShapeError(f"linalg.matrix_power: needs square matrices (*, N, N), got shape {shape}")
    if n == 0:
        return add(mul(input, 0), np.eye(shape[-1], dtype=array.dtype))
    square, n = (inv(input), -n) if n < 0 else (input, n)
    result: Any = None
    while n:
        if n % 2:
            result = square if result is None else matmul(result, square)
        n //= 2
        square = matmul(square, square) if n else square
    return copy_in_c_order(result) if result is input else result


# ------------------------------------------------------------------------------------------------ the exponential


def _matrix_exp_dx(g: Array, x: Array) -> Array:
    """The upper right block of exp([[xᵀ, g], [0, xᵀ]]) (Van Loan 1978; Al-Mohy and Higham 2009)."""
    n = x.shape[-1]
    xt = transposed(x)
    above = np.concatenate((xt, g), -1)
    below = np.concatenate((0 * xt, xt), -1)
    return linalg_matrix_exp(np.concatenate((above, below), -2))[..., :n, n:]


@primitive(x=_matrix_exp_dx)
def linalg_matrix_exp(x: Array) -> Array:
    """Σ xᵏ / k!; its derivative beside it."""
    from scipy.linalg import expm  # on use: it takes long to import

    return expm(x) if x.size else x.copy()


@composite
def matrix_exp(input: Any) -> Tensor:
    """The exponential Σ Aᵏ / k! of square matrices: (*, N, N) → (*, N, N).

    dA is the upper right block of exp([[Aᵀ, g], [0, Aᵀ]]).

    Raises:
        ShapeError: if the matrices are not square.

    >>> import autograd
    >>> matrix_exp(autograd.zeros(2, 2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    if facts("linalg.matrix_exp", input).dtype.char == "e":
        return converted(matrix_exp(converted(input, np.float32)), np.float16)  # type: ignore[no-any-return]  # a tensor
    square("linalg.matrix_exp", input)
    return linalg_matrix_exp(input)
