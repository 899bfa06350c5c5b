"""Operations that leave the values as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograd.layout import copied
from autograd.primitive import Array, implements, primitive

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["alias", "clone", "contiguous"]


@primitive(view=True, x=lambda g: g)
def alias(x: Array) -> Array:
    """The same values in the same memory, as a node of their own.  dx = g.

    >>> import autograd
    >>> alias(autograd.tensor([1.0, 2.0]))
    tensor([1., 2.])
    """
    return x[...]


@primitive(numpy=np.copy, x=lambda g: g)
def clone(x: Array) -> Array:
    """A copy in memory of its own.  dx = g.

    >>> import autograd
    >>> x = autograd.tensor([1.0, 2.0])
    >>> clone(x).add_(1), x
    (tensor([2., 3.]), tensor([1., 2.]))
    """
    return np.copy(x, order="K")


@implements(np.ascontiguousarray)
def contiguous(input: Tensor) -> Tensor:
    """`input` itself if its elements lie in memory in C order, else a copy that does.  dx = g.

    >>> import autograd
    >>> autograd.ones(2, 3).t().contiguous().stride()
    (2, 1)
    """
    return input if input.array.flags.c_contiguous else _in_c_order(input)


@primitive(x=lambda g: g)
def _in_c_order(x: Array) -> Array:
    """A copy in C order."""
    return copied(x)
