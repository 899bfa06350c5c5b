"""`Module`: something with parameters that can be called."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

from autograd import Tensor, devices, dtypes
from autograd.errors import ArgumentError, DTypeError
from autograd.tape import RemovableHandle, Variable, bump
from nn import members, state
from nn.hooks import ForwardHooks
from nn.members import BUFFERS, Kind, Members
from nn.parameter import Buffer, Parameter


class Module:
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
    _kinds: dict[str, Kind]
    _hooks: ForwardHooks | None = None

    def __init__(self) -> None:
        attributes = self.__dict__
        attributes["training"] = True
        attributes["_kinds"] = {}

    def _forward_missing(self, *args: Any, **kwargs: Any) -> Any:
        """Stand for the `forward` that a subclass has to define."""
        raise NotImplementedError(f"{type(self).__name__} has no forward(): define it")

    forward: Callable[..., Any] = _forward_missing

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run `forward`, and the hooks if there are any."""
        if self._hooks is None:
            return self.forward(*args, **kwargs)
        return self._hooks.call(self, args, kwargs)

    # -- attributes ------------------------------------------------------------------------------------------------

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, (Parameter, Buffer, Module)):
            if isinstance(value, Parameter):
                kind = Kind.PARAMETER
            elif isinstance(value, Module):
                kind = Kind.MODULE
            else:
                kind = Kind.BUFFER if value.persistent else Kind.UNSAVED_BUFFER
            kinds = members.kinds_of(self, kind.value)
            held = kinds.get(name)
            if (held is Kind.PARAMETER and kind is not Kind.PARAMETER) or (
                held is Kind.MODULE and kind in BUFFERS
            ):
                members.check_value(self, name, value, held, Module)
            members.check_value(self, name, value, kind, Module)
            members.put(self.__dict__, kinds, name, value, kind)
            return
        kinds = self.__dict__.get("_kinds", {})
        if name in kinds:
            members.check_value(self, name, value, kinds[name], Module)
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        if name not in self.__dict__:
            raise members.missing(self, name)
        super().__delattr__(name)
        self.__dict__.get("_kinds", {}).pop(name, None)

    def __getattr__(self, name: str) -> Any:  # only called for what is not found
        if hasattr(type(self), name):  # a property that raised AttributeError: raise its own error
            return object.__getattribute__(self, name)
        raise members.missing(self, name)

    def __dir__(self) -> list[str]:
        return sorted(name for name in super().__dir__() if not name[0].isdigit())

    @property
    def _parameters(self) -> Members:
        return Members(self.__dict__, self._kinds, (Kind.PARAMETER,))

    @property
    def _buffers(self) -> Members:
        return Members(self.__dict__, self._kinds, BUFFERS)

    @property
    def _modules(self) -> Members:
        return Members(self.__dict__, self._kinds, (Kind.MODULE,))

    def _register(self, name: str, value: Any, kind: Kind) -> None:
        members.check_name(self, name, kind)
        members.check_value(self, name, value, kind, Module)
        members.put(self.__dict__, self._kinds, name, value, kind)

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter; None keeps its place, and its name, free.

        Raises:
            MemberNameError: if the name is empty, holds a dot, or is taken.
            ArgumentError: if it is not a Parameter.
        """
        self._register(name, param, Kind.PARAMETER)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that belongs to the state but is not learnt; `persistent=False` leaves it out of state dicts."""
        self._register(name, tensor, Kind.BUFFER if persistent else Kind.UNSAVED_BUFFER)

    def register_module(self, name: str, module: Module | None) -> None:
        """Add a module."""
        self._register(name, module, Kind.MODULE)

    add_module = register_module

    # -- going through the parts -----------------------------------------------------------------------------------

    def _walk(
        self, kinds: tuple[Kind, ...], prefix: str, recurse: bool, remove_duplicate: bool
    ) -> Iterator[tuple[str, Any]]:
        seen: set[int] = set()
        modules = self.named_modules(None, prefix, remove_duplicate) if recurse else ((prefix, self),)
        for path, module in modules:
            for name, value in members.named(module, kinds):
                if not remove_duplicate or id(value) not in seen:
                    seen.add(id(value))
                    yield (f"{path}.{name}" if path else name), value

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """Go through (name, parameter); one that occurs twice comes once, by its first name."""
        return self._walk((Kind.PARAMETER,), prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """Go through the parameters, those of submodules among them."""
        return (value for _, value in self.named_parameters(recurse=recurse))

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """Go through (name, buffer)."""
        return self._walk(BUFFERS, prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """Go through the buffers."""
        return (value for _, value in self.named_buffers(recurse=recurse))

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """Go through (name, module) of the modules directly in this one; one that occurs twice comes once."""
        seen: set[int] = set()
        for name, module in members.named(self, (Kind.MODULE,)):
            if id(module) not in seen:
                seen.add(id(module))
                yield name, module

    def children(self) -> Iterator[Module]:
        """Go through the modules directly in this one."""
        return (module for _, module in self.named_children())

    def named_modules(
        self, memo: set[Module] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """Go through (path, module), from this one downwards, such as ('encoder.0', Linear(…))."""
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, module in members.named(self, (Kind.MODULE,)):
            yield from module.named_modules(memo, f"{prefix}.{name}" if prefix else name, remove_duplicate)

    def modules(self) -> Iterator[Module]:
        """Go through all modules, this one first."""
        return (module for _, module in self.named_modules())

    def get_submodule(self, target: str) -> Module:
        """The module at a path such as "encoder.0"; "" is this one.

        Raises:
            MemberError: if there is none.
        """
        module = self
        for name in target.split(".") if target else ():
            module = members.get(module, name, (Kind.MODULE,), target)
        return module

    def get_parameter(self, target: str) -> Parameter:
        """The parameter at a path such as "encoder.0.weight".

        Raises:
            MemberError: if there is none.
        """
        path, _, name = target.rpartition(".")
        found: Parameter = members.get(self.get_submodule(path), name, (Kind.PARAMETER,), target)
        return found

    def get_buffer(self, target: str) -> Tensor:
        """The buffer at a path.

        Raises:
            MemberError: if there is none.
        """
        path, _, name = target.rpartition(".")
        found: Tensor = members.get(self.get_submodule(path), name, BUFFERS, target)
        return found

    def apply(self, fn: Callable[[Module], None]) -> Self:
        """Call `fn` on every module, the innermost first; return this one."""
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    # -- modes, gradients, dtypes ----------------------------------------------------------------------------------

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

    def _convert(self, kind: Any) -> Self:
        """Bring floating-point parameters and buffers to a dtype, in place; gradients follow."""
        wanted = dtypes.of(kind)
        if not wanted.is_floating_point:
            raise DTypeError(f"{type(self).__name__}.to: parameters are floating-point numbers, not {wanted}")
        for tensor in (*self.parameters(), *self.buffers()):
            if tensor.is_floating_point() and tensor.dtype is not wanted:
                grad = tensor.grad
                tensor.data = tensor.detach().to(wanted)
                if grad is not None:
                    tensor.grad = grad.to(wanted)
        return self

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Convert floating-point parameters and buffers in place: `to(dtype)`, `to(tensor)`; `to("cpu")` does nothing.

        Raises:
            DTypeError: if the dtype is not a floating-point one.
            ArgumentError: if the device is not the CPU.
        """
        kind = kwargs.get("dtype")
        place = kwargs.get("device")
        for value in args:
            if isinstance(value, Variable):
                kind = value.array.dtype
            elif isinstance(value, (str, devices.device)):
                place = value
            elif not isinstance(value, bool):
                kind = value
        devices.check(place)
        return self if kind is None else self._convert(kind)

    def float(self) -> Self:
        """Convert floating-point parameters and buffers to float32, in place."""
        return self._convert(dtypes.float32)

    def double(self) -> Self:
        """Convert floating-point parameters and buffers to float64, in place."""
        return self._convert(dtypes.float64)

    def half(self) -> Self:
        """Convert floating-point parameters and buffers to float16, in place."""
        return self._convert(dtypes.float16)

    def cpu(self) -> Self:
        """Return itself: everything is on the CPU."""
        return self

    # -- state -----------------------------------------------------------------------------------------------------

    def state_dict(
        self, *, destination: dict[str, Any] | None = None, prefix: str = "", keep_vars: bool = False
    ) -> dict[str, Any]:
        """All parameters and persistent buffers by name: tensors that share memory with them.

        Args:
            destination: a dict to add them to.
            prefix: put before every name.
            keep_vars: the parameters themselves, instead of tensors outside the graph.

        >>> import nn
        >>> list(nn.Sequential(nn.Linear(2, 3), nn.ReLU()).state_dict())
        ['0.weight', '0.bias']
        """
        found: dict[str, Any] = OrderedDict() if destination is None else destination
        for name, value in (*members.named(self, (Kind.PARAMETER,)), *members.named(self, (Kind.BUFFER,))):
            found[prefix + name] = value if keep_vars else value.detach()
        for name, module in members.named(self, (Kind.MODULE,)):
            module.state_dict(destination=found, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
        return found

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> state.IncompatibleKeys:
        """Copy values by name into parameters and buffers; they keep their dtype.

        Args:
            state_dict: name -> tensor or array, as `state_dict()` returns and `autograd.load` reads.
            strict: every name must be there, and no other.
            assign: put the given tensors in the place of the module's own; make the optimizer afterwards.

        Returns:
            (missing_keys, unexpected_keys), both empty if strict.

        Raises:
            StateDictError: if names or shapes do not fit. It lists all of them, and nothing has been changed.
        """
        return state.load(self, state_dict, strict, assign)

    # -- hooks -----------------------------------------------------------------------------------------------------

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args)` before each `forward`; it may return other arguments.

        Args:
            hook: the function.
            prepend: run it before the hooks that are there.
            with_kwargs: call it as `hook(module, args, kwargs)`; it may return (args, kwargs).
        """
        self._hooks = self._hooks or ForwardHooks()
        return self._hooks.add_before(hook, prepend, with_kwargs)

    def register_forward_hook(
        self,
        hook: Callable[..., Any],
        *,
        prepend: bool = False,
        with_kwargs: bool = False,
        always_call: bool = False,
    ) -> RemovableHandle:
        """Call `hook(module, args, result)` after each `forward`; it may return another result.

        Args:
            hook: the function.
            prepend: run it before the hooks that are there.
            with_kwargs: call it as `hook(module, args, kwargs, result)`.
            always_call: call it also when `forward` or a hook raised; the result is then None.
        """
        self._hooks = self._hooks or ForwardHooks()
        return self._hooks.add_after(hook, prepend, with_kwargs, always_call)

    # -- printing --------------------------------------------------------------------------------------------------

    def extra_repr(self) -> str:
        """What stands in the parentheses of the `repr`, such as "in_features=2, out_features=3"."""
        return ""

    def _get_name(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        own = self.extra_repr().split("\n") if self.extra_repr() else []
        parts = [(name, self.__dict__[name]) for name, kind in self._kinds.items() if kind is Kind.MODULE]
        lines = own + [f"({name}): {indented(repr(part))}" for name, part in parts]
        if not parts and len(own) <= 1:
            return f"{self._get_name()}({''.join(own)})"
        return f"{self._get_name()}(\n  " + "\n  ".join(lines) + "\n)"


def indented(text: str) -> str:
    """The text with every line but the first moved to the right, blank ones left empty."""
    first, *rest = text.split("\n")
    return "\n".join([first, *("  " + line if line.strip() else "" for line in rest)])
