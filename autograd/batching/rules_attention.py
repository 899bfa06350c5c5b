"""The batching rule of attention: the examples' batches are made one."""

from __future__ import annotations

from typing import Any

from autograd.batching.rules import batches, examples, is_at
from autograd.hidden import Level
from autograd.kernels import attention as kernel
from autograd.ops.shape import expand, reshape
from autograd.table import Primitive


@batches(kernel.attention)
def _attention(p: Primitive, level: Level, args: list[Any]) -> Any:
    query, key, value, mask, kept, *options = args
    batch = query.shape[0]

    def joined(x: Any) -> Any:
        """All examples' batches as one; what is the same for all of them keeps its size of 1."""
        if x is None or (not is_at(x, level) and x.shape[0] == 1 and batch > 0):
            return x
        x = examples(x, level)
        if x.shape[1] != batch:
            x = expand(x, (level.size, batch, *x.shape[2:]))
        return reshape(x, (level.size * batch, *x.shape[2:]))

    def whole(x: Any) -> Any:
        x = examples(x, level)
        return reshape(x, (level.size * batch, *x.shape[2:]))

    out = p.function(whole(query), whole(key), whole(value), joined(mask), joined(kept), *options)
    return reshape(out, (level.size, batch, *out.shape[1:]))
