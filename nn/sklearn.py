"""Models as estimators of scikit-learn: `KerasClassifier` and `KerasRegressor`, for pipelines, searches and scores.

It is loaded by `import nn.sklearn` alone, and needs the package scikit-learn.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, column_or_1d, validate_data

from autograd.errors import ArgumentError
from autograd.random import fork_rng, manual_seed
from nn import keras
from nn.module import Module

__all__ = ["KerasClassifier", "KerasRegressor"]


class _KerasEstimator(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """What both have in common: the parameters, and training.

    The parameters are those of `KerasClassifier`.
    """

    def __init__(
        self,
        model: Any = None,
        *,
        hidden_layer_sizes: Sequence[int] = (64,),
        activation: str = "relu",
        model_options: dict[str, Any] | None = None,
        optimizer: Any = "adam",
        learning_rate: float | None = 0.01,
        loss: Any = None,
        metrics: Any = None,
        epochs: int = 100,
        batch_size: int = 32,
        validation_split: float = 0.0,
        callbacks: Any = None,
        shuffle: bool = True,
        warm_start: bool = False,
        verbose: int = 0,
        random_state: Any = None,
    ) -> None:
        self.model = model
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.model_options = model_options
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.loss = loss
        self.metrics = metrics
        self.epochs = epochs
        self.batch_size = batch_size
        self.validation_split = validation_split
        self.callbacks = callbacks
        self.shuffle = shuffle
        self.warm_start = warm_start
        self.verbose = verbose
        self.random_state = random_state

    # -- the model -------------------------------------------------------------------------------------------------

    def _made(self, units: int, activation: str | None, loss: str, facts: dict[str, Any]) -> Any:
        """A compiled model: a copy of the one that was given, what the function makes, or hidden layers."""
        if self.model is None:
            made: Any = self._layers(facts["n_features"], units, activation)
        elif isinstance(self.model, keras.Model):
            made = copy.deepcopy(self.model)
        elif callable(self.model) and not isinstance(self.model, Module):
            wanted = inspect.signature(self.model).parameters
            known = {name: value for name, value in facts.items() if name in wanted}
            made = self.model(**{**known, **(self.model_options or {})})
        else:
            raise ArgumentError(
                f"{type(self).__name__}: model is a keras.Model, a function that makes one, or None, got {self.model!r}"
            )
        if not made.compiled:
            optimizer = keras.optimizers.get(copy.deepcopy(self.optimizer))
            if isinstance(self.optimizer, str) and self.learning_rate is not None:
                optimizer.learning_rate = self.learning_rate
            made.compile(optimizer, self.loss or loss, metrics=copy.deepcopy(self.metrics))
        return made

    def _layers(self, features: int, units: int, activation: str | None) -> Any:
        """Hidden layers, in float64 as scikit-learn's: a prediction is the same alone and among others."""
        x = inputs = keras.Input((features,), dtype="float64")
        for n in self.hidden_layer_sizes:
            x = keras.layers.Dense(int(n), activation=self.activation, dtype="float64")(x)
        x = keras.layers.Dense(units, activation=activation, dtype="float64")(x)
        return keras.Model(inputs, x, dtype="float64")

    def _fitted(self, x: Any, y: Any, weight: Any, make: Callable[[], Any]) -> None:
        """Make the model, unless it goes on with the last one, and train it; the random numbers are its own."""
        seed = int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        with fork_rng():
            manual_seed(seed)
            if not (self.warm_start and hasattr(self, "model_")):
                self.model_ = make()
            self.history_ = self.model_.fit(
                x,
                y,
                epochs=self.epochs,
                batch_size=self.batch_size,
                validation_split=self.validation_split,
                callbacks=copy.deepcopy(self.callbacks),
                shuffle=self.shuffle,
                sample_weight=weight,
                verbose=self.verbose,
            ).history
        self.n_iter_ = len(next(iter(self.history_.values()), ()))

    def _checked(self, x: Any) -> Any:
        """The features, checked: of the same number and names as those that were learnt."""
        check_is_fitted(self)
        return validate_data(self, x, reset=False, dtype="numeric", allow_nd=self.model is not None)

    def _weights(self, x: Any, sample_weight: Any) -> Any:
        return None if sample_weight is None else _check_sample_weight(sample_weight, x)


class KerasClassifier(ClassifierMixin, _KerasEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A classifier: a network that is made, compiled and trained by `fit`.

    Args:
        model: None for hidden layers as `hidden_layer_sizes` says; a `keras.Model`, compiled or not, of which each fit
            trains a copy; or a function that makes one. The function gets those of `n_features`, `n_classes` and
            `n_outputs` (1 for two classes) that it has as parameters, and `model_options`.
        hidden_layer_sizes, activation: of the model that is made without one.
        model_options: arguments of the function; search over them with {"model_options": [{...}, {...}]}.
        optimizer, loss, metrics: for `compile`, of a model that is not compiled; the loss is the cross entropy.
        learning_rate: of an optimizer that is given by its name; None for its own.
        epochs, batch_size, validation_split, callbacks, shuffle, verbose: for `fit`.
        warm_start: go on with the last model.
        random_state: a seed of weights and order, or a generator.

    Attributes:
        model_: the model that was trained.
        history_: the figures of each epoch, as in `History.history`.
        classes_: the labels.
        n_features_in_, n_iter_: how many features and epochs.

    >>> from sklearn.datasets import make_moons
    >>> from sklearn.model_selection import cross_val_score
    >>> x, y = make_moons(200, noise=0.1, random_state=0)
    >>> classifier = KerasClassifier(hidden_layer_sizes=(16, 16), epochs=60, random_state=0)
    >>> bool(cross_val_score(classifier, x, y, cv=3).mean() > 0.95)
    True
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train on features X (N, features) and labels y (N), of any kind.

        Raises:
            ValueError: if there is one class alone, a label that the last model of a warm start does not have, or the
                data do not fit.
        """
        x, y = validate_data(self, X, y, dtype="numeric", allow_nd=self.model is not None)
        check_classification_targets(y)
        y = column_or_1d(y, warn=True)
        if not (self.warm_start and hasattr(self, "classes_")):
            self.classes_, numbers = np.unique(y, return_inverse=True)
        else:
            if not np.isin(y, self.classes_).all():
                raise ArgumentError(
                    f"{type(self).__name__}: with warm_start the labels are those of the first fit, {self.classes_}, "
                    f"got {np.setdiff1d(y, self.classes_)}; warm_start=False begins anew"
                )
            numbers = np.searchsorted(self.classes_, y)
        count = len(self.classes_)
        if count < 2:
            raise ArgumentError(
                f"{type(self).__name__}: needs 2 classes or more, the data hold 1 class, {self.classes_}"
            )
        units, activation, loss = (
            (1, "sigmoid", "binary_crossentropy")
            if count == 2
            else (count, "softmax", "sparse_categorical_crossentropy")
        )
        facts = {"n_features": x.shape[1], "n_classes": count, "n_outputs": units}
        weight = self._weights(x, sample_weight)
        self._fitted(x, numbers, weight, lambda: self._made(units, activation, loss, facts))
        return self

    def predict_proba(self, X: Any) -> Any:
        """The probability of each class, (N, classes)."""
        found = self._predicted(self._checked(X))
        return np.column_stack([1 - found, found]) if found.shape[1] == 1 else found

    def _predicted(self, x: Any) -> Any:
        found = self.model_.predict(x, verbose=0)
        return found.reshape(len(x), -1).astype(np.float64)

    def predict(self, X: Any) -> Any:
        """The likeliest class of each."""
        found = self.predict_proba(X)
        return self.classes_[found.argmax(1)]


class KerasRegressor(RegressorMixin, _KerasEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A regressor: a network that is made, compiled and trained by `fit`, with the mean squared error.

    Args:
        model: see `KerasClassifier`; the function gets `n_features` and `n_outputs`.
        hidden_layer_sizes, activation, model_options, optimizer, learning_rate, loss, metrics, epochs, batch_size,
            validation_split, callbacks, shuffle, warm_start, verbose, random_state: see `KerasClassifier`.

    Attributes:
        model_, history_, n_features_in_, n_iter_: see `KerasClassifier`.

    >>> import numpy as np
    >>> x = np.linspace(-1, 1, 80)[:, None]
    >>> regressor = KerasRegressor(hidden_layer_sizes=(16,), epochs=60, random_state=0).fit(
    ...     x, 3 * x[:, 0] + 1
    ... )
    >>> bool(regressor.score(x, 3 * x[:, 0] + 1) > 0.99)
    True
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train on features X (N, features) and numbers y, (N) or (N, outputs).

        Raises:
            ValueError: if the data do not fit.
        """
        x, y = validate_data(
            self,
            X,
            y,
            dtype="numeric",
            multi_output=True,
            y_numeric=True,
            allow_nd=self.model is not None,
        )
        self._flat = y.ndim == 1
        units = 1 if self._flat else y.shape[1]
        facts = {"n_features": x.shape[1], "n_outputs": units}
        weight = self._weights(x, sample_weight)
        self._fitted(x, y, weight, lambda: self._made(units, None, "mse", facts))
        return self

    def predict(self, X: Any) -> Any:
        """The numbers, in the shape of those that were learnt."""
        x = self._checked(X)
        found = self.model_.predict(x, verbose=0).astype(np.float64)
        return found.reshape(len(x)) if self._flat else found

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
