"""Ctrl-C while a model is trained: it ends after the batch that is running, so that no step is left half done."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self


class Interrupts:
    """Notes the first Ctrl-C in `caught`; the second one raises KeyboardInterrupt as usual.

    In a thread, or where a program has a handler of its own, nothing is changed.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self.caught = False
        self._ours = False

    def __enter__(self) -> Self:
        main = threading.current_thread() is threading.main_thread()
        if main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._note)
            self._ours = True
        return self

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.caught:
            signal.default_int_handler(number, frame)
        self.caught = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
