"""Functions that a module calls around its `forward`, and the part of `Module` that calls them.

A module without hooks has no object for them, so that calling it costs one look at `_call_hooks`. The hooks of all
modules (`nn.modules.module.register_module_…`) are those of one such object, `EVERYWHERE`, which the class then has.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from autograd.errors import ArgumentError
from autograd.tape import RemovableHandle, added
from nn.backward_hooks import Boundary, hang_on_node


class Hooks:
    """The hooks of one module, in the order in which they run; each dict is as PyTorch has it, number -> function."""

    def __init__(self) -> None:
        self.before: dict[int, Any] = {}
        self.after: dict[int, Any] = {}
        self.backward_before: dict[int, Any] = {}
        self.backward: dict[int, Any] = {}
        self.with_kwargs: set[int] = set()  # the numbers of those that get the keyword arguments too
        self.always: set[int] = set()  # … of those that run also when forward raised
        self.full: bool | None = None  # whether `backward` has full hooks; None before the first

    def __bool__(self) -> bool:
        return bool(self.before or self.after or self.backward_before or self.backward)

    def add_backward(
        self, hook: Callable[..., Any], full: bool, prepend: bool, where: str
    ) -> RemovableHandle:
        """Add a full backward hook, or one of the older kind.

        Raises:
            ArgumentError: if there are some of the other kind.
        """
        if self.full is not None and self.full is not full:
            raise ArgumentError(
                f"Cannot use both regular backward hooks and full backward hooks {where}. Please use only one of them."
            )
        self.full = full
        return added(self.backward, hook, prepend)


def hooks_of(module: Any) -> Hooks:
    """The object with the module's own hooks, made if there is none yet."""
    found: Hooks = vars(module).setdefault("_call_hooks", Hooks())
    return found


EVERYWHERE = Hooks()
"""The hooks that run around every module's, before the module's own."""


class HookDict:
    """One of a module's dicts of hooks by the name it has in PyTorch, such as `_forward_hooks`."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, module: Any, owner: Any = None) -> dict[int, Any]:
        found: dict[int, Any] = getattr(hooks_of(module), self._name)
        return found

    def __set__(self, module: Any, hooks: dict[int, Any]) -> None:
        setattr(hooks_of(module), self._name, hooks)


class ModuleHooks:
    """The part of `Module` that runs `forward` with the hooks around it."""

    _call_hooks: Hooks | None = None
    forward: Callable[..., Any]

    _forward_pre_hooks = HookDict("before")
    _forward_hooks = HookDict("after")
    _backward_pre_hooks = HookDict("backward_before")
    _backward_hooks = HookDict("backward")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run `forward`, and the hooks if there are any."""
        if self._call_hooks is None:
            return self.forward(*args, **kwargs)
        return call(self, args, kwargs)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__call__" in cls.__dict__:  # so nobody is to run `forward` in its place: see `Sequential`
            cls._call_hooks = Hooks()

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args)` before each `forward`; it may return other arguments.

        Args:
            hook: the function.
            prepend: run it before the hooks that are there.
            with_kwargs: call it as `hook(module, args, kwargs)`; it may return (args, kwargs).
        """
        hooks = hooks_of(self)
        handle = added(hooks.before, hook, prepend)
        if with_kwargs:
            hooks.with_kwargs.add(handle.id)
        return handle

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
        hooks = hooks_of(self)
        handle = added(hooks.after, hook, prepend)
        if with_kwargs:
            hooks.with_kwargs.add(handle.id)
        if always_call:
            hooks.always.add(handle.id)
        return handle

    def register_full_backward_pre_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, grad_output)` before the module is differentiated; it may return other gradients.

        `grad_output` is a tuple of the gradients of what `forward` returned, None for what is not a tensor.
        """
        return added(hooks_of(self).backward_before, hook, prepend)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_input, grad_output)` once the gradients of the inputs are there.

        Both are tuples, of the positional arguments and of what `forward` returned, with None for what is not a tensor
        or has no gradient. The hook may return other gradients in the place of `grad_input`. If no input requires a
        gradient it is called when the gradients of the outputs are there, and can replace none. The module's inputs and
        outputs cannot be written in place.

        >>> import autograd, nn
        >>> layer, seen = nn.Linear(2, 1, bias=False), []
        >>> _ = nn.init.ones_(layer.weight)
        >>> handle = layer.register_full_backward_hook(
        ...     lambda module, inputs, outputs: seen.append(inputs[0].tolist())
        ... )
        >>> layer(autograd.ones(2, requires_grad=True)).backward()
        >>> seen
        [[1.0, 1.0]]
        """
        return hooks_of(self).add_backward(hook, True, prepend, "on a single Module")

    def register_backward_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(module, grad_input, grad_output)` on the last operation of `forward`; deprecated.

        Its `grad_input` is that of the operation, not of the module: use `register_full_backward_hook`.
        """
        return hooks_of(self).add_backward(hook, False, False, "on a single Module")


def call(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """module.forward(*args, **kwargs), with the hooks around it."""
    hooks = module._call_hooks  # noqa: SLF001  # this function is a part of Module
    if not hooks and not EVERYWHERE:  # all were removed
        ModuleHooks._call_hooks = None  # noqa: SLF001
        module.__dict__.pop("_call_hooks", None)
        return module.forward(*args, **kwargs)
    return call_with((hooks,) if hooks is EVERYWHERE else (EVERYWHERE, hooks), module, args, kwargs)


def call_with(levels: tuple[Hooks, ...], module: Any, args: Any, kwargs: Any) -> Any:
    """module.forward(*args, **kwargs), with hooks around it: those of all modules first, then its own."""
    called: set[int] = set()
    result = None
    boundary: Boundary | None = None
    try:
        full = [f for hooks in levels if hooks.full for f in hooks.backward.values()]
        older = [f for hooks in levels if hooks.full is False for f in hooks.backward.values()]
        first = [f for hooks in levels for f in hooks.backward_before.values()]
        for hooks in levels:
            for number, hook in tuple(hooks.before.items()):
                args, kwargs = _before(hook, number in hooks.with_kwargs, module, args, kwargs)
        if full or first:
            boundary = Boundary(module, full, first)
            args = boundary.around_inputs(args)
        result = module.forward(*args, **kwargs)
        for hooks in levels:
            for number, hook in tuple(hooks.after.items()):
                called.add(number)
                given = (args, kwargs, result) if number in hooks.with_kwargs else (args, result)
                answer = hook(module, *given)
                result = result if answer is None else answer
        if boundary is not None:
            result = boundary.around_outputs(result)
        if older:
            hang_on_node(module, older, args, result)
    except Exception:
        for hooks in levels:
            for number, hook in tuple(hooks.after.items()):
                if number in hooks.always and number not in called:
                    given = (args, kwargs, result) if number in hooks.with_kwargs else (args, result)
                    _call_anyway(hook, module, given)
        raise
    return result


def _before(hook: Any, with_kwargs: bool, module: Any, args: Any, kwargs: Any) -> tuple[Any, Any]:
    """The arguments, once a hook before `forward` has seen them."""
    if not with_kwargs:
        answer = hook(module, args)
        if answer is not None:
            args = answer if isinstance(answer, tuple) else (answer,)
        return args, kwargs
    answer = hook(module, args, kwargs)
    if answer is None:
        return args, kwargs
    if not isinstance(answer, tuple) or len(answer) != 2:
        raise ArgumentError(
            f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {answer!r}."
        )
    return answer


def _call_anyway(hook: Any, module: Any, given: tuple[Any, ...]) -> None:
    """Call a hook although `forward` raised; an error of its own does not hide that one."""
    try:
        hook(module, *given)
    except Exception as error:  # noqa: BLE001  # whatever it is, it is reported
        warnings.warn(
            "module forward hook with ``always_call=True`` raised an exception that was silenced as another error was "
            f"raised in forward: {error}",
            stacklevel=4,
        )
