"""`record`: keep of a program's graph what the sweep frees, and what the tape does not know.

While a recording runs, every new operation keeps its user's line, the module it ran in, its inputs and result in
numbers, and what backward sends through it. A graph can then be described after `backward()` too, and one that ended
in an exception up to the operation that failed. Operations on tensors are recorded by the tape itself (`recording`),
those on `Value`s are watched from outside (`record_values`).
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Mapping
from contextvars import Token
from types import TracebackType
from typing import Any

from autograd.errors import ArgumentError
from autograd.modes import Mode, current_mode, reset_mode, set_mode
from autograd.recording import Failure, Recorder
from autograd.show.graph import FEW, Numbers
from autograd.show.options import check_count
from autograd.show.record_values import (
    ValueFailure,
    ValueWatch,
    failing_backward,
    is_of_values,
    operation_of,
    values_in,
)
from autograd.sweep import sweep
from autograd.tape import Frames, Node, Variable, raw, source
from autograd.value import Value
from autograd.watch import is_ours


class record:
    """Record what a block computes, to be described by `trace`, by `draw`, or as JSON.

    Args:
        modules: the model whose modules are to be named, or a dict of name -> model; of `nn` or of `nn.scalar`.
        elements: arrays of up to so many elements are kept in full; of larger ones range, mean and the like.

    Operations on Values are seen as a profiler sees them: while another profiler runs, they are not recorded.

    >>> import autograd
    >>> from autograd.show import trace
    >>> w = autograd.tensor(3.0, requires_grad=True)
    >>> with record() as tape:
    ...     loss = (w * w).exp()
    ...     loss.backward()
    >>> graph = trace(loss, names={"w": w})
    >>> [(node.op or node.name, str(node.value), str(node.gradient)) for node in graph.nodes]
    [('w', '3', '4.862e+04'), ('mul', '9', '8103'), ('exp', '8103', '1')]
    >>> [(edge.formula, str(edge.upstream), str(edge.contribution)) for edge in graph.edges]
    [('g * y', '8103', '2.431e+04'), ('g * x', '8103', '2.431e+04'), ('g * out', '1', '8103')]
    """

    def __init__(self, modules: Any = None, *, elements: int = FEW) -> None:
        check_count("record", "elements", elements, 0)
        self._recorder = Recorder(functools.partial(Numbers.of, most=elements))
        self._named = _named_modules(modules)
        self._recorder.classes.update((path, type(module).__name__) for path, module in self._named.items())
        self._watch = ValueWatch(self._recorder.classes, self._recorder.running)
        self._failed: ValueFailure | None = None
        self.stopped = ""
        self._handles: list[Any] = []
        self._tokens: list[Token[Mode]] = []
        self._broken: tuple[BaseException | None, str] = (None, "")  # the module in which an error was raised

    @property
    def modules(self) -> dict[str, str]:
        """The path of each module -> its class."""
        return dict(self._recorder.classes)

    @property
    def parameters(self) -> dict[str, Any]:
        """The path of each parameter of the recorded modules -> the parameter."""
        found = {}
        for path, module in self._named.items():
            of_values = not hasattr(module, "register_forward_pre_hook")
            named = module.named_parameters() if of_values else module.named_parameters(recurse=False)
            found.update({f"{path}.{name}" if path else name: p for name, p in named})
        return found

    @property
    def nodes(self) -> list[Node]:
        """Every operation on tensors that was recorded, in order."""
        return self._recorder.nodes

    @property
    def roots(self) -> list[Node | Failure]:
        """Where the recorded graph ends: the operation that failed, or the results that nothing was computed from."""
        failure = self._recorder.failure
        if failure is not None:
            return [failure]
        nodes = self._recorder.nodes
        used = {parent for n in nodes for parent in n.extras.record.parents.values()}  # type: ignore[union-attr]
        used |= {source(p)[0] for p in used}
        return [n for n in nodes if n not in used]

    @property
    def value_roots(self) -> list[Value | ValueFailure]:
        """The same of `Value`s."""
        return [self._failed] if self._failed is not None else [*self._watch.results]

    def __enter__(self) -> record:
        self._tokens.append(set_mode(current_mode().but(recorder=self._recorder)))
        for path, module in self._named.items():
            if not hasattr(module, "register_forward_pre_hook"):
                self._watch.add_module(path, module)
                continue
            enter = _Enter(self._recorder, path)
            self._handles.append(module.register_forward_pre_hook(enter, prepend=True))
            self._handles.append(module.register_forward_hook(self._leave, always_call=True))
        self._watch.start()
        return self

    def _leave(self, *_: Any) -> None:
        path = self._recorder.running.leave()
        error = sys.exc_info()[1]
        if error is not None and error is not self._broken[0]:
            self._broken = error, path

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._watch.stop()
        reset_mode(self._tokens.pop())
        for handle in self._handles:
            handle.remove()
        self._handles.clear()
        failure, passing = self._recorder.failure, self._recorder.passing.record
        self._recorder.failure = None
        if error is None:
            return
        said = f"{type(error).__name__}: {error}"
        if passing is not None and _is_from_sweep(traceback):
            passing.error = said
        elif (of_value := failing_backward(traceback)) is not None:
            of_value.error = said
        elif failure is not None and failure.error in _causes(error):
            self._recorder.failure = failure
        elif traceback is not None:
            self._failed = self._failed_values(error, said, traceback)
            if self._failed is None:
                self._recorder.failure = self._from_traceback(error, traceback)
            if self._failed is None and self._recorder.failure is None:
                frames = _users_calls(traceback)
                at = f" at line {frames[-1][1]} of {frames[-1][0]}" if frames else ""
                self.stopped = f"The program stopped{at}: {said}"

    def _failed_values(
        self, error: BaseException, said: str, traceback: TracebackType
    ) -> ValueFailure | None:
        """The operation on Values that raised."""
        inner: list[Any] = []  # calls of Value's own since the last of the user's
        step: TracebackType | None = traceback
        while step is not None:
            if is_of_values(step.tb_frame):
                inner.append(step.tb_frame)
            elif not is_ours(step.tb_frame.f_code.co_filename):
                inner.clear()
            step = step.tb_next
        if inner:
            op, parents = operation_of(inner[0]), values_in(inner[0].f_locals.values())
        elif isinstance(error, TypeError) and "unsupported operand" in str(error):
            op, parents = self._watch.refused
        else:
            return None
        frames, module = _users_calls(traceback), self._watch.calls_of(traceback)
        classes = self._recorder.classes
        return ValueFailure(op, parents, said, frames, module, classes) if parents else None

    def _from_traceback(self, error: BaseException, traceback: TracebackType) -> Failure | None:
        """The call of this project that raised before it came to an operation."""
        frames: list[tuple[str, int, str]] = []
        ours: list[Any] = []  # since the last of the user's calls
        step: TracebackType | None = traceback
        while step is not None:
            code = step.tb_frame.f_code
            if is_ours(code.co_filename):
                ours.append(step.tb_frame)
            else:
                frames.append((code.co_filename, step.tb_lineno, code.co_name))
                ours.clear()
            step = step.tb_next
        if not ours:
            return None
        composites = [
            f for f in ours if f.f_code.co_name == "call" and isinstance(f.f_locals.get("name"), str)
        ]
        first = composites[0] if composites else ours[0]
        given = first.f_locals
        op = str(given["name"]) if composites else first.f_code.co_name
        inputs = [("", raw(t), self._recorder.node_of(raw(t))) for t in _tensors(given.values())]
        kept: Frames = tuple(frames[-3:])
        return Failure(op, error, kept, self._broken[1] if self._broken[0] in _causes(error) else "", inputs)


class _Enter:
    """Before a module runs: note its path."""

    def __init__(self, recorder: Recorder, path: str) -> None:
        self.recorder, self.path = recorder, path

    def __call__(self, module: Any, args: Any) -> None:  # as hooks are called
        self.recorder.running.enter(self.path)


def _named_modules(given: Any) -> dict[str, Any]:
    """Path -> module, of one model or of several that are named."""
    if given is None:
        return {}
    models: Mapping[str, Any] = given if isinstance(given, Mapping) else {"": given}
    found: dict[str, Any] = {}
    for name, model in models.items():
        if not hasattr(model, "named_modules"):
            raise ArgumentError(f"record: needs a module or a dict of modules, got {type(model).__name__}")
        for path, module in model.named_modules():
            found[".".join(p for p in (name, path) if p)] = module
    return found


def _users_calls(traceback: TracebackType | None) -> Frames:
    """The innermost of the user's calls through which an error came."""
    frames: list[tuple[str, int, str]] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if not is_ours(code.co_filename):
            frames.append((code.co_filename, traceback.tb_lineno, code.co_name))
        traceback = traceback.tb_next
    return tuple(frames[-3:])


def _is_from_sweep(traceback: TracebackType | None) -> bool:
    """Whether an error was raised in a backward sweep."""
    while traceback is not None:
        if traceback.tb_frame.f_code is sweep.__code__:
            return True
        traceback = traceback.tb_next
    return False


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _tensors(values: Any) -> list[Variable]:
    """The tensors among values, also in tuples, lists and dicts."""
    found: list[Variable] = []
    for value in values:
        if isinstance(value, Variable):
            found.append(value)
        elif isinstance(value, (tuple, list)):
            found += _tensors(value)
        elif isinstance(value, dict):
            found += _tensors(value.values())
    return list({id(t): t for t in found}.values())
