"""Parts of a data set, for training, validation and test: `random_split` as PyTorch has it, and `split`."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

import autograd
from autograd.errors import ArgumentError, ShapeError
from autograd.random import default_generator, source
from nn.data.dataset import Subset

__all__ = ["random_split", "split"]


def random_split(
    dataset: Any, lengths: Sequence[float], generator: Any = default_generator
) -> list[Subset[Any]]:
    """Cut a data set into parts that have no sample in common, drawn at random.

    Args:
        dataset: what has a length and samples by number.
        lengths: how long each part is, or fractions that sum to 1; samples that are left over by rounding down go to
            the parts in turn.
        generator: what the permutation is drawn from.

    Raises:
        ArgumentError: if the lengths do not sum to that of the data set, or a fraction is not in [0, 1].

    >>> import autograd
    >>> parts = random_split(range(10), [0.5, 0.3, 0.2], generator=autograd.Generator().manual_seed(1))
    >>> [len(part) for part in parts], sorted(i for part in parts for i in part)
    ([5, 3, 2], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    """
    counts = _lengths("random_split", len(dataset), lengths)
    order = autograd.randperm(len(dataset), generator=generator).tolist()
    return _parts(dataset, order, counts)


def split(
    dataset: Any,
    fractions: Sequence[float],
    *,
    stratify: Any = None,
    shuffle: bool = True,
    generator: Any = None,
) -> list[Subset[Any]]:
    """Cut a data set into parts, such as those for training, validation and test.

    With `stratify` every part has each label in the proportion that the whole has it in, to within about one sample.
    The samples of each label, in random order, get the places (r + ½) / n from 0 to 1; a part is a stretch of all
    samples in the order of their places.

    Args:
        dataset: what has a length and samples by number.
        fractions: of each part, summing to 1; or lengths.
        stratify: the label of each sample (N,), or None.
        shuffle: False takes the parts one after the other, as is right for time series.
        generator: what is drawn from (the default generator).

    Raises:
        ArgumentError: if the fractions do not sum to 1, or labels are given and nothing is to be shuffled.
        ShapeError: if there is not one label for each sample.

    >>> labels = [0] * 8 + [1] * 4
    >>> train, test = split(range(12), (0.75, 0.25), stratify=labels)
    >>> len(train), sorted(labels[i] for i in test)
    (9, [0, 0, 1])
    """
    size = len(dataset)
    counts = _lengths("split", size, fractions)
    if not shuffle:
        if stratify is not None:
            raise ArgumentError("split: stratify draws samples at random; leave shuffle as it is")
        return _parts(dataset, range(size), counts)
    if stratify is None:
        return _parts(dataset, autograd.randperm(size, generator=generator).tolist(), counts)
    labels = np.asarray(getattr(stratify, "array", stratify))
    if labels.shape != (size,):
        raise ShapeError(
            f"split: stratify needs a label for each of the {size} samples, got shape {labels.shape}"
        )
    rng = source(generator)
    order = rng.permutation(size)
    _, label = np.unique(labels[order], return_inverse=True)
    by_label = np.argsort(label, kind="stable")
    each = np.bincount(label)
    rank = np.empty(size, np.int64)
    rank[by_label] = np.arange(size) - np.repeat(np.cumsum(each) - each, each)
    order = order[np.argsort((rank + 0.5) / each[label], kind="stable")]
    ends = np.cumsum(counts)
    mixed = [rng.permutation(part) for part in np.split(order, ends[:-1])]
    return _parts(dataset, np.concatenate(mixed).tolist(), counts)


def _lengths(op: str, size: int, lengths: Sequence[float]) -> list[int]:
    """The lengths of the parts."""
    given = list(lengths)
    total = sum(given)
    if math.isclose(total, 1) and not (total == size and all(isinstance(n, int) for n in given)):
        for i, part in enumerate(given):
            if not 0 <= part <= 1:
                raise ArgumentError(f"{op}: Fraction at index {i} is not between 0 and 1, got {part}")
        counts = [math.floor(size * part) for part in given]
        for i in range(size - sum(counts)):
            counts[i % len(counts)] += 1
        for i, count in enumerate(counts):
            if count == 0:
                warnings.warn(
                    f"Length of split at index {i} is 0. This might result in an empty dataset.", stacklevel=3
                )
        return counts
    if total != size or any(int(n) != n or n < 0 for n in given):
        raise ArgumentError(
            f"{op}: Sum of input lengths does not equal the length of the input dataset! It has {size} samples, the "
            f"parts {given}; give lengths that sum to {size}, or fractions that sum to 1"
        )
    return [int(n) for n in given]


def _parts(dataset: Any, order: Sequence[int], counts: list[int]) -> list[Subset[Any]]:
    ends = itertools.accumulate(counts)
    return [Subset(dataset, order[end - n : end]) for end, n in zip(ends, counts, strict=True)]
