"""The dtype that layers compute in unless they are told another, as `keras.config.floatx` has it."""

from __future__ import annotations

from typing import Any

from autograd.errors import ArgumentError

_FLOATS = ("float16", "float32", "float64")


class Floats:
    """The settings that all layers share: the default dtype and the small number of divisions and logarithms."""

    def __init__(self) -> None:
        self.floatx = "float32"
        self.epsilon = 1e-7
        self.image_data_format = "channels_last"


FLOATS = Floats()
"""The settings of this process."""


def floatx() -> str:
    """The dtype of new layers, "float32" until `set_floatx` says otherwise."""
    return FLOATS.floatx


def set_floatx(value: str) -> None:
    """Let new layers compute in "float16", "float32" or "float64".

    Raises:
        ArgumentError: for any other dtype.
    """
    FLOATS.floatx = float_name(value)


def epsilon() -> float:
    """What losses and metrics add to divisors, 1e-7 until `set_epsilon` says otherwise."""
    return FLOATS.epsilon


def set_epsilon(value: float) -> None:
    """Set what losses and metrics add to divisors."""
    FLOATS.epsilon = float(value)


def image_data_format() -> str:
    """Where images have their channels unless a layer is told: "channels_last", or "channels_first"."""
    return FLOATS.image_data_format


def set_image_data_format(data_format: str) -> None:
    """Let images have their channels last, (N, H, W, C), or first, (N, C, H, W).

    Raises:
        ArgumentError: for anything else.
    """
    FLOATS.image_data_format = channels(data_format)


def channels(data_format: str | None) -> str:
    """A data format, checked; the default for None.

    Raises:
        ArgumentError: if it is not "channels_last" or "channels_first".
    """
    found = FLOATS.image_data_format if data_format is None else data_format
    if found not in ("channels_last", "channels_first"):
        raise ArgumentError(f"data_format is 'channels_last' or 'channels_first', got {data_format!r}")
    return found


def float_name(dtype: Any) -> str:
    """The name of a floating dtype, given as a name, a dtype, Keras' policy, or None for the default.

    Raises:
        ArgumentError: if it is none.
    """
    if dtype is None:
        return FLOATS.floatx
    if isinstance(dtype, dict):  # a policy, as Keras writes it to a configuration
        dtype = dtype.get("config", {}).get("name")
    name = getattr(dtype, "name", dtype)
    if name not in _FLOATS:
        raise ArgumentError(f"a layer computes in one of {', '.join(_FLOATS)}, got dtype={dtype!r}")
    return str(name)
