"""Batching rules of normalisations: a batch norm's examples are channels, those of others are rows."""

from __future__ import annotations

from typing import Any

from autograd.batching.rules import batches, examples, is_at
from autograd.hidden import Level
from autograd.kernels import layer_norm, normalize
from autograd.ops import arithmetic
from autograd.ops.shape import movedim, reshape
from autograd.table import Primitive


@batches(normalize.batch_norm_)
def _batch_norm(p: Primitive, level: Level, args: list[Any]) -> Any:
    """(B, N, C, …) as (N, B·C, …), for which there are B·C weights."""
    x, weight, bias, running_mean, running_var, eps, noted = args
    shape = tuple(x.shape)
    channels = level.size * shape[1]
    joined = reshape(movedim(examples(x, level), 0, 1), (shape[0], channels, *shape[2:]))
    per_channel = [
        None if v is None else reshape(examples(v, level), (channels,))
        for v in (weight, bias, running_mean, running_var)
    ]
    out = p.function(joined, *per_channel, eps, noted)
    return movedim(reshape(out, (shape[0], level.size, *shape[1:])), 1, 0)


@batches(normalize.group_norm_)
def _group_norm(p: Primitive, level: Level, args: list[Any]) -> Any:
    """(B, N, C, …) as (B·N, C, …); weights of each example are applied afterwards."""
    x, weight, bias, groups, eps, noted = args
    shape = tuple(x.shape)
    joined = reshape(examples(x, level), (level.size * shape[0], *shape[1:]))
    own = is_at(weight, level) or is_at(bias, level)
    out = p.function(joined, *((None, None) if own else (weight, bias)), groups, eps, noted)
    out = reshape(out, (level.size, *shape))
    if not own:
        return out
    sizes = (1, shape[1], *(1,) * (len(shape) - 2))
    return _affine(out, *(_with_sizes(v, level, sizes) for v in (weight, bias)))


@batches(layer_norm.layer_norm_)
def _layer_norm(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, weight, bias, dims, eps = args
    if not (is_at(weight, level) or is_at(bias, level)):
        return p.function(x.value, weight, bias, dims, eps)
    out = p.function(examples(x, level), None, None, dims, eps)
    return _affine(out, *(_aligned(v, level, len(x.shape)) for v in (weight, bias)))


@batches(layer_norm.rms_norm_)
def _rms_norm(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, weight, dims, eps = args
    if not is_at(weight, level):
        return p.function(x.value, weight, dims, eps)
    out = p.function(examples(x, level), None, dims, eps)
    return _affine(out, _aligned(weight, level, len(x.shape)), None)


def _aligned(value: Any, level: Level, ndim: int) -> Any:
    """A factor of the last dimensions of an example, to meet all examples of `ndim` dimensions each."""
    if value is None or not is_at(value, level):
        return value
    shape = tuple(value.shape)
    return _with_sizes(value, level, ((1,) * (ndim - len(shape)) + shape))


def _with_sizes(value: Any, level: Level, sizes: tuple[int, ...]) -> Any:
    return None if value is None else reshape(examples(value, level), (level.size, *sizes))


def _affine(out: Any, weight: Any, bias: Any) -> Any:
    if weight is not None:
        out = arithmetic.mul(out, weight)
    return out if bias is None else arithmetic.add(out, bias)
