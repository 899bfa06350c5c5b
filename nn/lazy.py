"""Lazy modules: layers that learn the sizes of their parameters from the first input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd.errors import ArgumentError
from autograd.tape import RemovableHandle
from nn.parameter import is_lazy

if TYPE_CHECKING:
    from nn.module import Module

    Base = Module
else:
    Base = object


class LazyModuleMixin(Base):
    """A module whose parameters are `UninitializedParameter` until the first call tells their shapes.

    Put it before the layer's class. `__init__` makes uninitialised parameters; `initialize_parameters` gets what
    `forward` gets, once, and materialises them. Then the module becomes an instance of `cls_to_become`. A dry run,
    `model(batch)` before the optimizer is made, therefore completes a model. An uninitialised state dict has
    uninitialised parameters; loading one with values materialises them.

    Attributes:
        cls_to_become: the class of the complete module; None if it stays what it is.

    >>> import autograd, nn
    >>> from nn.parameter import UninitializedParameter
    >>> class Scale(nn.Module):
    ...     def __init__(self, size):
    ...         super().__init__()
    ...         self.weight = nn.Parameter(autograd.ones(size))
    ...
    ...     def forward(self, x):
    ...         return x * self.weight
    >>> class LazyScale(LazyModuleMixin, Scale):
    ...     cls_to_become = Scale
    ...     weight: UninitializedParameter
    ...
    ...     def __init__(self):
    ...         super().__init__(0)
    ...         self.weight = UninitializedParameter()
    ...
    ...     def initialize_parameters(self, x):
    ...         if self.has_uninitialized_params():
    ...             with autograd.no_grad():
    ...                 self.weight.materialize((x.shape[-1],))
    ...                 nn.init.ones_(self.weight)
    >>> layer = LazyScale()
    >>> layer(autograd.zeros(5, 3)).shape, layer
    (autograd.Size([5, 3]), Scale())
    """

    cls_to_become: type[Any] | None = None
    _initialize_hook: RemovableHandle

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._initialize_hook = self.register_forward_pre_hook(_infer, with_kwargs=True)

    def initialize_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Materialise the parameters for an input such as this; a lazy module has to define it."""
        raise NotImplementedError(
            f"initialize_parameters is not implemented for {type(self).__name__}: define it to materialize the "
            "parameters from what forward() gets"
        )

    def has_uninitialized_params(self) -> bool:
        """Return whether a parameter or buffer of its own is still uninitialised."""
        return any(is_lazy(value) for value in (*self._parameters.values(), *self._buffers.values()))

    def _infer_parameters(self, module: Any, args: Any, kwargs: Any = None) -> None:
        """Complete the module before its first `forward`."""
        module.initialize_parameters(*args, **(kwargs or {}))
        if module.has_uninitialized_params():
            raise ArgumentError(
                f"module {self._get_name()} has not been fully initialized: its initialize_parameters must materialize "
                "every parameter and buffer"
            )
        self._initialize_hook.remove()
        del self._initialize_hook
        if module.cls_to_become is not None:
            module.__class__ = module.cls_to_become


def _infer(module: Any, args: Any, kwargs: Any) -> None:
    """The hook before `forward`: a function of its own, since a bound method would hold the module in a cycle."""
    module._infer_parameters(module, args, kwargs)  # noqa: SLF001  # the mixin above
