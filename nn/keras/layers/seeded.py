"""What layers draw random numbers from: the process's generator, or one of their own."""

from __future__ import annotations

from typing import Any

from autograd.random import Generator


class Seeded:
    """The part of a layer that has a seed."""

    seed: int | None

    def source(self) -> Generator | None:
        """The generator of its own, made from the seed when it is first asked for; None without a seed."""
        if self.seed is None:
            return None
        attributes: dict[str, Any] = vars(self)
        if "_source" not in attributes:
            attributes["_source"] = Generator().manual_seed(self.seed)
        own: Generator = attributes["_source"]
        return own
