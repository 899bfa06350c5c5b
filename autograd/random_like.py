"""Random tensors of the shape and dtype of another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd.create import dtype_like
from autograd.random import Generator, rand, randint, randn

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["rand_like", "randn_like", "randint_like"]


def rand_like(
    input: Any,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """Numbers drawn evenly from [0, 1), in the shape and dtype of `input`."""
    kind = dtype_like("rand_like", input, dtype)
    return rand(tuple(input.shape), generator=generator, dtype=kind, requires_grad=requires_grad, **place)


def randn_like(
    input: Any,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """Numbers drawn from the standard normal distribution, in the shape and dtype of `input`."""
    kind = dtype_like("randn_like", input, dtype)
    return randn(tuple(input.shape), generator=generator, dtype=kind, requires_grad=requires_grad, **place)


def randint_like(
    input: Any,
    low: int,
    high: int | None = None,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """Integers drawn evenly from [low, high), in the shape and dtype of `input`."""
    first, last = (0, low) if high is None else (low, high)
    kind = dtype_like("randint_like", input, dtype)
    shape = tuple(input.shape)
    return randint(first, last, shape, generator=generator, dtype=kind, requires_grad=requires_grad, **place)
