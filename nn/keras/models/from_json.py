"""Models made again from their architecture, with new weights."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from autograd.errors import ArgumentError
from nn.keras.models.model import Model
from nn.keras.saving.files import model_from


def model_from_json(json_string: str, custom_objects: Mapping[str, Any] | None = None) -> Model:
    """A model of the architecture that `to_json` wrote, or Keras', with new weights.

    Raises:
        ArgumentError: if it is no JSON of a model, or names a class that is not known.

    >>> from nn import keras
    >>> model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    >>> keras.models.model_from_json(model.to_json()).count_params()
    8
    """
    try:
        config = json.loads(json_string)
    except ValueError as error:
        raise ArgumentError(f"model_from_json: this is no JSON: {error}") from error
    if not isinstance(config, dict) or "class_name" not in config:
        raise ArgumentError("model_from_json: this does not describe a model; it has no class_name")
    made: Model = model_from(config, custom_objects)
    return made


def clone_model(model: Model) -> Model:
    """A model of the same architecture, with new weights and layers of its own."""
    return model_from_json(model.to_json())
