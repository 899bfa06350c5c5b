"""What samples are read from: `Dataset` by number, `IterableDataset` one after the other, and what is made of them.

A data set that can read many samples at once says so by a method: `__getitems__(indices)`, PyTorch's, returns a list
of samples, and `__getbatch__(indices)` the finished batch, equal to what `default_collate` makes of the samples. So
`TensorDataset` takes a batch out of its tensors by one indexing. A method is left aside where a subclass has its own
`__getitem__`, which counts.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

import numpy as np

import autograd
from autograd import Tensor
from autograd.errors import ArgumentError, AssertedError, DimensionError, ShapeError
from autograd.tape import wrap

__all__ = [
    "Dataset", "IterableDataset", "TensorDataset", "StackDataset", "ConcatDataset", "ChainDataset", "Subset",
]  # fmt: skip

T = TypeVar("T", covariant=True)  # noqa: PLC0105  # PyTorch's users write Dataset[T] with it


class Dataset(Generic[T]):
    """Samples by number: a subclass has `__getitem__(index)`, and `__len__` where the samples can be counted.

    Two data sets are joined with `+`. Anything else with these two methods, such as a list, serves a `DataLoader` too.

    >>> class Squares(Dataset):
    ...     def __getitem__(self, index):
    ...         return index, index**2
    ...
    ...     def __len__(self):
    ...         return 4
    >>> (Squares() + Squares())[5]
    (1, 1)
    """

    def __getitem__(self, index: Any) -> T:
        raise NotImplementedError(f"{type(self).__name__}: a Dataset has __getitem__(self, index)")

    def __add__(self, other: Any) -> Dataset[Any]:
        return ConcatDataset([self, other])


class IterableDataset(Dataset[T], Iterable[T]):
    """Samples one after the other, as from a stream: a subclass has `__iter__`, and `__len__` where that can be known.

    With workers each reads a copy of its own, all of it, unless `__iter__` asks `get_worker_info()` for its part.

    >>> from nn.data import DataLoader
    >>> class Countdown(IterableDataset):
    ...     def __iter__(self):
    ...         return iter(range(4, -1, -1))
    >>> list(DataLoader(Countdown(), batch_size=2))
    [tensor([4, 3]), tensor([2, 1]), tensor([0])]
    """

    def __add__(self, other: Any) -> Dataset[Any]:
        return ChainDataset([self, other])


class TensorDataset(Dataset[tuple[Tensor, ...]]):
    """Tensors side by side: sample i is the tuple of their rows i.

    Args:
        tensors: tensors (N, …), or arrays, whose memory they share.

    Raises:
        AssertedError: if they are not of one length.
        DimensionError: if one has no dimension to go along.
        ArgumentError: if there is none.

    >>> import autograd
    >>> data = TensorDataset(autograd.tensor([[1.0, 2.0], [3.0, 4.0]]), autograd.tensor([0, 1]))
    >>> len(data), data[1]
    (2, (tensor([3., 4.]), tensor(1)))
    """

    def __init__(self, *tensors: Any) -> None:
        if not tensors:
            raise ArgumentError("TensorDataset: needs at least one tensor, as in TensorDataset(x, y)")
        self.tensors: tuple[Tensor, ...] = tuple(autograd.as_tensor(t) for t in tensors)
        for t in self.tensors:
            if t.ndim == 0:
                raise DimensionError(
                    "TensorDataset: a tensor without dimensions has no samples; give it shape (N, …)"
                )
        if len({len(t) for t in self.tensors}) > 1:
            shapes = ", ".join(str(tuple(t.shape)) for t in self.tensors)
            raise AssertedError(
                f"TensorDataset: Size mismatch between tensors: all must have one length, got shapes {shapes}"
            )

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple(t[index] for t in self.tensors)

    def __getbatch__(self, indices: Any) -> Any:
        """The batch of these samples, by one indexing of each tensor."""
        where = np.asarray(indices)
        if where.ndim != 1 or where.dtype.kind not in "iu":
            return NotImplemented
        try:
            return [t[wrap(where)] if t.requires_grad else wrap(t.array.take(where, 0)) for t in self.tensors]
        except IndexError as error:
            raise DimensionError(f"TensorDataset: {error}; it has {len(self)} samples") from error

    def __len__(self) -> int:
        return len(self.tensors[0])


class StackDataset(Dataset[Any]):
    """Data sets side by side: sample i is the tuple of their samples i, or a dict if they are given by name.

    Raises:
        ArgumentError: if there is none, or some have names and some have not.
        ShapeError: if they are not of one length.

    >>> both = StackDataset(number=[1, 2, 3], word=["one", "two", "three"])
    >>> both[2]
    {'number': 3, 'word': 'three'}
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if args and kwargs:
            raise ArgumentError("StackDataset: the data sets are given either in order or by name, not both")
        if not args and not kwargs:
            raise ArgumentError("StackDataset: At least one dataset should be passed")
        self.datasets: tuple[Any, ...] | dict[str, Any] = args or kwargs
        lengths = [len(d) for d in self._parts()]
        if len(set(lengths)) > 1:
            raise ShapeError(
                f"StackDataset: Size mismatch between datasets: all must have one length, got {lengths}"
            )
        self._length = lengths[0]

    def _parts(self) -> Sequence[Any]:
        return list(self.datasets.values()) if isinstance(self.datasets, dict) else self.datasets

    def _joined(self, parts: Iterable[Any], kind: Callable[[Any], Any]) -> Any:
        return (
            dict(zip(self.datasets, parts, strict=True)) if isinstance(self.datasets, dict) else kind(parts)
        )

    def __getitem__(self, index: Any) -> Any:
        return self._joined([d[index] for d in self._parts()], tuple)

    def __getitems__(self, indices: Sequence[Any]) -> list[Any]:
        """These samples; a part that reads many at once does so."""
        columns = [items_of(d, indices) for d in self._parts()]
        for column in columns:
            if len(column) != len(indices):
                raise ShapeError(
                    f"StackDataset: Nested dataset's output size mismatch. Expected {len(indices)}, got {len(column)}"
                )
        return [self._joined(parts, tuple) for parts in zip(*columns, strict=True)]

    def __getbatch__(self, indices: Any) -> Any:
        """The batch of these samples, if each part has it."""
        parts = [batch_of(d, indices) for d in self._parts()]
        return NotImplemented if any(p is NotImplemented for p in parts) else self._joined(parts, list)

    def __len__(self) -> int:
        return self._length


class ConcatDataset(Dataset[T]):
    """Data sets one after the other.

    Raises:
        AssertedError: if there is none, or one of them is an `IterableDataset`, for which there is `ChainDataset`.

    >>> joined = ConcatDataset(["ab", "cde"])
    >>> len(joined), joined[2], joined[-1], joined.cumulative_sizes
    (5, 'c', 'e', [2, 5])
    """

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets: list[Any] = list(datasets)
        if not self.datasets:
            raise AssertedError("ConcatDataset: datasets should not be an empty iterable")
        if any(isinstance(d, IterableDataset) for d in self.datasets):
            raise AssertedError("ConcatDataset does not support IterableDataset; use ChainDataset")
        self.cumulative_sizes: list[int] = list(itertools.accumulate(len(d) for d in self.datasets))

    def _place(self, index: int) -> tuple[int, int]:
        """Which data set a sample is of, and its number there."""
        size = len(self)
        if index < -size:
            raise ArgumentError(
                f"ConcatDataset: absolute value of index should not exceed dataset length, got {index} of {size}"
            )
        if index >= size:
            raise DimensionError(f"ConcatDataset: index {index} is out of range, it has {size} samples")
        index = index + size if index < 0 else index
        which = bisect.bisect_right(self.cumulative_sizes, index)
        return which, index - (self.cumulative_sizes[which - 1] if which else 0)

    def __getitem__(self, index: Any) -> Any:
        which, there = self._place(index)
        return self.datasets[which][there]

    def __getitems__(self, indices: Sequence[Any]) -> list[Any]:
        """These samples; each data set reads its own at once if it can."""
        places = [self._place(int(i)) for i in indices]
        found: dict[int, Iterator[Any]] = {}
        for which in {which for which, _ in places}:
            found[which] = iter(items_of(self.datasets[which], [there for w, there in places if w == which]))
        return [next(found[which]) for which, _ in places]

    def __getbatch__(self, indices: Any) -> Any:
        """The batch of these samples, if all are of one data set and that has it."""
        places = [self._place(int(i)) for i in indices]
        if len({which for which, _ in places}) != 1:
            return NotImplemented
        return batch_of(self.datasets[places[0][0]], [there for _, there in places])

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]


class ChainDataset(IterableDataset[T]):
    """Iterable data sets one after the other.

    Raises:
        AssertedError: when one of them is asked for and is not an `IterableDataset`.

    >>> class Letters(IterableDataset):
    ...     def __iter__(self):
    ...         return iter("ab")
    >>> list(Letters() + Letters())
    ['a', 'b', 'a', 'b']
    """

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = datasets

    def _checked(self) -> Iterator[Any]:
        for d in self.datasets:
            if not isinstance(d, IterableDataset):
                raise AssertedError(f"ChainDataset only supports IterableDataset, got {type(d).__name__}")
            yield d

    def __iter__(self) -> Iterator[Any]:
        for d in self._checked():
            yield from d

    def __len__(self) -> int:
        return sum(len(d) for d in self._checked())


class Subset(Dataset[T]):
    """Some samples of a data set: sample i is sample `indices[i]` of it.

    >>> part = Subset("abcdef", [4, 0])
    >>> len(part), part[0], list(part)
    (2, 'e', ['e', 'a'])
    """

    def __init__(self, dataset: Any, indices: Sequence[Any]) -> None:
        self.dataset = dataset
        self.indices = indices

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, list):
            return self.dataset[[self.indices[i] for i in index]]
        return self.dataset[self.indices[index]]

    def __getitems__(self, indices: Sequence[Any]) -> list[Any]:
        """These samples; the data set reads many at once if it can."""
        return items_of(self.dataset, [self.indices[i] for i in indices])

    def __getbatch__(self, indices: Any) -> Any:
        """The batch of these samples, if the data set has it."""
        return batch_of(self.dataset, [self.indices[i] for i in indices])

    def __len__(self) -> int:
        return len(self.indices)


def reader(dataset: Any, name: str) -> Callable[[Any], Any] | None:
    """The method of that name which reads many samples at once, unless a subclass has another `__getitem__` since."""
    for cls in type(dataset).__mro__:
        if name in vars(cls):
            found = getattr(dataset, name)
            return found if callable(found) else None
        if "__getitem__" in vars(cls):
            break
    return None


def items_of(dataset: Any, indices: Sequence[Any]) -> list[Any]:
    """Samples of a data set, read at once if it can."""
    read = reader(dataset, "__getitems__")
    return [dataset[i] for i in indices] if read is None else read(indices)


def batch_of(dataset: Any, indices: Any) -> Any:
    """The batch of samples of a data set, or NotImplemented where it cannot read it at once."""
    read = reader(dataset, "__getbatch__")
    return NotImplemented if read is None else read(indices)
