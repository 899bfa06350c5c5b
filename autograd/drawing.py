"""`draw`: the front door to `show`, which is imported when the first picture is taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograd.show import Drawing
    from autograd.show.dot import Direction
    from autograd.show.labels import Parameters


def draw(
    root: Any,
    *,
    names: Mapping[str, Any] | None = None,
    params: Parameters | None = None,
    direction: Direction = "LR",
    values: bool = True,
    max_nodes: int = 500,
) -> Drawing:
    """Draw the graph that led to `root`, a tensor or a `Value`, or a list of either. It shows itself in a notebook.

    A node shows the operation, the name if it has one, shape and dtype, the value where the tape knows it (all of up
    to six numbers, the range and mean of more) and the gradient, or that it is "not computed". Results of operations
    keep no gradient unless `retain_grad()` asked for it: "not kept". On an edge between Values stands the local
    derivative ∂: backward multiplies by it.

    Draw tensors before `backward()`, or call `backward(retain_graph=True)`: an ordinary backward frees the graph.
    A picture is taken when `draw` is called and does not change afterwards.

    Args:
        root: the result, or a list of results.
        names: what to call tensors and Values: a dict of names; `locals()` will do.
        params: the parameters, which are drawn as such: a module, a dict of names, or a list.
        direction: "LR" from left to right, "TB" from top to bottom.
        values: whether to show numbers.
        max_nodes: how many nodes to draw at most: those nearest the result.

    Raises:
        ArgumentError: if there is nothing to draw.

    >>> import autograd
    >>> w = autograd.tensor([1.0, 2.0], requires_grad=True)
    >>> loss = (w * w).sum()
    >>> drawing = draw(loss, names=locals())
    >>> drawing
    <Drawing: 3 nodes, 3 edges>
    >>> drawing.dot.splitlines()[0]
    'digraph "computation graph" {'
    """
    from autograd.show import Drawing, trace

    graph = trace(root, names=names, params=params, values=values, max_nodes=max_nodes)
    return Drawing(graph, direction)
