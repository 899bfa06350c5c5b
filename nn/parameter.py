"""`Parameter` and `Buffer`: tensors that a module takes note of when they become its attributes.

The uninitialised ones hold the place of a parameter or buffer whose shape the first input will tell; see `nn.lazy`.
"""

from __future__ import annotations

import weakref
from typing import Any, Self

import numpy as np

from autograd import Tensor, devices, dtypes
from autograd.errors import ArgumentError, DTypeError
from autograd.tape import AccumulateGrad, Variable, wrap


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

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        """Return a parameter with a copy of the values, and without a gradient."""
        import copy  # on use: whoever asks for this has it already

        new = memo[id(self)] = type(self)(self.array.copy(order="K"), self.requires_grad)
        new.__dict__.update(copy.deepcopy(self.__dict__, memo))
        return new

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


_HELD = Variable.array  # the slot itself, which the uninitialised hide


class UninitializedTensorMixin(Tensor):
    """What an uninitialised parameter and buffer have in common: a dtype, and no values.

    Its dtype can be changed, and `materialize` makes it an ordinary tensor. Whatever needs values raises an error.
    """

    __slots__ = ()

    cls_to_become: type[Tensor] = Tensor

    def __init__(self, requires_grad: bool, device: Any, dtype: Any) -> None:
        devices.check(device)
        self._hold(np.empty(0, dtypes.default_dtype() if dtype is None else dtypes.numpy_dtype(dtype)))
        self.node = self.base = self.leaf = None
        self.requires_grad_(requires_grad)

    def materialize(self, shape: Any, device: Any = None, dtype: Any = None) -> None:
        """Become an ordinary parameter or tensor of that shape, whose values are still to be written.

        Args:
            shape: the sizes.
            device: "cpu".
            dtype: another dtype than it was given.

        Raises:
            DTypeError: if it requires a gradient and the dtype is not a floating-point one.
        """
        devices.check(device)
        values = wrap(
            np.empty(tuple(shape), self._held.dtype if dtype is None else dtypes.numpy_dtype(dtype))
        )
        if self.node is not None and values.array.dtype.kind != "f":
            raise DTypeError(
                f"materialize: only floating-point numbers can require a gradient, got {values.dtype}"
            )
        self.__class__ = self.cls_to_become  # type: ignore[assignment]  # the same slots, without the guards
        self.data = values

    def _hold(self, array: Any) -> None:
        _HELD.__set__(self, array)  # type: ignore[attr-defined]  # a slot's descriptor

    @property
    def _held(self) -> Any:
        return _HELD.__get__(self)  # type: ignore[attr-defined]  # a slot's descriptor

    @property
    def array(self) -> Any:  # type: ignore[override]  # hides the slot
        """Nothing: there are no values yet.

        Raises:
            ArgumentError: always.
        """
        raise ArgumentError(
            f"Attempted to use an uninitialized {'parameter' if isinstance(self, Parameter) else 'buffer'}, whose "
            "shape the first input will tell: call the module once with a batch before using its parameters"
        )

    @property
    def shape(self) -> Any:
        """Nothing: it is not known yet.

        Raises:
            ArgumentError: always.
        """
        raise ArgumentError(
            "Can't access the shape of an uninitialized parameter or buffer. This happens in load_state_dict when an "
            "uninitialized parameter is loaded into an initialized one. Call `forward` to initialize the parameters "
            "before accessing their attributes."
        )

    @property
    def dtype(self) -> dtypes.dtype:  # type: ignore[override]  # declared as an attribute where it is used
        """The element type it will have."""
        return dtypes.of_array(self._held)

    def is_floating_point(self) -> bool:
        """Return whether the dtype is a floating-point type."""
        return bool(self._held.dtype.kind == "f")

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Ask for a gradient once there are values, or stop asking."""
        if requires_grad and not self.is_floating_point():
            raise DTypeError(
                f"requires_grad_: only floating-point tensors can require a gradient, got {self.dtype}"
            )
        if requires_grad and self.leaf is None:
            self.leaf = AccumulateGrad((0,), self._held.dtype)
            self.leaf.owner = weakref.ref(self)
        self.node = self.leaf if requires_grad else None
        return self

    @property
    def data(self) -> Any:
        """Itself, outside the graph: assigning one of another dtype to it changes the dtype.

        Raises:
            ArgumentError: if what is assigned has values; that is what `materialize` is for.
        """
        return self.detach()

    @data.setter
    def data(self, value: Any) -> None:
        if not is_lazy(value):
            raise ArgumentError("data: an uninitialized tensor gets its values by materialize(shape)")
        self._hold(value._held)  # noqa: SLF001  # one of its own kind
        if self.leaf is not None:
            self.leaf.dtype = self._held.dtype

    def detach(self) -> Any:
        """Return one that requires no gradient."""
        return self._like(self._held, requires_grad=False)

    def to(self, *args: Any, **kwargs: Any) -> Any:
        """Return one of another dtype."""
        return self._like(wrap(self._held).to(*args, **kwargs).array, self.requires_grad)

    def float(self, memory_format: Any = None) -> Any:
        """Return one of float32."""
        return self.to(dtypes.float32, memory_format=memory_format)

    def double(self, memory_format: Any = None) -> Any:
        """Return one of float64."""
        return self.to(dtypes.float64, memory_format=memory_format)

    def half(self, memory_format: Any = None) -> Any:
        """Return one of float16."""
        return self.to(dtypes.float16, memory_format=memory_format)

    def share_memory_(self) -> Any:
        """Do nothing but raise: there is no memory to share.

        Raises:
            ArgumentError: always.
        """
        raise ArgumentError(
            "share_memory_: an uninitialized parameter or buffer has no memory; call the module once before sharing it"
        )

    def _like(self, held: Any, requires_grad: bool) -> Self:
        new = type(self)(requires_grad, dtype=held.dtype)  # type: ignore[call-arg]  # device has a default
        new.__dict__.update(self.__dict__)
        return new

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        new = memo[id(self)] = self._like(self._held, self.requires_grad)
        return new

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.requires_grad, None, self._held.dtype), (self.__dict__ or None)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class UninitializedParameter(UninitializedTensorMixin, Parameter):
    """A parameter whose shape is not known yet: `materialize(shape)` makes it a `Parameter`.

    Args:
        requires_grad: False for a parameter that stays as it is.
        device: "cpu".
        dtype: of the values to come; the default dtype if left out.

    >>> from nn.parameter import UninitializedParameter
    >>> weight = UninitializedParameter()
    >>> weight
    <UninitializedParameter>
    >>> weight.materialize((2, 3))
    >>> weight.shape, weight.requires_grad
    (autograd.Size([2, 3]), True)
    """

    __slots__ = ()

    cls_to_become = Parameter

    def __init__(self, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> None:
        UninitializedTensorMixin.__init__(self, requires_grad, device, dtype)


class UninitializedBuffer(UninitializedTensorMixin, Buffer):
    """A buffer whose shape is not known yet: `materialize(shape)` makes it an ordinary tensor.

    Args:
        requires_grad: whether it requires a gradient.
        device: "cpu".
        dtype: of the values to come; the default dtype if left out.
        persistent: whether it is part of the module's `state_dict()`.

    >>> from nn.parameter import UninitializedBuffer
    >>> mean = UninitializedBuffer()
    >>> mean.materialize((2,))
    >>> mean.shape, mean.requires_grad
    (autograd.Size([2]), False)
    """

    __slots__ = ()

    def __init__(
        self, requires_grad: bool = False, device: Any = None, dtype: Any = None, persistent: bool = True
    ) -> None:
        UninitializedTensorMixin.__init__(self, requires_grad, device, dtype)
        self.persistent = persistent


def is_lazy(param: Any) -> bool:
    """Return whether it is an uninitialised parameter or buffer."""
    return isinstance(param, UninitializedTensorMixin)
