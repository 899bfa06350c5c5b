"""A workload: one job that every peer does with its own library, and the limit set on our time for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Step = Callable[
    [], object
]  # does the job once; returns numbers, arrays or tensors to compare, in tuples or lists
Build = Callable[[], Step]  # imports the library, prepares the data and the model


@dataclass(frozen=True)
class Peer:
    """One way to do the job: a library, and the environment that holds it."""

    build: Build
    distribution: str | None  # whose version is printed; None for plain Python
    environment: str  # "peers" or "hips"


@dataclass
class Workload:
    """A job, its peers, and the bar: `subject` takes at most `bar` times what `reference` takes."""

    key: str
    title: str
    bar: float
    reference: str = "PyTorch"
    subject: str = "tapegrad"
    operations: int = 0  # where given, time is told per operation
    memory: bool = False  # whether the peak memory of one step is compared too
    steps: int = 3  # how many steps must give the numbers of the reference before anything is timed
    rtol: float = 1e-4
    peers: dict[str, Peer] = field(default_factory=dict)

    def peer(
        self, name: str, distribution: str | None, environment: str = "peers"
    ) -> Callable[[Build], Build]:
        """Register the decorated function as the peer `name`."""

        def register(build: Build) -> Build:
            self.peers[name] = Peer(build, distribution, environment)
            return build

        return register
