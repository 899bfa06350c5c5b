"""The graph of a model as it is written down: nodes, constants and the names of values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.dtypes import Array
from autograd.errors import AutogradError
from autograd.tape import Variable
from nn.onnx_export.traced import Traced


class ExportError(AutogradError, NotImplementedError):
    """A model, or an operation in it, cannot be written as ONNX."""


@dataclass(slots=True)
class Node:
    """A node of ONNX.

    op:       its type
    path:     the module in which it was made
    source:   the operation that it stands for
    """

    op: str
    inputs: list[str]
    outputs: list[str]
    attributes: dict[str, Any]
    path: str
    source: str


class Graph:
    """What has been written down so far.

    nodes, constants: in order; constants by name
    inputs, outputs:  names, with an array each as an example
    running:          the paths of the modules that are running, the innermost last
    broken:           of the module in which an error was raised
    source:           the operation that is being written
    """

    def __init__(self, named: Sequence[tuple[str, Any]]) -> None:
        self.nodes: list[Node] = []
        self.constants: dict[str, Array] = {}
        self.inputs: list[tuple[str, Array]] = []
        self.outputs: list[tuple[str, Array]] = []
        self.running: list[str] = []
        self.broken: str | None = None
        self.source = ""
        self._titles = {id(t): name for name, t in named}
        self._known: dict[
            tuple[Any, ...], tuple[str, Any]
        ] = {}  # what was made of a tensor: its name, the tensor
        self._count = 0

    # -- names -----------------------------------------------------------------------------------------------------

    def fresh(self, word: str) -> str:
        """A new name."""
        self._count += 1
        return f"{word}_{self._count}"

    def constant(self, array: Any, word: str = "constant") -> str:
        """The name of a constant."""
        name = self.fresh(word)
        self.constants[name] = np.array(array, order="C")
        return name

    def numbers(self, values: Sequence[int]) -> str:
        """The name of a vector of whole numbers: sizes, dimensions, positions."""
        return self.constant(np.asarray(values, np.int64).reshape(-1), "numbers")

    def value(self, x: Any, dtype: Any = None) -> str:
        """The name of a value, converted to a dtype if one is given."""
        if isinstance(x, Traced) and x.name is not None:
            if dtype is None or np.dtype(x.dtype) == np.dtype(dtype):
                return x.name
            return self.node("Cast", x.name, to=np.dtype(dtype))
        if isinstance(x, str):
            return x
        tensor = x.example if isinstance(x, Traced) else x
        array = tensor.array if isinstance(tensor, Variable) else np.asarray(tensor)
        kind = array.dtype if dtype is None else np.dtype(dtype)
        if id(x) not in self._titles:
            return self.constant(array.astype(kind, copy=False))
        key = (id(x), kind)
        if key not in self._known:
            name = self._titles[id(x)]
            if kind != array.dtype:
                name = self.fresh(name)
            self.constants[name] = np.array(array, kind, order="C")
            self._known[key] = name, x
        return self._known[key][0]

    # -- nodes -----------------------------------------------------------------------------------------------------

    def node(self, op: str, *inputs: Any, **attributes: Any) -> str:
        """Write a node with one output; return its name. Inputs that are not names are made values."""
        return self.nodes_of(op, 1, *inputs, **attributes)[0]

    def nodes_of(self, op: str, outputs: int, *inputs: Any, **attributes: Any) -> list[str]:
        """Write a node with several outputs; return their names."""
        names = ["" if x is None else self.value(x) for x in inputs]
        while names and not names[-1]:
            names.pop()
        made = [self.fresh(op.lower()) for _ in range(outputs)]
        kept = {key: v for key, v in attributes.items() if v is not None}
        self.nodes.append(Node(op, names, made, kept, self.running[-1] if self.running else "", self.source))
        return made

    # -- the end ---------------------------------------------------------------------------------------------------

    def prune(self) -> None:
        """Take out what no output needs."""
        needed = {name for name, _ in self.outputs}
        kept = []
        for node in reversed(self.nodes):
            if not needed.isdisjoint(node.outputs):
                kept.append(node)
                needed.update(node.inputs)
        self.nodes = kept[::-1]
        self.constants = {name: array for name, array in self.constants.items() if name in needed}
