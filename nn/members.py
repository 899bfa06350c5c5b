"""What a module is made of: parameters, buffers and modules, each an ordinary attribute whose name is noted.

The values live in the module's `__dict__`, so `self.weight` is as quick as any attribute; the module notes, in order,
which names are members and of which kind. `Members` shows one kind as the dict that PyTorch keeps.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, MutableMapping, MutableSet
from difflib import get_close_matches
from typing import Any

from autograd.errors import ArgumentError, MemberError, MemberNameError
from autograd.tape import Node, Variable
from nn.parameter import Parameter


class Kind(enum.Enum):
    """What a member is. An unsaved buffer is left out of state dicts."""

    PARAMETER = "parameter"
    BUFFER = "buffer"
    UNSAVED_BUFFER = "unsaved buffer"
    MODULE = "module"


PARAMETER, BUFFER, UNSAVED_BUFFER, MODULE = Kind  # a name is found sooner than an attribute of an enum
PARAMETERS, BUFFERS, SAVED_BUFFERS, MODULES = (PARAMETER,), (BUFFER, UNSAVED_BUFFER), (BUFFER,), (MODULE,)

REGISTERED: dict[int, tuple[Kind, Any]] = {}
"""Hooks that see every member of a kind that any module gets; see `nn.modules.module`."""


class Members(MutableMapping[str, Any]):
    """A module's members of some kinds, by name: a live view, so `module._parameters["w"] = p` works too."""

    def __init__(self, attributes: dict[str, Any], kinds: dict[str, Kind], shown: tuple[Kind, ...]) -> None:
        self._attributes = attributes
        self._kinds = kinds
        self._shown = shown

    def __getitem__(self, name: str) -> Any:
        if self._kinds.get(name) not in self._shown:
            raise KeyError(name)
        return self._attributes[name]

    def __setitem__(self, name: str, value: Any) -> None:
        if self._kinds.get(name) not in self._shown:
            put(self._attributes, self._kinds, name, value, self._shown[0])
        self._attributes[name] = value

    def __delitem__(self, name: str) -> None:
        self[name]  # raises KeyError if it is not there
        del self._attributes[name], self._kinds[name]

    def __iter__(self) -> Iterator[str]:
        return iter([name for name, kind in self._kinds.items() if kind in self._shown])

    def __len__(self) -> int:
        return sum(kind in self._shown for kind in self._kinds.values())

    def __repr__(self) -> str:
        return repr(dict(self))

    def copy(self) -> dict[str, Any]:
        """These members as a dict of their own."""
        return dict(self)


class UnsavedNames(MutableSet[str]):
    """The names of the buffers that are left out of state dicts: a live view."""

    def __init__(self, kinds: dict[str, Kind]) -> None:
        self._kinds = kinds

    def __contains__(self, name: object) -> bool:
        return self._kinds.get(name) is Kind.UNSAVED_BUFFER  # type: ignore[call-overload]  # any key may be asked for

    def __iter__(self) -> Iterator[str]:
        return iter([name for name, kind in self._kinds.items() if kind is Kind.UNSAVED_BUFFER])

    def __len__(self) -> int:
        return sum(kind is Kind.UNSAVED_BUFFER for kind in self._kinds.values())

    def add(self, value: str) -> None:
        """Leave a buffer out of state dicts."""
        if self._kinds.get(value) is Kind.BUFFER:
            self._kinds[value] = Kind.UNSAVED_BUFFER

    def discard(self, value: str) -> None:
        """Take a buffer into state dicts again."""
        if value in self:
            self._kinds[value] = Kind.BUFFER


def put(attributes: dict[str, Any], kinds: dict[str, Kind], name: str, value: Any, kind: Kind) -> None:
    """Make `value` the member `name`: in the place of one of the same kind, else as the last."""
    held = kinds.get(name)
    if held is not kind:
        if held is not None and not (held in BUFFERS and kind in BUFFERS):
            kinds.pop(name, None)
        kinds[name] = kind
    attributes[name] = value


def replace(module: Any, values: Mapping[str, Any], shown: tuple[Kind, ...]) -> None:
    """Make these all the members of some kinds that the module has; its notes are then its own, not a copy's too."""
    attributes, found = module.__dict__, dict(values)
    old = kinds_of(module, "members")
    for name in [name for name, kind in old.items() if kind in shown and name not in found]:
        del attributes[name]
    kept = {name: kind for name, kind in old.items() if kind not in shown or name in found}
    attributes["_member_kinds"] = kept
    for name, value in found.items():
        put(attributes, kept, name, value, old[name] if old.get(name) in shown else shown[0])


def registered(module: Any, name: str, value: Any, kind: Kind) -> Any:
    """The value, once the hooks of all registrations have seen it."""
    for wanted, hook in tuple(REGISTERED.values()):
        if wanted is (BUFFER if kind is UNSAVED_BUFFER else kind) and (
            value is not None or kind is not PARAMETER
        ):
            answer = hook(module, name, value)
            value = value if answer is None else answer
    return value


def named(module: Any, kinds: tuple[Kind, ...]) -> list[tuple[str, Any]]:
    """(name, member) of the module's own members of some kinds, without those that are None."""
    attributes = module.__dict__
    own = attributes["_member_kinds"] if "_member_kinds" in attributes else kinds_of(module, "members")
    return [
        (name, value)
        for name, kind in own.items()
        if kind in kinds and (value := attributes[name]) is not None
    ]


def state_of(module: Any) -> list[tuple[str, Any]]:
    """(name, tensor) of what a state dict has of the module itself: its parameters, then its saved buffers."""
    return named(module, PARAMETERS) + named(module, SAVED_BUFFERS)


def names(module: Any, kinds: tuple[Kind, ...]) -> set[str]:
    """The names of the module's own members of some kinds, those that are None among them."""
    return {name for name, kind in kinds_of(module, "members").items() if kind in kinds}


def get(module: Any, name: str, kinds: tuple[Kind, ...], target: str) -> Any:
    """The module's own member of that name; `target` is the path that was asked for.

    Raises:
        MemberError: if there is none, or it is of another kind.
    """
    value = getattr(module, name)  # raises with the nearest name
    if kinds_of(module, "members").get(name) not in kinds:
        raise MemberError(f"'{target}': '{name}' in {type(module).__name__} is not a {kinds[0].value}")
    return value


def check_name(module: Any, name: Any, kind: Kind) -> None:
    """Raise unless the module can have a member of that name and kind.

    Raises:
        ArgumentError: if it is not a string.
        MemberNameError: if it is empty, holds a dot, or is the name of something else.
    """
    what = "buffer" if kind in BUFFERS else kind.value
    owner = type(module).__name__
    if not isinstance(name, str):
        raise ArgumentError(f"{owner}: a {what}'s name is a string, got {type(name).__name__}")
    if "." in name or not name:
        problem = "hold a '.', which separates modules" if name else "be empty"
        raise MemberNameError(f"{owner}: the name of a {what} cannot {problem}, got {name!r}")
    held = kinds_of(module, what).get(name)
    same = held in BUFFERS if kind in BUFFERS else held is kind
    if not same and (name in vars(module) or hasattr(type(module), name)):
        raise MemberNameError(f"{owner}: '{name}' is already an attribute; give the {what} another name")


def check_value(module: Any, name: str, value: Any, kind: Kind, module_class: type) -> None:
    """Raise unless `value`, or None, can be a member of that kind.

    Raises:
        ArgumentError: if it is of another type, or a parameter that is the result of an operation.
    """
    wanted: type = Parameter if kind is PARAMETER else module_class if kind is MODULE else Variable
    if value is not None and not isinstance(value, wanted):
        what = {Kind.PARAMETER: "an nn.Parameter", Kind.MODULE: "an nn.Module"}.get(kind, "a Tensor")
        hint = (
            "; wrap it in nn.Parameter(...)" if kind is Kind.PARAMETER and isinstance(value, Variable) else ""
        )
        raise ArgumentError(
            f"{type(module).__name__}: cannot assign a {type(value).__name__} as the "
            f"{'buffer' if kind in BUFFERS else kind.value} '{name}': it must be {what} or None{hint}"
        )
    if kind is PARAMETER and isinstance(value, Parameter) and isinstance(value.current_node(), Node):
        raise ArgumentError(
            f"{type(module).__name__}: the parameter '{name}' is the result of an operation, so it cannot be learnt; "
            "compute it in forward() from parameters instead"
        )


def kinds_of(module: Any, what: str) -> dict[str, Kind]:
    """The module's notes on its members.

    Raises:
        MemberError: if `Module.__init__` has not run yet.
    """
    kinds: dict[str, Kind] | None = vars(module).get("_member_kinds")
    if kinds is None:
        raise MemberError(
            f"cannot assign {what} before Module.__init__() call: "
            f"begin {type(module).__name__}.__init__ with super().__init__()"
        )
    return kinds


def missing(module: Any, name: str) -> MemberError:
    """The error for an attribute that is not there; it suggests the nearest name that is."""
    near = [] if name.startswith("__") else get_close_matches(name, dir(module), 1)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    early = (
        ""
        if "_member_kinds" in vars(module)
        else "; Module.__init__ has not run: call super().__init__() first"
    )
    return MemberError(f"'{type(module).__name__}' object has no attribute '{name}'{hint}{early}")
