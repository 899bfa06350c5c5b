"""One run of a model on an example, to see which modules are called, on what, and with what result.

The model is left as it was: it runs in evaluation mode, so that batch norms learn nothing and dropouts drop nothing;
modes, buffers, what requires a gradient, and the state of the random numbers are put back, also after an error. Only
lazy modules are complete afterwards. A model is anything with `named_modules` and hooks, as `nn.Module` has them.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd.errors import ArgumentError
from autograd.modes import NO_GRAD, enable_grad, reset_mode, set_mode
from autograd.random import get_rng_state, set_rng_state
from autograd.show.drawing.products import multiply_adds
from autograd.show.record import record
from autograd.tape import Variable, source
from autograd.tensor import Tensor


@dataclass
class Call:
    """One call of a module: the shapes of the tensors that came in and went out.

    products: multiply-adds, of the modules inside it too
    saved:    bytes kept for backward, likewise
    size:     bytes of the results
    leaf:     whether it called no other module
    """

    path: str
    inputs: tuple[tuple[int, ...], ...]
    outputs: tuple[tuple[int, ...], ...] = ()
    products: int = 0
    saved: int = 0
    size: int = 0
    leaf: bool = True


@dataclass
class ModelRun:
    """What a run has shown.

    names:  what the model calls its inputs -> the tensor
    result: what came out, as the model returned it
    tape:   the recording
    calls:  of modules, in the order in which they began
    """

    model: Any
    names: dict[str, Any]
    result: Any
    tape: record
    calls: list[Call] = field(default_factory=list)


@dataclass(frozen=True)
class Sizes:
    """The numbers in a module and in those inside it; one that occurs twice counts once.

    learnt: in parameters that require a gradient; frozen: in the others; nbytes: of all, buffers among them
    """

    learnt: int
    frozen: int
    nbytes: int


def run(model: Any, args: Sequence[Any], kwargs: Mapping[str, Any], who: str) -> ModelRun:
    """Run a model in evaluation mode and return what it did; `who` names the caller in errors.

    Raises:
        ArgumentError: if it is no module.
    """
    for name in ("named_modules", "register_forward_hook", "train", "forward"):
        if not hasattr(model, name):
            raise ArgumentError(f"{who}: needs a module, got {type(model).__name__}")
    tape = record(model)
    with unchanged(model), _watched(model, tape) as calls, enable_grad(), tape:
        given, named = _inputs(args), {key: _input(value) for key, value in kwargs.items()}
        names = _named(model, given, named)
        model.eval()
        _require_gradients(model)
        running = len(calls)
        try:
            result = model(*given, **named)
        except Exception as error:
            broken = next((call for call in reversed(calls[running:]) if not call.outputs), None)
            if broken is not None:
                kind = tape.modules.get(broken.path, "")
                where = f"{broken.path or 'the model'} ({kind})"
                error.add_note(f"{who}: the model ran as far as {where}, which got {_listed(broken.inputs)}")
            raise
    return ModelRun(model, names, result, tape, calls)


def sizes(module: Any) -> Sizes:
    """How many parameters a module has; lazy ones that are not there yet count 0."""
    learnt = frozen = nbytes = 0
    for p in module.parameters():
        count = 0 if _is_lazy(p) else p.array.size
        nbytes += 0 if _is_lazy(p) else p.array.nbytes
        learnt, frozen = learnt + count * p.requires_grad, frozen + count * (not p.requires_grad)
    nbytes += sum(0 if _is_lazy(b) else b.array.nbytes for b in module.buffers())
    return Sizes(learnt, frozen, nbytes)


def tensors_in(value: Any) -> list[Any]:
    """The tensors in tuples, lists and dicts, in order."""
    if isinstance(value, Variable):
        return [value]
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, (tuple, list)):
        return [t for part in value for t in tensors_in(part)]
    return []


def _listed(shapes: Sequence[tuple[int, ...]]) -> str:
    return ", ".join(map(str, shapes)) or "no tensor"


def _is_lazy(p: Any) -> bool:
    return hasattr(p, "materialize")


# -- what goes in ------------------------------------------------------------------------------------------------------


def _mapped(value: Any, function: Any) -> Any:
    """The same structure, with each tensor or array replaced by what a function makes of it."""
    if isinstance(value, Variable):
        return function(value)
    if isinstance(value, np.ndarray):
        return function(Tensor(value))
    if isinstance(value, Mapping) and type(value) is dict:
        return {key: _mapped(part, function) for key, part in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(_mapped(part, function) for part in value))
    if type(value) in (tuple, list):
        return type(value)(_mapped(part, function) for part in value)
    return value


def _inputs(args: Sequence[Any]) -> list[Any]:
    return [_input(arg) for arg in args]


def _input(value: Any) -> Any:
    """A copy of an input that requires a gradient if it can, so that all that is computed from it is recorded."""

    def copied(t: Any) -> Any:
        if not t.is_floating_point():
            return t.detach()
        return t.detach().requires_grad_().clone()

    return _mapped(value, copied)


def _named(model: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """What `forward` calls its inputs -> the tensors."""
    try:
        parameters = list(inspect.signature(model.forward).parameters.values())
    except (TypeError, ValueError):  # a function that does not tell
        parameters = []
    several = inspect.Parameter.VAR_POSITIONAL
    own = [p.name for p in parameters if p.kind is not several]
    found: dict[str, Any] = {}
    for i, value in enumerate(args):
        name = own[i] if i < len(own) else f"input {i + 1}"
        found.update(_parts(name, value))
    for name, value in kwargs.items():
        found.update(_parts(name, value))
    return found


def _parts(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    tensors = tensors_in(value)
    for i, t in enumerate(tensors):
        yield name if len(tensors) == 1 else f"{name}[{i}]", t


# -- what is put back --------------------------------------------------------------------------------------------------


@contextmanager
def unchanged(model: Any) -> Iterator[None]:
    """Put modes, buffers, flags and random numbers back at the end."""
    modules = [module for _, module in model.named_modules()]
    modes = [(module, module.training) for module in modules]
    flags = [(p, p.requires_grad) for p in model.parameters() if not _is_lazy(p)]
    buffers = [
        (module, name, buffer, buffer.array.copy())
        for module in modules
        for name, buffer in module.named_buffers(recurse=False)
        if not _is_lazy(buffer)
    ]
    state = get_rng_state()
    try:
        yield
    finally:
        set_rng_state(state)
        for module, mode in modes:
            module.training = mode
        for p, flag in flags:
            if p.requires_grad is not flag:
                p.requires_grad_(flag)
        token = set_mode(NO_GRAD)
        try:
            for module, name, buffer, array in buffers:
                if getattr(module, name) is not buffer:
                    setattr(module, name, buffer)
                if buffer.array.tobytes() != array.tobytes():
                    buffer.copy_(Tensor(array))
        finally:
            reset_mode(token)


def _require_gradients(model: Any) -> None:
    """Let all parameters require a gradient, so that what frozen modules compute is recorded, too."""
    for p in model.parameters():
        if not _is_lazy(p) and not p.requires_grad and p.is_leaf and p.is_floating_point():
            p.requires_grad_()


# -- what is seen ------------------------------------------------------------------------------------------------------


@contextmanager
def _watched(model: Any, tape: record) -> Iterator[list[Call]]:
    """Hooks on every module, which note its calls."""
    watch = _Watch(tape)
    handles = []
    try:
        for path, module in model.named_modules():
            handles.append(module.register_forward_pre_hook(watch.before(path), with_kwargs=True))
            handles.append(module.register_forward_hook(watch.after))
        yield watch.calls
    finally:
        for handle in handles:
            handle.remove()


class _Watch:
    """What the hooks on modules do."""

    def __init__(self, tape: record) -> None:
        self.tape = tape
        self.calls: list[Call] = []
        self.running: list[tuple[Call, int]] = []  # with the number of operations before it

    def before(self, path: str) -> Any:
        """The hook before a module."""

        def hook(_: Any, args: Any, kwargs: Any) -> None:
            call = Call(path, tuple(tuple(t.shape) for t in tensors_in([*args, *kwargs.values()])))
            if self.running:
                self.running[-1][0].leaf = False
            self.calls.append(call)
            self.running.append((call, len(self.tape.nodes)))

        return hook

    def after(self, module: Any, args: Any, result: Any) -> Any:
        """The hook after a module. What it hands on as it came is made a view, to be seen as its result."""
        call, start = self.running.pop()
        new = set(self.tape.nodes[start:])

        def own(t: Any) -> Any:
            node = t.current_node()
            made = node is not None and source(node)[0] in new
            return t if made or not t.requires_grad else t.view_as(t)

        result = _mapped(result, own)
        outputs = tensors_in(result)
        call.outputs = tuple(tuple(t.shape) for t in outputs)
        call.size = sum(t.nbytes for t in outputs)
        inside = self.tape.nodes[start:]
        call.products = sum(map(multiply_adds, inside))
        call.saved = sum(n.extras.record.saved for n in inside if n.extras is not None and n.extras.record)
        return result
