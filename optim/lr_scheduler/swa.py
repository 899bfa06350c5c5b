"""The schedule of stochastic weight averaging: on to a constant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import cos, pi
from typing import Any

from autograd.errors import ArgumentError
from optim.lr_scheduler.base import LRScheduler, check_begun, checked, one_for_each
from optim.optimizer import Optimizer


class SWALR(LRScheduler):
    """Let the learning rate go to a constant in `anneal_epochs` epochs, for stochastic weight averaging.

    Args:
        optimizer: the optimizer.
        swa_lr: the constant, or one for each group.
        anneal_epochs: how many epochs.
        anneal_strategy: "cos" or "linear".
        last_epoch: the epoch to go on from.

    Raises:
        ArgumentError: if an option is out of its range.

    >>> import nn, optim
    >>> optimizer = optim.SGD(nn.Linear(1, 1).parameters(), lr=1.0)
    >>> schedule = SWALR(optimizer, swa_lr=0.5, anneal_epochs=2, anneal_strategy="linear")
    >>> rates = []
    >>> for _ in range(4):
    ...     rates += schedule.get_last_lr()
    ...     optimizer.step()
    ...     schedule.step()
    >>> rates
    [1.0, 0.75, 0.5, 0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: float | Sequence[float],
        anneal_epochs: Any = 10,
        anneal_strategy: str = "cos",
        last_epoch: int = -1,
    ) -> None:
        if anneal_strategy not in ("cos", "linear"):
            raise ArgumentError(f"SWALR: anneal_strategy is 'cos' or 'linear', got {anneal_strategy!r}")
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ArgumentError(
                f"SWALR: anneal_epochs must be an integer of 0 or more, got {anneal_epochs!r}"
            )
        self._anneal_strategy = anneal_strategy
        self.anneal_epochs = anneal_epochs
        rates = one_for_each("SWALR", "swa_lr", checked("SWALR", optimizer), swa_lr)
        check_begun("SWALR", optimizer, last_epoch)
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["swa_lr"] = rate
        super().__init__(optimizer, last_epoch)

    def _share(self, step: int) -> float:
        """How much of the way is behind after a number of steps."""
        share = max(0, min(1, step / max(1, self.anneal_epochs)))
        return (1 - cos(pi * share)) / 2 if self._anneal_strategy == "cos" else share

    def get_lr(self) -> list[Any]:
        """The next point on the way from where it began, which the last point tells."""
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        before, now = self._share(step - 1), self._share(step)
        rates = []
        for group in self.optimizer.param_groups:
            rate, goal = group["lr"], group["swa_lr"]
            begin = goal if before == 1 else (rate - before * goal) / (1 - before)
            rates.append(goal * now + begin * (1 - now))
        return rates

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what `state_dict()` returned."""
        super().load_state_dict({name: v for name, v in state_dict.items() if name != "anneal_func"})
