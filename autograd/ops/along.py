"""Elements at positions along one dimension, no position twice: what extrema, sorting and ranks read.

`gather` reads wherever it is told and adds up where positions repeat. Here they do not, so that the derivative of
reading is writing, several times as fast as adding.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.ops.forms import kept_shape
from autograd.primitive import Array, primitive
from autograd.tape import raw

if TYPE_CHECKING:
    from autograd.tensor import Tensor


def _placed(g: Array, index: Any, dim: int, keepdim: bool, shape: tuple[int, ...]) -> Array:
    return placed(g, index, dim, keepdim, shape)


@primitive(x=lambda g, x_shape, index, dim, keepdim: _placed(g, index, dim, keepdim, x_shape))
def picked(x: Array, index: Any, dim: int, keepdim: bool) -> Array:
    """The elements of x at `index` along `dim`, an ndarray that names none twice.  dx = g there, 0 elsewhere."""
    return x.take(positions_along(x.shape, index, dim, keepdim))


@primitive(x=lambda g, index, dim, keepdim: picked(g, index, dim, keepdim))
def placed(x: Array, index: Any, dim: int, keepdim: bool, shape: tuple[int, ...]) -> Array:
    """x at `index` along `dim` of an array of `shape`, 0 elsewhere.  dx = g at the index."""
    out = np.zeros(shape, x.dtype)
    out.reshape(-1)[positions_along(shape, index, dim, keepdim)] = x
    return out


def along(input: Any, index: Any, dim: int, keepdim: bool = True) -> Tensor:
    """The elements at the positions `index` along `dim`, whose other sizes are those of the input.

    With keepdim=False the index names one element in each line, and has no such dimension.

    >>> import autograd
    >>> along(autograd.tensor([[1.0, 2.0], [3.0, 4.0]]), np.array([1, 0]), 1, keepdim=False)
    tensor([2., 3.])
    """
    array = raw(index)
    if isinstance(array, np.ndarray):
        array = array.copy()  # what the user does to the index changes no gradient
    return picked(input, array, dim, keepdim)


def positions_along(shape: tuple[int, ...], index: Array, dim: int, keepdim: bool = True) -> Array:
    """The positions in C order of an array of `shape` that `index` names along `dim`.

    >>> positions_along((2, 3), np.array([2, 0]), 1, keepdim=False)
    array([2, 3])
    """
    if not shape:
        return index  # 0, the only one
    d = dim % len(shape)
    if not keepdim:
        index = index.reshape(kept_shape(shape, d))
    inner = math.prod(shape[d + 1 :])
    flat = index * inner
    if inner > 1:
        flat += np.arange(inner).reshape((1,) * (d + 1) + shape[d + 1 :])
    if d:
        starts = np.arange(math.prod(shape[:d])) * (shape[d] * inner)
        flat += starts.reshape(shape[:d] + (1,) * (len(shape) - d))
    return flat if keepdim else flat.reshape(shape[:d] + shape[d + 1 :])
