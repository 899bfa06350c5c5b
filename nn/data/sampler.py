"""In which order samples are read: iterables of numbers, and of lists of numbers for batches.

A sampler that draws does so when its iteration begins: `RandomSampler` and `SubsetRandomSampler` draw one
`randperm` from their generator for each pass, so the order of an epoch is a function of the generator's state.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

import numpy as np

import autograd
from autograd import random
from autograd.errors import ArgumentError, DTypeError, ShapeError

__all__ = [
    "Sampler", "SequentialSampler", "RandomSampler", "SubsetRandomSampler", "WeightedRandomSampler", "BatchSampler",
    "DistributedSampler",
]  # fmt: skip

T = TypeVar("T", covariant=True)  # noqa: PLC0105  # PyTorch's users write Sampler[T] with it

_DRAWN = 4096  # with replacement numbers are drawn in pieces: nobody waits for, or stores, a billion of them


def _count(owner: str, name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise ArgumentError(f"{owner}: {name} should be a positive integer value, but got {name}={value!r}")
    return value


def drawn_seed(generator: Any) -> int:
    """A seed of 63 bits, drawn from a generator or from the default one."""
    return int(random.source(generator).integers(0, 1 << 63, dtype=np.int64))


class Sampler(Generic[T]):
    """An order of samples: a subclass has `__iter__`, over numbers or lists of them, and `__len__` if it can be known.

    >>> class Backwards(Sampler[int]):
    ...     def __init__(self, data):
    ...         self.data = data
    ...
    ...     def __iter__(self):
    ...         return iter(range(len(self.data) - 1, -1, -1))
    ...
    ...     def __len__(self):
    ...         return len(self.data)
    >>> list(BatchSampler(Backwards("abc"), 2, drop_last=False))
    [[2, 1], [0]]
    """

    def __iter__(self) -> Iterator[T]:
        raise NotImplementedError(f"{type(self).__name__}: a Sampler has __iter__(self)")


class SequentialSampler(Sampler[int]):
    """First to last.

    >>> list(SequentialSampler("abc"))
    [0, 1, 2]
    """

    def __init__(self, data_source: Any) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler[int]):
    """In random order: a permutation in each pass, or draws with replacement.

    Args:
        data_source: what has the length.
        replacement: draw each number from all, instead of a permutation.
        num_samples: how many (as many as there are); more than there are is permutation after permutation.
        generator: what to draw from. Without one each pass draws a seed from the default generator, and its order from
            a generator of its own, so that other draws in the meantime change nothing.

    Raises:
        DTypeError: if `replacement` is not a bool.
        ArgumentError: if `num_samples` is not a positive integer, or there is nothing to draw from.

    >>> sorted(RandomSampler("abcd")), len(list(RandomSampler("abcd", replacement=True, num_samples=6)))
    ([0, 1, 2, 3], 6)
    """

    def __init__(
        self,
        data_source: Any,
        replacement: bool = False,
        num_samples: int | None = None,
        generator: Any = None,
    ) -> None:
        self.data_source = data_source
        if not isinstance(replacement, bool):
            raise DTypeError(
                f"RandomSampler: replacement should be a boolean value, but got replacement={replacement!r}"
            )
        self.replacement = replacement
        self._num_samples = num_samples
        self.generator = generator
        if num_samples is None and len(data_source) == 0:
            raise ArgumentError(
                "RandomSampler: num_samples should be a positive integer value, but got num_samples=0: the data set is "
                "empty; shuffle=False takes an empty one"
            )
        _count("RandomSampler", "num_samples", self.num_samples)

    @property
    def num_samples(self) -> int:
        """How many numbers a pass has; the data set may have grown since."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def _source(self) -> Any:
        if self.generator is not None:
            return self.generator
        return autograd.Generator().manual_seed(drawn_seed(None))

    def order(self) -> Any:
        """The numbers of a pass without replacement, as an array."""
        n, source = len(self.data_source), self._source()
        passes = -(-self.num_samples // n)
        orders = [autograd.randperm(n, generator=source).array for _ in range(passes)]
        return orders[0][: self.num_samples] if passes == 1 else np.concatenate(orders)[: self.num_samples]

    def __iter__(self) -> Iterator[int]:
        if not self.replacement:
            yield from self.order().tolist()
            return
        n, source = len(self.data_source), self._source()
        for start in range(0, self.num_samples, _DRAWN):
            size = min(_DRAWN, self.num_samples - start)
            yield from autograd.randint(0, n, (size,), generator=source).tolist()

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler[Any]):
    """These numbers, in random order, a new one in each pass.

    >>> sorted(SubsetRandomSampler([5, 2, 7]))
    [2, 5, 7]
    """

    def __init__(self, indices: Sequence[Any], generator: Any = None) -> None:
        self.indices = indices
        self.generator = generator

    def __iter__(self) -> Iterator[Any]:
        for i in autograd.randperm(len(self.indices), generator=self.generator).tolist():
            yield self.indices[i]

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler[int]):
    """Numbers 0 to N - 1, each drawn with a probability in proportion to its weight.

    Args:
        weights: (N,), not negative; they need not sum to 1.
        num_samples: how many to draw.
        replacement: whether a number may be drawn again.
        generator: what to draw from (the default generator).

    Raises:
        ArgumentError: if `num_samples` is not a positive integer, or `replacement` not a bool.
        ShapeError: if there is not one row of weights.

    >>> list(WeightedRandomSampler([0.0, 0.0, 3.0], 4))
    [2, 2, 2, 2]
    """

    def __init__(
        self, weights: Any, num_samples: int, replacement: bool = True, generator: Any = None
    ) -> None:
        self.num_samples = _count("WeightedRandomSampler", "num_samples", num_samples)
        if not isinstance(replacement, bool):
            raise ArgumentError(
                f"WeightedRandomSampler: replacement should be a boolean value, but got replacement={replacement!r}"
            )
        self.weights = autograd.as_tensor(weights, dtype=autograd.float64)
        if self.weights.ndim != 1:
            raise ShapeError(
                "WeightedRandomSampler: weights should be a 1d sequence, but they have shape "
                f"{tuple(self.weights.shape)}"
            )
        self.replacement = replacement
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        drawn = autograd.multinomial(
            self.weights, self.num_samples, self.replacement, generator=self.generator
        )
        yield from drawn.tolist()

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler[list[Any]]):
    """The numbers of another sampler in lists of `batch_size`; a shorter last list is kept, unless `drop_last`.

    Raises:
        ArgumentError: if `batch_size` is not a positive integer, or `drop_last` not a bool.

    >>> list(BatchSampler(range(10), batch_size=3, drop_last=False))
    [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]]
    """

    def __init__(self, sampler: Iterable[Any], batch_size: int, drop_last: bool) -> None:
        self.batch_size = _count("BatchSampler", "batch_size", batch_size)
        if not isinstance(drop_last, bool):
            raise ArgumentError(
                f"BatchSampler: drop_last should be a boolean value, but got drop_last={drop_last!r}"
            )
        self.sampler = sampler
        self.drop_last = drop_last

    def __iter__(self) -> Iterator[list[Any]]:
        numbers = iter(self.sampler)
        while batch := list(itertools.islice(numbers, self.batch_size)):
            if len(batch) == self.batch_size or not self.drop_last:
                yield batch

    def arrays(self) -> Iterator[Any]:
        """The same batches, as arrays where the whole order is known at once: that is quicker."""
        sampler, size = self.sampler, self.batch_size
        if type(self) is not BatchSampler:
            yield from self
            return
        if type(sampler) is SequentialSampler:
            order = np.arange(len(sampler))
        elif type(sampler) is RandomSampler and not sampler.replacement:
            order = sampler.order()
        else:
            yield from self
            return
        for start in range(0, len(order), size):
            if start + size <= len(order) or not self.drop_last:
                yield order[start : start + size]

    def __len__(self) -> int:
        whole, rest = divmod(len(self.sampler), self.batch_size)  # type: ignore[arg-type]  # a TypeError if it has none
        return whole + bool(rest and not self.drop_last)


class DistributedSampler(Sampler[int]):
    """The part of a data set that one of several programs reads, all parts of one length.

    Every program shuffles in the same way, from `seed` and the epoch, and takes each `num_replicas`-th number from
    `rank` on. Call `set_epoch` before each pass, or all have the same order.

    Args:
        dataset: what has the length.
        num_replicas: how many programs there are.
        rank: which of them this is, from 0.
        shuffle: whether the order is random.
        seed: what it is drawn from, the same in every program.
        drop_last: leave out the rest that does not fill all parts, instead of repeating samples.

    Raises:
        ArgumentError: if `rank` is not in [0, num_replicas), or one of them is not given.

    >>> [list(DistributedSampler("abcde", 2, rank, shuffle=False)) for rank in (0, 1)]
    [[0, 2, 4], [1, 3, 0]]
    """

    def __init__(
        self,
        dataset: Any,
        num_replicas: int | None = None,
        rank: int | None = None,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
    ) -> None:
        if num_replicas is None or rank is None:
            raise ArgumentError(
                "DistributedSampler: needs num_replicas and rank, such as MPI's COMM_WORLD.size and COMM_WORLD.rank"
            )
        if not 0 <= rank < num_replicas:
            raise ArgumentError(
                f"DistributedSampler: Invalid rank {rank}, rank should be in the interval [0, {num_replicas - 1}]"
            )
        self.dataset = dataset
        self.num_replicas = num_replicas
        self.rank = rank
        self.epoch = 0
        self.shuffle = shuffle
        self.seed = seed
        self.drop_last = drop_last
        size = len(dataset)
        self.num_samples = size // num_replicas if drop_last else math.ceil(size / num_replicas)
        self.total_size = self.num_samples * num_replicas

    def __iter__(self) -> Iterator[int]:
        size = len(self.dataset)
        if self.shuffle:
            generator = autograd.Generator().manual_seed(self.seed + self.epoch)
            order = autograd.randperm(size, generator=generator).tolist()
        else:
            order = list(range(size))
        numbers = itertools.islice(itertools.cycle(order), self.total_size)
        return itertools.islice(numbers, self.rank, None, self.num_replicas)

    def __len__(self) -> int:
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """Say which epoch comes next: the order is drawn from it."""
        self.epoch = epoch
