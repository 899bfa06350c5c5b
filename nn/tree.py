"""The part of `Module` that goes through the modules, parameters and buffers inside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Self

from autograd import Tensor
from autograd.errors import ArgumentError
from nn import members
from nn.members import BUFFERS, Kind
from nn.parameter import Parameter

if TYPE_CHECKING:
    from nn.module import Module


class ModuleTree:
    """The part of `Module` that knows what is inside it."""

    def _walk(
        self, kinds: tuple[Kind, ...], prefix: str, recurse: bool, remove_duplicate: bool
    ) -> Iterator[tuple[str, Any]]:
        found: list[tuple[str, Any]] = []
        seen: set[int] = set()
        modules = self.named_modules(None, prefix, remove_duplicate) if recurse else ((prefix, self),)
        for path, module in modules:
            for name, value in members.named(module, kinds):
                if not remove_duplicate or id(value) not in seen:
                    seen.add(id(value))
                    found.append((f"{path}.{name}" if path else name, value))
        return iter(found)

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """Go through (name, parameter); one that occurs twice comes once, by its first name."""
        return self._walk(members.PARAMETERS, prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """Go through the parameters, those of submodules among them."""
        return iter([value for _, value in self.named_parameters(recurse=recurse)])

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """Go through (name, buffer)."""
        return self._walk(BUFFERS, prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """Go through the buffers."""
        return (value for _, value in self.named_buffers(recurse=recurse))

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """Go through (name, module) of the modules directly in this one; one that occurs twice comes once."""
        seen: set[int] = set()
        for name, module in members.named(self, members.MODULES):
            if id(module) not in seen:
                seen.add(id(module))
                yield name, module

    def children(self) -> Iterator[Module]:
        """Go through the modules directly in this one."""
        return (module for _, module in self.named_children())

    def named_modules(
        self: Any, memo: set[Module] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """Go through (path, module), from this one downwards, such as ('encoder.0', Linear(…))."""
        found: list[tuple[str, Module]] = []
        _collect(self, set() if memo is None else memo, prefix, remove_duplicate, found)
        return iter(found)

    def modules(self, remove_duplicate: bool = True) -> Iterator[Module]:
        """Go through all modules, this one first."""
        return (module for _, module in self.named_modules(remove_duplicate=remove_duplicate))

    def get_submodule(self: Any, target: str) -> Module:
        """The module at a path such as "encoder.0"; "" is this one.

        Raises:
            MemberError: if there is none.
        """
        module: Module = self
        for name in target.split(".") if target else ():
            module = members.get(module, name, (Kind.MODULE,), target)
        return module

    def set_submodule(self, target: str, module: Module, strict: bool = False) -> None:
        """Put a module at a path such as "encoder.0".

        Args:
            target: the path; the module that it is to be in must be there.
            module: the module.
            strict: there must be a module at the path already.

        Raises:
            ArgumentError: if the path is empty, or `module` is not a module.
            MemberError: if something on the path is not there, or is not a module.
        """
        from nn.module import Module  # stands above

        if not target:
            raise ArgumentError("Cannot set the submodule without a target name!")
        if not isinstance(module, Module):
            raise ArgumentError(f"set_submodule: needs a module, got {type(module).__name__}")
        path, _, name = target.rpartition(".")
        parent = self.get_submodule(path)
        if strict or hasattr(parent, name):
            members.get(parent, name, (Kind.MODULE,), target)
        setattr(parent, name, module)

    def get_parameter(self, target: str) -> Parameter:
        """The parameter at a path such as "encoder.0.weight".

        Raises:
            MemberError: if there is none.
        """
        path, _, name = target.rpartition(".")
        found: Parameter = members.get(self.get_submodule(path), name, (Kind.PARAMETER,), target)
        return found

    def get_buffer(self, target: str) -> Tensor:
        """The buffer at a path.

        Raises:
            MemberError: if there is none.
        """
        path, _, name = target.rpartition(".")
        found: Tensor = members.get(self.get_submodule(path), name, BUFFERS, target)
        return found

    def apply(self, fn: Callable[[Any], None]) -> Self:
        """Call `fn` on every module, the innermost first; return this one."""
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self


def _collect(module: Any, memo: set[Any], path: str, unique: bool, found: list[tuple[str, Any]]) -> None:
    """Add (path, module) of a module and of those inside it; `memo` holds those to be left out."""
    if module in memo:
        return
    if unique:
        memo.add(module)
    found.append((path, module))
    for name, part in members.named(module, members.MODULES):
        inner = f"{path}.{name}" if path else name
        if type(part).named_modules is ModuleTree.named_modules:
            _collect(part, memo, inner, unique, found)
        else:  # it has its own
            found += part.named_modules(memo, inner, unique)
