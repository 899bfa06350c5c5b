"""The layers and models by name, for configurations."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from nn.keras.configuration import described
from nn.keras.configuration import deserialize as made_from

_OTHER_NAMES = {"Functional": "Model"}


class KnownLayers(Mapping[str, Any]):
    """The classes that a configuration may name, looked up in `layers` and `models`."""

    def __getitem__(self, name: str) -> Any:
        name = _OTHER_NAMES.get(name, name)
        for module in ("nn.keras.layers", "nn.keras.models"):
            found = getattr(import_module(module), name, None) if name.isidentifier() else None
            if isinstance(found, type):
                return found
        raise KeyError(name)

    def __iter__(self) -> Any:
        return iter([*import_module("nn.keras.layers").__all__, "Sequential", "Model"])

    def __len__(self) -> int:
        return len(list(iter(self)))


KNOWN = KnownLayers()


def layer_from(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """A layer or model from what `get_config` of it returned, with its class' name.

    Raises:
        ArgumentError: if the class is not known.
    """
    return made_from(config, custom_objects, KNOWN)


def serialize(layer: Any) -> dict[str, Any]:
    """A layer as its class' name and configuration.

    >>> from nn import keras
    >>> keras.layers.serialize(keras.layers.Dense(3))["class_name"]
    'Dense'
    """
    return described(layer)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """A layer from what `serialize` returned."""
    return layer_from(config, custom_objects)
