"""Schedules made of schedules: one after the other, or all at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from autograd.errors import ArgumentError, DTypeError
from optim.lr_scheduler.base import LRScheduler, set_rate
from optim.lr_scheduler.plateau import ReduceLROnPlateau
from optim.optimizer import Optimizer


class _Composed(LRScheduler):
    """Schedules of one optimizer."""

    _schedulers: list[LRScheduler]

    def _take(self, schedulers: Sequence[LRScheduler], optimizer: Any) -> None:
        """Keep the schedules.

        Raises:
            ArgumentError: if there are none, or one is of another optimizer or is no schedule of epochs.
        """
        who = type(self).__name__
        for i, schedule in enumerate(schedulers):
            if not hasattr(schedule, "optimizer"):
                raise DTypeError(f"{who}: schedulers[{i}] is no scheduler but a {type(schedule).__name__}")
            if isinstance(schedule, ReduceLROnPlateau):
                raise ArgumentError(
                    f"{who}: schedulers[{i}] is a ReduceLROnPlateau, whose step() needs a figure; step it by itself"
                )
            if schedule.optimizer is not optimizer:
                raise ArgumentError(
                    f"{who}: schedulers[{i}], a {type(schedule).__name__}, is of another optimizer"
                )
        self._schedulers = list(schedulers)
        self.optimizer = optimizer

    def take_back(self) -> None:
        """Take back the step that each schedule made when it was made."""
        for schedule in self._schedulers:
            if isinstance(schedule, _Composed):
                schedule.take_back()
            else:
                schedule.last_epoch -= 1

    def state_dict(self) -> dict[str, Any]:
        """Everything but the optimizer; schedules as their own state dicts."""
        state = super().state_dict()
        state["_schedulers"] = [schedule.state_dict() for schedule in self._schedulers]
        return state

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what `state_dict()` returned."""
        super().load_state_dict({name: value for name, value in state_dict.items() if name != "_schedulers"})
        for schedule, held in zip(self._schedulers, state_dict["_schedulers"], strict=True):
            schedule.load_state_dict(held)


def _some(who: str, schedulers: Sequence[LRScheduler]) -> None:
    if not schedulers:
        raise ArgumentError(f"{who}: needs at least one scheduler, got none")


class SequentialLR(_Composed):
    """One schedule after the other: at each milestone the next begins.

    Args:
        optimizer: the optimizer.
        schedulers: the schedules, in order.
        milestones: the epochs at which the second and all later ones begin.
        last_epoch: the epoch to go on from.

    Raises:
        ArgumentError: if numbers do not fit, or a schedule is of another optimizer or a `ReduceLROnPlateau`.

    >>> import nn, optim
    >>> optimizer = optim.SGD(nn.Linear(1, 1).parameters(), lr=1.0)
    >>> warm_up = optim.lr_scheduler.ConstantLR(optimizer, factor=0.1, total_iters=9)
    >>> fall = optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    >>> schedule = SequentialLR(optimizer, [warm_up, fall], milestones=[2])
    >>> rates = []
    >>> for _ in range(4):
    ...     rates += schedule.get_last_lr()
    ...     optimizer.step()
    ...     schedule.step()
    >>> rates
    [0.1, 0.1, 1.0, 0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        schedulers: Sequence[LRScheduler],
        milestones: Sequence[int],
        last_epoch: int = -1,
    ) -> None:
        _some("SequentialLR", schedulers)
        self._take(schedulers, optimizer)
        if len(milestones) != len(schedulers) - 1:
            raise ArgumentError(
                f"SequentialLR: {len(schedulers)} schedulers need {len(schedulers) - 1} milestones, got "
                f"{len(milestones)}"
            )
        self._milestones = list(milestones)
        self.last_epoch = last_epoch + 1
        for group in optimizer.param_groups:
            set_rate(group, group["initial_lr"])
        self.take_back()  # each has set its first rates when it was made
        first = self._schedulers[bisect_right(self._milestones, 0)]
        first.begin()
        self._last_lr = first.get_last_lr()

    def step(self) -> None:  # type: ignore[override]  # as in PyTorch
        """Go on to the next epoch."""
        self.last_epoch += 1
        i = bisect_right(self._milestones, self.last_epoch)
        schedule = self._schedulers[i]
        if i > 0 and self._milestones[i - 1] == self.last_epoch:
            schedule.go_to(0)
        else:
            schedule.step()
        self._last_lr = schedule.get_last_lr()


class ChainedScheduler(_Composed):
    """All schedules at once: each multiplies what the one before has left.

    Args:
        schedulers: the schedules, in order.
        optimizer: the optimizer; that of the first if left out.

    Raises:
        ArgumentError: if there are none, or one is of another optimizer or a `ReduceLROnPlateau`.

    >>> import nn, optim
    >>> optimizer = optim.SGD(nn.Linear(1, 1).parameters(), lr=1.0)
    >>> warm_up = optim.lr_scheduler.ConstantLR(optimizer, factor=0.5, total_iters=2)
    >>> schedule = ChainedScheduler([warm_up, optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)])
    >>> rates = []
    >>> for _ in range(3):
    ...     rates += schedule.get_last_lr()
    ...     optimizer.step()
    ...     schedule.step()
    >>> rates
    [0.5, 0.25, 0.25]
    """

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None) -> None:
        _some("ChainedScheduler", schedulers)
        self._take(schedulers, optimizer or getattr(schedulers[0], "optimizer", None))
        self._last_lr = self._rates()

    def step(self) -> None:  # type: ignore[override]  # as in PyTorch
        """Go on to the next epoch."""
        for schedule in self._schedulers:
            schedule.step()
        self._last_lr = self._rates()
