"""In-place writes to a value under vmap: into the memory of all examples at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.errors import BatchingError
from autograd.hidden import Hidden, hidden_in
from autograd.ops.index import index_put
from autograd.ops.shape import expand


def in_place(name: str, function: Callable[..., Any], x: Hidden, *args: Any, **named: Any) -> Any:
    """Overwrite `x` with `function(x, *args, **named)`, for all examples."""
    from autograd import inplace  # stands above the operations, this below: one of the two comes later

    level = x.level
    for other in hidden_in((*args, *named.values())):
        if other.level.depth > level.depth:
            raise unfit(name, level.depth, other.level.depth)

    written: list[Any] = []

    def whole(value: Any, *arguments: Any, **options: Any) -> Any:
        result = function(type(x)(value, level), *arguments, **options)
        if isinstance(result, Hidden) and result.level is level:
            written.append(result.value)
            return result.value
        return expand(result, (level.size, *result.shape))  # the same for all examples

    inplace.in_place(name, whole, x.value, *args, **named)
    x.overwritten(written[0] if written else None)
    return x


def unfit(name: str, inner: int, outer: int) -> BatchingError:
    """The error for a write of something that differs between examples into something that does not."""
    return BatchingError(
        f"vmap: {name} would write values that differ between the examples of level {outer} into a tensor that is the "
        f"same for all of them (level {inner}); use the out-of-place operation, or make the tensor with x.new_zeros()"
    )


def set_item(x: Any, key: Any, value: Any) -> None:
    """`x[key] = value`, for each example."""
    items = key if isinstance(key, tuple) else (key,)
    in_place("x[index] = value", lambda whole, *_: index_put(whole, items, value), x, value, *items)


def copy_(x: Any, source: Any) -> Any:
    """Overwrite `x` with `source`, broadcast and converted."""

    def copied(whole: Any, given: Any) -> Any:
        if not hasattr(given, "shape"):
            return whole.new_full(x.shape, given)
        return expand(given.astype(whole.dtype), x.shape)

    return in_place("copy_", copied, x, source)
