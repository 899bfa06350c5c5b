"""Memory that is freed stays with the process, for the next array of the size.

The C library of Linux gives freed memory back to the system soon, and the system hands it out again page by page, each
page cleared: a training step on arrays of some megabytes can spend more time on that than on arithmetic. It learns
from what it sees: once a large piece was taken and freed, pieces up to that size are kept, up to twice as much in all.
(Other libraries for tensors have this effect when they are loaded, or an allocator of their own.)
"""

from __future__ import annotations

import numpy as np

_LARGEST = 32 * 2**20  # bytes: it learns nothing from larger pieces


def keep_freed_memory() -> None:
    """Take a large piece and free it, without touching it: some microseconds, and no memory."""
    np.empty(_LARGEST - 2**16, np.uint8)
