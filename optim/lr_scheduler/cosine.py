"""Schedules along half a cosine, from the base rate down to the least one."""

from __future__ import annotations

from math import cos, floor, log, pi
from typing import Any

from autograd.errors import ArgumentError
from optim.lr_scheduler.base import LRScheduler
from optim.optimizer import Optimizer


class CosineAnnealingLR(LRScheduler):
    """lr = η_min + (base − η_min) (1 + cos(π epoch / T_max)) / 2 (Loshchilov & Hutter, 2017); then up again.

    Computed from the rate before, so that other schedules can act on the same optimizer.

    Args:
        optimizer: the optimizer.
        T_max: how many epochs down.
        eta_min: η_min.
        last_epoch: the epoch to go on from.

    >>> import nn, optim
    >>> optimizer = optim.SGD(nn.Linear(1, 1).parameters(), lr=0.5)
    >>> schedule = CosineAnnealingLR(optimizer, T_max=4)
    >>> for _ in range(2):
    ...     optimizer.step()
    ...     schedule.step()
    >>> [round(rate, 6) for rate in schedule.get_last_lr()]
    [0.25]
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        """Rates, times the quotient of two neighbours on the curve."""
        least, n, epoch = self.eta_min, self.T_max, self.last_epoch
        groups = self.optimizer.param_groups
        if self._initial:
            return self._rates()
        if self._step_count == 1 and epoch > 0:
            return [least + (base - least) * (1 + cos(epoch * pi / n)) / 2 for base in self.base_lrs]
        if (epoch - 1 - n) % (2 * n) == 0:  # the rate before is the least: nothing to multiply
            pairs = zip(self.base_lrs, groups, strict=True)
            return [group["lr"] + (base - least) * (1 - cos(pi / n)) / 2 for base, group in pairs]
        quotient = (1 + cos(pi * epoch / n)) / (1 + cos(pi * (epoch - 1) / n))
        return [quotient * (group["lr"] - least) + least for group in groups]

    def _get_closed_form_lr(self) -> list[Any]:
        least, share = self.eta_min, 1 + cos(pi * self.last_epoch / self.T_max)
        return [least + (base - least) * share / 2 for base in self.base_lrs]


class CosineAnnealingWarmRestarts(LRScheduler):
    """The cosine again and again, each time from the base rate: SGDR (Loshchilov & Hutter, 2017).

    lr = η_min + (base − η_min) (1 + cos(π T_cur / T_i)) / 2, with T_cur epochs since the last restart and T_i between
    the two restarts.

    Args:
        optimizer: the optimizer.
        T_0: how many epochs to the first restart.
        T_mult: each time is so many times as long as the one before.
        eta_min: η_min.
        last_epoch: the epoch to go on from.

    Raises:
        ArgumentError: if T_0 or T_mult is not a positive integer.

    >>> import nn, optim
    >>> optimizer = optim.SGD(nn.Linear(1, 1).parameters(), lr=0.5)
    >>> schedule = CosineAnnealingWarmRestarts(optimizer, T_0=2)
    >>> rates = []
    >>> for _ in range(4):
    ...     rates += schedule.get_last_lr()
    ...     optimizer.step()
    ...     schedule.step()
    >>> rates
    [0.5, 0.25, 0.5, 0.25]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        T_0: int,
        T_mult: int = 1,
        eta_min: float = 0.0,
        last_epoch: int = -1,  # PyTorch's names
    ) -> None:
        given: tuple[tuple[str, Any], ...] = (("T_0", T_0), ("T_mult", T_mult))
        for name, value in given:
            if not isinstance(value, int) or value < 1:
                raise ArgumentError(
                    f"CosineAnnealingWarmRestarts: {name} must be a positive integer, got {value!r}"
                )
        least: Any = eta_min
        if not isinstance(least, (float, int)):
            raise ArgumentError(
                f"CosineAnnealingWarmRestarts: eta_min must be a number, got {type(least).__name__}"
            )
        self.T_0 = T_0
        self.T_i = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        self.T_cur: float = last_epoch
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        """Where the cosine is now."""
        least, share = self.eta_min, 1 + cos(pi * self.T_cur / self.T_i)
        return [least + (base - least) * share / 2 for base in self.base_lrs]

    def step(self, epoch: float | None = None) -> None:
        """Go on to the next epoch, or to the given one, which may be a fraction: `step(epoch + batch / batches)`.

        Raises:
            ArgumentError: if it is negative.
        """
        if epoch is None and self.last_epoch < 0:
            epoch = 0
        if epoch is None:
            epoch = self.last_epoch + 1
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur %= self.T_i
                self.T_i *= self.T_mult
        elif epoch < 0:
            raise ArgumentError(f"CosineAnnealingWarmRestarts.step: epoch must be 0 or more, got {epoch}")
        elif epoch < self.T_0:
            self.T_cur, self.T_i = epoch, self.T_0
        elif self.T_mult == 1:
            self.T_cur = epoch % self.T_0
        else:
            restarts = int(log(epoch / self.T_0 * (self.T_mult - 1) + 1, self.T_mult))
            self.T_cur = epoch - self.T_0 * (self.T_mult**restarts - 1) / (self.T_mult - 1)
            self.T_i = self.T_0 * self.T_mult**restarts
        self.last_epoch = floor(epoch)
        self._set(self.get_lr())
