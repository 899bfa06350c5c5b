"""How samples become a batch: `default_collate` stacks what is in them, `default_convert` only makes tensors."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, MutableMapping, MutableSequence, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

import autograd
from autograd import Tensor
from autograd.errors import DTypeError, ShapeError
from autograd.tape import wrap

__all__ = ["collate", "default_collate", "default_collate_fn_map", "default_convert"]

Collators = Mapping[Any, Callable[..., Any]]

_WRONG = "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {}"


def default_collate(batch: Sequence[Any]) -> Any:
    """Make a batch of samples: what is at the same place in each is stacked, (…) → (N, …).

    Tensors and arrays are stacked; ints and floats become int64 and float64 tensors; strings stay a list. Tuples and
    lists become lists of batches, named tuples and dicts what they are.

    Raises:
        ShapeError: if tensors differ in shape, or sequences in length.
        DTypeError: for anything else in a sample.
        IndexError: if there is no sample.

    >>> import autograd
    >>> default_collate([(autograd.tensor([1.0, 2.0]), 0), (autograd.tensor([3.0, 4.0]), 1)])
    [tensor([[1., 2.],
            [3., 4.]]), tensor([0, 1])]
    >>> default_collate([{"word": "one", "size": 3}, {"word": "three", "size": 5}])
    {'word': ['one', 'three'], 'size': tensor([3, 5])}
    """
    return collate(batch, collate_fn_map=default_collate_fn_map)


def collate(batch: Sequence[Any], *, collate_fn_map: Collators | None = None) -> Any:
    """Make a batch of samples with functions for the types that are in them, looked up by class and then by base.

    Args:
        batch: the samples.
        collate_fn_map: from a type, or a tuple of them, to a function of the values and of `collate_fn_map=`. What it
            has nothing for is gone into if it is a dict or a sequence.

    >>> from fractions import Fraction
    >>> def collate_fractions(values, *, collate_fn_map=None):
    ...     return autograd.tensor([float(v) for v in values])
    >>> collate(
    ...     [(Fraction(1, 2), 3), (Fraction(1, 4), 5)],
    ...     collate_fn_map={**default_collate_fn_map, Fraction: collate_fractions},
    ... )
    [tensor([0.5000, 0.2500]), tensor([3, 5])]
    """
    first = batch[0]
    if collate_fn_map is not None:
        function = collate_fn_map.get(type(first))
        if function is None:
            function = next((f for kinds, f in collate_fn_map.items() if isinstance(first, kinds)), None)
        if function is not None:
            return function(batch, collate_fn_map=collate_fn_map)
    if isinstance(first, Mapping):
        return _like_mapping(
            first, {key: collate([d[key] for d in batch], collate_fn_map=collate_fn_map) for key in first}
        )
    if isinstance(first, Sequence):
        sizes = {len(sample) for sample in batch}
        if len(sizes) > 1:
            raise ShapeError(
                f"default_collate: each element in list of batch should be of equal size, got sizes {sorted(sizes)}; "
                "a collate_fn of your own can pad them"
            )
        parts = [collate(values, collate_fn_map=collate_fn_map) for values in zip(*batch, strict=True)]
        return _like_sequence(first, parts)
    raise DTypeError(_WRONG.format(type(first)))


def default_convert(data: Any) -> Any:
    """Make tensors of the arrays in a sample, however deep in dicts and sequences; leave everything else as it is.

    >>> import numpy as np
    >>> default_convert({"x": np.array([1, 2]), "name": "a"})
    {'x': tensor([1, 2]), 'name': 'a'}
    """
    if isinstance(data, (np.ndarray, np.generic)):
        return data if data.dtype.kind in "SUO" else autograd.as_tensor(data)
    if isinstance(data, Mapping):
        return _like_mapping(data, {key: default_convert(data[key]) for key in data})
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return _like_sequence(data, [default_convert(d) for d in data])
    return data


def _like_mapping(like: Any, values: dict[Any, Any]) -> Any:
    """A mapping of the same type, with all that it has besides, or a dict where that cannot be made."""
    try:
        if isinstance(like, MutableMapping):
            filled: Any = copy.copy(like)
            filled.update(values)
            return filled
        return type(like)(values)
    except TypeError:
        return values


def _like_sequence(like: Any, values: list[Any]) -> Any:
    """A sequence of the same type, or a list where that cannot be made; of a plain tuple a list, as in PyTorch."""
    if isinstance(like, tuple):
        return type(like)(*values) if hasattr(like, "_fields") else values
    try:
        if isinstance(like, MutableSequence):
            filled: Any = copy.copy(like)
            filled[:] = values
            return filled
        return type(like)(values)
    except TypeError:
        return values


def _tensors(batch: Sequence[Tensor], *, collate_fn_map: Collators | None = None) -> Tensor:  # noqa: ARG001  # the map's signature
    if any(t.requires_grad for t in batch):
        return autograd.stack(batch)
    return _stacked([t.array for t in batch])


def _arrays(batch: Sequence[Any], *, collate_fn_map: Collators | None = None) -> Tensor:  # noqa: ARG001  # the map's signature
    if batch[0].dtype.kind in "SUO":
        raise DTypeError(_WRONG.format(batch[0].dtype))
    return _stacked([autograd.as_tensor(a).array for a in batch])


def _stacked(arrays: list[Any]) -> Tensor:
    """Arrays on top of each other; what does not fit together is told, or promoted, by `autograd.stack`."""
    first = arrays[0]
    shape, kind = first.shape, first.dtype
    if any(a.shape != shape or a.dtype != kind for a in arrays):
        return autograd.stack([wrap(a) for a in arrays])
    out = np.empty((len(arrays), *shape), kind)
    if shape:
        np.concatenate([a[None] for a in arrays], out=out)
    else:
        out[:] = arrays
    return wrap(out)


def _scalars(batch: Sequence[Any], *, collate_fn_map: Collators | None = None) -> Tensor:  # noqa: ARG001  # the map's signature
    return autograd.as_tensor(np.asarray(batch))


def _floats(batch: Sequence[float], *, collate_fn_map: Collators | None = None) -> Tensor:  # noqa: ARG001  # the map's signature
    return autograd.tensor(batch, dtype=autograd.float64)


def _ints(batch: Sequence[int], *, collate_fn_map: Collators | None = None) -> Tensor:  # noqa: ARG001  # the map's signature
    return autograd.tensor(batch)


def _texts(batch: Sequence[Any], *, collate_fn_map: Collators | None = None) -> Sequence[Any]:  # noqa: ARG001  # the map's signature
    return batch


default_collate_fn_map: Collators = MappingProxyType(
    {
        Tensor: _tensors,
        np.ndarray: _arrays,
        (np.bool_, np.number): _scalars,
        float: _floats,
        int: _ints,
        str: _texts,
        bytes: _texts,
    }
)
"""What `default_collate` does with each type. It cannot be changed; `collate` takes one with more types."""
