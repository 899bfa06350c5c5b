"""Figures of training, of what a model decides, and of what is in it, with matplotlib (the extra `plot`).

Each function takes tensors, arrays or lists, draws into `ax` or makes a figure of its own, and returns the `Axes`, or
the `Figure` where it has several. Colours are Okabe and Ito's, which everybody can tell apart.

    from nn import plots

    plots.history(losses)                                    curves of training and validation
    plots.confusion_matrix(y, predicted, classes=names)      what was taken for what
    plots.roc_curve(y, scores)                               with the area under each curve
    plots.decision_boundary(model, x, y)                     of a classifier in the plane
    plots.filters(model.conv1)                               what a convolution looks for
"""

from nn.plots.boundary import decision_boundary
from nn.plots.classification import confusion_matrix
from nn.plots.curves import average_precision, precision_recall_curve, roc_auc, roc_curve
from nn.plots.inside import activations, attention_maps, filters
from nn.plots.regression import predicted_against_true
from nn.plots.training import history

__all__ = [
    "history", "confusion_matrix", "roc_curve", "roc_auc", "precision_recall_curve", "average_precision",
    "decision_boundary", "predicted_against_true", "filters", "activations", "attention_maps",
]  # fmt: skip
