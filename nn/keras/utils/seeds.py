"""One seed for everything that draws random numbers."""

from __future__ import annotations

import random

import numpy as np

from autograd import manual_seed


def set_random_seed(seed: int) -> None:
    """Seed Python's `random`, NumPy's, and ours: weights, dropout and shuffling.

    >>> from nn import keras
    >>> keras.utils.set_random_seed(0)
    >>> a = keras.initializers.GlorotUniform()((2,))
    >>> keras.utils.set_random_seed(0)
    >>> bool((a == keras.initializers.GlorotUniform()((2,))).all())
    True
    """
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  # programs written for Keras draw from it
    manual_seed(seed)
