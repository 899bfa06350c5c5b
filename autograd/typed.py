"""PyTorch's older names for tensors of one dtype: `FloatTensor([1, 2])`, `x.type(LongTensor)`.

>>> import autograd
>>> autograd.LongTensor([1, 2]), autograd.FloatTensor(2, 3).shape
(tensor([1, 2]), autograd.Size([2, 3]))
>>> isinstance(autograd.ones(2), autograd.FloatTensor)
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import create, devices, dtypes
from autograd.errors import ArgumentError, DTypeError
from autograd.size import Size
from autograd.tape import Variable, wrap

if TYPE_CHECKING:
    from autograd.tensor import Tensor


class TypedTensor:
    """What makes, and stands for, tensors of one dtype.

    Called with sizes it makes an uninitialised tensor, with data one of these data; a tensor it shares memory with.
    """

    __slots__ = ("dtype", "name")

    def __init__(self, name: str, dtype: dtypes.dtype) -> None:
        self.name = name
        self.dtype = dtype

    def __call__(self, *data: Any, device: Any = None) -> Tensor:
        """Return a tensor of this dtype."""
        devices.check(device, self.name)
        if not data:
            return create.empty(0, dtype=self.dtype)
        if all(isinstance(n, (int, np.integer)) for n in data):
            return create.empty(data, dtype=self.dtype)
        if len(data) > 1:
            raise ArgumentError(
                f"{self.name}: takes sizes or one sequence of data, got {len(data)} arguments"
            )
        (given,) = data
        if isinstance(given, Size):
            return create.empty(given, dtype=self.dtype)
        if isinstance(given, (float, bool)):
            raise ArgumentError(f"{self.name}: data must be a sequence, got {given!r}; put it in brackets")
        if isinstance(given, Variable):
            if given.array.dtype != self.dtype:
                raise DTypeError(
                    f"{self.name}: got a tensor of {given.array.dtype}; convert it with .to({self.dtype})"
                )
            return wrap(given.array)
        return create.tensor(given, dtype=self.dtype)

    def __instancecheck__(self, instance: Any) -> bool:
        return isinstance(instance, Variable) and instance.array.dtype == self.dtype

    def __repr__(self) -> str:
        return f"<class 'autograd.{self.name}'>"

    def __reduce__(self) -> str:
        return self.name


FloatTensor = TypedTensor("FloatTensor", dtypes.float32)
DoubleTensor = TypedTensor("DoubleTensor", dtypes.float64)
HalfTensor = TypedTensor("HalfTensor", dtypes.float16)
LongTensor = TypedTensor("LongTensor", dtypes.int64)
IntTensor = TypedTensor("IntTensor", dtypes.int32)
ShortTensor = TypedTensor("ShortTensor", dtypes.int16)
CharTensor = TypedTensor("CharTensor", dtypes.int8)
ByteTensor = TypedTensor("ByteTensor", dtypes.uint8)
BoolTensor = TypedTensor("BoolTensor", dtypes.bool_)

_BY_NAME = {
    t.name: t
    for t in (
        FloatTensor, DoubleTensor, HalfTensor, LongTensor, IntTensor, ShortTensor, CharTensor, ByteTensor, BoolTensor
    )
}  # fmt: skip
_NAMES = {t.dtype.dtype: name for name, t in _BY_NAME.items()}


def of_dtype(dtype: Any) -> TypedTensor:
    """What makes tensors of a dtype.

    >>> of_dtype("int64")([1, 2])
    tensor([1, 2])
    """
    return _BY_NAME[_NAMES[dtypes.numpy_dtype(dtype)]]


def name_of(dtype: Any) -> str:
    """The older name of tensors of a dtype, as `x.type()` has it.

    >>> name_of("int64")
    'autograd.LongTensor'
    """
    return f"autograd.{_NAMES[dtypes.numpy_dtype(dtype)]}"


def dtype_of(spec: Any) -> Any:
    """A dtype, also from an older name: "torch.FloatTensor", or FloatTensor itself.

    >>> dtype_of("torch.LongTensor")
    autograd.int64
    """
    if isinstance(spec, str):
        found = _BY_NAME.get(spec.rpartition(".")[2])
        return spec if found is None else found.dtype
    return spec.dtype if isinstance(spec, TypedTensor) else spec


def typename(obj: Any) -> str:
    """Return the name of an object's type: `autograd.FloatTensor` of a float32 tensor.

    >>> import autograd
    >>> typename(autograd.ones(2)), typename(1)
    ('autograd.FloatTensor', 'int')
    """
    if isinstance(obj, Variable) and type(obj).__name__ == "Tensor":
        return name_of(obj.array.dtype)
    kind = obj if isinstance(obj, type) else type(obj)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def set_default_tensor_type(t: Any) -> None:
    """Set the default dtype by an older name, such as DoubleTensor or "torch.DoubleTensor"."""
    dtypes.set_default_dtype(dtype_of(t))
