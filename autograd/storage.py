"""Which memory was written in place, how often and when.

A storage is the array that owns the memory; each view of it leads there by `.base`. Only storages that were written
are on record, so computing costs nothing: a formula's saved array was changed if its storage was written later than
the node was recorded, and one clock counts both.
"""

from __future__ import annotations

import itertools
import weakref
from collections import deque
from typing import Any

import numpy as np

clock = itertools.count(1)
"""One count for every node and every in-place write: it orders the tape."""


class _LastWrite:
    """When any storage was last written: what was recorded later needs no check."""

    __slots__ = ("time",)

    def __init__(self) -> None:
        self.time = 0


last_write = _LastWrite()


class _Writes:
    """The writes to one storage: how many, and when the last few were."""

    __slots__ = ("count", "owner", "times")

    def __init__(self, holder: Any) -> None:
        self.count = 0
        self.times: deque[int] = deque(maxlen=16)
        key = id(holder)
        try:
            self.owner: Any = weakref.ref(holder, lambda _: _STORAGES.pop(key, None))
        except TypeError:
            self.owner = holder  # memory of another library: kept, so that its id stays its own


_STORAGES: dict[int, _Writes] = {}


def owner(counted: Any) -> Any:
    """What holds an array's memory; a tensor outside the graph stands for itself (see `tape.counted`)."""
    if type(counted) is np.ndarray:
        while (base := getattr(counted, "base", None)) is not None:
            counted = base
    return counted


def deep_copied(array: Any, memo: dict[int, Any]) -> Any:
    """A copy of an array, with its strides, in a copy of its storage: tensors that share memory share that.

    memo:  of `copy.deepcopy`, which holds the storages copied so far
    """
    holder = owner(array)
    if not isinstance(holder, np.ndarray) or not holder.flags.forc:
        return array.copy()
    if id(holder) not in memo:
        memo[id(holder)] = holder.copy("K")
    offset = array.__array_interface__["data"][0] - holder.__array_interface__["data"][0]
    return np.ndarray(array.shape, array.dtype, memo[id(holder)], offset, array.strides)


def note_write(*counted: Any) -> None:
    """Record an in-place write to the arrays' storages."""
    last_write.time = now = next(clock)
    for array in counted:
        writes = _STORAGES.get(id(array))  # there is one under its own id only if it is a storage
        if writes is None:
            writes = _writes_of(owner(array))
        writes.count += 1
        writes.times.append(now)


def _writes_of(holder: Any) -> _Writes:
    """The record of a storage, made if there is none yet."""
    writes = _STORAGES.get(id(holder))
    if writes is None:
        writes = _STORAGES[id(holder)] = _Writes(holder)
    return writes


def moved(old: Any, new: Any) -> None:
    """Count the writes to one array's storage as those of another's, which has taken its place."""
    writes = _STORAGES.get(id(owner(old)))
    if writes is not None:
        holder = owner(new)
        same = _STORAGES[id(holder)] = _Writes(holder)
        same.count, same.times = writes.count, writes.times.copy()


def version(array: Any) -> int:
    """How often the array's storage was written in place.

    >>> import numpy as np
    >>> a = np.zeros(3)
    >>> note_write(a[1:])
    >>> version(a), version(a[:1])
    (1, 1)
    """
    writes = _STORAGES.get(id(owner(array)))
    return 0 if writes is None else writes.count


def version_at(array: Any, time: int) -> int:
    """What `version` was at a time of the clock (at least; only the last writes are on record)."""
    writes = _STORAGES.get(id(owner(array)))
    return 0 if writes is None else writes.count - sum(t > time for t in tuple(writes.times))


def written_since(array: Any, time: int) -> bool:
    """Whether the array's storage was written after a time of the clock."""
    writes = _STORAGES.get(id(owner(array)))
    return writes is not None and writes.times[-1] > time
