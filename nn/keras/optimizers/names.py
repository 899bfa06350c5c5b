"""The names of optimizers, and what they stand for; optimizers of `optim` in the place of one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import optim
from autograd import Tensor
from autograd.errors import ArgumentError
from nn.keras.lookup import unknown_name
from nn.keras.optimizers.adaptive import Adadelta, Adagrad, Ftrl, RMSprop
from nn.keras.optimizers.descent import SGD, Lion
from nn.keras.optimizers.moments import Adam, Adamax, AdamW, Nadam
from nn.keras.optimizers.muon import Muon
from nn.keras.optimizers.optimizer import Optimizer
from nn.keras.optimizers.relative import Adafactor, Lamb

_CLASSES: tuple[Any, ...] = (
    SGD,
    RMSprop,
    Adam,
    AdamW,
    Adamax,
    Nadam,
    Adagrad,
    Adadelta,
    Ftrl,
    Lion,
    Adafactor,
    Lamb,
    Muon,
)
_BY_NAME = {cls.__name__.lower(): cls for cls in _CLASSES}


def get(identifier: Any) -> Any:
    """The optimizer of a name ("adam"), of what `serialize` returned, or the object itself.

    Raises:
        ArgumentError: if there is no such optimizer.

    >>> get("adam").learning_rate
    0.001
    """
    if isinstance(identifier, optim.Optimizer):
        return identifier
    if isinstance(identifier, str):
        if identifier.lower() not in _BY_NAME:
            raise unknown_name("optimizer", identifier, _BY_NAME)
        return _BY_NAME[identifier.lower()]()
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, type) and issubclass(identifier, Optimizer):
        keras_class: Any = identifier
        return keras_class()
    if callable(identifier):
        return identifier
    raise unknown_name("optimizer", identifier, _BY_NAME)


def built(optimizer: Any, parameters: Iterable[Tensor]) -> optim.Optimizer:
    """An optimizer that has these parameters.

    Args:
        optimizer: what `get` returned: one of Keras's, one of `optim` that has parameters already, or a class or a
            function that makes one of parameters, such as `optim.Adam`.
        parameters: of the model.

    Raises:
        ArgumentError: if the model has no parameters, or the optimizer those of another model.
    """
    params = list(parameters)
    if not params:
        raise ArgumentError("fit: the model has no parameters that are to be learnt; are all layers frozen?")
    if isinstance(optimizer, Optimizer):
        optimizer.build(params)
        return optimizer
    if not isinstance(optimizer, optim.Optimizer):
        optimizer = optimizer(params)
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    if not held & {id(p) for p in params}:
        raise ArgumentError(
            f"compile: the {type(optimizer).__name__} optimizes none of the model's parameters; make it with "
            "model.parameters() after the model has been built, or give its class, as in optimizer=optim.Adam"
        )
    made: optim.Optimizer = optimizer
    return made


def serialize(optimizer: Any) -> dict[str, Any]:
    """An optimizer as a dict of what it was made with, from which `deserialize` makes it again.

    Raises:
        ArgumentError: if it is not one of Keras's.

    >>> serialize(SGD(0.1))["class_name"]
    'SGD'
    """
    if type(optimizer) not in _CLASSES:
        raise ArgumentError(f"optimizer: {type(optimizer).__name__} is not one of nn.keras.optimizers")
    return {"class_name": type(optimizer).__name__, "config": optimizer.get_config()}


def deserialize(config: Any) -> Optimizer:
    """Make the optimizer of a dict again.

    Raises:
        ArgumentError: if there is no such optimizer.
    """
    name = config.get("class_name") if isinstance(config, dict) else config
    if not isinstance(name, str) or name.lower() not in _BY_NAME:
        raise unknown_name("optimizer", name, _BY_NAME)
    made: Optimizer = _BY_NAME[name.lower()].from_config(
        config.get("config", {}) if isinstance(config, dict) else {}
    )
    return made
