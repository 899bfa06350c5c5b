"""`Tensor`: an ndarray on the tape.

A tensor adds methods to `tape.Variable`, and no state. The operations are in `ops` and `kernels`; here they are
listed as methods, so that an editor and a type checker see them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import device, dtypes, inplace, tape
from autograd.basics import TensorBasics
from autograd.errors import DTypeError
from autograd.inplace import in_place
from autograd.kernels import softmax as softmax_kernels
from autograd.ops import activation, elementwise, index, linalg, reduce, shape
from autograd.tape import Variable


def _in_place(name: str, function: Callable[..., Any]) -> Callable[..., Tensor]:
    """The method `name` that overwrites its tensor with `function(tensor, …)`."""

    def method(self: Tensor, *args: Any, **named: Any) -> Tensor:
        return in_place(name, function, self, *args, **named)

    method.__name__ = name
    method.__doc__ = f"In-place version of `{function.__name__}`."
    return method


def _flat(sizes: tuple[Any, ...]) -> tuple[Any, ...]:
    """`x.f(2, 3)` and `x.f((2, 3))` mean the same."""
    return tuple(sizes[0]) if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)) else sizes


class Tensor(TensorBasics):
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
        self.version = [0]

    # -- METHODS --

    # -- conversion ------------------------------------------------------------------------------------------------

    def to(self, *args: Any, **named: Any) -> Tensor:
        """Return it in another dtype (`x.to(float64)`, `x.to(other)`); `x.to("cpu")` is itself."""
        kind = named.get("dtype")
        for a in args:
            if isinstance(a, Variable):
                kind = a.array.dtype
            elif isinstance(a, (dtypes.dtype, np.dtype, type)):
                kind = a
            elif isinstance(a, (str, device.device)):
                device.check(a)
        device.check(named.get("device"))
        converted = self if kind is None else self.astype(kind)
        return converted.clone() if named.get("copy") and converted is self else converted

    def astype(self, dtype: Any) -> Tensor:
        """Return it in another dtype; itself if it has that dtype."""
        kind = dtypes.numpy_dtype(dtype)
        return self if self.array.dtype == kind else elementwise.cast(self, kind)

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
    tensor.array, tensor.version = array, [0]
    tensor.node = tensor.base = tensor.leaf = None
    return tensor.requires_grad_() if requires_grad else tensor


tape.bind(Tensor)
