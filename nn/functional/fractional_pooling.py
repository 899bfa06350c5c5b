"""Max pools that shrink by any factor: windows of one size at random places, an unbroken sequence (Graham, 2014)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd import Tensor, ops
from autograd.composite import composite
from autograd.errors import ArgumentError, DTypeError, ShapeError
from autograd.random import rand
from autograd.ranges import arange
from nn.functional.sizes import Sizes, each, repeated
from nn.functional.window_choice import chosen

Ratios = float | Sequence[float]


def _places(samples: Any, size: int, count: int, kernel: int) -> Any:
    """The places of `count` windows, for each sample u: they begin at ⌊(i + u)·a⌋ − ⌊u·a⌋, the last one at the end."""
    u = samples.unsqueeze(-1)
    last = (u * 0).long() + (size - kernel)
    if count > 1:
        alpha = (size - kernel) / (count - 1)
        i = arange(count - 1, dtype=samples.dtype)
        last = ops.cat([((i + u) * alpha).long() - (u * alpha).long(), last], -1)
    return last.unsqueeze(-1) + arange(kernel)


def _fractional(
    op: str, n: int, input: Any, kernel_size: Any, output_size: Any, output_ratio: Any, samples: Any
) -> tuple[Any, Any]:
    if output_size is None and output_ratio is None:
        raise ArgumentError(f"{op}: requires specifying either an output_size or an output_ratio")
    shape = tuple(input.shape)
    if len(shape) not in (n + 1, n + 2) or 0 in shape[-n - 1 :]:
        raise ShapeError(f"{op}: expected a non-empty {n + 1}D or {n + 2}D tensor, but got shape {shape}")
    if not input.is_floating_point():
        raise DTypeError(f"{op}: needs floating-point numbers, got {input.dtype}; convert with .float()")
    kernel = each(op, "kernel_size", kernel_size, n)
    if output_size is None:
        given = repeated(output_ratio, n)
        if len(given) != n:
            raise ArgumentError(f"{op}: output_ratio must be one number or {n} of them, got {output_ratio!r}")
        sizes = tuple(int(a * r) for a, r in zip(shape[-n:], given, strict=True))
    else:
        sizes = each(op, "output_size", output_size, n)
    if min(kernel) < 1 or min(sizes) < 1:
        raise ArgumentError(
            f"{op}: kernel_size and output_size should be greater than zero, got {kernel} and {sizes}"
        )
    for a, b, k in zip(shape[-n:], sizes, kernel, strict=True):
        if b + k - 1 > a - (n == 3):  # PyTorch asks for one more in three dimensions
            raise ShapeError(
                f"{op}: pool size {k} is too large relative to input size {a} and output size {b}"
            )
    lead = shape[:-n]
    if samples is None:
        samples = rand(lead[0] if len(lead) == 2 else 1, lead[-1], n, dtype=input.dtype)
    drawn = samples
    if (
        drawn.ndim != 3
        or tuple(drawn.shape)[1:] != (lead[-1], n)
        or (len(lead) == 2 and drawn.shape[0] < lead[0])
    ):
        raise ShapeError(
            f"{op}: expect _random_samples to have shape (N, C, {n}) for input of shape {shape}, "
            f"got {tuple(drawn.shape)}"
        )
    if drawn.dtype != input.dtype:
        raise DTypeError(f"{op}: expect _random_samples to have the input's dtype, got {drawn.dtype}")
    drawn = drawn[: lead[0]] if len(lead) == 2 else drawn[0]
    places = []
    for d, (a, b, k) in enumerate(zip(shape[-n:], sizes, kernel, strict=True)):
        own = drawn[..., n - 1 - d if n == 2 else d]  # PyTorch's order of the samples
        places.append(_places(own, a, b, k))
    return chosen(input, places)


@composite
def fractional_max_pool2d_with_indices(
    input: Tensor, kernel_size: Sizes, output_size: Sizes | None = None, output_ratio: Ratios | None = None,
    return_indices: bool = False, _random_samples: Tensor | None = None,  # noqa: ARG001  # PyTorch's
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """`fractional_max_pool2d` with return_indices=True."""
    return _fractional(
        "fractional_max_pool2d", 2, input, kernel_size, output_size, output_ratio, _random_samples
    )


@composite
def fractional_max_pool2d(
    input: Tensor, kernel_size: Sizes, output_size: Sizes | None = None, output_ratio: Ratios | None = None,
    return_indices: bool = False, _random_samples: Tensor | None = None,
) -> Any:  # fmt: skip
    """The largest elements of Hₒ × Wₒ windows of kernel_size, at random places of each channel (Graham, 2014).

    (N, C, H, W) or (C, H, W) → (…, Hₒ, Wₒ). Along each dimension window i begins at ⌊(i + u)·a⌋ − ⌊u·a⌋ with
    a = (size − kernel) / (output − 1), one u for each channel, and the last window ends where the input does.

    Args:
        output_size: (Hₒ, Wₒ), or one number for both; or else
        output_ratio: what part of the input's size it is.
        return_indices: return (out, the positions of the largest elements).
        _random_samples: the numbers u in [0, 1), (N, C, 2), drawn from the default generator unless they are given.

    Raises:
        ArgumentError, ShapeError, DTypeError: if these do not fit together.

    >>> import autograd
    >>> x = autograd.arange(9.0).reshape(1, 3, 3)
    >>> fractional_max_pool2d(x, 2, 2, _random_samples=autograd.zeros(1, 1, 2))
    tensor([[[4., 5.],
             [7., 8.]]])
    """
    found = fractional_max_pool2d_with_indices(
        input, kernel_size, output_size, output_ratio, return_indices, _random_samples
    )
    return found if return_indices else found[0]


@composite
def fractional_max_pool3d_with_indices(
    input: Tensor, kernel_size: Sizes, output_size: Sizes | None = None, output_ratio: Ratios | None = None,
    return_indices: bool = False, _random_samples: Tensor | None = None,  # noqa: ARG001  # PyTorch's
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """`fractional_max_pool3d` with return_indices=True."""
    return _fractional(
        "fractional_max_pool3d", 3, input, kernel_size, output_size, output_ratio, _random_samples
    )


@composite
def fractional_max_pool3d(
    input: Tensor, kernel_size: Sizes, output_size: Sizes | None = None, output_ratio: Ratios | None = None,
    return_indices: bool = False, _random_samples: Tensor | None = None,
) -> Any:  # fmt: skip
    """The largest elements of Dₒ × Hₒ × Wₒ boxes of kernel_size at random places; see `fractional_max_pool2d`.

    >>> import autograd
    >>> fractional_max_pool3d(autograd.ones(1, 4, 4, 4), 2, output_ratio=0.5).shape
    autograd.Size([1, 2, 2, 2])
    """
    found = fractional_max_pool3d_with_indices(
        input, kernel_size, output_size, output_ratio, return_indices, _random_samples
    )
    return found if return_indices else found[0]
