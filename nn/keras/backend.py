"""The settings of `nn.keras.config` and `clear_session`, where older programs find them."""

from nn.keras.config import (
    backend,
    epsilon,
    floatx,
    image_data_format,
    set_epsilon,
    set_floatx,
    set_image_data_format,
)
from nn.keras.naming import clear_session

__all__ = [
    "backend", "clear_session", "epsilon", "floatx", "image_data_format", "set_epsilon", "set_floatx",
    "set_image_data_format",
]  # fmt: skip
