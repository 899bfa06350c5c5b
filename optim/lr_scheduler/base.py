"""`LRScheduler`: counts epochs, and sets the learning rates that a schedule computes."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from autograd.errors import ArgumentError, EntryError
from autograd.tape import Variable
from optim.optimizer import Optimizer


class LRScheduler:
    """Base class of schedules: a subclass computes the learning rates of all groups in `get_lr`.

    `get_lr` sees the epoch as `self.last_epoch`, counted from 0, the rates at the beginning as `self.base_lrs`, and
    those now in `self.optimizer.param_groups`.

    Args:
        optimizer: the optimizer whose learning rates are set.
        last_epoch: the epoch to go on from; -1 begins anew, and notes each group's rate as its "initial_lr".

    Raises:
        ArgumentError: if the optimizer is none.
        EntryError: if a group has no "initial_lr" to go on from.

    >>> import nn, optim
    >>> class Halved(LRScheduler):
    ...     def get_lr(self):
    ...         return [rate / 2**self.last_epoch for rate in self.base_lrs]
    >>> optimizer = optim.SGD(nn.Linear(1, 1).parameters(), lr=0.8)
    >>> schedule = Halved(optimizer)
    >>> for _ in range(3):
    ...     optimizer.step()
    ...     schedule.step()
    >>> schedule.get_last_lr()
    [0.1]
    """

    _initial = False
    """Whether the first rates are being set, at the making of the scheduler."""

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        self.optimizer = checked(type(self).__name__, optimizer)
        check_begun(type(self).__name__, optimizer, last_epoch)
        for group in optimizer.param_groups:
            group.setdefault("initial_lr", copied(group["lr"]))
        self.base_lrs = [copied(group["initial_lr"]) for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self.begin()

    def begin(self) -> None:
        """Set the first rates."""
        self._step_count = 0
        self._initial = True
        try:
            self.step()
        finally:
            del self._initial

    def get_lr(self) -> list[Any]:
        """The learning rates for `self.last_epoch`, one for each group."""
        raise NotImplementedError(f"{type(self).__name__} has no get_lr(): define it")

    def get_last_lr(self) -> list[Any]:
        """The learning rates that were set last."""
        return self._last_lr

    def step(self, epoch: int | None = None) -> None:
        """Go on to the next epoch; call it after the optimizer's step.

        Args:
            epoch: go to this epoch instead; PyTorch has deprecated it.
        """
        if self._step_count == 1 and not self.optimizer.stepped:
            warnings.warn(
                f"{type(self).__name__}.step() was called before optimizer.step(), so the first learning rate is "
                "never used; call optimizer.step() first",
                UserWarning,
                stacklevel=2,
            )
        self._step_count += 1
        if epoch is not None:
            warnings.warn(
                f"{type(self).__name__}.step(): the argument epoch is deprecated; call step() without it",
                UserWarning,
                stacklevel=2,
            )
        self.go_to(epoch)

    def go_to(self, epoch: int | None = None) -> None:
        """Set the rates of the next epoch, or of the given one."""
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        closed = getattr(self, "_get_closed_form_lr", None)
        self._set(self.get_lr() if epoch is None or closed is None else closed())

    def _set(self, rates: list[Any]) -> None:
        groups = self.optimizer.param_groups
        if len(groups) != len(rates):
            raise ArgumentError(
                f"{type(self).__name__}: has rates for {len(rates)} groups of parameters, but the optimizer has "
                f"{len(groups)} now; make a new schedule after add_param_group"
            )
        for group, rate in zip(groups, rates, strict=True):
            set_rate(group, rate)
        self._last_lr = self._rates()

    def _rates(self) -> list[Any]:
        """The learning rates now."""
        return [copied(group["lr"]) for group in self.optimizer.param_groups]

    def _times(self, factor: float) -> list[Any]:
        """The learning rates now, times a factor."""
        return [group["lr"] * factor for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """Everything but the optimizer."""
        return {name: value for name, value in vars(self).items() if name != "optimizer"}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what `state_dict()` returned, here or in PyTorch. The learning rates are the optimizer's state."""
        own = {"optimizer", "_is_initial", "_get_lr_called_within_step"}
        vars(self).update({name: value for name, value in state_dict.items() if name not in own})


def checked(who: str, optimizer: Any) -> Optimizer:
    """The optimizer, if it is one."""
    if not isinstance(optimizer, Optimizer):
        raise ArgumentError(f"{who}: needs an optimizer, got {type(optimizer).__name__}")
    return optimizer


def check_begun(who: str, optimizer: Optimizer, last_epoch: int) -> None:
    """Raise EntryError if a schedule is to go on, and a group does not say what its rate was at first."""
    for i, group in enumerate(optimizer.param_groups):
        if last_epoch != -1 and "initial_lr" not in group:
            raise EntryError(
                f"{who}: param_groups[{i}] has no 'initial_lr' to go on from at last_epoch={last_epoch}: load the "
                "optimizer's state first, or begin with last_epoch=-1"
            )


def copied(rate: Any) -> Any:
    """A learning rate; one that is a tensor, as a copy."""
    return rate.clone() if isinstance(rate, Variable) else rate  # type: ignore[attr-defined]  # every Variable is a Tensor


def set_rate(group: dict[str, Any], rate: Any) -> None:
    """Set a group's learning rate; one that is a tensor, in place."""
    held = group["lr"]
    if isinstance(held, Variable):
        held.fill_(rate.item() if isinstance(rate, Variable) else rate)  # type: ignore[attr-defined]  # every Variable is a Tensor
    else:
        group["lr"] = rate


def one_for_each(who: str, name: str, optimizer: Optimizer, value: Any) -> list[Any]:
    """A value for each group: those given, or the same for all.

    Raises:
        ArgumentError: if there are more or fewer.
    """
    groups = len(optimizer.param_groups)
    if not isinstance(value, (list, tuple)):
        return [copied(value) for _ in range(groups)]
    if len(value) != groups:
        raise ArgumentError(f"{who}: {name} has {len(value)} values for {groups} groups of parameters")
    return [copied(v) for v in value]
