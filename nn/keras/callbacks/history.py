"""`History`: the figures of every epoch, which `fit` returns."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import Any

from nn.keras.callbacks.callback import Callback, Logs


class History(Callback):
    """The figures of every epoch.

    Attributes:
        history: name -> list of values, one for each epoch: "loss", the metrics, and both with "val_" before them.
        epoch: the numbers of the epochs, from 0.
        interrupted: whether Ctrl-C ended the training.
        model: the model, as long as it is held elsewhere: it holds its history, so that both are freed with it.
    """

    _model: weakref.ref[Any] | None = None

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[Any]] = {}
        self.epoch: list[int] = []
        self.interrupted = False

    @property
    def model(self) -> Any:
        """The model; None once it is gone."""
        return None if self._model is None else self._model()

    @model.setter
    def model(self, value: Any) -> None:
        self._model = None if value is None else weakref.ref(value)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_model"}

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Take in the figures."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)

    def last(self) -> Logs:
        """The figures of the last epoch."""
        return {name: values[-1] for name, values in self.history.items() if values}

    def get_state(self) -> dict[str, Any]:
        """The figures."""
        return {"epoch": list(self.epoch), "history": {name: list(v) for name, v in self.history.items()}}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on from earlier figures."""
        self.epoch = [int(epoch) for epoch in state["epoch"]]
        self.history = {name: list(values) for name, values in state["history"].items()}

    def plot(self, **options: Any) -> Any:
        """Draw the curves, training and validation in one picture for each figure: a matplotlib figure."""
        from nn import plots  # with it comes matplotlib

        return plots.history(self, **options)

    def __repr__(self) -> str:
        return f"History({len(self.epoch)} epochs: {', '.join(self.history)})"
