"""Batching rules of convolutions: examples are more images, or more groups of channels.

Where only images differ, the examples' batches are made one. Where the weights differ too, an example's channels are
made groups of their own, so that one convolution with as many groups does all examples.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from autograd.batching.rules import batches, examples, is_at
from autograd.hidden import Level
from autograd.kernels import conv as kernel
from autograd.kernels import patches as patches_kernel
from autograd.ops import arithmetic
from autograd.ops.shape import movedim, reshape
from autograd.table import Primitive


def _as_images(x: Any, level: Level) -> Any:
    """(examples, N, C, …) as (examples · N, C, …)."""
    whole = examples(x, level)
    return reshape(whole, (whole.shape[0] * whole.shape[1], *whole.shape[2:]))


def _as_groups(x: Any, level: Level) -> Any:
    """(examples, N, C, …) as (N, examples · C, …)."""
    whole = movedim(examples(x, level), 0, 1)
    return reshape(whole, (whole.shape[0], whole.shape[1] * whole.shape[2], *whole.shape[3:]))


def _from_images(out: Any, level: Level) -> Any:
    return reshape(out, (level.size, out.shape[0] // level.size, *out.shape[1:]))


def _from_groups(out: Any, level: Level) -> Any:
    split = reshape(out, (out.shape[0], level.size, out.shape[1] // level.size, *out.shape[2:]))
    return movedim(split, 1, 0)


def _grouped(geometry: Any, level: Level) -> Any:
    return replace(geometry, groups=geometry.groups * level.size)


@batches(kernel.convolution, kernel.transposed_convolution)
def _convolution(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, weight, bias, geometry = args
    if not is_at(weight, level):
        if not is_at(bias, level):
            return _from_images(p.function(_as_images(x, level), weight, bias, geometry), level)
        out = _from_images(p.function(_as_images(x, level), weight, None, geometry), level)
    else:
        whole = weight.value
        joined = reshape(whole, (level.size * whole.shape[1], *whole.shape[2:]))
        out = _from_groups(p.function(_as_groups(x, level), joined, None, _grouped(geometry, level)), level)
    if bias is None:
        return out
    own = examples(bias, level)
    return arithmetic.add(out, reshape(own, (level.size, 1, own.shape[1], *(1,) * len(geometry.size))))


@batches(kernel.convolution_weight)
def _weight(p: Primitive, level: Level, args: list[Any]) -> Any:
    y, x, geometry = args
    out = p.function(_as_groups(y, level), _as_groups(x, level), _grouped(geometry, level))
    return reshape(out, (level.size, out.shape[0] // level.size, *out.shape[1:]))


@batches(patches_kernel.patches, patches_kernel.summed_patches)
def _patches(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, geometry = args
    return _from_images(p.function(_as_images(x, level), geometry), level)
