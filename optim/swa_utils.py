"""Averages of a model's weights along its path: stochastic weight averaging, and exponential moving averages.

The only module of `optim` that stands above `nn`: an averaged model is a module.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any

import nn
from autograd import Tensor, dtypes, no_grad, tensor
from autograd.errors import ArgumentError
from nn.batchnorm import _BatchNorm
from optim.lr_scheduler.swa import SWALR

__all__ = [
    "AveragedModel", "SWALR", "update_bn",
    "get_ema_multi_avg_fn", "get_swa_multi_avg_fn", "get_ema_avg_fn", "get_swa_avg_fn",
]  # fmt: skip

Average = Callable[[Tensor, Tensor, Any], Tensor]
"""(average, value, how many values so far) -> the next average."""

Averages = Callable[[Sequence[Tensor], Sequence[Tensor], Any], None]
"""The same for lists of tensors, in place."""


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """a ← decay · a + (1 − decay) · w: the exponential moving average.

    >>> import autograd
    >>> get_ema_avg_fn(0.75)(autograd.tensor(1.0), autograd.tensor(2.0), 1)
    tensor(1.2500)
    """
    _check_decay(decay)

    def average(a: Tensor, w: Tensor, _: Any) -> Tensor:
        return decay * a + (1 - decay) * w

    return average


def get_swa_avg_fn() -> Average:
    """a ← a + (w − a) / (n + 1): the mean of all.

    >>> import autograd
    >>> get_swa_avg_fn()(autograd.tensor(1.0), autograd.tensor(2.0), 1)
    tensor(1.5000)
    """

    def average(a: Tensor, w: Tensor, n: Any) -> Tensor:
        mean: Tensor = a + (w - a) / (n + 1)
        return mean

    return average


def get_ema_multi_avg_fn(decay: float = 0.999) -> Averages:
    """`get_ema_avg_fn` for lists of tensors, in place."""
    return _of_each(get_ema_avg_fn(decay))


def get_swa_multi_avg_fn() -> Averages:
    """`get_swa_avg_fn` for lists of tensors, in place."""
    return _of_each(get_swa_avg_fn())


def _of_each(average: Average) -> Averages:
    def averages(a: Sequence[Tensor], w: Sequence[Tensor], n: Any) -> None:
        with no_grad():
            for held, value in zip(a, w, strict=True):
                held.copy_(average(held, value, n))

    return averages


def _check_decay(decay: float) -> None:
    if not 0 <= decay <= 1:
        raise ArgumentError(f"the decay of a moving average must be in [0, 1], got {decay}")


class AveragedModel(nn.Module):
    """A copy of a model whose weights are averages of the model's: SWA (Izmailov et al., 2018), or EMA.

    The first `update_parameters` copies the weights, each later one averages. Call `update_bn` before using the
    average of a model with batch norm, or pass `use_buffers=True`.

    Args:
        model: the model; `module` is its copy.
        device: "cpu".
        avg_fn: (average, weight, n_averaged) -> the next average; the mean of all if left out.
        multi_avg_fn: the same for lists of tensors, in place.
        use_buffers: average buffers too; otherwise they are copied.

    Raises:
        ArgumentError: if both functions are given.

    >>> import autograd, nn, optim
    >>> model = nn.Linear(1, 1, bias=False)
    >>> average = AveragedModel(model, avg_fn=get_ema_avg_fn(0.5))
    >>> for value in (1.0, 3.0):
    ...     nn.init.constant_(model.weight, value).requires_grad
    ...     average.update_parameters(model)
    True
    True
    >>> average.module.weight.item()
    2.0
    """

    n_averaged: Tensor

    def __init__(
        self,
        model: nn.Module,
        device: Any = None,
        avg_fn: Average | None = None,
        multi_avg_fn: Averages | None = None,
        use_buffers: bool = False,
    ) -> None:
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise ArgumentError("AveragedModel: give avg_fn or multi_avg_fn, not both")
        self.module = copy.deepcopy(model).to(device=device)
        self.register_buffer("n_averaged", tensor(0, dtype=dtypes.int64))
        self.avg_fn = avg_fn
        self.multi_avg_fn = multi_avg_fn
        self.use_buffers = use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Run the averaged model."""
        return self.module(*args, **kwargs)

    def update_parameters(self, model: nn.Module) -> None:
        """Take the model's weights into the average."""

        def averaged(m: nn.Module) -> Iterable[Tensor]:
            return chain(m.parameters(), m.buffers()) if self.use_buffers else m.parameters()

        pairs = list(zip(averaged(self.module), averaged(model), strict=True))
        held, given = [a.detach() for a, _ in pairs], [w.detach() for _, w in pairs]
        with no_grad():
            if self.n_averaged == 0:
                for a, w in zip(held, given, strict=True):
                    a.copy_(w)
            elif self.multi_avg_fn is not None:
                self.multi_avg_fn(held, given, self.n_averaged)
            else:
                _of_each(self.avg_fn or get_swa_avg_fn())(held, given, self.n_averaged)
            if not self.use_buffers:
                for a, w in zip(self.module.buffers(), model.buffers(), strict=True):
                    a.copy_(w)
        self.n_averaged += 1


def update_bn(loader: Iterable[Any], model: nn.Module, device: Any = None) -> None:
    """Compute the running means and variances of a model's batch norms anew, in one pass over the data.

    Args:
        loader: batches; of a tuple or list, its first element.
        model: the model, whose mode stays as it is.
        device: "cpu".

    >>> import autograd, nn
    >>> model = nn.Sequential(nn.BatchNorm1d(1))
    >>> update_bn([autograd.tensor([[1.0], [3.0]])], model)
    >>> model[0].running_mean
    tensor([2.])
    """
    norms: list[Any] = [m for m in model.modules() if isinstance(m, _BatchNorm)]
    if not norms:
        return
    momenta = [norm.momentum for norm in norms]
    training = model.training
    model.train()
    try:
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None  # the mean of all batches
        with no_grad():
            for batch in loader:
                x = batch[0] if isinstance(batch, (list, tuple)) else batch
                model(x if device is None else x.to(device))
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum
        model.train(training)
