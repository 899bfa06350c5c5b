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

    With `stratify` every part has each label in the proportion that the whole has it in, as nearly as whole samples can
    be: from the smallest part to the largest, a part of n samples out of the m that are left takes n / m of each label,
    rounded down, and one more of those labels whose rounding was largest.

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
    return [Subset(dataset, part) for part in _stratified(source(generator), labels, counts)]


def _stratified(rng: Any, labels: Any, counts: list[int]) -> list[list[int]]:
    """The samples of each part, with labels in proportion."""
    order = rng.permutation(len(labels))
    _, label, left = np.unique(labels[order], return_inverse=True, return_counts=True)
    members = np.split(order[np.argsort(label, kind="stable")], np.cumsum(left)[:-1])
    parts: list[list[int]] = [[] for _ in counts]
    for k in sorted(range(len(counts)), key=lambda k: counts[k]):
        if counts[k] == 0:
            continue
        exact = left * counts[k] / left.sum()
        taken = np.floor(exact).astype(np.int64)
        rounding = np.lexsort((rng.random(len(left)), taken - exact))  # the largest first, ties at random
        taken[rounding[: counts[k] - taken.sum()]] += 1
        chosen = [m[n - t : n] for m, n, t in zip(members, left, taken, strict=True)]
        parts[k] = rng.permutation(np.concatenate(chosen)).tolist()
        left = left - taken
    return parts


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
