"""Functions that are called around an optimizer's steps, and around the saving and loading of its state."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from autograd.errors import ArgumentError
from autograd.tape import RemovableHandle, added

Hook = Callable[..., Any]


class Hooks:
    """The hooks of one optimizer, or of all."""

    def __init__(self) -> None:
        self.before: dict[int, Hook] = {}
        self.after: dict[int, Hook] = {}
        self.before_saving: dict[int, Hook] = {}
        self.after_saving: dict[int, Hook] = {}
        self.before_loading: dict[int, Hook] = {}
        self.after_loading: dict[int, Hook] = {}
        self.running = False  # whether a step is under way, which may call its superclass's


EVERYWHERE = Hooks()
"""Those of all optimizers."""


def register_optimizer_step_pre_hook(hook: Hook) -> RemovableHandle:
    """Call `hook(optimizer, args, kwargs)` before each step of every optimizer; see `Hooked.register_step_pre_hook`.

    >>> import autograd, nn, optim
    >>> w = nn.Parameter(autograd.zeros(1))
    >>> with register_optimizer_step_pre_hook(lambda optimizer, args, kwargs: print("a step")):
    ...     optim.SGD([w]).step()
    a step
    """
    return RemovableHandle(EVERYWHERE.before, hook)


def register_optimizer_step_post_hook(hook: Hook) -> RemovableHandle:
    """Call `hook(optimizer, args, kwargs)` after each step of every optimizer."""
    return RemovableHandle(EVERYWHERE.after, hook)


def _before_step(optimizer: Any, args: Any, kwargs: Any) -> tuple[Any, Any]:
    """Run the hooks before a step; return its arguments, which they may change."""
    for hook in (*EVERYWHERE.before.values(), *optimizer.hooks.before.values()):
        changed = hook(optimizer, args, kwargs)
        if changed is not None:
            if not isinstance(changed, tuple) or len(changed) != 2:
                raise ArgumentError(
                    f"{type(optimizer).__name__}.step: a hook before it returns None or (args, kwargs), got "
                    f"{type(changed).__name__}"
                )
            args, kwargs = changed
    return args, kwargs


def hooked(step: Callable[..., Any]) -> Callable[..., Any]:
    """A step with its hooks around it."""

    @functools.wraps(step)
    def step_with_hooks(*args: Any, **kwargs: Any) -> Any:
        optimizer = args[0]
        hooks: Hooks = optimizer.hooks
        if hooks.running:
            return step(*args, **kwargs)
        if EVERYWHERE.before or hooks.before:
            args, kwargs = _before_step(optimizer, args, kwargs)
        optimizer.stepped = True
        hooks.running = True
        try:
            result = step(*args, **kwargs)
        finally:
            hooks.running = False
        if EVERYWHERE.after or hooks.after:
            for hook in (*hooks.after.values(), *EVERYWHERE.after.values()):
                hook(optimizer, args, kwargs)
        return result

    return step_with_hooks


class Hooked:
    """What an optimizer says about hooks. A subclass's own `step` runs them too."""

    def __init__(self) -> None:
        self.hooks = Hooks()
        self.stepped = False  # a scheduler warns if it is stepped first

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "step" in vars(cls):
            cls.step = hooked(vars(cls)["step"])  # type: ignore[attr-defined]  # subclasses have a step

    def register_step_pre_hook(self, hook: Hook) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` before each step, with what `step` was given, itself first.

        The hook may return other (args, kwargs).
        """
        return RemovableHandle(self.hooks.before, hook)

    def register_step_post_hook(self, hook: Hook) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` after each step."""
        return RemovableHandle(self.hooks.after, hook)

    def register_state_dict_pre_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer)` before each `state_dict()`; with `prepend` before all other hooks."""
        return added(self.hooks.before_saving, hook, prepend)

    def register_state_dict_post_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer, state_dict)` on what `state_dict()` has made; it may return another."""
        return added(self.hooks.after_saving, hook, prepend)

    def register_load_state_dict_pre_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer, state_dict)` on a shallow copy of what is to be loaded; it may return another."""
        return added(self.hooks.before_loading, hook, prepend)

    def register_load_state_dict_post_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer)` after each `load_state_dict()`; with `prepend` before all other hooks."""
        return added(self.hooks.after_loading, hook, prepend)


def passed_through(hooks: dict[int, Hook], optimizer: Any, value: Any) -> Any:
    """A value, or what the hooks return in its place, one after the other."""
    for hook in tuple(hooks.values()):
        changed = hook(optimizer, value)
        if changed is not None:
            value = changed
    return value
