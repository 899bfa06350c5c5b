"""Hooks of all modules at once, for finding out what a model does; the module class by PyTorch's full name.

They run before a module's own. Each `register_…` returns a handle, whose `remove()` takes the hook off again.

>>> import autograd, nn
>>> seen = []
>>> handle = register_module_forward_hook(lambda module, args, result: seen.append(type(module).__name__))
>>> _ = nn.Sequential(nn.Linear(2, 2), nn.ReLU())(autograd.ones(2))
>>> handle.remove()
>>> seen
['Linear', 'ReLU', 'Sequential']
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.tape import RemovableHandle, added
from nn.hooks import EVERYWHERE, ModuleHooks
from nn.loading import IncompatibleKeys
from nn.members import REGISTERED, Kind
from nn.module import Module

_IncompatibleKeys = IncompatibleKeys

__all__ = [
    "Module",
    "register_module_backward_hook",
    "register_module_buffer_registration_hook",
    "register_module_forward_hook",
    "register_module_forward_pre_hook",
    "register_module_full_backward_hook",
    "register_module_full_backward_pre_hook",
    "register_module_module_registration_hook",
    "register_module_parameter_registration_hook",
]


def register_module_forward_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call `hook(module, args)` before each module's `forward`; it may return other arguments."""
    ModuleHooks._call_hooks = EVERYWHERE  # noqa: SLF001  # every module without hooks of its own has these
    return added(EVERYWHERE.before, hook)


def register_module_forward_hook(
    hook: Callable[..., Any], *, with_kwargs: bool = False, always_call: bool = False
) -> RemovableHandle:
    """Call `hook(module, args, result)` after each module's `forward`; it may return another result.

    Args:
        hook: the function.
        with_kwargs: call it as `hook(module, args, kwargs, result)`.
        always_call: call it also when `forward` or a hook raised.
    """
    ModuleHooks._call_hooks = EVERYWHERE  # noqa: SLF001
    handle = added(EVERYWHERE.after, hook)
    if with_kwargs:
        EVERYWHERE.with_kwargs.add(handle.id)
    if always_call:
        EVERYWHERE.always.add(handle.id)
    return handle


def register_module_full_backward_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call `hook(module, grad_output)` before each module is differentiated."""
    ModuleHooks._call_hooks = EVERYWHERE  # noqa: SLF001
    return added(EVERYWHERE.backward_before, hook)


def register_module_full_backward_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call `hook(module, grad_input, grad_output)` once the gradients of a module's inputs are there."""
    ModuleHooks._call_hooks = EVERYWHERE  # noqa: SLF001
    return EVERYWHERE.add_backward(hook, True, False, "as a global Module hook")


def register_module_backward_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call `hook(module, grad_input, grad_output)` on each module's last operation; deprecated."""
    ModuleHooks._call_hooks = EVERYWHERE  # noqa: SLF001
    return EVERYWHERE.add_backward(hook, False, False, "as a global Module hook")


def register_module_parameter_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call `hook(module, name, parameter)` when a parameter becomes a member; it may return another one."""
    return added(REGISTERED, (Kind.PARAMETER, hook))


def register_module_buffer_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call `hook(module, name, buffer)` when a buffer becomes a member; it may return another one."""
    return added(REGISTERED, (Kind.BUFFER, hook))


def register_module_module_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call `hook(module, name, submodule)` when a module becomes a member; it may return another one."""
    return added(REGISTERED, (Kind.MODULE, hook))
