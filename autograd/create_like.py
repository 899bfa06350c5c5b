"""Tensors of the shape and dtype of another, whose dimensions lie in memory in the same order, as PyTorch's do."""

from __future__ import annotations

import functools
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
    return _like("zeros_like", zeros, 0, input, dtype, device, requires_grad, memory_format, place)


def ones_like(
    input: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False,
    memory_format: Any = None, **place: Any,
) -> Tensor:  # fmt: skip
    """Ones of the shape and dtype of `input`; see `zeros_like`."""
    return _like("ones_like", ones, 1, input, dtype, device, requires_grad, memory_format, place)


def empty_like(
    input: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False,
    memory_format: Any = None, **place: Any,
) -> Tensor:  # fmt: skip
    """Whatever is in memory, of the shape and dtype of `input`; see `zeros_like`."""
    return _like("empty_like", empty, None, input, dtype, device, requires_grad, memory_format, place)


def full_like(
    input: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False,
    memory_format: Any = None, **place: Any,
) -> Tensor:  # fmt: skip
    """One number everywhere, of the shape and dtype of `input`; see `zeros_like`."""
    make = functools.partial(full, fill_value=fill_value)
    return _like("full_like", make, fill_value, input, dtype, device, requires_grad, memory_format, place)


def in_c_order(input: Any, memory_format: Any) -> bool:
    """Whether what is like `input` in a memory format lies in C order."""
    if memory_format is None or memory_format is formats.preserve_format:
        array = raw(input)
        return not isinstance(array, np.ndarray) or array.flags.c_contiguous
    return memory_format is formats.contiguous_format


def _like(
    op: str, make: Any, value: Any, input: Any, dtype: Any, device: Any, requires_grad: bool, memory_format: Any,
    place: dict[str, Any],
) -> Tensor:  # fmt: skip
    """What `make` makes of a shape, in the order that is asked for: the value everywhere, or whatever is in memory."""
    if isinstance(input, Hidden):
        return _like_hidden(input, 0 if value is None else value, dtype, requires_grad)
    kind = dtype_like(op, input, dtype)
    if in_c_order(input, memory_format):
        made_in_order: Tensor = make(
            np.shape(raw(input)), dtype=kind, device=device, requires_grad=requires_grad, **place
        )
        return made_in_order
    devices.check(device, op, **place)
    number = dtypes.numpy_dtype(kind)
    array = formats.empty(op, raw_array(op, input), number, memory_format)
    if value is not None:
        array.fill(stored("full", raw(value), number, half=True))
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
