"""`DataLoader`: passes over a data set, batch after batch."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from autograd.errors import ArgumentError, AssertedError, DTypeError
from nn.data.collate import default_collate, default_convert
from nn.data.dataset import IterableDataset
from nn.data.fetching import Plan
from nn.data.sampler import BatchSampler, RandomSampler, Sampler, SequentialSampler, drawn_seed
from nn.data.worker import get_worker_info
from nn.data.workers import WorkerBatches

__all__ = ["DataLoader", "default_collate", "default_convert", "get_worker_info"]

T = TypeVar("T", covariant=True)  # noqa: PLC0105  # PyTorch's users write DataLoader[T] with it


class _Endless(Sampler[None]):
    """The numbers of a stream's samples, which has none."""

    def __iter__(self) -> Iterator[None]:
        while True:
            yield None


class DataLoader(Generic[T]):
    """Reads a data set in batches, in order or shuffled, in this process or in others.

    A pass draws from `generator` (or from the default generator) first one integer of 63 bits, which the workers'
    random numbers start from, and then, if it shuffles, `autograd.randperm(len(dataset), generator=generator)`. So the
    order of each epoch follows from the generator's state alone, whatever the number of workers; without a generator
    the permutation is that of a generator seeded by one more integer from the default one. Orders are reproducible, but
    not PyTorch's, whose generator is another.

    Workers are processes that read ahead, each with its copy of the data set. Batches come in the order of a pass
    without workers. Worker i starts `random`, NumPy's global generator and ours from the integer drawn plus i, anew in
    each pass. An error in a worker is raised here, of its type and with the traceback as a note; a worker that dies is
    an error too. Large arrays pass through shared memory.

    Args:
        dataset: samples by number (`__getitem__` and `__len__`), or an `IterableDataset`.
        batch_size: samples in a batch; None for single samples, as the data set has them.
        shuffle: whether each pass has another order.
        sampler: an order of numbers instead.
        batch_sampler: an order of lists of numbers, one for each batch, instead of the four others.
        num_workers: how many processes read; 0 reads in this one.
        collate_fn: makes a batch of a list of samples (`default_collate`).
        pin_memory, pin_memory_device: accepted; they have no meaning for arrays in memory.
        drop_last: whether a last batch that is shorter is left out.
        timeout: seconds to wait for a batch from a worker; 0 waits for ever.
        worker_init_fn: called in each worker with its number before it reads.
        multiprocessing_context: how processes are started: "fork", "spawn", …, or a context of `multiprocessing`.
        generator: what is drawn from.
        prefetch_factor: how many batches each worker reads ahead (2).
        persistent_workers: whether workers stay for the next pass; its numbers are the same.
        in_order: False takes a batch from whichever worker has one.

    Raises:
        ArgumentError: for arguments that contradict each other or are out of range.

    >>> import autograd
    >>> from nn.data import TensorDataset
    >>> data = TensorDataset(autograd.arange(5.0), autograd.arange(5) ** 2)
    >>> for x, y in DataLoader(data, batch_size=2):
    ...     print(x.tolist(), y.tolist())
    [0.0, 1.0] [0, 1]
    [2.0, 3.0] [4, 9]
    [4.0] [16]
    """

    _fixed = frozenset(
        ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers")
    )
    _ready = False

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable[Any] | None = None,
        batch_sampler: Iterable[Any] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[Any], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], object] | None = None,
        multiprocessing_context: Any = None,
        generator: Any = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        self.dataset = dataset
        self.num_workers = num_workers
        self.prefetch_factor = 2 if num_workers and prefetch_factor is None else prefetch_factor
        self.pin_memory = pin_memory
        self.pin_memory_device = pin_memory_device
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.generator = generator
        self.persistent_workers = persistent_workers
        self.in_order = in_order
        self._check_workers()
        self.multiprocessing_context = multiprocessing_context

        streams = isinstance(dataset, IterableDataset)
        if streams:
            _check_stream(shuffle, sampler, batch_sampler)
        if sampler is not None and shuffle:
            raise ArgumentError("DataLoader: sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ArgumentError(
                    "DataLoader: batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and "
                    "drop_last"
                )
            batch_size = None
        elif batch_size is None and drop_last:
            raise ArgumentError(
                "DataLoader: batch_size=None option disables auto-batching and is mutually exclusive with drop_last"
            )
        if sampler is None:
            if streams:
                sampler = _Endless()
            elif shuffle:
                sampler = RandomSampler(dataset, generator=generator)
            else:
                sampler = SequentialSampler(dataset)
        if batch_size is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.collate_fn: Callable[[Any], Any] = collate_fn or (
            default_convert if batch_sampler is None else default_collate
        )
        self._workers: WorkerBatches | None = None  # those that stay
        self._length: int | None = None  # of a stream, as it was told
        self._ready = True

    def _check_workers(self) -> None:
        if self.num_workers < 0:
            raise ArgumentError(
                f"DataLoader: num_workers option should be non-negative, got {self.num_workers!r}; use num_workers=0 "
                "to disable multiprocessing."
            )
        if self.timeout < 0:
            raise ArgumentError(f"DataLoader: timeout option should be non-negative, got {self.timeout}")
        if self.num_workers == 0 and self.prefetch_factor is not None:
            raise ArgumentError(
                "DataLoader: prefetch_factor option could only be specified in multiprocessing; let "
                "num_workers > 0, or leave prefetch_factor out"
            )
        if self.prefetch_factor is not None and self.prefetch_factor < 1:
            raise ArgumentError(
                f"DataLoader: prefetch_factor option should be positive, got {self.prefetch_factor}"
            )
        if self.persistent_workers and self.num_workers == 0:
            raise ArgumentError("DataLoader: persistent_workers option needs num_workers > 0")

    @property
    def multiprocessing_context(self) -> Any:
        """How processes are started."""
        return self._context

    @multiprocessing_context.setter
    def multiprocessing_context(self, context: Any) -> None:
        if context is not None:
            import multiprocessing
            from multiprocessing.context import BaseContext

            if self.num_workers == 0:
                raise ArgumentError(
                    "DataLoader: multiprocessing_context can only be used with multi-process loading "
                    "(num_workers > 0), but got num_workers=0"
                )
            if isinstance(context, str):
                known = multiprocessing.get_all_start_methods()
                if context not in known:
                    raise ArgumentError(
                        "DataLoader: multiprocessing_context option should specify a valid start method in "
                        f"{known!r}, but got multiprocessing_context={context!r}"
                    )
                context = multiprocessing.get_context(context)
            if not isinstance(context, BaseContext):
                raise DTypeError(
                    "DataLoader: multiprocessing_context option should be a valid context object or a string "
                    f"specifying the start method, but got multiprocessing_context={context!r}"
                )
        self._context = context

    def __setattr__(self, name: str, value: Any) -> None:
        if self._ready and name in self._fixed:
            raise ArgumentError(
                f"DataLoader: {name} attribute should not be set after DataLoader is initialized; make another one"
            )
        super().__setattr__(name, value)

    def __iter__(self) -> Iterator[Any]:
        """Begin a pass."""
        plan = Plan(self.dataset, self.batch_sampler is not None, self.collate_fn, self.drop_last)
        source = self.sampler if self.batch_sampler is None else self.batch_sampler
        numbers = source.arrays() if plan.at_once and isinstance(source, BatchSampler) else iter(source)
        if self.num_workers == 0:
            if self.timeout:
                raise AssertedError(
                    "DataLoader: there is no timeout without workers; use num_workers > 0, or timeout=0"
                )
            drawn_seed(self.generator)  # so that with and without workers the order is the same
            batches: Iterator[Any] = Batches(plan.reader(), numbers, source)
        else:
            seed = drawn_seed(self.generator)
            workers = self._workers
            if workers is None or workers.closed:
                workers = self._hired(plan)
            if self.persistent_workers:
                self._workers = workers
            workers.begin(numbers, seed, source)
            batches = workers
        if plan.streams and self._length is not None:
            return _Counted(batches, self.dataset, self._length)
        return batches

    def _hired(self, plan: Plan) -> WorkerBatches:
        import multiprocessing

        return WorkerBatches(
            plan,
            num_workers=self.num_workers,
            prefetch=self.prefetch_factor or 2,
            timeout=self.timeout,
            in_order=self.in_order,
            init=self.worker_init_fn,
            context=self._context or multiprocessing.get_context(),
            keep=self.persistent_workers,
        )

    def __len__(self) -> int:
        """How many batches a pass has."""
        if not isinstance(self.dataset, IterableDataset):
            return len(self.sampler if self.batch_sampler is None else self.batch_sampler)  # type: ignore[arg-type]  # a TypeError if it has none
        self._length = length = len(self.dataset)  # type: ignore[arg-type]  # a TypeError if it has none
        if self.batch_size is None:
            return length
        return length // self.batch_size if self.drop_last else -(-length // self.batch_size)


class Batches:
    """A pass in this process."""

    __slots__ = ("_numbers", "_read", "_source")

    def __init__(self, read: Callable[[Any], Any], numbers: Iterator[Any], source: Any) -> None:
        self._read = read
        self._numbers = numbers
        self._source = source

    def __iter__(self) -> Batches:
        return self

    def __next__(self) -> Any:
        return self._read(next(self._numbers))

    def __len__(self) -> int:
        return len(self._source)


class _Counted:
    """A pass over a stream whose length was asked for: it warns once when there are more samples."""

    def __init__(self, batches: Iterator[Any], dataset: Any, told: int) -> None:
        self._batches = batches
        self._dataset = dataset
        self._told = told
        self._count = 0

    def __iter__(self) -> _Counted:
        return self

    def __next__(self) -> Any:
        batch = next(self._batches)
        self._count += 1
        if self._count == self._told + 1:
            warnings.warn(
                f"Length of IterableDataset {self._dataset} was reported to be {self._told} (when accessing "
                f"len(dataloader)), but {self._count} samples have been fetched, and it goes on; where there are "
                "workers, each reads all of it unless it asks get_worker_info() for its part",
                stacklevel=2,
            )
        return batch


def _check_stream(shuffle: Any, sampler: Any, batch_sampler: Any) -> None:
    """Raise if an order is asked of a stream."""
    for name, value in (("shuffle", shuffle or None), ("sampler", sampler), ("batch_sampler", batch_sampler)):
        if value is not None:
            raise ArgumentError(
                f"DataLoader with IterableDataset: expected unspecified {name} option, but got {name}={value}; "
                "an IterableDataset has its own order"
            )
