"""`save` and `load`: named tensors in a safetensors file, which never runs code when it is read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import ArgumentError, DTypeError, FileFormatError
from autograd.tape import Variable, wrap

if TYPE_CHECKING:
    from autograd.tensor import Tensor

_ALONE = "tapegrad.alone"  # in the metadata: the name of a tensor that was saved by itself
_METADATA = "__metadata__"  # what safetensors keeps the metadata under, among the tensors


def save(
    tensors: Tensor | Mapping[str, Any],
    file: str | os.PathLike[str],
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Save a tensor or a dict of named tensors, such as a state dict, to a safetensors file.

    The file is written beside its place and then renamed, so a failure leaves an older file whole.

    Args:
        tensors: the tensor, or name -> tensor or ndarray. The names of nested dicts are joined with dots.
        file: the path.
        metadata: strings to keep with it; see `load_metadata`.

    Raises:
        ArgumentError: if something is not a tensor, or a name is not a string, is reserved or occurs twice.
        DTypeError: if an array does not hold real numbers.
        OSError: if the file cannot be written.

    >>> import autograd, os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "weights.safetensors")
    >>> save({"w": autograd.tensor([1.0, 2.0])}, path, {"epoch": "3"})
    >>> load(path), load_metadata(path)
    ({'w': tensor([1., 2.])}, {'epoch': '3'})
    """
    from safetensors.numpy import save as serialize

    arrays: dict[str, Any] = {}
    kept = {k: str(v) for k, v in (metadata or {}).items()}
    if _ALONE in kept:
        raise ArgumentError(f"save: the metadata key {_ALONE!r} is reserved; use another")
    named = tensors
    if isinstance(tensors, Variable):
        named, kept[_ALONE] = {"tensor": tensors}, "tensor"
    if not isinstance(named, Mapping):
        raise ArgumentError(f"save: needs a tensor or a dict of tensors, got {type(tensors).__name__}")
    _collect(named, "", arrays)
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
    return tensors.get(_header(data).get(_METADATA, {}).get(_ALONE), tensors)


def load_metadata(file: str | os.PathLike[str]) -> dict[str, str]:
    """The strings that were saved with a file.

    Raises:
        FileFormatError: if the file is damaged or is not a safetensors file.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(os.fspath(file), framework="numpy") as opened:
            kept = opened.metadata() or {}
            return {k: v for k, v in kept.items() if k != _ALONE}
    except SafetensorError as error:
        raise FileFormatError(
            f"load: {os.fspath(file)} is not a readable safetensors file ({error})"
        ) from error


def _header(data: bytes) -> dict[str, Any]:
    """The JSON that a safetensors file begins with, after its length in 8 bytes."""
    import json  # on use

    header: dict[str, Any] = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    return header


def _collect(named: Mapping[str, Any], prefix: str, arrays: dict[str, Any]) -> None:
    for key, value in named.items():
        if not isinstance(key, str):
            raise ArgumentError(f"save: names must be strings, got {key!r}; use {str(key)!r}")
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            _collect(value, f"{name}.", arrays)
            continue
        if name == _METADATA:
            raise ArgumentError(f"save: the name {name!r} is reserved by the file format; use another")
        if name in arrays:
            raise ArgumentError(f"save: the name {name!r} occurs twice")
        if not isinstance(value, (Variable, np.ndarray, np.generic)):
            raise ArgumentError(
                f"save: {name!r} is a {type(value).__name__}; only tensors and arrays can be saved"
            )
        array = value.array if isinstance(value, Variable) else np.asarray(value)
        if array.dtype.kind not in "fiub" or array.itemsize > 8:
            raise DTypeError(f"save: {name!r} is an array of {array.dtype}; only real numbers can be saved")
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
