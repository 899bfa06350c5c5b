"""Loading a state dict into a module: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd.errors import ArgumentError, StateDictError
from autograd.tape import Variable, bump, wrap
from nn.parameter import Parameter, is_lazy

if TYPE_CHECKING:
    from nn.module import Module


class IncompatibleKeys(NamedTuple):
    """What `load_state_dict(strict=False)` did not find, and what it did not use."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


def load(module: Module, state_dict: Mapping[str, Any], strict: bool, assign: bool) -> IncompatibleKeys:
    """Copy the values of a state dict into a module's parameters and buffers; see `Module.load_state_dict`."""
    if not isinstance(state_dict, Mapping):
        raise ArgumentError(
            f"load_state_dict: needs a dict of tensors by name, got {type(state_dict).__name__}"
        )
    held = module.state_dict(keep_vars=True)
    missing = [name for name in held if name not in state_dict]
    unexpected = [name for name in state_dict if name not in held]
    problems = []
    if strict and missing:
        problems.append(f"Missing key(s) in state_dict: {_listed(missing)}.")
    if strict and unexpected:
        problems.append(f"Unexpected key(s) in state_dict: {_listed(unexpected)}.")
    values: dict[str, Any] = {}
    for name, tensor in held.items():
        if name in state_dict:
            values[name], problem = _fitting(name, state_dict[name], tensor)
            problems += problem
    if problems:
        raise StateDictError(
            f"Error(s) in loading state_dict for {type(module).__name__} (nothing was changed):\n\t"
            + "\n\t".join(problems)
        )
    for name, value in values.items():
        if value is None:
            continue  # uninitialised here and there
        if is_lazy(held[name]):
            held[name].materialize(value.shape)
        if assign:
            _assign(module, name, held[name], state_dict[name], value)
        else:
            with np.errstate(all="ignore"):  # a smaller dtype may overflow
                held[name].array[...] = value
            bump(held[name])
    return IncompatibleKeys(missing, unexpected)


def _listed(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _fitting(name: str, value: Any, tensor: Any) -> tuple[Any, list[str]]:
    """The value as an array, and what is wrong with it."""
    if is_lazy(value):
        problem = f"{name}: cannot load an uninitialized tensor into an initialized one; call the saved module first."
        return None, [] if is_lazy(tensor) else [problem]
    array = value.array if isinstance(value, Variable) else value
    if not isinstance(array, np.ndarray):
        if not hasattr(array, "__array__"):
            return None, [f"{name}: expected a tensor or an array, got {type(value).__name__}."]
        array = np.asarray(value.detach() if hasattr(value, "detach") else value)
    if is_lazy(tensor):
        return array, []
    shape = tensor.array.shape
    if array.shape == (1,) and shape == ():
        array = array.reshape(())  # files from before there were 0-d tensors
    if array.shape != shape:
        return None, [
            f"size mismatch for {name}: copying a param with shape {tuple(array.shape)} from checkpoint, "
            f"the shape in current model is {tuple(shape)}."
        ]
    if array.dtype.kind not in "fiub" or not np.can_cast(array.dtype, tensor.array.dtype, "same_kind"):
        return None, [f"{name}: cannot convert {array.dtype} values to {tensor.array.dtype}."]
    if not tensor.array.flags.writeable:
        return None, [f"{name}: the model's tensor is read-only, so nothing can be copied into it."]
    return array, []


def _assign(module: Module, name: str, old: Any, given: Any, array: Any) -> None:
    """Put the given tensor in the place of the old one; a parameter stays a parameter, frozen if it was."""
    path, _, last = name.rpartition(".")
    tensor = given if isinstance(given, Variable) and given.array is array else wrap(array)
    if isinstance(old, Parameter):
        if not isinstance(tensor, Parameter):
            tensor = Parameter(tensor, requires_grad=False)
        tensor.requires_grad_(old.requires_grad)
    setattr(module.get_submodule(path), last, tensor)
