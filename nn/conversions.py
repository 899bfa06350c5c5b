"""The part of `Module` that changes the dtype of what is inside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Self

from autograd import create_like, devices, dtypes, typed
from autograd.errors import DTypeError
from autograd.modes import no_grad
from autograd.tape import Variable
from nn import members
from nn.members import BUFFERS


class ModuleConversions:
    """The part of `Module` that converts parameters and buffers; all of it goes through `_apply`."""

    children: Callable[[], Iterator[Any]]
    parameters: Callable[[], Iterator[Any]]

    def _apply(self, fn: Callable[[Any], Any], recurse: bool = True) -> Self:
        """Replace the values of each parameter and its gradient, and each buffer, by what `fn` makes of them."""
        for child in self.children() if recurse else ():
            child._apply(fn)  # noqa: SLF001  # the same method of another module
        with no_grad():
            for _, parameter in members.named(self, members.PARAMETERS):
                gradient = parameter.grad
                new, new_gradient = fn(parameter), None if gradient is None else fn(gradient)
                parameter.data = new
                if gradient is not None:
                    gradient.data = new_gradient
        for name, buffer in members.named(self, BUFFERS):
            self.__dict__[name] = fn(buffer)
        return self

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Convert floating-point parameters and buffers in place: `to(dtype)`, `to(tensor)`; `to("cpu")` does nothing.

        `memory_format` puts those of four or five dimensions in that order in memory.

        Raises:
            DTypeError: if the dtype is not a floating-point one.
            DeviceError: if the device is not the CPU.
        """
        kind = kwargs.get("dtype")
        place = kwargs.get("device")
        order = kwargs.get("memory_format")
        for value in (*args, kwargs.get("tensor")):
            if isinstance(value, Variable):
                kind = value.array.dtype
            elif isinstance(value, (str, devices.device)):
                place = value
            elif value is not None and not isinstance(value, bool):
                kind = value
        devices.check(place)
        wanted = None if kind is None else dtypes.of(kind)
        if wanted is not None and not wanted.is_floating_point:
            raise DTypeError(f"{type(self).__name__}.to: parameters are floating-point numbers, not {wanted}")

        def convert(t: Any) -> Any:
            new = t if wanted is None or not t.is_floating_point() else t.to(wanted)
            return new if order is None or t.dim() not in (4, 5) else new.to(memory_format=order)

        return self._apply(convert)

    def type(self, dst_type: Any) -> Self:
        """Convert all parameters and buffers to a dtype, integers too.

        Raises:
            DTypeError: if a parameter requires a gradient and the dtype is not a floating-point one.
        """
        wanted = typed.dtype_of(dst_type)
        if not wanted.is_floating_point and any(p.requires_grad for p in self.parameters()):
            raise DTypeError(f"{type(self).__name__}.type: what requires a gradient cannot be {wanted}")
        return self._apply(lambda t: t.to(wanted))

    def float(self) -> Self:
        """Convert floating-point parameters and buffers to float32, in place."""
        return self.to(dtypes.float32)

    def double(self) -> Self:
        """Convert floating-point parameters and buffers to float64, in place."""
        return self.to(dtypes.float64)

    def half(self) -> Self:
        """Convert floating-point parameters and buffers to float16, in place."""
        return self.to(dtypes.float16)

    def cpu(self) -> Self:
        """Return itself: everything is on the CPU."""
        return self

    def cuda(self, device: Any = None) -> Self:
        """Raise: there is no GPU to put it on.

        Raises:
            DeviceError: always.
        """
        return self._apply(lambda t: t.cuda(device))

    def share_memory(self) -> Self:
        """Move parameters and buffers to memory that processes forked from this one share."""
        return self._apply(lambda t: t.share_memory_())

    def to_empty(self, *, device: Any, recurse: bool = True) -> Self:
        """Give all parameters and buffers new memory, whose values are still to be written."""
        devices.check(device)
        return self._apply(create_like.empty_like, recurse)
