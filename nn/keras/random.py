"""Random tensors by Keras's names, drawn from the default generator, which `keras.utils.set_random_seed` seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import autograd
from autograd import Generator, Tensor


def seeded(seed: int | None) -> Generator | None:
    """A new generator for a seed; None, which stands for the process's, without one."""
    return None if seed is None else Generator().manual_seed(int(seed))


def normal(
    shape: Sequence[int], mean: float = 0.0, stddev: float = 1.0, dtype: Any = "float32", seed: int | None = None
) -> Tensor:  # fmt: skip
    """Numbers of the normal distribution; with a seed the same ones in each call.

    >>> normal((2, 3)).shape
    autograd.Size([2, 3])
    """
    drawn = autograd.randn(*shape, generator=seeded(seed), dtype=np.dtype(dtype))
    return drawn * stddev + mean


def uniform(
    shape: Sequence[int], minval: float = 0.0, maxval: float = 1.0, dtype: Any = "float32", seed: int | None = None
) -> Tensor:  # fmt: skip
    """Numbers spread evenly over [minval, maxval); with a seed the same ones in each call."""
    drawn = autograd.rand(*shape, generator=seeded(seed), dtype=np.dtype(dtype))
    return drawn * (maxval - minval) + minval


def randint(
    shape: Sequence[int], minval: int, maxval: int, dtype: Any = "int32", seed: int | None = None
) -> Tensor:
    """Whole numbers in [minval, maxval); with a seed the same ones in each call."""
    drawn = autograd.randint(minval, maxval, tuple(shape), generator=seeded(seed))
    made: Tensor = drawn.to(np.dtype(dtype))
    return made


__all__ = ["normal", "randint", "uniform"]
