"""`Tensor`: an ndarray on the tape.

A tensor adds methods to `tape.Variable`, and no state. Its methods are in the classes it is made of: what it is
(`TensorBasics`), the operations (`Operations`), and those that write in place (`InPlaceOperations`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import create, devices, dtypes, ops, tape
from autograd.basics import TensorBasics
from autograd.errors import DTypeError
from autograd.methods import Operations, flat
from autograd.methods_in_place import InPlaceOperations
from autograd.tape import Variable


class Tensor(Operations, InPlaceOperations, TensorBasics):
    """A multi-dimensional array of one dtype that records the operations it takes part in.

    Made by `autograd.tensor`, by the other creation functions, or as the result of an operation. `Tensor(data)` makes
    one of the default dtype, `Tensor(2, 3)` an uninitialised one of that shape.

    Attributes:
        array: the ndarray that holds the values; writing to it is not recorded.
        grad: the gradient, after `backward()`, of a leaf (or where `retain_grad()` asked for it); else None.
        grad_fn: the node of the operation it is the result of; None for a leaf.
        requires_grad: whether a gradient will be computed for it.

    >>> import autograd
    >>> x = autograd.tensor([1.0, 2.0, 3.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    tensor([2., 4., 6.])
    """

    __slots__ = ()

    def __init__(self, *data: Any) -> None:
        kind = dtypes.default_dtype()
        if len(data) == 1 and not isinstance(data[0], int):
            source = data[0].array if isinstance(data[0], Variable) else np.asarray(data[0])
            if source.dtype.kind not in "fiub":
                raise DTypeError(f"Tensor: cannot be made from {source.dtype} values")
            self.array = source if isinstance(data[0], Variable) else source.astype(kind)
        else:
            self.array = np.zeros(data or (0,), kind)
        self.node = self.base = self.leaf = None

    # -- others like it --------------------------------------------------------------------------------------------

    def new_tensor(
        self, data: Any, *, dtype: Any = None, requires_grad: Any = False, device: Any = None
    ) -> Tensor:
        """Return a tensor of `data`, of this dtype unless another is given."""
        kind = self.dtype if dtype is None else dtype
        return create.tensor(data, dtype=kind, device=device, requires_grad=requires_grad)

    def new_zeros(self, *size: Any, **options: Any) -> Tensor:
        """Return zeros of the given shape, of this dtype unless another is given."""
        return create.zeros(flat(size), **{"dtype": self.dtype, **options})

    def new_ones(self, *size: Any, **options: Any) -> Tensor:
        """Return ones of the given shape, of this dtype unless another is given."""
        return create.ones(flat(size), **{"dtype": self.dtype, **options})

    def new_full(self, size: Any, fill_value: Any, **options: Any) -> Tensor:
        """Return a tensor of the given shape filled with a value, of this dtype unless another is given."""
        return create.full(size, fill_value, **{"dtype": self.dtype, **options})

    def new_empty(self, *size: Any, **options: Any) -> Tensor:
        """Return an uninitialised tensor of the given shape, of this dtype unless another is given."""
        return create.empty(flat(size), **{"dtype": self.dtype, **options})

    # -- conversion ------------------------------------------------------------------------------------------------

    def to(self, *args: Any, **named: Any) -> Tensor:
        """Return it in another dtype (`x.to(float64)`, `x.to(other)`); `x.to("cpu")` is itself."""
        kind = named.get("dtype")
        for a in args:
            if isinstance(a, Variable):
                kind = a.array.dtype
            elif isinstance(a, (dtypes.dtype, np.dtype, type)):
                kind = a
            elif isinstance(a, (str, devices.device)):
                devices.check(a)
        devices.check(named.get("device"))
        converted = self if kind is None else self.astype(kind)
        return converted.clone() if named.get("copy") and converted is self else converted

    def astype(self, dtype: Any) -> Tensor:
        """Return it in another dtype; itself if it has that dtype."""
        kind = dtypes.numpy_dtype(dtype)
        return self if self.array.dtype == kind else ops.cast(self, kind)

    def type(self, dtype: Any = None) -> Any:
        """Return it in another dtype, or the name of its own."""
        return f"autograd.{self.dtype.name}" if dtype is None else self.astype(dtype)

    def type_as(self, other: Tensor) -> Tensor:
        """Return it in the dtype of `other`."""
        return self.astype(other.array.dtype)

    def float(self) -> Tensor:
        """Return it as float32."""
        return self.astype(dtypes.float32)

    def double(self) -> Tensor:
        """Return it as float64."""
        return self.astype(dtypes.float64)

    def half(self) -> Tensor:
        """Return it as float16."""
        return self.astype(dtypes.float16)

    def long(self) -> Tensor:
        """Return it as int64."""
        return self.astype(dtypes.int64)

    def int(self) -> Tensor:
        """Return it as int32."""
        return self.astype(dtypes.int32)

    def bool(self) -> Tensor:
        """Return it as bool."""
        return self.astype(dtypes.bool_)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.array, self.requires_grad)

    def cpu(self) -> Tensor:
        """Return itself."""
        return self


def _rebuild(cls: Any, array: Any, requires_grad: Any) -> Any:
    """Undo `Tensor.__reduce__`."""
    tensor = cls.__new__(cls)
    tensor.array = array
    tensor.node = tensor.base = tensor.leaf = None
    return tensor.requires_grad_() if requires_grad else tensor


tape.bind(Tensor)
