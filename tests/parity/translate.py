"""From PyTorch's objects to ours: tensors, dtypes, devices, and whatever holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch.nn.utils.rnn import PackedSequence

import autograd
import nn
from autograd.tape import Variable, wrap

DTYPES = {
    torch.float16: autograd.float16,
    torch.float32: autograd.float32,
    torch.float64: autograd.float64,
    torch.int8: autograd.int8,
    torch.int16: autograd.int16,
    torch.int32: autograd.int32,
    torch.int64: autograd.int64,
    torch.uint8: autograd.uint8,
    torch.bool: autograd.bool,
}


class UntranslatableError(Exception):
    """What we have no counterpart of: a complex, sparse or quantized tensor, another dtype or device."""


def mapped(value: Any, function: Callable[[Any], Any]) -> Any:
    """`value` with the function applied to everything that is not a container."""
    if isinstance(value, dict):
        return {k: mapped(v, function) for k, v in value.items()}
    if type(value) in (list, tuple):
        return type(value)(mapped(v, function) for v in value)
    if isinstance(value, slice):
        return slice(*(mapped(v, function) for v in (value.start, value.stop, value.step)))
    return function(value)


def flat(value: Any) -> list[Any]:
    """Everything in a result, in order."""
    if isinstance(value, dict):
        return [leaf for v in value.values() for leaf in flat(v)]
    if isinstance(value, (list, tuple)) and not isinstance(value, (torch.Size, autograd.Size)):
        return [leaf for v in value for leaf in flat(v)]
    return [value]


def tensors_in(value: Any) -> Iterator[torch.Tensor]:
    """PyTorch's tensors inside, in order."""
    for leaf in flat(value):
        if isinstance(leaf, torch.Tensor):
            yield leaf


class Translator:
    """Translates one call: a tensor that stands in it twice becomes the same tensor twice."""

    def __init__(self) -> None:
        self.pairs: dict[int, tuple[torch.Tensor, Any]] = {}

    def __call__(self, value: Any) -> Any:
        return mapped(value, self._one)

    def _one(self, value: Any) -> Any:
        if isinstance(value, torch.Tensor):
            if id(value) not in self.pairs:
                self.pairs[id(value)] = value, tensor(value)
            return self.pairs[id(value)][1]
        if isinstance(value, torch.dtype):
            if value not in DTYPES:
                raise UntranslatableError(str(value))
            return DTYPES[value]
        if isinstance(value, torch.device):
            if value.type != "cpu":
                raise UntranslatableError(str(value))
            return autograd.device("cpu")
        if isinstance(value, torch.Size):
            return tuple(value)
        if isinstance(value, (torch.layout, torch.memory_format)):
            name = str(value).removeprefix("torch.")
            if not hasattr(autograd, name):
                raise UntranslatableError(str(value))
            return getattr(autograd, name)
        if isinstance(value, complex):
            raise UntranslatableError("complex number")
        if isinstance(value, torch.nn.Module):
            return layer(value)
        if isinstance(value, PackedSequence):
            return nn.utils.rnn.PackedSequence(*(self(part) for part in value))
        name = getattr(value, "__name__", "")
        if name and getattr(torch.nn.functional, name, None) is value:
            return getattr(nn.functional, name)
        return value

    def differentiable(self) -> list[tuple[torch.Tensor, Any]]:
        """The leaves of both that want a gradient."""
        return [(t, ours) for t, ours in self.pairs.values() if t.requires_grad]


def tensor(t: torch.Tensor) -> Any:
    """The same values in the same place of a memory of the same size, as a leaf."""
    if t.dtype not in DTYPES or t.layout is not torch.strided or t.device.type != "cpu" or t.ndim > 64:
        raise UntranslatableError(f"{t.dtype} {t.layout} {t.device}")
    whole = torch.empty(0, dtype=t.dtype).set_(t.detach().untyped_storage()).numpy().copy()
    steps = tuple(s * whole.itemsize for s in t.stride())
    if t.numel():
        start = t.storage_offset() * whole.itemsize
        placed = np.ndarray(tuple(t.shape), whole.dtype, whole, start, steps)
    else:  # anywhere: NumPy checks that the strides of nothing stay inside, too
        placed = np.lib.stride_tricks.as_strided(whole, tuple(t.shape), steps)
    ours = wrap(placed)
    return ours.requires_grad_() if t.requires_grad else ours


def layer(theirs: torch.nn.Module) -> Any:
    """Our layer in the place of one that is given to a constructor; the weights come with those of the whole."""
    ours = getattr(nn, type(theirs).__name__)
    if isinstance(theirs, torch.nn.LayerNorm):
        bias = theirs.bias is not None
        return ours(theirs.normalized_shape, theirs.eps, theirs.elementwise_affine, bias=bias)
    if isinstance(theirs, (torch.nn.TransformerEncoderLayer, torch.nn.TransformerDecoderLayer)):
        attention = theirs.self_attn
        return ours(
            attention.embed_dim,
            attention.num_heads,
            theirs.linear1.out_features,
            theirs.dropout.p,
            Translator()(getattr(theirs, "activation", None)),
            theirs.norm1.eps,
            attention.batch_first,
            theirs.norm_first,
            theirs.linear1.bias is not None,
        )
    if list(theirs.parameters()) or list(theirs.children()):
        raise UntranslatableError(repr(theirs))
    return ours()


def array(value: Any) -> Any:
    """A result of either library, or a number, as an ndarray."""
    if isinstance(value, torch.Tensor):
        return value.resolve_conj().resolve_neg().numpy(force=True)
    return value.array if isinstance(value, Variable) else np.asarray(value)
