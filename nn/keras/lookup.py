"""The errors for a name that nothing has, and an argument that nothing takes, with the names that are near to it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any, ParamSpec, Self, TypeVar

from autograd.errors import ArgumentError

P = ParamSpec("P")
R = TypeVar("R")


def unknown_name(kind: str, given: Any, names: Iterable[str]) -> ArgumentError:
    """The error to raise, which says what there is.

    >>> str(unknown_name("loss", "msee", ["mse", "mae"]))
    "loss: there is no 'msee'; did you mean 'mse'? There are: mae, mse"
    """
    from difflib import get_close_matches

    known = sorted(set(names))
    if not isinstance(given, str):
        return ArgumentError(
            f"{kind}: {given!r} is neither a name nor a {kind}. Names are: {', '.join(known)}"
        )
    near = get_close_matches(given.lower(), known, 1)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    return ArgumentError(f"{kind}: there is no {given!r}{hint} There are: {', '.join(known)}")


def unexpected(who: str, given: Iterable[str], known: Iterable[str]) -> ArgumentError:
    """The error to raise for keyword arguments of which one is not known.

    >>> str(unexpected("Dense", ["units", "activaton"], ["units", "activation"]))
    "Dense: there is no argument 'activaton'; did you mean 'activation'? There are: units, activation"
    """
    from difflib import get_close_matches

    names = list(known)
    unknown = next(name for name in given if name not in names)
    near = get_close_matches(unknown.lower(), names, 1)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    return ArgumentError(
        f"{who}: there is no argument {unknown!r}{hint} There are: {', '.join(names) or 'none'}"
    )


def arguments_of(cls: type) -> list[str]:
    """The arguments of a class, and those that it hands on to its bases."""
    found: dict[str, None] = {}
    for base in cls.__mro__:
        if "__init__" in base.__dict__:
            named, others = _arguments(base.__dict__["__init__"])
            found.update(dict.fromkeys(named))
            if not others:
                break
    return list(found)


def _arguments(init: Any) -> tuple[list[str], bool]:
    """The names of the arguments of an `__init__`, and whether it takes any others."""
    parameters = list(inspect.signature(init).parameters.values())[1:]
    several = [p for p in parameters if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    return [p.name for p in parameters if p not in several], any(p.kind is p.VAR_KEYWORD for p in several)


class NamesItsArguments:
    """A class whose error for an argument that it does not take names the nearest that it does."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:  # noqa: ARG004  # __init__ has them
        """Look at the names of the keyword arguments, where `__init__` does not hand them on."""
        if kwargs:
            names, others = _arguments(cls.__init__)
            if not others and not kwargs.keys() <= set(names):
                raise unexpected(cls.__name__, kwargs, names)
        return super().__new__(cls)


def names_its_arguments(function: Callable[P, R]) -> Callable[P, R]:
    """A function whose error for an argument that it does not take names the nearest that it does."""
    known = inspect.signature(function).parameters

    @functools.wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        if not kwargs.keys() <= known.keys():
            raise unexpected(function.__name__, kwargs, [name for name in known if name != "self"])
        return function(*args, **kwargs)

    return checked
