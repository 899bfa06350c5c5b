"""Graphs of layers as JSON, and back, in the form that Keras writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograd.errors import ArgumentError
from nn.keras.configuration import described, deserialize, serialize
from nn.keras.graph import Graph, KerasTensor, Node
from nn.keras.layers.known import KNOWN, layer_from

_TENSOR = "__keras_tensor__"


def described_layer(layer: Any) -> dict[str, Any]:
    """A layer or model as its class' name and configuration, in Keras' words."""
    config = described(layer)
    if getattr(layer, "is_graph", False) and config["class_name"] == "Model":
        config.update(
            module="keras.src.models.functional", class_name="Functional", registered_name="Functional"
        )
    return config


def graph_config(graph: Graph) -> dict[str, Any]:
    """The layers of a graph with their calls, and which results are its inputs and outputs."""
    nodes = set(graph.nodes)
    places: dict[Node, int] = {}
    for layer in graph.layers:
        own = [node for node in layer._inbound_nodes if node in nodes]  # noqa: SLF001  # layers keep their calls
        places.update({node: number for number, node in enumerate(own)})

    def place(tensor: KerasTensor) -> list[Any]:
        node = tensor.node
        if node is None or node not in places:
            raise ArgumentError(f"get_config: {tensor!r} does not come from an Input()")
        return [node.layer.name, places[node], tensor.index]

    def end(
        tensor: KerasTensor,
    ) -> list[Any]:  # as Keras counts here: a model has been called on its own inputs
        name, number, index = place(tensor)
        return [name, number + bool(getattr(tensor.node and tensor.node.layer, "is_graph", False)), index]

    def written(value: Any) -> Any:
        if isinstance(value, KerasTensor):
            inside = {"shape": list(value.shape), "dtype": value.dtype, "keras_history": place(value)}
            return {"class_name": _TENSOR, "config": inside}
        if isinstance(value, dict):
            return {key: written(part) for key, part in value.items()}
        if isinstance(value, (list, tuple)):
            return [written(part) for part in value]
        return serialize(value)

    layers = []
    for layer in graph.layers:
        own = [node for node in layer._inbound_nodes if node in nodes and node.inputs]  # noqa: SLF001  # likewise
        calls = [
            {"args": [written(arg) for arg in node.args], "kwargs": written(node.kwargs)} for node in own
        ]
        layers.append({**described_layer(layer), "name": layer.name, "inbound_nodes": calls})
    return {
        "layers": layers,
        "input_layers": _mapped(graph.input_structure, end),
        "output_layers": _mapped(graph.output_structure, end),
    }


def graph_from(config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> tuple[Any, Any]:
    """The symbolic inputs and outputs of a graph that `graph_config` described.

    Raises:
        ArgumentError: if it does not describe one.
    """
    layers: dict[str, Any] = {}
    waiting: list[tuple[Any, Any]] = []
    for entry in config["layers"]:
        made = layer_from(entry, custom_objects)
        layers[entry["name"]] = made
        waiting += [(made, call) for call in entry["inbound_nodes"]]

    def found(history: Any) -> KerasTensor | None:
        name, number, index = history
        if name not in layers:
            raise ArgumentError(f"the configuration uses a layer {name!r} that it does not describe")
        calls = layers[name]._inbound_nodes  # noqa: SLF001  # layers keep their calls
        return calls[number].outputs[index] if number < len(calls) else None

    while waiting:  # a layer that is called again may need what others make of its first result
        left: list[tuple[Any, Any]] = []
        held: set[int] = set()
        for layer, call in waiting:
            tensors: list[KerasTensor | None] = []
            args, kwargs = (_filled(call[key], found, tensors, custom_objects) for key in ("args", "kwargs"))
            if id(layer) in held or None in tensors:
                held.add(id(layer))
                left.append((layer, call))
            else:
                layer(*args, **{key: value for key, value in kwargs.items() if value is not None})
        if len(left) == len(waiting):
            names = sorted({layer.name for layer, _ in left})
            raise ArgumentError(
                f"the configuration's graph is broken: what {names} are called on is not made"
            )
        waiting = left

    def end(place: Any) -> KerasTensor | None:
        name, number, index = place
        return found((name, number - bool(getattr(layers.get(name), "is_graph", False)), index))

    return _unmapped(config["input_layers"], end), _unmapped(config["output_layers"], end)


def _filled(value: Any, found: Any, tensors: list[Any], custom_objects: Any) -> Any:
    """Arguments of a call, with the symbolic tensors in their places, which are added to `tensors`."""
    if isinstance(value, dict):
        if value.get("class_name") == _TENSOR:
            tensors.append(found(value["config"]["keras_history"]))
            return tensors[-1]
        if "class_name" in value:
            return deserialize(value, custom_objects, KNOWN)
        return {key: _filled(part, found, tensors, custom_objects) for key, part in value.items()}
    if isinstance(value, list):
        return [_filled(part, found, tensors, custom_objects) for part in value]
    return value


def _mapped(structure: Any, place: Any) -> Any:
    if isinstance(structure, KerasTensor):
        return place(structure)
    if isinstance(structure, dict):
        return {key: _mapped(part, place) for key, part in structure.items()}
    return [_mapped(part, place) for part in structure]


def _unmapped(places: Any, found: Any) -> Any:
    if isinstance(places, list) and len(places) == 3 and isinstance(places[0], str):
        return found(places)
    if isinstance(places, dict):
        return {key: _unmapped(part, found) for key, part in places.items()}
    return [_unmapped(part, found) for part in places]
