"""Random tensors of the shape and dtype of another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd import formats
from autograd.create_like import dtype_like, in_c_order
from autograd.hidden import Hidden
from autograd.random import Generator, rand, randint, randn
from autograd.tape import raw

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["rand_like", "randn_like", "randint_like"]


def rand_like(
    input: Any,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
    **place: Any,
) -> Tensor:
    """Numbers drawn evenly from [0, 1), in the shape and dtype of `input`."""
    kind = dtype_like("rand_like", input, dtype)
    drawn = rand(tuple(input.shape), generator=generator, dtype=kind, requires_grad=requires_grad, **place)
    return _laid_like("rand_like", drawn, input, memory_format)


def randn_like(
    input: Any,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
    **place: Any,
) -> Tensor:
    """Numbers drawn from the standard normal distribution, in the shape and dtype of `input`."""
    kind = dtype_like("randn_like", input, dtype)
    drawn = randn(tuple(input.shape), generator=generator, dtype=kind, requires_grad=requires_grad, **place)
    return _laid_like("randn_like", drawn, input, memory_format)


def randint_like(
    input: Any,
    low: int,
    high: int | None = None,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
    **place: Any,
) -> Tensor:
    """Integers drawn evenly from [low, high), in the shape and dtype of `input`."""
    first, last = (0, low) if high is None else (low, high)
    kind = dtype_like("randint_like", input, dtype)
    shape = tuple(input.shape)
    drawn = randint(first, last, shape, generator=generator, dtype=kind, requires_grad=requires_grad, **place)
    return _laid_like("randint_like", drawn, input, memory_format)


def _laid_like(op: str, drawn: Any, input: Any, memory_format: Any) -> Tensor:
    """The numbers in the order in memory of `input`, or of a memory format."""
    if isinstance(input, Hidden) or in_c_order(input, memory_format):
        return drawn  # type: ignore[no-any-return]  # a tensor, or one for each example
    array = formats.empty(op, raw(input), drawn.array.dtype, memory_format)
    array[...] = drawn.array
    drawn.array = array
    return drawn  # type: ignore[no-any-return]  # a tensor
