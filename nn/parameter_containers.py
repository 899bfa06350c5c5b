"""Containers of parameters: a list and a dict whose tensors the module around them sees."""

from __future__ import annotations

import operator
from collections import OrderedDict
from collections.abc import Iterable, Iterator, KeysView, Mapping
from typing import Any, NoReturn, Self, overload

from autograd import Tensor, typed
from autograd.errors import ArgumentError, DimensionError, MemberNameError
from nn.module import Module
from nn.pairs import checked_pairs
from nn.parameter import Parameter


def _as_parameter(value: Any) -> Any:
    """A tensor as a parameter, and anything else as it is."""
    return Parameter(value) if isinstance(value, Tensor) and not isinstance(value, Parameter) else value


def _line(key: Any, value: Any, kind: Any) -> str:
    """One entry as a container prints it."""
    if not isinstance(value, Tensor):
        return f"  ({key}): Object of type: {type(value).__name__}"
    what = "Parameter" if isinstance(value, Parameter) else "Tensor"
    return f"  ({key}): {what} containing: [{kind(value)} of size {'x'.join(map(str, value.shape))}]"


class ParameterList(Module):
    """A list of parameters, which a plain list would hide from `parameters()`.

    Tensors become parameters; other values are kept as they are. It cannot be called.

    Args:
        values: the parameters in order.

    >>> import autograd, nn
    >>> weights = nn.ParameterList([autograd.zeros(2), autograd.zeros(3)])
    >>> weights.append(autograd.zeros(4, 5))
    ParameterList(
        (0): Parameter containing: [autograd.float32 of size 2]
        (1): Parameter containing: [autograd.float32 of size 3]
        (2): Parameter containing: [autograd.float32 of size 4x5]
    )
    >>> len(weights), weights[-1].shape
    (3, autograd.Size([4, 5]))
    """

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        self._size = 0
        if values is not None:
            self.extend(values)

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise: there is nothing to compute."""
        raise ArgumentError("ParameterList should not be called.")

    def _name(self, idx: Any) -> str:
        if not hasattr(idx, "__index__"):
            raise ArgumentError(f"ParameterList: an index is an integer or a slice, got {type(idx).__name__}")
        position = operator.index(idx)
        if not -self._size <= position < self._size:
            raise DimensionError(f"ParameterList: index {idx} is out of range for {self._size} parameters")
        return str(position % self._size)

    @overload
    def __getitem__(self, idx: slice) -> Self: ...

    @overload
    def __getitem__(self, idx: int) -> Any: ...

    def __getitem__(self, idx: int | slice) -> Any:
        if isinstance(idx, slice):
            return type(self)(self[i] for i in range(*idx.indices(self._size)))
        return getattr(self, self._name(idx))

    def __setitem__(self, idx: int, param: Any) -> None:
        setattr(self, self._name(idx), _as_parameter(param))

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Any]:
        return iter([self[i] for i in range(self._size)])

    def __iadd__(self, parameters: Iterable[Any]) -> Self:
        return self.extend(parameters)

    def append(self, value: Any) -> Self:
        """Add a parameter at the end."""
        setattr(self, str(self._size), _as_parameter(value))
        self._size += 1
        return self

    def extend(self, values: Iterable[Any]) -> Self:
        """Add several parameters at the end.

        Raises:
            ArgumentError: if it is not an iterable, or a tensor.
        """
        if isinstance(values, Tensor) or not isinstance(values, Iterable):
            raise ArgumentError(
                f"ParameterList.extend: needs a list of parameters, got {type(values).__name__}"
            )
        for value in list(values):
            self.append(value)
        return self

    def extra_repr(self) -> str:
        """Each parameter's dtype and shape."""
        return "\n".join(_line(i, value, lambda t: t.dtype) for i, value in enumerate(self))


class ParameterDict(Module):
    """A dict of parameters, in the order in which they were added.

    Tensors become parameters; other values are kept as they are. A plain dict is added in the order of its sorted keys,
    an OrderedDict, another ParameterDict or a list of pairs in its own. It cannot be called.

    Args:
        parameters: name -> parameter, or pairs of them.

    >>> import autograd, nn
    >>> sides = nn.ParameterDict({"left": autograd.zeros(2), "right": autograd.ones(3)})
    >>> list(sides), sides["right"].requires_grad
    (['left', 'right'], True)
    """

    def __init__(self, parameters: Any = None) -> None:
        super().__init__()
        self._keys: dict[str, None] = {}
        if parameters is not None:
            self.update(parameters)

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise: there is nothing to compute."""
        raise ArgumentError("ParameterDict should not be called.")

    def __getitem__(self, key: str) -> Any:
        if key not in self._keys:
            if not isinstance(key, str):
                raise ArgumentError(f"ParameterDict: keys are strings, got {type(key).__name__}")
            return getattr(self, key)  # an attribute beside the keys, or the error with the nearest name
        return getattr(self, key)

    def __setitem__(self, key: str, value: Any) -> None:
        if not isinstance(key, str):
            raise ArgumentError(f"ParameterDict: keys are strings, got {type(key).__name__}")
        setattr(self, key, _as_parameter(value))
        self._keys[key] = None

    def __delitem__(self, key: str) -> None:
        if key not in self._keys:
            raise MemberNameError(
                f"ParameterDict: no parameter {key!r}; there are {', '.join(self._keys) or 'none'}"
            )
        delattr(self, key)
        del self._keys[key]

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __reversed__(self) -> Iterator[str]:
        return reversed(self._keys)

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def copy(self) -> ParameterDict:
        """Return another dict of the same parameters."""
        return ParameterDict(OrderedDict(self.items()))

    def setdefault(self, key: str, default: Any = None) -> Any:
        """Return the value of a key, which is `default` if it had none."""
        if key not in self:
            self[key] = default
        return self[key]

    def clear(self) -> None:
        """Take out all parameters."""
        for key in list(self._keys):
            del self[key]

    def pop(self, key: str) -> Any:
        """Take out a parameter and return it."""
        value = self[key]
        del self[key]
        return value

    def popitem(self) -> tuple[str, Any]:
        """Take out the last parameter and return its key and it.

        Raises:
            MemberNameError: if there is none.
        """
        if not self._keys:
            raise MemberNameError("ParameterDict.popitem: it is empty")
        key = next(reversed(self._keys))
        return key, self.pop(key)

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of a key, or `default` if there is none."""
        return self[key] if key in self else default  # noqa: SIM401  # this is that method

    def fromkeys(self, keys: Iterable[str], default: Any = None) -> ParameterDict:
        """Return a new dict with the same value for all keys."""
        return ParameterDict([(key, default) for key in keys])

    def keys(self) -> KeysView[str]:
        """The names."""
        return self._keys.keys()

    def items(self) -> Iterable[tuple[str, Any]]:
        """(name, parameter) of each."""
        return [(key, self[key]) for key in self._keys]

    def values(self) -> Iterable[Any]:
        """The parameters."""
        return [self[key] for key in self._keys]

    def update(self, parameters: Any) -> None:
        """Add parameters, or put them in the place of those of the same name.

        Raises:
            ArgumentError: if it is neither a mapping nor made of pairs.
        """
        if isinstance(parameters, Mapping) and not isinstance(parameters, OrderedDict):
            parameters = sorted(parameters.items())
        for key, value in checked_pairs("ParameterDict", parameters):
            self[key] = value

    def extra_repr(self) -> str:
        """Each parameter's type and shape."""
        return "\n".join(_line(key, value, lambda t: typed.name_of(t.dtype)) for key, value in self.items())

    def __or__(self, other: ParameterDict) -> ParameterDict:
        copy = self.copy()
        copy.update(other)
        return copy

    def __ror__(self, other: ParameterDict) -> ParameterDict:
        copy = ParameterDict(other)
        copy.update(self)
        return copy

    def __ior__(self, other: ParameterDict) -> Self:
        self.update(other)
        return self
