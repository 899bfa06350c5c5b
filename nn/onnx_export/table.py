"""The table of the export: how each operation is written in ONNX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Writer = Callable[..., Any]
"""(graph, result, the operation's arguments by position) -> the name of its result, or a tuple of names.

`result` is the tensor that the operation gives for the example, or the tuple of several.
"""

WRITERS: dict[str, Writer] = {}


def writes(*names: str) -> Callable[[Writer], Writer]:
    """Enter a function as the writer of operations."""

    def enter(writer: Writer) -> Writer:
        for name in names:
            WRITERS[name] = writer
        return writer

    return enter
