"""PyTorch's random numbers from a seed, and its samples each from the same one.

`torch.manual_seed` also notes down, with the whole stack, what to tell three kinds of device once one is used; and the
database's own iterators, which call it for every sample, look for the running test in the source of each caller. Both
take many times as long as what is compared.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import torch
from torch.testing._internal.common_utils import SEED


def seed(number: int) -> None:
    """Start PyTorch's random numbers of the CPU."""
    torch.default_generator.manual_seed(number)


def each_seeded(made: Iterable[Any]) -> Iterator[Any]:
    """What a generator of the database makes, each drawn from one seed: the samples that its own iterators give."""
    samples = iter(made)
    while True:
        seed(SEED)
        random.seed(SEED)
        np.random.seed(SEED)  # noqa: NPY002  what the database draws from
        try:
            sample = next(samples)
        except StopIteration:
            return
        yield sample
