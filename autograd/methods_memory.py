"""A tensor's memory as methods: whose it is, how it is laid out, and what real numbers in it are not."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import inplace
from autograd.errors import ArgumentError, ShapeError
from autograd.settling import settle
from autograd.storage import owner


class UntypedStorage:
    """The memory that a tensor and its views share.

    >>> import autograd
    >>> x = autograd.zeros(2, 3)
    >>> x.untyped_storage().nbytes(), x[1].untyped_storage().data_ptr() == x.untyped_storage().data_ptr()
    (24, True)
    """

    def __init__(self, memory: Any) -> None:
        self._memory = memory

    def data_ptr(self) -> int:
        """Return the address of its first byte."""
        return int(self._memory.__array_interface__["data"][0])

    def nbytes(self) -> int:
        """Return how many bytes it has."""
        return int(self._memory.nbytes)

    size = __len__ = nbytes


class Memory:
    """What concerns a tensor's memory."""

    __slots__ = ()

    array: Any
    shape: Any
    dtype: Any

    def untyped_storage(self: Any) -> UntypedStorage:
        """Return the memory, which the views share."""
        settle(self)
        memory = owner(self.array)
        return UntypedStorage(memory if isinstance(memory, np.ndarray) else self.array)

    def is_set_to(self, tensor: Any) -> bool:
        """Return whether the other tensor has the same elements in the same memory, in the same shape."""
        mine, other = self.array.__array_interface__, tensor.array.__array_interface__
        return bool(
            mine["data"][0] == other["data"][0]
            and self.array.shape == tensor.array.shape
            and self.array.strides == tensor.array.strides
        )

    def is_shared(self) -> bool:
        """Return whether processes that are forked from this one share the memory."""
        memory = owner(self.array)
        return type(getattr(memory, "obj", memory)).__module__ == "mmap"

    def share_memory_(self: Any) -> Any:
        """Move the values to memory that processes forked from this one share; views made before keep the old memory.

        >>> import autograd
        >>> autograd.zeros(3).share_memory_().is_shared()
        True
        """
        from mmap import mmap  # on use: few programs need it

        if not self.is_shared():
            array = self.array
            shared = np.frombuffer(mmap(-1, max(array.nbytes, 1)), array.dtype, array.size).reshape(
                array.shape
            )
            shared[...] = array
            x = self
            x.node = x.current_node()
            x.array, x.base = shared, None  # a view no longer
        return self

    def dim_order(self: Any) -> tuple[int, ...]:
        """Return the dimensions from the one with the largest steps in memory to the one with the smallest."""
        settle(self)
        steps = self.array.strides
        return tuple(sorted(range(len(steps)), key=lambda d: -steps[d]))

    def new_empty_strided(self, size: Sequence[int], stride: Sequence[int], **options: Any) -> Any:
        """Return an uninitialised tensor with these strides, of this dtype unless another is given.

        Raises:
            ShapeError: if size and stride have different lengths.
        """
        from autograd import create_memory  # on use: few programs need it

        return create_memory.empty_strided(size, stride, **{"dtype": self.dtype, **options})

    # -- by a Python function, element by element ------------------------------------------------------------------

    def apply_(self: Any, callable: Callable[[Any], Any]) -> Any:
        """Overwrite each element with what a Python function returns for it; slow, and outside the graph."""
        return self._mapped("apply_", callable, ())

    def map_(self: Any, tensor: Any, callable: Callable[[Any, Any], Any]) -> Any:
        """Overwrite each element with what a Python function returns for it and the other tensor's."""
        return self._mapped("map_", callable, (tensor,))

    def map2_(self: Any, x: Any, y: Any, callable: Callable[[Any, Any, Any], Any]) -> Any:
        """Overwrite each element with what a Python function returns for it and those of two other tensors."""
        return self._mapped("map2_", callable, (x, y))

    def _mapped(self: Any, name: str, function: Callable[..., Any], others: tuple[Any, ...]) -> Any:
        if any(t.requires_grad for t in (self, *others)):
            raise ArgumentError(
                f"{name}: a Python function has no derivative; use detach(), or an operation on tensors"
            )
        arrays = np.broadcast_arrays(self.array, *(t.array for t in others))
        if arrays[0].shape != self.array.shape:
            raise ShapeError(f"{name}: the others must broadcast to shape {self.array.shape}")
        columns = [a.reshape(-1).tolist() for a in arrays]
        values = [function(*row) for row in zip(*columns, strict=True)]
        kept = np.array(values[: math.prod(self.array.shape)], dtype=self.array.dtype)
        return inplace.copy_(self, kept.reshape(self.array.shape))

    # -- complex numbers, of which there are none ------------------------------------------------------------------

    @property
    def real(self: Any) -> Any:
        """The tensor itself: it holds real numbers."""
        return self

    def conj(self: Any) -> Any:
        """Return the tensor itself: it holds real numbers."""
        return self

    conj_physical = conj

    def is_inference(self) -> bool:
        """Return False: a tensor made in inference mode is like any other."""
        return False

    def is_conj(self) -> bool:
        """Return False: there is nothing to conjugate."""
        return False

    def is_neg(self) -> bool:
        """Return False: values are stored as they are."""
        return False
