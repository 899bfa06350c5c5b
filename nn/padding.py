"""Borders as layers: around the last one, two or three dimensions of their input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from autograd import Tensor
from autograd.errors import ArgumentError
from nn import functional as F
from nn.module import Module

Widths = int | Sequence[int]


class _Pad(Module):
    """What the borders share: their widths, (before, after) of the last dimension first."""

    mode: ClassVar[str] = "constant"
    dims: ClassVar[int]
    padding: tuple[int, ...]

    def __init__(self, padding: Widths) -> None:
        super().__init__()
        given = tuple(padding) if isinstance(padding, Sequence) else (padding,) * (2 * self.dims)
        if len(given) != 2 * self.dims:
            raise ArgumentError(
                f"{type(self).__name__}: padding is one number or {2 * self.dims} of them, got {padding!r}"
            )
        self.padding = given

    def forward(self, input: Tensor) -> Tensor:
        """Put the border around it."""
        return F.pad(input, self.padding, self.mode)

    def extra_repr(self) -> str:
        """Its widths."""
        return f"{self.padding}"


class _ConstantPad(_Pad):
    """Borders of one number."""

    def __init__(self, padding: Widths, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        """Put the border around it."""
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        """Its widths and its number."""
        return f"padding={self.padding}, value={self.value}"


class _ZeroPad(_ConstantPad):
    """Borders of zeros."""

    def __init__(self, padding: Widths) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        """Its widths."""
        return f"{self.padding}"


class ConstantPad1d(_ConstantPad):
    """A border of one number around the last dimension.

    (N, C, L) or (C, L) → (…, Lₒ), Lₒ = L + left + right.

    Args:
        padding: one width for all sides, or (left, right); negative ones take away.
        value: the number.

    >>> import autograd, nn
    >>> nn.ConstantPad1d(1, 7.0)(autograd.tensor([[1.0, 2.0, 3.0]]))
    tensor([[7., 1., 2., 3., 7.]])
    """

    dims: ClassVar[int] = 1


class ConstantPad2d(_ConstantPad):
    """A border of one number around the last two dimensions.

    (N, C, H, W) or (C, H, W) → (…, Hₒ, Wₒ), Hₒ = H + top + bottom, Wₒ = W + left + right.

    Args:
        padding: one width for all sides, or (left, right, top, bottom); negative ones take away.
        value: the number.

    >>> import autograd, nn
    >>> nn.ConstantPad2d((0, 1, 0, 0), 7.0)(autograd.tensor([[[1.0, 2.0], [3.0, 4.0]]]))
    tensor([[[1., 2., 7.],
             [3., 4., 7.]]])
    """

    dims: ClassVar[int] = 2


class ConstantPad3d(_ConstantPad):
    """A border of one number around the last three dimensions.

    (N, C, D, H, W) or (C, D, H, W) → (…, Dₒ, Hₒ, Wₒ), Dₒ = D + front + back, Hₒ = H + top + bottom,
    Wₒ = W + left + right.

    Args:
        padding: one width for all sides, or (left, right, top, bottom, front, back); negative ones take away.
        value: the number.

    >>> import autograd, nn
    >>> nn.ConstantPad3d(1, 7.0)(autograd.ones(1, 2, 3, 4)).shape
    autograd.Size([1, 4, 5, 6])
    """

    dims: ClassVar[int] = 3


class ZeroPad1d(_ZeroPad):
    """A border of zeros around the last dimension.

    (N, C, L) or (C, L) → (…, Lₒ), Lₒ = L + left + right.

    Args:
        padding: one width for all sides, or (left, right); negative ones take away.

    >>> import autograd, nn
    >>> nn.ZeroPad1d(1)(autograd.tensor([[1.0, 2.0, 3.0]]))
    tensor([[0., 1., 2., 3., 0.]])
    """

    dims: ClassVar[int] = 1


class ZeroPad2d(_ZeroPad):
    """A border of zeros around the last two dimensions.

    (N, C, H, W) or (C, H, W) → (…, Hₒ, Wₒ), Hₒ = H + top + bottom, Wₒ = W + left + right.

    Args:
        padding: one width for all sides, or (left, right, top, bottom); negative ones take away.

    >>> import autograd, nn
    >>> nn.ZeroPad2d((0, 1, 0, 0))(autograd.tensor([[[1.0, 2.0], [3.0, 4.0]]]))
    tensor([[[1., 2., 0.],
             [3., 4., 0.]]])
    """

    dims: ClassVar[int] = 2


class ZeroPad3d(_ZeroPad):
    """A border of zeros around the last three dimensions.

    (N, C, D, H, W) or (C, D, H, W) → (…, Dₒ, Hₒ, Wₒ), Dₒ = D + front + back, Hₒ = H + top + bottom,
    Wₒ = W + left + right.

    Args:
        padding: one width for all sides, or (left, right, top, bottom, front, back); negative ones take away.

    >>> import autograd, nn
    >>> nn.ZeroPad3d(1)(autograd.ones(1, 2, 3, 4)).shape
    autograd.Size([1, 4, 5, 6])
    """

    dims: ClassVar[int] = 3


class ReflectionPad1d(_Pad):
    """A border that mirrors the input at its outermost elements, around the last dimension.

    (N, C, L) or (C, L) → (…, Lₒ), Lₒ = L + left + right.

    Args:
        padding: one width for all sides, or (left, right); negative ones take away.
            Each is less than the dimension's size.

    >>> import autograd, nn
    >>> nn.ReflectionPad1d(1)(autograd.tensor([[1.0, 2.0, 3.0]]))
    tensor([[2., 1., 2., 3., 2.]])
    """

    dims: ClassVar[int] = 1
    mode: ClassVar[str] = "reflect"


class ReflectionPad2d(_Pad):
    """A border that mirrors the input at its outermost elements, around the last two dimensions.

    (N, C, H, W) or (C, H, W) → (…, Hₒ, Wₒ), Hₒ = H + top + bottom, Wₒ = W + left + right.

    Args:
        padding: one width for all sides, or (left, right, top, bottom); negative ones take away.
            Each is less than the dimension's size.

    >>> import autograd, nn
    >>> nn.ReflectionPad2d((0, 1, 0, 0))(autograd.tensor([[[1.0, 2.0], [3.0, 4.0]]]))
    tensor([[[1., 2., 1.],
             [3., 4., 3.]]])
    """

    dims: ClassVar[int] = 2
    mode: ClassVar[str] = "reflect"


class ReflectionPad3d(_Pad):
    """A border that mirrors the input at its outermost elements, around the last three dimensions.

    (N, C, D, H, W) or (C, D, H, W) → (…, Dₒ, Hₒ, Wₒ), Dₒ = D + front + back, Hₒ = H + top + bottom,
    Wₒ = W + left + right.

    Args:
        padding: one width for all sides, or (left, right, top, bottom, front, back); negative ones take away.
            Each is less than the dimension's size.

    >>> import autograd, nn
    >>> nn.ReflectionPad3d(1)(autograd.ones(1, 2, 3, 4)).shape
    autograd.Size([1, 4, 5, 6])
    """

    dims: ClassVar[int] = 3
    mode: ClassVar[str] = "reflect"


class ReplicationPad1d(_Pad):
    """A border that repeats the outermost elements, around the last dimension.

    (N, C, L) or (C, L) → (…, Lₒ), Lₒ = L + left + right.

    Args:
        padding: one width for all sides, or (left, right); negative ones take away.

    >>> import autograd, nn
    >>> nn.ReplicationPad1d(1)(autograd.tensor([[1.0, 2.0, 3.0]]))
    tensor([[1., 1., 2., 3., 3.]])
    """

    dims: ClassVar[int] = 1
    mode: ClassVar[str] = "replicate"


class ReplicationPad2d(_Pad):
    """A border that repeats the outermost elements, around the last two dimensions.

    (N, C, H, W) or (C, H, W) → (…, Hₒ, Wₒ), Hₒ = H + top + bottom, Wₒ = W + left + right.

    Args:
        padding: one width for all sides, or (left, right, top, bottom); negative ones take away.

    >>> import autograd, nn
    >>> nn.ReplicationPad2d((0, 1, 0, 0))(autograd.tensor([[[1.0, 2.0], [3.0, 4.0]]]))
    tensor([[[1., 2., 2.],
             [3., 4., 4.]]])
    """

    dims: ClassVar[int] = 2
    mode: ClassVar[str] = "replicate"


class ReplicationPad3d(_Pad):
    """A border that repeats the outermost elements, around the last three dimensions.

    (N, C, D, H, W) or (C, D, H, W) → (…, Dₒ, Hₒ, Wₒ), Dₒ = D + front + back, Hₒ = H + top + bottom,
    Wₒ = W + left + right.

    Args:
        padding: one width for all sides, or (left, right, top, bottom, front, back); negative ones take away.

    >>> import autograd, nn
    >>> nn.ReplicationPad3d(1)(autograd.ones(1, 2, 3, 4)).shape
    autograd.Size([1, 4, 5, 6])
    """

    dims: ClassVar[int] = 3
    mode: ClassVar[str] = "replicate"


class CircularPad1d(_Pad):
    """A border that goes on with the input from its other end, around the last dimension.

    (N, C, L) or (C, L) → (…, Lₒ), Lₒ = L + left + right.

    Args:
        padding: one width for all sides, or (left, right); negative ones take away.
            Each is at most the dimension's size.

    >>> import autograd, nn
    >>> nn.CircularPad1d(1)(autograd.tensor([[1.0, 2.0, 3.0]]))
    tensor([[3., 1., 2., 3., 1.]])
    """

    dims: ClassVar[int] = 1
    mode: ClassVar[str] = "circular"


class CircularPad2d(_Pad):
    """A border that goes on with the input from its other end, around the last two dimensions.

    (N, C, H, W) or (C, H, W) → (…, Hₒ, Wₒ), Hₒ = H + top + bottom, Wₒ = W + left + right.

    Args:
        padding: one width for all sides, or (left, right, top, bottom); negative ones take away.
            Each is at most the dimension's size.

    >>> import autograd, nn
    >>> nn.CircularPad2d((0, 1, 0, 0))(autograd.tensor([[[1.0, 2.0], [3.0, 4.0]]]))
    tensor([[[1., 2., 1.],
             [3., 4., 3.]]])
    """

    dims: ClassVar[int] = 2
    mode: ClassVar[str] = "circular"


class CircularPad3d(_Pad):
    """A border that goes on with the input from its other end, around the last three dimensions.

    (N, C, D, H, W) or (C, D, H, W) → (…, Dₒ, Hₒ, Wₒ), Dₒ = D + front + back, Hₒ = H + top + bottom,
    Wₒ = W + left + right.

    Args:
        padding: one width for all sides, or (left, right, top, bottom, front, back); negative ones take away.
            Each is at most the dimension's size.

    >>> import autograd, nn
    >>> nn.CircularPad3d(1)(autograd.ones(1, 2, 3, 4)).shape
    autograd.Size([1, 4, 5, 6])
    """

    dims: ClassVar[int] = 3
    mode: ClassVar[str] = "circular"
