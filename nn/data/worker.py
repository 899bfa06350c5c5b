"""The worker's side of a `DataLoader`: a process that reads batches for the program that started it.

It is told what to do through a pipe: an `Epoch` begins, or the batch of a `Task` is wanted; an `Answer` goes back for
each task, in their order. A thread takes what comes, so that the program never waits to be heard, and ends the process
when nobody is at the other end any more.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

import autograd
from nn.data.blocks import Sent, Writer, pickled, unpickled
from nn.data.fetching import Fetch, Plan

LOOKS = 2.0  # seconds between looks whether the program still lives
PATIENCE = 5.0  # seconds for what is being read, once nobody wants it any more


@dataclass(frozen=True)
class WorkerInfo:
    """What a worker knows about itself.

    id:           its number, from 0
    num_workers:  how many there are
    seed:         what its random numbers start from in this epoch
    dataset:      its copy of the data set
    """

    id: int
    num_workers: int
    seed: int
    dataset: Any


class _Here:
    """What this process is: a worker, if it has an info."""

    info: WorkerInfo | None = None


def get_worker_info() -> WorkerInfo | None:
    """In a worker its number, their number, its seed and its copy of the data set; else None.

    An `IterableDataset` reads its part by it, and not what the others read:

    >>> import itertools
    >>> from nn.data import DataLoader, IterableDataset
    >>> class Numbers(IterableDataset):
    ...     def __iter__(self):
    ...         worker = get_worker_info()
    ...         first, step = (0, 1) if worker is None else (worker.id, worker.num_workers)
    ...         return iter(range(first, 6, step))
    >>> list(DataLoader(Numbers(), batch_size=3))
    [tensor([0, 1, 2]), tensor([3, 4, 5])]
    >>> list(DataLoader(Numbers(), batch_size=3, num_workers=2))
    [tensor([0, 2, 4]), tensor([1, 3, 5])]
    """
    return _Here.info


class Epoch(NamedTuple):
    """A new pass begins, with this number; random numbers start from `seed` plus the worker's."""

    number: int
    seed: int


class Task(NamedTuple):
    """The samples of `index` are wanted; the blocks `returned` may be filled again."""

    epoch: int
    index: Any
    returned: list[int]


class Answer(NamedTuple):
    """What became of a task: a batch, the end of the data set, a failure, or nothing, since another epoch has begun."""

    kind: str  # "batch", "end", "failure", "nothing"
    sent: Sent | None


class Failure(NamedTuple):
    """An error, and how it came about.

    error:    the exception; None if pickling does not give it back
    kind:     its class, to make another one of; None if that cannot be sent, as one that is local to a function
    name:     that of its class
    message:  what it says
    text:     its traceback
    """

    error: BaseException | None
    kind: type[BaseException] | None
    name: str
    message: str
    text: str


@dataclass
class Orders:
    """What a worker is started with."""

    id: int
    num_workers: int
    plan: Plan
    init: Callable[[int], object] | None


def run(connection: Any, others: list[Any], orders: Orders) -> None:
    """The life of a worker.

    connection:  its end of the pipe
    others:      ends of pipes that a forked process inherits and must not keep open
    """
    from queue import SimpleQueue
    from threading import Thread

    for other in others:
        other.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the program, which ends its workers
    autograd.set_num_threads(1)  # they share the processors among them
    tasks: SimpleQueue[Any] = SimpleQueue()
    worker = Worker(connection, orders)
    Thread(target=_listen, args=(connection, worker, tasks, os.getppid()), daemon=True).start()
    try:
        worker.serve(tasks)
    except (BrokenPipeError, ConnectionResetError):
        return  # nobody wants it


def _listen(connection: Any, worker: Worker, tasks: Any, parent: int) -> None:
    """Take what comes; when the program says None, has closed its end, or is gone, end the process."""
    from time import sleep

    message: Any = ()
    while message is not None:
        try:
            while not connection.poll(LOOKS):
                if os.getppid() != parent:
                    raise EOFError
            message = unpickled(connection.recv_bytes())
        except (EOFError, OSError):
            message = None
        if isinstance(message, Epoch):
            worker.newest = message.number
        tasks.put(message)
    sleep(PATIENCE)
    os._exit(1)


class Worker:
    """Reads what it is told to."""

    def __init__(self, connection: Any, orders: Orders) -> None:
        self.newest = 0  # epoch; the listening thread knows it first
        self._connection = connection
        self._orders = orders
        self._blocks = Writer()
        self._fetch: Fetch | None = None
        self._failure: Answer | None = None
        self._ready = False  # whether worker_init_fn has been called
        self._ended = False

    def serve(self, tasks: Any) -> None:
        """Do one task after another, until there is a None."""
        while (message := tasks.get()) is not None:
            if isinstance(message, Epoch):
                self._begin(message)
            else:
                self._blocks.give_back(message.returned)
                answer, file = self._answer(message)
                self._connection.send_bytes(pickled(answer))
                if file is not None:
                    self._hand_over(file)

    def _begin(self, epoch: Epoch) -> None:
        """Seed the generators, and make what reads the samples."""
        import random

        orders = self._orders
        seed = epoch.seed + orders.id
        random.seed(seed)
        autograd.manual_seed(seed)
        words = np.random.SeedSequence((epoch.seed, orders.id)).generate_state(4)
        np.random.seed(words)  # noqa: NPY002  # data sets that draw from it must differ between workers
        _Here.info = WorkerInfo(orders.id, orders.num_workers, seed, orders.plan.dataset)
        self._ended, self._failure = False, None
        try:
            if not self._ready and orders.init is not None:
                orders.init(orders.id)
            self._ready = True
            self._fetch = orders.plan.reader()
        except Exception as error:  # noqa: BLE001  # whatever it is, the program is to hear of it
            self._failure = failed(error)

    def _answer(self, task: Task) -> tuple[Answer, int | None]:
        if task.epoch != self.newest:
            return Answer("nothing", None), None
        if self._failure is not None:
            return self._failure, None
        if self._ended or self._fetch is None:
            return Answer("end", None), None
        try:
            sent, file = self._blocks.pack(self._fetch(task.index))
        except StopIteration:
            self._ended = True
            return Answer("end", None), None
        except Exception as error:  # noqa: BLE001  # whatever it is, the program is to hear of it
            return failed(error), None
        return Answer("batch", sent), file

    def _hand_over(self, file: int) -> None:
        """Send an open file to the program."""
        from multiprocessing.reduction import send_handle

        try:
            send_handle(self._connection, file, os.getppid())
        finally:
            os.close(file)


def failed(error: BaseException) -> Answer:
    """The answer that a task has failed with an error."""
    import traceback

    message = str(error)
    text = "".join(traceback.format_exception(error))
    whole = _survives(error, lambda back: type(back) is type(error) and back.args == error.args)
    kind = _survives(type(error), lambda back: isinstance(str(back.__new__(back, message)), str))
    failure = Failure(
        error if whole else None, type(error) if kind else None, type(error).__name__, message, text
    )
    return Answer("failure", Sent(pickled(failure), (), None, 0))


def _survives(value: Any, same: Callable[[Any], bool]) -> bool:
    """Whether pickling gives a value back."""
    try:
        return same(unpickled(pickled(value)))
    except Exception:  # noqa: BLE001  # the class of an error may raise anything in here; there are other ways to send it
        return False
