"""Layers, with Keras' names, defaults and weights."""

from nn.keras.layers.core import Activation, Dense, Identity, Input, InputLayer
from nn.keras.layers.layer import Layer
from nn.keras.layers.wrapper import TorchModuleWrapper

__all__ = ["Activation", "Dense", "Identity", "Input", "InputLayer", "Layer", "TorchModuleWrapper"]
