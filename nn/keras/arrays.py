"""What users hold their data in, as arrays: NumPy, lists, pandas frames, tensors; alone, in lists, or in dicts.

pandas is never imported: its frames are told by their `to_numpy`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from autograd.dtypes import default_dtype
from autograd.errors import ArgumentError, DTypeError, ShapeError
from autograd.tape import Variable

Array = Any


def is_array(value: Any) -> bool:
    """Whether it is one array: a tensor, an ndarray, or something that pandas or another library holds numbers in."""
    return (
        isinstance(value, (Variable, np.ndarray)) or hasattr(value, "to_numpy") or hasattr(value, "__array__")
    )


def is_branch(value: Any) -> bool:
    """Whether it is several arrays: a dict, or a list or tuple of arrays with dimensions of their own."""
    if isinstance(value, Mapping):
        return not is_array(value)
    return isinstance(value, (list, tuple)) and bool(value) and all(is_array(v) and np.ndim(v) for v in value)


def mapped(function: Callable[[Any], Any], tree: Any) -> Any:
    """The same lists and dicts with a function applied to each array; None stays None.

    >>> mapped(len, {"a": np.zeros(2), "b": np.zeros(3)})
    {'a': 2, 'b': 3}
    """
    if tree is None:
        return None
    if isinstance(tree, Mapping):
        return {key: mapped(function, value) for key, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        return type(tree)(mapped(function, value) for value in tree)
    return function(tree)


def leaves(tree: Any) -> Iterator[Any]:
    """Every array, in order; none of None."""
    if isinstance(tree, Mapping):
        tree = list(tree.values())
    if isinstance(tree, (list, tuple)):
        for value in tree:
            yield from leaves(value)
    elif tree is not None:
        yield tree


def arrays_of(who: str, what: str, value: Any, dtype: Any = None) -> Any:
    """The data as arrays of numbers, in the lists and dicts they came in; floats of a dtype, or of the default one.

    Raises:
        DTypeError: if it does not hold numbers.
        ShapeError: if it is a single number, or its rows differ in length.
    """
    if value is None:
        return None
    if is_branch(value):
        named = value.items() if isinstance(value, Mapping) else enumerate(value)
        made = [(key, arrays_of(who, f"{what}[{key!r}]", part, dtype)) for key, part in named]
        return dict(made) if isinstance(value, Mapping) else [part for _, part in made]
    return array_of(who, what, value, dtype)


def array_of(who: str, what: str, value: Any, dtype: Any = None) -> Array:
    """One array of numbers.

    Raises:
        DTypeError: if it does not hold numbers.
        ShapeError: if it is a single number, or its rows differ in length.
    """
    if isinstance(value, Variable):
        array = value.array
    elif hasattr(value, "to_numpy"):
        array = value.to_numpy()
    else:
        try:
            array = np.asarray(value)
        except ValueError as error:
            raise ShapeError(
                f"{who}: {what} is a list whose rows differ in length or depth: {error}"
            ) from error
    kind = array.dtype.kind
    if kind == "O":
        array = _of_objects(who, what, value, array)
    elif kind not in "fiub":
        raise DTypeError(f"{who}: {what} holds {array.dtype}, not numbers{_hint(kind)}")
    if array.ndim == 0:
        raise ShapeError(f"{who}: {what} is a single number; its first dimension counts the examples")
    wanted = np.dtype(default_dtype() if dtype is None else dtype)
    if array.dtype.kind == "f" and array.dtype != wanted and (dtype is not None or array.dtype.itemsize != 4):
        array = array.astype(wanted)
    return array


def _hint(kind: str) -> str:
    return ". Give texts numbers first, as np.unique(y, return_inverse=True)[1] does" if kind in "US" else ""


def _of_objects(who: str, what: str, value: Any, array: Array) -> Array:
    """An array of Python objects as floats, if they are numbers; columns of a frame that are not are named."""
    try:
        return array.astype(default_dtype())
    except (TypeError, ValueError):
        columns: Any = getattr(value, "dtypes", None)
        if hasattr(columns, "items"):
            bad = [
                f"{name!r} ({kind})"
                for name, kind in columns.items()
                if getattr(kind, "kind", "O") not in "fiub"
            ]
            raise DTypeError(
                f"{who}: {what} has columns that are not numbers: {', '.join(bad)}. Leave them out or encode them, as "
                "pandas.get_dummies does"
            ) from None
        hint = _hint("U") if any(isinstance(v, str) for v in array.reshape(-1)[:100]) else ""
        raise DTypeError(f"{who}: {what} holds objects that are not numbers{hint}") from None


def checked_lengths(who: str, **given: Any) -> int:
    """How many examples there are: as many in each array.

    Raises:
        ShapeError: if they differ.
        ArgumentError: if there are none.
    """
    found: dict[str, int] = {}
    for what, tree in given.items():
        if isinstance(tree, (dict, list)):
            named = tree.items() if isinstance(tree, dict) else enumerate(tree)
            found.update({f"{what}[{key!r}]": len(part) for key, part in named if is_array(part)})
        elif tree is not None:
            found[what] = len(tree)
    if len(set(found.values())) > 1:
        counted = ", ".join(f"{what} {count}" for what, count in found.items())
        lists = [what for what, tree in given.items() if isinstance(tree, list)]
        hint = (
            f". {lists[0]} is a list of arrays, one for each {'input' if lists[0] == 'x' else 'output'}; if each is an "
            f"example, give np.array({lists[0]})"
            if lists
            else "; each needs one entry for each example"
        )
        raise ShapeError(f"{who}: the numbers of examples differ: {counted}{hint}")
    count = next(iter(found.values()), 0)
    if not count:
        raise ArgumentError(f"{who}: there are no examples: {', '.join(found) or 'x'} has length 0")
    return count
