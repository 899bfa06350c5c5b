"""What depends on the size of the batch: found by writing the model down for batches of several sizes.

The graphs have the same nodes. A constant that differs between them is either numbers that grow with the batch, such
as a shape, which the graph then computes from its input; or an array with a row for each example, all alike, which
the graph then repeats.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.dtypes import Array
from nn.onnx_export.graph import ExportError, Graph, Node


class BatchError(ExportError):
    """Something depends on the size of the batch in another way."""


def merge(graphs: Sequence[Graph], sizes: Sequence[int], dim: int, rows: Sequence[int]) -> Graph:
    """The first of the graphs, made one for batches of any size.

    Args:
        graphs: of the same model, for three sizes of the batch.
        sizes: these.
        dim: the dimension of the batch in the inputs.
        rows: which of the inputs have it.

    Raises:
        BatchError: if the graphs differ in what cannot be computed from the size.
    """
    first = graphs[0]
    for graph in graphs[1:]:
        _same_nodes(first, graph)
    merged = _Merged(first, sizes, dim, rows[0])
    for name in [*first.constants]:
        found = [graph.constants[name] for graph in graphs]
        if not all(_equal(found[0], other) for other in found[1:]):
            merged.replace(name, found)
    first.nodes[:0] = merged.made
    first.prune()
    return first


def _same_nodes(a: Graph, b: Graph) -> None:
    if len(a.nodes) != len(b.nodes) or a.constants.keys() != b.constants.keys():
        raise BatchError("export_onnx: the model computes something else for a batch of another size")
    for one, other in zip(a.nodes, b.nodes, strict=True):
        if (one.op, one.inputs, one.outputs, one.attributes) != (
            other.op,
            other.inputs,
            other.outputs,
            other.attributes,
        ):
            raise BatchError(f"export_onnx: {_where(one)} differs for a batch of another size")


def _equal(a: Array, b: Array) -> bool:
    return a.shape == b.shape and a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")


def _where(node: Node) -> str:
    return f"'{node.source or node.op}'" + (f" in module '{node.path}'" if node.path else "")


class _Merged:
    """The nodes that compute what depends on the size of the batch."""

    def __init__(self, graph: Graph, sizes: Sequence[int], dim: int, row: int) -> None:
        self.graph, self.sizes, self.dim = graph, sizes, dim
        self.made: list[Node] = []
        self._input = graph.inputs[row][0]
        self._size = ""

    def _node(self, op: str, inputs: list[str], **attributes: Any) -> str:
        name = self.graph.fresh("batch")
        self.made.append(Node(op, inputs, [name], attributes, "", "size of the batch"))
        return name

    def size(self) -> str:
        """The size of the batch, in a vector of one number."""
        if not self._size:
            self._size = self._node("Shape", [self._input], start=self.dim, end=self.dim + 1)
        return self._size

    def replace(self, name: str, found: Sequence[Array]) -> None:
        """Compute in the graph what was a constant."""
        users = [node for node in self.graph.nodes if name in node.inputs]
        shapes = {a.shape for a in found}
        if len(shapes) == 1 and found[0].dtype.kind in "if":
            self._numbers(name, found, users)
        elif len({len(shape) for shape in shapes}) == 1 and len(shapes) == len(found):
            self._repeated(name, found, users)
        else:
            raise self._cannot(users)

    def _cannot(self, users: Sequence[Node]) -> BatchError:
        return BatchError(
            f"export_onnx: a constant of {_where(users[0])} depends on the size of the batch; compute it from the "
            "input, or export with dynamic=False"
        )

    def _line(self, found: Sequence[Array], users: Sequence[Node]) -> tuple[Array, Array]:
        """The slope and the intercept of numbers that grow with the batch."""
        n, first = self.sizes[0], found[0]
        slope = np.asarray(found[1] - first)  # the second batch has one example more
        start = np.asarray(first - slope * n)
        if not all((slope * size + start == a).all() for size, a in zip(self.sizes, found, strict=True)):
            raise self._cannot(users)
        return slope, start

    def _numbers(self, name: str, found: Sequence[Array], users: Sequence[Node]) -> None:
        slope, start = self._line(found, users)
        if (
            np.count_nonzero(slope) == 1
            and all(node.op == "Reshape" for node in users)
            and (found[0] > 0).all()
        ):
            self.graph.constants[name] = np.where(slope != 0, -1, found[0])
            return
        self._put(name, self._computed(slope, start), users)

    def _computed(self, slope: Array, start: Array) -> str:
        """Slope · size + start."""
        constant = self.graph.constant
        size = self.size()
        if slope.dtype != np.int64:
            size = self._node("Cast", [size], to=slope.dtype)
        result = self._node("Mul", [size, constant(slope.reshape(-1))])
        if start.any():
            result = self._node("Add", [result, constant(start.reshape(-1))])
        if not slope.ndim or slope.ndim > 1:
            result = self._node("Reshape", [result, constant(np.asarray(slope.shape, np.int64))])
        return result

    def _repeated(self, name: str, found: Sequence[Array], users: Sequence[Node]) -> None:
        """An array of which one dimension is that of the batch, and all along it is the same."""
        one = found[0]
        differing = [d for d in range(one.ndim) if len({a.shape[d] for a in found}) > 1]
        if len(differing) != 1:
            raise self._cannot(users)
        (d,) = differing
        row = one[(slice(None),) * d + (slice(0, 1),)]
        if not all(_equal(np.broadcast_to(row, a.shape), a) for a in found):
            raise self._cannot(users)
        slope, start = self._line([np.array(a.shape, np.int64) for a in found], users)
        small = self.graph.constant(row)
        self._put(name, self._node("Expand", [small, self._computed(slope, start)]), users)

    def _put(self, name: str, computed: str, users: Sequence[Node]) -> None:
        for node in users:
            node.inputs = [computed if given == name else given for given in node.inputs]
