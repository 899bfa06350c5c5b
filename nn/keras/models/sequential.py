"""`Sequential`: a model whose layers run one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

from autograd import Tensor
from autograd.errors import ArgumentError, ShapeError
from nn.keras.configuration import described
from nn.keras.graph import Graph, KerasTensor, differs, fitted
from nn.keras.layers.core import InputLayer
from nn.keras.layers.known import layer_from
from nn.keras.layers.layer import Layer, is_shape
from nn.keras.layers.wrapper import as_layer
from nn.keras.models.model import Model
from nn.keras.naming import NAMES
from nn.keras.saving.files import model_config


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

    _in_order = True

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
        NAMES.new("functional")  # Keras makes a model of that name here: so those of later ones stay the same
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
        """Call the layers one after the other.

        Raises:
            ShapeError: if the shape of the input is known, and this one has another number of dimensions; or other
                sizes, with which a layer cannot compute.
        """
        start = self._start
        if start is not None and isinstance(inputs, Tensor):
            return self._fitted_call(inputs, start.output)
        return self._run(inputs)

    def _fitted_call(self, inputs: Tensor, known: KerasTensor) -> Any:
        """As Keras does: other sizes than those of the first input are computed with, if the layers can."""
        shape = inputs.array.shape
        if shape[1:] == known.shape[1:]:
            return self._run(inputs)
        what = f"{self.name}: its input"
        given = fitted(inputs, known, what, sizes=False)
        try:
            return self._run(given)
        except ShapeError as error:
            if differs(given.array.shape, known.shape):
                raise ShapeError(
                    f"{what} has shape {(None, *known.shape[1:])}, got {shape}. {error}"
                ) from error
            raise

    def _run(self, inputs: Any) -> Any:
        for layer in self._order:
            inputs = layer(inputs)
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of what it returns, for inputs of this shape; found on zeros for others than it was made for."""
        graph = self._graph
        shape = tuple(input_shape) if is_shape(input_shape) else ()
        known = graph.inputs[0].shape if graph is not None else ()
        if len(shape) == len(known) and shape and differs(shape, known):
            return Layer.compute_output_shape(self, shape)
        return super().compute_output_shape(input_shape)

    @property
    def layers(self) -> list[Any]:
        """The layers, without the Input()."""
        return list(self._order)

    def parts_in_order(self) -> list[Any]:
        """The layers."""
        return list(self._order)

    def __len__(self) -> int:
        return len(self._order)

    def get_config(self) -> dict[str, Any]:
        """The layers."""
        start = [] if self._start is None else [self._start]
        config: dict[str, Any] = {
            "name": self.name,
            "trainable": self._trainable,
            "dtype": self.dtype,
            "layers": [_entry(layer) for layer in [*start, *self._order]],
        }
        if self._start is not None:
            config["build_input_shape"] = list(self._start.batch_shape)
        return config

    @classmethod
    def from_config(cls, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Self:
        """Make one from what `get_config` returned."""
        layers = [layer_from(entry, custom_objects) for entry in config["layers"]]
        made = cls(layers, trainable=config.get("trainable", True), name=config.get("name"))
        shape = config.get("build_input_shape")
        if not made.built and shape is not None and layers:
            made.build(shape)
        return made


def _entry(layer: Any) -> dict[str, Any]:
    return model_config(layer) if isinstance(layer, Model) else described(layer)
