"""Loading a state dict: what one module takes from it, and a record that lets all of it be taken back.

`Module.load_state_dict` goes through the modules, each of which adds what it finds to one `Loading`. Values are written
when all modules have agreed, so that nothing is changed by a state dict that does not fit. Where a module has code of
its own, which may look at what was loaded, they are written at once, and what they overwrite is kept until the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd.tape import Variable, bump, wrap
from nn.members import state_of
from nn.parameter import Parameter, is_lazy

if TYPE_CHECKING:
    from nn.module import Module

EXTRA = "_extra_state"
"""The last part of the name under which a module's extra state is in a state dict."""


class IncompatibleKeys(NamedTuple):
    """What `load_state_dict(strict=False)` did not find, and what it did not use."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


class Metadata(dict[str, Any]):
    """What a state dict says of one module (its version), on its way through `_load_from_state_dict`."""

    loading: Loading


class Loading:
    """The changes that loading a state dict makes to a module: those still to be made, and how to undo the others."""

    def __init__(self, module: Module | None = None) -> None:
        self._steps: list[Callable[[], None]] = []
        self._writes: list[tuple[Any, Any]] = []
        self._kept: list[tuple[Any, Any, type]] = []  # a tensor, its array or a copy of its values, its class
        modules = () if module is None else tuple(module.modules())
        self._attributes = [(vars(m), dict(vars(m))) for m in modules]
        self._kinds = [
            (kinds, dict(kinds)) for _, old in self._attributes for kinds in [old["_member_kinds"]]
        ]

    def write(self, tensor: Any, values: Any) -> None:
        """Copy an array into a tensor, which gets its shape if it has none yet."""
        self._writes.append((tensor, values))

    def call(self, step: Callable[[], None]) -> None:
        """Do something else to the module."""
        self._steps.append(step)

    def show(self) -> None:
        """Make the changes now, since the module's own code is going to look at them."""
        for tensor, _ in self._writes:
            lazy = is_lazy(tensor)
            self._kept.append((tensor, tensor._held if lazy else tensor.array.copy(), type(tensor)))  # noqa: SLF001
        self.finish()

    def finish(self) -> None:
        """Make the changes."""
        steps, writes = self._steps, self._writes
        self._steps, self._writes = [], []
        for step in steps:
            step()
        for tensor, values in writes:
            if is_lazy(tensor):
                tensor.materialize(values.shape)
            with np.errstate(all="ignore"):  # a smaller dtype may overflow
                tensor.array[...] = values
            bump(tensor)

    def roll_back(self) -> None:
        """Make the module what it was."""
        for tensor, old, kind in reversed(self._kept):
            if kind is type(tensor):
                tensor.array[...] = old
                bump(tensor)
            else:
                tensor.__class__ = kind
                tensor._hold(old)  # noqa: SLF001  # an uninitialised one again
        for now, old in (*self._attributes, *self._kinds):
            now.clear()
            now.update(old)


def take(
    module: Any, given: Mapping[str, Any], prefix: str, loading: Loading, assign: bool, messages: list[str]
) -> list[str]:
    """Load a module's own parameters and buffers; return the names of those that were not given."""
    missing = []
    for name, tensor in state_of(module):
        key = prefix + name
        if key not in given:
            missing.append(key)
            continue
        values, problem = _fitting(key, given[key], tensor, assign)
        if problem:
            messages.append(problem)
        elif values is not None and assign:
            loading.call(_assignment(module, name, tensor, given[key], values))
        elif values is not None:
            loading.write(tensor, values)
    return missing


def _fitting(name: str, value: Any, tensor: Any, assign: bool) -> tuple[Any, str]:
    """The value as an array, or what is wrong with it; neither if there is nothing to load."""
    if is_lazy(value):
        problem = f"{name}: cannot load an uninitialized tensor into an initialized one; call the saved module first."
        return None, "" if is_lazy(tensor) else problem
    array = value.array if isinstance(value, Variable) else value
    if not isinstance(array, np.ndarray):
        if not hasattr(array, "__array__"):
            return None, f"{name}: expected a tensor or an array, got {type(value).__name__}."
        array = np.asarray(value.detach() if hasattr(value, "detach") else value)
    if array.dtype.kind not in "fiub":
        return None, f"{name}: cannot load {array.dtype} values."
    if is_lazy(tensor):
        return array, ""
    shape = tensor.array.shape
    if array.shape == (1,) and shape == ():
        array = array.reshape(())  # files from before there were 0-d tensors
    if array.shape != shape:
        return None, (
            f"size mismatch for {name}: copying a param with shape {tuple(array.shape)} from checkpoint, "
            f"the shape in current model is {tuple(shape)}."
        )
    if assign:
        if tensor.requires_grad and array.dtype.kind != "f":
            return None, f"{name}: a parameter that requires a gradient cannot be {array.dtype}."
    elif not tensor.array.flags.writeable:
        return None, f"{name}: the model's tensor is read-only, so nothing can be copied into it."
    return array, ""


def _assignment(module: Any, name: str, old: Any, given: Any, array: Any) -> Callable[[], None]:
    """Put the given tensor in the place of the old one; a parameter stays a parameter, frozen if it was."""

    def assign() -> None:
        tensor = given if isinstance(given, Variable) and given.array is array else wrap(array)
        if isinstance(old, Parameter):
            if not isinstance(tensor, Parameter):
                tensor = Parameter(tensor, requires_grad=False)
            tensor.requires_grad_(old.requires_grad)
        setattr(module, name, tensor)

    return assign


def by_child(given: Mapping[str, Any], prefix: str) -> dict[str, dict[str, Any]]:
    """What a state dict has for each module inside one, by its name."""
    parts: dict[str, dict[str, Any]] = {}
    for key, value in given.items():
        name, dot, _ = key[len(prefix) :].partition(".")
        if dot and key.startswith(prefix):
            parts.setdefault(name, {})[key] = value
    return parts
