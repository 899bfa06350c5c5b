"""What linear algebra asks of its arguments, and the two helpers its formulas share."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from autograd.errors import DTypeError, LinAlgError, ShapeError
from autograd.hidden import Hidden
from autograd.primitive import Array
from autograd.tape import Variable


class Facts(NamedTuple):
    """What is asked about a tensor, an array, or under vmap one example, without looking at its values."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self.shape)


def facts(op: str, x: Any) -> Facts:
    """The shape and the dtype of a tensor or an array.

    Raises:
        DTypeError: for anything else.
    """
    if isinstance(x, Variable):
        return Facts(x.array.shape, x.array.dtype)
    if isinstance(x, (np.ndarray, Hidden)):
        return Facts(tuple(x.shape), np.dtype(x.dtype))
    raise DTypeError(f"{op}: needs a tensor, got {type(x).__name__}; use autograd.tensor()")


def floating(op: str, *arrays: Any) -> None:
    """Raise unless all are float32, or all float64: LAPACK has nothing else.

    Raises:
        DTypeError: naming the operation, the dtypes and the shapes.
    """
    found = [facts(op, x) for x in arrays]
    for a in found:
        if a.dtype.char not in "fd":
            raise DTypeError(
                f"{op}: needs a float32 or float64 tensor, got {a.dtype} of shape {a.shape}; convert it with .float()"
            )
    if len({a.dtype.char for a in found}) > 1:
        raise DTypeError(
            f"{op}: the tensors must have one dtype, got {', '.join(f'{a.dtype} {a.shape}' for a in found)}; "
            "convert one with .to(dtype)"
        )


def matrices(op: str, *arrays: Any) -> None:
    """Raise unless each is a matrix or a batch of them, in float32 or float64.

    Raises:
        ShapeError: naming the operation and the shape.
        DTypeError: for other dtypes, and for two different ones.
    """
    for x in arrays:
        shape = facts(op, x).shape
        if len(shape) < 2:
            raise ShapeError(f"{op}: needs a matrix or a batch of matrices (*, M, N), got shape {shape}")
    floating(op, *arrays)


def square(op: str, *arrays: Any) -> None:
    """Raise unless each is a square matrix or a batch of them, in float32 or float64.

    Raises:
        ShapeError: naming the operation and the shape.
        DTypeError: for other dtypes, and for two different ones.
    """
    matrices(op, *arrays)
    for x in arrays:
        shape = tuple(x.shape)
        if shape[-1] != shape[-2]:
            raise ShapeError(
                f"{op}: needs square matrices (*, N, N), got shape {shape}: {shape[-2]} by {shape[-1]}"
            )


def failed(op: str, infos: Array, problem: str) -> LinAlgError:
    """The error for the first matrix of a batch whose LAPACK code is not 0; `problem` says what with `{}` for it."""
    index = next((i for i in np.ndindex(infos.shape) if infos[i]), None)
    if index is None:  # NumPy's LAPACK stopped, and SciPy's did not
        return LinAlgError(
            f"{op}: a matrix holds inf, nan, or numbers too small or too large to compute with"
        )
    where = f" (batch element {', '.join(map(str, index))})" if index else ""
    return LinAlgError(f"{op}{where}: {problem.format(int(infos[index]))}")


def no_convergence(op: str, x: Array) -> LinAlgError:
    """The error for a matrix without eigenvalues or singular values that LAPACK could find."""
    hint = "" if np.isfinite(x).all() else ": the matrix holds inf or nan"
    return LinAlgError(f"{op}: the iteration did not converge for shape {x.shape}{hint}")


def finite(op: str, x: Array) -> None:
    """Raise if there is inf or nan in a matrix whose singular values are asked for: LAPACK may never return.

    Raises:
        LinAlgError: naming the operation and the shape.
    """
    if not math.isfinite(np.add.reduce(x, None)) and not np.isfinite(x).all():  # the sum alone may overflow
        raise no_convergence(op, x)


def batches(x: Array) -> Iterator[tuple[int, ...]]:
    """The index of each matrix in a batch.

    >>> list(batches(np.zeros((2, 1, 3, 3))))
    [(0, 0), (1, 0)]
    """
    return iter(np.ndindex(x.shape[:-2]))


def transposed(x: Array) -> Array:
    """The matrices in the last two dimensions, transposed."""
    return np.swapaxes(x, -1, -2)
