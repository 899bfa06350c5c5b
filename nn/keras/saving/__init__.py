"""Models as files, and what their configurations may name."""

from nn.keras.configuration import custom_object_scope, get_registered_object, register_keras_serializable

__all__ = ["custom_object_scope", "get_registered_object", "register_keras_serializable"]
