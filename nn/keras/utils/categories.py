"""Classes as one-hot vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import ArgumentError


def to_categorical(x: Any, num_classes: int | None = None) -> Any:
    """Integer classes as one-hot rows of float32: (…) or (…, 1) → (…, num_classes).

    Args:
        x: integers from 0 to num_classes − 1.
        num_classes: the largest class and 1 if left out.

    Raises:
        ArgumentError: if x does not hold whole numbers, or one is out of range.

    >>> to_categorical([0, 2, 1]).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
    """
    given = np.asarray(x)
    classes = given.astype(np.int64)
    if given.dtype.kind not in "fiub" or (classes != given).any():
        raise ArgumentError(f"to_categorical: takes whole numbers, got {given.dtype} values")
    shape = classes.shape[:-1] if classes.ndim > 1 and classes.shape[-1] == 1 else classes.shape
    flat = classes.reshape(-1)
    count = int(flat.max(initial=-1)) + 1 if num_classes is None else int(num_classes)
    if flat.size and not 0 <= flat.min() <= flat.max() < count:
        raise ArgumentError(
            f"to_categorical: classes lie in 0 … {count - 1}, got {flat.min()} … {flat.max()}"
        )
    made = np.zeros((flat.size, count), np.float32)
    made[np.arange(flat.size), flat] = 1
    return made.reshape(*shape, count)
