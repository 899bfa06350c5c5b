"""Recording `Value`s: where in the program each was made, and what backward brought to it.

A `Value` does nothing for a recording, for it is to be fast and to be read in one sitting. So a recording watches
from outside, as a profiler does: the interpreter tells it when the functions in question return. What is kept of a
Value lies in its own `__dict__`, and goes when it goes.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import CodeType, FrameType, TracebackType
from typing import Any, cast

from autograd.recording import Calls, Running
from autograd.tape import Frames
from autograd.value import Value, dot
from autograd.watch import users_frames

_KEPT = "_recorded"
"""The name in a Value's `__dict__`."""

_MADE = Value.__init__.__code__
_PASSED = Value._backward.__code__  # noqa: SLF001  micrograd's name for it
_FILE = dot.__code__.co_filename


@dataclass(eq=False)
class ValueRecord:
    """One operation on Values as it was recorded.

    data, inputs: the numbers of its result and of its parents at that time
    frames:     the user's calls
    calls:      the calls of modules that were running
    classes:    path -> class of all modules that are recorded
    upstream:   the gradient that backward brought; None before
    after:      parent's position -> its gradient when backward had passed on, of leaves; turn: in which order
    error:      why it failed, in backward
    """

    data: float
    inputs: tuple[float, ...]
    frames: Frames
    calls: Calls
    classes: Mapping[str, str]
    upstream: float | None = None
    after: dict[int, float] = field(default_factory=dict)
    turn: int = 0
    error: str = ""

    @property
    def module(self) -> str:
        """The path of the innermost module that was running, or ""."""
        return self.calls[-1][0] if self.calls else ""


class ValueFailure:
    """An operation on Values that did not come to a result; parents are what it was given."""

    def __init__(
        self, op: str, parents: tuple[Value, ...], error: str, frames: Frames, module: str, classes: Any
    ) -> None:
        self.op, self.parents, self.error = op, parents, error
        self.frames, self.module, self.classes = frames, module, classes


def recorded(v: Value) -> ValueRecord | None:
    """What a recording has kept of a Value."""
    return cast("ValueRecord | None", vars(v).get(_KEPT))


class ValueWatch:
    """What the interpreter tells of a thread's Values.

    classes: path -> class of the modules that are recorded
    paths:   id of each module that has no hooks of its own -> its path
    running: the modules that are running
    """

    def __init__(self, classes: Mapping[str, str], running: Running) -> None:
        self.classes = classes
        self.running = running
        self.values: list[Value] = []
        self.refused: tuple[str, tuple[Value, ...]] = ("", ())  # the last operator that knew not what to do
        self._paths: dict[int, str] = {}
        self._calls: set[CodeType] = set()
        self._turn = 0
        self._before: list[Any] = []

    def add_module(self, path: str, module: Any) -> None:
        """Watch the calls of a module."""
        call = getattr(type(module).__call__, "__code__", None)
        if call is not None:
            self._paths[id(module)] = path
            self._calls.add(call)

    def start(self) -> None:
        """Watch from now on. A profiler that is running already is left alone, and no Value is recorded then."""
        before = sys.getprofile()
        self._before.append(before)
        if before is None or isinstance(before, ValueWatch):
            sys.setprofile(self)

    def stop(self) -> None:
        """Watch no longer."""
        before = self._before.pop()
        if sys.getprofile() is self:
            sys.setprofile(before)

    def __call__(self, frame: FrameType, event: str, result: Any) -> None:
        """What the interpreter calls."""
        if event == "return":
            code = frame.f_code
            if code is _MADE:
                self._made(frame)
            elif code is _PASSED:
                self._passed(frame.f_locals["self"])
            elif code in self._calls and self.path_of(frame) is not None:
                self.running.leave()
            elif result is NotImplemented and code.co_filename == _FILE:
                given = frame.f_locals
                self.refused = operation_of(frame), values_in((given.get("self"), given.get("other")))
        elif event == "call" and frame.f_code in self._calls and (path := self.path_of(frame)) is not None:
            self.running.enter(path)

    def path_of(self, frame: FrameType) -> str | None:
        """The path of the module that a frame is a call of."""
        names = frame.f_code.co_varnames
        return self._paths.get(id(frame.f_locals.get(names[0]))) if names else None

    def calls_of(self, traceback: TracebackType | None) -> str:
        """The path of the innermost module through which an error came, or ""."""
        found = ""
        while traceback is not None:
            if traceback.tb_frame.f_code in self._calls:
                found = self.path_of(traceback.tb_frame) or found
            traceback = traceback.tb_next
        return found

    def _made(self, frame: FrameType) -> None:
        v: Value = frame.f_locals["self"]
        parents = getattr(v, "parents", ())  # it has none if it was refused
        if parents:
            inputs = tuple(p.data for p in parents)
            vars(v)[_KEPT] = ValueRecord(
                v.data, inputs, users_frames(frame), self.running.calls, self.classes
            )
            self.values.append(v)

    def _passed(self, v: Value) -> None:
        record = recorded(v)
        if record is not None:
            record.upstream = v.grad
            record.after = {i: p.grad for i, p in enumerate(v.parents) if not p.parents}
            self._turn += 1
            record.turn = self._turn

    @property
    def results(self) -> list[Value]:
        """The Values that nothing was computed from."""
        used = {p for v in self.values for p in v.parents}
        return [v for v in self.values if v not in used]


def operation_of(frame: FrameType) -> str:
    """The name of the operation that a frame of `Value` is a call of."""
    op = frame.f_locals.get("op")
    return op if isinstance(op, str) else frame.f_code.co_name


def is_of_values(frame: FrameType) -> bool:
    """Whether a frame is a call of `Value`'s own file."""
    return frame.f_code.co_filename == _FILE


def values_in(things: Any) -> tuple[Value, ...]:
    """The Values among things, also in lists and tuples."""
    found: list[Value] = []
    for thing in things:
        if isinstance(thing, Value):
            found.append(thing)
        elif isinstance(thing, (list, tuple)):
            found += values_in(thing)
    return tuple(dict.fromkeys(found))


def failing_backward(traceback: TracebackType | None) -> ValueRecord | None:
    """The record of the node whose step of the chain rule raised an error."""
    code = Value.backward.__code__
    while traceback is not None:
        if traceback.tb_frame.f_code is code:
            v = traceback.tb_frame.f_locals.get("node")
            return recorded(v) if isinstance(v, Value) else None
        traceback = traceback.tb_next
    return None
