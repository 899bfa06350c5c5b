"""Callbacks that write the figures down: a CSV file, files for TensorBoard; and one that stops at NaN."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import IO, Any

from nn.keras.callbacks.callback import Callback, Logs
from nn.keras.callbacks.monitor import learning_rate


class CSVLogger(Callback):
    """Write the figures of each epoch as a line of a CSV file, which is complete after each.

    Args:
        filename: where to.
        separator: between columns.
        append: go on in a file that is there, as a run that is resumed does.

    Raises:
        OSError: while training, if the file cannot be written.
    """

    def __init__(self, filename: Any, separator: str = ",", append: bool = False) -> None:
        super().__init__()
        self.filename, self.separator, self.append = Path(filename), separator, append
        self._file: IO[str] | None = None
        self._columns: list[str] | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Open the file."""
        self._columns = None
        if self.append and self.filename.is_file():
            with self.filename.open(newline="", encoding="utf-8") as held:
                self._columns = next(csv.reader(held, delimiter=self.separator), [])[1:] or None
        self._file = self.filename.open("a" if self.append else "w", newline="", encoding="utf-8")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write a line."""
        if self._file is None:
            return
        logs = logs or {}
        writer = csv.writer(self._file, delimiter=self.separator)
        if self._columns is None:
            self._columns = sorted(logs)
            if self.params.get("validation") and not any(name.startswith("val_") for name in logs):
                self._columns += [f"val_{name}" for name in self._columns]  # evaluated after later epochs
            writer.writerow(["epoch", *self._columns])
        writer.writerow([epoch, *(logs.get(name, "NA") for name in self._columns)])
        self._file.flush()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


class TerminateOnNaN(Callback):
    """End the training when the loss is NaN or infinite."""

    wants_function = True

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Look at the loss."""
        if not math.isfinite(logs()["loss"]):
            self.model.stop_training = True


class TensorBoard(Callback):
    """Write the figures for TensorBoard, in log_dir/train and log_dir/validation; needs the package tensorboardX.

    Args:
        log_dir: where to.
        histogram_freq: write histograms of the weights after every so many epochs; 0 for none.
        update_freq: "epoch", "batch", or a number of batches, for the loss while an epoch goes on.
        write_graph, write_images, write_steps_per_second, profile_batch: accepted.
        embeddings_freq, embeddings_metadata: accepted.

    Raises:
        ImportError: while training, if tensorboardX is not installed.
    """

    def __init__(
        self,
        log_dir: Any = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: str | int = "epoch",
        profile_batch: Any = 0,
        embeddings_freq: int = 0,
        embeddings_metadata: Any = None,
    ) -> None:
        super().__init__()
        self.log_dir, self.histogram_freq, self.update_freq = Path(log_dir), histogram_freq, update_freq
        self._writers: dict[str, Any] = {}
        self._step = 0

    def _writer(self, part: str) -> Any:
        if part not in self._writers:
            from tensorboardX import SummaryWriter

            self._writers[part] = SummaryWriter(str(self.log_dir / part))
        return self._writers[part]

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begin to count steps."""
        self._step = 0

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Write the figures so far, if that is asked for."""
        self._step += 1
        every = {"batch": 1, "epoch": 0}.get(str(self.update_freq), self.update_freq)
        if every and self._step % int(every) == 0:
            for name, value in (logs or {}).items():
                self._writer("train").add_scalar(f"batch_{name}", value, self._step)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write the figures of the epoch."""
        for name, value in {**(logs or {}), "learning_rate": learning_rate(self.model.optimizer)}.items():
            part = "validation" if name.startswith("val_") else "train"
            tag = f"epoch_{name.removeprefix('val_')}"
            if getattr(value, "ndim", 0) == 0:
                self._writer(part).add_scalar(tag, value, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            for name, parameter in self.model.named_parameters():
                self._writer("train").add_histogram(name, parameter.detach().numpy(), epoch)
        for writer in self._writers.values():
            writer.flush()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Close the files."""
        for writer in self._writers.values():
            writer.close()
        self._writers = {}
