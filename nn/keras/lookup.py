"""The error for a name that nothing has, with the names that are near to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd.errors import ArgumentError


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
