"""The partial inverse of a max pool: what the pool kept goes back to where it was, and 0 is everywhere else."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from autograd import Tensor, ops
from autograd.composite import composite
from autograd.errors import ArgumentError, DTypeError, PositionError, ShapeError
from autograd.hidden import Hidden
from autograd.tape import raw
from nn.functional.sizes import Sizes, each


def _sizes(
    op: str, shape: Sequence[int], kernel: Any, stride: Any, padding: Any, output_size: Any
) -> tuple[int, ...]:
    """The sizes of the output: as a pool of these arguments would have needed, or as given."""
    n = len(kernel)
    usual = tuple(
        (a - 1) * s + k - 2 * p for a, k, s, p in zip(shape[-n:], kernel, stride, padding, strict=True)
    )
    if output_size is None:
        return usual
    given = tuple(map(int, output_size))
    given = given[2:] if len(given) == n + 2 else given
    if len(given) != n:
        raise ArgumentError(
            f"{op}: output_size should have {n} or {n + 2} elements, got {tuple(output_size)}"
        )
    for d, (a, b, s) in enumerate(zip(given, usual, stride, strict=True)):
        if not b - s < a < b + s:
            raise ArgumentError(
                f"{op}: invalid output_size {given} (dim {d} must be between {b - s} and {b + s})"
            )
    return given


def _max_unpool(
    op: str, n: int, input: Any, indices: Any, kernel_size: Any, stride: Any, padding: Any, output_size: Any
) -> Tensor:
    kernel = each(op, "kernel_size", kernel_size, n)
    step = kernel if stride is None else each(op, "stride", stride, n)
    sizes = _sizes(op, input.shape, kernel, step, each(op, "padding", padding, n), output_size)
    shape = tuple(input.shape)
    if str(indices.dtype).rpartition(".")[2] != "int64":
        raise DTypeError(f"{op}: elements in indices should be type int64 but got: {indices.dtype}")
    if tuple(indices.shape) != shape:
        raise ShapeError(
            f"{op}: expected shape of indices to be same as that of the input tensor {shape} but got "
            f"{tuple(indices.shape)}"
        )
    if len(shape) not in (n + 1, n + 2):
        raise ShapeError(f"{op}: input must be a {n + 1}D or {n + 2}D tensor, but got shape {shape}")
    if 0 in shape[-n - 1 :]:
        raise ShapeError(
            f"{op}: expected input to have non-zero size for non-batch dimensions, but got {shape}"
        )
    if min(step) < 1:
        raise ArgumentError(f"{op}: strides should be greater than zero, got {step}")
    if min(sizes) < 0:
        raise ArgumentError(
            f"{op}: output_size must contain non-negative spatial dimensions, but got {sizes}"
        )
    total, lead = math.prod(sizes), shape[:-n]
    at = raw(indices)
    if not isinstance(at, Hidden) and at.size and not 0 <= at.min() <= at.max() < total:
        raise PositionError(
            f"{op}: found an invalid max index: indices reach from {at.min()} to {at.max()}, and the "
            f"output volumes are of size {'x'.join(map(str, sizes))}"
        )
    flat = (*lead, math.prod(shape[-n:]))
    empty = input.new_zeros((*lead, total))
    filled = ops.scatter(empty, -1, ops.reshape(indices, flat), ops.reshape(input, flat))
    return ops.reshape(filled, (*lead, *sizes))


@composite
def max_unpool1d(
    input: Tensor, indices: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:  # fmt: skip
    """Each element of `max_pool1d`'s result at its position again, 0 elsewhere. (N, C, Lₒ) or (C, Lₒ) → (…, L).

    Args:
        indices: the positions that the pool returned with return_indices=True.
        kernel_size, stride, padding: those of the pool; L = (Lₒ − 1)·stride − 2·padding + kernel_size.
        output_size: the pool's input size, where that is another: it is lost where windows did not fit.

    Raises:
        ArgumentError, ShapeError, DTypeError: if these do not fit together.
        PositionError: if an index is outside of the output.

    >>> import autograd
    >>> max_unpool1d(autograd.tensor([[5.0, 3.0]]), autograd.tensor([[1, 2]]), 2)
    tensor([[0., 5., 3., 0.]])
    """
    return _max_unpool("max_unpool1d", 1, input, indices, kernel_size, stride, padding, output_size)


@composite
def max_unpool2d(
    input: Tensor, indices: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:  # fmt: skip
    """Each element of `max_pool2d`'s result at its position again, 0 elsewhere; see `max_unpool1d`.

    >>> import autograd
    >>> max_unpool2d(autograd.tensor([[[5.0]]]), autograd.tensor([[[2]]]), 2)
    tensor([[[0., 0.],
             [5., 0.]]])
    """
    return _max_unpool("max_unpool2d", 2, input, indices, kernel_size, stride, padding, output_size)


@composite
def max_unpool3d(
    input: Tensor, indices: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:  # fmt: skip
    """Each element of `max_pool3d`'s result at its position again, 0 elsewhere; see `max_unpool1d`.

    >>> import autograd
    >>> max_unpool3d(autograd.tensor([[[[5.0]]]]), autograd.tensor([[[[7]]]]), 2).flatten()
    tensor([0., 0., 0., 0., 0., 0., 0., 5.])
    """
    return _max_unpool("max_unpool3d", 3, input, indices, kernel_size, stride, padding, output_size)
