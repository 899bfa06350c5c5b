"""Random numbers under vmap: none, the same for all examples, or others for each, as the levels say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.batching.batched import Batched
from autograd.errors import BatchingError
from autograd.hidden import Hidden, Level
from autograd.tape import wrap


class MappedSource:
    """A source of random numbers that draws for all examples at once, with the methods of NumPy's generator used here.

    Where a level says "different", the numbers are a value of that level; where all say "same", an ndarray.
    """

    def __init__(self, rng: np.random.Generator, levels: Sequence[Level]) -> None:
        if any(level.randomness == "error" for level in levels):
            raise BatchingError(
                "vmap: a random operation was called in a function that is mapped with randomness='error'; pass "
                "randomness='same' or 'different' to vmap, or draw outside it"
            )
        self._rng = rng
        self._levels = [level for level in levels if level.randomness == "different"]

    def _drawn(self, draw: Callable[[tuple[int, ...]], Any], shape: Sequence[int]) -> Any:
        """Numbers of a shape, for each example of the levels that want different ones."""
        whole = np.asarray(draw((*(level.size for level in self._levels), *shape)))
        return self._hidden(whole)

    def _hidden(self, whole: Any) -> Any:
        if not self._levels:
            return whole
        value: Any = wrap(whole)
        for level in self._levels:
            value = Batched(value, level)
        return value

    def random(self, size: Sequence[int], dtype: Any = np.float64) -> Any:
        """Numbers in [0, 1)."""
        return self._drawn(lambda shape: self._rng.random(shape, dtype), size)

    def standard_normal(self, size: Sequence[int], dtype: Any = np.float64) -> Any:
        """Numbers of the standard normal distribution."""
        return self._drawn(lambda shape: self._rng.standard_normal(shape, dtype), size)

    def standard_exponential(self, size: Sequence[int], dtype: Any = np.float64) -> Any:
        """Numbers of the standard exponential distribution."""
        return self._drawn(lambda shape: self._rng.standard_exponential(shape, dtype), size)

    def integers(self, low: int, high: int, size: Sequence[int], dtype: Any = np.int64) -> Any:
        """Integers in [low, high)."""
        return self._drawn(lambda shape: self._rng.integers(low, high, shape, dtype), size)

    def permutation(self, n: int) -> Any:
        """The integers below n in random order."""
        return self._drawn(
            lambda shape: self._rng.permuted(np.broadcast_to(np.arange(n), shape), axis=-1), (n,)
        )

    def of_distributions(self, draw: Callable[[np.random.Generator, Any], Any], parameters: Any) -> Any:
        """Numbers of distributions whose parameters are in an array, or differ between the examples.

        Raises:
            BatchingError: if they differ, but the randomness is to be the same.
        """
        given: list[Level] = []
        whole = parameters
        while isinstance(whole, Hidden):
            given.insert(0, whole.level)
            whole = whole.value
        if any(level not in self._levels for level in given):
            raise BatchingError(
                "vmap: the distributions differ between the examples, so they cannot have the same random numbers; "
                "pass randomness='different'"
            )
        array = np.asarray(getattr(whole, "array", whole))
        here = iter(array.shape[: len(given)])
        sizes = [next(here) if level in given else 1 for level in self._levels]
        aligned = array.reshape((*sizes, *array.shape[len(given) :]))
        wanted = (*(level.size for level in self._levels), *array.shape[len(given) :])
        return self._hidden(np.asarray(draw(self._rng, np.broadcast_to(aligned, wanted))))
