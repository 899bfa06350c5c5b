"""`Metric`: a figure that is gathered batch by batch: `update_state`, `result`, `reset_state`.

Metrics are computed with NumPy and record nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.errors import ShapeError
from autograd.tape import Variable
from nn.keras.lookup import NamesItsArguments
from nn.keras.naming import snake_case

Array = Any


def as_array(value: Any) -> Array:
    """The array of a tensor, an array, a list or a number."""
    return value.array if isinstance(value, Variable) else np.asarray(value)


def same_rank(y_true: Array, y_pred: Array) -> tuple[Array, Array]:
    """Targets (N) and predictions (N, 1), or the other way round, in one shape; anything else as it is."""
    if y_true.ndim == y_pred.ndim + 1 and y_true.shape[-1] == 1:
        return (y_true, y_pred[..., None]) if y_pred.ndim == 1 else (y_true[..., 0], y_pred)
    if y_pred.ndim == y_true.ndim + 1 and y_pred.shape[-1] == 1:
        return (y_true[..., None], y_pred) if y_true.ndim == 1 else (y_true, y_pred[..., 0])
    return y_true, y_pred


def paired(name: str, y_true: Any, y_pred: Any) -> tuple[Array, Array]:
    """Targets and predictions as arrays of one shape.

    Raises:
        ShapeError: if the shapes differ by more than a last dimension of 1.
    """
    y, p = same_rank(as_array(y_true), as_array(y_pred))
    if y.shape != p.shape:
        raise ShapeError(f"{name}: the targets have shape {y.shape} and the predictions {p.shape}")
    return y, p


def weights_of(name: str, sample_weight: Any, shape: tuple[int, ...]) -> Array:
    """The weight of each element of a shape, of the weights of the examples.

    Raises:
        ShapeError: if there is not one for each example, or each element.
    """
    w = as_array(sample_weight)
    if w.ndim == len(shape) + 1 and w.shape[-1] == 1:
        w = w[..., 0]
    if w.shape != shape[: w.ndim] and w.shape != (*shape[: w.ndim - 1], 1):
        raise ShapeError(f"{name}: sample_weight has shape {w.shape}, the values have {shape}")
    return np.broadcast_to(w.reshape(w.shape + (1,) * (len(shape) - w.ndim)), shape)


class Metric(NamesItsArguments):
    """Base class of metrics. A subclass keeps its sums in attributes named in `sums`, which are 0 after a reset.

    >>> import nn.keras.metrics
    >>> class Positives(nn.keras.metrics.Metric):
    ...     sums = ("count",)
    ...
    ...     def update_state(self, y_true, y_pred, sample_weight=None):
    ...         self.count += int((as_array(y_pred) > 0.5).sum())
    ...
    ...     def result(self):
    ...         return self.count
    >>> metric = Positives()
    >>> metric.update_state([0, 1], [0.7, 0.9])
    >>> metric.result()
    2.0
    """

    sums: tuple[str, ...] = ()
    """The names of what is kept between batches."""

    def __init__(self, name: str | None = None, dtype: Any = None) -> None:
        self.name = name or snake_case(type(self).__name__)
        self.dtype = dtype
        self.reset_state()

    def reset_state(self) -> None:
        """Begin anew."""
        for name in self.sums:
            self.__dict__[name] = 0.0

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Take in a batch: `y_true`, `y_pred` and perhaps `sample_weight`; a subclass defines it."""
        raise NotImplementedError(f"{type(self).__name__} has no update_state(): define it")

    def result(self) -> Any:
        """The figure for all batches since the last reset."""
        raise NotImplementedError(f"{type(self).__name__} has no result(): define it")

    def __call__(self, *batch: Any, **options: Any) -> Any:
        """Take in a batch, and return the result so far."""
        self.update_state(*batch, **options)
        return self.result()

    def get_config(self) -> dict[str, Any]:
        """What it was made with."""
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Metric:
        """Make it again."""
        return cls(**config)

    def get_state(self) -> dict[str, Any]:
        """What it has gathered."""
        return {name: self.__dict__[name] for name in self.sums}

    def set_state(self, state: dict[str, Any]) -> None:
        """Take over what `get_state` returned."""
        self.__dict__.update({name: state[name] for name in self.sums})

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.get_config().items())})"


class Averaged(Metric):
    """Base class of metrics that are a mean."""

    sums = ("total", "count")
    total: float
    count: float

    def add(self, values: Any, sample_weight: Any = None) -> None:
        """Take in values."""
        v = as_array(values)
        if sample_weight is None:
            self.total += float(v.sum(dtype=np.float64)) if v.ndim else float(v)
            self.count += v.size
            return
        w = weights_of(self.name, sample_weight, v.shape)
        self.total += float((v * w).sum(dtype=np.float64))
        self.count += float(w.sum(dtype=np.float64))

    def result(self) -> float:
        """The mean; 0 without any values."""
        return self.total / self.count if self.count else 0.0


class Mean(Averaged):
    """The mean of values, weighted or not.

    >>> mean = Mean()
    >>> mean.update_state([1, 3])
    >>> mean.update_state(8)
    >>> mean.result()
    4.0
    """

    def __init__(self, name: str = "mean", dtype: Any = None) -> None:
        super().__init__(name, dtype)

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Take in values."""
        self.add(values, sample_weight)


class Sum(Metric):
    """The sum of values, weighted or not.

    >>> Sum()([1, 3])
    4.0
    """

    sums = ("total",)
    total: float

    def __init__(self, name: str = "sum", dtype: Any = None) -> None:
        super().__init__(name, dtype)

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Take in values."""
        v = as_array(values)
        if sample_weight is not None:
            v = v * weights_of(self.name, sample_weight, v.shape)
        self.total += float(v.sum(dtype=np.float64))

    def result(self) -> float:
        """The sum."""
        return self.total


class MeanMetricWrapper(Averaged):
    """The mean of a function (y_true, y_pred) → a value for each example.

    >>> far = MeanMetricWrapper(lambda y, p: abs(p - y) > 1, name="far")
    >>> far(as_array([1.0, 2.0]), as_array([1.5, 4.0]))
    0.5
    """

    def __init__(
        self, fn: Callable[..., Any], name: str | None = None, dtype: Any = None, **options: Any
    ) -> None:
        super().__init__(name or getattr(fn, "__name__", "metric"), dtype)
        self.fn, self.options = fn, options

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in a batch."""
        self.add(self.fn(y_true, y_pred, **self.options), sample_weight)

    def get_config(self) -> dict[str, Any]:
        """What it was made with."""
        return {**super().get_config(), **self.options}
