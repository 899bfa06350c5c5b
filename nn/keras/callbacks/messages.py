"""What callbacks say when they are made with `verbose=1`."""

from __future__ import annotations

import sys


def say(verbose: int, epoch: int, text: str) -> None:
    """Write a line about an epoch, counted from 0, above a progress bar that may be open; nothing if verbose is 0.

    >>> say(1, 4, "early stopping")
    Epoch 5: early stopping
    """
    if verbose:
        from tqdm import tqdm

        tqdm.write(f"Epoch {epoch + 1}: {text}", file=sys.stdout)
