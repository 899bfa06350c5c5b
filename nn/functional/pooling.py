"""Pools as functions: the largest element, or the mean, of each window.

An input has the shape (N, C, L), (N, C, H, W) or (N, C, D, H, W), or the same without N; the windows go over the last
one, two or three dimensions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import Tensor, is_grad_enabled
from autograd.composite import composite
from autograd.errors import ArgumentError
from autograd.kernels.max_pool import max_pool, noted_max_pool, winners
from autograd.kernels.mean_pool import window_means
from autograd.kernels.windows import Windows
from autograd.ops.forms import real
from nn.functional.pool_arguments import windows_of
from nn.functional.sizes import Sizes


def _max_pool(
    op: str, n: int, input: Tensor, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool,
    return_indices: bool,
) -> Any:  # fmt: skip
    windows = windows_of(op, input.shape, n, kernel_size, stride, padding, dilation, ceil_mode)
    noted = windows.tile and 1 < windows.volume <= 9 and is_grad_enabled() and input.requires_grad
    out = (noted_max_pool if noted else max_pool)(input, windows)
    return (out, winners(input.detach(), out.detach(), windows)) if return_indices else out


@composite
def max_pool1d(
    input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1,
    ceil_mode: bool = False, return_indices: bool = False,
) -> Any:  # fmt: skip
    """The largest element of each window of `kernel_size` neighbours.

    out[i] = max over k of x[i·stride − padding + k·dilation].

    (N, C, L) → (N, C, Lₒ) with Lₒ = ⌊(L + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1, ⌈…⌉ in ceil_mode.
    The gradient goes to the first of the largest elements; nan counts as larger than every number.

    Args:
        stride: from window to window; kernel_size by default.
        padding: how far the first window reaches out, at most half of its size; there is −∞.
        dilation: from neighbour to neighbour.
        ceil_mode: have a last window that reaches out behind, too.
        return_indices: return (out, the positions of the largest elements).

    Raises:
        ArgumentError, ShapeError: if these make no windows of the input.

    >>> import autograd
    >>> max_pool1d(autograd.tensor([[[1.0, 5.0, 2.0, 3.0]]]), 2)
    tensor([[[5., 3.]]])
    """
    return _max_pool(
        "max_pool1d", 1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices
    )


@composite
def max_pool2d(
    input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1,
    ceil_mode: bool = False, return_indices: bool = False,
) -> Any:  # fmt: skip
    """The largest element of each window of kernel_size × kernel_size; see `max_pool1d`. (N, C, H, W) → (N, C, Hₒ, Wₒ).

    Each of the sizes is one number or one for each dimension. Positions are counted in C order over (H, W).

    >>> import autograd
    >>> max_pool2d(autograd.arange(16.0).reshape(1, 4, 4), 2)
    tensor([[[ 5.,  7.],
             [13., 15.]]])
    """
    return _max_pool(
        "max_pool2d", 2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices
    )


@composite
def max_pool3d(
    input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1,
    ceil_mode: bool = False, return_indices: bool = False,
) -> Any:  # fmt: skip
    """The largest element of each box of kernel_size in (D, H, W); see `max_pool1d`.

    (N, C, D, H, W) → (N, C, Dₒ, Hₒ, Wₒ).

    >>> import autograd
    >>> max_pool3d(autograd.arange(8.0).reshape(1, 2, 2, 2), 2)
    tensor([[[[7.]]]])
    """
    return _max_pool(
        "max_pool3d", 3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices
    )


@composite
def max_pool1d_with_indices(
    input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1,
    ceil_mode: bool = False, return_indices: bool = False,  # noqa: ARG001  # PyTorch's
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """`max_pool1d` with return_indices=True."""
    return max_pool1d(input, kernel_size, stride, padding, dilation, ceil_mode, True)  # type: ignore[no-any-return]  # a pair


@composite
def max_pool2d_with_indices(
    input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1,
    ceil_mode: bool = False, return_indices: bool = False,  # noqa: ARG001  # PyTorch's
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """`max_pool2d` with return_indices=True."""
    return max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode, True)  # type: ignore[no-any-return]  # a pair


@composite
def max_pool3d_with_indices(
    input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1,
    ceil_mode: bool = False, return_indices: bool = False,  # noqa: ARG001  # PyTorch's
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """`max_pool3d` with return_indices=True."""
    return max_pool3d(input, kernel_size, stride, padding, dilation, ceil_mode, True)  # type: ignore[no-any-return]  # a pair


# ------------------------------------------------------------------------------------------------ means


def _avg_pool(
    op: str, n: int, input: Tensor, kernel_size: Any, stride: Any, padding: Any, ceil_mode: bool,
    count_include_pad: bool, divisor_override: int | None = None,
) -> Tensor:  # fmt: skip
    windows = windows_of(op, input.shape, n, kernel_size, stride, padding, 1, ceil_mode)
    if divisor_override is not None:
        if divisor_override == 0:
            raise ArgumentError(f"{op}: divisor_override must not be zero")
        return window_means(input, windows, divisor_override)
    return window_means(input, windows, _divisor(windows, count_include_pad))


def _divisor(windows: Windows, include_padding: bool) -> Any:
    """The number of places of each window: one number if all have as many."""
    counts = [s.counts(include_padding) for s in windows.spans]
    if all((c == c[0]).all() for c in counts):
        return math.prod(int(c[0]) for c in counts)
    total = np.ones((), np.int64)
    for c in counts:
        total = total[..., None] * c
    return total


@composite
def avg_pool1d(
    input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:  # fmt: skip
    """The mean of each window of `kernel_size` neighbours. (N, C, L) → (N, C, Lₒ), as in `max_pool1d`.

    Args:
        stride: from window to window; kernel_size by default.
        padding: how far the first window reaches out, at most half of its size; there is 0.
        ceil_mode: have a last window that reaches out behind, too.
        count_include_pad: divide by the window's size; False divides by the number of elements in it.

    Raises:
        ArgumentError, ShapeError: if these make no windows of the input.

    >>> import autograd
    >>> avg_pool1d(autograd.tensor([[[1.0, 5.0, 2.0, 4.0]]]), 2)
    tensor([[[3., 3.]]])
    """
    return _avg_pool("avg_pool1d", 1, input, kernel_size, stride, padding, ceil_mode, count_include_pad)


@composite
def avg_pool2d(
    input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: int | None = None,
) -> Tensor:  # fmt: skip
    """The mean of each window of kernel_size × kernel_size; see `avg_pool1d`. (N, C, H, W) → (N, C, Hₒ, Wₒ).

    Args:
        divisor_override: what to divide the sums by.

    >>> import autograd
    >>> avg_pool2d(autograd.arange(16.0).reshape(1, 4, 4), 2)
    tensor([[[ 2.5000,  4.5000],
             [10.5000, 12.5000]]])
    """
    return _avg_pool(
        "avg_pool2d", 2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )


@composite
def avg_pool3d(
    input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: int | None = None,
) -> Tensor:  # fmt: skip
    """The mean of each box of kernel_size in (D, H, W); see `avg_pool2d`. (N, C, D, H, W) → (N, C, Dₒ, Hₒ, Wₒ).

    >>> import autograd
    >>> avg_pool3d(autograd.arange(8.0).reshape(1, 2, 2, 2), 2)
    tensor([[[[3.5000]]]])
    """
    return _avg_pool(
        "avg_pool3d", 3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )


# ------------------------------------------------------------------------------------------------ power means


def _lp_pool(
    op: str, n: int, input: Tensor, norm_type: float, kernel_size: Any, stride: Any, ceil_mode: bool
) -> Tensor:
    real(op, norm_type=norm_type)
    if norm_type == 0:
        raise ArgumentError(f"{op}: norm_type must not be 0: there is no mean of that power")
    if math.isinf(norm_type):
        sign = 1 if norm_type > 0 else -1
        found = _max_pool(op, n, input.abs() * sign, kernel_size, stride, 0, 1, ceil_mode, False)
        return found * sign  # type: ignore[no-any-return]  # a tensor
    mean: Any = _avg_pool(op, n, input.pow(norm_type), kernel_size, stride, 0, ceil_mode, True)
    count = math.prod(kernel_size) if isinstance(kernel_size, Sequence) else kernel_size**n
    root: Tensor = ((mean.sign() * mean.abs().relu()) * count).pow(1.0 / norm_type)
    return root


@composite
def lp_pool1d(
    input: Tensor, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None, ceil_mode: bool = False
) -> Tensor:
    """The p-norm of each window, (Σ xᵖ)^(1/p), with p = norm_type; ±∞ are the largest and the smallest |x|.

    The gradient where all of a window is 0 is not finite.

    >>> import autograd
    >>> lp_pool1d(autograd.tensor([[[3.0, 4.0]]]), 2, 2)
    tensor([[[5.]]])
    """
    return _lp_pool("lp_pool1d", 1, input, norm_type, kernel_size, stride, ceil_mode)


@composite
def lp_pool2d(
    input: Tensor, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None, ceil_mode: bool = False
) -> Tensor:
    """The p-norm of each window of kernel_size × kernel_size; see `lp_pool1d`.

    >>> import autograd
    >>> lp_pool2d(autograd.ones(1, 4, 4), 2, 4)
    tensor([[[4.]]])
    """
    return _lp_pool("lp_pool2d", 2, input, norm_type, kernel_size, stride, ceil_mode)


@composite
def lp_pool3d(
    input: Tensor, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None, ceil_mode: bool = False
) -> Tensor:
    """The p-norm of each box of kernel_size in (D, H, W); see `lp_pool1d`.

    >>> import autograd
    >>> lp_pool3d(autograd.ones(1, 4, 4, 4), 3, 4)
    tensor([[[[4.]]]])
    """
    return _lp_pool("lp_pool3d", 3, input, norm_type, kernel_size, stride, ceil_mode)
