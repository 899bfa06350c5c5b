"""`LearningRateScheduler`: a learning rate for each epoch."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from autograd.errors import ArgumentError
from nn.keras.callbacks.callback import Callback, Logs
from nn.keras.callbacks.messages import say
from nn.keras.callbacks.monitor import learning_rate, set_learning_rate


class LearningRateScheduler(Callback):
    """Set the learning rate before each epoch, or step a scheduler of `optim.lr_scheduler` after each.

    Args:
        schedule: a function (epoch, lr) or (epoch) of the epoch, from 0, that returns the learning rate; or a
            scheduler of `optim.lr_scheduler`, made with the optimizer.
        verbose: 1 to say what the function returned for each epoch.

    Raises:
        ArgumentError: if it is neither; while training, if the function does not return a number.
    """

    def __init__(self, schedule: Callable[..., float] | Any, verbose: int = 0) -> None:
        super().__init__()
        self.scheduler: Any = (
            schedule if hasattr(schedule, "step") and hasattr(schedule, "optimizer") else None
        )
        if self.scheduler is None and not callable(schedule):
            raise ArgumentError(
                f"LearningRateScheduler: schedule is a function (epoch, lr) or a scheduler of optim, got {schedule!r}"
            )
        self.schedule, self.verbose = schedule, verbose
        self._both = self.scheduler is None and _takes_two(schedule)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Set the learning rate."""
        if self.scheduler is not None:
            return
        now = learning_rate(self.model.optimizer)
        value = self.schedule(epoch, now) if self._both else self.schedule(epoch)
        try:
            rate = float(value)
        except (TypeError, ValueError):
            raise ArgumentError(
                f"LearningRateScheduler: the schedule returned {value!r} for epoch {epoch}, not a number"
            ) from None
        set_learning_rate(self.model.optimizer, rate)
        say(self.verbose, epoch, f"the learning rate is {rate:g}")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Note the learning rate in the figures."""
        if logs is not None:
            logs["learning_rate"] = learning_rate(self.model.optimizer)
        if self.scheduler is not None:
            self.scheduler.step()

    def get_state(self) -> dict[str, Any]:
        """The scheduler's state."""
        return {} if self.scheduler is None else {"scheduler": self.scheduler.state_dict()}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on from an earlier state."""
        if self.scheduler is not None:
            self.scheduler.load_state_dict(state["scheduler"])


def _takes_two(function: Callable[..., Any]) -> bool:
    """Whether it can be called with (epoch, lr)."""
    try:
        inspect.signature(function).bind(0, 0.0)
    except TypeError:
        return False
    except ValueError:  # a built-in function that does not tell
        return True
    return True
