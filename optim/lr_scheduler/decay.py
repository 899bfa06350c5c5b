"""Schedules that let the learning rate fall (or rise) by a formula, once."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from typing import Any

from autograd.errors import ArgumentError
from optim.lr_scheduler.base import LRScheduler
from optim.optimizer import Optimizer


class StepLR(LRScheduler):
    """lr = base · γ^⌊epoch / step_size⌋.

    Args:
        optimizer: the optimizer.
        step_size: how many epochs between two falls.
        gamma: γ.
        last_epoch: the epoch to go on from.

    >>> import nn, optim
    >>> optimizer = optim.SGD(nn.Linear(1, 1).parameters(), lr=0.5)
    >>> schedule = StepLR(optimizer, step_size=2, gamma=0.5)
    >>> for _ in range(4):
    ...     optimizer.step()
    ...     schedule.step()
    >>> schedule.get_last_lr()
    [0.125]
    """

    def __init__(
        self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        """Rates, in every `step_size`th epoch times γ."""
        falls = self.last_epoch != 0 and self.last_epoch % self.step_size == 0
        return self._times(self.gamma) if falls else self._rates()

    def _get_closed_form_lr(self) -> list[Any]:
        return [base * self.gamma ** (self.last_epoch // self.step_size) for base in self.base_lrs]


class MultiStepLR(LRScheduler):
    """lr = base · γ^n, where n of the milestones are past.

    Args:
        optimizer: the optimizer.
        milestones: epochs; one that is named twice counts twice.
        gamma: γ.
        last_epoch: the epoch to go on from.

    >>> import nn, optim
    >>> optimizer = optim.SGD(nn.Linear(1, 1).parameters(), lr=0.5)
    >>> schedule = MultiStepLR(optimizer, milestones=[1, 3], gamma=0.5)
    >>> for _ in range(3):
    ...     optimizer.step()
    ...     schedule.step()
    >>> schedule.get_last_lr()
    [0.125]
    """

    def __init__(
        self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.milestones = Counter(milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        """Rates, at a milestone times γ."""
        times = self.milestones.get(self.last_epoch, 0)
        return self._times(self.gamma**times) if times else self._rates()

    def _get_closed_form_lr(self) -> list[Any]:
        past = bisect_right(sorted(self.milestones.elements()), self.last_epoch)
        return [base * self.gamma**past for base in self.base_lrs]


class ConstantLR(LRScheduler):
    """lr = base · factor, and from epoch `total_iters` on lr = base: the simplest warm-up.

    Args:
        optimizer: the optimizer.
        factor: in [0, 1].
        total_iters: how many epochs.
        last_epoch: the epoch to go on from.

    Raises:
        ArgumentError: if the factor is out of its range.

    >>> import nn, optim
    >>> optimizer = optim.SGD(nn.Linear(1, 1).parameters(), lr=0.5)
    >>> ConstantLR(optimizer, factor=0.5).get_last_lr()
    [0.25]
    """

    def __init__(
        self, optimizer: Optimizer, factor: float = 1.0 / 3, total_iters: int = 5, last_epoch: int = -1
    ) -> None:
        if not 0 <= factor <= 1:
            raise ArgumentError(f"ConstantLR: factor must be in [0, 1], got {factor}")
        self.factor = factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        """Rates, times the factor at the beginning and divided by it at the end."""
        if self.last_epoch == 0:
            return self._times(self.factor)
        return self._times(1.0 / self.factor) if self.last_epoch == self.total_iters else self._rates()

    def _get_closed_form_lr(self) -> list[Any]:
        over = self.last_epoch >= self.total_iters
        return [base * (self.factor + over * (1 - self.factor)) for base in self.base_lrs]


class LinearLR(LRScheduler):
    """lr goes along a line from base · start_factor to base · end_factor in `total_iters` epochs.

    Args:
        optimizer: the optimizer.
        start_factor: in (0, 1].
        end_factor: in [0, 1].
        total_iters: how many epochs.
        last_epoch: the epoch to go on from.

    Raises:
        ArgumentError: if a factor is out of its range.

    >>> import nn, optim
    >>> optimizer = optim.SGD(nn.Linear(1, 1).parameters(), lr=0.5)
    >>> schedule = LinearLR(optimizer, start_factor=0.5, total_iters=4)
    >>> optimizer.step()
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.3125]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if not 0 < start_factor <= 1:
            raise ArgumentError(f"LinearLR: start_factor must be in (0, 1], got {start_factor}")
        if not 0 <= end_factor <= 1:
            raise ArgumentError(f"LinearLR: end_factor must be in [0, 1], got {end_factor}")
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        """Rates, times the quotient of two neighbours on the line."""
        start, rise, n = self.start_factor, self.end_factor - self.start_factor, self.total_iters
        if self.last_epoch == 0:
            return self._times(start)
        if self._initial or self.last_epoch > n:
            return self._rates()
        return self._times(1.0 + rise / (n * start + (self.last_epoch - 1) * rise))

    def _get_closed_form_lr(self) -> list[Any]:
        start, rise, n = self.start_factor, self.end_factor - self.start_factor, self.total_iters
        return [base * (start + rise * min(n, self.last_epoch) / n) for base in self.base_lrs]


class ExponentialLR(LRScheduler):
    """lr = base · γ^epoch.

    Args:
        optimizer: the optimizer.
        gamma: γ.
        last_epoch: the epoch to go on from.

    >>> import nn, optim
    >>> optimizer = optim.SGD(nn.Linear(1, 1).parameters(), lr=0.5)
    >>> schedule = ExponentialLR(optimizer, gamma=0.5)
    >>> for _ in range(2):
    ...     optimizer.step()
    ...     schedule.step()
    >>> schedule.get_last_lr()
    [0.125]
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        """Rates times γ."""
        return self._rates() if self._initial else self._times(self.gamma)

    def _get_closed_form_lr(self) -> list[Any]:
        return [base * self.gamma**self.last_epoch for base in self.base_lrs]


class PolynomialLR(LRScheduler):
    """lr = base · (1 − epoch / total_iters)^power, and 0 afterwards.

    Args:
        optimizer: the optimizer.
        total_iters: how many epochs.
        power: the power; 1 is a line.
        last_epoch: the epoch to go on from.

    >>> import nn, optim
    >>> optimizer = optim.SGD(nn.Linear(1, 1).parameters(), lr=0.5)
    >>> schedule = PolynomialLR(optimizer, total_iters=4, power=2.0)
    >>> for _ in range(2):
    ...     optimizer.step()
    ...     schedule.step()
    >>> schedule.get_last_lr()
    [0.125]
    """

    def __init__(
        self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1
    ) -> None:
        self.total_iters = total_iters
        self.power = power
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        """Rates, times the quotient of two neighbours on the curve."""
        if self._initial or self.last_epoch > self.total_iters:
            return self._rates()
        now = 1.0 - self.last_epoch / self.total_iters
        before = 1.0 - (self.last_epoch - 1) / self.total_iters
        return self._times((now / before) ** self.power)

    def _get_closed_form_lr(self) -> list[Any]:
        left = 1.0 - min(self.total_iters, self.last_epoch) / self.total_iters
        return [base * left**self.power for base in self.base_lrs]
