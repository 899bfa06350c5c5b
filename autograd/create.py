"""Creation: tensors from data, and tensors of zeros, ones, ranges and grids."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import device as devices
from autograd import dtypes
from autograd.errors import ArgumentError, DTypeError, ShapeError
from autograd.tape import Variable, wrap

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = [
    "tensor", "as_tensor", "asarray", "from_numpy", "from_dlpack",
    "zeros", "ones", "full", "empty", "eye", "arange", "linspace", "logspace",
    "zeros_like", "ones_like", "full_like", "empty_like",
    "tril_indices", "triu_indices", "meshgrid", "cartesian_prod", "combinations",
]  # fmt: skip


# ------------------------------------------------------------------------------------------ from data


def tensor(data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A tensor with a copy of `data`: a number, nested lists, an ndarray or a tensor.

    Python floats get the default dtype, ints int64, bools bool; arrays keep theirs.

    Raises:
        DTypeError: if the data are not real numbers, or a gradient is asked for of integers.
        ArgumentError: if nested lists have rows of different lengths.

    >>> tensor([[1, 2], [3, 4]])
    tensor([[1, 2],
            [3, 4]])
    >>> tensor([1.0, 2.0], requires_grad=True)
    tensor([1., 2.], requires_grad=True)
    """
    devices.check(device)
    array = raw_array("tensor", data, dtype)
    if array is data or isinstance(data, (Variable, np.ndarray)) and np.may_share_memory(array, as_array(data)):
        array = array.copy()
    return made(array, requires_grad, "tensor")


def as_array(data: Any) -> Any:
    return data.array if isinstance(data, Variable) else data


def raw_array(op: str, data: Any, dtype: Any = None) -> Any:
    """`data` as an ndarray of `dtype`, or of the dtype that it has by itself; a copy only where it must be."""
    wanted = None if dtype is None else dtypes.numpy_dtype(dtype)
    if isinstance(data, Variable):
        array: Any = data.array
    elif isinstance(data, (np.ndarray, np.generic)):
        array = np.asarray(data)
    elif isinstance(data, (bool, int, float)):
        array = np.asarray(data, wanted or (dtypes.default_dtype() if isinstance(data, float) else None))
    else:
        array = _nested(op, data)
    if array.dtype.kind not in "fiub" or array.dtype.itemsize > 8:
        raise DTypeError(
            f"{op}: values of {array.dtype} are not supported; tensors hold real numbers: "
            "float16/32/64, int8/16/32/64, uint8 or bool"
        )
    return array if wanted is None or array.dtype == wanted else array.astype(wanted)


def _nested(op: str, data: Any) -> Any:
    """Nested sequences of numbers, arrays and tensors as an ndarray of the dtype that PyTorch infers."""
    if hasattr(data, "__array__") and not isinstance(data, (list, tuple)):
        return np.asarray(data)
    leaves: list[Any] = []

    def plain(value: Any) -> Any:
        if isinstance(value, Variable):
            value = value.array
        if isinstance(value, (list, tuple, range)):
            return [plain(v) for v in value]
        leaves.append(value)
        return value

    values = plain(data)
    try:
        array = np.array(values)
    except (ValueError, TypeError) as error:
        raise ArgumentError(
            f"{op}: the nested lists do not form a regular array: rows must all have the same length ({error})"
        ) from error
    if array.dtype.kind in "OUSmM":
        odd = next((v for v in leaves if not isinstance(v, (bool, int, float, np.ndarray, np.generic))), data)
        raise ArgumentError(f"{op}: cannot make a tensor of {type(odd).__name__} {odd!r}; it needs numbers")
    if array.dtype.kind == "f" and not any(isinstance(v, (np.ndarray, np.generic)) for v in leaves):
        return array.astype(dtypes.default_dtype())  # Python floats, or an empty list
    return array


def made(array: Any, requires_grad: bool = False, op: str = "tensor") -> Tensor:
    """A tensor on `array`, which is its own."""
    result = wrap(array)
    if requires_grad:
        if array.dtype.kind != "f":
            raise DTypeError(
                f"{op}: only floating-point tensors can require gradients; got {array.dtype} of shape {array.shape}; "
                "convert it with .float(), or pass dtype=autograd.float32"
            )
        result.requires_grad_()
    return result
