"""Models: a `Sequential` list of layers, a graph of layers called on `Input()`, or a class with a `call` of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd.errors import ArgumentError
from nn.keras.graph import Graph, KerasTensor, replaced
from nn.keras.layers.core import Input, InputLayer
from nn.keras.layers.layer import Layer, is_shape
from nn.keras.layers.wrapper import as_layer
from nn.keras.naming import NAMES
from nn.keras.trainer import Trainer
from nn.module import Module

__all__ = ["Input", "Model", "Sequential"]


class Model(Trainer, Layer):
    """A layer made of layers, which can be trained, saved and printed.

    `Model(inputs, outputs)` is the graph between what `Input()` returned and what layers made of it: one tensor, a
    list or a dict of them. Or subclass it: make layers in `__init__`, use them in `call(self, x, training=None)` or in
    `forward(self, x)`. Either way it is a `Module`.

    Args:
        inputs, outputs: symbolic tensors, for a model that is a graph.
        name: its name; made from the class's if left out.
        kwargs: see `Layer`.

    Raises:
        ArgumentError: if the outputs cannot be computed from the inputs.

    >>> from nn import keras
    >>> x = keras.Input((8,))
    >>> hidden = keras.layers.Dense(4, activation="relu")(x)
    >>> model = keras.Model(inputs=x, outputs=keras.layers.Dense(1)(hidden))
    >>> model.count_params()
    41
    """

    _graph: Graph | None = None

    def __init__(self, *args: Any, inputs: Any = None, outputs: Any = None, **kwargs: Any) -> None:
        if args:
            given = dict(zip(("inputs", "outputs", "name"), args, strict=False))
            inputs, outputs = given.get("inputs", inputs), given.get("outputs", outputs)
            kwargs.setdefault("name", given.get("name"))
        if inputs is not None and kwargs.get("name") is None and type(self) is Model:
            kwargs["name"] = NAMES.new("functional")
        super().__init__(**kwargs)
        if inputs is None and outputs is None:
            return
        if inputs is None or outputs is None:
            raise ArgumentError(
                "Model: give both inputs and outputs, or neither for a class with a call() of its own"
            )
        self._set_graph(Graph(inputs, outputs))

    def _set_graph(self, graph: Graph) -> None:
        self.__dict__["_graph"] = graph
        for number, layer in enumerate(graph.layers):
            self.add_module(str(number), layer)
        self.__dict__["built"] = True

    # -- calls -----------------------------------------------------------------------------------------------------

    def call(self, inputs: Any) -> Any:
        """Run the graph."""
        if self._graph is None:
            raise NotImplementedError(
                f"{type(self).__name__} has no call(): define call(self, x) or forward(self, x), or make a "
                "Model(inputs, outputs)"
            )
        values = self._graph.arranged(inputs, self.name)
        self._graph.check(values, self.name)
        return self._graph.run(values)

    def build_from(self, x: Any) -> None:
        """Make the weights for inputs such as `x`, if they are not there: run it on two examples, unrecorded."""
        from autograd import no_grad

        if self.built:
            return
        few = replaced(x, lambda leaf: leaf[:2])
        with no_grad():
            self(few, training=False)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of what it returns, for inputs of this shape."""
        graph = self._graph
        if graph is None:
            return super().compute_output_shape(input_shape)
        return replaced(graph.output_structure, lambda tensor: tensor.shape)

    # -- layers ----------------------------------------------------------------------------------------------------

    @property
    def layers(self) -> list[Any]:
        """The layers directly in it."""
        found: list[Any] = []
        stack = list(self.children())[::-1]
        while stack:
            module = stack.pop()
            if isinstance(module, Layer) or not _is_list(module):
                found.append(module)
            else:
                stack.extend(list(module.children())[::-1])
        return found

    def get_layer(self, name: str | None = None, index: int | None = None) -> Any:
        """The layer of that name, or at that place.

        Raises:
            ArgumentError: if there is none.
        """
        layers = self.layers
        if (name is None) == (index is None):
            raise ArgumentError("get_layer: give either a name or an index")
        if index is not None:
            if not -len(layers) <= index < len(layers):
                raise ArgumentError(
                    f"get_layer: {self.name!r} has {len(layers)} layers, there is no number {index}"
                )
            return layers[index]
        for layer in layers:
            if layer.name == name:
                return layer
        raise ArgumentError(f"get_layer: no layer {name!r}; there are {[layer.name for layer in layers]}")

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic inputs of a graph, as a list."""
        return list(self._known_graph().inputs)

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic outputs of a graph, as a list."""
        return list(self._known_graph().outputs)

    @property
    def input(self) -> Any:
        """The symbolic inputs, in the structure in which they were given."""
        return self._known_graph().input_structure

    @property
    def output(self) -> Any:
        """The symbolic outputs, in the structure in which they were given."""
        return self._known_graph().output_structure

    @property
    def input_shape(self) -> Any:
        """The shape of the input, or the structure of shapes."""
        return replaced(self.input, lambda tensor: tensor.shape)

    @property
    def output_shape(self) -> Any:
        """The shape of the output, or the structure of shapes."""
        return replaced(self.output, lambda tensor: tensor.shape)

    @property
    def has_graph(self) -> bool:
        """Whether it knows its symbolic inputs and outputs."""
        return self._graph is not None

    def _known_graph(self) -> Graph:
        if self._graph is None:
            raise ArgumentError(
                f"{self.name!r} has no symbolic inputs and outputs: it is a class with a call() of its own, or its "
                "first layer has no input_shape"
            )
        return self._graph

    def extra_repr(self) -> str:
        """Its name."""
        return self.name


class Sequential(Model):
    """Layers one after the other, each getting what the one before returned.

    Args:
        layers: layers, models, or any `Module`s; a first `Input(shape)` or `input_shape=` makes the weights at once.
        trainable: whether its weights are learnt.
        name: its name.

    >>> from nn import keras
    >>> model = keras.Sequential([keras.layers.Dense(4, input_dim=2, activation="relu")])
    >>> model.add(keras.layers.Dense(1, activation="sigmoid"))
    >>> model.output_shape, model.count_params()
    ((None, 1), 17)
    """

    def __init__(
        self, layers: Iterable[Any] | None = None, trainable: bool = True, name: str | None = None
    ) -> None:
        super().__init__(name=name, trainable=trainable)
        self.__dict__["_start"] = None
        self.__dict__["_order"] = []
        for layer in layers or ():
            self._append(layer)
        self._rebuild()

    def add(self, layer: Any, rebuild: bool = True) -> None:
        """Add a layer at the end.

        Raises:
            ArgumentError: if it is no layer, or one of its name is there.
        """
        self._append(layer)
        if rebuild:
            self._rebuild()

    def pop(self, rebuild: bool = True) -> Any:
        """Take the last layer off, and return it."""
        if not self._order:
            raise ArgumentError(f"pop: {self.name!r} has no layers")
        layer = self._order.pop()
        delattr(self, str(len(self._order)))
        if rebuild:
            self._rebuild()
        return layer

    def _append(self, layer: Any) -> None:
        if isinstance(layer, KerasTensor):
            layer = layer.node.layer if layer.node is not None else layer
        if isinstance(layer, InputLayer):
            if self._start is not None or self._order:
                raise ArgumentError(f"{self.name}: an Input() stands before all layers")
            self.__dict__["_start"] = layer
            return
        layer = as_layer(layer)
        if any(layer.name == other.name for other in self._order):
            raise ArgumentError(
                f"{self.name}: there is a layer {layer.name!r} already; names must be unique, pass another name="
            )
        if not self._order and self._start is None and layer.given_shape is not None:
            self.__dict__["_start"] = InputLayer(batch_shape=layer.given_shape, dtype=layer.input_dtype)
        if not self._order and self._start is None and isinstance(layer, Model) and layer.has_graph:
            first = layer.inputs[0]
            self.__dict__["_start"] = InputLayer(batch_shape=first.shape, dtype=first.dtype)
        self.add_module(str(len(self._order)), layer)
        self._order.append(layer)

    def _rebuild(self) -> None:
        """Make the graph anew, if the shape of the input is known."""
        self.__dict__["_graph"] = None
        self.__dict__["built"] = False
        if self._start is not None and self._order:
            self._make_graph()

    def _make_graph(self) -> None:
        x = self._start.output
        for layer in self._order:
            x = layer(x)
        self.__dict__["_graph"] = Graph(self._start.output, x)
        self.__dict__["built"] = True
        if not self._trainable:
            self.trainable = False

    def build(self, input_shape: Any = None) -> None:
        """Make the weights for inputs of this shape, batch first."""
        if input_shape is None or not is_shape(input_shape):
            raise ArgumentError(
                f"build: {self.name!r} takes one shape, such as (None, 28, 28, 1), got {input_shape!r}"
            )
        if self._start is None and self._order:
            shape = (None, *tuple(input_shape)[1:])
            self.__dict__["_start"] = InputLayer(batch_shape=shape, dtype=self._order[0].input_dtype)
        if self._order:
            self._make_graph()

    def call(self, inputs: Any) -> Any:
        """Call the layers one after the other."""
        for layer in self._order:
            inputs = layer(inputs)
        return inputs

    @property
    def layers(self) -> list[Any]:
        """The layers, without the Input()."""
        return list(self._order)

    def parts_in_order(self) -> list[Any]:
        """The layers."""
        return list(self._order)

    def __len__(self) -> int:
        return len(self._order)


def _is_list(module: Module) -> bool:
    return type(module).forward is Module.forward
