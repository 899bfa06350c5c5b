"""Values that write down what is computed from them.

A model is run on its example once, with a `Traced` in the place of each input. To every layer it looks like a tensor;
every operation of the table that meets one comes to `Level.rule`, as under `vmap` (a vmap of one example, whose hidden
dimension has size 1). There the operation is computed on the example and written into the graph. What does not depend
on the inputs never comes there, so it is a constant of the graph.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from autograd.batching.batched import Batched
from autograd.dtypes import Array
from autograd.errors import BatchingError
from autograd.hidden import Level
from autograd.tape import wrap


class Traced(Batched):
    """The value of the graph that a tensor of the example stands for."""

    __slots__ = ()

    @property
    def example(self) -> Any:
        """The tensor."""
        return wrap(self.value.array[0])

    @property
    def name(self) -> str | None:
        """Its name in the graph; None for a constant."""
        return self._tracing.name_of(self.value)

    @property
    def _tracing(self) -> TracedLevel:
        level = self.level
        assert isinstance(level, TracedLevel)
        return level

    def detach(self) -> Any:
        """Return the same value: there are no gradients here."""
        return self

    def overwritten(self, result: Any) -> None:
        """Hear that it is now what `result` was."""
        self._tracing.rename(self.value, result)

    def __repr__(self) -> str:
        return f"Traced({self.name}, {self.dtype}, {tuple(self.shape)})"

    __hash__ = object.__hash__

    # -- what only the numbers could answer ------------------------------------------------------------------------

    @property
    def array(self) -> NoReturn:
        """Refused: it differs from input to input."""
        raise _refused("an ndarray of it")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NoReturn:
        raise _refused("an ndarray of it")

    def numpy(self, *, force: bool = False) -> NoReturn:  # PyTorch's
        """Refused: it differs from input to input."""
        raise _refused("numpy()")

    def item(self) -> NoReturn:
        """Refused: it differs from input to input."""
        raise _refused("item()")

    def tolist(self) -> NoReturn:
        """Refused: it differs from input to input."""
        raise _refused("tolist()")

    def __float__(self) -> NoReturn:
        raise _refused("float()")

    def __int__(self) -> NoReturn:
        raise _refused("int()")

    def __index__(self) -> NoReturn:
        raise _refused("it as a size or the bound of a slice")

    def __bool__(self) -> NoReturn:
        raise _refused("if, while, and, or; use where()")

    def __contains__(self, value: Any) -> NoReturn:
        raise _refused("in")


def _refused(what: str) -> BatchingError:
    return BatchingError(
        f"the model looks at the numbers of a tensor that depends on its input ({what}); what it does then cannot be "
        "written down for other inputs"
    )


class TracedLevel(Level):
    """One run of a model. The values that it made keep their names by the identity of the hidden tensor."""

    __slots__ = ("_names", "_written")

    def __init__(self, rule: Callable[[Any, Level, list[Any]], Any]) -> None:
        super().__init__(1, 1, "error", rule)
        self._names: dict[
            int, tuple[Any, str, int | None]
        ] = {}  # the value; its name; of a view, when it was taken
        self._written: list[Array] = []  # memory that was written in place

    def traced(self, tensor: Any, name: str | None) -> Traced:
        """The value of that name, which the tensor is an example of."""
        value = wrap(tensor.array[None])
        if name is not None:
            self._names[id(value)] = value, name, None if tensor.base is None else len(self._written)
        return Traced(value, self)

    def name_of(self, value: Any) -> str | None:
        """The name of a value; None for a constant."""
        _, name, taken = self._names.get(id(value), (None, None, None))
        if taken is not None and any(np.may_share_memory(value.array, m) for m in self._written[taken:]):
            raise BatchingError(
                "a view of a tensor is used after that tensor was written in place: this cannot be exported; take the "
                "view after the write, or use the operation that is not in place"
            )
        return name

    def rename(self, value: Any, result: Any) -> None:
        """Give a value that was written over the name of what was written; it may be a constant."""
        held = self._names.get(id(value))
        if held is not None and held[2] is not None:
            raise BatchingError(
                "a write in place into a view of a tensor cannot be exported; write into the tensor itself, x[…] = y"
            )
        name = None if result is None else self.name_of(result)
        self._written.append(value.array)
        if name is None:
            self._names.pop(id(value), None)
        else:
            self._names[id(value)] = value, name, None
