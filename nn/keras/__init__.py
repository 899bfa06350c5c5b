"""The face that Keras has: models are lists or graphs of layers, and `compile`, `fit`, `evaluate` and `predict`.

A model is a `Module` of `nn`, its weights are `Parameter`s, and any module can be a layer: the two faces are one.
Programs written for Keras run when their import lines are changed: `from nn import keras`,
`from nn.keras.layers import Dense`.
"""

from nn.keras import (
    activations,
    backend,
    callbacks,
    config,
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    models,
    optimizers,
    preprocessing,
    regularizers,
    saving,
    utils,
)
from nn.keras.layers.core import Input
from nn.keras.layers.layer import Layer
from nn.keras.models import Model, Sequential

__all__ = [
    "Input", "Layer", "Model", "Sequential", "activations", "backend", "callbacks", "config", "constraints",
    "initializers", "layers", "losses", "metrics", "models", "optimizers", "preprocessing", "regularizers",
    "saving", "utils",
]  # fmt: skip
