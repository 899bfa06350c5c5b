"""The timer: what a sample is, and the settings under which every peer runs on one thread."""

from __future__ import annotations

import time
from collections.abc import Callable

# Set for a process before it starts, so that they hold when its libraries are loaded.
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "NPROC": "1",
    "JAX_PLATFORMS": "cpu",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "PYTHONHASHSEED": "0",
}

SAMPLE = 2e-3  # s; a sample is the mean over as many steps as take this long
BLOCK = 0.06  # s; a block is as many samples as take this long, at least one


class Timer:
    """Times blocks of one step. The number of steps in a block is fixed by a first, untimed look."""

    def __init__(self, step: Callable[[], object]) -> None:
        self.step = step
        count, elapsed = 1, self._run(1)
        while elapsed < SAMPLE:
            count *= 2
            elapsed = self._run(count)
        self.steps = max(1, round(count * SAMPLE / elapsed))
        duration = elapsed * self.steps / count
        self.samples = max(1, round(BLOCK / duration))
        self.warm_up = duration < BLOCK

    def _run(self, count: int) -> float:
        step, start = self.step, time.perf_counter()
        for _ in range(count):
            step()
        return time.perf_counter() - start

    def block(self) -> list[float]:
        """Seconds per step, one figure for each sample. A short step runs once before, to have its data in cache."""
        if self.warm_up:
            self.step()
        return [self._run(self.steps) / self.steps for _ in range(self.samples)]
