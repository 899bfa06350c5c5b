"""`save` and `load`: named tensors in a safetensors file, which never runs code when it is read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import ArgumentError, FileFormatError
from autograd.tape import Variable, wrap

if TYPE_CHECKING:
    from autograd.tensor import Tensor

_ALONE = "tensor"  # the name of a tensor saved by itself


def save(
    tensors: Tensor | Mapping[str, Any],
    file: str | os.PathLike[str],
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Save a tensor or a dict of named tensors, such as a state dict, to a safetensors file.

    The file is written beside its place and then renamed, so a failure leaves an older file whole.

    Args:
        tensors: the tensor, or name -> tensor or ndarray. Nested dicts are joined with dots.
        file: the path.
        metadata: strings to keep with it; see `load_metadata`.

    Raises:
        ArgumentError: if something is not a tensor or a name occurs twice.
        OSError: if the file cannot be written.

    >>> import autograd, os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "weights.safetensors")
    >>> save({"w": autograd.tensor([1.0, 2.0])}, path, {"epoch": "3"})
    >>> load(path), load_metadata(path)
    ({'w': tensor([1., 2.])}, {'epoch': '3'})
    """
    from safetensors.numpy import save as serialize

    arrays: dict[str, Any] = {}
    named = {_ALONE: tensors} if isinstance(tensors, Variable) else tensors
    if not isinstance(named, Mapping):
        raise ArgumentError(f"save: needs a tensor or a dict of tensors, got {type(tensors).__name__}")
    _collect(named, "", arrays)
    kept = {k: str(v) for k, v in (metadata or {}).items()}
    replace_file(file, serialize(arrays, metadata=kept or None))


def load(file: str | os.PathLike[str]) -> Any:
    """Load what `save` wrote: a dict of tensors, or the tensor that was saved by itself.

    Raises:
        FileFormatError: if the file is damaged or is not a safetensors file.
        FileNotFoundError: if there is none.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load as deserialize

    with open(file, "rb") as opened:  # noqa: PTH123  # pathlib costs a twentieth of the import
        data = opened.read()
    try:
        arrays = deserialize(data)
    except (SafetensorError, ValueError, KeyError) as error:
        raise FileFormatError(
            f"load: {os.fspath(file)} is not a readable safetensors file ({error})"
        ) from error
    tensors = {name: wrap(np.array(a)) for name, a in arrays.items()}
    return tensors[_ALONE] if set(tensors) == {_ALONE} else tensors


def load_metadata(file: str | os.PathLike[str]) -> dict[str, str]:
    """The strings that were saved with a file.

    Raises:
        FileFormatError: if the file is damaged or is not a safetensors file.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(os.fspath(file), framework="numpy") as opened:
            return dict(opened.metadata() or {})
    except SafetensorError as error:
        raise FileFormatError(
            f"load: {os.fspath(file)} is not a readable safetensors file ({error})"
        ) from error


def _collect(named: Mapping[str, Any], prefix: str, arrays: dict[str, Any]) -> None:
    for key, value in named.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            _collect(value, f"{name}.", arrays)
            continue
        if name in arrays:
            raise ArgumentError(f"save: the name {name!r} occurs twice")
        if not isinstance(value, (Variable, np.ndarray, np.generic)):
            raise ArgumentError(
                f"save: {name!r} is a {type(value).__name__}; only tensors and arrays can be saved"
            )
        array = value.array if isinstance(value, Variable) else np.asarray(value)
        arrays[name] = np.ascontiguousarray(array).reshape(array.shape)


def replace_file(file: str | os.PathLike[str], data: bytes) -> None:
    """Write beside the file, flush to the disk, then rename over it."""
    import tempfile  # both on use: they cost a tenth of the import
    from pathlib import Path

    path = Path(file)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"save: there is no folder {str(path.parent)!r}")
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
