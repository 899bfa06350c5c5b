"""`Trainer`: the part of a model that is compiled, trained, evaluated, and asked for predictions."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd import Tensor, no_grad
from autograd.errors import ArgumentError
from nn.keras.adapters import Batches, batches, one_batch, split
from nn.keras.arrays import leaves, mapped
from nn.keras.callbacks.callback import CallbackList
from nn.keras.callbacks.history import History
from nn.keras.callbacks.progress import pass_progress
from nn.keras.compilable import Compilable
from nn.keras.compiled import Compiled, Logs, as_number, outputs_of
from nn.keras.interrupts import Interrupts
from nn.keras.lookup import names_its_arguments
from nn.keras.optimizers.names import built as built_optimizer
from nn.keras.packing import as_tensors, unpack_x_y_sample_weight
from nn.keras.penalties import Penalties


class Trainer(Compilable):
    """What `nn.keras.Model` has of Keras's training: `compile`, `fit`, `evaluate`, `predict` and their like.

    It is a mixin for a `Module`. `fit` draws the order of the examples from the default generator, one permutation for
    each epoch, and computes what a loop written by hand does: forward, loss, `zero_grad`, `backward`, `step`.
    """

    _found: Penalties | None = None
    _learns: bool = True
    history: History | None = None

    # -- fit -------------------------------------------------------------------------------------------------------

    @names_its_arguments
    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool | str = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int | Sequence[int] = 1,
    ) -> History:
        """Train the model, and return the figures of each epoch.

        Ctrl-C ends the training after the batch that is running; what was learnt and the history so far are kept. A
        second one raises KeyboardInterrupt at once.

        Args:
            x: arrays, lists, a pandas frame or tensors, alone or in lists or dicts for several inputs; or a
                DataLoader, a PyDataset or a generator of batches (x, y) or (x, y, sample_weight). float64 is computed
                as float32.
            y: the targets, if x is not of batches.
            batch_size: how many examples a step is made of; 32 if left out.
            epochs: the number of the last epoch, which is how many there are unless `initial_epoch` is given.
            verbose: 0 for silence, 1 (or "auto") for a progress bar, 2 for a line for each epoch.
            callbacks: a list of `nn.keras.callbacks`.
            validation_split: the share of the data, from the end, that is evaluated after each epoch and not learnt.
            validation_data: (x, y), (x, y, sample_weight), or batches, that are evaluated after each epoch.
            shuffle: whether arrays are learnt in an order drawn anew for each epoch; "batch" shuffles batches whole.
            class_weight: class number -> factor of the loss of its examples.
            sample_weight: factors of the loss of each example.
            initial_epoch: how many epochs were done before.
            steps_per_epoch: how many batches an epoch has; all if left out.
            validation_steps: how many batches are evaluated; all if left out.
            validation_batch_size: `batch_size` if left out.
            validation_freq: evaluate after every so many epochs, or after the epochs of a list, counted from 1.

        Raises:
            ArgumentError: if the model has not been compiled, arguments do not go together, or there are no data.
            ShapeError: if lengths differ, or loss and targets do not match; the message says what helps.
            DTypeError: if something does not hold numbers.
        """
        compiled = self._checked("fit")
        if validation_split and validation_data is None:
            (x, y, sample_weight), validation_data = split(
                "fit", validation_split, x, y, sample_weight, self._floats()
            )
        data = batches(
            "fit", x, y, sample_weight, batch_size, steps_per_epoch, shuffle, class_weight, self._floats()
        )
        compiled.check(getattr(data, "y", None))
        held_out = self._validation(validation_data, validation_batch_size or batch_size, validation_steps)
        self._prepare(data)
        history = History()
        listed = CallbackList(
            callbacks,
            self,
            history,
            verbose,
            epochs=epochs,
            steps=data.steps,
            examples=data.examples,
            generator=getattr(x, "generator", None),
            validation=held_out is not None,
        )
        self.__dict__["stop_training"] = False
        self.__dict__["history"] = history
        was_training = self.training
        with Interrupts(self) as interrupts:
            try:
                start = listed.begin_training(initial_epoch)
                for epoch in range(start, epochs):
                    self.train()
                    self.reset_metrics()
                    listed.on_epoch_begin(epoch)
                    logs = self._epoch(data, listed, interrupts)
                    due = held_out is not None and _due(epoch + 1, validation_freq)
                    if held_out is not None and due and not interrupts.caught:
                        found = self._evaluated(held_out, listed, interrupts)
                        logs.update({f"val_{name}": value for name, value in found.items()})
                    if interrupts.caught:
                        break
                    listed.on_epoch_end(epoch, logs)
                    if self.stop_training:
                        break
            except KeyboardInterrupt:
                interrupts.caught = True
            history.interrupted = interrupts.caught
            listed.on_train_end(history.last())
        self.train(was_training)
        return history

    def _epoch(self, data: Batches, listed: CallbackList, interrupts: Interrupts) -> Logs:
        """Learn from all batches once; the figures."""
        compiled = self._checked("fit")
        own = type(self).train_step is not Trainer.train_step
        logs: Logs = {}
        watched = listed.watches_batches
        step = -1
        for step, batch in enumerate(data.epoch()):
            if watched:
                listed.on_train_batch_begin(step)
            if own:
                logs = _figures(self.train_step(as_tensors(batch)))
            else:
                self._train_batch(compiled, *batch)
            if watched:
                listed.on_train_batch_end(step, logs if own else compiled.results)
            if self.stop_training or interrupts.caught:
                break
        if step < 0:
            raise ArgumentError("fit: there are no examples left: the data gave no batch in this epoch")
        return logs if own else compiled.results()

    def _train_batch(self, compiled: Compiled, x: Any, y: Any, weight: Any) -> None:
        """One step: forward, loss, backward, update; and the figures."""
        predicted = self(x)
        penalties = self._found
        extra = penalties.losses(self) if penalties is not None else ()
        loss = compiled.loss(
            y, predicted, weight, self._names(predicted) if not compiled.built else compiled.names, extra
        )
        if self._learns:
            optimizer = self._optimizer
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        if penalties is not None and penalties.constrained:
            self.apply_constraints()
        compiled.track(loss.array.item(), y, predicted, weight, _count(x))

    def train_step(self, data: Any) -> Any:
        """Learn from a batch and return the figures so far; a subclass may do it in another way.

        Args:
            data: tensors: x alone, (x, y), or (x, y, sample_weight), as they were given.
        """
        compiled = self._checked("train_step")
        self._train_batch(compiled, *unpack_x_y_sample_weight(data))
        return compiled.results()

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor:
        """The loss of predictions, penalties included; for a `train_step` of your own."""
        compiled = self._checked("compute_loss")
        penalties = self._found or Penalties(self)
        y = mapped(lambda t: t.array if isinstance(t, Tensor) else t, y)
        return compiled.loss(y, y_pred, sample_weight, self._names(y_pred), penalties.losses(self))

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Logs:
        """Take predictions into the metrics, and return the figures so far; for a `train_step` of your own."""
        compiled = self._checked("compute_metrics")
        y = mapped(lambda t: t.array if isinstance(t, Tensor) else t, y)
        if not compiled.built:
            compiled.build(self._names(y_pred), compiled._targets(y, self._names(y_pred)), outputs_of(y_pred))  # noqa: SLF001  # of the same package
        total = compiled.total.result()
        compiled.track(total, y, y_pred, sample_weight, 0)
        logs = compiled.results()
        del logs["loss"]
        return logs

    # -- evaluate and predict --------------------------------------------------------------------------------------

    @names_its_arguments
    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """The loss and the metrics on data: a number, a list [loss, metric, …], or a dict of them.

        Args:
            x, y, batch_size, sample_weight: as for `fit`.
            verbose: 0 for silence, 1 (or "auto") for a progress bar, 2 for a line.
            steps: how many batches; all if left out.
            callbacks: a list of `nn.keras.callbacks`.
            return_dict: whether to return {name: value}.

        Raises:
            ArgumentError, ShapeError, DTypeError: as `fit`.

        >>> from nn import keras
        >>> model = keras.Sequential([keras.layers.Dense(1, kernel_initializer="ones")])
        >>> model.compile(loss="mse", metrics=["mae"])
        >>> model.evaluate([[1.0], [2.0]], [1.0, 4.0], verbose=0)
        [2.0, 1.0]
        """
        self._checked("evaluate")
        data = batches("evaluate", x, y, sample_weight, batch_size, steps, dtype=self._floats())
        self._prepare(data, optimizer=False)
        listed = self._one_pass(callbacks, verbose, data)
        with Interrupts(self) as interrupts:
            logs = self._evaluated(data, listed, interrupts)
        if interrupts.caught:
            raise KeyboardInterrupt
        if return_dict:
            return logs
        values = list(logs.values())
        return values[0] if len(values) == 1 else values

    def _evaluated(self, data: Batches, listed: CallbackList, interrupts: Interrupts) -> Logs:
        """The figures on data, in evaluation mode, without a graph."""
        compiled = self._checked("evaluate")
        own = type(self).test_step is not Trainer.test_step
        self.eval()
        self.reset_metrics()
        logs: Logs = {}
        listed.on_test_begin()
        step = -1
        with no_grad():
            for step, batch in enumerate(data.epoch()):
                if listed.watches_tests:
                    listed.on_test_batch_begin(step)
                if own:
                    logs = _figures(self.test_step(as_tensors(batch)))
                else:
                    self._test_batch(compiled, *batch)
                if listed.watches_tests:
                    listed.on_test_batch_end(step, compiled.results)
                if interrupts.caught:
                    break
        if step < 0:
            raise ArgumentError("evaluate: there are no examples: the data gave no batch")
        logs = logs if own else compiled.results()
        listed.on_test_end(logs)
        return logs

    def _test_batch(self, compiled: Compiled, x: Any, y: Any, weight: Any) -> None:
        """The figures of one batch."""
        predicted = self(x)
        names = compiled.names if compiled.built else self._names(predicted)
        extra = self._found.losses(self) if self._found is not None else ()
        if compiled.given["loss"] is None and not extra:
            if not compiled.built:
                outputs = outputs_of(predicted)
                compiled.build(names, compiled._targets(y, names), outputs)  # noqa: SLF001  # of the same package
            value = 0.0
        else:
            value = compiled.loss(y, predicted, weight, names, extra).array.item()
        compiled.track(value, y, predicted, weight, _count(x))

    def test_step(self, data: Any) -> Any:
        """The figures so far, with a batch more, packed as for `train_step`; a subclass may do it in another way."""
        compiled = self._checked("test_step")
        self._test_batch(compiled, *unpack_x_y_sample_weight(data))
        return compiled.results()

    @names_its_arguments
    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Any:
        """What the model returns for data, in evaluation mode, as one array for each output.

        Args:
            x, batch_size: as for `fit`.
            verbose: 0 for silence, 1 (or "auto") for a progress bar in a terminal or a notebook.
            steps: how many batches; all if left out.
            callbacks: a list of `nn.keras.callbacks`.

        Raises:
            ArgumentError, ShapeError, DTypeError: as `fit`.

        >>> from nn import keras
        >>> model = keras.Sequential([keras.layers.Dense(1, kernel_initializer="ones")])
        >>> model.predict([[1.0], [2.0]]).tolist()
        [[1.0], [2.0]]
        """
        data = batches("predict", x, None, None, batch_size, steps, dtype=self._floats())
        self._prepare(data, optimizer=False)
        listed = self._one_pass(callbacks, verbose, data)
        was_training = self.training
        self.eval()
        found: list[Any] = []
        listed.on_predict_begin()
        with no_grad():
            for step, (inputs, _, _) in enumerate(data.epoch()):
                listed.on_predict_batch_begin(step)
                found.append(self.predict_step((inputs,)))
                listed.on_predict_batch_end(step, {"outputs": found[-1]})
        listed.on_predict_end()
        self.train(was_training)
        if not found:
            raise ArgumentError("predict: there are no examples: the data gave no batch")
        return _joined(found)

    def predict_step(self, data: Any) -> Any:
        """What the model returns for a batch (x,); a subclass may do it in another way."""
        return self(data[0])

    # -- one batch -------------------------------------------------------------------------------------------------

    @names_its_arguments
    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Mapping[int, float] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """Make one step with one batch; the loss and metrics of it, as `evaluate` returns them.

        Raises:
            ArgumentError, ShapeError, DTypeError: as `fit`.
        """
        self._checked("train_on_batch")
        batch = one_batch("train_on_batch", x, y, sample_weight, class_weight, self._floats())
        self._prepare(batch[0])
        was_training = self.training
        self.train()
        self.reset_metrics()
        logs = _figures(self.train_step(as_tensors(batch)))
        self.train(was_training)
        return _returned(logs, return_dict)

    @names_its_arguments
    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """The loss and metrics of one batch, as `evaluate` returns them.

        Raises:
            ArgumentError, ShapeError, DTypeError: as `fit`.
        """
        self._checked("test_on_batch")
        batch = one_batch("test_on_batch", x, y, sample_weight, dtype=self._floats())
        self._prepare(batch[0], optimizer=False)
        was_training = self.training
        self.eval()
        self.reset_metrics()
        with no_grad():
            logs = _figures(self.test_step(as_tensors(batch)))
        self.train(was_training)
        return _returned(logs, return_dict)

    def predict_on_batch(self, x: Any) -> Any:
        """What the model returns for one batch, as arrays."""
        inputs, _, _ = one_batch("predict_on_batch", x, None, None, dtype=self._floats())
        was_training = self.training
        self.eval()
        with no_grad():
            found = self.predict_step((inputs,))
        self.train(was_training)
        return _joined([found])

    # -- what all of them need -------------------------------------------------------------------------------------

    def _validation(self, given: Any, batch_size: int | None, steps: int | None) -> Batches | None:
        if given is None:
            return None
        if isinstance(given, (list, tuple)) and 2 <= len(given) <= 3:
            x, y, weight = (*given, None)[:3]
            return batches("fit: validation_data", x, y, weight, batch_size, steps, dtype=self._floats())
        return batches("fit: validation_data", given, None, None, batch_size, steps, dtype=self._floats())

    def _one_pass(self, callbacks: Any, verbose: Any, data: Batches) -> CallbackList:
        """The callbacks of `evaluate` or `predict`."""
        bar = pass_progress(verbose)
        return CallbackList(
            callbacks, self, None, 0, epochs=1, steps=data.steps, examples=data.examples, bar=bar
        )

    def _floats(self) -> Any:
        """float64 for a model that has weights of it; None for the default dtype."""
        for parameter in self.parameters():
            return parameter.array.dtype if parameter.array.dtype == np.float64 else None
        return None

    def _prepare(self, data: Any, optimizer: bool = True) -> None:
        """Make the weights, if they are not there, and give the optimizer the parameters."""
        if not getattr(self, "built", True):
            self.build_from(data.first() if hasattr(data, "first") else data)
        self.__dict__["_found"] = Penalties(self)
        if optimizer:
            learnt = [p for p in self.parameters() if p.requires_grad]
            self.__dict__["_learns"] = bool(learnt)
            if learnt:
                self.__dict__["_optimizer"] = built_optimizer(self._optimizer, learnt)
            else:
                warnings.warn(
                    f"{getattr(self, 'name', type(self).__name__)!r} has no weights to be learnt; are all layers "
                    "frozen? It is only evaluated",
                    UserWarning,
                    stacklevel=4,
                )


def _count(x: Any) -> int:
    """How many examples a batch has."""
    first = x if isinstance(x, Tensor) else next(leaves(x))
    return int(first.array.shape[0])


def _figures(returned: Any) -> Logs:
    """What a step returned, as plain numbers."""
    return {str(name): as_number(value) for name, value in dict(returned or {}).items()}


def _due(epoch: int, freq: int | Sequence[int]) -> bool:
    """Whether to evaluate after an epoch, counted from 1."""
    return epoch in freq if isinstance(freq, (list, tuple, set, range)) else epoch % int(freq) == 0  # type: ignore[arg-type]  # a list otherwise


def _returned(logs: Logs, as_dict: bool) -> Any:
    if as_dict:
        return logs
    values = list(logs.values())
    return values[0] if len(values) == 1 else values


def _joined(found: list[Any]) -> Any:
    """The outputs of all batches, joined, in the structure that the model returned."""
    first = found[0]
    if isinstance(first, Mapping):
        return {key: _joined([part[key] for part in found]) for key in first}
    if isinstance(first, (list, tuple)):
        return [_joined([part[i] for part in found]) for i in range(len(first))]
    arrays = [part.array if isinstance(part, Tensor) else np.asarray(part) for part in found]
    return np.concatenate(arrays) if len(arrays) > 1 else np.array(arrays[0])
