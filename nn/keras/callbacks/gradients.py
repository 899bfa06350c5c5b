"""`GradientWatch`: gradients, activations and dead units of each layer while `fit` runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn.keras.callbacks.callback import Callback, Logs

if TYPE_CHECKING:
    from autograd.show.watching.watch import Watch


class GradientWatch(Callback):
    """Watch the layers while they learn, with `autograd.show.watch`; what it saw is in `watch`.

    Args:
        every: sample each so many steps.
        options: passed on to `autograd.show.watch`, such as `logdir` for TensorBoard.

    Attributes:
        watch: what was seen: `watch.report()` says it in words, `watch.plot()` draws it, `watch.findings()` lists what
            is wrong, such as gradients that vanish.

    >>> from nn import keras
    >>> model = keras.Sequential([keras.layers.Dense(4, activation="relu"), keras.layers.Dense(1)])
    >>> model.compile("adam", "mse")
    >>> seen = keras.callbacks.GradientWatch()
    >>> _ = model.fit([[0.0], [1.0]], [0.0, 2.0], epochs=3, verbose=0, callbacks=[seen])
    >>> seen.watch.history[-1].step
    2
    """

    def __init__(self, every: int = 1, **options: Any) -> None:
        super().__init__()
        self.every, self.options = every, options
        self.watch: Watch | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begin to watch."""
        from autograd.show.watching.watch import watch

        self.watch = watch(self.model, self.model.optimizer, self.every, **self.options)

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Take the hooks off; what was seen stays."""
        if self.watch is not None:
            self.watch.close()
