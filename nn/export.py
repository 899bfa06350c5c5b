"""`export_onnx`: a model as a file that other programs run."""

from __future__ import annotations

import inspect
import os
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import pytree
from autograd.errors import ArgumentError
from autograd.files import replace_file
from autograd.tape import Variable, wrap
from nn.module import Module

if TYPE_CHECKING:
    from onnx import ModelProto

__all__ = ["export_onnx"]


def export_onnx(
    model: Module,
    example: Any,
    path: str | os.PathLike[str] | None = None,
    *,
    input_names: Sequence[str] | None = None,
    output_names: Sequence[str] | None = None,
    dynamic: bool | None = None,
    batch_dim: int = 0,
) -> ModelProto:
    """Return a model as ONNX (operators of version 20), and write it to a file if a path is given.

    The model is run on the example in evaluation mode, and what it computes is written down: layers, functions, and
    whatever is between them. Control flow is that of this run; a value that decides it is an error. The result has
    been checked by `onnx.checker`.

    Args:
        model: a module.
        example: its input, or a tuple of all its inputs: tensors, tuples and dicts of tensors, and other values, which
            become constants.
        path: where to write; the file is written beside its place and then renamed.
        input_names: of the tensors in the example, in order; without them those of `forward`'s parameters.
        output_names: of the tensors that the model returns; "output", or "output_0", "output_1", … without them.
        dynamic: whether the batch may have any size: True or an error, False for that of the example alone, None for
            any size if the model allows it, else with a warning.
        batch_dim: the dimension of the inputs that is called "batch".

    Returns:
        The `onnx.ModelProto`.

    Raises:
        ExportError: a NotImplementedError that names the operation without a mapping and the module it is in.
        ArgumentError: if there is no tensor in the example, or names do not fit.
        ModuleNotFoundError: without onnx (extra `onnx`).
        OSError: if the file cannot be written.

    >>> import autograd, nn
    >>> model = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    >>> proto = export_onnx(model, autograd.zeros(1, 4))
    >>> [node.op_type for node in proto.graph.node]
    ['Gemm', 'Relu', 'Gemm', 'Identity']
    >>> [dim.dim_param or dim.dim_value for dim in proto.graph.input[0].type.tensor_type.shape.dim]
    ['batch', 4]
    """
    if not isinstance(model, Module):
        raise ArgumentError(f"export_onnx: needs a module, got {type(model).__name__}")
    try:
        import onnx  # noqa: F401  # so that its absence is noticed before any work
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("export_onnx needs onnx: pip install 'tapegrad[onnx]'") from error
    from autograd.show.drawing.model_run import unchanged
    from nn.onnx_export.batch import BatchError
    from nn.onnx_export.model import to_model

    args = example if isinstance(example, tuple) else (example,)
    names = _input_names(model, args, input_names)
    with unchanged(model):
        model.eval()
        try:
            if dynamic is False:
                graph, dims = _fixed(model, args, names, output_names)
            else:
                graph, dims = _dynamic(model, args, names, output_names, batch_dim)
        except BatchError as error:
            if dynamic:
                raise
            warnings.warn(
                f"{error}. The model is exported for batches of the example's size alone.", stacklevel=2
            )
            graph, dims = _fixed(model, args, names, output_names)
    proto: ModelProto = to_model(graph, dims, type(model).__name__)
    if path is not None:
        replace_file(path, proto.SerializeToString())
    return proto


def _tensors(args: tuple[Any, ...]) -> list[Any]:
    return [leaf for leaf in pytree.flatten(args)[0] if isinstance(leaf, Variable)]


def _input_names(model: Module, args: tuple[Any, ...], given: Sequence[str] | None) -> list[str]:
    """A name for each tensor of the example."""
    count = len(_tensors(args))
    if not count:
        raise ArgumentError("export_onnx: there is no tensor in the example; it is the model's input")
    taken = {name for name, _ in (*model.named_parameters(), *model.named_buffers())}
    if given is not None:
        if len(given) != count or len({*given}) != count or taken & {*given}:
            raise ArgumentError(
                f"export_onnx: input_names needs {count} different names that no parameter has, got {list(given)}"
            )
        return list(given)
    parameters = [*inspect.signature(model.forward).parameters]
    found: list[str] = []
    for i, arg in enumerate(args):
        word = parameters[i] if i < len(parameters) else f"input_{i}"
        own = _tensors((arg,))
        words = [word] if len(own) == 1 else [f"{word}_{j}" for j in range(len(own))]
        found += [f"{w}_input" if w in taken or w in found else w for w in words]
    return found


def _fixed(model: Module, args: tuple[Any, ...], names: list[str], outputs: Sequence[str] | None) -> Any:
    """The graph for the example's sizes."""
    from nn.onnx_export.trace import trace

    graph = trace(model, args, names, outputs)
    dims: Any = {name: list(array.shape) for name, array in (*graph.inputs, *graph.outputs)}
    return graph, dims


def _dynamic(
    model: Module, args: tuple[Any, ...], names: list[str], outputs: Sequence[str] | None, dim: int
) -> Any:
    """The graph for a batch of any size, and the sizes of inputs and outputs."""
    from nn.onnx_export.batch import BatchError, merge
    from nn.onnx_export.graph import ExportError
    from nn.onnx_export.trace import trace

    shapes = [tuple(t.shape) for t in _tensors(args)]
    sizes = [shape[dim] for shape in shapes if len(shape) > dim]
    if not sizes or sizes[0] < 1:
        raise BatchError(f"export_onnx: the example has no dimension {dim} of a batch")
    rows = [i for i, shape in enumerate(shapes) if len(shape) > dim and shape[dim] == sizes[0]]
    start = max(sizes[0], 2)
    counts = [start, start + 1, start + 3]
    _fixed(model, args, names, outputs)  # an error here has nothing to do with the size
    try:
        graphs = [trace(model, _resized(args, rows, dim, n), names, outputs) for n in counts]
    except ExportError as error:
        raise BatchError(
            f"export_onnx: the model does not take a batch of another size along dimension {dim} ({error})"
        ) from error
    found = [[a.shape for _, a in (*graph.inputs, *graph.outputs)] for graph in graphs]
    graph = merge(graphs, counts, dim, rows)
    dims: Any = {}
    for (name, _), *each in zip((*graph.inputs, *graph.outputs), *found, strict=True):
        dims[name] = [
            "batch" if list(n) == counts else n[0] if len({*n}) == 1 else None
            for n in zip(*each, strict=True)
        ]
    return graph, dims


def _resized(args: tuple[Any, ...], rows: Sequence[int], dim: int, n: int) -> tuple[Any, ...]:
    """The example with a batch of n, its examples repeated."""
    leaves, structure = pytree.flatten(args)
    places = [i for i, leaf in enumerate(leaves) if isinstance(leaf, Variable)]
    new = list(leaves)
    for i in rows:
        array = leaves[places[i]].array
        new[places[i]] = wrap(array.take(np.arange(n) % array.shape[dim], dim))
    resized: tuple[Any, ...] = pytree.rebuilt(structure, new)
    return resized
