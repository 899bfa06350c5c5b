"""Data sets that worker processes read; here, so that a process that is started anew finds them too."""

import os
import random
import signal
import time

import numpy as np

import autograd
from nn.data import Dataset, IterableDataset, get_worker_info


class Numbers(Dataset):
    """Sample i is (i, an array full of i)."""

    def __init__(self, n=20, shape=(3,)):
        self.n, self.shape = n, shape

    def __getitem__(self, i):
        return i, np.full(self.shape, i, np.float32)

    def __len__(self):
        return self.n


class Drawn(Dataset):
    """Each sample draws from the three global generators, and tells who drew."""

    def __getitem__(self, i):
        info = get_worker_info()
        who = (-1, -1) if info is None else (info.id, info.seed)
        return (i, *who, random.random(), np.random.rand(), autograd.rand(()).item())  # noqa: NPY002  # what is tested

    def __len__(self):
        return 12


class Uneven(IterableDataset):
    """Worker i counts to `counts[i]`."""

    def __init__(self, *counts):
        self.counts = counts

    def __iter__(self):
        worker = get_worker_info().id
        return iter([100 * worker + i for i in range(self.counts[worker])])


class SpecialError(Exception):
    """Needs two arguments."""

    def __init__(self, code, reason):
        super().__init__(f"{code}: {reason}")
        self.code, self.reason = code, reason

    def __reduce__(self):
        return SpecialError, (self.code, self.reason)


class StubbornError(Exception):
    """Does not survive pickling."""

    def __init__(self, *, code):
        super().__init__(f"code {code}")


class Faulty(Dataset):
    """Something happens at sample 7."""

    def __init__(self, fault, n=20):
        self.fault, self.n = fault, n

    def __getitem__(self, i):
        if i == 7:
            self.fault()
        return i

    def __len__(self):
        return self.n


class Paused(Dataset):
    """Samples take a while, in the worker with number 0."""

    def __init__(self, seconds, n=8):
        self.seconds, self.n = seconds, n

    def __getitem__(self, i):
        if get_worker_info().id == 0:
            time.sleep(self.seconds)
        return i

    def __len__(self):
        return self.n


class Waiting(Dataset):
    """Sample 0 waits for sample 5, which another worker reads."""

    def __init__(self, event):
        self.event = event

    def __getitem__(self, i):
        if i == 0:
            self.event.wait(60)
        if i == 5:
            self.event.set()
        return i

    def __len__(self):
        return 8


def value_error():
    raise ValueError("sample 7 is bad")


def key_error():
    raise KeyError("no such thing")


def special():
    raise SpecialError(7, "no reason")


def stubborn():
    raise StubbornError(code=5)


def local():
    class LocalError(Exception):
        pass

    raise LocalError("who knows me?")


def os_error():
    raise FileNotFoundError(2, "not there", "image.png")


def shape_error():
    autograd.ones(2) + autograd.ones(3)


def killed():
    os.kill(os.getpid(), signal.SIGKILL)


def left():
    os._exit(3)


def exited():
    raise SystemExit(4)


def fail_in_worker_1(worker):
    if worker == 1:
        raise RuntimeError(f"no start for {worker}")


def note_worker(worker):
    get_worker_info().dataset.noted = worker


class Noted(Dataset):
    noted = -1

    def __getitem__(self, i):
        return i, self.noted, get_worker_info().num_workers

    def __len__(self):
        return 8
