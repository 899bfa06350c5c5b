"""Containers: modules made of modules, in a chain, a list or a dict."""

from __future__ import annotations

import operator
from collections import OrderedDict
from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from typing import Any, Self, overload

from autograd.errors import ArgumentError, DimensionError, MemberNameError
from nn.members import Kind
from nn.module import Module
from nn.pairs import checked_pairs


class _Numbered(Module):
    """Modules named "0", "1", … in their order, or by names of their own."""

    def _check(self, module: Any) -> Any:
        if module is not None and not isinstance(module, Module):
            raise ArgumentError(
                f"{type(self).__name__}: holds modules, got {type(module).__name__}"
                + ("; call it to make one" if isinstance(module, type) else "")
            )
        return module

    def _key(self, idx: int) -> str:
        """The name of the module at a position."""
        if not hasattr(idx, "__index__"):
            raise ArgumentError(
                f"{type(self).__name__}: an index is an integer or a slice, got {type(idx).__name__}"
            )
        size, position = len(self), operator.index(idx)
        if not -size <= position < size:
            raise DimensionError(f"{type(self).__name__}: index {idx} is out of range for {size} modules")
        return list(self._modules)[position]

    def _renumber(self, modules: Iterable[Module]) -> None:
        """Make these all there are, named by their position."""
        kept = list(modules)
        for key in list(self._modules):
            delattr(self, key)
        for i, module in enumerate(kept):
            self.add_module(str(i), module)

    @overload
    def __getitem__(self, idx: slice) -> Self: ...

    @overload
    def __getitem__(self, idx: int) -> Any: ...

    def __getitem__(self, idx: int | slice) -> Any:
        return self._part(idx) if isinstance(idx, slice) else self._modules[self._key(idx)]

    def _part(self, idx: slice) -> Any:
        raise NotImplementedError

    def __setitem__(self, idx: int, module: Module) -> None:
        setattr(self, self._key(idx), self._check(module))

    def __delitem__(self, idx: int | slice) -> None:
        keys = list(self._modules)[idx] if isinstance(idx, slice) else [self._key(idx)]
        self._renumber([module for key, module in self._modules.items() if key not in keys])

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._modules.values())

    def append(self, module: Module) -> Self:
        """Add a module at the end."""
        self.add_module(str(len(self)), self._check(module))
        return self

    def extend(self, modules: Iterable[Module]) -> Self:
        """Add several modules at the end."""
        if not isinstance(modules, Iterable):
            raise ArgumentError(
                f"{type(self).__name__}.extend: needs a list of modules, got {type(modules).__name__}"
            )
        for module in [self._check(m) for m in modules]:
            self.append(module)
        return self

    def insert(self, index: int, module: Module) -> Self:
        """Add a module before the one at `index`; those behind it are renumbered.

        Raises:
            DimensionError: if the index is out of range.
        """
        if not -len(self) <= index <= len(self):
            raise DimensionError(
                f"{type(self).__name__}: insert: index {index} is out of range for {len(self)} modules"
            )
        modules = list(self)
        modules.insert(index, self._check(module))
        self._renumber(modules)
        return self

    def pop(self, key: int | slice) -> Any:
        """Take out a module, or a slice of them, and return it."""
        module = self[key]
        del self[key]
        return module


class Sequential(_Numbered):
    """A chain of modules: each gets the result of the one before, `f_n(… f_2(f_1(x)))`.

    Args:
        args: the modules in order, or one OrderedDict of them with names.

    >>> import nn
    >>> model = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 1))
    >>> model
    Sequential(
      (0): Linear(in_features=4, out_features=3, bias=True)
      (1): ReLU()
      (2): Linear(in_features=3, out_features=1, bias=True)
    )
    >>> len(model[:2]), model[-1].out_features
    (2, 1)
    """

    @overload
    def __init__(self, *args: Module) -> None: ...

    @overload
    def __init__(self, arg: OrderedDict[str, Module], /) -> None: ...

    def __init__(self, *args: Any) -> None:
        super().__init__()
        if len(args) == 1 and isinstance(args[0], OrderedDict):
            for name, module in args[0].items():
                self.add_module(name, self._check(module))
        else:
            self.extend(args)

    def forward(self, input: Any) -> Any:
        """Pass the input through the chain."""
        attributes = self.__dict__
        for name in self._member_kinds:
            module = attributes[name]
            if isinstance(module, Module):
                # what module(input) does, with one call less for each layer
                input = module.forward(input) if module._call_hooks is None else module(input)  # noqa: SLF001
            elif self._member_kinds[name] is Kind.MODULE:
                raise ArgumentError(
                    f"{type(self).__name__}: cannot pass the input on to '{name}', which is None"
                )
        return input

    def _part(self, idx: slice) -> Sequential:
        return type(self)(OrderedDict(list(self._modules.items())[idx]))

    def __add__(self, other: Sequential) -> Sequential:
        return Sequential(*self, *_sequential(other))

    def __iadd__(self, other: Sequential) -> Self:
        return self.extend(_sequential(other))

    def __mul__(self, other: int) -> Sequential:
        return Sequential(*list(self) * _times(other))

    def __rmul__(self, other: int) -> Sequential:
        return self * other

    def __imul__(self, other: int) -> Self:
        return self.extend(list(self) * (_times(other) - 1))


def _sequential(other: Any) -> Sequential:
    if not isinstance(other, Sequential):
        raise ArgumentError(f"Sequential: only another Sequential can be added, got {type(other).__name__}")
    return other


def _times(count: Any) -> int:
    if not isinstance(count, int) or count < 1:
        raise ArgumentError(f"Sequential: can be multiplied by a positive integer, got {count!r}")
    return count


class ModuleList(_Numbered):
    """A list of modules, which a plain list would hide from `parameters()`. It cannot be called.

    Args:
        modules: the modules in order.

    >>> import nn
    >>> layers = nn.ModuleList(nn.Linear(2, 2) for _ in range(3))
    >>> layers
    ModuleList(
      (0-2): 3 x Linear(in_features=2, out_features=2, bias=True)
    )
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.extend(modules)

    def _part(self, idx: slice) -> ModuleList:
        return type(self)(list(self)[idx])

    def __add__(self, other: Iterable[Module]) -> ModuleList:
        return ModuleList([*self, *other])

    def __iadd__(self, modules: Iterable[Module]) -> Self:
        return self.extend(modules)

    def __repr__(self) -> str:
        """Runs of modules that print alike are shown once."""
        runs: list[tuple[int, int, str]] = []
        for i, module in enumerate(self):
            text = repr(module)
            if runs and runs[-1][2] == text:
                runs[-1] = (runs[-1][0], i, text)
            else:
                runs.append((i, i, text))
        if not runs:
            return f"{self._get_name()}()"
        lines = [f"({a}): {text}" if a == b else f"({a}-{b}): {b - a + 1} x {text}" for a, b, text in runs]
        return f"{self._get_name()}(\n  " + "\n".join(lines).replace("\n", "\n  ") + "\n)"


class ModuleDict(Module):
    """A dict of modules, in the order in which they were added. It cannot be called.

    Args:
        modules: name -> module, or pairs of them.

    >>> import nn
    >>> heads = nn.ModuleDict({"small": nn.Linear(2, 1), "large": nn.Linear(2, 9)})
    >>> heads["large"].out_features, "tiny" in heads
    (9, False)
    """

    def __init__(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.update(modules)

    def __getitem__(self, key: str) -> Any:
        found = self._modules
        if key not in found:
            raise MemberNameError(f"ModuleDict: no module '{key}'; there are {', '.join(found) or 'none'}")
        return found[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        self[key]  # raises if it is not there
        delattr(self, key)

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __contains__(self, key: object) -> bool:
        return key in self._modules

    def clear(self) -> None:
        """Take out all modules."""
        for key in list(self):
            del self[key]

    def pop(self, key: str) -> Any:
        """Take out a module and return it."""
        module = self[key]
        del self[key]
        return module

    def keys(self) -> KeysView[str]:
        """The names."""
        return self._modules.keys()

    def values(self) -> ValuesView[Any]:
        """The modules."""
        return self._modules.values()

    def items(self) -> ItemsView[str, Any]:
        """(name, module) of each."""
        return self._modules.items()

    def update(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]]) -> None:
        """Add modules, or put them in the place of those of the same name."""
        for name, module in checked_pairs("ModuleDict", modules):
            self[name] = module
