"""Writes to a tensor's shape: the same tensor, seen under other sizes, strides or memory.

The values stay where they are, so what was saved of the tensor stays valid; its node is that of the view it has become.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import ops
from autograd.errors import ArgumentError, GradientError, InPlaceError
from autograd.inplace import replace_node
from autograd.modes import current_mode, enable_grad
from autograd.storage import owner
from autograd.tape import AccumulateGrad, Variable, bump

if TYPE_CHECKING:
    from autograd.tensor import Tensor


def become(name: str, x: Any, view: Callable[..., Any], *args: Any) -> Tensor:
    """Make `x` its own view `view(x, *args)`.

    Raises:
        InPlaceError: for a leaf that requires a gradient, or a view of one, outside of no_grad().
    """
    node = x.current_node()
    root = x if x.base is None or x.base[0] is None else x.base[0]
    if current_mode().grad and isinstance(root.node, AccumulateGrad):
        raise InPlaceError(
            f"{name}: the tensor of shape {x.array.shape} is a leaf that requires a gradient, or a view of one; change "
            "its shape inside no_grad(), or use the out-of-place operation"
        )
    if isinstance(node, AccumulateGrad):
        x.array = view(x.detach(), *args).array
        node.shape = x.array.shape
        return x  # type: ignore[no-any-return]  # a tensor
    with enable_grad():
        result = view(x, *args)
    x.array = result.array
    replace_node(x, result.node)
    return x  # type: ignore[no-any-return]  # a tensor


def squeeze_(self: Any, dim: Any = None) -> Tensor:
    """In-place version of `squeeze`."""
    return become("squeeze_", self, ops.squeeze, dim)


def unsqueeze_(self: Any, dim: int) -> Tensor:
    """In-place version of `unsqueeze`."""
    return become("unsqueeze_", self, ops.unsqueeze, dim)


def t_(self: Any) -> Tensor:
    """In-place version of `t`."""
    return become("t_", self, ops.t)


def transpose_(self: Any, dim0: int, dim1: int) -> Tensor:
    """In-place version of `transpose`."""
    return become("transpose_", self, ops.transpose, dim0, dim1)


def swapaxes_(self: Any, axis0: int, axis1: int) -> Tensor:
    """In-place version of `swapaxes`."""
    return become("swapaxes_", self, ops.transpose, axis0, axis1)


def swapdims_(self: Any, dim0: int, dim1: int) -> Tensor:
    """In-place version of `swapdims`."""
    return become("swapdims_", self, ops.transpose, dim0, dim1)


def as_strided_(
    self: Any, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None
) -> Tensor:
    """In-place version of `as_strided`."""
    return become("as_strided_", self, ops.as_strided, size, stride, storage_offset)


def resize_(self: Any, *sizes: Any) -> Tensor:
    """Give it another shape: of the elements in its memory as far as they go, then of new ones without a value.

    Raises:
        GradientError: if it requires a gradient.
        ArgumentError: if a size is negative.
    """
    shape = tuple(sizes[0]) if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)) else sizes
    if min(shape, default=0) < 0:
        raise ArgumentError(f"resize_: sizes must not be negative, got {shape}")
    if self.requires_grad:
        raise GradientError(
            f"resize_: the tensor of shape {self.array.shape} requires a gradient; detach() it first"
        )
    n = math.prod(shape)
    held = self.array if self.array.flags.c_contiguous else None
    memory = owner(self.array)
    if isinstance(memory, np.ndarray) and memory.flags.c_contiguous and memory.dtype == self.array.dtype:
        held = memory.reshape(-1)[self.storage_offset() :] if memory is not self.array else memory
    if held is not None and held.size >= n:
        self.array = held.reshape(-1)[:n].reshape(shape)
        return self  # type: ignore[no-any-return]  # a tensor
    array = np.empty(n, self.array.dtype)
    kept = self.array.reshape(-1) if held is None else held.reshape(-1)
    array[: len(kept)] = kept[:n]
    self.array, self.base = array.reshape(shape), None
    return self  # type: ignore[no-any-return]  # a tensor


def resize_as_(self: Any, the_template: Any) -> Tensor:
    """Give it the shape of another tensor (see `resize_`)."""
    return resize_(self, tuple(the_template.shape))


def set_(self: Any, source: Any = None) -> Tensor:
    """Make it share the memory and the shape of another tensor; without one, make it empty.

    It counts as a write: a graph that saved the tensor can no longer be swept. (Setting `.data` counts as none.)

    Raises:
        ArgumentError: if the source is no tensor of the same dtype.
    """
    if source is None:
        source = self.new_empty(0)
    if not isinstance(source, Variable) or source.array.dtype != self.array.dtype:
        raise ArgumentError(f"set_: needs a tensor of dtype {self.array.dtype}, got {source!r}")
    bump(self)
    self.data = source
    return self  # type: ignore[no-any-return]  # a tensor
