"""`ParametrizationList`: the original of a parametrized tensor, and the modules that compute the tensor from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from autograd import Tensor
from autograd.errors import ArgumentError
from autograd.modes import no_grad
from nn.container import ModuleList
from nn.module import Module
from nn.parameter import Parameter


class ParametrizationList(ModuleList):
    """The modules that compute a tensor, in order, and what they compute it from.

    Made by `register_parametrization`; it is `module.parametrizations.weight`. Calling it computes the tensor. The
    original is `original`, or `original0`, `original1`, … where the first module's `right_inverse` returns several.

    Args:
        modules: the parametrizations, at least one.
        original: the parameter or buffer as it was.
        unsafe: whether shape and dtype may change.

    Attributes:
        is_tensor: whether there is one original.
        ntensors: how many there are.

    >>> import autograd, nn
    >>> layer = nn.utils.parametrizations.weight_norm(nn.Linear(3, 2))
    >>> list(layer.parametrizations), layer.parametrizations.weight.original0.shape
    (['weight'], autograd.Size([2, 1]))
    """

    original: Tensor

    def __init__(self, modules: Iterable[Module], original: Tensor, unsafe: bool = False) -> None:
        chain = list(modules)
        if not chain:
            raise ArgumentError("ParametrizationList requires one or more modules.")
        super().__init__(chain)
        self.unsafe = unsafe
        shape, dtype = original.shape, original.dtype
        with no_grad():
            new: Any = original
            for module in reversed(chain):
                new = inverse(module, new)
        self.is_tensor = isinstance(new, Tensor)
        if self.is_tensor:
            self.ntensors = 1
            if new.dtype != dtype:
                raise ArgumentError(
                    "When `right_inverse` outputs one tensor, it may not change the dtype.\n"
                    f"original.dtype: {dtype}\nright_inverse(original).dtype: {new.dtype}"
                )
        else:
            self.ntensors = len(tensors_of(new, "a Tensor or a Sequence of tensors (list, tuple...)"))
        if not unsafe:
            with no_grad():
                first = (new,) if self.is_tensor else new
                check_same(self._chained(*first), shape, dtype, "the tensor")
        if self.is_tensor:
            replace_values(original, new)  # it stays the tensor that an optimizer may hold
            register(self, "original", original)
        else:
            for i, part in enumerate(new):
                held = Parameter(part, original.requires_grad) if isinstance(original, Parameter) else part
                register(self, f"original{i}", held)

    @property
    def originals(self) -> tuple[Tensor, ...]:
        """What the tensor is computed from."""
        if self.is_tensor:
            return (self.original,)
        return tuple(getattr(self, f"original{i}") for i in range(self.ntensors))

    def forward(self) -> Any:
        """Compute the tensor."""
        return self._chained(*self.originals)

    def _chained(self, *originals: Any) -> Any:
        first, *rest = self
        x = first(*originals)
        for module in rest:
            x = module(x)
        return x

    def right_inverse(self, value: Any) -> None:
        """Set the originals so that the tensor becomes `value`, as far as the parametrizations allow.

        Raises:
            ArgumentError: if a parametrization has no `right_inverse`, or it returns other tensors than before.
        """
        with no_grad():
            for module in reversed(list(self)):
                if not hasattr(module, "right_inverse"):
                    raise ArgumentError(
                        f"parametrization {type(module).__name__} does not implement right_inverse."
                    )
                value = module.right_inverse(value)
            if self.is_tensor:
                if not isinstance(value, Tensor):
                    raise ArgumentError(f"`right_inverse` should return a tensor. Got {type(value).__name__}")
                value = (value,)
            else:
                tensors_of(value, "a sequence of tensors")
            if len(value) != self.ntensors:
                raise ArgumentError(
                    f"'right_inverse' must return a sequence of tensors of length {self.ntensors}. Got a sequence of "
                    f"length {len(value)}."
                )
            for i, (held, new) in enumerate(zip(self.originals, value, strict=True)):
                if held.dtype != new.dtype:
                    raise ArgumentError(
                        f"Tensor {i} returned by `right_inverse` has dtype {new.dtype} while the original has dtype "
                        f"{held.dtype}"
                    )
            for held, new in zip(self.originals, value, strict=True):
                replace_values(held, new)


def inverse(module: Any, value: Any) -> Any:
    """What a parametrization computes `value` from; the value itself if it does not say."""
    if not hasattr(module, "right_inverse"):
        return value
    try:
        return module.right_inverse(value)
    except NotImplementedError:
        return value


def tensors_of(value: Any, wanted: str) -> Sequence[Tensor]:
    """The value, if it is a sequence of tensors.

    Raises:
        ArgumentError: if not.
    """
    if not isinstance(value, Sequence):
        raise ArgumentError(f"'right_inverse' must return {wanted}. Got {type(value).__name__}.")
    for i, part in enumerate(value):
        if not isinstance(part, Tensor):
            raise ArgumentError(
                "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got element "
                f"{i} of the sequence with type {type(part).__name__}."
            )
    return value


def check_same(tensor: Any, shape: Any, dtype: Any, what: str) -> None:
    """Raise unless a parametrization computed a tensor of this shape and dtype.

    Raises:
        ArgumentError: if not.
    """
    if not isinstance(tensor, Tensor):
        raise ArgumentError(f"A parametrization must return a tensor. Got {type(tensor).__name__}.")
    for aspect, new, old in (("dtype", tensor.dtype, dtype), ("shape", tensor.shape, shape)):
        if new != old:
            raise ArgumentError(
                f"Registering a parametrization may not change the {aspect} of {what}, unless the `unsafe` flag is "
                f"enabled.\nunparametrized {aspect}: {old}\nparametrized {aspect}: {new}"
            )


def replace_values(held: Tensor, new: Any) -> None:
    """Give a tensor the values of another, whose memory it shares then; a gradient of it is gone."""
    if held is not new:
        held.data = new.detach()
        if held.grad is not None and held.grad.shape != held.shape:
            held.grad = None


def register(module: Module, name: str, tensor: Any) -> None:
    """Make a tensor a parameter or a buffer, as it is one."""
    if isinstance(tensor, Parameter):
        module.register_parameter(name, tensor)
    else:
        module.register_buffer(name, tensor)
