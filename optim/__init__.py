"""Optimizers, with PyTorch's names, defaults and numbers. The rule of each stands in its docstring, and in its `update`."""

from optim.adam import Adam, AdamW
from optim.optimizer import Optimizer
from optim.rmsprop import RMSprop
from optim.sgd import SGD

__all__ = ["Optimizer", "SGD", "RMSprop", "Adam", "AdamW"]
