"""Names of layers and models: dense, dense_1, … in the order in which they were made."""

from __future__ import annotations

import re
from collections import Counter


class Names:
    """Counts how often each name was given, so that the next one is new."""

    def __init__(self) -> None:
        self.given: Counter[str] = Counter()

    def new(self, name: str) -> str:
        """`name` the first time, then name_1, name_2, …"""
        count = self.given[name]
        self.given[name] += 1
        return f"{name}_{count}" if count else name

    def clear(self) -> None:
        """Begin again."""
        self.given.clear()


NAMES = Names()
"""The counts of this process."""


def snake_case(name: str) -> str:
    """A class's name as a layer has it: MaxPooling2D -> max_pooling2d."""
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def clear_session(free_memory: bool = True) -> None:  # noqa: ARG001  # Keras' signature; nothing else is held
    """Number names from the beginning again.

    >>> from nn import keras
    >>> keras.utils.clear_session()
    >>> keras.layers.Dense(1).name, keras.layers.Dense(1).name
    ('dense', 'dense_1')
    """
    NAMES.clear()
