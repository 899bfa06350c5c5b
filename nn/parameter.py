"""`Parameter` and `Buffer`: tensors that a module takes note of when they become its attributes."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Tensor, dtypes
from autograd.errors import ArgumentError
from autograd.tape import Variable


class _Member(Tensor):
    """A tensor on the same memory as the one it is made from, outside its graph."""

    __slots__ = ()

    def __init__(self, data: Any = None) -> None:
        if data is None:
            data = np.empty(0, dtypes.default_dtype())
        shares = isinstance(data, Variable)
        if not shares and not isinstance(data, np.ndarray):
            raise ArgumentError(
                f"{type(self).__name__}: needs a tensor, got {type(data).__name__}; make one with autograd.tensor()"
            )
        self.array = data.array if shares else data
        self.node = self.base = self.leaf = None


class Parameter(_Member):
    """A tensor to be learnt: a module it is assigned to lists it among its `parameters()`.

    It shares the memory of `data` and is a leaf that requires a gradient, also when made inside `no_grad()`.

    Args:
        data: a tensor or ndarray; nothing stands for an empty tensor.
        requires_grad: False for a parameter that stays as it is.

    Raises:
        ArgumentError: if `data` is neither.
        DTypeError: if integers are to require a gradient.

    >>> import autograd, nn
    >>> nn.Parameter(autograd.ones(2))
    Parameter containing:
    tensor([1., 1.], requires_grad=True)
    """

    __slots__ = ()

    def __init__(self, data: Any = None, requires_grad: bool = True) -> None:
        super().__init__(data)
        if requires_grad:
            self.requires_grad_()

    def __repr__(self) -> str:
        return f"Parameter containing:\n{super().__repr__()}"


class Buffer(_Member):
    """A tensor that belongs to a module's state but is not learnt, such as a running mean.

    Args:
        data: a tensor or ndarray.
        persistent: whether it is part of the module's `state_dict()`.

    >>> import autograd, nn
    >>> module = nn.Module()
    >>> module.mean = nn.Buffer(autograd.zeros(2))
    >>> list(module.state_dict())
    ['mean']
    """

    __slots__ = ()

    def __init__(self, data: Any = None, *, persistent: bool = True) -> None:
        super().__init__(data)
        self.persistent = persistent
