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
    ops,
    optimizers,
    preprocessing,
    random,
    regularizers,
    saving,
    utils,
)
from nn.keras.graph import KerasTensor
from nn.keras.initializers import Initializer
from nn.keras.layers.core import Input
from nn.keras.layers.layer import Layer
from nn.keras.losses import Loss
from nn.keras.metrics import Metric
from nn.keras.models import Model, Sequential
from nn.keras.optimizers import Optimizer
from nn.keras.regularizers import Regularizer

__all__ = [
    "Initializer", "Input", "KerasTensor", "Layer", "Loss", "Metric", "Model", "Optimizer", "Regularizer", "Sequential",
    "activations", "backend", "callbacks", "config", "constraints",
    "initializers", "layers", "losses", "metrics", "models", "ops", "optimizers", "preprocessing", "random",
    "regularizers", "saving", "utils",
]  # fmt: skip
