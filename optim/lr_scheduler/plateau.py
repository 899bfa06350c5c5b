"""A schedule that waits and sees: the learning rate falls when a figure has stopped getting better."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from math import inf
from typing import Any

from autograd.errors import ArgumentError, GradientError
from optim.lr_scheduler.base import LRScheduler, checked, set_rate
from optim.optimizer import Optimizer


class ReduceLROnPlateau(LRScheduler):
    """lr ← lr · factor when `metrics` has not got better for more than `patience` epochs.

    Better is below best · (1 − threshold) for mode "min" and threshold_mode "rel", below best − threshold for "abs";
    above best · (1 + threshold), or best + threshold, for mode "max".

    Args:
        optimizer: the optimizer.
        mode: "min" or "max": whether less is better, or more.
        factor: below 1.
        patience: how many epochs without a better figure are allowed.
        threshold, threshold_mode: see above.
        cooldown: how many epochs after a fall are not counted.
        min_lr: the least rate, or one for each group.
        eps: a fall by less than this is left out.

    Raises:
        ArgumentError: if an option is out of its range.

    >>> import nn, optim
    >>> optimizer = optim.SGD(nn.Linear(1, 1).parameters(), lr=0.5)
    >>> schedule = ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    >>> for loss in (1.0, 0.5, 0.5, 0.5):
    ...     schedule.step(loss)
    >>> schedule.get_last_lr()
    [0.25]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float | Sequence[float] = 0,
        eps: float = 1e-8,
    ) -> None:
        if factor >= 1:
            raise ArgumentError(f"ReduceLROnPlateau: factor must be below 1, got {factor}")
        if mode not in ("min", "max"):
            raise ArgumentError(f"ReduceLROnPlateau: mode is 'min' or 'max', got {mode!r}")
        if threshold_mode not in ("rel", "abs"):
            raise ArgumentError(
                f"ReduceLROnPlateau: threshold_mode is 'rel' or 'abs', got {threshold_mode!r}"
            )
        self.optimizer = checked("ReduceLROnPlateau", optimizer)
        groups = len(optimizer.param_groups)
        one = not isinstance(min_lr, (list, tuple))
        self.default_min_lr = min_lr if one else None
        self.min_lrs: list[Any] = [min_lr] * groups if one else list(min_lr)  # type: ignore[arg-type]  # a sequence then
        if len(self.min_lrs) != groups:
            raise ArgumentError(
                f"ReduceLROnPlateau: min_lr has {len(self.min_lrs)} values for {groups} groups of parameters"
            )
        self.factor = factor
        self.patience = patience
        self.cooldown = cooldown
        self.eps = eps
        self.mode = mode
        self.threshold = threshold
        self.threshold_mode = threshold_mode
        self.mode_worse = inf if mode == "min" else -inf
        self.last_epoch = 0
        self._last_lr = self._rates()
        self._reset()

    def _reset(self) -> None:
        """Forget the best figure."""
        self.best = self.mode_worse
        self.cooldown_counter = 0
        self.num_bad_epochs = 0

    @property
    def in_cooldown(self) -> bool:
        """Whether epochs are not counted now."""
        return self.cooldown_counter > 0

    def _is_better(self, figure: float, best: float) -> bool:
        relative, margin = self.threshold_mode == "rel", self.threshold
        if self.mode == "min":
            return figure < (best * (1.0 - margin) if relative else best - margin)
        return figure > (best * (margin + 1.0) if relative else best + margin)

    def step(self, metrics: Any, epoch: int | None = None) -> None:  # type: ignore[override]  # as in PyTorch
        """Note an epoch's figure, and let the rate fall if it is time.

        Args:
            metrics: the figure.
            epoch: the number of the epoch; PyTorch has deprecated it.
        """
        figure = float(metrics)
        if epoch is None:
            epoch = self.last_epoch + 1
        else:
            warnings.warn(
                "ReduceLROnPlateau.step(): the argument epoch is deprecated; call step(metrics) without it",
                UserWarning,
                stacklevel=2,
            )
        self.last_epoch = epoch
        if self._is_better(figure, self.best):
            self.best = figure
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1
        if self.in_cooldown:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce()
            self.cooldown_counter = self.cooldown
            self.num_bad_epochs = 0
        self._last_lr = self._rates()

    def _reduce(self) -> None:
        groups = self.optimizer.param_groups
        if len(groups) != len(self.min_lrs):
            if self.default_min_lr is None:
                raise GradientError(
                    f"ReduceLROnPlateau: there are {len(groups)} groups of parameters now, but {len(self.min_lrs)} "
                    "values of min_lr; add one to `min_lrs` with each group"
                )
            self.min_lrs = [self.default_min_lr] * len(groups)
        for group, least in zip(groups, self.min_lrs, strict=True):
            rate = float(group["lr"])
            lower = max(rate * self.factor, least)
            if rate - lower > self.eps:
                set_rate(group, lower)
