"""Resizing, and channels that become pixels, as layers."""

from __future__ import annotations

from collections.abc import Sequence

from autograd import Tensor
from autograd.ops.forms import real
from nn import functional as F
from nn.functional.sizes import Sizes, repeated
from nn.module import Module


class Upsample(Module):
    """The input resized, by `F.interpolate`. (N, C, L), (N, C, H, W) or (N, C, D, H, W) → the same with other sizes.

    Args:
        size: the new size of the dimensions after (N, C), one number for all or one for each; or else
        scale_factor: by what to multiply the old sizes; the new ones are ⌊size · scale_factor⌋.
        mode: "nearest", "linear", "bilinear", "bicubic" or "trilinear".
        align_corners: whether the corner pixels' centres stay where they are, instead of their edges.
        recompute_scale_factor: take the scale from the sizes, not from scale_factor.

    >>> import autograd, nn
    >>> nn.Upsample(scale_factor=2)(autograd.tensor([[[1.0, 2.0]]]))
    tensor([[[1., 1., 2., 2.]]])
    """

    def __init__(
        self, size: Sizes | None = None, scale_factor: float | Sequence[float] | None = None, mode: str = "nearest",
        align_corners: bool | None = None, recompute_scale_factor: bool | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.name = type(self).__name__
        self.size = size
        self.scale_factor: float | tuple[float, ...] | None
        for factor in () if scale_factor is None else repeated(scale_factor, 1):
            real(self.name, scale_factor=factor)
        if isinstance(scale_factor, Sequence):
            self.scale_factor = tuple(map(float, scale_factor))
        else:
            self.scale_factor = float(scale_factor) if scale_factor else None
        self.mode = mode
        self.align_corners = align_corners
        self.recompute_scale_factor = recompute_scale_factor

    def forward(self, input: Tensor) -> Tensor:
        """Resize it."""
        return F.interpolate(
            input, self.size, self.scale_factor, self.mode, self.align_corners, self.recompute_scale_factor
        )

    def extra_repr(self) -> str:
        """Its size or factor, and its mode."""
        new = f"size={self.size!r}" if self.scale_factor is None else f"scale_factor={self.scale_factor!r}"
        return f"{new}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """Images resized by the nearest pixel; an older name of `Upsample`. (N, C, H, W) → (N, C, Hₒ, Wₒ).

    Args:
        size: the new size, or else
        scale_factor: by what to multiply the old one.

    >>> import autograd, nn
    >>> nn.UpsamplingNearest2d(scale_factor=2)(autograd.tensor([[[[1.0, 2.0]]]]))
    tensor([[[[1., 1., 2., 2.],
              [1., 1., 2., 2.]]]])
    """

    def __init__(
        self, size: Sizes | None = None, scale_factor: float | Sequence[float] | None = None
    ) -> None:
        super().__init__(size, scale_factor, "nearest")


class UpsamplingBilinear2d(Upsample):
    """Images resized by means of four pixels, with align_corners; an older name of `Upsample`.

    (N, C, H, W) → (N, C, Hₒ, Wₒ).

    Args:
        size: the new size, or else
        scale_factor: by what to multiply the old one.

    >>> import autograd, nn
    >>> nn.UpsamplingBilinear2d(size=(1, 3))(autograd.tensor([[[[1.0, 2.0]]]]))
    tensor([[[[1.0000, 1.5000, 2.0000]]]])
    """

    def __init__(
        self, size: Sizes | None = None, scale_factor: float | Sequence[float] | None = None
    ) -> None:
        super().__init__(size, scale_factor, "bilinear", True)


class PixelShuffle(Module):
    """Each r² channels as an r × r block of pixels (Shi et al., 2016). (*, C·r², H, W) → (*, C, H·r, W·r).

    Args:
        upscale_factor: r.

    >>> import autograd, nn
    >>> nn.PixelShuffle(2)(autograd.arange(4.0).reshape(4, 1, 1))
    tensor([[[0., 1.],
             [2., 3.]]])
    """

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = upscale_factor

    def forward(self, input: Tensor) -> Tensor:
        """Rearrange it."""
        return F.pixel_shuffle(input, self.upscale_factor)

    def extra_repr(self) -> str:
        """Its factor."""
        return f"upscale_factor={self.upscale_factor}"


class PixelUnshuffle(Module):
    """Each r × r block of pixels as r² channels; undoes `PixelShuffle`. (*, C, H·r, W·r) → (*, C·r², H, W).

    Args:
        downscale_factor: r.

    >>> import autograd, nn
    >>> nn.PixelUnshuffle(2)(autograd.arange(4.0).reshape(1, 2, 2)).shape
    autograd.Size([4, 1, 1])
    """

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.downscale_factor = downscale_factor

    def forward(self, input: Tensor) -> Tensor:
        """Rearrange it."""
        return F.pixel_unshuffle(input, self.downscale_factor)

    def extra_repr(self) -> str:
        """Its factor."""
        return f"downscale_factor={self.downscale_factor}"


class ChannelShuffle(Module):
    """The channels of `groups` groups taken in turns (Zhang et al., 2018). (N, C, *) → (N, C, *).

    Args:
        groups: the number of groups, which divides C.

    >>> import autograd, nn
    >>> nn.ChannelShuffle(2)(autograd.arange(6.0).reshape(1, 6, 1)).flatten()
    tensor([0., 3., 1., 4., 2., 5.])
    """

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, input: Tensor) -> Tensor:
        """Rearrange it."""
        return F.channel_shuffle(input, self.groups)

    def extra_repr(self) -> str:
        """Its groups."""
        return f"groups={self.groups}"
