"""Running a model on an example, and writing down what it computes."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import pytree
from autograd.errors import AutogradError
from autograd.hidden import LEVELS, Level
from autograd.modes import no_grad
from autograd.table import Primitive
from autograd.tape import Variable, wrap
from nn.module import Module
from nn.onnx_export import (  # noqa: F401  # they enter their writers
    elementwise,
    indexing,
    losses,
    normalisation,
    products,
    recurrence,
    reductions,
    shapes,
    windows,
)
from nn.onnx_export.graph import ExportError, Graph
from nn.onnx_export.table import WRITERS
from nn.onnx_export.traced import Traced, TracedLevel


class Tracer:
    """One run of a model: its operations come to `rule`, which writes them into the graph."""

    def __init__(self, model: Module) -> None:
        named = [*model.named_parameters(), *model.named_buffers()]
        self.graph = Graph(named)
        self.level = TracedLevel(self.rule)

    def rule(self, function: Any, level: Level, given: list[Any]) -> Any:  # as rules are called
        """Compute an operation on the example, and write it."""
        name = function.name if isinstance(function, Primitive) else function.__name__.strip("_")
        writer = WRITERS.get(name)
        if writer is None or (result := self._written(function, name, writer, given)) is NotImplemented:
            if isinstance(function, Primitive) and function.reference is not None:
                return function.reference(*given)  # in smaller operations
            raise ExportError(
                f"export_onnx: '{name}'{self.place()} has no mapping to ONNX"
                + ("" if writer is None else " for these arguments")
                + "; express it by other operations, or export the part of the model before it"
            )
        return result

    def _written(self, function: Any, name: str, writer: Any, given: list[Any]) -> Any:
        call = function.function if isinstance(function, Primitive) else function
        result = call(*map(_examples, given))
        outer, self.graph.source = self.graph.source, name
        try:
            names = writer(self.graph, result, *_by_position(function, given))
        finally:
            self.graph.source = outer
        if names is NotImplemented:
            return names
        if isinstance(result, tuple):
            hidden = [
                self.level.traced(r, n) if isinstance(r, Variable) else r
                for r, n in zip(result, (*names, *[None] * (len(result) - len(names))), strict=True)
            ]
            return type(result)(*hidden) if hasattr(result, "_fields") else tuple(hidden)
        return self.level.traced(result, names)

    def place(self) -> str:
        """Where an error was raised."""
        graph = self.graph
        path = graph.broken or (graph.running[-1] if graph.running else "")
        return f" in module '{path}'" if path else ""


def _by_position(function: Any, given: list[Any]) -> list[Any]:
    """The arguments, with the defaults of those that were left out."""
    if isinstance(function, Primitive):
        return given
    bound = inspect.signature(function).bind(*given)
    bound.apply_defaults()
    return list(bound.arguments.values())


def _examples(value: Any) -> Any:
    """An argument with the tensors of the example in the place of traced values."""
    if isinstance(value, Traced):
        return value.example
    if isinstance(value, tuple):
        parts = [_examples(part) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return [_examples(part) for part in value] if isinstance(value, list) else value


def trace(
    model: Module, args: tuple[Any, ...], input_names: Sequence[str], output_names: Sequence[str] | None
) -> Graph:
    """The graph of model(*args), in evaluation mode.

    Args:
        args: the example; every tensor in it is an input of the graph.
        input_names: of these, in order.
        output_names: of the tensors that the model returns; None for "output", or "output_0" and so on.
    """
    tracer = Tracer(model)
    graph, level = tracer.graph, tracer.level
    leaves, structure = pytree.flatten(args)
    hidden: list[Any] = []
    names = iter(input_names)
    for leaf in leaves:
        if isinstance(leaf, Variable):
            name = next(names)
            graph.inputs.append((name, leaf.array))
            hidden.append(level.traced(wrap(leaf.array.copy()), name))  # it may be written in place
        else:
            hidden.append(leaf)
    handles = [h for path, m in model.named_modules() for h in _noting(graph, path, m)]
    token = LEVELS.set((level,))
    try:
        with no_grad():
            found, _ = pytree.flatten(model(*pytree.rebuilt(structure, hidden)))
        results = [value for value in found if isinstance(value, (Variable, Traced))]
        _name_outputs(graph, results, output_names)
    except AutogradError as error:
        if isinstance(error, ExportError):
            raise
        raise ExportError(f"export_onnx: {error}{tracer.place()}") from error
    finally:
        level.open = False
        LEVELS.reset(token)
        for handle in handles:
            handle.remove()
    graph.prune()
    return graph


def _noting(graph: Graph, path: str, module: Module) -> list[Any]:
    """Hooks that note which module runs."""

    def enter(*_: Any) -> None:
        graph.running.append(path)

    def leave(*_: Any) -> None:
        graph.running.pop()
        if sys.exc_info()[0] is not None and graph.broken is None:
            graph.broken = path

    return [
        module.register_forward_pre_hook(enter, prepend=True),
        module.register_forward_hook(leave, always_call=True),
    ]


def _name_outputs(graph: Graph, found: list[Any], names: Sequence[str] | None) -> None:
    if not found:
        raise ExportError("export_onnx: the model returns no tensor")
    if names is None:
        names = ["output"] if len(found) == 1 else [f"output_{i}" for i in range(len(found))]
    if len(names) != len(found):
        raise ExportError(
            f"export_onnx: the model returns {len(found)} tensors, but output_names has {len(names)}: {list(names)}"
        )
    for name, value in zip(names, found, strict=True):
        graph.nodes_of("Identity", 1, value)
        graph.nodes[-1].outputs = [name]
        example = value.example.array if isinstance(value, Traced) else value.array
        graph.outputs.append((name, np.asarray(example)))
