"""What Keras has under `keras.utils`."""

from nn.keras.adapters import PyDataset
from nn.keras.configuration import custom_object_scope, get_registered_object, register_keras_serializable
from nn.keras.naming import clear_session
from nn.keras.packing import pack_x_y_sample_weight, unpack_x_y_sample_weight
from nn.keras.utils.categories import to_categorical
from nn.keras.utils.picture import plot_model
from nn.keras.utils.seeds import set_random_seed
from nn.keras.utils.sequences import pad_sequences

Sequence = PyDataset
"""An older name of `PyDataset`."""

__all__ = [
    "PyDataset", "Sequence", "clear_session", "custom_object_scope", "get_registered_object", "pack_x_y_sample_weight",
    "pad_sequences", "plot_model", "register_keras_serializable", "set_random_seed", "to_categorical",
    "unpack_x_y_sample_weight",
]  # fmt: skip
