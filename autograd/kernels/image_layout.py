"""How activations of convolutions and pools lie in memory.

A tensor of images has the shape (N, C, H, W), always. Its numbers may lie in memory in another order: H, C, W, N, the
examples innermost. Then the rows h … h+2 that a 3×3 kernel sees are one matrix as they lie, so a convolution is a
matrix product without rearranging (see `kernels.conv`), and a pool is a maximum of long strips.

The convention of every kernel that works on images:

- It takes any strides. What lies in H, C, W, N order must be fast, and so must C order (N, C, H, W): that is how a
  program's data arrive, and how results of small batches are made.
- It returns either order, whichever it computes in; elementwise operations keep the order of their input (NumPy's
  "K"), so the order runs through conv → relu → pool → conv without a copy.
- Gradients alike: any strides in, any dense order out.

For 1 and 3 spatial dimensions the order is the same in spirit: C, L, N and D, H, C, W, N. The order is always "all
spatial dimensions but the last; C; the last spatial dimension; N".
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.dtypes import Array
from autograd.layout import in_c_order

_ORDERS = {3: (1, 2, 0), 4: (2, 1, 3, 0), 5: (2, 3, 1, 4, 0)}
_BACK = {3: (2, 0, 1), 4: (3, 1, 0, 2), 5: (4, 2, 0, 1, 3)}


def is_hcwn(x: Array) -> bool:
    """Whether an array (N, C, …) of 1 to 3 spatial dimensions lies densely in H, C, W, N order.

    >>> is_hcwn(np.zeros((5, 6, 7, 8)).transpose(3, 1, 0, 2)), is_hcwn(np.zeros((8, 6, 5, 7)))
    (True, False)
    """
    order = _ORDERS.get(x.ndim)
    return order is not None and x.transpose(order).flags.c_contiguous


def to_hcwn(x: Array) -> Array:
    """(N, C, H, W) as a C-contiguous array (H, C, W, N): a view if x lies so already, else a copy.

    >>> to_hcwn(np.zeros((8, 6, 5, 7))).shape
    (5, 6, 7, 8)
    """
    return in_c_order(x.transpose(_ORDERS[x.ndim]))


def from_hcwn(p: Array) -> Array:
    """(H, C, W, N) as (N, C, H, W), a view.

    >>> from_hcwn(np.zeros((5, 6, 7, 8))).shape
    (8, 6, 5, 7)
    """
    return p.transpose(_BACK[p.ndim])


def laid_like(v: Array, x: Array) -> Array:
    """v itself; a copy in the order of images where x lies so and v does not: mixed orders are slow.

    >>> is_hcwn(laid_like(np.zeros((8, 6, 5, 7)), empty_hcwn((8, 6, 5, 7), np.float32)))
    True
    """
    return from_hcwn(to_hcwn(v)) if is_hcwn(x) and not is_hcwn(v) else v


def empty_hcwn(shape: tuple[int, ...], dtype: Any) -> Array:
    """An uninitialised array of shape (N, C, H, W) that lies in H, C, W, N order, and is no view of another.

    Make results with it: what is a view of memory that something else may see cannot be brought into C order when a
    program asks for a view of it (see `autograd.settling`).

    >>> x = empty_hcwn((8, 6, 5, 7), np.float32)
    >>> x.shape, is_hcwn(x), x.base is None
    ((8, 6, 5, 7), True, True)
    """
    return np.empty_like(_LAID[len(shape)], dtype, order="K", shape=shape)


_LAID = {ndim: from_hcwn(np.empty((2,) * ndim)) for ndim in _ORDERS}
"""For each number of dimensions, an array in this order: NumPy makes others like it."""
