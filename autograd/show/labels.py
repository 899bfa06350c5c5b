"""What the user calls the tensors and values of a graph: the tape does not know the names of variables."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from autograd.errors import ArgumentError
from autograd.tape import Variable
from autograd.value import Value


@runtime_checkable
class NamesItsParameters(Protocol):
    """A module, as far as a drawing is concerned."""

    def named_parameters(self) -> Iterable[tuple[str, Any]]:
        """Each parameter with its name."""
        ...


@runtime_checkable
class HasParameters(Protocol):
    """A module whose parameters have no names."""

    def parameters(self) -> Iterable[Any]:
        """Each parameter."""
        ...


Parameters = NamesItsParameters | HasParameters | Mapping[str, Any] | Iterable[Any]


@dataclass(frozen=True, slots=True)
class Label:
    """A name, and whether it belongs to a parameter; of a tensor also its array."""

    name: str = ""
    parameter: bool = False
    array: Any = None


NO_LABEL = Label()


class Labels:
    """Names by node of the tape, by array (for constants, which have no node), and by `Value`.

    Args:
        names: variable -> tensor, array or Value, or a module, whose parameters are then named `variable.parameter`.
            Anything else in it is passed over, so `names=locals()` will do. The first of several names is taken, one
            that starts with an underscore last.
        params: a module, name -> tensor, or just tensors: these are drawn as parameters.
    """

    def __init__(self, names: Mapping[str, Any] | None = None, params: Parameters | None = None) -> None:
        self._found: dict[Hashable, Label] = {}
        self._arrays: dict[int, Label] = {}
        if names is not None and not isinstance(names, Mapping):
            raise ArgumentError(
                f"names must be a dict of name -> tensor or Value, such as locals(); got {type(names).__name__}"
            )
        named = [] if params is None else list(_named(params))
        parameters = {_key(p) for _, p in named}
        for name, thing in sorted((names or {}).items(), key=lambda item: str(item[0]).startswith("_")):
            if isinstance(thing, NamesItsParameters) and not isinstance(thing, type):
                for inner, p in thing.named_parameters():
                    self._add(f"{name}.{inner}", p, True)
            elif isinstance(thing, (Variable, Value, np.ndarray)):
                self._add(str(name), thing, _key(thing) in parameters)
        for name, p in named:
            self._add(str(name), p, True)

    def _add(self, name: str, thing: Any, parameter: bool) -> None:
        key = _key(thing)
        array = thing.array if isinstance(thing, Variable) else None
        self._found.setdefault(key, Label(name, parameter, array))
        if not isinstance(thing, Value):
            self._arrays.setdefault(id(thing if array is None else array), self._found[key])

    def of(self, node: Hashable) -> Label:
        """The label of a node of the tape, or of a Value."""
        return self._found.get(node, NO_LABEL)

    def of_array(self, array: Any) -> Label:
        """The label of the tensor that holds this very array."""
        return self._arrays.get(id(array), NO_LABEL)


def _named(params: Parameters) -> Iterable[tuple[str, Any]]:
    """Each parameter with its name, "" if it has none."""
    if isinstance(params, NamesItsParameters):
        named: Iterable[tuple[str, Any]] = params.named_parameters()
    elif isinstance(params, Mapping):
        named = params.items()
    elif isinstance(params, HasParameters):
        named = (("", p) for p in params.parameters())
    elif isinstance(params, Iterable):
        named = (("", p) for p in params)
    else:
        raise ArgumentError(
            f"params must be a module, a dict of named parameters, or a list of them; got {type(params).__name__}"
        )
    for name, p in named:
        if not isinstance(p, (Variable, Value)):
            raise ArgumentError(
                f"params must hold tensors or Values, got {type(p).__name__} {name!r}; pass a module, a dict of "
                "named parameters, or a list of them"
            )
        yield name, p


def _key(thing: Any) -> Hashable:
    """Where the tape knows a tensor from: its node, if it has one."""
    if isinstance(thing, Variable):
        return thing.current_node() or id(thing)
    return thing if isinstance(thing, Value) else id(thing)
