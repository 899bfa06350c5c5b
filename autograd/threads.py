"""How many threads matrix products use: NumPy's and SciPy's OpenBLAS are asked and told directly.

Where they were built with another library there is nothing to tell it by; its own environment variable does.
"""

from __future__ import annotations

import functools
import os
from typing import Any

import numpy as np

from autograd.errors import ArgumentError


@functools.lru_cache(maxsize=1)
def _libraries() -> list[tuple[Any, Any]]:
    """Of each OpenBLAS that NumPy and SciPy brought along: the functions that get and set its number of threads."""
    import ctypes  # on use: few programs ask
    from pathlib import Path

    site = Path(np.__file__).parent.parent
    files = [
        f
        for d in ("numpy.libs", "scipy.libs", "numpy/.dylibs", "scipy/.dylibs")
        for f in (site / d).glob("*openblas*")
    ]
    found = []
    for library in map(ctypes.CDLL, map(str, files)):
        for suffix in ("64_", ""):
            names = [f"scipy_openblas_{verb}_num_threads{suffix}" for verb in ("get", "set")]
            if all(hasattr(library, name) for name in names):
                found.append((getattr(library, names[0]), getattr(library, names[1])))
                break
    return found


def get_num_threads() -> int:
    """Return how many threads matrix products use; the number of processors where that cannot be asked.

    >>> get_num_threads() >= 1
    True
    """
    for get_threads, _ in _libraries():
        return int(get_threads())
    return os.cpu_count() or 1


def set_num_threads(num_threads: Any) -> None:
    """Set how many threads matrix products may use.

    Raises:
        ArgumentError: if it is not a positive integer.
    """
    if isinstance(num_threads, bool) or not isinstance(num_threads, int) or num_threads < 1:
        raise ArgumentError(f"set_num_threads: needs a positive integer, got {num_threads!r}")
    for _, set_threads in _libraries():
        set_threads(num_threads)
