"""`Callback`: what is called while a model is trained; and the list that calls them in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from autograd.errors import ArgumentError
from nn.keras.lookup import NamesItsArguments

Logs = dict[str, Any]

_BATCHES = ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end")
_TESTS = ("on_test_batch_begin", "on_test_batch_end")


class Callback(NamesItsArguments):
    """Base class of callbacks: a subclass defines those of these methods that it wants to be called.

    Attributes:
        model: the model, from the beginning of training on. Setting `model.stop_training = True` ends it.
        params: {"epochs", "steps", "verbose"}, steps None if unknown.
        runs_last: whether it is called after all others and after the history, to see what they made of an epoch.

    >>> from nn import keras
    >>> class Halt(keras.callbacks.Callback):
    ...     def on_epoch_end(self, epoch, logs=None):
    ...         self.model.stop_training = logs["loss"] < 0.5
    """

    model: Any = None
    runs_last: bool = False
    wants_function: bool = False
    """Whether the logs after a batch are a function that computes them, which costs nothing if it is not called."""

    def __init__(self) -> None:
        self.params: dict[str, Any] = {}

    def set_params(self, params: dict[str, Any]) -> None:
        """Called before training with what is known of it."""
        self.params = params

    def set_model(self, model: Any) -> None:
        """Called before training with the model."""
        self.model = model

    def set_others(self, callbacks: list[Callback]) -> None:
        """Called before training with the other callbacks of the run."""

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Called once, before the first epoch."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Called once, after the last epoch, with its figures."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Called before an epoch, counted from 0."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Called after an epoch, with its figures; what is written into them gets into the history."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before a step, counted from 0 in each epoch."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after a step, with the figures of the epoch so far."""
        self.on_batch_end(batch, logs)

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """An older name of `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """An older name of `on_train_batch_end`."""

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Called before an evaluation."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Called after an evaluation, with its figures."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before a batch of an evaluation."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after a batch of an evaluation."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Called before predictions."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Called after predictions."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before a batch of predictions."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after a batch of predictions, with its outputs."""

    def get_state(self) -> dict[str, Any]:
        """What it has to remember, for a checkpoint: tensors and plain values."""
        return {}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Take over what `get_state` returned."""


class CallbackList:
    """The callbacks of one training run, in their order; with the history and the progress bar.

    Raises:
        ArgumentError: if something is not a callback.
    """

    def __init__(
        self,
        callbacks: Any,
        model: Any,
        history: Any,
        verbose: Any,
        epochs: int,
        steps: int | None,
        examples: int | None,
        generator: Any = None,
        validation: bool = False,
        bar: Callback | None = None,
    ) -> None:
        from nn.keras.callbacks.progress import ProgressBar, default_progress

        given = callbacks.callbacks if isinstance(callbacks, CallbackList) else callbacks
        if given is None:
            given = []
        listed = list(given) if isinstance(given, Iterable) else [given]
        for callback in listed:
            if not isinstance(callback, Callback):
                raise ArgumentError(
                    f"callbacks: {callback!r} is not a nn.keras.callbacks.Callback; for a function use LambdaCallback"
                )
        self.callbacks: list[Callback] = [c for c in listed if not c.runs_last]
        if bar is None and not any(isinstance(c, ProgressBar) for c in listed):
            bar = default_progress(verbose)
        self.callbacks += [c for c in (bar, history) if c is not None]
        self.callbacks += [c for c in listed if c.runs_last]
        self.watches_batches = any(_overrides(c, _BATCHES) for c in self.callbacks)
        self._test_watchers = [c for c in self.callbacks if _overrides(c, _TESTS)]
        self.watches_tests = bool(self._test_watchers)
        self._batch_watchers = [c for c in self.callbacks if _overrides(c, _BATCHES)]
        self.history = history
        self.initial_epoch = 0
        params = {
            "epochs": epochs,
            "steps": steps,
            "samples": examples,
            "verbose": verbose,
            "generator": generator,
            "validation": validation,
        }
        for callback in self.callbacks:
            callback.set_params(params)
            callback.set_model(model)
            callback.set_others([c for c in self.callbacks if c is not callback])
        self.params = params

    def begin_training(self, initial_epoch: int) -> int:
        """Call `on_train_begin`; the number of the first epoch, which a callback that resumes a run may set."""
        self.params["initial_epoch"] = initial_epoch
        for callback in self.callbacks:
            callback.on_train_begin({})
        return int(self.params["initial_epoch"])

    def on_train_end(self, logs: Logs) -> None:
        """Call it in all."""
        for callback in self.callbacks:
            callback.on_train_end(logs)

    def on_epoch_begin(self, epoch: int) -> None:
        """Call it in all."""
        for callback in self.callbacks:
            callback.on_epoch_begin(epoch, {})

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Call it in all."""
        for callback in self.callbacks:
            callback.on_epoch_end(epoch, logs)

    def on_train_batch_begin(self, batch: int) -> None:
        """Call it in those that define it."""
        for callback in self._batch_watchers:
            callback.on_train_batch_begin(batch, {})

    def on_train_batch_end(self, batch: int, figures: Logs | Callable[[], Logs]) -> None:
        """Call it in those that define it; the figures are computed if one wants them."""
        made: Any = None
        for callback in self._batch_watchers:
            if callback.wants_function:
                callback.on_train_batch_end(batch, figures if callable(figures) else lambda: figures)  # type: ignore[arg-type]  # it says that it wants one
                continue
            if made is None:
                made = figures() if callable(figures) else figures
            callback.on_train_batch_end(batch, made)

    def on_test_begin(self) -> None:
        """Call it in all."""
        for callback in self.callbacks:
            callback.on_test_begin({})

    def on_test_end(self, logs: Logs) -> None:
        """Call it in all."""
        for callback in self.callbacks:
            callback.on_test_end(logs)

    def on_test_batch_begin(self, batch: int) -> None:
        """Call it in all."""
        for callback in self._test_watchers:
            callback.on_test_batch_begin(batch, {})

    def on_test_batch_end(self, batch: int, figures: Callable[[], Logs]) -> None:
        """Call it in those that define it; the figures are computed if one wants them."""
        made: Any = None
        for callback in self._test_watchers:
            if callback.wants_function:
                callback.on_test_batch_end(batch, figures)  # type: ignore[arg-type]  # it says that it wants one
                continue
            made = figures() if made is None else made
            callback.on_test_batch_end(batch, made)

    def on_predict_begin(self) -> None:
        """Call it in all."""
        for callback in self.callbacks:
            callback.on_predict_begin({})

    def on_predict_end(self) -> None:
        """Call it in all."""
        for callback in self.callbacks:
            callback.on_predict_end({})

    def on_predict_batch_begin(self, batch: int) -> None:
        """Call it in all."""
        for callback in self.callbacks:
            callback.on_predict_batch_begin(batch, {})

    def on_predict_batch_end(self, batch: int, logs: Logs) -> None:
        """Call it in all."""
        for callback in self.callbacks:
            callback.on_predict_batch_end(batch, logs)


def _overrides(callback: Callback, names: Iterable[str]) -> bool:
    """Whether its class defines one of these methods."""
    return any(getattr(type(callback), name) is not getattr(Callback, name) for name in names)


class LambdaCallback(Callback):
    """A callback of functions: `LambdaCallback(on_epoch_end=lambda epoch, logs: print(logs["loss"]))`.

    Args:
        on_epoch_begin, on_epoch_end, on_train_batch_begin, on_train_batch_end: functions (number, logs).
        on_train_begin, on_train_end: functions (logs).

    Raises:
        ArgumentError: if there is no such method.
    """

    def __init__(
        self,
        on_epoch_begin: Callable[..., Any] | None = None,
        on_epoch_end: Callable[..., Any] | None = None,
        on_train_begin: Callable[..., Any] | None = None,
        on_train_end: Callable[..., Any] | None = None,
        on_train_batch_begin: Callable[..., Any] | None = None,
        on_train_batch_end: Callable[..., Any] | None = None,
        **others: Callable[..., Any],
    ) -> None:
        super().__init__()
        given: dict[str, Any] = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
            **others,
        }
        for name in others:
            if not (name.startswith("on_") and hasattr(Callback, name)):
                raise ArgumentError(
                    f"LambdaCallback: there is no {name!r}; methods are on_epoch_end and its like"
                )
        self.functions = {name: function for name, function in given.items() if function is not None}

    def _call(self, name: str, *arguments: Any) -> None:
        function = self.functions.get(name)
        if function is not None:
            function(*arguments)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Call the function, if there is one."""
        self._call("on_epoch_begin", epoch, logs)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Call the function, if there is one."""
        self._call("on_epoch_end", epoch, logs)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Call the function, if there is one."""
        self._call("on_train_begin", logs)

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Call the function, if there is one."""
        self._call("on_train_end", logs)

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Call the function, if there is one."""
        self._call("on_train_batch_begin", batch, logs)
        self._call("on_batch_begin", batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Call the function, if there is one."""
        self._call("on_train_batch_end", batch, logs)
        self._call("on_batch_end", batch, logs)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Call the function, if there is one."""
        self._call("on_test_begin", logs)

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Call the function, if there is one."""
        self._call("on_test_end", logs)

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Call the function, if there is one."""
        self._call("on_test_batch_begin", batch, logs)

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Call the function, if there is one."""
        self._call("on_test_batch_end", batch, logs)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Call the function, if there is one."""
        self._call("on_predict_begin", logs)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Call the function, if there is one."""
        self._call("on_predict_end", logs)

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Call the function, if there is one."""
        self._call("on_predict_batch_begin", batch, logs)

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Call the function, if there is one."""
        self._call("on_predict_batch_end", batch, logs)
