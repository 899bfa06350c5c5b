"""What a classifier took for what."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import ArgumentError
from nn.plots.canvas import GREY, bar, class_names, numbers, place, same_length

_MOST = 1000  # classes: the matrix has their square, and nobody could read it
_LABELS = {
    None: "samples",
    "true": "share of the true class",
    "pred": "share of the predicted class",
    "all": "share of all samples",
}


def confusion_matrix(
    y_true: Any, y_pred: Any, classes: Any = None, normalize: str | None = None, ax: Any = None
) -> Any:
    """Draw how often each class (row) was taken for each class (column).

    Args:
        y_true: the true classes (N,), integers.
        y_pred: the predicted ones (N,), or scores (N, C), of which the highest counts.
        classes: a name for each class.
        normalize: None for numbers of samples; "true" for shares of each row, "pred" of each column, "all" of all.
        ax: axes to draw into.

    Returns:
        The axes.

    Raises:
        ShapeError: if there is not one prediction for each class.
        ArgumentError: if they are not integers from 0 on, or names are missing.

    >>> ax = confusion_matrix([0, 0, 1, 1], [0, 1, 1, 1], classes=["cat", "dog"])
    >>> ax.images[0].get_array().tolist(), ax.get_title()
    ([[1.0, 1.0], [0.0, 2.0]], 'Confusion matrix: 75 % correct')
    """
    op = "confusion_matrix"
    if normalize not in _LABELS:
        raise ArgumentError(f"{op}: normalize is None, 'true', 'pred' or 'all', got {normalize!r}")
    true, predicted = _classes(op, "y_true", y_true), _classes(op, "y_pred", y_pred)
    same_length(op, y_true=true, y_pred=predicted)
    count = int(max(true.max(), predicted.max())) + 1
    if count > _MOST:
        raise ArgumentError(
            f"{op}: classes are numbered from 0 on, at most {_MOST} of them; got the number {count - 1}"
        )
    count = count if classes is None else max(count, len(list(classes)))
    names = class_names(op, count, classes)
    counts = np.bincount(true * count + predicted, minlength=count * count).reshape(count, count)
    shown = counts.astype(np.float64)
    if normalize is not None:
        total = {"true": shown.sum(1, keepdims=True), "pred": shown.sum(0, keepdims=True), "all": shown.sum()}
        shown = np.divide(shown, total[normalize], out=np.zeros_like(shown), where=total[normalize] > 0)

    side = max(4.0, min(12.0, 0.55 * count + 2))
    ax = place(ax, side + 1.2, side)
    image = ax.imshow(shown, cmap="Blues", vmin=0, vmax=1 if normalize in ("true", "pred") else None)
    top = image.norm.vmax or 1
    for i, j in np.ndindex(count, count) if count <= 30 else ():
        text = f"{shown[i, j]:.2f}" if normalize else f"{counts[i, j]:,}"
        ink = "white" if shown[i, j] > 0.55 * top else "black" if counts[i, j] else GREY
        ax.text(j, i, text, ha="center", va="center", color=ink)
    correct = 100 * np.trace(counts) / len(true)
    ax.set(title=f"Confusion matrix: {correct:.3g} % correct", xlabel="predicted class", ylabel="true class")
    slanted = max(map(len, names)) > 3 and count > 2
    ax.set_xticks(
        range(count), names, rotation=45 if slanted else 0, ha="right" if slanted else "center",
        rotation_mode="anchor" if slanted else None,
    )  # fmt: skip
    ax.set_yticks(range(count), names)
    bar(ax.figure, image, ax, _LABELS[normalize])
    return ax


def _classes(op: str, name: str, value: Any) -> Any:
    """Classes (N,), of scores (N, C) the highest."""
    array = numbers(op, name, value)
    if array.ndim == 2 and array.shape[1] > 1:
        array = array.argmax(1)
    array = array.reshape(-1)
    whole = np.nan_to_num(array).astype(np.int64)
    if (whole != array).any() or (whole < 0).any():
        raise ArgumentError(f"{op}: {name} must hold classes, integers from 0 on, or scores (N, C)")
    return whole
