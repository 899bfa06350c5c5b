"""`Module`: something with parameters that can be called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

from autograd import Tensor
from autograd.errors import ArgumentError
from autograd.tape import bump
from nn import members
from nn.conversions import ModuleConversions
from nn.hooks import ModuleHooks
from nn.members import BUFFER, BUFFERS, MODULE, PARAMETER, UNSAVED_BUFFER, Kind, Members, UnsavedNames
from nn.parameter import Buffer, Parameter
from nn.state import ModuleState
from nn.tree import ModuleTree


class Module(ModuleHooks, ModuleTree, ModuleState, ModuleConversions):
    """Base class of layers and models: subclass it, make parts in `__init__`, compute in `forward`.

    Parameters, buffers and modules become members when they are assigned to an attribute. `model(x)` runs `forward`
    and the hooks.

    Attributes:
        training: whether it is in training mode (dropout drops, batch norm learns); see `train` and `eval`.

    >>> import autograd, nn
    >>> class Line(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.slope = nn.Parameter(autograd.tensor(2.0))
    ...
    ...     def forward(self, x):
    ...         return self.slope * x
    >>> model = Line()
    >>> model(3.0)
    tensor(6., grad_fn=<MulBackward0>)
    >>> list(model.named_parameters())
    [('slope', Parameter containing:
    tensor(2., requires_grad=True))]
    """

    training: bool
    call_super_init: bool = False
    """Whether `__init__` passes its arguments on to the next class, for modules that have another base class."""

    _member_kinds: dict[str, Kind]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if (args or kwargs) and not self.call_super_init:
            name = type(self).__name__
            raise ArgumentError(
                f"{name}.__init__() got an unexpected keyword argument '{next(iter(kwargs))}'"
                if kwargs
                else f"{name}.__init__() takes 1 positional argument but {len(args) + 1} were given"
            )
        attributes = self.__dict__
        attributes["training"] = True
        attributes["_member_kinds"] = {}
        if self.call_super_init:
            super().__init__(*args, **kwargs)

    def _forward_missing(self, *args: Any, **kwargs: Any) -> Any:
        """Stand for the `forward` that a subclass has to define."""
        raise NotImplementedError(f"{type(self).__name__} has no forward(): define it")

    forward: Callable[..., Any] = _forward_missing

    # -- attributes ------------------------------------------------------------------------------------------------

    def __setattr__(self, name: str, value: Any) -> None:
        attributes = self.__dict__
        kinds = attributes.get("_member_kinds")
        if isinstance(value, (Parameter, Buffer, Module)):
            if isinstance(value, Parameter):
                kind = PARAMETER
            elif isinstance(value, Module):
                kind = MODULE
            else:
                kind = BUFFER if value.persistent else UNSAVED_BUFFER
            if kinds is None:
                kinds = members.kinds_of(self, kind.value)
            held = kinds.get(name)
            if (held is PARAMETER and kind is not PARAMETER) or (held is MODULE and kind in BUFFERS):
                members.check_value(self, name, value, held, Module)
            if kind is PARAMETER:
                members.check_value(self, name, value, kind, Module)
            if held is None and kind is not MODULE and ("." in name or hasattr(type(self), name)):
                members.check_name(self, name, kind)
            if members.REGISTERED:
                value = members.registered(self, name, value, kind)
            members.put(attributes, kinds, name, value, kind)
            return
        if kinds is not None and name in kinds:
            members.check_value(self, name, value, kinds[name], Module)
            if members.REGISTERED:
                value = members.registered(self, name, value, kinds[name])
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        if name not in self.__dict__:
            raise members.missing(self, name)
        super().__delattr__(name)
        self.__dict__.get("_member_kinds", {}).pop(name, None)

    def __getattr__(self, name: str) -> Any:  # only called for what is not found
        if hasattr(type(self), name):  # a property that raised AttributeError: raise its own error
            return object.__getattribute__(self, name)
        raise members.missing(self, name)

    def __dir__(self) -> list[str]:
        return sorted(name for name in super().__dir__() if not name[0].isdigit())

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take over the attributes of a copied or unpickled module; a shallow copy gets members of its own."""
        self.__dict__.update(state)
        if "_member_kinds" in state:
            self.__dict__["_member_kinds"] = dict(state["_member_kinds"])

    @property
    def _parameters(self) -> Members:
        return Members(self.__dict__, self._member_kinds, members.PARAMETERS)

    @_parameters.setter
    def _parameters(self, values: Mapping[str, Any]) -> None:
        members.replace(self, values, members.PARAMETERS)

    @property
    def _buffers(self) -> Members:
        return Members(self.__dict__, self._member_kinds, BUFFERS)

    @_buffers.setter
    def _buffers(self, values: Mapping[str, Any]) -> None:
        members.replace(self, values, BUFFERS)

    @property
    def _non_persistent_buffers_set(self) -> UnsavedNames:
        return UnsavedNames(self._member_kinds)

    @property
    def _modules(self) -> Members:
        return Members(self.__dict__, self._member_kinds, members.MODULES)

    @_modules.setter
    def _modules(self, values: Mapping[str, Any]) -> None:
        members.replace(self, values, members.MODULES)

    def _register(self, name: str, value: Any, kind: Kind) -> None:
        members.check_name(self, name, kind)
        members.check_value(self, name, value, kind, Module)
        members.put(
            self.__dict__, self._member_kinds, name, members.registered(self, name, value, kind), kind
        )

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter; None keeps its place, and its name, free.

        Raises:
            MemberNameError: if the name is empty, holds a dot, or is taken.
            ArgumentError: if it is not a Parameter.
        """
        self._register(name, param, PARAMETER)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that belongs to the state but is not learnt; `persistent=False` leaves it out of state dicts."""
        self._register(name, tensor, BUFFER if persistent else UNSAVED_BUFFER)

    def register_module(self, name: str, module: Module | None) -> None:
        """Add a module."""
        self._register(name, module, MODULE)

    add_module = register_module

    # -- modes and gradients  ----------------------------------------------------------------------------------

    def train(self, mode: bool = True) -> Self:
        """Put this module and all inside it in training mode, or with False in evaluation mode.

        Raises:
            ArgumentError: if `mode` is not a bool.
        """
        if not isinstance(mode, bool):
            raise ArgumentError(f"train: the mode is True or False, got {mode!r}")
        self.training = mode
        for child in self.children():
            child.train(mode)
        return self

    def eval(self) -> Self:
        """Put this module and all inside it in evaluation mode."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Let all parameters require a gradient, or freeze them."""
        for p in self.parameters():
            p.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Drop the parameters' gradients, or with `set_to_none=False` fill them with 0."""
        for p in self.parameters():
            if set_to_none:
                p.grad = None
            elif p.grad is not None:
                p.grad.detach_().array.fill(0)
                bump(p.grad)

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: there is no compiler, and a module runs as it is."""

    # -- printing --------------------------------------------------------------------------------------------------

    def extra_repr(self) -> str:
        """What stands in the parentheses of the `repr`, such as "in_features=2, out_features=3"."""
        return ""

    def _get_name(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        own = self.extra_repr().split("\n") if self.extra_repr() else []
        parts = [(name, self.__dict__[name]) for name, kind in self._member_kinds.items() if kind is MODULE]
        lines = own + [f"({name}): {indented(repr(part))}" for name, part in parts]
        if not parts and len(own) <= 1:
            return f"{self._get_name()}({''.join(own)})"
        return f"{self._get_name()}(\n  " + "\n  ".join(lines) + "\n)"


def indented(text: str) -> str:
    """The text with every line but the first moved to the right, blank ones left empty."""
    first, *rest = text.split("\n")
    return "\n".join([first, *("  " + line if line.strip() else "" for line in rest)])
