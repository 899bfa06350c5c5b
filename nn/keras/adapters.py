"""Where batches come from: arrays, a `DataLoader`, a `PyDataset`, or a generator, all behind `Batches`.

A batch is (x, y, weight): x of tensors for the model, y and weight of arrays, both None where there are none.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import numpy as np

from autograd.errors import ArgumentError
from autograd.random import Generator, fork_rng, randperm
from autograd.tape import Variable, wrap
from nn.keras.arrays import Array, arrays_of, checked_lengths, is_array, is_branch, leaves, mapped

Batch = tuple[Any, Any, Any]
WHOLE = 1 << 27
"""Bytes of data up to which they are put in their shuffled order at once; larger ones batch by batch."""


class Batches(Protocol):
    """One pass after the other through the data."""

    steps: int | None
    """How many batches a pass has; None if that is not known before."""
    examples: int | None
    """How many examples; None if that is not known."""

    def epoch(self) -> Iterator[Batch]:
        """The batches of one pass."""

    def first(self) -> Any:
        """The x of a first batch, to build a model with; None if it cannot be had without using it up."""


class PyDataset:
    """Base class of data that make their batches themselves: `__len__` counts them, `__getitem__` makes one.

    >>> class Squares(PyDataset):
    ...     def __len__(self):
    ...         return 2
    ...
    ...     def __getitem__(self, index):
    ...         x = np.arange(3.0) + 3 * index
    ...         return x[:, None], x**2
    >>> [batch[1].tolist() for batch in batches("fit", Squares()).epoch()]
    [[0.0, 1.0, 4.0], [9.0, 16.0, 25.0]]
    """

    def __init__(self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10) -> None:
        self.workers, self.use_multiprocessing, self.max_queue_size = (
            workers,
            use_multiprocessing,
            max_queue_size,
        )

    def __getitem__(self, index: int) -> Any:
        """Make a batch; a subclass defines it."""
        raise NotImplementedError(f"{type(self).__name__} has no __getitem__(): define it")

    def __len__(self) -> int:
        """How many batches there are; a subclass defines it."""
        raise NotImplementedError(f"{type(self).__name__} has no __len__(): define it")

    def on_epoch_end(self) -> None:
        """Called after each pass."""

    def __iter__(self) -> Iterator[Any]:
        for index in range(len(self)):
            yield self[index]


def batches(
    who: str,
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    batch_size: int | None = None,
    steps: int | None = None,
    shuffle: bool | str = False,
    class_weight: Mapping[int, float] | None = None,
    dtype: Any = None,
) -> Batches:
    """The batches of what `fit`, `evaluate` or `predict` were given.

    Raises:
        ArgumentError: if arguments do not go together, or there are no data.
        ShapeError: if the numbers of examples differ.
        DTypeError: if something does not hold numbers.
    """
    made: Batches
    if is_array(x) or is_branch(x) or (isinstance(x, (list, tuple)) and _is_plain(x)):
        made = ArrayBatches(who, x, y, sample_weight, batch_size, shuffle, class_weight, dtype)
    else:
        if y is not None or sample_weight is not None:
            raise ArgumentError(
                f"{who}: x is a {type(x).__name__}, which gives batches (x, y) or (x, y, sample_weight) itself; leave "
                "out y and sample_weight"
            )
        made = IterableBatches(who, _loaded(who, x, batch_size, shuffle), class_weight, dtype)
    return made if steps is None else Counted(who, made, steps)


def _is_plain(x: Any) -> bool:
    """Whether a list holds numbers, or lists of them."""
    if x and isinstance(x[0], tuple) and any(is_array(part) and np.ndim(part) for part in x[0]):
        return False  # a list of batches
    return not x or isinstance(x[0], (int, float, list, tuple, np.generic)) or np.ndim(x[0]) == 0


def _loaded(who: str, x: Any, batch_size: int | None, shuffle: bool | str) -> Any:
    """What gives batches when it is gone through; a dataset of single examples gets a `DataLoader`."""
    if x is None:
        raise ArgumentError(f"{who}: x is None; give arrays, a DataLoader or a generator")
    if not hasattr(x, "__iter__") or (not isinstance(x, PyDataset) and _is_dataset(x)):
        if not (hasattr(x, "__getitem__") and hasattr(x, "__len__")):
            raise ArgumentError(
                f"{who}: x is a {type(x).__name__}; it may be arrays, lists, a pandas frame, tensors, a DataLoader, a "
                "PyDataset or a generator"
            )
        from nn.data import DataLoader

        return DataLoader(x, batch_size=batch_size or 32, shuffle=bool(shuffle))
    return x


def _is_dataset(x: Any) -> bool:
    """Whether it is a dataset of single examples."""
    from nn.data import Dataset, IterableDataset

    return isinstance(x, Dataset) and not isinstance(x, IterableDataset)


class ArrayBatches:
    """Arrays, cut into batches, in an order drawn anew for each pass if they are to be shuffled.

    Raises:
        ArgumentError: for a batch size below 1, or another way to shuffle.
    """

    def __init__(
        self,
        who: str,
        x: Any,
        y: Any,
        sample_weight: Any,
        batch_size: int | None,
        shuffle: bool | str,
        class_weight: Mapping[int, float] | None,
        dtype: Any = None,
    ) -> None:
        self.x = arrays_of(who, "x", x, dtype)
        self.y = arrays_of(who, "y", y, dtype)
        self.weight = arrays_of(who, "sample_weight", sample_weight, dtype)
        count = checked_lengths(who, x=self.x, y=self.y, sample_weight=self.weight)
        self.examples: int | None = count
        self.count = count
        self.weight = with_class_weight(who, self.y, self.weight, class_weight)
        self.batch_size = _checked_size(who, batch_size)
        if shuffle not in (True, False, "batch"):
            raise ArgumentError(f"{who}: shuffle is True, False or 'batch', got {shuffle!r}")
        self.shuffle = shuffle
        self.steps: int | None = -(-count // self.batch_size)
        every = [*leaves(self.x), *leaves(self.y), *leaves(self.weight)]
        self._small = sum(a.nbytes for a in every) <= WHOLE
        self._plain = not isinstance(self.x, (dict, list)) and not isinstance(self.y, (dict, list))

    def first(self) -> Any:
        """The first examples."""
        return mapped(lambda a: wrap(a[: self.batch_size]), self.x)

    def order(self) -> Array | None:
        """The positions of the examples in the order of the next pass; None for the order they are in."""
        if self.shuffle == "batch":
            whole, left = divmod(self.count, self.batch_size)
            blocks = np.arange(whole * self.batch_size).reshape(whole, -1)[randperm(whole).array]
            return np.concatenate([blocks.reshape(-1), np.arange(self.count - left, self.count)])
        return randperm(self.count).array if self.shuffle else None

    def epoch(self) -> Iterator[Batch]:
        """The batches of one pass."""
        order, size = self.order(), self.batch_size
        x, y, weight = self.x, self.y, self.weight
        if order is not None and self._small:
            x, y, weight = (mapped(lambda a: a.take(order, 0), part) for part in (x, y, weight))
            order = None
        for start in range(0, self.count, size):
            part: Any = slice(start, start + size) if order is None else order[start : start + size]
            if self._plain and weight is None:
                yield wrap(x[part]), None if y is None else y[part], None
            else:
                inputs, targets, weights = _cut(x, part), _cut(y, part), _cut(weight, part)
                yield mapped(wrap, inputs), targets, weights


def _cut(tree: Any, part: Any) -> Any:
    """The same part of each array."""
    return mapped(lambda a: a[part], tree)


class IterableBatches:
    """What gives batches when it is gone through: a `DataLoader`, a `PyDataset`, a generator."""

    def __init__(
        self, who: str, source: Any, class_weight: Mapping[int, float] | None = None, dtype: Any = None
    ) -> None:
        self.dtype = dtype
        self.who, self.source, self.class_weight = who, source, class_weight
        self.once = hasattr(source, "__next__")  # not by iter(): a pass of a DataLoader draws random numbers
        self.steps: int | None = len(source) if hasattr(source, "__len__") and not self.once else None
        self.examples: int | None = None
        self._ahead: list[Any] = []
        if self.steps == 0:
            raise ArgumentError(f"{who}: there are no examples: the {type(source).__name__} has no batches")

    def first(self) -> Any:
        """The x of a first batch; of a generator it is kept for the pass."""
        generator = getattr(self.source, "generator", None)
        before = generator.get_state() if isinstance(generator, Generator) else None
        with fork_rng():
            for item in self.source:
                if self.once:
                    self._ahead.append(item)
                if isinstance(generator, Generator):
                    generator.set_state(before)
                return self.unpacked(item)[0]
        raise ArgumentError(
            f"{self.who}: there are no examples: the {type(self.source).__name__} gave no batch"
        )

    def epoch(self) -> Iterator[Batch]:
        """The batches of one pass."""
        while self._ahead:
            yield self.unpacked(self._ahead.pop(0))
        for item in self.source:
            yield self.unpacked(item)
        if isinstance(self.source, PyDataset):
            self.source.on_epoch_end()

    def unpacked(self, item: Any) -> Batch:
        """A batch as (x, y, weight).

        Raises:
            ArgumentError: if it is not x, (x,), (x, y) or (x, y, sample_weight).
        """
        parts = item if isinstance(item, (tuple, list)) else (item,)
        if not 1 <= len(parts) <= 3:
            raise ArgumentError(
                f"{self.who}: a batch is (x, y) or (x, y, sample_weight), got a {type(item).__name__} of {len(parts)}"
            )
        x, y, weight = (*parts, None, None)[:3]
        if isinstance(x, Variable) and x.array.dtype.itemsize == 4 and self.dtype is None:
            inputs: Any = x
        else:
            inputs = mapped(wrap, arrays_of(self.who, "x", x, self.dtype))
        y = (
            y.array
            if isinstance(y, Variable) and y.array.dtype.itemsize != 8
            else arrays_of(self.who, "y", y, self.dtype)
        )
        weight = arrays_of(self.who, "sample_weight", weight)
        plain = mapped(lambda t: t.array, inputs)
        checked_lengths(self.who, x=plain, y=y, sample_weight=weight)
        return inputs, y, with_class_weight(self.who, y, weight, self.class_weight)


class Counted:
    """So many batches of another source in each pass; it is gone through again where it ends, unless it cannot be."""

    def __init__(self, who: str, source: Batches, steps: int) -> None:
        if int(steps) < 1:
            raise ArgumentError(f"{who}: the steps of an epoch are 1 or more, got {steps}")
        self.who, self.source = who, source
        self.steps: int | None = int(steps)
        self.examples: int | None = None
        self.count = int(steps)
        self._going: Iterator[Batch] | None = None

    def first(self) -> Any:
        """The x of a first batch."""
        return self.source.first()

    def epoch(self) -> Iterator[Batch]:
        """The batches of one pass."""
        for step in range(self.count):
            batch = next(self._going, None) if self._going is not None else None
            if batch is None and not (self._going is not None and getattr(self.source, "once", False)):
                self._going = self.source.epoch()
                batch = next(self._going, None)
            if batch is None:
                warnings.warn(
                    f"{self.who}: the data ended after {step} of {self.count} batches of this epoch; give a generator "
                    "that goes on, or fewer steps",
                    UserWarning,
                    stacklevel=4,
                )
                return
            yield batch


def _checked_size(who: str, batch_size: int | None) -> int:
    size = 32 if batch_size is None else int(batch_size)
    if size < 1:
        raise ArgumentError(f"{who}: batch_size is 1 or more, got {batch_size}")
    return size


def with_class_weight(who: str, y: Any, weight: Any, class_weight: Mapping[int, float] | None) -> Any:
    """The weights of the examples, times those of their classes; classes that are not named weigh 1.

    Raises:
        ArgumentError: if there are no labels, or several outputs.
    """
    if class_weight is None:
        return weight
    given: Any = class_weight
    if not isinstance(given, Mapping) or not all(hasattr(c, "__index__") for c in given):
        raise ArgumentError(
            f"{who}: class_weight is a dict of class numbers and factors, such as {{0: 1.0, 1: 2.5}}, got "
            f"{class_weight!r}"
        )
    if y is None or isinstance(y, (dict, list)):
        raise ArgumentError(
            f"{who}: class_weight needs the labels of one output; give sample_weight for several"
        )
    classes = (
        y.argmax(-1) if y.ndim > 1 and y.shape[-1] > 1 else np.rint(y.reshape(len(y), -1)[:, 0]).astype(int)
    )
    largest = max(int(classes.max(initial=0)), *(int(c) for c in class_weight))
    table = np.ones(largest + 1, np.float32)
    for number, value in class_weight.items():
        table[int(number)] = value
    made = table[classes]
    if weight is None:
        return made
    return made * weight.reshape(weight.shape[0], -1)[:, 0] if made.ndim == 1 else made * weight


def split(
    who: str, fraction: float, x: Any, y: Any, sample_weight: Any, dtype: Any = None
) -> tuple[Batch, Batch]:
    """The data without the last part, and that part, as the fraction says; before any shuffling.

    Raises:
        ArgumentError: if the fraction is not between 0 and 1, x is not arrays, or a part would be empty.
    """
    if not 0 < fraction < 1:
        raise ArgumentError(f"{who}: validation_split is between 0 and 1, got {fraction}")
    if not (is_array(x) or is_branch(x) or isinstance(x, (list, tuple))):
        raise ArgumentError(
            f"{who}: validation_split cuts arrays; for a {type(x).__name__} give validation_data instead"
        )
    parts = [
        arrays_of(who, what, v, dtype) for what, v in (("x", x), ("y", y), ("sample_weight", sample_weight))
    ]
    count = checked_lengths(who, x=parts[0], y=parts[1], sample_weight=parts[2])
    at = int(count * (1 - fraction))
    if at in (0, count):
        raise ArgumentError(
            f"{who}: validation_split={fraction} of {count} examples leaves a part without any"
        )
    head = tuple(mapped(lambda a: a[:at], part) for part in parts)
    tail = tuple(mapped(lambda a: a[at:], part) for part in parts)
    return (head[0], head[1], head[2]), (tail[0], tail[1], tail[2])


def one_batch(
    who: str, x: Any, y: Any, sample_weight: Any, class_weight: Any = None, dtype: Any = None
) -> Batch:
    """What `train_on_batch` and its like were given, as one batch."""
    inputs, targets, weight = (
        arrays_of(who, what, v, dtype) for what, v in (("x", x), ("y", y), ("sample_weight", sample_weight))
    )
    checked_lengths(who, x=inputs, y=targets, sample_weight=weight)
    return mapped(wrap, inputs), targets, with_class_weight(who, targets, weight, class_weight)
