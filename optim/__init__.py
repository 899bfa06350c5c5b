"""Optimizers, with PyTorch's names, defaults and numbers. Each has its rule in its docstring, and again in `update`."""

from optim.adam import Adam, AdamW
from optim.optimizer import Optimizer
from optim.rmsprop import RMSprop
from optim.sgd import SGD

__all__ = ["Optimizer", "SGD", "RMSprop", "Adam", "AdamW"]
