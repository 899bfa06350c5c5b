"""Models as files, and what their configurations may name."""

from nn.keras.configuration import (
    custom_object_scope,
    get_registered_object,
    register_keras_serializable,
)
from nn.keras.saving.files import load_model, load_weights, save_model, save_weights

__all__ = [
    "custom_object_scope", "get_registered_object", "load_model", "load_weights", "register_keras_serializable",
    "save_model", "save_weights",
]  # fmt: skip
