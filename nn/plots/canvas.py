"""What all figures share: colours, sizes, a place to draw, and numbers from whatever holds them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.errors import ArgumentError, ShapeError

BLUE, ORANGE, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
COLOURS = (BLUE, ORANGE, GREEN, PURPLE, "#E69F00", "#56B4E9", "#000000", "#B8A800")
"""Okabe and Ito's, the yellow darkened to be seen on white: https://jfly.uni-koeln.de/color/"""
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
GREY = "#767676"


def line_style(k: int) -> dict[str, Any]:
    """How curve k is drawn: after eight colours they come again, with broken lines."""
    dashes = ("solid", (0, (5, 1)), (0, (1, 1)))
    return {"color": colour(k), "linestyle": dashes[k // len(COLOURS) % 3], "linewidth": 1.8}


def legend(ax: Any, entries: int, loc: str) -> None:
    """A legend inside, or beside the axes where it would hide too much."""
    if entries > 5:
        ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    else:
        ax.legend(loc=loc)


def colour(k: int) -> str:
    """The colour of class or curve k."""
    return COLOURS[k % len(COLOURS)]


def numbers(op: str, name: str, value: Any, kinds: str = "fiub") -> Any:
    """What a tensor of any library, an array or a list of them holds, as an array.

    Raises:
        ArgumentError: if it does not hold numbers, or rows of different lengths.
    """
    if isinstance(value, (list, tuple)):
        value = [v.detach() if hasattr(v, "detach") else v for v in value]
    if hasattr(value, "detach"):
        value = value.detach()
    if hasattr(value, "cpu"):
        value = value.cpu()
    try:
        array = value.numpy() if hasattr(value, "numpy") else np.asarray(value)
    except ValueError as error:
        raise ArgumentError(f"{op}: {name} must hold rows of one length ({error})") from error
    if array.dtype.kind not in kinds:
        raise ArgumentError(f"{op}: {name} must hold numbers, got {array.dtype} {array.shape}")
    return array


def same_length(op: str, **arrays: Any) -> None:
    """Raise unless arrays are of one length, which is not 0."""
    for name, array in arrays.items():
        if array.ndim == 0:
            raise ShapeError(f"{op}: {name} has shape (N, …), got a single number")
    lengths = {name: len(a) for name, a in arrays.items()}
    if len(set(lengths.values())) > 1:
        raise ShapeError(f"{op}: must be of one length: {', '.join(f'{k} {v}' for k, v in lengths.items())}")
    if 0 in lengths.values():
        raise ShapeError(f"{op}: there is nothing to draw, {next(iter(lengths))} is empty")


def place(ax: Any, width: float = 6.4, height: float = 4.8) -> Any:
    """The axes that were given, or those of a new figure of this size in inches."""
    if ax is not None:
        return ax
    from matplotlib import pyplot as plt

    return plt.subplots(figsize=(width, height), layout="constrained")[1]


def panels(rows: int, columns: int, width: float, height: float) -> tuple[Any, Any]:
    """A new figure with a grid of panels, each of this size in inches, and the panels in reading order."""
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(
        rows, columns, figsize=(columns * width, rows * height), layout="constrained", squeeze=False
    )
    return figure, list(axes.flat)


def grid(count: int) -> tuple[int, int]:
    """Rows and columns of a grid for so many pictures: few places left empty, wider than high.

    >>> [grid(n) for n in (1, 3, 4, 7, 12, 16, 32)]
    [(1, 1), (1, 3), (2, 2), (2, 4), (3, 4), (4, 4), (4, 8)]
    """
    least, most = math.ceil(math.sqrt(count)), math.ceil(math.sqrt(2.2 * count))
    columns = min(range(least, most + 1), key=lambda c: (-count % c, c))
    return math.ceil(count / columns), columns


def class_names(op: str, count: int, classes: Any, what: str = "") -> list[str]:
    """A name for each class, or each output of a model: those given, or their numbers."""
    if classes is None:
        return [f"{what} {k}".strip() for k in range(count)]
    names = [str(c) for c in classes]
    if len(names) < count:
        raise ArgumentError(
            f"{op}: there are {count} {f'{what}s' if what else 'classes'}, but names of {len(names)}: {names}"
        )
    return names


def bar(figure: Any, image: Any, axes: Any, label: str) -> None:
    """A bar that says what the colours of an image mean."""
    figure.colorbar(image, ax=axes, label=label)
