"""Values with a hidden batch dimension, as the engine sees them: what `vmap` maps a function over.

Inside `vmap(f)`, `f` computes with values that look like one example; each carries a tensor whose first dimension
runs over all of them. A lifted function that meets such a value calls `on_hidden`, which looks up the primitive's
batching rule and computes all examples at once. The tape sees only whole tensors: it knows nothing of batches.

Each running `vmap` is a level. A value at an inner level may carry one of an outer level, so that the innermost level
is always the outermost wrapper, and a rule strips one level at a time.

This module stands below the lifted functions and knows no operation. `batching/` has the rules, and `Batched`, the
class with a tensor's methods.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from autograd.errors import AutogradError, BatchingError

if TYPE_CHECKING:
    from autograd.table import Primitive

Rule = Callable[[Any, "Level", list[Any]], Any]
"""(primitive, level, its arguments in order) -> the result for all examples, the hidden dimension first."""

RULES: dict[Any, Rule] = {}
"""The batching rule of each primitive, and of each function that computes with ndarrays and calls `of_examples`."""


class Level:
    """One running `vmap`.

    depth:       1 for the outermost
    size:        how many examples there are
    randomness:  "error", "same" or "different": what a random function does
    rule:        what to do with every operation, in the place of its batching rule; None in a `vmap`
    open:        until the function that is mapped has returned
    """

    __slots__ = ("depth", "open", "randomness", "rule", "size")

    def __init__(self, depth: int, size: int, randomness: str, rule: Rule | None = None) -> None:
        self.depth = depth
        self.size = size
        self.randomness = randomness
        self.rule = rule
        self.open = True


LEVELS: ContextVar[tuple[Level, ...]] = ContextVar("autograd_levels", default=())
"""The running levels of this thread (or context), the outermost first."""


class Hidden:
    """A value for each example of a level. `Batched` adds the methods, and no state.

    level:  the `vmap` it belongs to
    value:  all examples: a tensor, or a value of an outer level, whose first dimension runs over them
    """

    __slots__ = ("__weakref__", "level", "value")

    level: Level
    value: Any

    def __init__(self, value: Any, level: Level) -> None:
        self.value = value
        self.level = level

    def overwritten(self, result: Any) -> None:
        """Hear that the value was written over with `result`; with None, with what is the same for all examples."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """It has a tensor's methods."""


def hidden_in(values: Sequence[Any]) -> Iterator[Hidden]:
    """Every hidden value among `values`, also inside tuples and lists."""
    for value in values:
        if isinstance(value, Hidden):
            yield value
        elif isinstance(value, (tuple, list)):
            yield from hidden_in(value)


def holds_hidden(values: Sequence[Any]) -> bool:
    """Whether there is a hidden value among `values`."""
    return next(hidden_in(values), None) is not None


def innermost(values: Sequence[Any]) -> Hidden | None:
    """One of those of the innermost level, or None if there is none."""
    return max(hidden_in(values), key=lambda h: h.level.depth, default=None)


def all_examples(value: Any) -> Any:
    """The tensor of all examples of all levels; what is not hidden as it is."""
    while isinstance(value, Hidden):
        value = value.value
    return value


def only_values(op: str, *values: Any) -> None:
    """Raise if one of `values` differs between examples: the operation's result would have another size for each.

    Raises:
        BatchingError: if so.
    """
    if holds_hidden(values):
        raise BatchingError(
            f"vmap: the size of the result of {op} depends on values, so it can differ between examples; use where(), "
            "or call it outside vmap"
        )


def of_examples(function: Callable[..., Any], *args: Any) -> Any:
    """Call a composed function on all examples of the innermost level at once, by its batching rule."""
    return _applied(function, function.__name__, args)


def on_hidden(p: Primitive, given: Sequence[Any]) -> Any:
    """Apply a primitive to all examples of the innermost level at once, by its batching rule.

    Raises:
        BatchingError: if the primitive has no rule, or a value belongs to a `vmap` that has returned.
    """
    return _applied(p, p.name, given)


def _applied(function: Any, name: str, given: Sequence[Any]) -> Any:
    top = innermost(given)
    assert top is not None
    level = top.level
    if not level.open:
        raise BatchingError(
            f"{name}: a value of shape {tuple(top.value.shape[1:])} was kept from a vmap that has returned; "
            "return it from the function that is mapped instead"
        )
    rule = RULES.get(function) if level.rule is None else level.rule
    if rule is None:
        raise BatchingError(
            f"vmap: '{name}' has no batching rule. If it is a primitive of your own, give it one with "
            "autograd.func.batching_rule"
        )
    try:
        result = rule(function, level, list(given))
    except AutogradError as error:
        if level.rule is None and not hasattr(error, "__notes__"):
            error.add_note(
                f"This was inside vmap: shapes may begin with the dimension of {level.size} that it maps over."
            )
        raise
    hide = type(top)
    if isinstance(result, tuple):
        parts: list[Any] = [r if _at(r, level) else hide(r, level) for r in result]
        return type(result)(*parts) if hasattr(result, "_fields") else tuple(parts)
    return result if _at(result, level) else hide(result, level)


def _at(value: Any, level: Level) -> bool:
    return isinstance(value, Hidden) and value.level is level
