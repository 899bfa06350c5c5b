"""Operations that leave the values as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import formats
from autograd.composite import composite
from autograd.errors import ArgumentError
from autograd.hidden import Hidden
from autograd.layout import copied
from autograd.primitive import Array, implements, primitive
from autograd.tape import Variable

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = [
    "alias", "clone", "conj", "conj_physical", "contiguous", "detach", "real", "resolve_conj", "resolve_neg",
]  # fmt: skip


@primitive(view=True, x=lambda g: g)
def alias(x: Array) -> Array:
    """The same values in the same memory, as a node of their own.  dx = g.

    >>> import autograd
    >>> alias(autograd.tensor([1.0, 2.0]))
    tensor([1., 2.])
    """
    return x[...]


@primitive(numpy=np.copy, x=lambda g: g)
def clone(x: Array, memory_format: Any = None) -> Array:
    """A copy in memory of its own, in the same order or in that of a memory format.  dx = g.

    >>> import autograd
    >>> x = autograd.tensor([1.0, 2.0])
    >>> clone(x).add_(1), x
    (tensor([2., 3.]), tensor([1., 2.]))
    """
    if memory_format is not None or 0 in x.strides:
        return formats.copied("clone", x, memory_format)
    return np.copy(x, "K")


@primitive(d=lambda g: g, x=lambda g: np.zeros_like(g))
def constant_in(d: Array, x: Array) -> Array:
    """d itself, as a function of x as well, with broadcasting.  dx = 0."""
    return np.copy(np.broadcast_arrays(d, x)[0])


def flat(d: Any, x: Any) -> Any:
    """d, a derivative that is the same for neighbouring x, as relu's is.

    Where the formula is recorded, d gets a derivative of 0 with respect to x; it would have none. So the second
    derivative of a piecewise linear function is 0, as PyTorch has it, and not refused.

    >>> flat(np.array([2.0]), np.array([5.0]))
    array([2.])
    """
    return constant_in(d, x) if isinstance(x, (Variable, Hidden)) else d


@primitive(view=True, flat=True, x=lambda g: g)
def kinked(x: Array) -> Array:
    """The same values in the same memory, before a function whose derivative jumps.  dx = g, with a derivative of 0.

    For composites that PyTorch has a formula for: a primitive is declared `flat` itself.
    """
    return x[...]


@implements(np.real)
@composite
def real(input: Tensor) -> Tensor:
    """`input` itself: a tensor holds real numbers."""
    return input


@composite
def resolve_conj(input: Tensor) -> Tensor:
    """`input` itself: a real tensor is its own conjugate."""
    return input


conj = conj_physical = resolve_conj


@composite
def detach(input: Tensor) -> Tensor:
    """The same values in the same memory, outside the graph.

    >>> import autograd
    >>> detach(autograd.ones(2, requires_grad=True)).requires_grad
    False
    """
    return input.detach()  # type: ignore[no-any-return]  # a tensor of a tensor


@composite
def resolve_neg(input: Tensor) -> Tensor:
    """`input` itself: its values are never stored negated."""
    return input


@implements(np.ascontiguousarray)
@composite
def contiguous(input: Tensor, memory_format: Any = None) -> Tensor:
    """`input` itself if its elements lie in memory in C order, else a copy that does.  dx = g.

    With memory_format=autograd.channels_last, in that order.

    >>> import autograd
    >>> autograd.ones(2, 3).t().contiguous().stride()
    (2, 1)
    """
    if isinstance(input, Hidden):
        return copy_in_c_order(input)
    if memory_format is formats.preserve_format and not input.array.flags.c_contiguous:
        raise ArgumentError("contiguous: preserve_format is no order; clone() preserves it")
    if memory_format is not None:
        moved = formats.in_order("contiguous", input.array, memory_format)
        return input if moved.flags.c_contiguous else clone(input, memory_format)
    return input if input.array.flags.c_contiguous else copy_in_c_order(input)


@primitive(x=lambda g: g)
def copy_in_c_order(x: Array) -> Array:
    """A copy in C order."""
    return copied(x)
