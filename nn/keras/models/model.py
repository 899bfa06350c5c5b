"""`Model`: a graph of layers called on `Input()`, or a class with a `call` of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

from autograd.errors import ArgumentError
from nn.keras.architecture import graph_config, graph_from
from nn.keras.graph import Graph, KerasTensor, replaced
from nn.keras.layers.layer import Layer, is_shape, of_shapes
from nn.keras.lookup import unexpected
from nn.keras.naming import NAMES
from nn.keras.saving.files import load_weights, model_config, save_model, save_weights
from nn.keras.summary import summary_text
from nn.keras.trainer import Trainer
from nn.module import Module


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
    _in_order: bool = False  # whether its layers run one after the other

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
        return self._graph.run(self._graph.fitted(values, self.name))

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
        given = of_shapes(input_shape, lambda shape: KerasTensor(shape, self.dtype))
        graph.fitted(graph.arranged(given, self.name), self.name)
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

    @property
    def is_graph(self) -> bool:
        """Whether it was made as `Model(inputs, outputs)`."""
        return self._graph is not None and not self._in_order

    @property
    def graph(self) -> Graph:
        """Its graph.

        Raises:
            ArgumentError: if it has none.
        """
        return self._known_graph()

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

    def _get_name(self) -> str:
        return "Functional" if type(self) is Model and self.is_graph else type(self).__name__

    def summary(
        self,
        line_length: int | None = None,
        positions: Sequence[float] | None = None,
        print_fn: Callable[[str], Any] | None = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Sequence[str] | None = None,
    ) -> None:
        """Print its layers, the shapes of what they return, and how many numbers their weights hold.

        Args:
            line_length: the width of the table.
            positions: where each column ends, as shares of the width.
            print_fn: what gets the text; `print` if left out.
            expand_nested: show the layers of models inside as well.
            show_trainable: a column that says whether weights are learnt.
            layer_range: the names, as regular expressions, of the first and last layer to be shown.

        >>> from nn import keras
        >>> keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name="out")], name="tiny").summary(60)
        Model: "tiny"
        ┏━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━┓
        ┃ Layer (type)             ┃ Output Shape      ┃   Param # ┃
        ┡━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━┩
        │ out (Dense)              │ (None, 3)         │        15 │
        └──────────────────────────┴───────────────────┴───────────┘
         Total params: 15 (60.00 B)
         Trainable params: 15 (60.00 B)
         Non-trainable params: 0 (0.00 B)
        """
        text = summary_text(self, line_length, positions, expand_nested, show_trainable, layer_range)
        if print_fn is None:
            print(text, end="")  # noqa: T201  # that is what it is for
        else:
            print_fn(text)

    # -- configurations and files ----------------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """What `from_config` needs to make another: of a graph its layers and their calls."""
        if type(self) is Model and self._graph is not None:
            return {"name": self.name, "trainable": self._trainable, **graph_config(self._graph)}
        return super().get_config()

    @classmethod
    def from_config(cls, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Self:
        """Make one from what `get_config` returned."""
        if "input_layers" not in config:
            return cls(**config)
        inputs, outputs = graph_from(config, custom_objects)
        made = cls(inputs=inputs, outputs=outputs, name=config.get("name"))
        if not config.get("trainable", True):
            made.trainable = False
        return made

    def build_for(self, shape: Any) -> None:
        """Make the weights for inputs of this shape, by a call on zeros."""
        from autograd import no_grad, zeros

        def of_shape(part: Any) -> Any:
            if is_shape(part):
                return zeros(*(2 if n is None else n for n in part))
            if isinstance(part, dict):
                return {key: of_shape(value) for key, value in part.items()}
            return [of_shape(value) for value in part]

        with no_grad():
            self(of_shape(shape), training=False)

    def to_json(self, **kwargs: Any) -> str:
        """The architecture as JSON, as Keras writes it; `model_from_json` makes a model of it, with new weights.

        Args:
            kwargs: of `json.dumps`.
        """
        return json.dumps(model_config(self), **kwargs)

    def save(
        self, filepath: Any, overwrite: bool = True, include_optimizer: bool = True, **kwargs: Any
    ) -> None:
        """Write architecture, weights and, if it is compiled, the state of training to a file; see `save_model`."""
        kwargs.pop("save_format", None)
        if kwargs:
            raise unexpected("save", kwargs, ["filepath", "overwrite", "include_optimizer"])
        save_model(self, filepath, overwrite, include_optimizer)

    def save_weights(self, filepath: Any, overwrite: bool = True) -> None:
        """Write the weights to a file; see `keras.saving.save_weights`."""
        save_weights(self, filepath, overwrite)

    def load_weights(self, filepath: Any, skip_mismatch: bool = False) -> None:
        """Read the weights from a file; see `keras.saving.load_weights`."""
        load_weights(self, filepath, skip_mismatch)


def _is_list(module: Module) -> bool:
    return type(module).forward is Module.forward
