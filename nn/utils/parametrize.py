"""Parametrizations: a module's tensor computed from other tensors each time it is read.

`register_parametrization(layer, "weight", P)` makes `layer.weight` the result of `P(original)`: the original is learnt
in its place, as `layer.parametrizations.weight.original`. The module's class becomes one of its own, `ParametrizedX`,
in which `weight` is a property.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from autograd import Tensor
from autograd.errors import ArgumentError
from autograd.modes import no_grad
from nn.container import ModuleDict
from nn.module import Module
from nn.parameter import Parameter
from nn.utils.parametrization_list import ParametrizationList, check_same, register, replace_values

__all__ = [
    "ParametrizationList",
    "cached",
    "is_parametrized",
    "register_parametrization",
    "remove_parametrizations",
    "transfer_parametrizations_and_params",
    "type_before_parametrizations",
]

AnyModule = TypeVar("AnyModule", bound=Module)

_CACHE: ContextVar[dict[tuple[int, str], tuple[Module, Any]] | None] = ContextVar(
    "parametrized", default=None
)
"""Inside `cached()`: the tensors computed so far, with the module that keeps its number taken."""


@contextmanager
def cached() -> Iterator[None]:
    """Inside it, each parametrized tensor is computed once, when it is first read.

    For layers that read a weight often, such as a recurrent one. It forgets the tensors when it is left.

    >>> import autograd, nn
    >>> layer = nn.utils.parametrizations.orthogonal(nn.Linear(3, 3))
    >>> with cached():
    ...     layer.weight is layer.weight
    True
    >>> layer.weight is layer.weight
    False
    """
    token = _CACHE.set({}) if _CACHE.get() is None else None
    try:
        yield
    finally:
        if token is not None:
            _CACHE.reset(token)


class _Computed:
    """The attribute of a parametrized module that is computed when it is read."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, module: Any, owner: Any = None) -> Any:
        if module is None:
            return self
        parametrization = module.parametrizations[self._name]
        cache = _CACHE.get()
        if cache is None:
            return parametrization()
        key = id(module), self._name
        if key not in cache:
            cache[key] = module, parametrization()
        return cache[key][1]

    def __set__(self, module: Any, value: Any) -> None:
        module.parametrizations[self._name].right_inverse(value)


def _class_with(before: type[Module], names: tuple[str, ...]) -> type[Module]:
    """The class of a module of class `before` in which these attributes are computed."""
    computed: dict[str, Any] = {name: _Computed(name) for name in names}
    own = {"_class_before": before, "_computed_names": names, "__reduce__": _reduced}
    return type(
        f"Parametrized{before.__name__}", (before,), {**computed, **own, "__module__": before.__module__}
    )


def _reduced(module: Any) -> tuple[Any, ...]:
    """How a parametrized module is copied and pickled: its class has no place where it could be found."""
    kind = type(module)
    return _empty, (kind._class_before, kind._computed_names), vars(module)  # noqa: SLF001  # set above


def _empty(before: type[Module], names: tuple[str, ...]) -> Module:
    """A parametrized module without attributes: to be copied into."""
    made = _class_with(before, names)
    return made.__new__(made)


def _compute(module: Any, names: tuple[str, ...]) -> None:
    """Make these the computed attributes of a module, and no others."""
    before = type_before_parametrizations(module)
    module.__class__ = _class_with(before, names) if names else before


def type_before_parametrizations(module: Module) -> type[Module]:
    """The module's class, or if it is parametrized the one that it had before.

    >>> import autograd, nn
    >>> layer = nn.utils.parametrizations.orthogonal(nn.Linear(3, 3))
    >>> type(layer).__name__, type_before_parametrizations(layer).__name__
    ('ParametrizedLinear', 'Linear')
    """
    kind: type[Module] = getattr(type(module), "_class_before", type(module))
    return kind


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Return whether the tensor of that name is parametrized; without a name, whether any is.

    >>> import autograd, nn
    >>> layer = nn.utils.parametrizations.orthogonal(nn.Linear(3, 3))
    >>> is_parametrized(layer, "weight"), is_parametrized(layer, "bias")
    (True, False)
    """
    held = getattr(module, "parametrizations", None)
    if not isinstance(held, ModuleDict):
        return False
    return len(held) > 0 if tensor_name is None else tensor_name in held


def register_parametrization(
    module: AnyModule, tensor_name: str, parametrization: Module, *, unsafe: bool = False
) -> AnyModule:
    """Make a parameter or buffer the result of a module: `module.weight` is then `parametrization(original)`.

    Several are applied in the order in which they were registered. If a parametrization has `right_inverse`, the tensor
    can be assigned to (`module.weight = w` sets the original to `right_inverse(w)`), and at first the original is the
    `right_inverse` of the tensor; that may be several tensors.

    Args:
        module: the module.
        tensor_name: the name of its parameter or buffer.
        parametrization: a module from tensor to tensor.
        unsafe: allow it to change the shape and the dtype.

    Raises:
        ArgumentError: if there is no such tensor, or the shape or dtype changes; nothing has been changed then.

    >>> import autograd, nn
    >>> from nn.utils import parametrize
    >>> class Symmetric(nn.Module):
    ...     def forward(self, x):
    ...         return x.triu() + x.triu(1).mT
    >>> layer = parametrize.register_parametrization(nn.Linear(3, 3), "weight", Symmetric())
    >>> bool((layer.weight == layer.weight.mT).all()), list(layer.state_dict())
    (True, ['bias', 'parametrizations.weight.original'])
    """
    parametrization.train(module.training)
    held: Any = getattr(module, "parametrizations", None)
    if is_parametrized(module, tensor_name):
        chain = held[tensor_name]
        if not unsafe:
            _check_fits(module, tensor_name, parametrization)
        chain.append(parametrization)
        chain.unsafe |= unsafe
        return module
    if tensor_name not in module._parameters and tensor_name not in module._buffers:  # noqa: SLF001  # PyTorch's names
        raise ArgumentError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with name "
            f"'{tensor_name}'"
        )
    chain = ParametrizationList([parametrization], getattr(module, tensor_name), unsafe)
    delattr(module, tensor_name)
    if held is None:
        module.parametrizations = held = ModuleDict()
    held[tensor_name] = chain
    _compute(module, tuple(held))
    return module


def _check_fits(module: Module, name: str, parametrization: Any) -> None:
    """Raise unless one more parametrization keeps the tensor's shape and dtype, in both directions.

    Raises:
        ArgumentError: if not.
    """
    y = getattr(module, name)
    x = parametrization(y)
    check_same(x, y.shape, y.dtype, f"module.{name}")
    if hasattr(parametrization, "right_inverse"):
        try:
            z = parametrization.right_inverse(x)
        except NotImplementedError:
            return
        check_same(z, y.shape, y.dtype, f"module.{name} (by right_inverse)")


def remove_parametrizations(
    module: AnyModule, tensor_name: str, leave_parametrized: bool = True
) -> AnyModule:
    """Make a parametrized tensor an ordinary parameter or buffer again.

    Args:
        module: the module.
        tensor_name: the name of the tensor.
        leave_parametrized: keep the values it has now; with False it gets those of its original.

    Raises:
        ArgumentError: if it is not parametrized, or `leave_parametrized=False` and there are several originals.

    >>> import autograd, nn
    >>> layer = nn.utils.parametrizations.weight_norm(nn.Linear(3, 2))
    >>> sorted(name for name, _ in remove_parametrizations(layer, "weight").named_parameters())
    ['bias', 'weight']
    """
    if not is_parametrized(module, tensor_name):
        raise ArgumentError(f"Module {module} does not have a parametrization on {tensor_name}")
    held: Any = module.parametrizations
    chain = held[tensor_name]
    original: Any
    if chain.is_tensor:
        original = chain.original
        if leave_parametrized:
            with no_grad():
                replace_values(original, getattr(module, tensor_name))
    elif leave_parametrized:
        value = getattr(module, tensor_name)
        original = Parameter(value) if value.requires_grad else value
    else:
        raise ArgumentError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a "
            "sequence of tensors."
        )
    del held[tensor_name]
    _compute(module, tuple(held))
    register(module, tensor_name, original)
    if not held:
        del module.parametrizations
    return module


def transfer_parametrizations_and_params(
    from_module: Module, to_module: AnyModule, tensor_name: str | None = None
) -> AnyModule:
    """Give a module another module's parametrizations and the tensors that these are computed from.

    Args:
        from_module: the module that has them.
        to_module: the module that gets them; a parameter that it does not have is made.
        tensor_name: the one tensor to be transferred; all of them if left out.

    >>> import autograd, nn
    >>> a = nn.utils.parametrizations.weight_norm(nn.Linear(3, 2))
    >>> b = transfer_parametrizations_and_params(a, nn.Linear(3, 2))
    >>> is_parametrized(b, "weight"), bool((a.weight == b.weight).all())
    (True, True)
    """
    if is_parametrized(from_module):
        held: Any = from_module.parametrizations
        for name in list(held) if tensor_name is None else [tensor_name]:
            if not hasattr(to_module, name):
                setattr(to_module, name, Parameter(getattr(from_module, name)))
            for parametrization in held[name]:
                register_parametrization(to_module, name, parametrization)
            chain: Any = to_module.parametrizations[name]
            for key in (
                ["original"] if held[name].is_tensor else [f"original{i}" for i in range(held[name].ntensors)]
            ):
                tensor: Tensor = getattr(held[name], key)
                setattr(chain, key, tensor)
    return to_module
