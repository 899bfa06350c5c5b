"""What a classifier gains and loses as its threshold moves: ROC and precision-recall curves.

The curves go through every threshold that the scores have, and the areas are scikit-learn's `roc_auc_score` and
`average_precision_score`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import ArgumentError
from nn.plots.canvas import GREY, class_names, legend, line_style, numbers, place, same_length


def roc_curve(y_true: Any, scores: Any, classes: Any = None, ax: Any = None) -> Any:
    """Draw the share of positives that are found over the share of negatives that are taken for positives.

    Args:
        y_true: the true classes (N,), 0 and 1, or 0 to C - 1.
        scores: of class 1 (N,) or (N, 1), or of each class (N, C): then there is a curve for each class against the
            others. Only their order counts.
        classes: a name for each class.
        ax: axes to draw into.

    Returns:
        The axes.

    Raises:
        ShapeError: if there is not a score for each sample.
        ArgumentError: if a class has no samples, or has all.

    Source: T. Fawcett, An introduction to ROC analysis, Pattern Recognition Letters 27, 2006.

    >>> ax = roc_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> ax.lines[0].get_xdata().tolist(), ax.lines[0].get_ydata().tolist(), ax.lines[0].get_label()
    ([0.0, 0.0, 0.5, 0.5, 1.0], [0.0, 0.5, 0.5, 1.0, 1.0], 'AUC = 0.750')
    """
    found = _each("roc_curve", y_true, scores, classes)
    ax = place(ax, 6.0 if len(found) < 6 else 7.4, 5.4)
    for label, style, positive, score in found:
        false, true = _roc(positive, score)
        ax.plot(false, true, **style, label=f"{label}AUC = {_area(false, true):.3f}")
    ax.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=1, label="by chance: 0.5")
    ax.set(
        title="ROC curve", xlabel="false positives, share of the negatives",
        ylabel="true positives, share of the positives", xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal",
    )  # fmt: skip
    ax.grid(alpha=0.25)
    legend(ax, len(found), "lower right")
    return ax


def precision_recall_curve(y_true: Any, scores: Any, classes: Any = None, ax: Any = None) -> Any:
    """Draw which share of what is taken for positive is so (precision), over the share of positives found (recall).

    Arguments, result and errors are those of `roc_curve`. AP is the average precision, Σ (Rₙ - Rₙ₋₁) Pₙ. The dashed
    line of a single curve is the precision of a guess, the share of positives.

    >>> ax = precision_recall_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> ax.lines[0].get_label()
    'AP = 0.833'
    """
    found = _each("precision_recall_curve", y_true, scores, classes)
    ax = place(ax, 6.0 if len(found) < 6 else 7.4, 5.4)
    for label, style, positive, score in found:
        precision, recall = _precision_recall(positive, score)
        average = average_precision(positive, score)
        ax.plot(recall, precision, drawstyle="steps-post", **style, label=f"{label}AP = {average:.3f}")
        if len(found) == 1:
            share = positive.mean()
            guess = f"by chance: {share:.3f}"
            ax.plot([0, 1], [share, share], color=GREY, linestyle="--", linewidth=1, label=guess)
    ax.set(
        title="Precision and recall", xlabel="recall: share of the positives that is found",
        ylabel="precision: share of the found that is positive", xlim=(-0.02, 1.02), ylim=(-0.02, 1.04),
    )  # fmt: skip
    ax.grid(alpha=0.25)
    legend(ax, len(found), "lower left")
    return ax


def roc_auc(y_true: Any, scores: Any) -> float:
    """The area under the ROC curve of two classes: the chance that a positive has a higher score than a negative.

    >>> roc_auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    positive, score = _of_two("roc_auc", y_true, scores)
    return _area(*_roc(positive, score))


def average_precision(y_true: Any, scores: Any) -> float:
    """The average precision of two classes, Σ (Rₙ - Rₙ₋₁) Pₙ over the thresholds.

    >>> round(average_precision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), 4)
    0.8333
    """
    positive, score = _of_two("average_precision", y_true, scores)
    precision, recall = _precision_recall(positive, score)
    return float(-np.sum(np.diff(recall) * precision[:-1]))


def _each(op: str, y_true: Any, scores: Any, classes: Any) -> list[tuple[str, dict[str, Any], Any, Any]]:
    """For each curve its name, how it is drawn, which samples are positive, and their scores."""
    true, score = numbers(op, "y_true", y_true), numbers(op, "scores", scores)
    true, score = (
        true.reshape(-1),
        score.astype(np.float64),
    )  # unsigned numbers and truth values have no negative
    same_length(op, y_true=true, scores=score)
    if not np.isfinite(score).all():
        raise ArgumentError(f"{op}: scores must be finite")
    if score.ndim == 1 or score.shape[1:] == (1,):
        if not np.isin(true, (0, 1)).all():
            raise ArgumentError(
                f"{op}: with one score for each sample the classes are 0 and 1; give scores (N, C)"
            )
        score, numbered = score.reshape(-1, 1), [1]
    elif score.ndim == 2:
        numbered = [1] if score.shape[1] == 2 and classes is None else list(range(score.shape[1]))
    else:
        raise ArgumentError(f"{op}: scores have shape (N,) or (N, C), got {score.shape}")
    names = class_names(op, max(2, score.shape[1]), classes)
    curves = []
    for k in numbered:
        positive = true == k
        if positive.all() or not positive.any():
            raise ArgumentError(f"{op}: class {names[k]} has {'all' if positive.any() else 'no'} samples")
        alone = len(numbered) == 1
        style = line_style(0 if alone else k)
        curves.append(
            ("" if alone else f"{names[k]}: ", style, positive, score[:, min(k, score.shape[1] - 1)])
        )
    return curves


def _of_two(op: str, y_true: Any, scores: Any) -> tuple[Any, Any]:
    """Which samples are positive, and their scores, where there are two classes."""
    curves = _each(op, y_true, scores, None)
    if len(curves) > 1:
        raise ArgumentError(
            f"{op}: is of two classes, with one score for each sample; of {len(curves)} classes take one at a time, "
            "as y_true == k and scores[:, k]"
        )
    return curves[0][2:]


def _hits(positive: Any, score: Any) -> tuple[Any, Any]:
    """How many positives, and how many negatives, have at least each score, from the highest."""
    order = np.argsort(-score, kind="stable")
    last = np.r_[np.flatnonzero(np.diff(score[order])), len(score) - 1]
    true = np.cumsum(positive[order])[last]
    return true, last + 1 - true


def _roc(positive: Any, score: Any) -> tuple[Any, Any]:
    true, false = _hits(positive, score)
    return np.r_[0.0, false / false[-1]], np.r_[0.0, true / true[-1]]


def _precision_recall(positive: Any, score: Any) -> tuple[Any, Any]:
    true, false = _hits(positive, score)
    return np.r_[(true / (true + false))[::-1], 1.0], np.r_[(true / true[-1])[::-1], 0.0]


def _area(x: Any, y: Any) -> float:
    return float(np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2))
