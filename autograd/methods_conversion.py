"""Conversions as methods of a tensor: to another dtype, and to new tensors of its dtype."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import create, devices, dtypes, formats, ops, typed
from autograd.errors import ArgumentError, DeviceError
from autograd.hidden import Hidden
from autograd.methods import flat
from autograd.tape import Variable


class Conversions:
    """What makes a tensor of another dtype, or another tensor like it."""

    __slots__ = ()

    dtype: dtypes.dtype

    def astype(self, dtype: Any) -> Any:
        """Return it in another dtype; itself if it has that dtype."""
        raise NotImplementedError

    # -- others like it --------------------------------------------------------------------------------------------

    def new_tensor(
        self, data: Any, *, dtype: Any = None, requires_grad: Any = False, device: Any = None
    ) -> Any:
        """Return a tensor of `data`, of this dtype unless another is given."""
        kind = self.dtype if dtype is None else dtype
        return create.tensor(data, dtype=kind, device=device, requires_grad=requires_grad)

    def new_zeros(self, *sizes: Any, size: Any = None, **options: Any) -> Any:
        """Return zeros of the given shape, of this dtype unless another is given."""
        return create.zeros(flat(sizes if size is None else (size,)), **{"dtype": self.dtype, **options})

    def new_ones(self, *sizes: Any, size: Any = None, **options: Any) -> Any:
        """Return ones of the given shape, of this dtype unless another is given."""
        return create.ones(flat(sizes if size is None else (size,)), **{"dtype": self.dtype, **options})

    def new_full(self, size: Any, fill_value: Any, **options: Any) -> Any:
        """Return a tensor of the given shape filled with a value, of this dtype unless another is given."""
        return create.full(size, fill_value, **{"dtype": self.dtype, **options})

    def new_empty(self, *sizes: Any, size: Any = None, **options: Any) -> Any:
        """Return an uninitialised tensor of the given shape, of this dtype unless another is given."""
        return create.empty(flat(sizes if size is None else (size,)), **{"dtype": self.dtype, **options})

    def new(self, *data: Any, device: Any = None) -> Any:
        """Return a tensor of this dtype, of the given sizes (uninitialised) or data: the older form of the others."""
        return typed.of_dtype(self.dtype)(*data, device=device)

    # -- conversion ------------------------------------------------------------------------------------------------

    def to(self, *args: Any, **named: Any) -> Any:
        """Return it in another dtype (`x.to(float64)`, `x.to(other)`); `x.to("cpu")` is itself.

        `copy=True` asks for memory of its own, `memory_format` for an order of the dimensions there.

        Raises:
            DeviceError: for another device than the CPU.
            ArgumentError: for what is neither a dtype, a device, a tensor nor one of PyTorch's flags.
        """
        kind, order, other = named.get("dtype"), named.get("memory_format"), named.get("other")
        if unknown := named.keys() - {"dtype", "device", "other", "copy", "non_blocking", "memory_format"}:
            raise ArgumentError(f"to: got an unexpected argument {', '.join(sorted(unknown))}")
        if other is not None:
            args = (other, *args)
        for a in args:
            if isinstance(a, (Variable, Hidden)):
                kind = a.dtype  # type: ignore[union-attr]  # each has a tensor's methods
            elif isinstance(a, (dtypes.dtype, np.dtype, type)):
                kind = a
            elif isinstance(a, (str, devices.device)):
                devices.check(a, "to")
            elif not (a is None or isinstance(a, bool)):
                raise ArgumentError(f"to: needs a dtype, a device or a tensor, got {a!r:.80}")
        devices.check(named.get("device"), "to")
        converted: Any = self if kind is None else self.astype(kind)
        flags = [a for a in args if isinstance(a, bool)]  # by position: non_blocking, copy
        if (named.get("copy") or flags[1:] == [True]) and converted is self:
            return ops.clone(converted, order)
        if order is None or order is formats.preserve_format:
            return converted
        return converted.contiguous(memory_format=order)

    def type(self, dtype: Any = None) -> Any:
        """Return it in another dtype, also by an older name ("torch.LongTensor"); or the older name of its own."""
        return typed.name_of(self.dtype) if dtype is None else self.astype(typed.dtype_of(dtype))

    def type_as(self, other: Any) -> Any:
        """Return it in the dtype of `other`."""
        return self.astype(other.dtype)

    def float(self, memory_format: Any = None) -> Any:
        """Return it as float32."""
        return _in_dtype(self, dtypes.float32, memory_format)

    def double(self, memory_format: Any = None) -> Any:
        """Return it as float64."""
        return _in_dtype(self, dtypes.float64, memory_format)

    def half(self, memory_format: Any = None) -> Any:
        """Return it as float16."""
        return _in_dtype(self, dtypes.float16, memory_format)

    def long(self, memory_format: Any = None) -> Any:
        """Return it as int64."""
        return _in_dtype(self, dtypes.int64, memory_format)

    def short(self, memory_format: Any = None) -> Any:
        """Return it as int16."""
        return _in_dtype(self, dtypes.int16, memory_format)

    def char(self, memory_format: Any = None) -> Any:
        """Return it as int8."""
        return _in_dtype(self, dtypes.int8, memory_format)

    def byte(self, memory_format: Any = None) -> Any:
        """Return it as uint8."""
        return _in_dtype(self, dtypes.uint8, memory_format)

    def int(self, memory_format: Any = None) -> Any:
        """Return it as int32."""
        return _in_dtype(self, dtypes.int32, memory_format)

    def bool(self, memory_format: Any = None) -> Any:
        """Return it as bool."""
        return _in_dtype(self, dtypes.bool_, memory_format)

    def cpu(self, memory_format: Any = None) -> Any:
        """Return itself."""
        return self.to(memory_format=memory_format)

    def cuda(self, device: Any = None, non_blocking: Any = False, memory_format: Any = None) -> Any:
        """Raise: there is no GPU to put it on.

        Raises:
            DeviceError: always.
        """
        devices.check("cuda" if device is None else device, "cuda")
        raise DeviceError("cuda: the CPU is not a GPU; use .cpu()")


def _in_dtype(x: Conversions, dtype: Any, memory_format: Any) -> Any:
    """The tensor in another dtype, and in the order of a memory format if one is given."""
    return x.astype(dtype) if memory_format is None else x.to(dtype, memory_format=memory_format)
