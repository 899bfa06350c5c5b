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
