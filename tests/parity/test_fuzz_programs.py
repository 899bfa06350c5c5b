"""Random programs of views and in-place writes: values, errors and gradients are PyTorch's.

AUTOGRAD_FUZZ_PROGRAMS says how many; `python -m tests.parity.programs 10000` runs that many without pytest.
"""

from __future__ import annotations

import os

import pytest

pytest.importorskip("torch")

from tests.parity import programs

COUNT = int(os.environ.get("AUTOGRAD_FUZZ_PROGRAMS", "10000"))
GROUPS = 10


@pytest.mark.parametrize("group", range(GROUPS))
def test_random_programs(group: int) -> None:
    """Every program of the group; the message of a failure is the program."""
    for seed in range(group, COUNT, GROUPS):
        programs.run(seed)
