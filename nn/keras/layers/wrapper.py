"""Any `nn.Module` as a layer."""

from __future__ import annotations

from typing import Any

from autograd.errors import ArgumentError
from nn.keras.layers.layer import Layer
from nn.keras.naming import NAMES, snake_case
from nn.module import Module


class TorchModuleWrapper(Layer):
    """A module of `nn` as a layer, to be called on symbolic tensors or to stand in a `Sequential`, which makes it.

    Args:
        module: the module.
        output_shape: accepted.
        kwargs: see `Layer`.

    >>> import nn
    >>> from nn import keras
    >>> x = keras.Input((3,))
    >>> keras.layers.TorchModuleWrapper(nn.Linear(3, 2))(x).shape
    (None, 2)
    """

    def __init__(
        self, module: Module, output_shape: Any = None, name: str | None = None, **kwargs: Any
    ) -> None:
        if not isinstance(module, Module):
            raise ArgumentError(f"TorchModuleWrapper: needs a module, got {type(module).__name__}")
        super().__init__(
            name=NAMES.new(snake_case(type(module).__name__)) if name is None else name, **kwargs
        )
        self.module = module
        module.train(self.training)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Call the module."""
        return self.module(*args, **kwargs)


def as_layer(thing: Any) -> Any:
    """A layer as it is, another module wrapped into one.

    Raises:
        ArgumentError: if it is neither.
    """
    if isinstance(thing, Layer):
        return thing
    if isinstance(thing, Module):
        return TorchModuleWrapper(thing)
    hint = "; make it, as Dense(4)" if isinstance(thing, type) else ""
    raise ArgumentError(f"a model is made of layers and modules, got {thing!r}{hint}")
