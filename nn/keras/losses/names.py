"""The names of losses, and what they stand for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nn.keras import configuration
from nn.keras.lookup import unknown_name
from nn.keras.losses import crossentropy, labels, margin, overlap, regression
from nn.keras.losses.loss import Loss, LossFunctionWrapper, same_rank
from nn.keras.naming import snake_case
from nn.module import Module

_CLASSES: tuple[type[Loss], ...] = (
    regression.MeanSquaredError,
    regression.MeanAbsoluteError,
    regression.MeanAbsolutePercentageError,
    regression.MeanSquaredLogarithmicError,
    regression.CosineSimilarity,
    regression.Huber,
    regression.LogCosh,
    crossentropy.BinaryCrossentropy,
    crossentropy.CategoricalCrossentropy,
    crossentropy.SparseCategoricalCrossentropy,
    crossentropy.KLDivergence,
    crossentropy.Poisson,
    margin.Hinge,
    margin.SquaredHinge,
    margin.CategoricalHinge,
    overlap.BinaryFocalCrossentropy,
    overlap.CategoricalFocalCrossentropy,
    overlap.Dice,
    overlap.Tversky,
    labels.CTC,
    labels.Circle,
    labels.CategoricalGeneralizedCrossEntropy,
)
_BY_CLASS = {cls.__name__: cls for cls in _CLASSES}
_BY_NAME = {snake_case(cls.__name__): cls for cls in _CLASSES}
_SHORT = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
    "kullback_leibler_divergence": "kl_divergence",
    "logcosh": "log_cosh",
    "huber_loss": "huber",
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: vars(module)[name]
    for module in (regression, crossentropy, margin, overlap, labels)
    for name in _BY_NAME
    if name in vars(module)
}


def get(identifier: Any) -> Any:
    """The loss of a name ("mse", "MeanSquaredError"), of what `serialize` returned, or the object itself.

    Raises:
        ArgumentError: if there is no such loss.

    >>> get("mse").__name__, get("MeanSquaredError")
    ('mean_squared_error', MeanSquaredError(name='mean_squared_error', reduction='sum_over_batch_size'))
    """
    if identifier is None:
        return None
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, str):
        if identifier in _BY_CLASS:
            return _BY_CLASS[identifier]()
        return _FUNCTIONS[_known(identifier)]
    if isinstance(identifier, type):
        return identifier()
    if callable(identifier):
        return identifier
    raise unknown_name("loss", identifier, (*_BY_NAME, *_SHORT))


def _known(name: str) -> str:
    lower = name.lower()
    full = _SHORT.get(lower, lower)
    if full not in _FUNCTIONS:
        raise unknown_name("loss", name, (*_BY_NAME, *_SHORT))
    return full


def as_loss(identifier: Any) -> Loss:
    """A `Loss` of what `compile` was given: a name, a loss, a function, or a loss of `nn`.

    Raises:
        ArgumentError: if it is nothing of these.
    """
    if isinstance(identifier, str) and identifier not in _BY_CLASS:
        made = _BY_NAME[_known(identifier)]()
        made.name = identifier
        return made
    found = get(identifier)
    if isinstance(found, Loss):
        return found
    if isinstance(found, Module):
        return ModuleLoss(found)
    for name, function in _FUNCTIONS.items():
        if function is found:
            return _BY_NAME[name]()
    return LossFunctionWrapper(found)


class ModuleLoss(Loss):
    """A loss of `nn`, such as `nn.MSELoss()`, which takes the prediction first."""

    def __init__(self, module: Module) -> None:
        super().__init__(snake_case(type(module).__name__))
        self.module = module

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The module's value; targets (N) go with predictions (N, 1)."""
        if y_true.array.ndim == y_pred.array.ndim + 1 or y_pred.array.shape[-1:] == (1,):
            y_true, y_pred = same_rank(y_true, y_pred)
        return self.module(y_pred, y_true)


def serialize(loss: Any) -> Any:
    """A loss as a name or a dict, from which `deserialize` makes it again.

    Raises:
        ArgumentError: if it cannot be written, such as a lambda.

    >>> serialize(get("mse"))
    'mean_squared_error'
    """
    if isinstance(loss, str) or (isinstance(loss, dict) and "class_name" in loss):
        return loss
    if isinstance(loss, Loss) and type(loss) in _CLASSES:
        return {"class_name": type(loss).__name__, "config": loss.get_config()}
    for name, function in _FUNCTIONS.items():
        if function is loss:
            return name
    return configuration.serialize(loss)


def deserialize(config: Any) -> Any:
    """Make the loss of a name or a dict again.

    Raises:
        ArgumentError: if there is no such loss.
    """
    if isinstance(config, str):
        return get(config)
    if not isinstance(config, dict) or config.get("class_name") not in _BY_CLASS:
        raise unknown_name("loss", config, _BY_CLASS)
    return _BY_CLASS[config["class_name"]].from_config(config.get("config", {}))
