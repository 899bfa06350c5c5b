"""`draw_module`: the picture of a model's architecture, made from a run on an example."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from autograd.show.drawing.arrange import AIM, MOST, Plan
from autograd.show.drawing.dot import Direction, Look
from autograd.show.drawing.drawing import Drawing
from autograd.show.drawing.model_run import ModelRun, run, sizes, tensors_in
from autograd.show.graph import Graph, GraphEdge, GraphNode
from autograd.show.options import check_flag, check_table, words
from autograd.show.trace import trace

WORDS = {"leaf": "input", "result": "output"}
FEW_PATHS = 6


def draw_module(
    model: Any,
    *inputs: Any,
    kwargs: Mapping[str, Any] | None = None,
    direction: Direction = "TB",
    depth: int | None = None,
    collapse: str | Iterable[str] = (),
    fold: bool | None = None,
    max_nodes: int | None = None,
) -> Drawing:
    """Draw the architecture of a model: each layer a block with its shapes and parameters, modules around them.

    The model runs once on the example, in evaluation mode; its modes, buffers, gradients and the random numbers are
    afterwards as before, and lazy modules are complete. A module that is called twice is drawn twice, and says so; a
    parameter that several modules share stands beside them. Operations between layers are drawn, too.

    Args:
        model: the module.
        inputs: what it is called with: tensors, or whatever its `forward` takes.
        kwargs: keyword arguments of the call.
        direction: "TB" from top to bottom, or "LR", "RL", "BT".
        depth: modules so deep are one block: 1 for those directly in the model.
        collapse: the paths or classes of modules that are one block; `*` and `?` stand for any characters.
        fold: whether blocks that repeat are drawn once, with "×12"; if it is not given, where there are many.
        max_nodes: how many nodes to draw at most, as in `draw`.

    Raises:
        ArgumentError: if it is no module, or an option is wrong. What `forward` raises says which module it was in.

    >>> import autograd, nn
    >>> model = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 6 * 6, 10))
    >>> drawing = draw_module(model, autograd.zeros(1, 1, 8, 8))
    >>> [(block.kind, block.parameters, block.outputs) for block in drawing.scene.blocks()]
    [('Conv2d', 80, ('(1, 8, 6, 6)',)), ('ReLU', 0, ('(1, 8, 6, 6)',)), ('Flatten', 0, ('(1, 288)',)),
    ('Linear', 2890, ('(1, 10)',))]
    """
    check_table("draw_module", "kwargs", kwargs, "of the keyword arguments of the call", strings=True)
    check_flag("draw_module", "fold", fold, "or None to decide by the number of nodes")
    collapsed = words("draw_module", "collapse", collapse, "the paths or classes of modules, with * and ?")
    most, aim = (MOST, AIM) if max_nodes is None else (max_nodes, max_nodes)
    look = Look(direction, ("shape", "dtype"), words=WORDS)
    done = run(model, inputs, kwargs or {}, "draw_module")
    counts = {path or type(model).__name__: sizes(module) for path, module in model.named_modules()}
    plan = Plan(
        depth,
        collapsed,
        fold,
        most,
        aim,
        leaves=True,
        sizes={path: (count.learnt, count.frozen) for path, count in counts.items()},
    )
    return Drawing(_architecture(done), look, plan)


def _architecture(done: ModelRun) -> Graph:
    """The recorded graph, from the inputs that the user knows to outputs."""
    outputs = {id(t.current_node()): t for t in tensors_in(done.result) if t.current_node() is not None}
    several = len(outputs) > 1
    names = {f"output {i + 1}" if several else "output": t for i, t in enumerate(outputs.values())}
    root: Any = list(names.values()) or done.tape
    graph = trace(root, names={**done.names, **names}, params=done.model, values=False, max_nodes=READ)
    nodes = {node.id: node for node in graph.nodes}
    leaves = {e.target: e.source for e in graph.edges if _is_copy(nodes[e.target], done.names)}
    copied = set(leaves.values())
    kept = [_input_or_operation(node, done.names) for node in graph.nodes if node.id not in copied]
    edges = [edge for edge in graph.edges if edge.source not in copied]
    for node in [node for node in kept if node.kind == "result"]:
        kept[kept.index(node)] = replace(node, kind="operation", name="")
        last = GraphNode(f"n{len(graph.nodes) + len(kept)}", "result", name=node.name or "output")
        kept.append(replace(last, shape=node.shape, dtype=node.dtype))
        edges.append(GraphEdge(node.id, last.id))
    modules = graph.modules
    if not any(call.path for call in done.calls):  # the model is one layer: draw it as a block, too
        kind = type(done.model).__name__
        modules = ((kind, kind),)
        kept = [replace(node, module=kind) if node.op else node for node in kept]
    return Graph(tuple(kept), tuple(edges), (*_about(done, graph), *graph.notes), False, modules)


READ = 20_000
"""How many operations of a model are read at most."""


def _is_copy(node: GraphNode, names: Mapping[str, Any]) -> bool:
    return node.op == "clone" and node.name in names and not node.module


def _input_or_operation(node: GraphNode, names: Mapping[str, Any]) -> GraphNode:
    if _is_copy(node, names) or (node.kind == "constant" and node.name in names):
        return replace(node, kind="leaf", op="", gradient_state="none")
    return replace(node, gradient_state="none")


def _about(done: ModelRun, graph: Graph) -> list[str]:
    """What is said above the picture."""
    model = done.model
    count = sizes(model)
    frozen = f", {count.frozen:,} of them frozen" if count.frozen else ""
    notes = [f"{type(model).__name__}: {count.learnt + count.frozen:,} parameters{frozen}"]
    called = {call.path for call in done.calls}
    used = {node.name for node in graph.nodes}
    missed: list[str] = []
    for path, module in model.named_modules():
        inside = any(other.startswith(f"{path}.") for other in called)
        names = [f"{path}.{name}" for name, _ in module.named_parameters()]
        above = any(path.startswith(f"{other}.") for other in missed)
        if path not in called and not (inside or above or any(name in used for name in names)):
            missed.append(path)
    if missed:
        more = ", …" * (len(missed) > FEW_PATHS)
        notes.append(f"Not used: {', '.join(missed[:FEW_PATHS])}{more}")
    return notes
