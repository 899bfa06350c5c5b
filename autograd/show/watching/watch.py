"""`watch`: see a model train, layer by layer.

A `Watch` hangs hooks on the layers of a model for the steps it samples, and takes them off in between. It knows
modules by what they can do (`named_modules`, `register_forward_hook`), so it needs nothing of `nn`. What it sees goes
through `Sums` (`numbers`) into rows; `plot` draws these, `report` says them in words, `events`
writes them for TensorBoard, and `missing` says why a parameter got no gradient.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import ArgumentError
from autograd.files import replace_file
from autograd.modes import current_mode
from autograd.show.options import check_count, check_flag, check_folder
from autograd.show.watching.forward import Forward
from autograd.show.watching.missing import Missing, missing
from autograd.show.watching.numbers import Observation, Sums
from autograd.show.watching.report import Finding, findings, report

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from autograd.show.watching.events import Events
    from autograd.show.watching.plot import View


def watch(
    model: Any,
    optimizer: Any = None,
    every: int = 1,
    *,
    window: int = 10,
    logdir: str | os.PathLike[str] | None = None,
    histograms: bool = True,
) -> Watch:
    """Watch a model while it trains: activations, gradients, updates and dead units of each layer.

    Args:
        model: a module. Forward passes in evaluation mode or inside `no_grad()` are passed over.
        optimizer: what trains it, or a list of several. A step ends when the last of them has stepped, however many
            forward and backward passes were before. Without one a step ends with the next forward pass after a
            backward pass, and there are no update ratios.
        every: sample each so many steps. In between there are no hooks on the layers; without an optimizer, one on the
            model and on each parameter.
        window: how many samples a unit has to be zero in to be called dead.
        logdir: a folder for TensorBoard event files (needs the extra `tensorboard`).
        histograms: whether these also hold histograms.

    Returns:
        A `Watch`. It is a context manager, and `close()` takes all hooks off; its rows stay.

    Raises:
        ArgumentError: for something that is not a module or an optimizer, or if `every` or `window` is less than 1.
        ModuleNotFoundError: for a `logdir` without tensorboardX.

    >>> import autograd, nn, optim
    >>> _ = autograd.manual_seed(0)
    >>> model = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
    >>> optimizer = optim.SGD(model.parameters(), lr=0.01)
    >>> x, y = autograd.randn(32, 2), autograd.ones(32, 1)
    >>> with watch(model, optimizer) as seen:
    ...     for _ in range(3):
    ...         loss = ((model(x) - y) ** 2).mean()
    ...         optimizer.zero_grad()
    ...         loss.backward()
    ...         optimizer.step()
    >>> seen
    <Watch of Sequential: 3 steps, 3 sampled, 3 layers>
    >>> [(row.step, row.name) for row in seen.history if row.what == "activation"][:4]
    [(0, '0'), (0, '1'), (0, '2'), (1, '0')]
    >>> seen.findings()
    []
    """
    return Watch(model, optimizer, every, window=window, logdir=logdir, histograms=histograms)


class Watch:
    """What `watch` returns: the rows so far, and what can be made of them.

    Attributes:
        model: what is watched.
        every, window: as they were given.
        steps: how many have ended.
        closed: whether the hooks are off for good.
    """

    def __init__(
        self,
        model: Any,
        optimizer: Any = None,
        every: int = 1,
        *,
        window: int = 10,
        logdir: str | os.PathLike[str] | None = None,
        histograms: bool = True,
    ) -> None:
        if not (hasattr(model, "named_modules") and hasattr(model, "register_forward_hook")):
            raise ArgumentError(f"watch: needs a module (nn.Module), got {type(model).__name__}")
        optimizers: Sequence[Any] = (
            () if optimizer is None else optimizer if isinstance(optimizer, (list, tuple)) else (optimizer,)
        )
        for o in optimizers:
            if not hasattr(o, "register_step_post_hook"):
                raise ArgumentError(f"watch: needs an optimizer or a list of them, got {type(o).__name__}")
        check_count("watch", "every", every, 1)
        check_count("watch", "window", window, 1)
        check_folder("watch", "logdir", logdir)
        check_flag("watch", "histograms", histograms)
        self.model = model
        self.every, self.window = every, window
        self.steps = 0
        self.closed = False
        self._optimizers = optimizers
        self._rows: list[Observation] = []
        self._events: Events | None = None
        if logdir is not None:
            from autograd.show.watching.events import Events

            self._events = Events(Path(logdir))
        self._forward = Forward(self, model, window, self._events is not None and histograms)
        self._clear()
        self._handles = [h for o in optimizers for h in self._around_steps(o)]
        self._parameter_handles: dict[int, Any] = {}
        if not optimizers:
            self._handles.append(model.register_forward_pre_hook(self._new_forward, prepend=True))
            self._handles.append(model.register_forward_hook(self._after_forward))
            self._hang_on_parameters()
        self._begin()

    # -- steps -----------------------------------------------------------------------------------------------------

    def _clear(self) -> None:
        """Forget what was seen in the step that has ended."""
        self._graded = False  # whether a parameter got a gradient
        self._weights: dict[str, tuple[Any, Sums]] = {}  # before the step: a copy, and its numbers
        self._gradients: dict[str, Sums] = {}
        self._updates: dict[str, float] = {}

    @property
    def sampling(self) -> bool:
        """Whether the step that is under way is looked at."""
        return not self.closed and self.steps % self.every == 0

    def _begin(self) -> None:
        if self.sampling:
            self._forward.attach()
        else:
            self._forward.detach()

    def next_step(self) -> None:
        """End the step that is under way. There is no need for it where an optimizer is watched."""
        if self.closed:
            return
        if self.sampling:
            rows = self._pending()
            self._rows += rows
            if self._events is not None:
                self._events.write(rows, self._histograms())
            self._forward.end_step()
        self._clear()
        self.steps += 1
        self._begin()

    def _new_forward(self, module: Any, args: Any) -> None:
        """Without an optimizer: a forward pass after a backward pass begins a new step."""
        if self._had_backward and self.watches_now():
            self.next_step()

    def _after_forward(self, module: Any, args: Any, result: Any) -> None:
        self._hang_on_parameters()  # also on those that have a shape only now

    def watches_now(self) -> bool:
        """Whether the model is training, and recording."""
        return bool(self.model.training) and current_mode().grad

    @property
    def _had_backward(self) -> bool:
        """Whether there was a backward pass in this step."""
        return self._graded or self._forward.saw_gradients

    def _hang_on_parameters(self) -> None:
        for name, p in self._parameters():
            if id(p) not in self._parameter_handles and p.requires_grad and p.is_leaf:
                handle = p.register_post_accumulate_grad_hook(_Graded(self, name))
                self._parameter_handles[id(p)] = handle

    def graded(self, name: str, p: Any) -> None:
        """Note the gradient of a parameter, which backward has just written."""
        self._graded = True
        if self.sampling:
            self._weights[name] = p, self._sums(p.array)
            self._gradients[name] = self._sums(p.grad.array)

    def _around_steps(self, optimizer: Any) -> list[Any]:
        return [
            optimizer.register_step_pre_hook(self._before_step),
            optimizer.register_step_post_hook(self._after_step),
        ]

    def _before_step(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        if not self.sampling:
            return
        has_closure = len(args) > 1 or kwargs.get("closure") is not None
        for name, p in self._parameters_of(optimizer):
            self._weights[name] = p.array.copy(), self._sums(p.array)
            if not has_closure:  # which computes the gradients anew
                self._note_gradient(name, p)

    def _after_step(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        if self.sampling:
            for name, p in self._parameters_of(optimizer):
                if name not in self._weights:  # a lazy one, that a closure has completed
                    continue
                before, sums = self._weights[name]
                if name not in self._gradients:
                    self._note_gradient(name, p)
                change, norm = Sums(), sums.norm
                with np.errstate(all="ignore"):
                    change.add(np.subtract(p.array, before, dtype=np.float64))
                if norm > 0:
                    self._updates[name] = change.norm / norm
        if optimizer is self._optimizers[-1]:
            self.next_step()

    def _note_gradient(self, name: str, p: Any) -> None:
        if p.grad is not None:
            self._gradients[name] = self._sums(p.grad.array)

    def _sums(self, array: Any) -> Sums:
        sums = Sums(self._forward.histograms)
        sums.add(array)
        return sums

    def _parameters(self) -> Iterable[tuple[str, Any]]:
        """Each parameter with its name, but those of lazy layers that have no shape yet."""
        for name, p in self.model.named_parameters():
            if not type(p).__name__.startswith("Uninitialized"):
                yield name, p

    def _parameters_of(self, optimizer: Any) -> Iterable[tuple[str, Any]]:
        theirs = {id(p) for group in optimizer.param_groups for p in group["params"]}
        return ((name, p) for name, p in self._parameters() if id(p) in theirs)

    # -- what was seen ---------------------------------------------------------------------------------------------

    @property
    def history(self) -> list[Observation]:
        """One row for each layer or parameter, step, and thing that was seen of it; `pandas.DataFrame` takes it."""
        if self._optimizers or not (self._had_backward and self.sampling):
            return list(self._rows)
        return self._rows + self._pending()

    def _pending(self) -> list[Observation]:
        """The rows of the step that is under way."""
        rows = self._forward.rows(self.steps)
        for name, (p, sums) in self._weights.items():
            kind = "×".join(map(str, p.shape)) or "number"
            rows.append(sums.observation(self.steps, name, "parameter", kind, update=self._updates.get(name)))
            if name in self._gradients:
                rows.append(self._gradients[name].observation(self.steps, name, "parameter gradient", kind))
        return rows

    def _histograms(self) -> dict[tuple[str, str], Sums]:
        """(What, name) -> its numbers with their histogram."""
        if not self._forward.histograms:
            return {}
        found = self._forward.sums()
        found.update({("parameter", name): sums for name, (_, sums) in self._weights.items()})
        found.update({("parameter gradient", name): sums for name, sums in self._gradients.items()})
        return found

    @property
    def layers(self) -> list[str]:
        """The layers that were seen, in the order in which they ran."""
        return list(self._forward.order)

    def findings(self) -> list[Finding]:
        """What looks wrong, the worst first, each with the layer, the step and the usual fixes."""
        return findings(self.history, self._forward.weighted)

    def report(self) -> str:
        """Return a table of the layers at the last sampled step, and what looks wrong, in words."""
        return report(repr(self), self.history, self.layers, self.findings())

    def missing(self, loss: Any = None) -> list[Missing]:
        """Return which parameters get no gradient, or one that is all zeros, and why, as far as that can be found.

        Args:
            loss: what is to be differentiated, before `backward()`. A backward pass of its own is then run over its
                graph, and finds where the gradient becomes zero. Without it, it is told from what was seen in the last
                sampled step. In both cases the forward pass of a sampled step says where a result was detached.

        Raises:
            ArgumentError: if `loss` is not one number.
            GraphFreedError: if backward has been through its graph.

        >>> import autograd, nn
        >>> model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
        >>> _ = model[0].requires_grad_(False)
        >>> seen = watch(model)
        >>> for found in seen.missing(model(autograd.ones(1, 2)).sum()):
        ...     print(found)
        0.weight: frozen: its requires_grad is False; p.requires_grad_() lets it learn
        0.bias: frozen: its requires_grad is False; p.requires_grad_() lets it learn
        """
        with self._forward.paused():
            return missing(
                list(self._parameters()), self._forward.tape, loss, self.history, self._forward.called
            )

    def plot(self, view: View | None = None) -> Figure:
        """Return a matplotlib figure (extra `plot`): of all views, or of one.

        Args:
            view: "activations" (mean and spread by layer, at the first and the last sample), "gradients" (a heat map
                of their norms by layer and step), "updates" (by their parameter's norm, with the line 1/1000), or
                "units" (the shares that are dead or saturated).

        Raises:
            ArgumentError: for another view, or if nothing was seen yet.
        """
        from autograd.show.watching.plot import plot

        return plot(self.history, self._forward.order, self._forward.weighted, view)

    def to_csv(self, path: str | os.PathLike[str]) -> Path:
        """Write the rows as a table, and return the path."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([field.name for field in dataclasses.fields(Observation)])
        writer.writerows(dataclasses.astuple(row) for row in self.history)
        replace_file(path, text.getvalue().encode())
        return Path(path)

    def close(self) -> None:
        """Take off all hooks and end the event file; a step that had its backward pass is kept."""
        if self.closed:
            return
        if self._had_backward:
            self.next_step()
        self.closed = True
        for handle in (*self._handles, *self._parameter_handles.values()):
            handle.remove()
        self._handles.clear()
        self._parameter_handles.clear()
        self._forward.detach()
        if self._events is not None:
            self._events.close()

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __str__(self) -> str:
        return self.report()

    def __repr__(self) -> str:
        sampled = len({row.step for row in self.history})
        return (
            f"<Watch of {type(self.model).__name__}: {_number(self.steps, 'step')}, {sampled} sampled, "
            f"{_number(len(self.layers), 'layer')}>"
        )


class _Graded:
    """After backward has written a parameter's gradient."""

    def __init__(self, watch: Watch, name: str) -> None:
        self.watch, self.name = watch, name

    def __call__(self, p: Any) -> None:
        self.watch.graded(self.name, p)


def _number(n: int, what: str) -> str:
    return f"{n} {what}{'s' * (n != 1)}"
