"""How a batch is read: samples by their numbers, or the next ones of a stream, put together by `collate_fn`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autograd.errors import ArgumentError
from nn.data.collate import default_collate
from nn.data.dataset import IterableDataset, batch_of, reader

Fetch = Callable[[Any], Any]
"""What makes of an index, or of a list of them, a sample or a batch; StopIteration at the end of a stream."""


@dataclass
class Plan:
    """What a loader reads, and how.

    dataset:     the samples
    batched:     whether an index is a list of numbers, of a batch, and not that of one sample
    collate_fn:  makes a batch of a list of samples, or converts a sample
    drop_last:   whether a stream's last batch is left out if it is shorter
    """

    dataset: Any
    batched: bool
    collate_fn: Callable[[Any], Any]
    drop_last: bool

    @property
    def streams(self) -> bool:
        """Whether the data set is read from its beginning to its end."""
        return isinstance(self.dataset, IterableDataset)

    @property
    def at_once(self) -> bool:
        """Whether the data set may have finished batches."""
        return (
            self.batched
            and not self.streams
            and self.collate_fn is default_collate
            and reader(self.dataset, "__getbatch__") is not None
        )

    def reader(self) -> Fetch:
        """What reads, from the beginning."""
        if self.streams:
            return Stream(self)
        return Chosen(self)


class Chosen:
    """Reads samples by their numbers."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._at_once = plan.at_once
        self._many = reader(plan.dataset, "__getitems__")

    def __call__(self, index: Any) -> Any:
        """The batch, or the sample."""
        plan = self._plan
        try:
            if self._at_once:
                batch = batch_of(plan.dataset, index)
                if batch is not NotImplemented:
                    return batch
            if not plan.batched:
                return plan.collate_fn(plan.dataset[index])
            index = index if isinstance(index, list) else list(index)
            samples = [plan.dataset[i] for i in index] if self._many is None else self._many(index)
            return plan.collate_fn(samples)
        except StopIteration as error:  # it would end the loop without a word
            raise ArgumentError(
                "DataLoader: the data set or collate_fn raised StopIteration; it can end a pass only in a stream"
            ) from error


class Stream:
    """Reads the next samples of a stream."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._samples = iter(plan.dataset)
        self._ended = False

    def __call__(self, index: Any) -> Any:
        """The next batch, as long as `index`, or the next sample."""
        if self._ended:
            raise StopIteration
        plan = self._plan
        if not plan.batched:
            return plan.collate_fn(next(self._samples))
        samples = []
        for sample in self._samples:
            samples.append(sample)
            if len(samples) == len(index):
                break
        self._ended = len(samples) < len(index)
        if not samples or (self._ended and plan.drop_last):
            raise StopIteration
        return plan.collate_fn(samples)
