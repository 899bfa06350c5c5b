"""Functions that a module calls around its `forward`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.tape import RemovableHandle


class _Hook:
    """One function, and how it wants to be called."""

    def __init__(self, function: Callable[..., Any], with_kwargs: bool, always: bool = False) -> None:
        self.function = function
        self.with_kwargs = with_kwargs
        self.always = always  # also when forward raised

    def __call__(self, module: Any, args: Any, kwargs: Any, *result: Any) -> Any:
        if self.with_kwargs:
            return self.function(module, args, kwargs, *result)
        return self.function(module, args, *result)


class ForwardHooks:
    """The hooks of one module, in the order in which they run."""

    def __init__(self) -> None:
        self._before: dict[int, _Hook] = {}
        self._after: dict[int, _Hook] = {}

    def add_before(self, hook: Callable[..., Any], prepend: bool, with_kwargs: bool) -> RemovableHandle:
        """Add a hook that sees the arguments, and may return others."""
        return _add(self._before, _Hook(hook, with_kwargs), prepend)

    def add_after(
        self, hook: Callable[..., Any], prepend: bool, with_kwargs: bool, always: bool
    ) -> RemovableHandle:
        """Add a hook that sees the arguments and the result, and may return another result."""
        return _add(self._after, _Hook(hook, with_kwargs, always), prepend)

    def call(self, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """module.forward(*args, **kwargs), with the hooks around it."""
        if not (self._before or self._after):  # all were removed
            module.__dict__.pop("_hooks", None)
            return module.forward(*args, **kwargs)
        called: set[_Hook] = set()
        result = None
        try:
            for hook in tuple(self._before.values()):
                answer = hook(module, args, kwargs)
                if answer is not None and hook.with_kwargs:
                    args, kwargs = answer
                elif answer is not None:
                    args = answer if isinstance(answer, tuple) else (answer,)
            result = module.forward(*args, **kwargs)
            for hook in tuple(self._after.values()):
                called.add(hook)
                answer = hook(module, args, kwargs, result)
                result = result if answer is None else answer
        except BaseException:
            for hook in tuple(self._after.values()):
                if hook.always and hook not in called:
                    hook(module, args, kwargs, result)
            raise
        return result


def _add(hooks: dict[int, _Hook], hook: _Hook, prepend: bool) -> RemovableHandle:
    later = dict(hooks)
    if prepend:
        hooks.clear()
    handle = RemovableHandle(hooks, hook)
    if prepend:
        hooks.update(later)
    return handle
