"""`Loss`: what a model is trained to make small: a number for each example, and one for the batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentError, ShapeError
from autograd.tape import Variable, wrap
from nn.keras.lookup import NamesItsArguments
from nn.keras.naming import snake_case

EPSILON = 1e-7
"""What keeps logarithms and quotients finite, as in Keras."""

REDUCTIONS = ("sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none")


def as_tensor(value: Any, dtype: Any = None) -> Tensor:
    """A tensor of an array, a list or a number; of a dtype, if one is given. Floats become float32."""
    array = value.array if isinstance(value, Variable) else np.asarray(value)
    if dtype is None and array.dtype == np.float64 and not isinstance(value, Variable):
        dtype = np.dtype(np.float32)
    if dtype is not None and array.dtype != dtype:
        if isinstance(value, Tensor) and array.dtype.kind == "f":
            cast: Tensor = value.to(dtype)
            return cast
        return wrap(array.astype(dtype))
    return value if isinstance(value, Tensor) else wrap(array)


def same_rank(y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
    """Targets (N) and predictions (N, 1), or the other way round, in one shape; anything else as it is."""
    a, b = y_true.array.ndim, y_pred.array.ndim
    if a == b:
        return y_true, y_pred
    if a == b + 1 and y_true.shape[-1] == 1:
        return (y_true, y_pred.unsqueeze(-1)) if b == 1 else (y_true.squeeze(-1), y_pred)
    if b == a + 1 and y_pred.shape[-1] == 1:
        return (y_true.unsqueeze(-1), y_pred) if a == 1 else (y_true, y_pred.squeeze(-1))
    return y_true, y_pred


def paired(name: str, y_true: Any, y_pred: Any) -> tuple[Tensor, Tensor]:
    """Targets and predictions as tensors of one shape and dtype.

    Raises:
        ShapeError: if the shapes differ by more than a last dimension of 1. They are never broadcast.
    """
    y_pred = as_tensor(y_pred)
    if y_pred.array.dtype.kind != "f":
        y_pred = as_tensor(y_pred, np.dtype(np.float32))
    y_true, y_pred = same_rank(as_tensor(y_true, y_pred.array.dtype), y_pred)
    if y_true.array.shape != y_pred.array.shape:
        raise ShapeError(mismatch(name, y_true.array.shape, y_pred.array.shape))
    return y_true, y_pred


def mismatch(name: str, true: tuple[int, ...], predicted: tuple[int, ...]) -> str:
    """What is wrong where targets and predictions have different shapes, and what helps."""
    message = f"{name}: the targets have shape {true} and the predictions {predicted}"
    if true[:1] != predicted[:1]:
        return f"{message}: give one target for each example"
    if len(true) <= len(predicted) and predicted and predicted[-1] > 1 and true[1:] in ((), (1,)):
        return (
            f"{message}. Class numbers go with loss='sparse_categorical_crossentropy'; for {name} make them one-hot, "
            f"nn.keras.utils.to_categorical(y, {predicted[-1]}), or give the last layer 1 unit"
        )
    return f"{message}: give the last layer as many units as a target has numbers, {true[-1] if true else 1}"


class Loss(NamesItsArguments):
    """Base class of losses: `call` gives a number for each example, calling the object one for the batch.

    Args:
        name: what it is called in messages.
        reduction: "sum_over_batch_size" (or "mean"): the mean over examples, weighted ones divided by their number;
            "mean_with_sample_weight": divided by the sum of the weights; "sum"; or "none" for the numbers themselves.
        dtype: accepted; a loss is computed in the dtype of the predictions.

    Raises:
        ArgumentError: for another reduction.

    >>> class Squared(Loss):
    ...     def call(self, y_true, y_pred):
    ...         return (y_true - y_pred) ** 2
    >>> Squared()([1.0, 2.0], [1.0, 4.0])
    tensor(2.)
    """

    def __init__(
        self,
        name: str | None = None,
        reduction: str | None = "sum_over_batch_size",
        dtype: Any = None,
    ) -> None:
        reduction = "none" if reduction is None else reduction
        if reduction not in REDUCTIONS:
            raise ArgumentError(f"{type(self).__name__}: reduction is one of {REDUCTIONS}, got {reduction!r}")
        self.name = name or snake_case(type(self).__name__)
        self.reduction = reduction
        self.dtype = dtype

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The loss of each example; a subclass defines it."""
        raise NotImplementedError(f"{type(self).__name__} has no call(): define it")

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        """The loss of a batch, as a tensor."""
        values = self.call(as_tensor(y_true), as_tensor(y_pred))
        return reduced(self.name, values, self.reduction, sample_weight)

    def check(self, y_true: Any) -> None:
        """Raise if labels cannot be right for this loss; `fit` asks once, with all of them."""

    def get_config(self) -> dict[str, Any]:
        """What it was made with."""
        return {"name": self.name, "reduction": self.reduction}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Loss:
        """Make it again."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.get_config().items())})"


class LossFunctionWrapper(Loss):
    """A loss from a function (y_true, y_pred) → a number for each example, or one for the batch.

    Args:
        fn: the function.
        reduction, name: see `Loss`.
        options: passed on to the function.
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(name or getattr(fn, "__name__", type(fn).__name__), reduction, dtype)
        self.fn = fn
        self.options = options

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The function's value."""
        return as_tensor(self.fn(y_true, y_pred, **self.options))

    def get_config(self) -> dict[str, Any]:
        """What it was made with."""
        return {**super().get_config(), **self.options}


def reduced(name: str, values: Tensor, reduction: str, sample_weight: Any = None) -> Tensor:
    """The numbers of the examples, weighted, as one number.

    Raises:
        ShapeError: if there is not one weight for each example, or each element.
    """
    weight = None
    if sample_weight is not None:
        weight = as_tensor(sample_weight, values.array.dtype)
        if weight.array.ndim == values.array.ndim + 1 and weight.shape[-1] == 1:
            weight = weight.squeeze(-1)
        if weight.array.shape != values.array.shape[: weight.array.ndim]:
            raise ShapeError(
                f"{name}: sample_weight has shape {weight.array.shape}, but the losses {values.array.shape}: give one "
                "weight for each example"
            )
        weight = weight.reshape(weight.array.shape + (1,) * (values.array.ndim - weight.array.ndim))
        values = values * weight
    if reduction == "none":
        return values
    if reduction == "sum":
        return values.sum()
    if reduction == "mean_with_sample_weight" and weight is not None:
        return values.sum() / (weight.expand(values.array.shape).sum() + EPSILON)
    return values.mean()
