"""Schedules that go up and down, and let the momentum go the other way."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from math import cos, floor, pi
from typing import Any

from autograd.errors import ArgumentError
from optim.lr_scheduler.base import LRScheduler, checked, one_for_each, set_rate
from optim.optimizer import Optimizer

Rates = float | Sequence[float]


def set_momentum(group: dict[str, Any], momentum: float) -> None:
    """Set a group's momentum, which is β₁ where there are betas."""
    if "betas" in group:
        group["betas"] = (momentum, *group["betas"][1:])
    else:
        group["momentum"] = momentum


def begin_momentum(
    who: str, optimizer: Optimizer, base: Rates, largest: Rates, anew: bool
) -> tuple[list[float], list[float]]:
    """The least and the largest momentum of each group, noted in the groups at the beginning.

    Raises:
        ArgumentError: if the optimizer has no momentum.
    """
    if "momentum" not in optimizer.defaults and "betas" not in optimizer.defaults:
        raise ArgumentError(
            f"{who}: {type(optimizer).__name__} has neither momentum nor betas; pass cycle_momentum=False"
        )
    least = one_for_each(who, "base_momentum", optimizer, base)
    most = one_for_each(who, "max_momentum", optimizer, largest)
    if anew:
        for group, low, high in zip(optimizer.param_groups, least, most, strict=True):
            set_momentum(group, high)
            group["max_momentum"], group["base_momentum"] = high, low
    return least, most


class CyclicLR(LRScheduler):
    """A triangle wave between two rates (Smith, 2017); a step is usually a batch.

    The rate climbs from `base_lr` to `max_lr` in `step_size_up` steps and falls back in `step_size_down`. The height
    of the triangle is scaled: "triangular" leaves it, "triangular2" halves it with each cycle, "exp_range" multiplies
    it by γ with each step.

    Args:
        optimizer: the optimizer.
        base_lr, max_lr: the lower and the upper end, or one for each group.
        step_size_up, step_size_down: how many steps up, and down; the same if one is left out.
        mode: see above.
        gamma: γ.
        scale_fn: a scale of your own, a function of the cycle, from 1, or of the step, as `scale_mode` says.
        scale_mode: "cycle" or "iterations".
        cycle_momentum: let the momentum fall from `max_momentum` to `base_momentum` while the rate climbs.
        base_momentum, max_momentum: the lower and the upper end, or one for each group.
        last_epoch: the step to go on from.

    Raises:
        ArgumentError: for another mode, or an optimizer without momentum.

    >>> import nn, optim
    >>> optimizer = optim.SGD(nn.Linear(1, 1).parameters(), lr=0.1, momentum=0.9)
    >>> schedule = CyclicLR(optimizer, base_lr=0.0, max_lr=1.0, step_size_up=2)
    >>> rates = []
    >>> for _ in range(5):
    ...     rates += schedule.get_last_lr()
    ...     optimizer.step()
    ...     schedule.step()
    >>> rates
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: Rates,
        max_lr: Rates,
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: str = "cycle",
        cycle_momentum: bool = True,
        base_momentum: Rates = 0.8,
        max_momentum: Rates = 0.9,
        last_epoch: int = -1,
    ) -> None:
        checked("CyclicLR", optimizer)
        if scale_fn is None and mode not in ("triangular", "triangular2", "exp_range"):
            raise ArgumentError(
                f"CyclicLR: mode is 'triangular', 'triangular2' or 'exp_range', or a scale_fn is given; got {mode!r}"
            )
        base_lrs = one_for_each("CyclicLR", "base_lr", optimizer, base_lr)
        self.max_lrs = one_for_each("CyclicLR", "max_lr", optimizer, max_lr)
        if last_epoch == -1:
            for group, rate in zip(optimizer.param_groups, base_lrs, strict=True):
                set_rate(group, rate)
        up = float(step_size_up)
        self.total_size = up + (up if step_size_down is None else float(step_size_down))
        self.step_ratio = up / self.total_size
        self.mode = mode
        self.gamma = gamma
        self._scale_fn_custom = scale_fn
        if scale_fn is None:
            scale_mode = "iterations" if mode == "exp_range" else "cycle"
        self.scale_mode = scale_mode
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self.base_momentums, self.max_momentums = begin_momentum(
                "CyclicLR", optimizer, base_momentum, max_momentum, last_epoch == -1
            )
        super().__init__(optimizer, last_epoch)
        self.base_lrs = base_lrs

    def scale_fn(self, x: float) -> float:
        """The scale of a cycle, or of a step."""
        if self._scale_fn_custom is not None:
            return float(self._scale_fn_custom(x))
        if self.mode == "triangular2":
            return 1 / float(2.0 ** (x - 1))
        scale: float = self.gamma**x if self.mode == "exp_range" else 1.0
        return scale

    def get_lr(self) -> list[Any]:
        """Where the wave is now; the momenta are set."""
        cycle = floor(1 + self.last_epoch / self.total_size)
        x = 1.0 + self.last_epoch / self.total_size - cycle
        height = x / self.step_ratio if x <= self.step_ratio else (x - 1) / (self.step_ratio - 1)
        scale = self.scale_fn(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.cycle_momentum:
            ends = zip(self.optimizer.param_groups, self.base_momentums, self.max_momentums, strict=True)
            for group, low, high in ends:
                set_momentum(group, high - (high - low) * height * scale)
        rates = zip(self.base_lrs, self.max_lrs, strict=True)
        return [low + (high - low) * height * scale for low, high in rates]

    def state_dict(self) -> dict[str, Any]:
        """Everything but the optimizer and functions; of an object that can be called, what it holds."""
        state = super().state_dict()
        f = self._scale_fn_custom
        plain = f is None or isinstance(f, types.FunctionType)
        state["_scale_fn_custom"] = None if plain else dict(vars(f))
        return state

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what `state_dict()` returned; a function stays the one given."""
        names = ("_scale_fn_custom", "_scale_fn_ref", "use_beta1")
        super().load_state_dict({name: value for name, value in state_dict.items() if name not in names})
        if state_dict["_scale_fn_custom"] is not None:
            vars(self._scale_fn_custom).update(state_dict["_scale_fn_custom"])


class OneCycleLR(LRScheduler):
    """One climb and one long descent: super-convergence (Smith & Topin, 2019); a step is usually a batch.

    The rate climbs from max_lr / div_factor to max_lr in the first `pct_start` of all steps and falls to
    max_lr / div_factor / final_div_factor in the rest; with `three_phase` it first falls as far as it has climbed.

    Args:
        optimizer: the optimizer.
        max_lr: the highest rate, or one for each group.
        total_steps: how many steps; or `epochs` times `steps_per_epoch`.
        epochs, steps_per_epoch: see `total_steps`.
        pct_start: how much of the steps climb, in [0, 1].
        anneal_strategy: "cos" or "linear": the way from one rate to the next.
        cycle_momentum: let the momentum go from `max_momentum` to `base_momentum` and back.
        base_momentum, max_momentum: the lower and the upper end, or one for each group.
        div_factor, final_div_factor: see above.
        three_phase: see above.
        last_epoch: the step to go on from.

    Raises:
        ArgumentError: if an option is out of its range, or the optimizer has no momentum; by `step` after the last one.

    >>> import nn, optim
    >>> optimizer = optim.SGD(nn.Linear(1, 1).parameters(), lr=0.1, momentum=0.9)
    >>> schedule = OneCycleLR(optimizer, max_lr=1.0, total_steps=10)
    >>> rates = []
    >>> for _ in range(9):
    ...     rates += schedule.get_last_lr()
    ...     optimizer.step()
    ...     schedule.step()
    >>> [round(rate, 2) for rate in rates]
    [0.04, 0.52, 1.0, 0.95, 0.81, 0.61, 0.39, 0.19, 0.05]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: Rates,
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: Rates = 0.85,
        max_momentum: Rates = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        checked("OneCycleLR", optimizer)
        self.total_steps = _total(total_steps, epochs, steps_per_epoch)
        start: Any = pct_start
        if not isinstance(start, float) or not 0 <= start <= 1:
            raise ArgumentError(f"OneCycleLR: pct_start must be a float in [0, 1], got {start!r}")
        if anneal_strategy not in ("cos", "linear"):
            raise ArgumentError(f"OneCycleLR: anneal_strategy is 'cos' or 'linear', got {anneal_strategy!r}")
        self._anneal_func_type = anneal_strategy
        names = ("end_step", "start_lr", "end_lr", "start_momentum", "end_momentum")
        top = float(pct_start * self.total_steps) - 1
        phases = [(top, "initial_lr", "max_lr", "max_momentum", "base_momentum")]
        if three_phase:
            down = float(2 * pct_start * self.total_steps) - 2
            phases.append((down, "max_lr", "initial_lr", "base_momentum", "max_momentum"))
            phases.append((self.total_steps - 1, "initial_lr", "min_lr", "max_momentum", "max_momentum"))
        else:
            phases.append((self.total_steps - 1, "max_lr", "min_lr", "base_momentum", "max_momentum"))
        self._schedule_phases: list[dict[str, Any]] = [
            dict(zip(names, phase, strict=True)) for phase in phases
        ]
        highest = one_for_each("OneCycleLR", "max_lr", optimizer, max_lr)
        if last_epoch == -1:
            for group, rate in zip(optimizer.param_groups, highest, strict=True):
                group["initial_lr"] = rate / div_factor
                group["max_lr"] = rate
                group["min_lr"] = group["initial_lr"] / final_div_factor
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            begin_momentum("OneCycleLR", optimizer, base_momentum, max_momentum, last_epoch == -1)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        """Where the cycle is now; the momenta are set."""
        n = self.last_epoch
        if n > self.total_steps:
            raise ArgumentError(
                f"OneCycleLR: {n} steps of {self.total_steps}; make it with a larger total_steps"
            )
        start = 0.0
        for phase in self._schedule_phases:
            if n <= phase["end_step"] or phase is self._schedule_phases[-1]:
                break
            start = phase["end_step"]
        share = (n - start) / (phase["end_step"] - start)
        groups = self.optimizer.param_groups
        if self.cycle_momentum:
            for group in groups:
                ends = group[phase["start_momentum"]], group[phase["end_momentum"]]
                set_momentum(group, self._between(*ends, share))
        return [self._between(group[phase["start_lr"]], group[phase["end_lr"]], share) for group in groups]

    def _between(self, start: float, end: float, share: float) -> float:
        """A share of the way from start to end."""
        if self._anneal_func_type == "cos":
            return end + (start - end) / 2.0 * (cos(pi * share) + 1)
        return (end - start) * share + start


def _total(total_steps: int | None, epochs: int | None, steps_per_epoch: int | None) -> int:
    """How many steps there are.

    Raises:
        ArgumentError: if that is not said, or not by positive integers.
    """
    given: dict[str, Any] = {"total_steps": total_steps}
    if total_steps is None:
        given = {"epochs": epochs, "steps_per_epoch": steps_per_epoch}
    total = 1
    for name, value in given.items():
        if value is None:
            raise ArgumentError("OneCycleLR: needs total_steps, or epochs and steps_per_epoch")
        if not isinstance(value, int) or value <= 0:
            raise ArgumentError(f"OneCycleLR: {name} must be a positive integer, got {value!r}")
        total *= value
    return total
