"""Settings that all layers share."""

from nn.keras.floats import (
    epsilon,
    floatx,
    image_data_format,
    set_epsilon,
    set_floatx,
    set_image_data_format,
)


def backend() -> str:
    """What computes: "tapegrad"."""
    return "tapegrad"


__all__ = [
    "backend", "epsilon", "floatx", "image_data_format", "set_epsilon", "set_floatx", "set_image_data_format",
]  # fmt: skip
