"""Optimizers, with PyTorch's names, defaults and numbers. Each has its rule in its docstring, and again in `update`.

They stand here in the order in which they are best read: each adds an idea to those before it.
"""

from typing import Any

from optim import lr_scheduler
from optim.adadelta import Adadelta
from optim.adafactor import Adafactor
from optim.adagrad import Adagrad
from optim.adam import Adam
from optim.adamax import Adamax
from optim.adamw import AdamW
from optim.asgd import ASGD
from optim.lbfgs import LBFGS
from optim.lion import Lion
from optim.muon import Muon
from optim.nadam import NAdam
from optim.optimizer import Optimizer
from optim.radam import RAdam
from optim.range_test import RangeTest, range_test
from optim.rmsprop import RMSprop
from optim.rprop import Rprop
from optim.sgd import SGD

__all__ = [
    "Optimizer", "lr_scheduler",
    # one step size
    "SGD", "ASGD",
    # the sign of the gradient
    "Rprop", "Lion",
    # a step size for each weight, from the gradients it has had
    "Adagrad", "RMSprop", "Adadelta", "Adam", "AdamW", "Adamax", "NAdam", "RAdam",
    # matrices
    "Adafactor", "Muon",
    # curvature
    "LBFGS",
    # looking for a learning rate
    "range_test", "RangeTest",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "swa_utils":  # it needs nn, which stands above this package
        from importlib import import_module

        return import_module("optim.swa_utils")
    raise AttributeError(f"module 'optim' has no attribute {name!r}", name=name, obj=__name__)
