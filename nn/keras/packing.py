"""A batch as a `train_step` of one's own gets it: x alone, (x, y), or (x, y, sample_weight)."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from autograd.errors import ArgumentError
from autograd.tape import wrap
from nn.keras.arrays import mapped


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """What there is of x, y and sample_weight: x alone (in a tuple, if it is a list), (x, y), or all three.

    >>> pack_x_y_sample_weight(1), pack_x_y_sample_weight(1, 2), pack_x_y_sample_weight(1, 2, 3)
    (1, (1, 2), (1, 2, 3))
    """
    if y is None:
        return (x,) if isinstance(x, (tuple, list)) else x
    return (x, y) if sample_weight is None else (x, y, sample_weight)


def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """(x, y, sample_weight) of what `pack_x_y_sample_weight` returned, None for what is not there.

    Raises:
        ArgumentError: if it is a tuple of more than three.

    >>> unpack_x_y_sample_weight((1, 2))
    (1, 2, None)
    """
    parts = tuple(data) if isinstance(data, (tuple, list)) else (data,)
    if not 1 <= len(parts) <= 3:
        raise ArgumentError(f"a batch is x, (x, y) or (x, y, sample_weight), got {len(parts)} parts")
    x, y, weight = (*parts, None, None)[:3]
    return x, y, weight


def as_tensors(batch: tuple[Any, Any, Any]) -> Any:
    """A batch packed for a step of one's own, all of it tensors."""
    return pack_x_y_sample_weight(
        *(mapped(lambda a: a if isinstance(a, Tensor) else wrap(a), part) for part in batch)
    )
