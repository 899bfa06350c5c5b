"""What a `Watch` sees of the forward passes of a step, and of the gradients that come back to each layer's result."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import Token
from typing import Any, Protocol

import numpy as np

from autograd.dtypes import Array
from autograd.modes import Mode, current_mode, reset_mode, set_mode
from autograd.show.watching.numbers import Activation, Observation, Sums, activation
from autograd.show.watching.tape import Tape
from autograd.sweep import sweep
from autograd.tape import Node, Variable, added, extras_of


class Watches(Protocol):
    """A `Watch`, as far as this module is concerned."""

    def watches_now(self) -> bool:
        """Whether the model is training, and recording."""
        ...


class Layer:
    """What was seen of one layer in the step that is under way.

    alive:  for each of the last samples, which units were not zero
    """

    def __init__(self, kind: str, what: Activation | None, window: int, histograms: bool) -> None:
        self.kind, self.what = kind, what
        self.alive: deque[Array] = deque(maxlen=window)
        self.histograms = histograms
        self.begin()

    def begin(self) -> None:
        """Begin a step."""
        self.results, self.gradients = Sums(self.histograms), Sums(self.histograms)
        self.flat = 0
        self.active: Array | None = None

    def end(self) -> None:
        """End it: what was alive joins the window."""
        if self.active is not None:
            if self.alive and self.alive[-1].shape != self.active.shape:
                self.alive.clear()
            self.alive.append(self.active)
        self.begin()

    def add(self, array: Any, units: int) -> None:
        """Add a result, whose units lie along the dimension `units`."""
        self.results.add(array)
        if self.what is None:
            return
        if self.what.saturates is not None:
            self.flat += int(np.count_nonzero(self.what.saturates(array)))
        if self.what.dies and array.ndim:
            axes = tuple(i for i in range(array.ndim) if i != units % array.ndim)
            active = (array != 0).any(axis=axes)
            same = self.active is not None and self.active.shape == active.shape
            self.active = self.active | active if same else active

    @property
    def dead(self) -> float | None:
        """The share of units that were 0 in all samples of the window."""
        if self.active is None or not self.active.size:
            return None
        masks = [
            m for m in list(self.alive)[-((self.alive.maxlen or 1) - 1) :] if m.shape == self.active.shape
        ]
        if self.alive.maxlen == 1:
            masks = []
        return float(1 - np.logical_or.reduce([*masks, self.active]).mean())

    @property
    def saturated(self) -> float | None:
        """The share of numbers where the activation is flat."""
        if self.what is None or self.what.saturates is None or not self.results.count:
            return None
        return self.flat / self.results.count


class Forward:
    """The hooks on the layers of a model. A layer is a module without others in it, or with parameters of its own.

    An activation that is called as a function, such as `F.relu(x)`, is a layer too: the tape tells of it.

    Attributes:
        order: the layers in the order in which they first ran, with their kinds.
        weighted: those that have parameters of two or more dimensions.
        called: the modules that ran in the last sampled step.
        tape: what was recorded in it.
    """

    def __init__(self, owner: Watches, model: Any, window: int, histograms: bool) -> None:
        self.owner, self.model = owner, model
        self.window, self.histograms = window, histograms
        self.order: dict[str, str] = {}
        self.weighted: list[str] = []
        self.called: set[str] = set()
        self.tape = Tape()
        self.saw_gradients = False
        self.layers: dict[str, Layer] = {}
        self._handles: list[Any] = []
        self._running: list[tuple[str, bool]] = []  # the modules that run: path, whether it is an activation
        self._functions: dict[str, int] = {}  # how often each function was called in this forward pass
        self._tokens: list[Token[Mode]] = []
        self._channels_first = False  # whether the last weights were those of a convolution
        self._fresh = True  # whether no forward pass of this step has begun
        self._paused = False
        self._step = 0  # how many sampled steps have ended

    # -- hooks -----------------------------------------------------------------------------------------------------

    def attach(self) -> None:
        """Hang the hooks on all modules, if they are not there."""
        if self._handles:
            return
        for path, module in self.model.named_modules():
            layer = not any(True for _ in module.children()) or bool(_own_parameters(module))
            pre, after = _Before(self, path), _After(self, path, layer)
            self._handles += [
                module.register_forward_pre_hook(pre, prepend=True),
                module.register_forward_hook(after, always_call=True),
            ]

    def detach(self) -> None:
        """Take them off."""
        for handle in self._handles:
            handle.remove()
        self._handles.clear()
        self._stop_recording()

    def _stop_recording(self) -> None:
        while self._tokens:
            reset_mode(self._tokens.pop())

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Look away meanwhile."""
        self._paused = True
        try:
            yield
        finally:
            self._paused = False

    def before(self, path: str, module: Any) -> None:
        """A module is about to run."""
        if path == "" and self._watches():
            if self._fresh:
                self._fresh = False
                self.tape.clear()
                self.called.clear()
            self._functions.clear()
            self._running.clear()
            self._stop_recording()  # of a pass that was interrupted
            if current_mode().recorder is None:
                self._tokens.append(set_mode(current_mode().but(recorder=self)))
        self._running.append((path, activation(_classes(module), module) is not None))

    def after(self, path: str, module: Any, result: Any, layer: bool) -> None:
        """A module has run, or has raised an error."""
        if self._running:
            self._running.pop()
        if path == "":
            self._stop_recording()
        if result is None or not self._watches():
            return
        self.called.add(path)
        own = _own_parameters(module)
        matrices = [p for p in own if p.array.ndim > 1] if layer else []
        if matrices:
            self._channels_first = matrices[0].array.ndim > 2
        if not layer:
            return
        name = path or type(module).__name__
        if matrices and name not in self.weighted:
            self.weighted.append(name)
        seen = self._layer(name, type(module).__name__, activation(_classes(module), module))
        for t in _tensors(result):
            self._see(seen, t.array, t.current_node())

    def _see(self, seen: Layer, array: Any, node: Any) -> None:
        if array.dtype.kind != "f":
            return
        seen.add(array, 1 if array.ndim > 3 or (array.ndim == 3 and self._channels_first) else -1)
        if node is not None:
            added(extras_of(node).hooks, _Gradient(self, seen, self._step))

    def gradient(self, seen: Layer, step: int, gradient: Any) -> None:
        """The gradient of a layer's result has come."""
        if step == self._step and not self._paused and isinstance(gradient, Variable):
            self.saw_gradients = True
            seen.gradients.add(gradient.array)

    def _watches(self) -> bool:
        return not self._paused and self.owner.watches_now() and not _in_sweep()

    def _layer(self, name: str, kind: str, what: Activation | None) -> Layer:
        if name not in self.layers:
            self.layers[name] = Layer(kind, what, self.window, self.histograms)
        self.order.setdefault(name, kind)
        self.order[name] = self.layers[name].kind = kind
        return self.layers[name]

    # -- as a recorder ---------------------------------------------------------------------------------------------

    def add(self, node: Node, frames: Any, outs: Sequence[Any], inputs: Sequence[Any]) -> None:
        """Look at an operation that was recorded."""
        path, inside = self._running[-1] if self._running else ("", False)
        self.tape.add(node, path, frames, outs, inputs)
        name = node.primitive.name
        what = None if inside or len(outs) != 1 else activation([name] if name.islower() else [])
        if what is not None:
            full = f"{path}.{name}" if path else name
            n = self._functions[full] = self._functions.get(full, 0) + 1
            full += f" {n}" if n > 1 else ""
            self._see(self._layer(full, f"{name}()", what), outs[0], node)

    def written(self, array: Any, node: Any) -> None:
        """An array was written in place: it is now the result of `node`."""
        self.tape.remember(array, node.seq)

    def failed(self, *_: Any) -> None:
        """An operation has raised an error: there is nothing to see."""

    # -- what was seen ---------------------------------------------------------------------------------------------

    def rows(self, step: int) -> list[Observation]:
        """The rows of the step that is under way."""
        found = []
        for name in self.order:
            seen = self.layers[name]
            if seen.results.count:
                found.append(
                    seen.results.observation(
                        step, name, "activation", seen.kind, dead=seen.dead, saturated=seen.saturated
                    )
                )
            if seen.gradients.count:
                found.append(seen.gradients.observation(step, name, "activation gradient", seen.kind))
        return found

    def sums(self) -> dict[tuple[str, str], Sums]:
        """(What, name) -> its numbers."""
        found = {("activation", name): seen.results for name, seen in self.layers.items()}
        found.update({("activation gradient", name): seen.gradients for name, seen in self.layers.items()})
        return {key: sums for key, sums in found.items() if sums.count}

    def end_step(self) -> None:
        """Begin anew."""
        for seen in self.layers.values():
            seen.end()
        self.saw_gradients = False
        self._fresh = True
        self._step += 1


class _Before:
    """Before a module runs."""

    def __init__(self, forward: Forward, path: str) -> None:
        self.forward, self.path = forward, path

    def __call__(self, module: Any, args: Any) -> None:
        self.forward.before(self.path, module)


class _After:
    """After it has run."""

    def __init__(self, forward: Forward, path: str, layer: bool) -> None:
        self.forward, self.path, self.layer = forward, path, layer

    def __call__(self, module: Any, args: Any, result: Any) -> None:
        self.forward.after(self.path, module, result, self.layer)


class _Gradient:
    """When the gradient of a layer's result has come."""

    def __init__(self, forward: Forward, seen: Layer, step: int) -> None:
        self.forward, self.seen, self.step = forward, seen, step

    def __call__(self, gradient: Any) -> None:
        self.forward.gradient(self.seen, self.step, gradient)


def _classes(module: Any) -> list[str]:
    return [kind.__name__ for kind in type(module).__mro__]


def _own_parameters(module: Any) -> list[Any]:
    """The parameters of a module itself; those of a lazy one have no shape yet."""
    return list(module.parameters(recurse=False))


def _tensors(result: Any) -> Iterator[Any]:
    """The tensors in what a module returned."""
    if isinstance(result, Variable):
        yield result
    elif isinstance(result, (tuple, list)):
        for part in result:
            yield from _tensors(part)
    elif isinstance(result, dict):
        yield from _tensors(list(result.values()))


def _in_sweep() -> bool:
    """Whether backward is running: a checkpointed module is then run a second time."""
    frame: Any = sys._getframe(1)  # noqa: SLF001  # as `traceback` does
    while frame is not None:
        if frame.f_code is sweep.__code__:
            return True
        frame = frame.f_back
    return False
