"""Text, as pieces of characters that each have the next one to be guessed."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from autograd import Tensor
from autograd.errors import ArgumentError
from nn.data.dataset import Dataset


class Characters(Dataset[tuple[Tensor, Tensor]]):
    """Pieces of a text: sample i is (x, y), both (length), int64; y is x one character further on.

    Args:
        text: what is cut into pieces.
        length: of each piece, in characters.
        step: from the beginning of a piece to that of the next (`length`: no piece overlaps another).
        symbols: the characters, in the order of their numbers (those of the text, sorted).

    Raises:
        ArgumentError: if the text is too short for a piece, or has a character that is not among the symbols.

    >>> data = Characters("hello world", length=4)
    >>> x, y = data[1]
    >>> len(data), data.symbols, data.decode(x), data.decode(y)
    (2, ' dehlorw', 'o wo', ' wor')
    """

    def __init__(self, text: str, length: int, step: int | None = None, symbols: str | None = None) -> None:
        self.length = length
        self.step = length if step is None else step
        self.symbols = "".join(sorted(set(text))) if symbols is None else symbols
        self._number_of = {c: i for i, c in enumerate(self.symbols)}
        if length < 1 or self.step < 1 or len(text) <= length:
            raise ArgumentError(
                f"Characters: pieces of {length} characters, {self.step} apart, need a text of more than {length}; "
                f"it has {len(text)}"
            )
        self.numbers = self.encode(text)

    def encode(self, text: str) -> Tensor:
        """The numbers of characters: (len(text)).

        Raises:
            ArgumentError: for one that is not among the symbols.
        """
        unknown = sorted(set(text) - self._number_of.keys())
        if unknown:
            raise ArgumentError(f"Characters: {unknown[0]!r} is not among the symbols")
        return autograd.tensor(np.array([self._number_of[c] for c in text], np.int64))

    def decode(self, numbers: Any) -> str:
        """The characters of numbers."""
        return "".join(self.symbols[int(i)] for i in numbers)

    def __len__(self) -> int:
        return (len(self.numbers) - 1 - self.length) // self.step + 1

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        if not -len(self) <= index < len(self):
            raise IndexError(f"Characters: there is no piece {index}, there are {len(self)}")
        start = index % len(self) * self.step
        piece = self.numbers[start : start + self.length + 1]
        return piece[:-1], piece[1:]

    def __getbatch__(self, indices: Any) -> Any:
        """The pieces of a batch, by one indexing."""
        where = np.asarray(indices)
        if where.size and not (where.min() >= -len(self) and where.max() < len(self)):
            return NotImplemented
        starts = where % len(self) * self.step
        pieces = self.numbers.array[starts[:, None] + np.arange(self.length + 1)]
        return [autograd.tensor(pieces[:, :-1]), autograd.tensor(pieces[:, 1:])]

    def __repr__(self) -> str:
        return f"Characters({len(self)} pieces of {self.length} characters, {len(self.symbols)} symbols)"


def manual(length: int = 64, step: int | None = None, characters: int | None = None) -> Characters:
    """Python's manual, what `help("assignment")` and its like show: about 450,000 characters, 100 symbols.

    Args:
        length, step: of the pieces, see `Characters`.
        characters: how much of the text (all).

    >>> data = manual(length=20)
    >>> x, y = data[0]
    >>> x.shape, len(data) > 20000
    (autograd.Size([20]), True)
    """
    from pydoc_data.topics import topics

    text = "\n".join(topics[name] for name in sorted(topics))
    return Characters(text[:characters], length, step)
