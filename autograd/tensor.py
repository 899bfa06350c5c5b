"""`Tensor`: an ndarray on the tape.

A tensor adds methods to `tape.Variable`, and no state. Its methods are in the classes it is made of: what it is
(`TensorBasics`), the operations (`Operations`), those that write in place (`InPlaceOperations`), conversions
(`Conversions`), and what concerns memory (`Memory`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import dtypes, ops, tape
from autograd.basics import TensorBasics
from autograd.errors import DTypeError
from autograd.heap import keep_freed_memory
from autograd.methods import Operations
from autograd.methods_conversion import Conversions
from autograd.methods_in_place import InPlaceOperations
from autograd.methods_memory import Memory
from autograd.size import Size
from autograd.tape import Variable


class Tensor(Operations, InPlaceOperations, Conversions, Memory, TensorBasics):
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
        if len(data) == 1 and isinstance(data[0], Size):
            data = tuple(data[0]) or ((),)
        if len(data) == 1 and not isinstance(data[0], int):
            source = data[0].array if isinstance(data[0], Variable) else np.asarray(data[0])
            if source.dtype.kind not in "fiub":
                raise DTypeError(f"Tensor: cannot be made from {source.dtype} values")
            self.array = source if isinstance(data[0], Variable) else source.astype(kind)
        else:
            self.array = np.zeros(data or (0,), kind)
        self.node = self.base = self.leaf = None

    def astype(self, dtype: Any) -> Tensor:
        """Return it in another dtype; itself if it has that dtype."""
        kind = dtypes.numpy_dtype(dtype)
        return self if self.array.dtype == kind else ops.cast(self, kind)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.array, self.requires_grad), self.__dict__ or None


def _rebuild(cls: Any, array: Any, requires_grad: Any) -> Any:
    """Undo `Tensor.__reduce__`."""
    tensor = cls.__new__(cls)
    tensor.array = array
    tensor.node = tensor.base = tensor.leaf = None
    return tensor.requires_grad_() if requires_grad else tensor


tape.bind(Tensor)
keep_freed_memory()
