"""Models as files: one safetensors file with the weights, and with the architecture as JSON in its metadata.

Nothing in a file is ever run: classes are looked up by name. A file is written beside its place and renamed, so a
failure leaves an older one whole, and a model that is loaded into is changed only when all has been checked.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import autograd
from autograd.errors import ArgumentError, AutogradError, FileFormatError, StateDictError
from nn.keras.architecture import described_layer
from nn.keras.layers.known import layer_from

_KEY = "tapegrad.keras"
_VERSION = 1


def model_config(model: Any) -> dict[str, Any]:
    """A model's class, configuration, and the shape it was built for."""
    config = described_layer(model)
    shape = vars(model).get("_built_for")
    if shape is not None and model.built:
        config["build_config"] = {"input_shape": shape}
    return config


def model_from(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """A model from what `model_config` returned, with its weights made.

    Raises:
        ArgumentError: if it names a class that is not known.
    """
    model = layer_from(config, custom_objects)
    shape = (config.get("build_config") or {}).get("input_shape")
    if shape is not None and not model.built:
        model.build_for(shape)
    return model


def save_model(model: Any, filepath: Any, overwrite: bool = True, include_optimizer: bool = True) -> None:
    """Write a model to one file: its architecture, weights, and if it is compiled its loss, metrics and optimizer.

    Args:
        model: a model of layers that can be written; see `get_config`.
        filepath: a path, by custom ending in .safetensors or .keras.
        overwrite: whether a file that is there may be replaced.
        include_optimizer: whether the optimizer's state is written.

    Raises:
        ArgumentError: if a layer cannot be written, or the weights are not made yet. What `compile` was given and
            cannot be written, such as a lambda, is left out with a warning.
        FileExistsError: if the file is there, and overwrite is False.
        OSError: if it cannot be written; an older file stays as it was.

    >>> import os, tempfile
    >>> from nn import keras
    >>> model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    >>> path = os.path.join(tempfile.mkdtemp(), "model.safetensors")
    >>> model.save(path)
    >>> keras.models.load_model(path).count_params()
    8
    """
    if not overwrite and Path(filepath).exists():
        raise FileExistsError(f"save: {str(filepath)!r} is there already; pass overwrite=True to replace it")
    if not model.built:
        raise ArgumentError(
            f"save: {model.name!r} has no weights yet; build it, fit it, or call it on an example first"
        )
    about: dict[str, Any] = {"version": _VERSION, "model": model_config(model)}
    content: dict[str, Any] = {"model": dict(model.state_dict())}
    compiled = _training(model)
    if compiled is not None:
        about["compile"] = compiled
        optimizer: Any = getattr(model, "optimizer", None)
        if include_optimizer and hasattr(optimizer, "state_dict"):
            content["optimizer"] = optimizer.state_dict()
    autograd.save(content, filepath, {_KEY: json.dumps(about)})


def _training(model: Any) -> dict[str, Any] | None:
    """What the model was compiled with; None, with a warning, if that cannot be written."""
    try:
        found: dict[str, Any] | None = model.get_compile_config()
    except ArgumentError as error:
        warnings.warn(
            f"save: {model.name!r} is written without its optimizer, loss and metrics; compile() it after loading. "
            f"{error}",
            UserWarning,
            stacklevel=4,
        )
        return None
    return found


def load_model(
    filepath: Any,
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,
    safe_mode: bool = True,  # noqa: ARG001  # Keras' signature
) -> Any:
    """Read what `save_model` wrote: a model with the same weights, compiled as it was, with its optimizer's state.

    Args:
        filepath: the file.
        custom_objects: classes and functions of the program's own, by their names.
        compile: whether it is compiled, if the one that was saved was.
        safe_mode: accepted: nothing in a file is ever run.

    Raises:
        FileFormatError: if the file is damaged, or holds no model.
        FileNotFoundError: if there is none.
        ArgumentError: if the model has a class or function that is not known.
    """
    about = _about(filepath)
    content = autograd.load(filepath)
    name = str(filepath)
    try:
        weights = content["model"]
        model = model_from(about["model"], custom_objects)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        if isinstance(error, AutogradError) and "is not known" in str(error):
            raise
        raise FileFormatError(f"load_model: the architecture in {name} is damaged: {error!r}") from error
    try:
        model.load_state_dict(weights)
    except StateDictError as error:
        raise FileFormatError(
            f"load_model: the weights in {name} do not fit its architecture: {error}"
        ) from error
    compiled = about.get("compile")
    if compile and compiled is not None and hasattr(model, "compile_from_config"):
        model.compile_from_config(compiled, custom_objects)
        if "optimizer" in content:
            if hasattr(model.optimizer, "build"):
                model.optimizer.build(model.parameters())
            model.optimizer.load_state_dict(content["optimizer"])
    return model


def save_weights(model: Any, filepath: Any, overwrite: bool = True) -> None:
    """Write the weights alone, as a state dict that any program can read.

    Raises:
        ArgumentError: if they are not made yet.
        FileExistsError: if the file is there, and overwrite is False.
        OSError: if it cannot be written; an older file stays as it was.
    """
    if not overwrite and Path(filepath).exists():
        raise FileExistsError(
            f"save_weights: {str(filepath)!r} is there already; pass overwrite=True to replace it"
        )
    if not model.built:
        raise ArgumentError(f"save_weights: {model.name!r} has no weights yet; build it first")
    autograd.save(dict(model.state_dict()), filepath)


def load_weights(model: Any, filepath: Any, skip_mismatch: bool = False) -> None:
    """Read weights from a file of `save_weights` or `save`.

    Args:
        model: a model of the same architecture.
        filepath: the file.
        skip_mismatch: leave out what does not fit.

    Raises:
        FileFormatError: if the file is damaged.
        StateDictError: if names or shapes do not fit; the model is unchanged.
        ArgumentError: if the model's weights are not made yet.
    """
    if not model.built:
        raise ArgumentError(f"load_weights: {model.name!r} has no weights yet; build it first")
    content = autograd.load(filepath)
    if _KEY in autograd.load_metadata(filepath):
        content = content["model"]
    if skip_mismatch:
        held = model.state_dict()
        content = {k: v for k, v in content.items() if k in held and tuple(v.shape) == tuple(held[k].shape)}
    model.load_state_dict(content, strict=not skip_mismatch)


def _about(filepath: Any) -> dict[str, Any]:
    """What the file's metadata say about the model."""
    kept = autograd.load_metadata(filepath).get(_KEY)
    if kept is None:
        raise FileFormatError(
            f"load_model: {filepath} holds tensors, but no model; make the model and call load_weights"
        )
    try:
        about = json.loads(kept)
        version = about["version"]
        about["model"]["class_name"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FileFormatError(f"load_model: the architecture in {filepath} is damaged: {error!r}") from error
    if version != _VERSION:
        raise FileFormatError(
            f"load_model: {filepath} is of version {version}; this program reads {_VERSION}"
        )
    found: dict[str, Any] = about
    return found
