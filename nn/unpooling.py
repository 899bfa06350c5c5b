"""Max pools undone, and max pools at random places, as layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd import Tensor
from autograd.errors import ArgumentError
from nn import functional as F
from nn.functional.fractional_pooling import Ratios
from nn.functional.sizes import Sizes, each, repeated
from nn.module import Module


class _MaxUnpool(Module):
    """What the unpooling layers share."""

    def __init__(
        self, dims: int, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0
    ) -> None:
        super().__init__()
        op = type(self).__name__
        self.kernel_size = each(op, "kernel_size", kernel_size, dims)
        self.stride = self.kernel_size if stride is None else each(op, "stride", stride, dims)
        self.padding = each(op, "padding", padding, dims)

    def extra_repr(self) -> str:
        """Its sizes."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_MaxUnpool):
    """Each element of a `MaxPool1d`'s result at its position again, 0 elsewhere.

    (N, C, Lₒ) or (C, Lₒ) → (…, L). It is called with the result, the positions that
    the pool returned with return_indices=True, and output_size, where the pool's input had another size than
    (size − 1)·stride − 2·padding + kernel_size.

    Args:
        kernel_size: that of the pool.
        stride: that of the pool; kernel_size by default.
        padding: that of the pool.

    >>> import autograd, nn
    >>> out, indices = nn.MaxPool1d(2, return_indices=True)(autograd.tensor([[1.0, 5.0, 3.0, 2.0]]))
    >>> nn.MaxUnpool1d(2)(out, indices)
    tensor([[0., 5., 3., 0.]])
    """

    def __init__(self, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0) -> None:
        super().__init__(1, kernel_size, stride, padding)

    def forward(self, input: Tensor, indices: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """Put the elements back."""
        return F.max_unpool1d(input, indices, self.kernel_size, self.stride, self.padding, output_size)


class MaxUnpool2d(_MaxUnpool):
    """Each element of a `MaxPool2d`'s result at its position again, 0 elsewhere.

    (N, C, Hₒ, Wₒ) or (C, Hₒ, Wₒ) → (…, H, W). It is called with the result, the positions that
    the pool returned with return_indices=True, and output_size, where the pool's input had another size than
    (size − 1)·stride − 2·padding + kernel_size.

    Args:
        kernel_size: that of the pool.
        stride: that of the pool; kernel_size by default.
        padding: that of the pool.

    >>> import autograd, nn
    >>> out, indices = nn.MaxPool2d(2, return_indices=True)(autograd.tensor([[[1.0, 2.0], [5.0, 3.0]]]))
    >>> nn.MaxUnpool2d(2)(out, indices)
    tensor([[[0., 0.],
             [5., 0.]]])
    """

    def __init__(self, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0) -> None:
        super().__init__(2, kernel_size, stride, padding)

    def forward(self, input: Tensor, indices: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """Put the elements back."""
        return F.max_unpool2d(input, indices, self.kernel_size, self.stride, self.padding, output_size)


class MaxUnpool3d(_MaxUnpool):
    """Each element of a `MaxPool3d`'s result at its position again, 0 elsewhere.

    (N, C, Dₒ, Hₒ, Wₒ) or (C, Dₒ, Hₒ, Wₒ) → (…, D, H, W). It is called with the result, the positions that
    the pool returned with return_indices=True, and output_size, where the pool's input had another size than
    (size − 1)·stride − 2·padding + kernel_size.

    Args:
        kernel_size: that of the pool.
        stride: that of the pool; kernel_size by default.
        padding: that of the pool.

    >>> import autograd, nn
    >>> out, indices = nn.MaxPool3d(2, return_indices=True)(autograd.arange(8.0).reshape(1, 2, 2, 2))
    >>> nn.MaxUnpool3d(2)(out, indices).flatten()
    tensor([0., 0., 0., 0., 0., 0., 0., 7.])
    """

    def __init__(self, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0) -> None:
        super().__init__(3, kernel_size, stride, padding)

    def forward(self, input: Tensor, indices: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """Put the elements back."""
        return F.max_unpool3d(input, indices, self.kernel_size, self.stride, self.padding, output_size)


class _FractionalMaxPool(Module):
    """What the fractional pools share."""

    _random_samples: Tensor | None

    def __init__(
        self, dims: int, kernel_size: Sizes, output_size: Sizes | None, output_ratio: Ratios | None,
        return_indices: bool, _random_samples: Tensor | None,
    ) -> None:  # fmt: skip
        super().__init__()
        op = type(self).__name__
        self.kernel_size = each(op, "kernel_size", kernel_size, dims)
        self.return_indices = return_indices
        self.register_buffer("_random_samples", _random_samples)
        self.output_size = None if output_size is None else each(op, "output_size", output_size, dims)
        self.output_ratio = None if output_ratio is None else repeated(output_ratio, dims)
        if (output_size is None) == (output_ratio is None):
            raise ArgumentError(
                f"{op}: one of output_size and output_ratio must be specified, got {output_size!r} and {output_ratio!r}"
            )
        if self.output_ratio is not None and not all(0 < r < 1 for r in self.output_ratio):
            raise ArgumentError(f"{op}: output_ratio must be between 0 and 1 (got {output_ratio!r})")


class FractionalMaxPool2d(_FractionalMaxPool):
    """The largest elements of windows at random places that shrink the input by any factor (Graham, 2014).

    (N, C, H, W) or (C, H, W) → (…, Hₒ, Wₒ). The places are drawn anew for each call and each channel; see
    `F.fractional_max_pool2d`.

    Args:
        kernel_size: the size of the windows.
        output_size: (Hₒ, Wₒ), or one number for all; or else
        output_ratio: what part of the input's size it is, in (0, 1).
        return_indices: return (out, the positions of the largest elements).
        _random_samples: numbers in [0, 1), (N, C, 2), in the place of random ones.

    Raises:
        ArgumentError: unless just one of output_size and output_ratio is given.

    >>> import autograd, nn
    >>> nn.FractionalMaxPool2d(2, output_ratio=0.5)(autograd.ones(1, 8, 6)).shape
    autograd.Size([1, 4, 3])
    """

    def __init__(
        self, kernel_size: Sizes, output_size: Sizes | None = None, output_ratio: Ratios | None = None,
        return_indices: bool = False, _random_samples: Tensor | None = None,
    ) -> None:  # fmt: skip
        super().__init__(2, kernel_size, output_size, output_ratio, return_indices, _random_samples)

    def forward(self, input: Tensor) -> Any:
        """Draw the places, and take the largest elements."""
        return F.fractional_max_pool2d(
            input,
            self.kernel_size,
            self.output_size,
            self.output_ratio,
            self.return_indices,
            self._random_samples,
        )


class FractionalMaxPool3d(_FractionalMaxPool):
    """The largest elements of boxes at random places that shrink the input by any factor (Graham, 2014).

    (N, C, D, H, W) or (C, D, H, W) → (…, Dₒ, Hₒ, Wₒ). The places are drawn anew for each call and each channel; see
    `F.fractional_max_pool3d`.

    Args:
        kernel_size: the size of the boxes.
        output_size: (Dₒ, Hₒ, Wₒ), or one number for all; or else
        output_ratio: what part of the input's size it is, in (0, 1).
        return_indices: return (out, the positions of the largest elements).
        _random_samples: numbers in [0, 1), (N, C, 3), in the place of random ones.

    Raises:
        ArgumentError: unless just one of output_size and output_ratio is given.

    >>> import autograd, nn
    >>> nn.FractionalMaxPool3d(2, output_size=(3, 2, 2))(autograd.ones(1, 8, 6, 6)).shape
    autograd.Size([1, 3, 2, 2])
    """

    def __init__(
        self, kernel_size: Sizes, output_size: Sizes | None = None, output_ratio: Ratios | None = None,
        return_indices: bool = False, _random_samples: Tensor | None = None,
    ) -> None:  # fmt: skip
        super().__init__(3, kernel_size, output_size, output_ratio, return_indices, _random_samples)

    def forward(self, input: Tensor) -> Any:
        """Draw the places, and take the largest elements."""
        return F.fractional_max_pool3d(
            input,
            self.kernel_size,
            self.output_size,
            self.output_ratio,
            self.return_indices,
            self._random_samples,
        )
