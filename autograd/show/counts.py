"""Options that count: nodes, elements, levels of modules."""

from __future__ import annotations

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
        raise ArgumentError(f"{who}: {option} must be a whole number, got {given!r}")
    if given < least:
        raise ArgumentError(f"{who}: {option} must be at least {least}{meaning}, got {given}")
