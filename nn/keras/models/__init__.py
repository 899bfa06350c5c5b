"""Models: a `Sequential` list of layers, a graph of layers called on `Input()`, or a class with a `call` of its own."""

from nn.keras.layers.core import Input
from nn.keras.models.from_json import clone_model, model_from_json
from nn.keras.models.model import Model
from nn.keras.models.sequential import Sequential
from nn.keras.saving.files import load_model, save_model

__all__ = [
    "Input", "Model", "Sequential", "clone_model", "load_model", "model_from_json", "save_model",
]  # fmt: skip
