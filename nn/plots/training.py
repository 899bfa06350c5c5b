"""How training went: a panel for each quantity, over the epochs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd.errors import ArgumentError, DTypeError
from nn.plots.canvas import BLUE, GREY, ORANGE, numbers, panels

_RATES = ("learning_rate", "lr")
_SHARES = ("accuracy", "acc", "precision", "recall", "auc", "f1", "f1_score")
_HIGHER = ("r2", "r2_score", "cosine_similarity", "iou")


def history(history: Any, quantities: Sequence[str] | None = None, ax: Any = None) -> Any:
    """Draw how the loss, the metrics and the learning rate went, epoch by epoch.

    Training is blue, validation (`val_` and the same name) orange; a dot marks the best epoch of validation: the lowest
    loss or error, the highest share.

    Args:
        history: lists of numbers by name, such as {"loss": […], "val_loss": […]}, or an object that has them as
            `.history`.
        quantities: which to draw, in this order (all).
        ax: axes to draw into, one for each quantity, or one for the first.

    Returns:
        The figure, or the axes that were given.

    Raises:
        ArgumentError: if there is nothing to draw, or no such quantity.
        DTypeError: if it is something else.

    >>> figure = history({"loss": [0.9, 0.5, 0.4], "val_loss": [1.0, 0.7, 0.8]})
    >>> [line.get_ydata().tolist() for line in figure.axes[0].lines[:2]]
    [[0.9, 0.5, 0.4], [1.0, 0.7, 0.8]]
    """
    curves: Mapping[str, Any] = getattr(history, "history", history)
    if not isinstance(curves, Mapping):
        raise DTypeError(
            f"history: needs lists by name, such as {{'loss': […]}}, got {type(curves).__name__}"
        )
    names = list(dict.fromkeys(name.removeprefix("val_") for name in curves))
    names.sort(key=lambda name: (name != "loss", name in _RATES))
    if quantities is not None:
        unknown = [name for name in quantities if name not in names]
        if unknown:
            raise ArgumentError(f"history: there is no {unknown[0]!r}, but {', '.join(map(repr, names))}")
        names = list(quantities)
    if not names or all(len(c) == 0 for c in curves.values()):
        raise ArgumentError("history: there is nothing to draw; has the model been trained?")
    if ax is None:
        columns = min(3, len(names))
        figure, axes = panels(-(-len(names) // columns), columns, 5.2, 3.8)
        for unused in axes[len(names) :]:
            unused.remove()
        result = figure
    else:
        axes, result = list(np.ravel(ax)), ax
    for name, place in zip(names, axes, strict=False):
        _panel(place, name, curves, getattr(history, "epoch", []))
    return result


def _panel(ax: Any, name: str, curves: Mapping[str, Any], numbered: Sequence[int]) -> None:
    drawn = []
    for key, label, colour in ((name, "training", BLUE), (f"val_{name}", "validation", ORANGE)):
        if key in curves and len(curves[key]):
            values = numbers("history", key, curves[key])
            epochs = 1 + np.asarray(numbered if len(numbered) == len(values) else range(len(values)))
            ax.plot(
                epochs,
                values,
                color=colour,
                label=label,
                linewidth=1.8,
                marker="o" if len(values) < 3 else None,
            )
            drawn.append((epochs, values))
    title = name.replace("_", " ")
    ax.set(title=title[:1].upper() + title[1:], xlabel="epoch", ylabel=title)
    ax.grid(alpha=0.25)
    if not drawn:
        return
    ax.set_xlim(min(e[0] for e, _ in drawn) - 0.5, max(e[-1] for e, _ in drawn) + 0.5)
    ax.xaxis.get_major_locator().set_params(integer=True)
    if name in _RATES:
        if all((v > 0).all() and v.max() > 20 * v.min() for _, v in drawn):
            ax.set_yscale("log")
        return
    if _is_share(name):
        ax.yaxis.set_major_formatter(
            lambda share, _: f"{share:.4g}" if share > 1 + 1e-9 else f"{100 * share:.4g} %"
        )
    if f"val_{name}" in curves and np.isfinite(drawn[-1][1]).any():
        _mark_best(ax, name, *drawn[-1])
    ax.legend(loc="best")


def _is_share(name: str) -> bool:
    return name.lower().endswith(_SHARES)


def _mark_best(ax: Any, name: str, epochs: Any, values: Any) -> None:
    """A dot where validation was best, and its value."""
    higher = _is_share(name) or name.endswith(_HIGHER)
    best = int(np.nanargmax(values) if higher else np.nanargmin(values))
    epoch = int(epochs[best])
    value = f"{100 * values[best]:.4g} %" if _is_share(name) and values[best] <= 1 else f"{values[best]:.4g}"
    ax.plot(
        [epoch], [values[best]], "o", color=ORANGE, markeredgecolor="white", markersize=9,
        label=f"best: {value} in epoch {epoch}",
    )  # fmt: skip
    ax.axvline(epoch, color=GREY, linewidth=0.8, linestyle=":", zorder=0)
