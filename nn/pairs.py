"""The pairs of names and values that a container of named parts is made from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd.errors import ArgumentError


def checked_pairs(container: str, parts: Any) -> list[tuple[Any, Any]]:
    """(name, value) of each part of a mapping, of a container with `items`, or of a list of pairs.

    Raises:
        ArgumentError: if it is none of these.
    """
    if hasattr(parts, "items"):
        return list(parts.items())
    if not isinstance(parts, Iterable):
        raise ArgumentError(
            f"{container}.update: needs a dict or pairs of name and value, got {type(parts).__name__}"
        )
    pairs = list(parts)
    for i, pair in enumerate(pairs):
        if not isinstance(pair, Iterable):
            raise ArgumentError(f"{container}.update: element {i} must be a pair, got {type(pair).__name__}")
        if len(list(pair)) != 2:
            raise ArgumentError(
                f"{container}.update: element {i} has length {len(list(pair))}; 2 is required"
            )
    return [tuple(pair) for pair in pairs]
