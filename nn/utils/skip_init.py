"""Making a module without drawing its weights, for those that are loaded at once."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from autograd import devices
from autograd.errors import ArgumentError
from nn.module import Module

AnyModule = TypeVar("AnyModule", bound=Module)


def skip_init(module_cls: Callable[..., AnyModule], *args: Any, **kwargs: Any) -> AnyModule:
    """Make a module whose parameters and buffers have memory, but no values yet.

    Args:
        module_cls: the class; it must take a `device`.
        args, kwargs: what it is made with.

    Raises:
        ArgumentError: if it is no module class, or takes no device.

    >>> import nn
    >>> nn.utils.skip_init(nn.Linear, 5, 1).weight.shape
    autograd.Size([1, 5])
    """
    if not isinstance(module_cls, type) or not issubclass(module_cls, Module):
        raise ArgumentError(f"Expected a Module; got {module_cls}")
    if "device" not in inspect.signature(module_cls).parameters:
        raise ArgumentError("Module must support a 'device' arg to skip initialization")
    devices.check(kwargs.pop("device", None))
    module: Any = module_cls(*args, **kwargs)
    return module.to_empty(device="cpu")  # type: ignore[no-any-return]  # itself
