"""Memory that a worker and its program share, so that a batch passes from one to the other without being sent.

A batch is pickled by `multiprocessing`, with its large arrays taken out; these lie in one block, of which only the
number is sent. A block belongs to its worker, is filled with one batch after another, and is mapped by the program
once. The program reads the arrays where they lie, and when the last of them is gone the block's number goes back to
the worker with the next task.

A block is an anonymous file (`memfd_create`), handed over through the socket between the two: it has no name that could
be left behind, and the system frees it with the last process that maps it, however that ends. Systems without such
files send the arrays themselves.
"""

from __future__ import annotations

import mmap
import os
import weakref
from typing import Any, NamedTuple

import numpy as np

SMALLEST = 1 << 14  # bytes; smaller arrays are sent
_ALIGNED = 64  # bytes: a line of the processor's cache
LENT = 8  # blocks of one worker that batches in use may hold; of further batches the program takes copies

CAN_SHARE = hasattr(os, "memfd_create")


class Sent(NamedTuple):
    """A pickled batch on its way.

    data:    the pickle, without the large arrays
    spans:   where each of these lies in the block: first byte, and the one after its last
    block:   the block's number, or None if there are no large arrays
    size:    that of the block in bytes, if it is new and its file follows; else 0
    """

    data: bytes
    spans: tuple[tuple[int, int], ...]
    block: int | None
    size: int


class Writer:
    """The worker's side: blocks that it fills."""

    def __init__(self) -> None:
        self._blocks: dict[int, mmap.mmap] = {}
        self._free: list[int] = []
        self._count = 0

    def give_back(self, numbers: list[int]) -> None:
        """The program has no more use for these blocks."""
        self._free += numbers

    def pack(self, batch: Any) -> tuple[Sent, int | None]:
        """A batch, ready to be sent, and the file of its block, if that is new."""
        buffers: list[Any] = []
        data = pickled(batch, buffers if CAN_SHARE else None)
        if not buffers:
            return Sent(data, (), None, 0), None
        spans, end = [], 0
        for buffer in buffers:
            start = -(-end // _ALIGNED) * _ALIGNED
            end = start + buffer.nbytes
            spans.append((start, end))
        number, size, file = self._block(end)
        room = np.frombuffer(self._blocks[number], np.uint8)
        for (start, stop), buffer in zip(spans, buffers, strict=True):
            room[start:stop] = np.frombuffer(buffer, np.uint8)
        return Sent(data, tuple(spans), number, size), file

    def _block(self, need: int) -> tuple[int, int, int | None]:
        """A free block of at least so many bytes; where there is none, a new one in the place of one too small."""
        fitting = [n for n in self._free if len(self._blocks[n]) >= need]
        if fitting:
            number = min(fitting, key=lambda n: len(self._blocks[n]))
            self._free.remove(number)
            return number, 0, None
        if self._free:
            number = self._free.pop()
            del self._blocks[number]
        else:
            number = self._count
            self._count += 1
        size = -(-(need + need // 8) // mmap.PAGESIZE) * mmap.PAGESIZE
        file = os.memfd_create("nn.data")
        try:
            os.ftruncate(file, size)
            self._blocks[number] = mmap.mmap(file, size)
        except BaseException:
            os.close(file)
            raise
        return number, size, file


class Reader:
    """The program's side: blocks of one worker, and which of them batches are using."""

    def __init__(self) -> None:
        self._blocks: dict[int, mmap.mmap] = {}
        self._lent: dict[int, weakref.ref[Any]] = {}
        self._returned: list[int] = []

    def take(self, file: int, number: int, size: int) -> None:
        """Map a new block, which takes the place of an older one of its number."""
        try:
            self._blocks[number] = mmap.mmap(file, size)
        finally:
            os.close(file)

    def unpack(self, sent: Sent) -> Any:
        """The batch; its large arrays are those in the block."""
        if sent.block is None:
            return unpickled(sent.data, ())
        memory = np.frombuffer(self._blocks[sent.block], np.uint8)
        parts = [memory[start:stop] for start, stop in sent.spans]
        if sum(lent() is not None for lent in self._lent.values()) >= LENT:
            parts = [part.copy() for part in parts]
            self._returned.append(sent.block)
        else:
            self._lend(memory, sent.block)
        return unpickled(sent.data, parts)

    def drop(self, sent: Sent) -> None:
        """Give a block back whose batch nobody wants."""
        if sent.block is not None:
            self._returned.append(sent.block)

    def returned(self) -> list[int]:
        """The blocks that no batch uses any more, once each."""
        numbers = [self._returned.pop() for _ in range(len(self._returned))]
        for number in numbers:
            self._lent.pop(number, None)
        return numbers

    def _lend(self, memory: Any, number: int) -> None:
        """Have the block given back when the last array in it is gone; all of them keep `memory` alive."""
        returned = self._returned
        self._lent[number] = weakref.ref(memory, lambda _: returned.append(number))


def pickled(value: Any, buffers: list[Any] | None = None) -> bytes:
    """Pickle what a program sends to a process of its own; its large arrays are put into `buffers`."""
    from io import BytesIO
    from multiprocessing.reduction import ForkingPickler

    def stays(buffer: Any) -> bool:
        """Whether an array stays in the pickle."""
        memory = buffer.raw()
        if memory.nbytes < SMALLEST:
            return True
        buffers.append(memory)  # type: ignore[union-attr]  # only called where there are some
        return False

    out = BytesIO()
    ForkingPickler(out, 5, True, None if buffers is None else stays).dump(value)
    return out.getvalue()


def unpickled(data: Any, buffers: Any = ()) -> Any:
    """Undo `pickled`."""
    from multiprocessing.reduction import ForkingPickler

    return ForkingPickler.loads(data, buffers=buffers)
