"""What `compile` was given: losses and metrics, matched to the outputs of the model, and the figures of an epoch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentError, ShapeError
from autograd.tape import raw, wrap
from nn.keras import metrics as metrics_package
from nn.keras.arrays import Array
from nn.keras.layers.layer import mask_of
from nn.keras.losses.loss import Loss
from nn.keras.losses.names import as_loss
from nn.keras.metrics.metric import Averaged, Metric
from nn.keras.metrics.names import as_metric

Logs = dict[str, float]


def outputs_of(predicted: Any) -> list[Tensor]:
    """The outputs of a model as a list.

    Raises:
        ArgumentError: if one is not a tensor.
    """
    made = (
        list(predicted.values())
        if isinstance(predicted, Mapping)
        else list(predicted)
        if isinstance(predicted, (list, tuple))
        else [predicted]
    )
    for part in made:
        if not isinstance(part, Tensor):
            raise ArgumentError(f"the model returned a {type(part).__name__} where a tensor is needed")
    return made


def aligned(what: str, given: Any, names: Sequence[str]) -> list[Any]:
    """One entry for each output, of a list, a dict by the outputs' names, or one thing alone.

    Raises:
        ArgumentError: if there is not one for each.
    """
    if given is None:
        return [None] * len(names)
    if isinstance(given, Mapping):
        unknown = [str(key) for key in given if key not in names]
        if unknown:
            raise ArgumentError(f"{what}: there is no output {unknown[0]!r}; the outputs are {list(names)}")
        return [given.get(name) for name in names]
    if isinstance(given, (list, tuple)):
        if len(given) != len(names):
            raise ArgumentError(
                f"{what}: has {len(given)} entries, the model has {len(names)} outputs, {list(names)}"
            )
        return list(given)
    if len(names) != 1:
        raise ArgumentError(
            f"{what}: the model has {len(names)} outputs, {list(names)}; give a list or a dict"
        )
    return [given]


class LossTracker(metrics_package.Mean):
    """The mean of a loss over examples, gathered from one number for each batch."""

    def take(self, value: float, examples: int) -> None:
        """Take in the loss of a batch."""
        self.total += value * examples
        self.count += examples


class Compiled:
    """The losses and metrics of a model; matched to its outputs when these are first seen.

    Args:
        loss: a name, a loss or a function; a list or a dict of them for several outputs; None for penalties alone.
        loss_weights: factors of the losses, a number, a list or a dict.
        metrics, weighted_metrics: names, metrics or functions in a list; lists or dicts of them for several outputs.
            Only the weighted ones take the sample weights into account.

    Raises:
        ArgumentError: if there is nothing of a name.
    """

    def __init__(self, loss: Any, loss_weights: Any, metrics: Any, weighted_metrics: Any) -> None:
        self.given = {
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
        }
        for one in _flat(loss):
            if not _of_shapes(one):
                as_loss(one)
        for one in (*_flat(metrics), *_flat(weighted_metrics)):
            as_metric(one)
        self.names: list[str] = []
        self.losses: list[tuple[Loss | None, float]] = []
        self.metrics: list[tuple[int, bool, Metric]] = []
        self.total = LossTracker("loss")
        self.parts: list[LossTracker] = []
        self.built = False

    def check(self, y: Any) -> None:
        """Raise if the labels cannot be right for the loss of a model with one output."""
        loss = self.given["loss"]
        if (
            y is None
            or isinstance(y, (list, dict))
            or isinstance(loss, (list, tuple, Mapping))
            or loss is None
        ):
            return
        if not _of_shapes(loss):
            as_loss(loss).check(y)

    # -- matching --------------------------------------------------------------------------------------------------

    def build(self, names: Sequence[str], y: list[Array | None], outputs: list[Tensor]) -> None:
        """Match losses and metrics to the outputs."""
        self.names = list(names)
        loss, weights = self.given["loss"], self.given["loss_weights"]
        several = isinstance(loss, (list, tuple, Mapping))
        if several and len(names) == 1 and not isinstance(loss, Mapping):
            loss = loss[0] if len(loss) == 1 else loss
            several = isinstance(loss, (list, tuple))
        losses = aligned("loss", loss, names) if several or len(names) == 1 else [loss] * len(names)
        if isinstance(weights, (int, float)):
            weights = [weights] * len(names)
        factors = [1.0 if w is None else float(w) for w in aligned("loss_weights", weights, names)]
        self.losses = [(self._resolved(one, y[i], outputs[i]), factors[i]) for i, one in enumerate(losses)]
        self.parts = [LossTracker() for one, _ in self.losses if one is not None] if len(names) > 1 else []
        self.metrics = [
            *self._matched("metrics", False, y, outputs),
            *self._matched("weighted_metrics", True, y, outputs),
        ]
        taken: set[str] = set()
        for i, weighted, metric in self.metrics:
            prefix = f"{names[i]}_" if len(names) > 1 and not metric.name.startswith(f"{names[i]}_") else ""
            if weighted and prefix + metric.name in taken:
                prefix += "weighted_"
            name, number = prefix + metric.name, 0
            while name in taken:
                number += 1
                name = f"{prefix}{metric.name}_{number}"
            taken.add(name)
            metric.name = name
        self.built = True

    def _resolved(self, given: Any, y: Array | None, output: Tensor) -> Loss | None:
        if given is None:
            return None
        return as_loss(f"{_kind(y, output)}_crossentropy" if _of_shapes(given) else given)

    def _matched(
        self, what: str, weighted: bool, y: list[Array | None], outputs: list[Tensor]
    ) -> Iterator[tuple[int, bool, Metric]]:
        given = self.given[what]
        if given is None:
            return
        nested = isinstance(given, (list, tuple)) and any(
            isinstance(g, (list, tuple, Mapping)) or g is None for g in given
        )
        if (
            isinstance(given, Mapping)
            or nested
            or (len(self.names) > 1 and len(_flat(given)) == len(self.names))
        ):
            each = aligned(what, given, self.names)
        elif len(self.names) == 1:
            each = [given]
        else:
            each = [given] * len(self.names)
        for i, some in enumerate(each):
            if some is not None and y[i] is None and outputs:
                continue
            for one in _flat(some):
                yield i, weighted, self._metric(one, y[i], outputs[i])

    def _metric(self, given: Any, y: Array | None, output: Tensor) -> Metric:
        if isinstance(given, str) and given.lower() in ("accuracy", "acc"):
            made: Metric = {
                "binary": metrics_package.BinaryAccuracy,
                "sparse_categorical": metrics_package.SparseCategoricalAccuracy,
                "categorical": metrics_package.CategoricalAccuracy,
            }[_kind(y, output)]()
            made.name = given
            return made
        if isinstance(given, str) and given.lower() in ("crossentropy", "ce"):
            made = as_metric(f"{_kind(y, output)}_crossentropy")
            made.name = given
            return made
        return as_metric(given)

    # -- the loss of a batch ---------------------------------------------------------------------------------------

    def loss(
        self, y: Any, predicted: Any, weight: Any, names: Sequence[str], extra: Sequence[Tensor]
    ) -> Tensor:
        """The loss of a batch, with penalties added; what it consists of is noted for the figures.

        Raises:
            ArgumentError: if targets are missing, or there is neither a loss nor a penalty.
        """
        if (
            self.built
            and len(self.losses) == 1
            and not isinstance(y, (list, dict))
            and isinstance(predicted, Tensor)
        ):
            ((function, factor),) = self.losses
            if function is None:
                return self._added(None, extra)
            if y is None:
                raise ArgumentError(_no_targets(function))
            value = function(wrap(y), predicted, masked(weight, predicted))
            return self._added(value if factor == 1.0 else value * factor, extra)
        outputs = outputs_of(predicted)
        targets = self._targets(y, names)
        if not self.built:
            self.build(names, targets, outputs)
        weights = (
            aligned("sample_weight", weight, names)
            if isinstance(weight, (list, dict))
            else [weight] * len(names)
        )
        total: Tensor | None = None
        parts = iter(self.parts)
        for (function, factor), target, output, w in zip(self.losses, targets, outputs, weights, strict=True):
            if function is None:
                continue
            if target is None:
                raise ArgumentError(_no_targets(function))
            value = function(wrap(target), output, masked(w, output))
            if self.parts:
                next(parts).take(float(value.array), len(output))
            value = value if factor == 1.0 else value * factor
            total = value if total is None else total + value
        return self._added(total, extra)

    def _targets(self, y: Any, names: Sequence[str]) -> list[Any]:
        """One target for each output; those of outputs without a loss may be left out of a list."""
        given = self.given["loss"]
        if isinstance(y, list) and len(y) != len(names) and isinstance(given, (list, tuple, Mapping)):
            losses = aligned("loss", given, names)
            if len(y) == sum(one is not None for one in losses):
                left = iter(y)
                return [None if one is None else next(left) for one in losses]
        return aligned("y", y, names)

    @staticmethod
    def _added(total: Tensor | None, extra: Sequence[Tensor]) -> Tensor:
        for penalty in extra:
            total = penalty if total is None else total + penalty
        if total is None:
            raise ArgumentError("fit: there is nothing to minimise; give compile() a loss")
        if total.array.ndim:
            raise ShapeError(
                f"fit: the loss has shape {total.array.shape}, one number is needed; return the mean, or leave "
                "reduction='none' out"
            )
        return total

    # -- figures ---------------------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Begin an epoch."""
        self.total.reset_state()
        for part in self.parts:
            part.reset_state()
        for _, _, metric in self.metrics:
            metric.reset_state()

    def track(self, loss: float, y: Any, predicted: Any, weight: Any, examples: int) -> None:
        """Take a batch into the figures of the epoch."""
        self.total.take(loss, examples)
        if not self.metrics:
            return
        if len(self.names) == 1 and not isinstance(y, (list, dict)) and isinstance(predicted, Tensor):
            array = predicted.array
            mask = mask_of(predicted)
            for _, weighted, metric in self.metrics:
                w = weight if weighted else None
                if mask is not None and isinstance(metric, Averaged):
                    w = kept(mask, w)
                metric.update_state(y, array, w)
            return
        outputs, targets = outputs_of(predicted), self._targets(y, self.names)
        several = isinstance(weight, (list, dict))
        weights = aligned("sample_weight", weight, self.names) if several else [weight] * len(self.names)
        for i, weighted, metric in self.metrics:
            w, mask = weights[i] if weighted else None, mask_of(outputs[i])
            if mask is not None and isinstance(metric, Averaged):
                w = kept(mask, w)
            metric.update_state(targets[i], outputs[i].array, w)

    def results(self) -> Logs:
        """The figures so far: the loss first."""
        logs: Logs = {"loss": self.total.result()}
        learnt = [name for name, (one, _) in zip(self.names, self.losses, strict=True) if one is not None]
        logs.update({f"{name}_loss": part.result() for name, part in zip(learnt, self.parts, strict=False)})
        for _, _, metric in self.metrics:
            logs[metric.name] = as_number(metric.result())
        return logs

    # -- configuration ---------------------------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """Losses and metrics as plain values.

        Raises:
            ArgumentError: if one is your own, which has no name.
        """
        from nn.keras import losses

        return {
            "loss": _serialized(losses.serialize, self.given["loss"]),
            "loss_weights": self.given["loss_weights"],
            "metrics": _serialized(metrics_package.serialize, self.given["metrics"]),
            "weighted_metrics": _serialized(metrics_package.serialize, self.given["weighted_metrics"]),
        }


def masked(weight: Any, output: Tensor) -> Any:
    """The weights of a loss, with 0 for the time steps that the output's mask leaves out, and more for the others.

    So much more that the mean over all time steps is that over those that count, as in Keras.
    """
    mask = mask_of(output)
    if mask is None:
        return weight
    counted = np.asarray(raw(mask), np.float32)
    return kept(counted * (counted.size / max(float(counted.sum()), 1.0)), weight)


def kept(mask: Any, weight: Any) -> Array:
    """The weights of the time steps: those of a mask, times those of the examples, if there are any."""
    steps = np.asarray(raw(mask), np.float32)
    if weight is None:
        return steps
    given = np.asarray(raw(weight), np.float32)
    return steps * given.reshape(given.shape + (1,) * (steps.ndim - given.ndim))


def as_number(value: Any) -> Any:
    """A figure as a Python number, where it is one."""
    if isinstance(value, Tensor):
        value = value.detach().numpy()
    return float(value) if getattr(value, "ndim", 0) == 0 and not isinstance(value, dict) else value


def _of_shapes(given: Any) -> bool:
    """Whether it is a name that stands for one of three cross entropies."""
    return isinstance(given, str) and given.lower() in ("crossentropy", "ce")


def _kind(y: Array | None, output: Tensor) -> str:
    """Which accuracy and cross entropy goes with labels and predictions of these shapes."""
    p = output.array.shape
    if len(p) < 2 or p[-1] == 1:
        return "binary"
    if y is not None and (y.ndim < len(p) or (y.shape[-1] == 1 and p[-1] > 1)):
        return "sparse_categorical"
    return "categorical"


def _flat(given: Any) -> list[Any]:
    """What stands in lists and dicts, without None."""
    if isinstance(given, Mapping) and "class_name" not in given:
        given = list(given.values())
    if isinstance(given, (list, tuple)):
        return [one for some in given for one in _flat(some)]
    return [] if given is None else [given]


def _serialized(serialize: Any, given: Any) -> Any:
    if isinstance(given, Mapping) and "class_name" not in given:
        return {key: _serialized(serialize, value) for key, value in given.items()}
    if isinstance(given, (list, tuple)):
        return [_serialized(serialize, value) for value in given]
    return None if given is None else serialize(given)


def _no_targets(function: Loss) -> str:
    return f"fit: the loss {function.name!r} needs targets, but y is None; give y, or batches (x, y)"
