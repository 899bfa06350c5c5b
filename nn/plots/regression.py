"""What a model of numbers predicts, beside what is true."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import ArgumentError, ShapeError
from nn.plots.canvas import GREY, class_names, colour, numbers, panels, same_length


def predicted_against_true(
    y_true: Any,
    y_pred: Any,
    unit: str | None = None,
    name: str = "value",
    outputs: Any = None,
    ax: Any = None,
) -> Any:
    """Draw predictions over true values, and beside it what they miss by.

    R² = 1 - Σ (y - ŷ)² / Σ (y - ȳ)², and RMSE is √(Σ (y - ŷ)² / N).

    Args:
        y_true, y_pred: (N,), (N, 1), or (N, K) for K outputs, each with its colour.
        unit: of the values, such as "kg".
        name: what the values are.
        outputs: a name for each of K outputs.
        ax: axes to draw into: then there are no residuals.

    Returns:
        The figure, or the axes that were given.

    Raises:
        ShapeError: if the two do not have the same shape.
        ArgumentError: if a value is not finite, or names are missing.

    >>> figure = predicted_against_true([1.0, 2.0, 3.0], [1.1, 1.9, 3.2], unit="kg")
    >>> figure.axes[0].get_title()
    'Predicted against true: R² = 0.970'
    """
    op = "predicted_against_true"
    true, predicted = numbers(op, "y_true", y_true), numbers(op, "y_pred", y_pred)
    same_length(op, y_true=true, y_pred=predicted)
    true, predicted = (a.reshape(len(a), -1).astype(np.float64) for a in (true, predicted))
    if true.shape != predicted.shape:
        raise ShapeError(
            f"{op}: y_true and y_pred must have one shape, got {true.shape} and {predicted.shape}"
        )
    for name_of, array in (("y_true", true), ("y_pred", predicted)):
        if not np.isfinite(array).all():
            raise ArgumentError(f"{op}: {name_of} must be finite, it holds NaN or infinity")
    columns = true.shape[1]
    labels = class_names(op, columns, outputs, "output")
    in_unit = f" ({unit})" if unit else ""
    result = ax
    if ax is None:
        result, (ax, beside) = panels(1, 2, 5.4, 4.6)
        for k in range(columns):
            beside.scatter(predicted[:, k], true[:, k] - predicted[:, k], s=18, color=colour(k), alpha=0.7)
        beside.axhline(0, color=GREY, linestyle="--", linewidth=1.2)
        missed = true - predicted
        beside.set(
            title=f"Residuals: mean {missed.mean():.3g}, deviation {missed.std():.3g}{in_unit and ' ' + str(unit)}",
            xlabel=f"predicted {name}{in_unit}", ylabel=f"true - predicted{in_unit}",
        )  # fmt: skip
        beside.grid(alpha=0.25)
    ends = [min(true.min(), predicted.min()), max(true.max(), predicted.max())]
    ax.plot(ends, ends, color=GREY, linestyle="--", linewidth=1.2, label="perfect", zorder=1)
    for k in range(columns):
        rmse = np.sqrt(np.mean((true[:, k] - predicted[:, k]) ** 2))
        label = "" if columns == 1 else f"{labels[k]}: R² = {r2(true[:, k], predicted[:, k]):.3f}, "
        ax.scatter(
            true[:, k], predicted[:, k], s=18, color=colour(k), alpha=0.7,
            label=f"{label}RMSE = {rmse:.3g}{' ' + unit if unit else ''}",
        )  # fmt: skip
    overall = np.mean([r2(true[:, k], predicted[:, k]) for k in range(columns)])
    mean = "mean " if columns > 1 else ""
    ax.set(
        title=f"Predicted against true: {mean}R² = {overall:.3f}",
        xlabel=f"true {name}{in_unit}", ylabel=f"predicted {name}{in_unit}",
    )  # fmt: skip
    ax.grid(alpha=0.25)
    ax.legend(loc="best")
    return result


def r2(true: Any, predicted: Any) -> float:
    """The share of the variance that is explained; of constant values 1 if all are met, else 0."""
    missed, spread = np.sum((true - predicted) ** 2), np.sum((true - true.mean()) ** 2)
    if spread == 0:
        return float(missed == 0)
    return float(1 - missed / spread)
