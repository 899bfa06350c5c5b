"""Tensors of the shape and dtype of another, whose dimensions lie in memory in the same order, as PyTorch's do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import devices, dtypes, formats
from autograd.create import empty, full, made, ones, raw_array, zeros
from autograd.errors import DTypeError
from autograd.hidden import Hidden
from autograd.storing import stored
from autograd.tape import raw

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["zeros_like", "ones_like", "full_like", "empty_like"]


def zeros_like(
    input: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False,
    memory_format: Any = None, **place: Any,
) -> Tensor:  # fmt: skip
    """Zeros of the shape and dtype of `input`, in its order in memory or in that of a memory format.

    >>> import autograd
    >>> zeros_like(autograd.tensor([1, 2]))
    tensor([0, 0])
    >>> zeros_like(autograd.ones(2, 3).t()).stride()
    (1, 3)
    """
    if isinstance(input, Hidden):
        return _like_hidden(input, 0, dtype, requires_grad)
    kind = dtype_like("zeros_like", input, dtype)
    if in_c_order(input, memory_format):
        return zeros(np.shape(raw(input)), dtype=kind, device=device, requires_grad=requires_grad, **place)
    return _filled("zeros_like", input, 0, kind, device, requires_grad, memory_format, place)


def ones_like(
    input: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False,
    memory_format: Any = None, **place: Any,
) -> Tensor:  # fmt: skip
    """Ones of the shape and dtype of `input`; see `zeros_like`."""
    if isinstance(input, Hidden):
        return _like_hidden(input, 1, dtype, requires_grad)
    kind = dtype_like("ones_like", input, dtype)
    if in_c_order(input, memory_format):
        return ones(np.shape(raw(input)), dtype=kind, device=device, requires_grad=requires_grad, **place)
    return _filled("ones_like", input, 1, kind, device, requires_grad, memory_format, place)


def empty_like(
    input: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False,
    memory_format: Any = None, **place: Any,
) -> Tensor:  # fmt: skip
    """Whatever is in memory, of the shape and dtype of `input`; see `zeros_like`."""
    if isinstance(input, Hidden):
        return _like_hidden(input, 0, dtype, requires_grad)
    kind = dtype_like("empty_like", input, dtype)
    if in_c_order(input, memory_format):
        return empty(np.shape(raw(input)), dtype=kind, device=device, requires_grad=requires_grad, **place)
    return _filled("empty_like", input, None, kind, device, requires_grad, memory_format, place)


def full_like(
    input: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False,
    memory_format: Any = None, **place: Any,
) -> Tensor:  # fmt: skip
    """One number everywhere, of the shape and dtype of `input`; see `zeros_like`."""
    if isinstance(input, Hidden):
        return _like_hidden(input, fill_value, dtype, requires_grad)
    kind = dtype_like("full_like", input, dtype)
    if in_c_order(input, memory_format):
        shape = np.shape(raw(input))
        return full(shape, fill_value, dtype=kind, device=device, requires_grad=requires_grad, **place)
    value = stored("full", raw(fill_value), dtypes.numpy_dtype(kind), half=True)
    return _filled("full_like", input, value, kind, device, requires_grad, memory_format, place)


def in_c_order(input: Any, memory_format: Any) -> bool:
    """Whether what is like `input` in a memory format lies in C order."""
    if memory_format is None or memory_format is formats.preserve_format:
        array = raw(input)
        return not isinstance(array, np.ndarray) or array.flags.c_contiguous
    return memory_format is formats.contiguous_format


def _filled(
    op: str, input: Any, value: Any, kind: Any, device: Any, requires_grad: bool, memory_format: Any,
    place: dict[str, Any],
) -> Tensor:  # fmt: skip
    """A tensor with the value everywhere, or with whatever is in memory."""
    devices.check(device, op, **place)
    array = formats.empty(op, raw_array(op, input), dtypes.numpy_dtype(kind), memory_format)
    if value is not None:
        array.fill(value)
    return made(op, array, requires_grad)


def _like_hidden(input: Any, fill_value: Any, dtype: Any, requires_grad: bool) -> Tensor:
    """A tensor for each example of a value under vmap."""
    kind = input.dtype if dtype is None else dtype
    made: Tensor = input.new_full(input.shape, fill_value, dtype=kind, requires_grad=requires_grad)
    return made  # it has a tensor's methods


def dtype_like(op: str, input: Any, dtype: Any) -> Any:
    """The dtype of what is to be like `input`.

    Raises:
        DTypeError: if the input is no tensor.
    """
    own = getattr(raw(input), "dtype", None)
    if own is None:
        raise DTypeError(f"{op}: needs a tensor, got {type(input).__name__}; use autograd.tensor()")
    return own if dtype is None else dtype
