"""Functions of `autograd.linalg` in the place of methods: few programs use them, so it is loaded on use."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any


class OnUse:
    """A function of `autograd.linalg` that is loaded when it is first asked for; in a class, a method."""

    __slots__ = ("__name__", "_module")

    def __init__(self, module: str, name: str) -> None:
        self._module = module
        self.__name__ = name

    def _loaded(self) -> Callable[..., Any]:
        function: Callable[..., Any] = getattr(
            import_module(f"autograd.linalg.{self._module}"), self.__name__
        )
        return function

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self._loaded().__get__(instance, owner)

    def __call__(self, *args: Any, **named: Any) -> Any:
        """What the function returns."""
        return self._loaded()(*args, **named)
