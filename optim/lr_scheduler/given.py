"""Schedules given by a function of the epoch."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autograd.errors import ArgumentError
from optim.lr_scheduler.base import LRScheduler
from optim.optimizer import Optimizer

Factor = Callable[[int], float]


class _Given(LRScheduler):
    """A function for all groups, or one for each."""

    def __init__(
        self, optimizer: Optimizer, lr_lambda: Factor | Sequence[Factor], last_epoch: int = -1
    ) -> None:
        who, groups = type(self).__name__, len(optimizer.param_groups)
        several = isinstance(lr_lambda, (list, tuple))
        given: list[Any] = list(lr_lambda) if several else [lr_lambda] * groups  # type: ignore[arg-type]  # several
        if len(given) != groups:
            raise ArgumentError(f"{who}: got {len(given)} functions for {groups} groups of parameters")
        for f in given:
            if not callable(f):
                raise ArgumentError(f"{who}: lr_lambda is a function of the epoch, got {type(f).__name__}")
        self.lr_lambdas = given
        super().__init__(optimizer, last_epoch)

    def state_dict(self) -> dict[str, Any]:
        """Everything but the optimizer and functions; of an object that can be called, what it holds."""
        state = super().state_dict()
        state["lr_lambdas"] = [
            None if isinstance(f, types.FunctionType) else dict(vars(f)) for f in self.lr_lambdas
        ]
        return state

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what `state_dict()` returned; functions stay those given."""
        super().load_state_dict({name: value for name, value in state_dict.items() if name != "lr_lambdas"})
        for f, held in zip(self.lr_lambdas, state_dict["lr_lambdas"], strict=True):
            if held is not None:
                vars(f).update(held)


class LambdaLR(_Given):
    """lr = base · f(epoch).

    Args:
        optimizer: the optimizer.
        lr_lambda: f, or one for each group.
        last_epoch: the epoch to go on from.

    Raises:
        ArgumentError: if there is not one function for each group.

    >>> import nn, optim
    >>> optimizer = optim.SGD(nn.Linear(1, 1).parameters(), lr=0.4)
    >>> schedule = LambdaLR(optimizer, lambda epoch: 1 / (epoch + 1))
    >>> optimizer.step()
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.2]
    """

    def get_lr(self) -> list[Any]:
        """Base rates times f."""
        return [base * f(self.last_epoch) for f, base in zip(self.lr_lambdas, self.base_lrs, strict=True)]


class MultiplicativeLR(_Given):
    """lr ← lr · f(epoch), in each epoch but the first.

    Args:
        optimizer: the optimizer.
        lr_lambda: f, or one for each group.
        last_epoch: the epoch to go on from.

    Raises:
        ArgumentError: if there is not one function for each group.

    >>> import nn, optim
    >>> optimizer = optim.SGD(nn.Linear(1, 1).parameters(), lr=0.4)
    >>> schedule = MultiplicativeLR(optimizer, lambda epoch: 0.5)
    >>> optimizer.step()
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.2]
    """

    def get_lr(self) -> list[Any]:
        """Rates times f."""
        if self._initial:
            return self._rates()
        groups = self.optimizer.param_groups
        return [group["lr"] * f(self.last_epoch) for f, group in zip(self.lr_lambdas, groups, strict=True)]
