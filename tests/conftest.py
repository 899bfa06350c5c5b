"""What every test shares: Hypothesis profiles, and random generators that start the same in each test."""

import gc
import os
import random

import hypothesis
import numpy as np
import pytest

# No deadline: the first call of a kernel is slow, and a busy machine slower. In CI the examples are the same
# in every run; elsewhere each run looks at new ones.
hypothesis.settings.register_profile("default", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") == "true" else "default")

SEED = 0


def pytest_collection_finish() -> None:
    """Keep the tests themselves out of every later collection of garbage: over a million objects that stay."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _seeded() -> None:
    """Start every global generator from one seed, so that no test depends on those before it."""
    import autograd

    random.seed(SEED)
    np.random.seed(SEED)  # noqa: NPY002  some libraries that tests compare with draw from it
    autograd.manual_seed(SEED)


@pytest.fixture
def rng() -> np.random.Generator:
    """A generator of a test's own inputs."""
    return np.random.default_rng(SEED)
