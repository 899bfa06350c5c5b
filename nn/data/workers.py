"""The program's side of a `DataLoader` with workers: it hands out tasks in turn and takes the batches in that order.

Between the program and each worker there is one pipe, so answers come in the order of the tasks and there is no lock
that a worker could take to its grave. While it waits for an answer the program also watches whether the worker lives.
"""

from __future__ import annotations

import itertools
import os
import signal
import time
import warnings
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from autograd.errors import WorkerError
from nn.data.blocks import Reader, pickled, unpickled
from nn.data.fetching import Plan
from nn.data.worker import Answer, Epoch, Failure, Orders, Task, run

GRACE = 1.0  # seconds for workers to end by themselves


class Hired:
    """A worker as the program sees it: its process, the pipe to it, and the blocks of its batches."""

    def __init__(self, process: Any, connection: Any, number: int) -> None:
        self.process = process
        self.connection = connection
        self.number = number
        self.blocks = Reader()
        self.asked = 0  # tasks of this epoch that it has not answered yet
        self.stale = 0  # … and of earlier ones
        self.active = True  # whether it has more to read in this epoch

    def send(self, message: Any) -> None:
        """Tell it something.

        Raises:
            WorkerError: if it is dead.
        """
        try:
            self.connection.send_bytes(pickled(message))
        except OSError as error:
            raise self.death() from error

    def answer(self, timeout: float) -> Answer:
        """Its answer to the oldest task of this epoch.

        Raises:
            WorkerError: if it is dead, or needs longer than so many seconds, unless these are 0.
        """
        from multiprocessing.connection import wait

        until = time.monotonic() + timeout
        while True:
            left = max(0.0, until - time.monotonic()) if timeout else None
            ready = wait([self.connection, self.process.sentinel], left)
            if not ready:
                raise WorkerError(
                    f"DataLoader timed out after {timeout} seconds: worker {self.number} (pid {self.process.pid}) has "
                    "not finished its batch; give a longer timeout, or more workers"
                )
            if self.connection not in ready:
                raise self.death()
            answer = self._received()
            if not self.stale:
                self.asked -= 1
                return answer
            self.stale -= 1
            if answer.sent is not None:
                self.blocks.drop(answer.sent)

    def _received(self) -> Answer:
        from multiprocessing.reduction import recv_handle

        file = None
        try:
            answer: Answer = unpickled(self.connection.recv_bytes())
            sent = answer.sent
            if sent is not None and sent.size:
                file = recv_handle(self.connection)
        except (EOFError, OSError) as error:
            raise self.death() from error
        if sent is not None and sent.block is not None and file is not None:
            self.blocks.take(file, sent.block, sent.size)
        return answer

    def death(self) -> WorkerError:
        """What is to be said about its end."""
        self.process.join(GRACE)
        code = self.process.exitcode
        how = "closed its pipe" if code is None else f"exited with status {code}"
        hint = (
            "look at what the data set does; num_workers=0 reads in this process, where a debugger can follow"
        )
        if code is not None and code < 0:
            how = f"was killed by {signal.Signals(-code).name}"
            if -code == signal.SIGKILL:
                hint = "the system does so for want of memory: use fewer workers or smaller batches"
        return WorkerError(
            f"DataLoader worker (pid(s) {self.process.pid}) exited unexpectedly: worker {self.number} {how}; {hint}"
        )


class WorkerBatches:
    """Batches from workers, one pass after another."""

    def __init__(
        self,
        plan: Plan,
        *,
        num_workers: int,
        prefetch: int,
        timeout: float,
        in_order: bool,
        init: Callable[[int], object] | None,
        context: Any,
        keep: bool,
    ) -> None:
        self._plan = plan
        self._prefetch = prefetch
        self._timeout = timeout
        self._in_order = in_order
        self._keep = keep  # the workers, after a pass
        self._epoch = 0
        self._turns: deque[Hired] = deque()  # whose answers are awaited, in the order of the tasks
        self._indices: Iterator[Any] = iter(())
        self._workers: list[Hired] = []
        self._stop = weakref.finalize(self, _dismiss, self._workers, os.getpid())
        try:
            for i in range(num_workers):
                self._workers.append(_hire(Orders(i, num_workers, plan, init), context, self._workers))
        except BaseException:
            self.close()
            raise
        self._cycle = itertools.cycle(self._workers)

    def begin(self, indices: Iterator[Any], seed: int, source: Any) -> None:
        """Begin a pass: have the first batches read.

        seed:    what the workers' random numbers start from
        source:  what has the length of the pass
        """
        self._source = source
        self._epoch += 1
        self._indices = indices
        self._turns.clear()
        self._cycle = itertools.cycle(self._workers)
        for worker in self._workers:
            worker.stale, worker.asked, worker.active = worker.stale + worker.asked, 0, True
        with self._dismissal():
            for worker in self._workers:
                worker.send(Epoch(self._epoch, seed))
            for _ in range(self._prefetch * len(self._workers)):
                self._ask()

    def __iter__(self) -> WorkerBatches:
        return self

    def __next__(self) -> Any:
        while self._turns:
            with self._dismissal():
                worker = self._turns.popleft() if self._in_order else self._first_ready()
                answer = worker.answer(self._timeout)
                if answer.kind == "end":
                    worker.active = False
                self._ask(None if self._in_order else worker)
            if answer.sent is None:
                continue
            found = worker.blocks.unpack(answer.sent)
            if answer.kind == "failure":
                error, found = _error(found, worker.number), None
                try:
                    raise error
                finally:
                    del error  # its traceback holds this frame: a cycle would keep the workers
            return found
        if not self._keep:
            self.close()
        raise StopIteration

    def __len__(self) -> int:
        return len(self._source)

    def close(self) -> None:
        """End the workers."""
        self._turns.clear()
        self._stop()

    @property
    def closed(self) -> bool:
        """Whether the workers are gone."""
        return not self._stop.alive

    def _dismissal(self) -> _Dismissal:
        return _Dismissal(self)

    def _ask(self, preferred: Hired | None = None) -> None:
        """Give the next task to the next worker that has something to read, or to this one."""
        if not any(w.active for w in self._workers):
            return
        try:
            index = next(self._indices)
        except StopIteration:
            return
        worker = preferred
        if worker is None or not worker.active:
            worker = next(w for w in self._cycle if w.active)
        worker.send(Task(self._epoch, index, worker.blocks.returned()))
        worker.asked += 1
        self._turns.append(worker)

    def _first_ready(self) -> Hired:
        """The first worker with an answer, or that is dead."""
        from multiprocessing.connection import wait

        watched = [o for w in set(self._turns) for o in (w.connection, w.process.sentinel)]
        ready = wait(watched, self._timeout or None)
        chosen = next(
            (w for w in self._turns if w.connection in ready or w.process.sentinel in ready), self._turns[0]
        )
        self._turns.remove(chosen)
        return chosen


class _Dismissal:
    """Ends the workers if what is done inside is interrupted: nothing that has been begun could go on."""

    def __init__(self, batches: WorkerBatches) -> None:
        self._batches = batches

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if kind is not None:
            self._batches.close()


def _hire(orders: Orders, context: Any, others: list[Hired]) -> Hired:
    """Start a worker."""
    mine, its = context.Pipe()
    forked = context.get_start_method() == "fork"
    inherited = [mine, *(w.connection for w in others)] if forked else []
    process = context.Process(
        target=run, args=(its, inherited, orders), name=f"nn.data worker {orders.id}", daemon=True
    )
    try:
        with warnings.catch_warnings():
            # from Python 3.12 on: a fork has none of the program's threads, and a worker needs none of them
            warnings.filterwarnings("ignore", ".*fork", DeprecationWarning)
            process.start()
    except BaseException:
        mine.close()
        raise
    finally:
        its.close()
    return Hired(process, mine, orders.id)


def _dismiss(workers: list[Hired], program: int) -> None:
    """End workers: by telling them, and those that have not gone after a while by a signal."""
    if os.getpid() != program:
        return  # a forked process is not who started them
    for worker in workers:
        with suppress(OSError):  # it may be dead
            worker.connection.send_bytes(pickled(None))
        worker.connection.close()
    for end in (None, "terminate", "kill"):
        until = time.monotonic() + GRACE
        for worker in workers:
            if end is not None and worker.process.is_alive():
                getattr(worker.process, end)()
        for worker in workers:
            worker.process.join(max(0.0, until - time.monotonic()))
        if not any(worker.process.is_alive() for worker in workers):
            break


def _error(failure: Failure, number: int) -> BaseException:
    """The error that a worker met, with the traceback from there as a note."""
    note = f"Caught {failure.name} in DataLoader worker process {number}.\nOriginal {failure.text}"
    error = failure.error
    if error is None and failure.kind is not None:
        error = failure.kind.__new__(failure.kind, failure.message)
    if error is None:
        return WorkerError(note)
    error.add_note(note)
    return error
