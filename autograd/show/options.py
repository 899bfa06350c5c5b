"""Options as users give them: counts, flags, lists of words, tables of names; errors say what an option takes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from autograd.errors import ArgumentError


def check_count(who: str, option: str, given: Any, least: int, meaning: str = "") -> None:
    """Refuse what is not a whole number, or is below the least.

    >>> check_count("draw", "max_nodes", 0, 1)
    Traceback (most recent call last):
        ...
    autograd.errors.ArgumentError: draw: max_nodes must be at least 1, got 0
    """
    if isinstance(given, bool) or not isinstance(given, (int, np.integer)):
        raise ArgumentError(f"{who}: {option} must be a whole number, got {given!r:.80}")
    if given < least:
        raise ArgumentError(f"{who}: {option} must be at least {least}{meaning}, got {given}")
    if given > sys.maxsize:
        raise ArgumentError(f"{who}: {option} must be at most {sys.maxsize}, got a number larger than that")


def check_flag(who: str, option: str, given: Any, otherwise: str = "") -> None:
    """Refuse what is not True or False, nor None where that means something.

    >>> check_flag("draw", "fold", "yes", "or None to decide by the size")
    Traceback (most recent call last):
        ...
    autograd.errors.ArgumentError: draw: fold is True or False, or None to decide by the size; got 'yes'
    """
    if not isinstance(given, (bool, np.bool_)) and not (given is None and otherwise):
        raise ArgumentError(
            f"{who}: {option} is True or False{', ' * bool(otherwise)}{otherwise}; got {given!r:.80}"
        )


def words(who: str, option: str, given: Any, meaning: str) -> tuple[str, ...]:
    """What may be given as one string or several, as a tuple; none for None.

    >>> words("draw", "collapse", "encoder", "paths of modules")
    ('encoder',)
    >>> words("draw", "collapse", 3, "paths of modules")
    Traceback (most recent call last):
        ...
    autograd.errors.ArgumentError: draw: collapse takes a string or a list of strings, paths of modules; got 3
    """
    if given is None or isinstance(given, str):
        return () if given is None else (given,)
    found = tuple(given) if isinstance(given, Iterable) and not isinstance(given, (bytes, Mapping)) else None
    if found is None or not all(isinstance(word, str) for word in found):
        shown = given if found is None else next(word for word in found if not isinstance(word, str))
        inside = "" if found is None else f" in a {type(given).__name__}"
        raise ArgumentError(
            f"{who}: {option} takes a string or a list of strings, {meaning}; got {shown!r:.80}{inside}"
        )
    return found


def check_table(who: str, option: str, given: Any, meaning: str, strings: bool = False) -> None:
    """Refuse what is neither None nor a dict, nor one with other keys than strings if they must be.

    >>> check_table("draw", "names", [1], "of name -> tensor or Value, such as locals()")
    Traceback (most recent call last):
        ...
    autograd.errors.ArgumentError: draw: names must be a dict of name -> tensor or Value, such as locals(); got list
    """
    if given is None:
        return
    if not isinstance(given, Mapping):
        raise ArgumentError(f"{who}: {option} must be a dict {meaning}; got {type(given).__name__}")
    for key in given:
        if strings and not isinstance(key, str):
            raise ArgumentError(
                f"{who}: {option} must be a dict {meaning}, whose keys are strings; got {key!r:.80}"
            )


def check_folder(who: str, option: str, given: Any) -> None:
    """Refuse what is neither None nor a path."""
    if given is not None and not isinstance(given, (str, os.PathLike)):
        raise ArgumentError(f"{who}: {option} is the path of a folder, a string or a Path; got {given!r:.80}")
