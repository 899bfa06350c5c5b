"""Tensors in an arrangement of memory that is given, or over memory that is there already."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import devices, dtypes, ops
from autograd.create import checked_dtype, checked_shape, empty
from autograd.dims import checked_dims
from autograd.errors import ArgumentError, ShapeError
from autograd.ops.strided import checked_layout
from autograd.tape import wrap

if TYPE_CHECKING:
    from autograd.tensor import Tensor


def empty_strided(
    size: Sequence[int],
    stride: Sequence[int],
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """Whatever is in memory, with these steps (in elements) between neighbours: to be written over.

    Raises:
        ArgumentError: if size and stride are not integers.
        ShapeError: if they have different lengths, or a number is negative or too large.

    >>> empty_strided((2, 3), (1, 2)).stride()
    (1, 2)
    """
    kind = checked_dtype(dtype)
    shape, steps = checked_layout("empty_strided", size, stride, kind.itemsize)
    n = 0 if 0 in shape else 1 + sum((a - 1) * s for a, s in zip(shape, steps, strict=True))
    memory = empty(checked_shape("empty_strided", (n,)), dtype=kind, device=device, **place)
    made: Any = ops.as_strided(memory, shape, steps)
    made.base = None  # no tensor but this one has the memory
    return made.requires_grad_() if requires_grad else made  # type: ignore[no-any-return]  # a tensor


def empty_permuted(
    size: Sequence[int],
    physical_layout: Sequence[int],
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """Whatever is in memory, without gaps, with the dimensions in the order `physical_layout`, the outermost first.

    Raises:
        ShapeError: if it does not name each dimension once.
        DimensionError: if a dimension is out of range.

    >>> empty_permuted((2, 3, 5), (0, 2, 1)).stride()
    (15, 1, 3)
    """
    shape = checked_shape("empty_permuted", (tuple(size),))
    order = checked_dims("empty_permuted", tuple(physical_layout), shape)
    if len(order) != len(shape):
        raise ShapeError(
            f"empty_permuted: the layout {tuple(physical_layout)} must name each dimension of size {shape} once"
        )
    steps = [0] * len(shape)
    for place_of, d in enumerate(order):
        steps[d] = math.prod(shape[e] for e in order[place_of + 1 :])
    return empty_strided(shape, steps, dtype=dtype, device=device, requires_grad=requires_grad, **place)


def frombuffer(
    buffer: Any, *, dtype: Any, count: int = -1, offset: int = 0, requires_grad: bool = False
) -> Tensor:
    """A vector over the memory of an object with Python's buffer protocol, from a byte on; it is not copied.

    Raises:
        ArgumentError: if the buffer does not hold that many elements.

    >>> frombuffer(bytearray([1, 2, 3]), dtype="uint8", offset=1)
    tensor([2, 3], dtype=autograd.uint8)
    """
    devices.check(None, "frombuffer")
    try:
        array = np.frombuffer(buffer, dtypes.numpy_dtype(dtype), count, offset)
    except (ValueError, TypeError, BufferError) as error:
        raise ArgumentError(
            f"frombuffer: cannot read {count if count >= 0 else 'all'} numbers of {dtype} from byte {offset} "
            f"of {type(buffer).__name__}: {error}"
        ) from error
    made: Any = wrap(array)
    return made.requires_grad_() if requires_grad else made  # type: ignore[no-any-return]  # a tensor
