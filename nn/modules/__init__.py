"""PyTorch's places of the layers, for programs that import from there; the layers themselves are in `nn`.

`nn.modules.module` has hooks of all modules at once, `nn.modules.utils` what is done with sizes and wrapped models. The
package itself has every layer, too.

>>> from nn.modules import Linear, Module
>>> issubclass(Linear, Module)
True
"""

from importlib import import_module
from typing import Any

from nn.modules import (
    activation,
    adaptive,
    batchnorm,
    channelshuffle,
    container,
    conv,
    distance,
    dropout,
    flatten,
    fold,
    instancenorm,
    lazy,
    linear,
    loss,
    module,
    normalization,
    padding,
    pixelshuffle,
    pooling,
    rnn,
    sparse,
    transformer,
    upsampling,
    utils,
)


def __getattr__(name: str) -> Any:
    """A layer, from `nn`, which is not complete yet when it imports this package."""
    layers = import_module("nn")
    found = getattr(layers, name) if name in layers.__all__ else None
    if not isinstance(found, type):
        raise AttributeError(f"module 'nn.modules' has no attribute '{name}'", name=name)
    return found


__all__ = [
    "activation", "adaptive", "batchnorm", "channelshuffle", "container", "conv", "distance", "dropout",
    "flatten", "fold", "instancenorm", "lazy", "linear", "loss", "module", "normalization", "padding",
    "pixelshuffle", "pooling", "rnn", "sparse", "transformer", "upsampling", "utils",
]  # fmt: skip
