"""What callbacks that look at one figure have in common: which one, and whether it got better."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from typing import Any

import autograd
from autograd.errors import ArgumentError
from nn.keras.callbacks.callback import Callback, Logs
from nn.keras.callbacks.messages import say

_RISING = (
    "acc",
    "accuracy",
    "auc",
    "precision",
    "recall",
    "score",
    "f1",
    "r2",
    "similarity",
    "positives",
    "iou",
)


class Monitor(Callback):
    """Base class of callbacks that look at one figure.

    Args:
        monitor: its name in the history, such as "val_loss".
        mode: "min" if smaller is better, "max" if larger is, "auto" to tell by the name.
        min_delta: how much better it has to be.

    Raises:
        ArgumentError: for another mode.
    """

    def __init__(self, monitor: str, mode: str, min_delta: float, initial: float | None = None) -> None:
        super().__init__()
        if mode not in ("auto", "min", "max"):
            raise ArgumentError(f"{type(self).__name__}: mode is 'auto', 'min' or 'max', got {mode!r}")
        self.monitor, self.mode, self.min_delta = monitor, mode, abs(min_delta)
        if mode == "auto":
            name = monitor.removeprefix("val_").lower()
            mode = (
                "max" if name in ("acc", "f1", "r2") or any(part in name for part in _RISING[1:]) else "min"
            )
            mode = "min" if name.startswith("false_") or "loss" in name else mode
        self.rising = mode == "max"
        self._initial = initial
        self.best = self.worst if initial is None else initial

    @property
    def worst(self) -> float:
        """What everything is better than."""
        return -math.inf if self.rising else math.inf

    def better(self, value: float, than: float) -> bool:
        """Whether a figure is better than another, by more than `min_delta`."""
        return value - self.min_delta > than if self.rising else value + self.min_delta < than

    def figure(self, logs: Logs | None) -> float | None:
        """The figure of an epoch; None, with a warning, if there is none of that name."""
        found = (logs or {}).get(self.monitor)
        if found is None:
            warnings.warn(
                f"{type(self).__name__}: there is no figure {self.monitor!r} to look at; there are "
                f"{', '.join(logs or {})}",
                UserWarning,
                stacklevel=5,
            )
            return None
        return float(found)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begin anew."""
        self.best = self.worst if self._initial is None else self._initial

    def get_state(self) -> dict[str, Any]:
        """The best figure so far."""
        return {"best": self.best}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on from an earlier best figure."""
        self.best = float(state["best"])


class EarlyStopping(Monitor):
    """End the training when a figure has not got better for `patience` epochs.

    Args:
        monitor, mode, min_delta: see `Monitor`.
        patience: how many epochs without getting better it takes.
        verbose: 1 to say when it ends the training, and which weights it goes back to.
        baseline: a figure that has to be bettered for an epoch to count as better.
        restore_best_weights: go back to the weights of the best epoch in the end.
        start_from_epoch: how many epochs are not looked at.

    Attributes:
        stopped_epoch: the epoch after which it ended the training, from 0; 0 if it did not.
        best_epoch: the number of the best epoch.

    Raises:
        ArgumentError: for another mode.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        self.patience, self.verbose, self.baseline = patience, verbose, baseline
        self.restore_best_weights, self.start_from_epoch = restore_best_weights, start_from_epoch
        self.wait = self.stopped_epoch = self.best_epoch = 0
        self.best_weights: dict[str, Any] | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begin anew."""
        super().on_train_begin(logs)
        self.wait = self.stopped_epoch = self.best_epoch = 0
        self.best_weights = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """See whether the epoch was better."""
        value = self.figure(logs)
        if value is None or epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            self._keep(epoch)
        self.wait += 1
        if self.better(value, self.best):
            self.best = value
            self._keep(epoch)
            if self.baseline is None or self.better(value, self.baseline):
                self.wait = 0
            return
        if self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def _keep(self, epoch: int) -> None:
        self.best_epoch = epoch
        if self.restore_best_weights:
            self.best_weights = {name: t.detach().clone() for name, t in self.model.state_dict().items()}

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Go back to the best weights."""
        if self.stopped_epoch:
            say(
                self.verbose,
                self.stopped_epoch,
                f"early stopping, {self.monitor} was best in epoch {self.best_epoch + 1}",
            )
        if self.restore_best_weights and self.best_weights is not None:
            self.model.load_state_dict(self.best_weights)
            say(self.verbose, self.best_epoch, "the model has the weights of this epoch again")

    def get_state(self) -> dict[str, Any]:
        """Everything it has noted."""
        kept = {"wait": self.wait, "stopped_epoch": self.stopped_epoch, "best_epoch": self.best_epoch}
        return {**super().get_state(), **kept, "best_weights": self.best_weights}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on from earlier notes."""
        super().set_state(state)
        self.wait, self.stopped_epoch, self.best_epoch = (
            int(state[name]) for name in ("wait", "stopped_epoch", "best_epoch")
        )
        self.best_weights = state["best_weights"]


class ModelCheckpoint(Monitor):
    """Save the model after each epoch, or after the best ones.

    Args:
        filepath: where to; "{epoch:02d}" and figures such as "{val_loss:.2f}" are filled in, the epoch from 1.
        monitor, mode: see `Monitor`.
        verbose: 1 to say what is saved, and why.
        save_best_only: only after an epoch that is better than all before.
        save_weights_only: the weights alone, without the architecture.
        save_freq: "epoch", or a number of batches.
        initial_value_threshold: what has to be bettered at first.

    Raises:
        ArgumentError: for another mode or frequency.
        OSError: while training, if the file cannot be written; an older one is left whole.
    """

    def __init__(
        self,
        filepath: Any,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__(monitor, mode, 0.0, initial_value_threshold)
        if save_freq != "epoch" and not (isinstance(save_freq, int) and save_freq > 0):
            raise ArgumentError(
                f"ModelCheckpoint: save_freq is 'epoch' or a number of batches, got {save_freq!r}"
            )
        self.filepath, self.verbose = str(filepath), verbose
        self.save_best_only, self.save_weights_only, self.save_freq = (
            save_best_only,
            save_weights_only,
            save_freq,
        )
        self._epoch = self._batches = 0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Note which epoch it is."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Save after so many batches, if that is asked for."""
        if self.save_freq == "epoch":
            return
        self._batches += 1
        if self._batches % int(self.save_freq) == 0:
            self._save(self._epoch, logs)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Save after the epoch, if that is asked for."""
        if self.save_freq == "epoch":
            self._save(epoch, logs)

    def _save(self, epoch: int, logs: Logs | None) -> None:
        if self.save_best_only:
            value = self.figure(logs)
            if value is None:
                return
            if not self.better(value, self.best):
                say(self.verbose, epoch, f"{self.monitor} is no better than {self.best:.5f}")
                return
            say(self.verbose, epoch, f"{self.monitor} got better, from {self.best:.5f} to {value:.5f}")
            self.best = value
        try:
            path = self.filepath.format(epoch=epoch + 1, **(logs or {}))
        except KeyError as error:
            raise ArgumentError(
                f"ModelCheckpoint: {self.filepath!r} asks for {error}; there are epoch, {', '.join(logs or {})}"
            ) from error
        name = "save_weights" if self.save_weights_only else "save"
        if hasattr(self.model, name):
            getattr(self.model, name)(path)
        else:  # a module that was made with the mixin alone
            autograd.save(self.model.state_dict(), path)
        say(self.verbose, epoch, f"saved to {path}")


class ReduceLROnPlateau(Monitor):
    """Make the learning rate smaller when a figure has not got better for `patience` epochs.

    Args:
        monitor, mode, min_delta: see `Monitor`.
        factor: what the learning rate is multiplied by, below 1.
        patience: how many epochs without getting better it takes.
        verbose: 1 to say when the learning rate is made smaller.
        cooldown: how many epochs are not counted after that.
        min_lr: the smallest learning rate.

    Raises:
        ArgumentError: if the factor is 1 or more, or for another mode.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        if factor >= 1.0:
            raise ArgumentError(f"ReduceLROnPlateau: factor must be below 1, got {factor}")
        self.factor, self.patience, self.verbose = factor, patience, verbose
        self.cooldown, self.min_lr = cooldown, min_lr
        self.wait = self.cooldown_counter = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begin anew."""
        super().on_train_begin(logs)
        self.wait = self.cooldown_counter = 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """See whether the epoch was better."""
        rate = learning_rate(self.model.optimizer)
        if logs is not None:
            logs["learning_rate"] = rate
        value = self.figure(logs)
        if value is None:
            return
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.wait = 0
        if self.better(value, self.best):
            self.best, self.wait = value, 0
        elif self.cooldown_counter <= 0:
            self.wait += 1
            if self.wait >= self.patience and rate > self.min_lr:
                smaller = max(rate * self.factor, self.min_lr)
                set_learning_rate(self.model.optimizer, smaller)
                say(self.verbose, epoch, f"the learning rate is {smaller:g} from here on")
                self.cooldown_counter, self.wait = self.cooldown, 0

    def get_state(self) -> dict[str, Any]:
        """Everything it has noted."""
        return {**super().get_state(), "wait": self.wait, "cooldown_counter": self.cooldown_counter}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on from earlier notes."""
        super().set_state(state)
        self.wait, self.cooldown_counter = int(state["wait"]), int(state["cooldown_counter"])


def learning_rate(optimizer: Any) -> float:
    """The learning rate of an optimizer, of its first group."""
    own = getattr(optimizer, "learning_rate", None)
    return float(own if own is not None else optimizer.param_groups[0]["lr"])


def set_learning_rate(optimizer: Any, value: float) -> None:
    """Set the learning rate of all groups."""
    if hasattr(optimizer, "learning_rate"):
        optimizer.learning_rate = value
        return
    for group in optimizer.param_groups:
        group["lr"] = value
