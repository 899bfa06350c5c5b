"""`Table`: inputs and targets, with the names of their columns and classes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nn.data.dataset import TensorDataset


class Table(TensorDataset):
    """Inputs x (N, …) and targets y (N), which say what they are.

    Attributes:
        x, y: the tensors.
        features: what each column of x holds, with its unit; empty for images.
        classes: what each number in y stands for; empty if y is measured.
        target: what y holds, with its unit.

    >>> data = Table([[1.70], [1.85]], [62.0, 80.0], features=["height (m)"], target="weight (kg)")
    >>> data
    Table(2 samples, x (2, 1), y weight (kg))
    """

    def __init__(
        self,
        x: Any,
        y: Any,
        *,
        features: Iterable[str] = (),
        classes: Iterable[str] = (),
        target: str = "class",
    ) -> None:
        super().__init__(x, y)
        self.x, self.y = self.tensors
        self.features = tuple(features)
        self.classes = tuple(classes)
        self.target = target

    def __repr__(self) -> str:
        classes = f" of {len(self.classes)}" if self.classes else ""
        return f"Table({len(self)} samples, x {tuple(self.x.shape)}, y {self.target}{classes})"
