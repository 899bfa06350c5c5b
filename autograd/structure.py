"""The structure around saved tensors, dicts, lists and plain values, as JSON beside them.

A file of tensors holds a flat list of names. What was saved as anything else than a dict of tensors is described by a
tree: {"d": pairs of key and value}, {"l": list}, {"u": tuple}, {"t": name of a tensor}, or {"v": a plain value}.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd.errors import ArgumentError, DTypeError
from autograd.tape import Variable

RESERVED = "__metadata__"
"""What safetensors keeps the metadata under, among the tensors."""

_PLAIN = (str, int, float, bool, type(None))


def described(value: Any, arrays: dict[str, Any], requiring: list[str], name: str = "") -> dict[str, Any]:
    """The tree that describes a value; its tensors are added to `arrays`, by names that tell where they were.

    The names of those that require a gradient are added to `requiring`.

    Raises:
        ArgumentError: for what is neither a tensor nor a container nor a plain value.
        DTypeError: if an array does not hold real numbers.
    """
    if isinstance(value, (Variable, np.ndarray)):
        key = name or "tensor"
        if key == RESERVED:
            raise ArgumentError(f"save: the name {key!r} is reserved by the file format; use another")
        while key in arrays:  # {"a.b": x, "a": {"b": y}}
            key += "_"
        array = value.array if isinstance(value, Variable) else value
        if array.dtype.kind not in "fiub" or array.itemsize > 8:
            raise DTypeError(f"save: {key!r} is an array of {array.dtype}; only real numbers can be saved")
        if isinstance(value, Variable) and value.current_node() is not None:
            requiring.append(key)
        arrays[key] = np.ascontiguousarray(array).reshape(array.shape)
        return {"t": key}
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, _PLAIN):
                raise ArgumentError(f"save: a key of {_place(name)} is {key!r}; keys are strings or numbers")
        return {"d": [[key, described(v, arrays, requiring, _joined(name, key))] for key, v in value.items()]}
    if isinstance(value, (list, tuple)):
        kind = "l" if isinstance(value, list) else "u"
        return {kind: [described(v, arrays, requiring, _joined(name, i)) for i, v in enumerate(value)]}
    if isinstance(value, _PLAIN):
        return {"v": value}
    raise ArgumentError(
        f"save: {_place(name)} is of type {type(value).__name__}; tensors, numbers, strings, None, and dicts, lists "
        "and tuples of them can be saved"
    )


def _joined(name: str, key: Any) -> str:
    return f"{name}.{key}" if name else str(key)


def _place(name: str) -> str:
    return repr(name) if name else "what is to be saved"


def is_plain_dict(tree: dict[str, Any]) -> bool:
    """Whether it describes a dict of tensors whose names say all there is to say."""
    pairs = tree.get("d")
    return pairs is not None and all(isinstance(key, str) and node == {"t": key} for key, node in pairs)


def rebuilt(tree: Any, tensors: Mapping[str, Any]) -> Any:
    """The value that a tree describes.

    Raises:
        ValueError, KeyError, TypeError: if it describes none.
    """
    ((kind, content),) = tree.items()
    if kind == "t":
        return tensors[content]
    if kind == "v":
        return content
    if kind == "d":
        return {key: rebuilt(node, tensors) for key, node in content}
    if kind in ("l", "u"):
        parts = [rebuilt(node, tensors) for node in content]
        return parts if kind == "l" else tuple(parts)
    raise ValueError(f"unknown kind {kind!r}")
