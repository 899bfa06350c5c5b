"""Random numbers into an existing tensor: the methods `normal_`, `uniform_`, and so on."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import ArgumentError, DTypeError
from autograd.hidden import Hidden
from autograd.inplace import copy_
from autograd.random import Generator, source
from autograd.tape import Variable, wrap


def normal_(input: Any, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None) -> Any:
    """Overwrite with numbers drawn from the normal distribution N(mean, std²).

    Raises:
        ArgumentError: if std is negative.
        DTypeError: if the tensor is not floating point.

    >>> import autograd
    >>> autograd.empty(2, 3).normal_(5, 0)
    tensor([[5., 5., 5.],
            [5., 5., 5.]])
    """
    if std < 0:
        raise ArgumentError(f"normal_: std must not be negative, got {std}")
    _continuous("normal_", input)
    drawn = source(generator).standard_normal(input.shape, _float_kind(input))
    return _fill(input, drawn * std + mean)


def uniform_(input: Any, from_: float = 0.0, to: float = 1.0, *, generator: Generator | None = None) -> Any:
    """Overwrite with numbers drawn evenly from [from, to).

    Raises:
        ArgumentError: if from is greater than to.
        DTypeError: if the tensor is not floating point.

    >>> import autograd
    >>> x = autograd.empty(1000).uniform_(-1, 1)
    >>> bool((x >= -1).all() and (x < 1).all())
    True
    """
    if from_ > to:
        raise ArgumentError(f"uniform_: from must not exceed to, got {from_} and {to}")
    _continuous("uniform_", input)
    drawn = source(generator).random(input.shape, _float_kind(input))
    return _fill(input, drawn * (to - from_) + from_)


def exponential_(input: Any, lambd: float = 1.0, *, generator: Generator | None = None) -> Any:
    """Overwrite with numbers drawn from the density lambd · exp(−lambd · x).

    Raises:
        ArgumentError: if lambd is not positive.
        DTypeError: if the tensor is not floating point.
    """
    if lambd <= 0:
        raise ArgumentError(f"exponential_: lambd must be positive, got {lambd}")
    _continuous("exponential_", input)
    return _fill(input, source(generator).standard_exponential(input.shape, _float_kind(input)) / lambd)


def log_normal_(
    input: Any, mean: float = 1.0, std: float = 2.0, *, generator: Generator | None = None
) -> Any:
    """Overwrite with exp(z) for z drawn from the normal distribution N(mean, std²).

    Raises:
        ArgumentError: if std is not positive.
        DTypeError: if the tensor is not floating point.
    """
    if std <= 0:
        raise ArgumentError(f"log_normal_: std must be positive, got {std}")
    _continuous("log_normal_", input)
    drawn = source(generator).standard_normal(input.shape, _float_kind(input))
    return _fill(input, np.exp(drawn * std + mean))


def cauchy_(
    input: Any, median: float = 0.0, sigma: float = 1.0, *, generator: Generator | None = None
) -> Any:
    """Overwrite with numbers drawn from the density 1/π · sigma / ((x − median)² + sigma²), which has no mean.

    Raises:
        ArgumentError: if sigma is not positive.
        DTypeError: if the tensor is not floating point.
    """
    if sigma <= 0:
        raise ArgumentError(f"cauchy_: sigma must be positive, got {sigma}")
    _continuous("cauchy_", input)
    drawn = source(generator).random(input.shape, _float_kind(input))
    return _fill(input, np.tan(np.pi * (drawn - 0.5)) * sigma + median)


def geometric_(input: Any, p: float, *, generator: Generator | None = None) -> Any:
    """Overwrite with the number of trials up to the first success, k = 1, 2, …, with probability p (1 − p)^(k−1).

    Raises:
        ArgumentError: unless 0 < p < 1.
        DTypeError: for bools, which cannot count.
    """
    if not 0 < p < 1:
        raise ArgumentError(f"geometric_: p must be between 0 and 1, got {p}")
    if input.dtype.kind == "b":
        raise DTypeError("geometric_: a bool tensor cannot hold counts; convert it with .long()")
    drawn = source(generator).standard_exponential(input.shape) / -np.log1p(-float(p))
    return _fill(input, np.maximum(np.ceil(drawn), 1))


def _continuous(op: str, input: Any) -> None:
    """Raise unless the tensor can hold a continuous distribution."""
    if input.dtype.kind != "f":
        raise DTypeError(
            f"{op}: needs a floating-point tensor, got {input.dtype.name}; convert it with .float()"
        )


def bernoulli_(input: Any, p: Any = 0.5, *, generator: Generator | None = None) -> Any:
    """Overwrite with 1 with probability p (a number or a tensor) and 0 otherwise.

    Raises:
        ArgumentError: if a probability is outside [0, 1].

    >>> import autograd
    >>> autograd.empty(3).bernoulli_(1.0)
    tensor([1., 1., 1.])
    """
    chance: Any = p.array if isinstance(p, Variable) else p if isinstance(p, Hidden) else np.asarray(p)
    if not isinstance(p, Hidden) and not np.all((chance >= 0) & (chance <= 1)):
        raise ArgumentError(f"bernoulli_: p must be in [0, 1], got {p}")
    return _fill(input, source(generator).random(input.shape) < chance)


def random_(input: Any, from_: int = 0, to: int | None = None, *, generator: Generator | None = None) -> Any:
    """Overwrite with integers drawn evenly from [from, to); `random_(to)` draws from [0, to).

    Without bounds: from [0, 2^digits], so that every number is exact in the tensor's dtype.

    Raises:
        ArgumentError: if the range is empty.
    """
    low, high = from_, to
    kind = np.dtype(input.dtype)
    if high is None:
        largest = 2 ** (np.finfo(kind).nmant + 1) + 1 if kind.kind == "f" else 2 if kind.kind == "b" else None
        limit = int(np.iinfo(kind).max) if largest is None else largest
        low, high = (0, low) if low else (0, limit)
    if low >= high:
        raise ArgumentError(f"random_: from must be less than to, got {low} and {high}")
    return _fill(input, source(generator).integers(low, high, input.shape))


def _float_kind(input: Any) -> Any:
    return np.float32 if input.dtype == np.float32 else np.float64


def _fill(input: Any, values: Any) -> Any:
    if isinstance(values, Hidden) or isinstance(input, Hidden):
        return input.copy_(values if isinstance(values, Hidden) else wrap(np.asarray(values)))
    return copy_(input, wrap(np.asarray(values).astype(input.array.dtype, copy=False)))
