"""`Trainer`: the part of a model that is compiled, trained and evaluated."""

from __future__ import annotations


class Trainer:
    """What a model needs to be trained."""
