"""Schedules: how the learning rate changes from epoch to epoch (or from step to step).

A scheduler is made for an optimizer and sets the learning rate of its groups at once; each `step()` after the
optimizer's own goes on by one epoch. Schedules multiply what they find, so several can act on one optimizer.
"""

from optim.lr_scheduler.base import LRScheduler
from optim.lr_scheduler.composed import ChainedScheduler, SequentialLR
from optim.lr_scheduler.cosine import CosineAnnealingLR, CosineAnnealingWarmRestarts
from optim.lr_scheduler.cycles import CyclicLR, OneCycleLR
from optim.lr_scheduler.decay import ConstantLR, ExponentialLR, LinearLR, MultiStepLR, PolynomialLR, StepLR
from optim.lr_scheduler.given import LambdaLR, MultiplicativeLR
from optim.lr_scheduler.plateau import ReduceLROnPlateau

_LRScheduler = LRScheduler  # its name in programs for PyTorch before 2.0

__all__ = [
    "LRScheduler",
    "LambdaLR", "MultiplicativeLR",
    "StepLR", "MultiStepLR", "ConstantLR", "LinearLR", "ExponentialLR", "PolynomialLR",
    "CosineAnnealingLR", "CosineAnnealingWarmRestarts", "CyclicLR", "OneCycleLR",
    "ReduceLROnPlateau", "SequentialLR", "ChainedScheduler",
]  # fmt: skip
