"""What goes wrong in workers: errors, deaths, interruptions. The program hears of it at once, and nothing is left."""

import contextlib
import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from autograd.errors import ShapeError, WorkerError
from nn.data import DataLoader, TensorDataset

from . import samples
from .samples import Faulty, IterableDataset, Numbers, Paused

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def _none_left():
    """No worker outlives its test."""
    yield
    gc.collect()
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(
    ("fault", "error", "message"),
    [
        (samples.value_error, ValueError, "sample 7 is bad"),
        (samples.key_error, KeyError, "no such thing"),
        (samples.special, samples.SpecialError, "7: no reason"),
        (samples.stubborn, samples.StubbornError, "code 5"),
        (samples.local, WorkerError, "LocalError: who knows me?"),
        (samples.os_error, FileNotFoundError, "not there"),
        (samples.shape_error, ShapeError, r"\(2,\)"),
    ],
)
def test_an_error_comes_with_its_type_and_the_traceback_from_there(workers, fault, error, message):
    batches = iter(DataLoader(Faulty(fault), batch_size=2, num_workers=workers))
    assert [next(batches).tolist() for _ in range(3)] == [[0, 1], [2, 3], [4, 5]]
    with pytest.raises(error, match=message) as caught:
        next(batches)
    assert type(caught.value) is error
    told = "\n".join([str(caught.value), *getattr(caught.value, "__notes__", [])])
    assert f"in DataLoader worker process {3 % workers}.\nOriginal Traceback" in told
    assert f"in {fault.__name__}\n" in told  # the function's name, in the traceback
    assert [b.tolist() for b in batches] == [[n, n + 1] for n in range(8, 20, 2)]  # the pass goes on


def test_workers_end_with_the_pass_that_failed_not_with_the_next_collection():
    gc.disable()
    try:
        with contextlib.suppress(ValueError):
            list(DataLoader(Faulty(samples.value_error), num_workers=1))
        assert multiprocessing.active_children() == []
    finally:
        gc.enable()


def test_errors_keep_what_they_hold():
    with pytest.raises(FileNotFoundError) as caught:
        list(DataLoader(Faulty(samples.os_error), num_workers=1))
    assert (caught.value.errno, caught.value.filename) == (2, "image.png")
    with pytest.raises(samples.SpecialError) as caught:
        list(DataLoader(Faulty(samples.special), num_workers=1))
    assert (caught.value.code, caught.value.reason) == (7, "no reason")


def test_a_batch_that_cannot_be_sent():
    class Unsendable(Numbers):
        def __getitem__(self, i):
            return lambda: i

    loader = DataLoader(Unsendable(3), batch_size=None, num_workers=1)
    with pytest.raises((AttributeError, TypeError, WorkerError), match="pickle") as caught:
        list(loader)
    assert "worker process 0" in "".join([str(caught.value), *getattr(caught.value, "__notes__", [])])


def test_a_worker_that_cannot_begin():
    batches = iter(DataLoader(Numbers(8), 2, num_workers=2, worker_init_fn=samples.fail_in_worker_1))
    assert next(batches)[0].tolist() == [0, 1]
    with pytest.raises(RuntimeError, match="no start for 1"):
        next(batches)

    class Broken(IterableDataset):
        def __iter__(self):
            raise OSError("no stream")

    with pytest.raises(OSError, match="no stream"):
        list(DataLoader(Broken(), num_workers=1))


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("in_order", [True, False])
@pytest.mark.parametrize(
    ("fault", "how"),
    [
        (samples.killed, "killed by SIGKILL; the system does so for want of memory"),
        (samples.left, "exited with status 3"),
        (samples.exited, "exited with status 4"),
    ],
)
def test_a_worker_that_dies(fault, how, keep, in_order):
    loader = DataLoader(Faulty(fault), 2, num_workers=2, persistent_workers=keep, in_order=in_order)
    batches, read = iter(loader), []
    with pytest.raises(WorkerError, match=how) as caught:
        read.extend(i for batch in batches for i in batch.tolist())
    assert "DataLoader worker (pid(s) " in str(caught.value)
    assert not in_order or read == [0, 1, 2, 3, 4, 5]
    assert multiprocessing.active_children() == []
    assert list(batches) == []
    if keep:  # another pass has new workers, and meets the same end
        with pytest.raises(WorkerError, match=how):
            list(loader)


def test_a_worker_that_is_killed_from_outside_while_the_program_waits():
    batches = iter(DataLoader(Paused(60), 2, num_workers=1))
    (process,) = multiprocessing.active_children()
    os.kill(process.pid, signal.SIGKILL)
    with pytest.raises(WorkerError, match=rf"worker \(pid\(s\) {process.pid}\) .*SIGKILL"):
        next(batches)


def test_a_worker_that_dies_while_nobody_waits():
    batches = iter(DataLoader(Numbers(1000), 2, num_workers=2))
    next(batches)
    for process in multiprocessing.active_children():
        os.kill(process.pid, signal.SIGKILL)
        process.join()
    with pytest.raises(WorkerError, match="SIGKILL"):
        list(batches)


def test_a_worker_that_dies_amid_a_large_message():
    class Large(Numbers):
        def __getitem__(self, i):
            return "x" * 3_000_000

    batches = iter(DataLoader(Large(4), batch_size=None, num_workers=1, prefetch_factor=2))
    assert len(next(batches)) == 3_000_000
    (worker,) = batches._workers
    assert worker.connection.poll(60)  # it is writing, and the pipe holds less than that
    os.kill(worker.process.pid, signal.SIGKILL)
    with pytest.raises(WorkerError, match="SIGKILL"):
        next(batches)


def test_a_worker_that_takes_too_long():
    batches = iter(DataLoader(Paused(60), 2, num_workers=2, timeout=0.2))
    with pytest.raises(WorkerError, match=r"timed out after 0.2 seconds: worker 0 \(pid"):
        next(batches)
    assert multiprocessing.active_children() == []
    assert len(list(DataLoader(Numbers(6), 2, num_workers=2, timeout=30))) == 3


def test_an_interruption_while_it_waits(monkeypatch):
    def interrupted(*_):
        monkeypatch.undo()
        raise KeyboardInterrupt

    batches = iter(DataLoader(Numbers(100), 2, num_workers=2))
    next(batches)
    monkeypatch.setattr("multiprocessing.connection.wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        next(batches)
    assert multiprocessing.active_children() == []
    assert list(batches) == []


PROGRAM = """
import multiprocessing, sys, time
from nn.data import DataLoader
from tests.nn.data.samples import Numbers, Paused

class Slow(Numbers):
    def __getitem__(self, i):
        if i > 4:
            time.sleep(60)
        return i

for batch in DataLoader(Slow(), 2, num_workers=2):
    print(*(p.pid for p in multiprocessing.active_children()), flush=True)
"""


def running(program):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=ROOT,
        start_new_session=True,
    )


def lives(pid):
    with contextlib.suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    return False


def gone(pids):
    """Whether the processes end, within a minute."""
    for _ in range(600):
        if not any(map(lives, pids)):
            return True
        time.sleep(0.1)
    return False


def test_ctrl_c_ends_the_program_and_its_workers():
    program = running(PROGRAM)
    pids = [int(p) for p in program.stdout.readline().split()]
    program.stdout.readline()
    time.sleep(0.3)  # it waits for the batch that takes a minute
    os.killpg(program.pid, signal.SIGINT)  # as a terminal does: all of them
    _, errors = program.communicate(timeout=30)
    assert program.returncode in (-signal.SIGINT, 1)
    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert errors.count("Traceback") == 1  # the workers are quiet
    assert len(pids) == 2
    assert gone(pids)


def test_workers_end_when_the_program_is_killed():
    program = running(PROGRAM)
    pids = [int(p) for p in program.stdout.readline().split()]
    program.kill()
    program.communicate(timeout=30)
    assert len(pids) == 2
    assert gone(pids)


def test_a_program_that_ends_amid_a_pass_ends_quietly():
    program = running(
        """
        from nn.data import DataLoader
        from tests.nn.data.samples import Numbers
        kept = iter(DataLoader(Numbers(10**6, (64, 64)), 4, num_workers=2, persistent_workers=True))
        next(kept)
        print("read", flush=True)
        """
    )
    out, errors = program.communicate(timeout=60)
    assert (program.returncode, out, errors) == (0, "read\n", "")


@pytest.mark.parametrize("workers", [0, 2])
def test_an_empty_data_set(workers):
    assert list(DataLoader(Numbers(0), 2, num_workers=workers)) == []
    assert len(DataLoader(Numbers(0), 2, num_workers=workers)) == 0
    with pytest.raises(ValueError, match="the data set is empty"):
        DataLoader(Numbers(0), 2, shuffle=True, num_workers=workers)


def test_lengths_that_do_not_match():
    with pytest.raises(AssertionError, match=r"one length, got shapes \(3,\), \(2,\)"):
        TensorDataset([1, 2, 3], [1, 2])

    class Boastful(Numbers):
        def __getitem__(self, i):
            return [1, 2, 3][i]

    for workers in (0, 1):
        with pytest.raises(IndexError, match="list index out of range"):
            list(DataLoader(Boastful(5), 2, num_workers=workers))
