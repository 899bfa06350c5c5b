"""`Compilable`: the part of a model that knows its optimizer, its losses and its metrics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from autograd.errors import ArgumentError
from nn.keras import optimizers
from nn.keras.compiled import Compiled
from nn.keras.configuration import deserialize, is_own
from nn.keras.lookup import names_its_arguments
from nn.keras.metrics.metric import Metric

if TYPE_CHECKING:
    from nn.module import Module

    Base = Module
else:
    Base = object


class Compilable(Base):
    """What `nn.keras.Model` has of Keras's `compile`; a mixin for a `Module`."""

    stop_training: bool = False
    """Set by a callback to end `fit` after this batch."""

    _compiled: Compiled | None = None
    _optimizer: Any = None

    @names_its_arguments
    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,  # Keras's signature
        steps_per_execution: int = 1,  # Keras's signature
        jit_compile: Any = "auto",  # Keras's signature
        auto_scale_loss: bool = True,  # Keras's signature
    ) -> None:
        """Say how the model is to be trained.

        Args:
            optimizer: a name ("adam"), one of `nn.keras.optimizers`, an optimizer of `optim` made with the model's
                parameters, or its class.
            loss: a name ("mse"), one of `nn.keras.losses`, a loss of `nn`, or a function (y_true, y_pred); for several
                outputs a list or a dict of them.
            loss_weights: factors of the losses of several outputs.
            metrics: a list of names ("accuracy"), of `nn.keras.metrics`, or functions; for several outputs a list or
                a dict of lists.
            weighted_metrics: metrics that take the sample weights into account.
            run_eagerly, steps_per_execution, jit_compile, auto_scale_loss: accepted; there is one way to run.

        Raises:
            ArgumentError: if there is nothing of a name; the message has the nearest one.
        """
        found = optimizers.get(optimizer)
        self.__dict__["_compiled"] = Compiled(loss, loss_weights, metrics, weighted_metrics)
        self.__dict__["_optimizer"] = found
        self.__dict__["stop_training"] = False

    @property
    def compiled(self) -> bool:
        """Whether `compile` was called."""
        return self._compiled is not None

    @property
    def optimizer(self) -> Any:
        """The optimizer."""
        return self._optimizer

    @optimizer.setter
    def optimizer(self, value: Any) -> None:
        self.__dict__["_optimizer"] = optimizers.get(value)

    @property
    def loss(self) -> Any:
        """What `compile` was given as loss."""
        return None if self._compiled is None else self._compiled.given["loss"]

    @property
    def metrics(self) -> list[Any]:
        """The metrics: the mean loss, those of `compile` once the model has seen a batch, and attributes of its own."""
        own = [value for value in vars(self).values() if isinstance(value, Metric)]
        if self._compiled is None:
            return own
        return [self._compiled.total, *(metric for _, _, metric in self._compiled.metrics), *own]

    def reset_metrics(self) -> None:
        """Let all metrics begin anew, as at the start of each epoch."""
        if self._compiled is not None:
            self._compiled.reset()
        for metric in self.metrics:
            metric.reset_state()

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` returns, in order, once the model has seen a batch."""
        return [] if self._compiled is None or not self._compiled.built else list(self._compiled.results())

    def get_compile_config(self) -> dict[str, Any] | None:
        """What `compile` was given, as plain values; None if it was not called.

        Raises:
            ArgumentError: if a loss or a metric has no name, such as a lambda, or the optimizer is not one of Keras's.
        """
        if self._compiled is None:
            return None
        return {"optimizer": optimizers.serialize(self._optimizer), **self._compiled.get_config()}

    def compile_from_config(
        self, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None
    ) -> None:
        """Compile as `get_compile_config` says; losses and metrics of one's own are looked up in `custom_objects`.

        Raises:
            ArgumentError: if one is not known.
        """
        made = {key: _own(value, custom_objects) for key, value in config.items()}
        self.compile(**{**made, "optimizer": optimizers.deserialize(config["optimizer"])})

    def _checked(self, who: str) -> Compiled:
        if self._compiled is None:
            raise ArgumentError(
                f"{who}: the model has not been compiled; call compile(optimizer=..., loss=...) before"
            )
        return self._compiled

    def _names(self, predicted: Any) -> list[str]:
        """The names of the outputs."""
        if isinstance(predicted, Mapping):
            return [str(key) for key in predicted]
        count = len(predicted) if isinstance(predicted, (list, tuple)) else 1
        if getattr(self, "has_graph", False):
            return [tensor.node.layer.name for tensor in self.outputs]
        return [f"output_{i + 1}" for i in range(count)] if count > 1 else ["output"]


def _own(given: Any, custom_objects: Mapping[str, Any] | None) -> Any:
    """What `compile` is given for a part of a configuration, with the losses and metrics of one's own made."""
    if isinstance(given, (list, tuple)):
        return [_own(part, custom_objects) for part in given]
    if not isinstance(given, dict):
        return given
    if is_own(given):
        return deserialize(given, custom_objects)
    return (
        given if "class_name" in given else {key: _own(part, custom_objects) for key, part in given.items()}
    )
