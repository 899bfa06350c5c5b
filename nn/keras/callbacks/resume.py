"""`BackupAndRestore`: a run that was stopped goes on where it was, with the numbers of one that was not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autograd.errors import ArgumentError
from nn.keras.callbacks.callback import Callback, Logs
from nn.keras.checkpoint import load_run, save_run


class BackupAndRestore(Callback):
    """Write the run to a file after each epoch; when `fit` is called again with the same file, go on from there.

    The same program, started again after a crash, a kill or Ctrl-C, gives bit for bit the weights and the history of
    one that was never stopped: weights, optimizer, learning rate, callbacks, random numbers and the number of the
    epoch are all in the file. What a program draws from other generators (NumPy's, a generator function) is not.

    Args:
        backup_dir: a folder, in which the file is called run.safetensors, or a path ending in .safetensors.
        save_freq: write it after every so many epochs; "epoch" for each.
        double_checkpoint: accepted.
        delete_checkpoint: delete the file when all epochs are done; keep it to train for more epochs later.

    Raises:
        ArgumentError: for another frequency.
        OSError: while training, if the file cannot be written; the last one is left whole.
    """

    runs_last = True

    def __init__(
        self,
        backup_dir: Any,
        save_freq: str | int = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:
        super().__init__()
        if save_freq != "epoch" and not (isinstance(save_freq, int) and save_freq > 0):
            raise ArgumentError(
                f"BackupAndRestore: save_freq is 'epoch' or a number of epochs, got {save_freq!r}"
            )
        given = Path(backup_dir)
        self.path = given if given.suffix == ".safetensors" else given / "run.safetensors"
        self.every = 1 if save_freq == "epoch" else int(save_freq)
        self.delete_checkpoint = delete_checkpoint
        self._finished = False
        self._others: list[Callback] = []

    def set_others(self, callbacks: list[Callback]) -> None:
        """Keep them: what they remember is written, too."""
        self._others = callbacks

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Go on from the file, if there is one."""
        self._finished = False
        if self.path.is_file():
            self.params["initial_epoch"] = load_run(
                self.path, self.model, self._others, self.params.get("generator")
            )

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write the file."""
        last = epoch + 1 == self.params["epochs"] or self.model.stop_training
        self._finished = last
        if (epoch + 1) % self.every == 0 or last:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            save_run(self.path, self.model, epoch + 1, self._others, self.params.get("generator"))

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Delete the file, if all epochs are done and that is asked for."""
        if self._finished and self.delete_checkpoint:
            self.path.unlink(missing_ok=True)
