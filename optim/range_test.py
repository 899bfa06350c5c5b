"""The learning-rate range test: what a training run does while its learning rate grows from tiny to far too large."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from math import isfinite
from typing import Any, NamedTuple

import numpy as np

from autograd import from_numpy, no_grad
from autograd.errors import ArgumentError
from optim import state
from optim.optimizer import Optimizer


class RangeTest(NamedTuple):
    """What `range_test` saw: each step's learning rate, its loss, and the loss smoothed."""

    lrs: list[float]
    losses: list[float]
    smoothed: list[float]

    def suggestion(self) -> float:
        """The rate at which the smoothed loss falls most steeply over the logarithm of the rate.

        It is a good highest rate of a schedule; a constant rate is best a few times smaller.

        Raises:
            ArgumentError: if there are fewer than three steps.

        >>> steps = [0.1, 0.2, 0.4, 0.8]
        >>> RangeTest(steps, [4.0, 3.5, 2.0, 1.9], [4.0, 3.5, 2.0, 1.9]).suggestion()
        0.2
        """
        if len(self.lrs) < 3:
            raise ArgumentError(
                f"range_test: {len(self.lrs)} steps say nothing about a slope; take more num_steps"
            )
        slopes = np.gradient(np.array(self.smoothed), np.log(self.lrs))
        return self.lrs[int(np.argmin(slopes))]

    def plot(self, ax: Any = None) -> Any:
        """Draw the losses over the rates, with the suggestion; needs matplotlib.

        Args:
            ax: Matplotlib axes to draw on; new ones if left out.

        Returns:
            The axes.
        """
        if ax is None:
            from matplotlib import pyplot

            _, ax = pyplot.subplots(figsize=(6, 4))
        best = self.suggestion()
        ax.plot(self.lrs, self.losses, color="0.8", label="loss")
        ax.plot(self.lrs, self.smoothed, color="C0", label="smoothed")
        ax.axvline(best, color="C3", linestyle="--", label=f"suggestion {best:.1e}")
        ax.set(xscale="log", xlabel="learning rate", ylabel="loss", title="Learning-rate range test")
        ax.legend()
        return ax


def range_test(
    optimizer: Optimizer,
    closure: Callable[[], Any],
    start_lr: float = 1e-6,
    end_lr: float = 10.0,
    num_steps: int = 100,
    smoothing: float = 0.9,
    stop_at: float = 4.0,
    module: Any = None,
) -> RangeTest:
    """Train with a learning rate that grows from step to step, and look at the loss (Smith, 2017).

        lrₖ = start_lr (end_lr / start_lr)^(k / (num_steps − 1))

    Afterwards parameters, the optimizer and its learning rates are as they were before.

    Args:
        optimizer: the optimizer; all its groups get the same rate.
        closure: clears the gradients, computes the loss of the next batch with its gradients, and returns it.
        start_lr, end_lr: the first rate and the last.
        num_steps: how many steps at most.
        smoothing: the weight of the past in the smoothed loss, in [0, 1).
        stop_at: stop when the smoothed loss is so many times the least so far, or not finite.
        module: a model whose buffers (running means of batch norm) are to be put back as well.

    Raises:
        ArgumentError: if an option is out of its range.

    >>> import autograd, nn, optim
    >>> w = nn.Parameter(autograd.tensor(3.0))
    >>> optimizer = optim.SGD([w], lr=0.1)
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = (w - 1) ** 2
    ...     loss.backward()
    ...     return loss
    >>> result = range_test(optimizer, closure)
    >>> 0.01 < result.suggestion() < 1
    True
    >>> w.item(), optimizer.param_groups[0]["lr"]
    (3.0, 0.1)
    """
    if not 0 < start_lr < end_lr:
        raise ArgumentError(f"range_test: needs 0 < start_lr < end_lr, got {start_lr} and {end_lr}")
    if num_steps < 3 or not 0 <= smoothing < 1 or stop_at <= 1:
        raise ArgumentError(
            "range_test: needs num_steps of 3 or more, smoothing in [0, 1) and stop_at above 1, got "
            f"{num_steps}, {smoothing} and {stop_at}"
        )
    result = RangeTest([], [], [])
    average = 0.0
    steps = _put_back(optimizer, module)
    next(steps)
    try:
        for k in range(num_steps):
            lr = start_lr * (end_lr / start_lr) ** (k / (num_steps - 1))
            for group in optimizer.param_groups:
                group["lr"] = lr
            loss = float(optimizer.step(closure))
            average = smoothing * average + (1 - smoothing) * loss
            smoothed = average / (1 - smoothing ** (k + 1))
            if not isfinite(loss) or (result.smoothed and smoothed > stop_at * min(result.smoothed)):
                break
            result.lrs.append(lr)
            result.losses.append(loss)
            result.smoothed.append(smoothed)
    finally:
        next(steps, None)
    return result


def _put_back(optimizer: Optimizer, module: Any) -> Iterator[None]:
    """Note everything at the first `next`, put it back at the second."""
    params = [p for group in optimizer.param_groups for p in group["params"]]
    values = [p.array.copy() for p in params]
    gradients = [p.grad for p in params]
    buffers = [] if module is None else [(b, b.detach().clone()) for b in module.buffers()]
    groups = [(group, dict(group)) for group in optimizer.param_groups]
    kept = copy.deepcopy(state.packed(optimizer.param_groups, optimizer.state))
    stepped = optimizer.stepped
    yield
    with no_grad():
        for p, value, gradient in zip(params, values, gradients, strict=True):
            p.copy_(from_numpy(value))
            p.grad = gradient
        for buffer, value in buffers:
            buffer.copy_(value)
    _, optimizer.state = state.unpacked(optimizer, kept)
    for group, options in groups:
        group.clear()
        group.update(options)
    optimizer.stepped = stepped
