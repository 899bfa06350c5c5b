"""Tensors at the levels of the running vmaps, as the transforms of gradients need them.

The tape sees whole tensors, so a gradient is computed for all examples of all levels at once: by the chain rule the
examples do not mix. For that an input must have a value of its own for each example, and what is hidden must be shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from autograd.batching.batched import Batched
from autograd.hidden import Hidden, Level
from autograd.layout import own
from autograd.modes import current_mode
from autograd.ops.shape import expand, movedim
from autograd.tape import AccumulateGrad, AnyNode, Variable, reachable, wrap


def at_all(x: Any, levels: Sequence[Level]) -> Any:
    """`x` with a value of its own for each example of each level, repeated where it had one for all of them."""
    if not levels:
        return x
    *outer, top = levels
    value = x.value if isinstance(x, Hidden) and x.level is top else expand(x, (top.size, *x.shape))
    return Batched(at_all(value, outer), top)


def shown(x: Any, levels: Sequence[Level]) -> Any:
    """All examples of all levels: a tensor whose first dimensions are those of the levels, the outermost first.

    A value of a further level stays one, of examples of that form.
    """
    for level in reversed(levels):
        x = _shown_at(x, level)
    return x


def _shown_at(x: Any, level: Level) -> Any:
    if not isinstance(x, Hidden) or x.level.depth < level.depth:
        return expand(x, (level.size, *x.shape))
    if x.level is level:
        return x.value
    return Batched(movedim(_shown_at(x.value, level), 0, 1), x.level)


def hidden_again(x: Any, levels: Sequence[Level]) -> Any:
    """The opposite of `shown`."""
    for level in levels:
        x = _hidden_at(x, level)
    return x


def _hidden_at(x: Any, level: Level) -> Any:
    if isinstance(x, Hidden) and x.level.depth > level.depth:
        return Batched(_hidden_at(movedim(x.value, 1, 0), level), x.level)
    return Batched(x, level)


def levels_of(x: Any) -> list[Level]:
    """The levels at which it has a value for each example, the outermost first."""
    found: list[Level] = []
    while isinstance(x, Hidden):
        found.insert(0, x.level)
        x = x.value
    return found


def own_input(x: Any, levels: Sequence[Level]) -> Any:
    """`x` as the input of a transform, at all levels: a leaf, or an alias where it is itself computed."""
    given = at_all(x, levels) if levels else x
    return hidden_again(_fresh(shown(given, levels)), levels) if levels else _fresh(given)


def _fresh(x: Any) -> Any:
    if current_mode().grad and x.current_node() is not None:
        return x.alias()
    return wrap(x.array).requires_grad_()


def physical(x: Any) -> Any:
    """All examples of all levels that it has, as one tensor."""
    while isinstance(x, Hidden):
        x = x.value
    return x


def depends_on_others(results: Iterable[Any], inputs: Iterable[Any]) -> bool:
    """Whether the results were computed from leaves other than `inputs`, whole tensors: then they can be differentiated
    by those as well.
    """
    nodes = [r.current_node() for r in results]
    own = {x.current_node() for x in inputs}
    seen = reachable([n for n in nodes if n is not None])
    return any(isinstance(node, AccumulateGrad) and node not in own for node in seen)


def raw_gradient(x: Any, create_graph: bool) -> Any:
    """A gradient as the sweep takes it."""
    return x.array if isinstance(x, Variable) and not create_graph else x


def taken(found: dict[AnyNode, Any], node: AnyNode, like: Any) -> Any:
    """The gradient that the sweep found for a node, taken out of the dict; zeros in the shape of `like` if none."""
    if node not in found:
        return wrap(np.zeros(like.shape, like.array.dtype))
    if isinstance(found[node], (Variable, Hidden)):
        return found.pop(node)
    return wrap(own(found.pop(node), like.array.dtype))


def node_of(x: Any) -> AnyNode:
    """The node of a whole tensor that requires a gradient."""
    node: AnyNode | None = x.current_node()
    assert node is not None
    return node
