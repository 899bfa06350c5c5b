"""Dropout as a function."""

from __future__ import annotations

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentError
from autograd.hidden import Hidden
from autograd.inplace import in_place
from autograd.ops.arithmetic import mul
from autograd.random import draw_uniform
from autograd.tape import wrap


def check_probability(op: str, p: float) -> None:
    """Raise unless p is a probability.

    Raises:
        ArgumentError: if p is outside [0, 1].
    """
    if not 0 <= p <= 1:
        raise ArgumentError(f"{op}: p is the probability of being dropped, in [0, 1], got {p}")


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """In training, each element becomes 0 with probability p, and x / (1 − p) otherwise; else x itself.

    So the mean stays the same (Srivastava et al., 2014). The draws come from the default generator.

    Raises:
        ArgumentError: if p is outside [0, 1].

    >>> import autograd
    >>> x = autograd.ones(4)
    >>> dropout(x, 1.0)
    tensor([0., 0., 0., 0.])
    >>> dropout(x, training=False) is x
    True
    """
    check_probability("dropout", p)
    if not training or p == 0:
        return input
    kept = draw_uniform(input.shape, np.float32) >= p
    kind = np.dtype(input.dtype)
    if isinstance(kept, Hidden):
        return mul(input, kept.astype(kind) * (0 if p == 1 else 1 / (1 - p)))
    mask = wrap(np.multiply(kept, kind.type(0 if p == 1 else 1 / (1 - p)), dtype=kind))
    return in_place("dropout_", mul, input, mask) if inplace else mul(input, mask)
