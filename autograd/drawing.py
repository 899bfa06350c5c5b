"""`draw`: the front door to `show`, which is imported when the first picture is taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from autograd.show import Drawing
    from autograd.show.drawing.dot import Direction, Fact
    from autograd.show.labels import Parameters


def draw(
    root: Any,
    *,
    names: Mapping[str, Any] | None = None,
    params: Parameters | None = None,
    direction: Direction = "LR",
    show: Iterable[Fact] | None = None,
    values: bool = True,
    color: Literal["grad"] | None = None,
    depth: int | None = None,
    collapse: str | Iterable[str] = (),
    fold: bool | None = None,
    max_nodes: int | None = None,
) -> Drawing:
    """Draw the graph that led to `root`, a tensor or a `Value`, or a list of either. It shows itself in a notebook.

    A node shows the operation, the name if it has one, shape and dtype, the value where the tape knows it (all of up
    to six numbers, the range and mean of more) and the gradient, or that it is "not computed". Results of operations
    keep no gradient unless `retain_grad()` asked for it: "not kept". On an edge between Values stands the local
    derivative ∂: backward multiplies by it. What is NaN or infinite is red, and where it came up first is said.

    After an ordinary `backward()`, which frees what the operations saved, a graph of tensors is drawn without their
    values: draw before it, or call `backward(retain_graph=True)`, to see them. What was computed in
    `with show.record(model) as tape:` can be drawn after it with every value and gradient, too; then `root` may be the
    recording. A picture is taken when `draw` is called and does not change afterwards.

    Modules are clusters in one another. A recording knows them; without one they are guessed from the names of the
    parameters, if `params` is a module. A module that is collapsed is one node with its class, its path, the number of
    its parameters, and the shapes of what goes in and out.

    Args:
        root: the result, a list of results, or a recording.
        names: what to call tensors and Values: a dict of names; `locals()` will do.
        params: the parameters, which are drawn as such: a module, a dict of names, or a list.
        direction: "LR" from left to right, "TB" from top to bottom, or "RL", "BT".
        show: which facts: of "value", "grad", "shape", "dtype", "local" (these are shown without it), "saved" (bytes
            kept for backward), "source" (your line that computed it), and on the edges "formula" (of the derivative),
            "upstream" and "contribution" (upstream × local = contribution).
        values: whether to read numbers.
        color: "grad" colours nodes by their largest |gradient|, with a legend.
        depth: modules so deep are collapsed: 1 for those directly in the model.
        collapse: the paths or classes of modules to collapse; `*` and `?` stand for any characters.
        fold: whether blocks that repeat, such as the layers of a transformer, are drawn once, with "×12". If it is not
            given, they are where there are more than `max_nodes`.
        max_nodes: how many nodes to draw at most. Of more, what repeats is folded; then modules are collapsed, the
            deepest first; then those nearest the result are drawn. What was done is said above the picture. If it is
            not given, folding and collapsing aim at 80 nodes that can be read, and 500 are drawn at most.

    Raises:
        ArgumentError: if there is nothing to draw, an option is not one of those above, or there is no module to
            collapse.

    >>> import autograd
    >>> w = autograd.tensor([1.0, 2.0], requires_grad=True)
    >>> loss = (w * w).sum()
    >>> drawing = draw(loss, names=locals())
    >>> drawing
    <Drawing: 3 nodes, 3 edges>
    >>> drawing.dot.splitlines()[0]
    'digraph "computation graph" {'

    >>> import nn
    >>> from autograd.show import record
    >>> model = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
    >>> with record(model):
    ...     loss = model(autograd.ones(4, 2)).sum()
    ...     loss.backward()
    >>> draw(loss, params=model, depth=1)
    <Drawing: 5 of 9 nodes, 4 edges>
    """
    from autograd.show import Drawing
    from autograd.show.drawing.arrange import AIM, MOST, Plan
    from autograd.show.drawing.dot import FACTS, USUAL, Look
    from autograd.show.options import check_flag, words
    from autograd.show.trace import classes_in, read

    check_flag("draw", "fold", fold, "or None to decide by the number of nodes")
    facts = USUAL if show is None else words("draw", "show", show, f"of {', '.join(FACTS)}")
    collapsed = words("draw", "collapse", collapse, "the paths or classes of modules, with * and ?")
    look = Look(direction, facts, color)
    most, aim = (MOST, AIM) if max_nodes is None else (max_nodes, max_nodes)
    plan = Plan(depth, collapsed, fold, most, aim, classes=classes_in(params))
    return Drawing(read(root, names, params, values, most), look, plan)
