"""The names of metrics, and what they stand for."""

from __future__ import annotations

from typing import Any

from nn.keras import configuration, losses
from nn.keras.lookup import unknown_name
from nn.keras.losses.loss import as_tensor
from nn.keras.metrics import accuracy, auc, confusion, metric, overlap, regression, tradeoffs
from nn.keras.metrics.metric import MeanMetricWrapper, Metric
from nn.keras.naming import snake_case

_CLASSES: tuple[type[Metric], ...] = (
    metric.Mean,
    metric.Sum,
    accuracy.Accuracy,
    accuracy.BinaryAccuracy,
    accuracy.CategoricalAccuracy,
    accuracy.SparseCategoricalAccuracy,
    accuracy.TopKCategoricalAccuracy,
    accuracy.SparseTopKCategoricalAccuracy,
    confusion.TruePositives,
    confusion.FalsePositives,
    confusion.TrueNegatives,
    confusion.FalseNegatives,
    confusion.Precision,
    confusion.Recall,
    confusion.FBetaScore,
    confusion.F1Score,
    auc.AUC,
    tradeoffs.SensitivityAtSpecificity,
    tradeoffs.SpecificityAtSensitivity,
    tradeoffs.PrecisionAtRecall,
    tradeoffs.RecallAtPrecision,
    overlap.IoU,
    overlap.BinaryIoU,
    overlap.MeanIoU,
    overlap.OneHotIoU,
    overlap.OneHotMeanIoU,
    regression.MeanSquaredError,
    regression.RootMeanSquaredError,
    regression.MeanAbsoluteError,
    regression.MeanAbsolutePercentageError,
    regression.MeanSquaredLogarithmicError,
    regression.LogCoshError,
    regression.CosineSimilarity,
    regression.BinaryCrossentropy,
    regression.CategoricalCrossentropy,
    regression.SparseCategoricalCrossentropy,
    regression.KLDivergence,
    regression.Poisson,
    regression.Hinge,
    regression.SquaredHinge,
    regression.CategoricalHinge,
    regression.R2Score,
)
_BY_CLASS = {cls.__name__: cls for cls in _CLASSES}
_BY_NAME: dict[str, type[Metric]] = {snake_case(cls.__name__): cls for cls in _CLASSES}
_SHORT = {
    "mse": "mean_squared_error",
    "rmse": "root_mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
    "logcosh": "log_cosh_error",
    "log_cosh": "log_cosh_error",
    "f1": "f1_score",
    "r2": "r2_score",
    "acc": "accuracy",
    "top_k": "top_k_categorical_accuracy",
}


def get(identifier: Any) -> Any:
    """The metric of a name ("auc", "AUC", "mae"), of what `serialize` returned, or the object itself.

    "accuracy" in `compile` is chosen by the shapes of labels and predictions; here it is plain equality.

    Raises:
        ArgumentError: if there is no such metric.

    >>> get("mae"), get("AUC").curve
    (MeanAbsoluteError(name='mae'), 'ROC')
    """
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, str):
        lower = identifier.lower()
        cls = _BY_CLASS.get(identifier) or _BY_NAME.get(_SHORT.get(lower, lower))
        if cls is None:
            raise unknown_name("metric", identifier, (*_BY_NAME, *_SHORT))
        made = cls() if cls is not confusion.F1Score else confusion.F1Score(average="macro")
        made.name = identifier
        return made
    if isinstance(identifier, type):
        return identifier()
    if callable(identifier):
        return identifier
    raise unknown_name("metric", identifier, (*_BY_NAME, *_SHORT))


def as_metric(identifier: Any) -> Metric:
    """A `Metric` of what `compile` was given: a name, a metric, a loss, or a function (y_true, y_pred).

    Raises:
        ArgumentError: if it is nothing of these.
    """
    found = get(identifier)
    if isinstance(found, Metric):
        return found
    if isinstance(found, losses.Loss):
        return MeanMetricWrapper(_Recorded(found), name=found.name)
    return MeanMetricWrapper(_Recorded(found), name=getattr(found, "__name__", type(found).__name__))


class _Recorded:
    """A function of tensors, called without a graph."""

    def __init__(self, function: Any) -> None:
        self.function = function

    def __call__(self, y_true: Any, y_pred: Any) -> Any:
        return regression.of_loss(lambda y, p: as_tensor(self.function(y, p)), y_true, y_pred)


def serialize(found: Any) -> Any:
    """A metric as a name or a dict, from which `deserialize` makes it again.

    Raises:
        ArgumentError: if it cannot be written, such as a lambda.
    """
    if isinstance(found, str) or (isinstance(found, dict) and "class_name" in found):
        return found
    if type(found) in _CLASSES:
        return {"class_name": type(found).__name__, "config": found.get_config()}
    return configuration.serialize(found)


def deserialize(config: Any) -> Any:
    """Make the metric of a name or a dict again.

    Raises:
        ArgumentError: if there is no such metric.
    """
    if isinstance(config, str):
        return get(config)
    if not isinstance(config, dict) or config.get("class_name") not in _BY_CLASS:
        raise unknown_name("metric", config, _BY_CLASS)
    return _BY_CLASS[config["class_name"]].from_config(config.get("config", {}))
