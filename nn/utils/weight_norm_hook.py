"""The older weight normalisation: a hook computes the weight before each `forward`; see `parametrizations`."""

from __future__ import annotations

import warnings
from typing import Any, TypeVar

from autograd.errors import ArgumentError
from nn.module import Module
from nn.parameter import Parameter, is_lazy
from nn.utils.parametrizations.magnitude import norm_except, with_magnitude

AnyModule = TypeVar("AnyModule", bound=Module)


class WeightNorm:
    """The hook: w = g v / ‖v‖, from the parameters `weight_g` and `weight_v`."""

    def __init__(self, name: str, dim: int | None) -> None:
        self.name = name
        self.dim = -1 if dim is None else dim

    def compute_weight(self, module: Module) -> Any:
        """Return the weight."""
        return with_magnitude(getattr(module, f"{self.name}_v"), getattr(module, f"{self.name}_g"), self.dim)

    def __call__(self, module: Module, inputs: Any) -> None:
        """Compute the weight before `forward`."""
        setattr(module, self.name, self.compute_weight(module))

    def remove(self, module: Module) -> None:
        """Make the weight a parameter again."""
        weight = self.compute_weight(module)
        for name in (self.name, f"{self.name}_g", f"{self.name}_v"):
            delattr(module, name)
        setattr(module, self.name, Parameter(weight.detach()))


def weight_norm(module: AnyModule, name: str = "weight", dim: int | None = 0) -> AnyModule:
    """Learn the magnitude and the direction of a weight apart: w = g v / ‖v‖, computed before each `forward`.

    Deprecated: `nn.utils.parametrizations.weight_norm` computes it when it is read, and reads the state dicts of this.

    Args:
        module: the module.
        name: the name of the parameter, which is replaced by `weight_g` and `weight_v`.
        dim: the dimension along which there is one magnitude for each index; None for a single one.

    Raises:
        ArgumentError: if it has been applied to this parameter already, or the parameter has no values yet.

    >>> import autograd, nn, warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     layer = weight_norm(nn.Linear(4, 3))
    >>> layer.weight_g.shape, layer.weight_v.shape
    (autograd.Size([3, 1]), autograd.Size([3, 4]))
    """
    warnings.warn(
        "`nn.utils.weight_norm` is deprecated in favor of `nn.utils.parametrizations.weight_norm`.",
        FutureWarning,
        stacklevel=2,
    )
    if _found(module, name) is not None:
        raise ArgumentError(f"Cannot register two weight_norm hooks on the same parameter {name}")
    weight = getattr(module, name)
    if is_lazy(weight):
        raise ArgumentError(
            "The module passed to `WeightNorm` can't have uninitialized parameters. Make sure to run the dummy forward "
            "before applying weight normalization"
        )
    hook = WeightNorm(name, dim)
    delattr(module, name)
    module.register_parameter(f"{name}_g", Parameter(norm_except(weight, hook.dim).detach()))
    module.register_parameter(f"{name}_v", Parameter(weight.detach()))
    hook(module, ())
    module.register_forward_pre_hook(hook)
    return module


def _found(module: Module, name: str) -> tuple[int, WeightNorm] | None:
    """The number of the hook on a parameter, and the hook."""
    hooks = module._forward_pre_hooks.items()  # noqa: SLF001  # PyTorch's name
    return next(((k, h) for k, h in hooks if isinstance(h, WeightNorm) and h.name == name), None)


def remove_weight_norm(module: AnyModule, name: str = "weight") -> AnyModule:
    """Undo `weight_norm`: the weight is a parameter again, with the values it has.

    Raises:
        ArgumentError: if it was not applied to this parameter.

    >>> import autograd, nn, warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     layer = remove_weight_norm(weight_norm(nn.Linear(4, 3)))
    >>> sorted(name for name, _ in layer.named_parameters())
    ['bias', 'weight']
    """
    found = _found(module, name)
    if found is None:
        raise ArgumentError(f"weight_norm of '{name}' not found in {module}")
    number, hook = found
    hook.remove(module)
    del module._forward_pre_hooks[number]  # noqa: SLF001
    return module
