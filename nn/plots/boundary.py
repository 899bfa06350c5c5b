"""Where in the plane a classifier decides for which class."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from autograd.errors import ArgumentError, ShapeError
from nn.module import Module
from nn.plots.canvas import BLUE, MARKERS, ORANGE, bar, class_names, colour, numbers, place, same_length


def decision_boundary(
    model: Any,
    x: Any,
    y: Any,
    classes: Any = None,
    features: Any = None,
    logits: bool | None = None,
    resolution: int = 200,
    ax: Any = None,
) -> Any:
    """Draw which class a model gives to each place in the plane, how sure it is of it, and the samples.

    Of two classes the colours are the probability of class 1 and the line is where it is ½; of more, each place has the
    colour of the likeliest class, the paler the less likely, and the lines are where it changes.

    Args:
        model: a `Module`, which is asked in eval mode, an estimator with `predict_proba`, or a function from places
            (M, 2) to scores (M,), (M, 1) or (M, C).
        x: samples (N, 2).
        y: their classes (N,).
        classes: a name for each class.
        features: what the two columns of x are, with units.
        logits: whether the scores are logits, to be put through a sigmoid or softmax (if any is not in [0, 1]).
        resolution: how many places along each side.
        ax: axes to draw into.

    Returns:
        The axes.

    Raises:
        ShapeError: if x does not have two columns, or a class for each row, or the model gives something else.
        ArgumentError: if x or the scores are not finite, or a class is negative.

    >>> ax = decision_boundary(lambda places: places[:, 0], [[-1.0, 0.0], [1.0, 1.0]], [0, 1])
    >>> [point.tolist() for point in ax.collections[-1].get_offsets()]
    [[1.0, 1.0]]
    """
    op = "decision_boundary"
    points, labels = numbers(op, "x", x), numbers(op, "y", y).reshape(-1).astype(np.int64)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ShapeError(
            f"{op}: x has shape (N, 2), got {points.shape}; choose two columns, or project on a plane"
        )
    same_length(op, x=points, y=labels)
    if not np.isfinite(points).all():
        raise ArgumentError(f"{op}: x must be finite, it holds NaN or infinity")
    if labels.min() < 0:
        raise ArgumentError(f"{op}: y must hold classes, integers from 0 on, got {labels.min()}")
    across, up = (_range(points[:, k], resolution) for k in (0, 1))
    places = np.stack(np.meshgrid(across, up), -1).reshape(-1, 2).astype(np.float32)
    chances = _chances(op, _asked(model, places), len(places), logits).reshape(resolution, resolution, -1)
    count = max(2, chances.shape[-1], int(labels.max()) + 1)
    names = class_names(op, count, classes)

    ax = place(ax, 6.8, 5.4)
    if chances.shape[-1] == 1:
        _two(ax, across, up, chances[..., 0], names)
    else:
        _several(ax, across, up, chances)
    for k in range(count):
        chosen = points[labels == k]
        if len(chosen):
            ax.scatter(
                chosen[:, 0], chosen[:, 1], s=34, marker=MARKERS[k % len(MARKERS)], edgecolors="white", linewidths=0.8,
                color=colour(k), label=names[k], zorder=3,
            )  # fmt: skip
    horizontal, vertical = features or ("x₁", "x₂")
    ax.set(
        title="Decision boundary", xlabel=horizontal, ylabel=vertical, xlim=across[[0, -1]], ylim=up[[0, -1]]
    )
    ax.legend(title="class", loc="best", framealpha=0.9)
    return ax


def _range(values: Any, resolution: int) -> Any:
    """Places along one side, some way beyond the samples."""
    low, high = float(values.min()), float(values.max())
    margin = 0.12 * (high - low) or 1.0
    return np.linspace(low - margin, high + margin, resolution)


def _asked(model: Any, places: Any) -> Any:
    """What the model says of places."""
    if hasattr(model, "predict_proba"):
        return model.predict_proba(places)
    if not isinstance(model, Module):
        return model(autograd.tensor(places))
    training = [m for m in model.modules() if m.training]
    model.eval()
    try:
        with autograd.no_grad():
            return model(autograd.tensor(places))
    finally:
        for m in training:
            m.training = True


def _chances(op: str, scores: Any, count: int, logits: bool | None) -> Any:
    """Probabilities (M, 1) of class 1, or (M, C)."""
    found = numbers(op, "what the model gives", scores).astype(np.float64)
    found = found[:, None] if found.ndim == 1 else found
    if found.ndim != 2 or len(found) != count:
        raise ShapeError(
            f"{op}: the model must give scores (M,), (M, 1) or (M, C) for M = {count} places, got {found.shape}"
        )
    if not np.isfinite(found).all():
        raise ArgumentError(f"{op}: the model gives scores that are NaN or infinite")
    if logits is None:
        logits = bool(found.min() < 0 or found.max() > 1)
    if logits:
        if found.shape[1] == 1:
            return 1 / (1 + np.exp(-np.clip(found, -500, 500)))
        powers = np.exp(found - found.max(1, keepdims=True))
        found = powers / powers.sum(1, keepdims=True)
    return found[:, 1:] if found.shape[1] == 2 else found


def _two(ax: Any, across: Any, up: Any, chance: Any, names: list[str]) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    shades = LinearSegmentedColormap.from_list("two classes", [BLUE, "white", ORANGE])
    extent = (across[0], across[-1], up[0], up[-1])
    options = {"origin": "lower", "extent": extent, "aspect": "auto", "interpolation": "bilinear"}
    shown = ax.imshow(chance, cmap=shades, alpha=0.55, vmin=0, vmax=1, **options)
    if chance.min() < 0.5 < chance.max():
        ax.contour(across, up, chance, levels=[0.5], colors="black", linewidths=1.5)
    bar(ax.figure, shown, ax, f"probability of class {names[1]}")


def _several(ax: Any, across: Any, up: Any, chances: Any) -> None:
    from matplotlib.colors import to_rgb

    likeliest = chances.argmax(-1)
    count = chances.shape[-1]
    inks = np.array([to_rgb(colour(k)) for k in range(count)])[likeliest]
    sure = np.clip((chances.max(-1) - 1 / count) / (1 - 1 / count), 0, 1)[..., None]
    shown = 1 - (0.12 + 0.38 * sure) * (1 - inks)
    extent = (across[0], across[-1], up[0], up[-1])
    ax.imshow(shown, origin="lower", extent=extent, aspect="auto", interpolation="nearest")
    for k in range(count):
        inside = (likeliest == k).astype(float)
        if 0 < inside.mean() < 1:
            ax.contour(across, up, inside, levels=[0.5], colors="black", linewidths=0.8)
