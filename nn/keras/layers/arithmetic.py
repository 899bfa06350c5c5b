"""Arithmetic of symbolic tensors: `x + y` and what is in `nn.keras.ops` are layers of their own."""

from __future__ import annotations

import operator
from typing import Any

from autograd.errors import ArgumentError
from nn.keras import ops
from nn.keras.layers.layer import Layer

_OPERATIONS: dict[str, Any] = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "divide": operator.truediv,
    "power": operator.pow, "matmul": operator.matmul, "negative": operator.neg, "get_item": operator.getitem,
}  # fmt: skip


class Operation(Layer):
    """One of Python's operators, or a function of `nn.keras.ops`, as a layer: of symbolic tensors, and of numbers.

    Args:
        operation: "add", "subtract", "multiply", "divide", "power", "matmul", "negative", "get_item", or the name of a
            function.
        kwargs: see `Layer`.

    >>> import autograd
    >>> from nn import keras
    >>> x = keras.Input((3,))
    >>> keras.Model(x, 2 * x + 1)(autograd.ones(1, 3))
    tensor([[3., 3., 3.]])
    """

    def __init__(self, operation: str, **kwargs: Any) -> None:
        if operation not in _OPERATIONS and operation not in ops.__all__:
            raise ArgumentError(
                f"Operation: is one of {sorted({*_OPERATIONS, *ops.__all__})}, got {operation!r}"
            )
        super().__init__(**kwargs)
        self.operation = operation

    def call(self, *operands: Any, **options: Any) -> Any:
        """The operator's or the function's value."""
        if self.operation == "get_item":
            x, index = operands
            return x[_index(index)]
        if self.operation in _OPERATIONS:
            return _OPERATIONS[self.operation](*operands)
        return vars(ops)[self.operation](*operands, **options)


def written_index(index: Any) -> Any:
    """An index as plain values: slices as dicts."""
    if isinstance(index, tuple):
        return [written_index(part) for part in index]
    if isinstance(index, slice):
        return {"start": index.start, "step": index.step, "stop": index.stop}
    if index is None or index is Ellipsis:
        return {"new": True} if index is None else {"rest": True}
    return index


def _index(index: Any) -> Any:
    if isinstance(index, (list, tuple)):
        return tuple(_index(part) for part in index)
    if isinstance(index, dict):
        if "new" in index or "rest" in index:
            return None if "new" in index else Ellipsis
        return slice(index["start"], index["stop"], index["step"])
    return index
