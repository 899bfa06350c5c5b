"""A training run in a file, so that it can be stopped and go on as if it had not been: no pickle, safetensors alone.

It holds the weights and buffers, the optimizer's state with its learning rate and step count, what the callbacks have
noted, the history, the state of the random generators, and which epoch is next.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import autograd
from autograd.errors import FileFormatError, StateDictError
from autograd.random import get_rng_state, set_rng_state
from nn.keras.callbacks.callback import Callback

_KIND = "nn.keras training run"


def save_run(
    path: Any, model: Any, next_epoch: int, callbacks: Sequence[Callback] = (), generator: Any = None
) -> None:
    """Write the state of a run after an epoch; an older file is replaced when the new one is whole.

    Args:
        path: where to.
        model: compiled, and trained for an epoch at least.
        next_epoch: the number of the epoch that comes next.
        callbacks: those of the run, the history among them.
        generator: of the DataLoader, if it has one of its own.

    Raises:
        OSError: if the file cannot be written; an older one is left whole.
    """
    state = {
        "kind": _KIND,
        "next_epoch": next_epoch,
        "model": model.state_dict(),
        "optimizer_class": type(model.optimizer).__name__,
        "optimizer": model.optimizer.state_dict(),
        "callbacks": [{"name": type(c).__name__, "state": c.get_state()} for c in callbacks if c.get_state()],
        "random": get_rng_state(),
        "generator": None if generator is None else generator.get_state(),
    }
    autograd.save(state, path)


def load_run(path: Any, model: Any, callbacks: Sequence[Callback] = (), generator: Any = None) -> int:
    """Put a model, its optimizer, the callbacks and the generators into the state of a file; the next epoch's number.

    Raises:
        FileFormatError: if the file is damaged, or holds something else.
        StateDictError: if it is of another model, optimizer or list of callbacks. Nothing has been changed.
    """
    state = autograd.load(path)
    if not isinstance(state, dict) or state.get("kind") != _KIND:
        raise FileFormatError(f"load_run: {path} holds no training run; BackupAndRestore writes one")
    kept = [c for c in callbacks if c.get_state()]
    saved = [entry["name"] for entry in state["callbacks"]]
    if saved != [type(c).__name__ for c in kept]:
        raise StateDictError(
            f"load_run: {path} was written with the callbacks {saved}, and is to go on with "
            f"{[type(c).__name__ for c in kept]}; give the same ones, or delete the file to begin anew"
        )
    if state["optimizer_class"] != type(model.optimizer).__name__:
        raise StateDictError(
            f"load_run: {path} was written with the optimizer {state['optimizer_class']}, the model has "
            f"{type(model.optimizer).__name__}"
        )
    before = {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}
    model.load_state_dict(state["model"])
    try:
        model.optimizer.load_state_dict(state["optimizer"])
    except Exception:
        model.load_state_dict(before)
        raise
    for callback, entry in zip(kept, state["callbacks"], strict=True):
        callback.set_state(entry["state"])
    set_rng_state(state["random"])
    if generator is not None and state["generator"] is not None:
        generator.set_state(state["generator"])
    return int(state["next_epoch"])
