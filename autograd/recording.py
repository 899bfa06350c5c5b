"""What a recording keeps of each operation: where it was called, what came in and out, and what backward sent through.

`show.record` puts a `Recorder` into the mode of its thread. Recording then goes the way of anomaly mode: `watch` hands
each new node over. Outside, nothing is called.
"""

from __future__ import annotations

import weakref
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Any, ClassVar

import numpy as np

from autograd.errors import GradientError
from autograd.modes import NO_GRAD, reset_mode, set_mode
from autograd.tape import AnyNode, Frames, Node, Variable, extras_of

Key = tuple[str, int | None]
"""An argument of an operation, and which element of it where it is a sequence."""


Calls = tuple[tuple[str, int], ...]
"""The calls that are running, the innermost last: the path of each module, and the number of the call."""


class Running:
    """The modules that are running.

    calls: those calls now; every call of a recording has another number
    """

    def __init__(self) -> None:
        self.calls: Calls = ()
        self._count = 0

    def enter(self, path: str) -> None:
        """A module begins."""
        self._count += 1
        self.calls = (*self.calls, (path, self._count))

    def leave(self) -> str:
        """The innermost module ends; return its path."""
        path = self.path
        self.calls = self.calls[:-1]
        return path

    @property
    def path(self) -> str:
        """The path of the innermost module, or ""."""
        return self.calls[-1][0] if self.calls else ""


class Given:
    """What an operation was given, to be computed again.

    values:  of each parameter; MISSING for what is not kept: results of other operations, and large arrays
    parents: argument -> the node it came from
    """

    MISSING: ClassVar[Any] = object()
    MOST: ClassVar[int] = 1024
    __slots__ = ("parents", "values")

    def __init__(self, values: tuple[Any, ...], parents: dict[Key, AnyNode]) -> None:
        self.values = values
        self.parents = parents


class Record:
    """One operation as it was recorded.

    parents:     of its node, with the argument that each is
    inputs:      every array that came in
    given:       what it takes to compute it again
    result:      what came out; a tuple where there are several
    dtype:       of the result
    saved:       how many bytes the node kept for its backward
    frames:      the user's calls
    calls:       the calls of modules that were running
    module:      the path of the innermost
    classes:     path -> class of all modules that are recorded
    upstream:    the gradient that backward brought
    locals:      argument -> the local derivative, where it is one number
    contributions: argument -> what backward added to its gradient
    error:       why it failed, in backward
    """

    __slots__ = (
        "calls",
        "classes",
        "contributions",
        "dtype",
        "error",
        "frames",
        "given",
        "inputs",
        "locals",
        "module",
        "parents",
        "result",
        "saved",
        "upstream",
    )  # fmt: skip

    def __init__(self, frames: Frames, running: Running, classes: dict[str, str]) -> None:
        self.classes = classes
        self.frames = frames
        self.calls = running.calls
        self.module = running.path
        self.parents: dict[Key, AnyNode] = {}
        self.inputs: dict[Key, Any] = {}
        self.given = Given((), self.parents)
        self.result: Any = None
        self.dtype = ""
        self.saved = 0
        self.upstream: Any = None
        self.contributions: dict[Key, Any] = {}
        self.locals: dict[Key, float] = {}
        self.error = ""


class Failure:
    """The operation at which a recording stopped.

    inputs:  (argument, its array, its node or None)
    """

    __slots__ = ("error", "frames", "inputs", "module", "op")

    def __init__(
        self,
        op: str,
        error: BaseException,
        frames: Frames,
        module: str,
        inputs: list[tuple[str, Any, AnyNode | None]],
    ) -> None:
        self.op = op
        self.error = error
        self.frames = frames
        self.module = module
        self.inputs = inputs


class Recorder:
    """What records: `summary` turns an array into what is kept of it."""

    def __init__(self, summary: Any) -> None:
        self.summary = summary
        self.nodes: list[Node] = []
        self.classes: dict[str, str] = {}
        self.running = Running()
        self.failure: Failure | None = None
        self.passing = Passing(summary)
        self._made: dict[int, tuple[Any, AnyNode]] = {}  # by the id of its array

    def add(self, node: Node, frames: Frames, outs: Sequence[Any], inputs: Sequence[Any]) -> None:
        """Keep a new node, with its raw results and inputs."""
        p = node.primitive
        record = Record(frames, self.running, self.classes)
        record.parents = {
            (d.parameter, d.element): parent for d, parent in zip(node.derivatives, node.parents, strict=True)
        }
        for name, value in zip(p.parameters, inputs, strict=False):
            if name in p.sequences:
                record.inputs.update({(name, i): part for i, part in enumerate(value)})
            elif name in p.arrays and value is not None:
                record.inputs[name, None] = value
        record.given = Given(_kept(p.sequences, p.parameters, inputs, record.parents), record.parents)
        for key, array in record.inputs.items():
            if key in record.parents:
                self._remember(array, record.parents[key])
                record.inputs[key] = self.summary(array)
        record.dtype = str(outs[0].dtype) if len(outs) == 1 else ""
        record.result = self.summary(outs[0]) if len(outs) == 1 else tuple(map(self.summary, outs))
        if len(outs) == 1:
            self._remember(outs[0], node)
        record.locals = local_derivatives(node)
        seen = {id(a): a.nbytes for _, a in node.saved() if isinstance(a, np.ndarray)}
        record.saved = sum(seen.values())
        extras = extras_of(node)
        extras.record = record
        extras.pre_hooks[_OURS] = Upstream(self.passing, record)
        extras.node_hooks[_OURS] = Contributions(self.passing, record, node.slots(), [*record.parents])
        self.nodes.append(node)

    def failed(
        self, op: str, error: BaseException, frames: Frames, arrays: Sequence[tuple[str, Any]]
    ) -> None:
        """Note that an operation did not come to a result."""
        found = [(name, a, self.node_of(a)) for name, a in arrays]
        self.failure = Failure(op, error, frames, self.running.path, found)

    def node_of(self, array: Any) -> AnyNode | None:
        """The node that an array is the result of, or the leaf that holds it."""
        made = self._made.get(id(array))
        return made[1] if made is not None and made[0]() is array else None

    def written(self, array: Any, node: AnyNode) -> None:
        """Take in that an array has been written in place, and is the result of `node` now."""
        self._made[id(array)] = weakref.ref(array), node

    def _remember(self, array: Any, node: AnyNode) -> None:
        if isinstance(array, np.ndarray):
            self._made.setdefault(id(array), (weakref.ref(array), node))
            if self._made[id(array)][0]() is not array:
                self._made[id(array)] = weakref.ref(array), node


def _kept(
    sequences: Collection[str], parameters: Sequence[str], inputs: Sequence[Any], parents: dict[Key, AnyNode]
) -> tuple[Any, ...]:
    """Of what came in, what it takes to compute an operation again."""

    def of(key: Key, value: Any) -> Any:
        if isinstance(parents.get(key), Node):
            return Given.MISSING
        if isinstance(value, np.ndarray):
            return value.copy() if value.size <= Given.MOST else Given.MISSING
        return value

    return tuple(
        tuple(of((name, i), part) for i, part in enumerate(value))
        if name in sequences
        else of((name, None), value)
        for name, value in zip(parameters, inputs, strict=False)
    )


def local_derivatives(node: Node) -> dict[Key, float]:
    """Argument -> the local derivative, where it is one number: what the formula makes of an upstream gradient of 1."""
    found: dict[Key, float] = {}
    if (
        node.shape != ()
        or node.primitive.joint is not None
        or (node.extras is not None and node.extras.packed)
    ):
        return found
    mode = set_mode(NO_GRAD)
    try:
        with np.errstate(all="ignore"):
            for parent, d, saved in node.edges:
                if parent.shape != ():
                    continue
                with suppress(GradientError):  # a derivative that there is not
                    local = d.formula(np.ones(()), *saved)
                    if local is not None:
                        found[d.parameter, d.element] = float(local)
    finally:
        reset_mode(mode)
    return found


_OURS = -1
"""The number of a recorder's hooks: those of users count from 0."""


class Passing:
    """Where the sweep is. The hooks on nodes hold this, and not the recorder, which holds the nodes."""

    def __init__(self, summary: Any) -> None:
        self.record: Record | None = None
        self.summary = summary

    def kept(self, gradient: Any) -> Any:
        """What is kept of a gradient; of what a `vmap` hides, or where there is none, nothing."""
        return self.summary(gradient.array) if isinstance(gradient, Variable) else None


class Upstream:
    """Before a node in a sweep: what gradient comes."""

    def __init__(self, passing: Passing, record: Record) -> None:
        self.passing, self.record = passing, record

    def __call__(self, gradients: Any) -> None:
        """Keep them."""
        kept = tuple(map(self.passing.kept, gradients))
        self.record.upstream = kept[0] if len(kept) == 1 else kept
        self.passing.record = self.record


class Contributions:
    """After a node in a sweep: what it adds to its inputs' gradients."""

    def __init__(self, passing: Passing, record: Record, slots: list[int | None], keys: list[Key]) -> None:
        self.passing, self.record, self.slots, self.keys = passing, record, slots, keys

    def __call__(self, inputs: Any, outputs: Any) -> None:
        """Keep them."""
        for i, gradient in zip(self.slots, inputs, strict=True):
            if i is not None:
                self.record.contributions[self.keys[i]] = self.passing.kept(gradient)
