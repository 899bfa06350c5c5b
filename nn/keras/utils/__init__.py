"""What Keras has under `keras.utils`."""

from nn.keras.configuration import custom_object_scope, get_registered_object, register_keras_serializable
from nn.keras.naming import clear_session
from nn.keras.utils.categories import to_categorical
from nn.keras.utils.picture import plot_model
from nn.keras.utils.seeds import set_random_seed
from nn.keras.utils.sequences import pad_sequences

__all__ = [
    "clear_session", "custom_object_scope", "get_registered_object", "pad_sequences", "plot_model",
    "register_keras_serializable", "set_random_seed", "to_categorical",
]  # fmt: skip
