"""`save` and `load`: tensors in a safetensors file, which never runs code when it is read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd import devices
from autograd.errors import ArgumentError, FileFormatError
from autograd.structure import RESERVED, described, is_plain_dict, rebuilt
from autograd.tape import wrap

_STRUCTURE = "tapegrad.structure"  # in the metadata: what is around the tensors, if it is not a dict of them
_REQUIRING = "tapegrad.requires_grad"  # … : the names of the tensors that required a gradient

Place = Any  # a path, or an open binary file


def save(obj: Any, f: Place, metadata: Mapping[str, str] | None = None) -> None:
    """Save tensors to a safetensors file: a state dict, one tensor, or dicts and lists of tensors and plain values.

    At a path the file is written beside its place and then renamed, so a failure leaves an older file whole. The
    tensors of nested dicts are named by their path, joined with dots, which is how other programs see them; `load`
    restores the structure, and what requires a gradient.

    Args:
        obj: tensors or ndarrays, numbers, strings, None, and dicts (of strings or numbers), lists and tuples of them.
        f: a path, or a file open for writing bytes.
        metadata: strings to keep with it; see `load_metadata`.

    Raises:
        ArgumentError: if something else is to be saved, or a name is reserved.
        DTypeError: if an array does not hold real numbers.
        OSError: if the file cannot be written.

    >>> import autograd, os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "weights.safetensors")
    >>> save({"w": autograd.tensor([1.0, 2.0]), "step": 3}, path, {"note": "first"})
    >>> load(path), load_metadata(path)
    ({'w': tensor([1., 2.]), 'step': 3}, {'note': 'first'})
    """
    import json  # both on use

    from safetensors.numpy import save as serialize

    kept = {str(k): str(v) for k, v in (metadata or {}).items()}
    for key in (_STRUCTURE, _REQUIRING):
        if key in kept:
            raise ArgumentError(f"save: the metadata key {key!r} is reserved; use another")
    arrays: dict[str, Any] = {}
    requiring: list[str] = []
    tree = described(obj, arrays, requiring)
    if requiring:
        kept[_REQUIRING] = json.dumps(requiring)
    if not is_plain_dict(tree):
        kept[_STRUCTURE] = json.dumps(tree)
    data = serialize(arrays, metadata=kept or None)
    if hasattr(f, "write"):
        f.write(data)
    else:
        replace_file(f, data)


def load(
    f: Place,
    map_location: Any = None,
    pickle_module: Any = None,
    *,
    weights_only: bool | None = None,  # noqa: ARG001  # PyTorch's signature; nothing else is ever loaded
    mmap: bool | None = None,  # noqa: ARG001  # PyTorch's signature
) -> Any:
    """Load what `save` wrote, in the structure it had; of other programs' files a dict of tensors.

    A tensor that `safetensors.torch.save_model` wrote once for several names has all of them.

    Args:
        f: a path, or a file open for reading bytes, read to its end.
        map_location: the CPU, or a function or dict as PyTorch takes them: everything is loaded to the CPU.
        pickle_module: must be None: nothing is ever unpickled.
        weights_only, mmap: accepted.

    Raises:
        FileFormatError: if the file is damaged or is not a safetensors file.
        FileNotFoundError: if there is none.
        ArgumentError: for another device, or a pickle_module.
    """
    if pickle_module is not None:
        raise ArgumentError("load: nothing is ever unpickled, so pickle_module must be None")
    if not (map_location is None or callable(map_location) or isinstance(map_location, Mapping)):
        devices.check(map_location)
    name, data = _read(f)
    header = _header(name, data)
    from safetensors import SafetensorError
    from safetensors.numpy import load as deserialize

    try:
        arrays = deserialize(data)
    except (SafetensorError, ValueError, KeyError) as error:
        raise _unreadable(name, str(error)) from error
    tensors = {key: wrap(np.array(a)) for key, a in arrays.items()}
    ours = header.get(RESERVED, {})
    for (
        key,
        kept,
    ) in ours.items():  # safetensors' save_model keeps a tied tensor once and notes its other names
        if "." in key and key not in tensors and kept in tensors:
            tensors[key] = tensors[kept]
    structure, requiring = ours.get(_STRUCTURE), ours.get(_REQUIRING)
    if structure is None and requiring is None:
        return tensors
    import json

    try:
        for key in () if requiring is None else json.loads(requiring):
            tensors[key].requires_grad_()
        return tensors if structure is None else rebuilt(json.loads(structure), tensors)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _unreadable(name, f"its structure is damaged: {error!r}") from error


def load_metadata(f: Place) -> dict[str, str]:
    """The strings that were saved with a file.

    Raises:
        FileFormatError: if the file is damaged or is not a safetensors file.
    """
    kept: dict[str, str] = _header(*_read(f)).get(RESERVED, {})
    return {k: v for k, v in kept.items() if k not in (_STRUCTURE, _REQUIRING)}


def _read(f: Place) -> tuple[str, bytes]:
    """What the file is called, and its bytes."""
    if hasattr(f, "read"):
        data = f.read()
        if isinstance(data, str):
            raise ArgumentError("load: the file is open for text; open it with mode 'rb'")
        name = str(getattr(f, "name", type(f).__name__))
        if not data:
            raise _unreadable(name, "there is nothing left to read; was it rewound with seek(0)?")
        return name, bytes(data)
    with open(f, "rb") as opened:  # noqa: PTH123  # pathlib costs a twentieth of the import
        return os.fspath(f), opened.read()


def _unreadable(name: str, problem: str) -> FileFormatError:
    return FileFormatError(f"load: {name} is not a readable safetensors file ({problem})")


def _header(name: str, data: bytes) -> dict[str, Any]:
    """The JSON that a safetensors file begins with, after its length in 8 bytes, checked."""
    import json

    pickled = data.startswith((b"PK\x03\x04", b"\x80\x02", b"\x80\x04", b"\x80\x05"))
    if pickled and data[8:9] != b"{":  # a header of 640 bytes, say, has a length that begins as a pickle does
        raise _unreadable(
            name,
            "it is a pickle, such as torch.save writes; loading one can run any code in it, so that is never done. "
            "Where it came from, save it with safetensors instead",
        )
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or length > len(data) - 8:
        raise _unreadable(name, f"it is cut off: {len(data)} bytes are too few")
    try:
        header = json.loads(data[8 : 8 + length])
        kinds = {entry["dtype"]: key for key, entry in header.items() if key != RESERVED}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _unreadable(name, f"its header is damaged: {error}") from error
    for kind in kinds.keys() - _KINDS:
        raise _unreadable(
            name,
            f"tensor {kinds[kind]!r} is of type {kind}, which tensors do not have; convert it first, as to F32",
        )
    return header  # type: ignore[no-any-return]  # checked above


_KINDS = {"F64", "F32", "F16", "I64", "I32", "I16", "I8", "U8", "BOOL"}


def replace_file(file: str | os.PathLike[str], data: bytes) -> None:
    """Write beside the file, flush to the disk, then rename over it."""
    import tempfile  # both on use: they cost a tenth of the import
    from pathlib import Path

    path = Path(file)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"save: there is no folder {str(path.parent)!r}")
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise _unwritten(error, path) from error
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except BaseException as error:
        Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _unwritten(error, path) from error
        raise


def _unwritten(error: OSError, path: Any) -> OSError:
    """The system's refusal, with the name of the file that was to be written."""
    return OSError(error.errno, f"save: {error.strerror}; an older file is left as it was", str(path))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
