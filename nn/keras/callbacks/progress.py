"""What is shown while a model is trained: a bar in a terminal or a notebook, plain lines in a log file."""

from __future__ import annotations

import math
import sys
import time
from typing import IO, Any

from autograd.errors import ArgumentError
from nn.keras.callbacks.callback import Callback, Logs

SECONDS = 0.05
"""Between two looks at the figures in a bar."""


def in_words(logs: Logs) -> str:
    """Figures in a line.

    >>> in_words({"loss": 0.25, "accuracy": 1.0, "learning_rate": 1e-4})
    'loss: 0.2500 - accuracy: 1.0000 - learning_rate: 1.0000e-04'
    """
    return " - ".join(f"{name}: {_in_words(value)}" for name, value in logs.items())


def _in_words(value: Any) -> str:
    if not isinstance(value, (int, float)):
        return str(value)
    plain = value == 0 or not math.isfinite(value) or 1e-3 <= abs(value) < 1e6
    return f"{value:.4f}" if plain else f"{value:.4e}"


def default_progress(verbose: Any) -> ProgressBar | None:
    """What `verbose` asks for: nothing (0), a bar (1, "auto", True), or a line for each epoch (2).

    Raises:
        ArgumentError: if it is something else.
    """
    if verbose in ("auto", 1, True):
        return ProgressBar()
    if verbose == 2:
        return ProgressBar(bar=False)
    if verbose in (0, False, None):
        return None
    raise ArgumentError(f"verbose: is 0, 1, 2 or 'auto', got {verbose!r}")


class ProgressBar(Callback):
    """A bar that fills as an epoch goes on, with the figures so far; in a log file a line after each epoch.

    Args:
        bar: None for a bar in a terminal or a notebook, and lines elsewhere, which hold no control characters; True or
            False to say so.
        file: where to write; standard output if left out.
    """

    wants_function = True

    def __init__(self, bar: bool | None = None, file: IO[str] | None = None) -> None:
        super().__init__()
        self.bar, self.file = bar, file
        self._shown: Any = None
        self._began = self._looked = 0.0

    def _output(self) -> IO[str]:
        return self.file if self.file is not None else sys.stdout

    def _makes_bar(self) -> bool:
        if self.bar is not None:
            return self.bar
        return self._in_notebook() or bool(getattr(self._output(), "isatty", bool)())

    def _in_notebook(self) -> bool:
        """Whether a notebook shows it, and can show bars."""
        shell = sys.modules.get("IPython")
        running = shell.get_ipython() if shell is not None and hasattr(shell, "get_ipython") else None
        if running is None or type(running).__name__ != "ZMQInteractiveShell" or self.file is not None:
            return False
        from importlib.util import find_spec

        return find_spec("ipywidgets") is not None

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Begin a bar."""
        self._began = time.perf_counter()
        self._looked = 0.0
        if not self._makes_bar():
            return
        self._open(f"Epoch {epoch + 1}/{self.params['epochs']}")

    def _open(self, title: str | None = None) -> None:
        """Show an empty bar."""
        bar: Any
        if self._in_notebook():
            from tqdm.notebook import tqdm_notebook as bar
        else:
            from tqdm import tqdm as bar
        self._shown = bar(
            total=self.params.get("steps"),
            desc=title,
            unit="batch",
            file=None if self._in_notebook() else self._output(),
            dynamic_ncols=True,
            leave=True,
        )

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Move the bar on."""
        self._move(logs)

    def _move(self, logs: Any = None) -> None:
        """Move the bar on; the figures are computed a few times a second."""
        if self._shown is None:
            return
        now = time.perf_counter()
        if logs is not None and now - self._looked >= SECONDS:
            self._looked = now
            self._shown.set_postfix_str(in_words(logs()), refresh=False)
        self._shown.update()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """End the bar, or write the line."""
        words = in_words(logs or {})
        if self._shown is not None:
            self._shown.set_postfix_str(words)
            self._close()
            return
        seconds = time.perf_counter() - self._began
        self._output().write(f"Epoch {epoch + 1}/{self.params['epochs']} - {seconds:.1f} s - {words}\n")
        self._output().flush()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """End a bar that was left in an epoch that was not finished."""
        if self._shown is not None:
            self._close()

    def _close(self) -> None:
        self._shown.close()
        self._shown = None


class PassBar(ProgressBar):
    """The bar of `evaluate` and `predict`, for one pass through the data; in a log file a line with the figures."""

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Begin a bar."""
        if self._makes_bar():
            self._open()

    on_predict_begin = on_test_begin

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        """Move the bar on."""
        self._move(logs)

    def on_test_end(self, logs: Logs | None = None) -> None:
        """End the bar, or write the line."""
        if self._shown is not None:
            self._shown.set_postfix_str(in_words(logs or {}))
            self._close()
            return
        self._output().write(in_words(logs or {}) + "\n")

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        """Move the bar on."""
        self._move()

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """End the bar."""
        if self._shown is not None:
            self._close()


def pass_progress(verbose: Any) -> PassBar | None:
    """What `verbose` asks of `evaluate` and `predict`: nothing (0), a bar (1, "auto", True), or a line (2).

    Raises:
        ArgumentError: if it is something else.
    """
    asked = default_progress(verbose)
    return None if asked is None else PassBar(bar=asked.bar)
