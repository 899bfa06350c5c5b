"""Random indices, read and written: values, errors and gradients are PyTorch's.

AUTOGRAD_FUZZ_INDICES says how many; `python -m tests.parity.indices 20000` compares that many without pytest.
"""

from __future__ import annotations

import os

import pytest

pytest.importorskip("torch")

from tests.parity import indices

COUNT = int(os.environ.get("AUTOGRAD_FUZZ_INDICES", "10000"))
GROUPS = 10


# PyTorch's own warnings, also from its backward
@pytest.mark.filterwarnings("ignore:indexing with dtype torch.uint8", "ignore:Using a non-tuple sequence")
@pytest.mark.parametrize("group", range(GROUPS))
def test_random_indices(group: int) -> None:
    """Every index of the group; the message of a failure is the program."""
    for seed in range(group, COUNT, GROUPS):
        indices.compare(seed)
