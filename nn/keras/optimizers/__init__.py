"""Optimizers with Keras's names, arguments and rules. Built with parameters, each is an `optim.Optimizer`.

`get` finds one by its name; `schedules` has learning rates that change with the steps.
"""

from nn.keras.optimizers import schedules
from nn.keras.optimizers.adaptive import Adadelta, Adagrad, Ftrl, RMSprop
from nn.keras.optimizers.descent import SGD, Lion
from nn.keras.optimizers.moments import Adam, Adamax, AdamW, Nadam
from nn.keras.optimizers.muon import Muon
from nn.keras.optimizers.names import deserialize, get, serialize
from nn.keras.optimizers.optimizer import Optimizer
from nn.keras.optimizers.relative import Adafactor, Lamb

__all__ = [
    "Optimizer", "schedules", "get", "serialize", "deserialize",
    "SGD", "Lion", "Adagrad", "RMSprop", "Adadelta", "Ftrl", "Adam", "AdamW", "Adamax", "Nadam",
    "Adafactor", "Lamb", "Muon",
]  # fmt: skip
