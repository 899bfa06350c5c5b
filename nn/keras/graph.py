"""Symbolic tensors, and the graph of layers that a functional model is.

A layer called on a `KerasTensor` computes nothing: it makes a `Node`, which says which layer was called on what, and
new symbolic tensors that point to it. `Graph` orders the nodes between some inputs and some outputs, and runs them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograd.errors import ArgumentError, ShapeError

Shape = tuple[int | None, ...]


class KerasTensor:
    """A tensor without values: what a layer will get or return. Unknown sizes, such as the batch's, are None.

    Attributes:
        shape: such as (None, 28, 28, 1).
        dtype: such as "float32".
        name: for people.
        node: the call that it is a result of.
        index: which of the call's results it is.

    >>> from nn import keras
    >>> keras.Input(shape=(3,)).shape
    (None, 3)
    """

    def __init__(
        self, shape: Shape, dtype: str = "float32", name: str = "", node: Any = None, index: int = 0
    ):
        self.shape = tuple(shape)
        self.dtype = dtype
        self.name = name or "keras_tensor"
        self.node: Node | None = node
        self.index = index

    @property
    def ndim(self) -> int:
        """How many dimensions it has."""
        return len(self.shape)

    def __repr__(self) -> str:
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype}, name={self.name}>"

    def _operation(self, name: str, *operands: Any) -> Any:
        from nn.keras.layers.arithmetic import Operation  # stands above

        return Operation(name)(*operands)

    def __add__(self, other: Any) -> Any:
        return self._operation("add", self, other)

    def __radd__(self, other: Any) -> Any:
        return self._operation("add", other, self)

    def __sub__(self, other: Any) -> Any:
        return self._operation("subtract", self, other)

    def __rsub__(self, other: Any) -> Any:
        return self._operation("subtract", other, self)

    def __mul__(self, other: Any) -> Any:
        return self._operation("multiply", self, other)

    def __rmul__(self, other: Any) -> Any:
        return self._operation("multiply", other, self)

    def __truediv__(self, other: Any) -> Any:
        return self._operation("divide", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return self._operation("divide", other, self)

    def __pow__(self, other: Any) -> Any:
        return self._operation("power", self, other)

    def __matmul__(self, other: Any) -> Any:
        return self._operation("matmul", self, other)

    def __neg__(self) -> Any:
        return self._operation("negative", self)

    def __getitem__(self, index: Any) -> Any:
        from nn.keras.layers.arithmetic import written_index

        return self._operation("get_item", self, written_index(index))

    def __bool__(self) -> bool:
        raise ArgumentError(f"{self!r} has no values yet: it cannot decide an `if`")

    def __iter__(self) -> Iterator[Any]:
        raise ArgumentError(f"{self!r} has no values yet: it cannot be gone through")

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise ArgumentError(
            f"{self!r} has no values yet; call layers on it, and make a Model of its input and it"
        )


class Node:
    """One call of a layer on symbolic tensors.

    Attributes:
        layer: what was called.
        args, kwargs: with what: symbolic tensors, in lists, tuples and dicts, and plain values.
        inputs: the symbolic tensors in them.
        structure: what came out, with `KerasTensor`s in it.
    """

    def __init__(self, layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]):
        self.layer = layer
        self.args = args
        self.kwargs = kwargs
        self.inputs: list[KerasTensor] = [*tensors_in(args), *tensors_in(kwargs)]
        self.outputs: list[KerasTensor] = []


def leaves_of(structure: Any) -> list[Any]:
    """What is in a structure of lists, tuples and dicts, in order; dicts by sorted keys, as Keras has them."""
    found: list[Any] = []
    _gather(structure, found)
    return found


def _gather(structure: Any, found: list[Any]) -> None:
    if isinstance(structure, dict):
        for key in sorted(structure):
            _gather(structure[key], found)
    elif isinstance(structure, (list, tuple)):
        for part in structure:
            _gather(part, found)
    elif structure is not None:
        found.append(structure)


def tensors_in(structure: Any) -> list[KerasTensor]:
    """The symbolic tensors in a structure."""
    return [leaf for leaf in leaves_of(structure) if isinstance(leaf, KerasTensor)]


def replaced(structure: Any, function: Any) -> Any:
    """The structure with `function` of each leaf in its place."""
    if isinstance(structure, dict):
        return {key: replaced(structure[key], function) for key in sorted(structure)}
    if isinstance(structure, (list, tuple)):
        parts = [replaced(part, function) for part in structure]
        if isinstance(structure, list):
            return parts
        return type(structure)(*parts) if hasattr(structure, "_fields") else tuple(parts)
    return None if structure is None else function(structure)


class Graph:
    """The nodes between symbolic inputs and outputs, in an order in which they can be run.

    Raises:
        ArgumentError: if an output cannot be computed from the inputs, or two layers have one name.
    """

    def __init__(self, inputs: Any, outputs: Any):
        self.input_structure = inputs
        self.output_structure = outputs
        self.inputs: list[KerasTensor] = leaves_of(inputs)
        self.outputs: list[KerasTensor] = leaves_of(outputs)
        for what, tensors in (("inputs", self.inputs), ("outputs", self.outputs)):
            if not tensors:
                raise ArgumentError(
                    f"Model: the {what} are empty; give at least one tensor that Input() made"
                )
            for tensor in tensors:
                if not isinstance(tensor, KerasTensor):
                    raise ArgumentError(
                        f"Model: the {what} are symbolic tensors, made by Input() and by calling layers on them; "
                        f"got {type(tensor).__name__}"
                    )
        order, first_seen = self._sorted()
        self._place(order, first_seen)
        self._plan()

    def _sorted(self) -> tuple[list[Node], dict[Any, int]]:
        """The nodes, each after those that it needs, and when the search first met each layer."""
        known = {id(tensor) for tensor in self.inputs}
        done: set[Node] = set()
        order: list[Node] = []
        first_seen: dict[Any, int] = {}
        for output in self.outputs:
            stack: list[tuple[KerasTensor, bool]] = [(output, False)]
            while stack:
                tensor, ready = stack.pop()
                node = tensor.node
                if node is None or node in done:
                    continue
                if ready:
                    done.add(node)
                    order.append(node)
                    continue
                if node.inputs and id(tensor) in known:  # what is before an input is not part of this model
                    continue
                first_seen.setdefault(node.layer, len(first_seen))
                if not node.inputs and id(tensor) not in known:
                    raise ArgumentError(
                        f"Model: the outputs also depend on the input {tensor.name!r} of shape {tensor.shape}, which "
                        "is not among the inputs; add it to them"
                    )
                stack.append((tensor, True))
                stack.extend((needed, False) for needed in reversed(node.inputs))
        return order, first_seen

    def _place(self, order: list[Node], first_seen: dict[Any, int]) -> None:
        """Sort nodes and layers by their distance from the outputs, the farthest first."""
        depth_of: dict[Node, int] = {}
        layer_depth: dict[Any, int] = {}
        members = set(order)
        for node in reversed(order):
            depth = max(depth_of.get(node, 0), layer_depth.get(node.layer, 0))
            layer_depth[node.layer] = depth_of[node] = depth
            for tensor in node.inputs:
                before = tensor.node
                if before in members:
                    depth_of[before] = max(depth + 1, depth_of.get(before, 0))
        for tensor in self.inputs:  # an input that no output needs
            source = tensor.node
            if source is not None and not source.inputs and source.layer not in layer_depth:
                layer_depth[source.layer] = depth_of[source] = 0
                first_seen[source.layer] = -1
        self.layers: list[Any] = sorted(
            layer_depth, key=lambda layer: (-layer_depth[layer], first_seen[layer])
        )
        self.nodes: list[Node] = sorted(depth_of, key=lambda node: -depth_of[node])
        names: set[str] = set()
        for layer in self.layers:
            if layer.name in names:
                raise ArgumentError(f"Model: two layers have the name {layer.name!r}; names must be unique")
            names.add(layer.name)

    def _plan(self) -> None:
        """Number the tensors, and note for each node where its arguments are and where its results go."""
        place = {id(tensor): number for number, tensor in enumerate(self.inputs)}
        self.steps: list[tuple[Any, Any, dict[str, Any], list[int], bool]] = []
        for node in self.nodes:
            if not node.inputs or all(id(tensor) in place for tensor in node.outputs):
                continue
            simple = len(node.args) == 1 and isinstance(node.args[0], KerasTensor) and not node.kwargs
            takes = place[id(node.args[0])] if simple else replaced(node.args, _Slot.numbering(place))
            named = replaced(node.kwargs, _Slot.numbering(place))
            gives = []
            for tensor in node.outputs:
                place.setdefault(id(tensor), len(place))
                gives.append(place[id(tensor)])
            self.steps.append((node.layer, takes, named, gives, simple and len(gives) == 1))
        self.size = len(place)
        self.results = [place[id(tensor)] for tensor in self.outputs]

    def run(self, inputs: list[Any]) -> Any:
        """Call the layers, one after the other, on the values of the inputs; return them in the outputs' structure."""
        values: list[Any] = inputs + [None] * (self.size - len(inputs))
        for layer, takes, named, gives, simple in self.steps:
            if simple:
                values[gives[0]] = layer(values[takes])
                continue
            if isinstance(takes, int):
                result = layer(values[takes])
            else:
                fill = _Slot.filling(values)
                result = layer(*replaced(takes, fill), **replaced(named, fill))
            for number, value in zip(gives, leaves_of(result), strict=True):
                values[number] = value
        if isinstance(self.output_structure, KerasTensor):
            return values[self.results[0]]
        results = iter([values[number] for number in self.results])
        return replaced(self.output_structure, lambda _: next(results))

    def arranged(self, given: Any, name: str) -> list[Any]:
        """The values of the inputs as a list: from one value, a list, or a dict by the inputs' names.

        Raises:
            ArgumentError: if there are too few or too many, or a dict lacks one.
        """
        structure = self.input_structure
        if isinstance(given, dict):
            keys = structure if isinstance(structure, dict) else [tensor.name for tensor in self.inputs]
            missing = [key for key in keys if key not in given]
            if missing:
                raise ArgumentError(f"{name}: the dict of inputs lacks {missing}; it needs {list(keys)}")
            if isinstance(structure, dict):
                return [given[key] for key in sorted(structure)]
            return [given[key] for key in keys]
        values = leaves_of(given)
        if len(values) != len(self.inputs):
            raise ArgumentError(
                f"{name}: takes {len(self.inputs)} inputs, {[tensor.name for tensor in self.inputs]}, got {len(values)}"
            )
        return values

    def fitted(self, values: list[Any], name: str) -> list[Any]:
        """The values in the inputs' shapes; see `fitted`."""
        return [
            fitted(value, tensor, f"{name}: input {tensor.name!r}")
            for tensor, value in zip(self.inputs, values, strict=True)
        ]


def fitted(value: Any, tensor: KerasTensor, what: str, sizes: bool = True) -> Any:
    """A value in the shape of a symbolic input: a last dimension of size 1 is added, or taken away, where that fits.

    Args:
        value: a tensor, or a symbolic one.
        tensor: the input.
        what: what errors call it.
        sizes: whether sizes must be the same, but for the batch's; if not, only their number.

    Raises:
        ShapeError: if it has another shape.
    """
    shape, wanted = tuple(value.shape), tensor.shape
    extra = len(shape) - len(wanted)
    kept: Shape = shape
    index: Any = None
    if extra == 1 and shape[-1] == 1:
        kept, index = shape[:-1], (..., 0)
    elif extra == -1 and wanted[-1] == 1:
        kept, index = (*shape, 1), (..., None)
    if len(kept) != len(wanted) or (sizes and differs(kept, wanted)):
        raise ShapeError(f"{what} has shape {(None, *wanted[1:])}, got {shape}")
    return value if index is None or isinstance(value, KerasTensor) else value[index]


def differs(shape: Shape, wanted: Shape) -> bool:
    """Whether a size, but that of the batch, is known to be another."""
    pairs = zip(shape[1:], wanted[1:], strict=True)
    return any(want is not None and got is not None and want != got for got, want in pairs)


class _Slot:
    """The number of a tensor among the values of a run."""

    __slots__ = ("number",)

    def __init__(self, number: int):
        self.number = number

    @staticmethod
    def numbering(place: dict[int, int]) -> Any:
        return lambda leaf: _Slot(place[id(leaf)]) if isinstance(leaf, KerasTensor) else leaf

    @staticmethod
    def filling(values: list[Any]) -> Any:
        return lambda leaf: values[leaf.number] if isinstance(leaf, _Slot) else leaf
