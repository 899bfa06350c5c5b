"""How many multiplications with an addition an operation takes: those of matrix products, convolutions and the like.

Elementwise operations, sums and look-ups are not counted: beside these they are few. A product of an (n, k) and a
(k, m) matrix counts n·k·m.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from autograd.tape import Node

Shape = tuple[int, ...]


def multiply_adds(node: Node) -> int:
    """The multiply-adds of an operation that was recorded; 0 for one that is not counted.

    >>> import autograd
    >>> from autograd.show import record
    >>> with record() as tape:
    ...     y = autograd.ones(2, 3, requires_grad=True) @ autograd.ones(3, 4)
    >>> multiply_adds(y.grad_fn)
    24
    """
    record = node.extras.record if node.extras is not None else None
    count = _COUNTED.get(node.primitive.name)
    if record is None or count is None:
        return 0
    shapes = {key[0]: tuple(value.shape) for key, value in record.inputs.items() if hasattr(value, "shape")}
    return count(node, shapes)


def _matmul(node: Node, shapes: Mapping[str, Shape]) -> int:
    return math.prod(node.shape or ()) * shapes["x"][-1]


def _contract(node: Node, shapes: Mapping[str, Shape]) -> int:
    """The product of the sizes of all indices."""
    known = {name: v for edge in node.edges for name, v in zip(edge[1].names, edge[2], strict=True)}
    x, y, _ = known["indices"]
    return math.prod(dict([*zip(x, shapes["x"], strict=True), *zip(y, shapes["y"], strict=True)]).values())


def _convolution(node: Node, shapes: Mapping[str, Shape]) -> int:
    return math.prod(node.shape or ()) * math.prod(shapes["weight"][1:])


def _transposed_convolution(_node: Node, shapes: Mapping[str, Shape]) -> int:
    return math.prod(shapes["y"]) * math.prod(shapes["weight"][1:])


def _attention(_node: Node, shapes: Mapping[str, Shape]) -> int:
    query, key, value = shapes["query"], shapes["key"], shapes["value"]
    return math.prod(query[:-1]) * key[-2] * (query[-1] + value[-1])


def _recurrent(_node: Node, shapes: Mapping[str, Shape]) -> int:
    """Of each step of each sequence: a product with every matrix."""
    rows = math.prod(shapes["x"][:-1])
    return rows * sum(math.prod(shapes[name]) for name in ("w_ih", "w_hh", "w_hr") if name in shapes)


_COUNTED: dict[str, Callable[[Node, Mapping[str, Shape]], int]] = {
    "matmul": _matmul,
    "linear": _matmul,
    "contract": _contract,
    "convolution": _convolution,
    "transposed_convolution": _transposed_convolution,
    "attention": _attention,
    "lstm": _recurrent,
    "gru": _recurrent,
    "rnn": _recurrent,
}
"""Operation -> how its multiply-adds are counted, from the node and the shapes of its arguments."""
