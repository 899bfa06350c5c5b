"""Views as copies: each function is its view's, with the result in memory of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from autograd.composite import composite
from autograd.errors import PositionError
from autograd.ops.identity import alias, copy_in_c_order
from autograd.ops.index import getitem
from autograd.ops.rearrange import diagonal, unfold
from autograd.ops.shape import (
    expand,
    narrow,
    permute,
    reshape,
    select,
    squeeze,
    t,
    transpose,
    unbind,
    unsqueeze,
    view,
)
from autograd.ops.splitting import split, split_with_sizes

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = [
    "alias_copy", "detach_copy", "diagonal_copy", "expand_copy", "narrow_copy", "permute_copy", "select_copy",
    "slice_copy", "split_copy", "split_with_sizes_copy", "squeeze_copy", "t_copy", "transpose_copy", "unbind_copy",
    "unfold_copy", "unsqueeze_copy", "view_copy",
]  # fmt: skip


def _copied(function: Callable[..., Any], *args: Any, **named: Any) -> Any:
    result = function(*args, **named)
    return tuple(map(copy_in_c_order, result)) if isinstance(result, tuple) else copy_in_c_order(result)


@composite
def alias_copy(input: Any) -> Tensor:
    """A copy."""
    return copy_in_c_order(alias(input))


@composite
def detach_copy(input: Any) -> Tensor:
    """A copy outside the graph."""
    copied: Tensor = copy_in_c_order(input.detach())
    return copied


@composite
def diagonal_copy(input: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """`diagonal` as a copy."""
    return _copied(diagonal, input, offset, dim1, dim2)  # type: ignore[no-any-return]  # a tensor of a tensor


@composite
def expand_copy(input: Any, size: Sequence[int], *, implicit: bool = False) -> Tensor:  # noqa: ARG001  # PyTorch's
    """`expand` as a copy.

    >>> import autograd
    >>> expand_copy(autograd.tensor([1, 2]), (2, 2)).add_(1)
    tensor([[2, 3],
            [2, 3]])
    """
    return _copied(expand, input, size)  # type: ignore[no-any-return]  # as above, and below


@composite
def narrow_copy(input: Any, dim: int, start: int, length: int) -> Tensor:
    """`narrow` as a copy.

    Raises:
        PositionError: if there is no such dimension, or it reaches over the end.
    """
    ndim = len(input.shape)
    if not -ndim <= dim < ndim:
        raise PositionError(f"narrow_copy: dim {dim} is out of range for shape {tuple(input.shape)}")
    return _copied(narrow, input, dim, start, length)  # type: ignore[no-any-return]


@composite
def permute_copy(input: Any, dims: Sequence[int]) -> Tensor:
    """`permute` as a copy."""
    return _copied(permute, input, dims)  # type: ignore[no-any-return]


@composite
def select_copy(input: Any, dim: int, index: int) -> Tensor:
    """`select` as a copy."""
    return _copied(select, input, dim, index)  # type: ignore[no-any-return]


@composite
def slice_copy(
    input: Any, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Tensor:
    """The slice from `start` to `end` along `dim`, each `step`-th, as a copy."""
    ndim = len(input.shape)
    return copy_in_c_order(getitem(input, (*(slice(None),) * (dim % max(ndim, 1)), slice(start, end, step))))


@composite
def split_copy(input: Any, split_size: int, dim: int = 0) -> tuple[Tensor, ...]:
    """`split` as copies."""
    return _copied(split, input, split_size, dim)  # type: ignore[no-any-return]


@composite
def split_with_sizes_copy(input: Any, split_sizes: Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """`split_with_sizes` as copies."""
    return _copied(split_with_sizes, input, split_sizes, dim)  # type: ignore[no-any-return]


@composite
def squeeze_copy(input: Any, dim: Any = None) -> Tensor:
    """`squeeze` as a copy."""
    return _copied(squeeze, input, dim)  # type: ignore[no-any-return]


@composite
def t_copy(input: Any) -> Tensor:
    """`t` as a copy."""
    return _copied(t, input)  # type: ignore[no-any-return]


@composite
def transpose_copy(input: Any, dim0: int, dim1: int) -> Tensor:
    """`transpose` as a copy."""
    return _copied(transpose, input, dim0, dim1)  # type: ignore[no-any-return]


@composite
def unbind_copy(input: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """`unbind` as copies."""
    return _copied(unbind, input, dim)  # type: ignore[no-any-return]


@composite
def unfold_copy(input: Any, dimension: int, size: int, step: int) -> Tensor:
    """`unfold` as a copy."""
    return _copied(unfold, input, dimension, size, step)  # type: ignore[no-any-return]


@composite
def unsqueeze_copy(input: Any, dim: int) -> Tensor:
    """`unsqueeze` as a copy."""
    return _copied(unsqueeze, input, dim)  # type: ignore[no-any-return]


@composite
def view_copy(input: Any, size: Any = None, *, dtype: Any = None) -> Tensor:
    """`view` as a copy, of any layout."""
    given = size if dtype is None else dtype
    return _copied(reshape if isinstance(given, (tuple, list, int)) else view, input, given)  # type: ignore[no-any-return]
