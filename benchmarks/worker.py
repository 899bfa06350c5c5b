"""One peer in a process of its own: reads requests from standard input and answers each with a line of JSON.

`check` runs the first steps and returns their numbers, with the peak memory of the first; `block` times one block.
In a process each, no peer meets another's threads, allocator or garbage collector. `run.py` starts the workers:

    python worker.py MODULE WORKLOAD PEER
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from timer import Timer
from workload import Step, Workload


def numbers(result: Any) -> Iterator[float]:
    """Every number in what a step returned: nested tuples and lists of numbers, arrays and tensors."""
    if isinstance(result, tuple | list):
        for part in result:
            yield from numbers(part)
    else:
        array = np.asarray(result.detach() if hasattr(result, "detach") else result, dtype=float)
        yield from array.ravel().tolist()


def resident(field: str) -> int:
    """VmRSS (memory held now) or VmHWM (held at the peak) of this process, in bytes."""
    found = re.search(rf"^{field}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found
    return int(found[1]) * 1024


def with_growth(step: Step) -> tuple[object, int | None]:
    """Do a step once; also tell by how much memory at its peak exceeded memory before, where Linux tells it."""
    try:
        Path("/proc/self/clear_refs").write_text("5")  # the peak starts again from what is held now
        before = resident("VmRSS")
    except OSError:
        return step(), None
    return step(), resident("VmHWM") - before


def serve(workload: Workload, name: str, replies: IO[str]) -> None:
    """Answer requests until the input ends."""

    def reply(**content: Any) -> None:
        print(json.dumps(content), file=replies, flush=True)

    peer = workload.peers[name]
    step = peer.build()
    timer: Timer | None = None
    reply(version=importlib.metadata.version(peer.distribution) if peer.distribution else "")
    for request in map(str.strip, sys.stdin):
        if request == "check":
            first, growth = with_growth(step)
            values = [list(numbers(first))] + [list(numbers(step())) for _ in range(workload.steps - 1)]
            reply(values=values, growth=growth)
        elif request == "block":
            timer = timer or Timer(step)
            reply(seconds=timer.block())


def main() -> None:
    """Serve one peer; an exception is the last reply."""
    module, key, name = sys.argv[1:]
    # replies keep the real standard output to themselves: what a library prints goes to standard error
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    try:
        serve(getattr(importlib.import_module(module), key), name, replies)
    except Exception as error:  # noqa: BLE001  whatever a library raises is this row of the table
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), file=replies, flush=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
