"""Samples of a category that have a gradient."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from autograd import Tensor, zeros_like
from autograd.errors import DTypeError
from autograd.kernels.softmax import softmax_
from autograd.random import source
from autograd.tape import wrap


def gumbel_softmax(
    logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1
) -> Tensor:
    """softmax((logits + G) / tau) along `dim`, with G drawn from Gumbel's distribution: -log of an exponential.

    Its largest element is at each place as often as the softmax of the logits says. The smaller tau, the nearer it
    is to 1. (Jang et al., 2016; Maddison et al., 2016)

    Args:
        logits: logarithms of probabilities, but for a constant.
        tau: the temperature.
        hard: return 1 for the largest element and 0 for the others; the gradient is that of the softmax all the same.
        eps: without effect.
        dim: along which dimension.

    Raises:
        DTypeError: if the logits are not floating-point numbers.

    >>> import autograd
    >>> gumbel_softmax(autograd.tensor([[0.0, 1000.0], [1000.0, 0.0]]), hard=True)
    tensor([[0., 1.],
            [1., 0.]])
    """
    if eps != 1e-10:
        warnings.warn("gumbel_softmax: eps has no effect", UserWarning, stacklevel=2)
    kind = np.dtype(logits.dtype)
    if kind.kind != "f":
        raise DTypeError(f"gumbel_softmax: logits must be floating-point numbers, got {logits.dtype}")
    drawn: Any = source(None).standard_exponential(
        tuple(logits.shape), np.float32 if kind.char == "e" else kind
    )
    gumbels = -np.log(drawn)
    noise = wrap(gumbels.astype(kind)) if isinstance(gumbels, np.ndarray) else gumbels.astype(kind)
    soft = softmax_((logits + noise) / tau, dim)
    if not hard:
        return soft
    largest = soft.detach().argmax(dim, keepdim=True)
    ones = zeros_like(soft).scatter(dim, largest, 1.0)
    result: Tensor = ones - soft.detach() + soft
    return result
